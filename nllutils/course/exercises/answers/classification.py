import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.losses import nll_loss


def classification_1():
    wrong = {"largest": -np.log(0.5), "first": -np.log(0.2), "log10": -np.log10(0.3), "sign": np.log(0.3)}
    return Exercise(nll_loss(np.log([0.2, 0.5, 0.3]), 2), wrong)


def classification_2():
    wrong = {"unrounded": np.exp(4.605), "base10": 10**4.605, "base2": 2**4.605}
    return Exercise(100, wrong, within=0.01)


def classification_3():
    wrong = {"certain": [1, 0, 0], "uniform": [1 / 3] * 3, "counts": [7, 2, 1]}
    return Exercise([0.7, 0.2, 0.1], wrong)


def classification_4():
    bound = np.log2(np.exp(0.2))
    wrong = {"loss": 0.2, "times": 0.2 * np.log(2), "accuracy": 1 - bound, "percent": 100 * bound}
    return Exercise(bound, wrong)
