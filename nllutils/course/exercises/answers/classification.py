import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.losses import cross_entropy, softmax


def classification_1():
    logits, targets = np.array([[2.0, 1.0, 0.1], [0.5, 2.0, 1.0]]), np.array([2, 1])
    each = cross_entropy(logits, targets, reduction="none")
    probs = softmax(logits, axis=1)
    whole = softmax(logits.ravel(), axis=0).reshape(2, 3)
    wrong = {
        "sum": each.sum(),
        "whole": -np.log(whole[[0, 1], targets]).mean(),
        "crossed": -np.log(probs[:, targets]).mean(),
        "largest": -np.log(probs.max(axis=1)).mean(),
        "logits": -logits[[0, 1], targets].mean(),
        "average": -np.log(probs[[0, 1], targets].mean()),
        "log10": each.mean() / np.log(10),
        "sign": -each.mean(),
    }
    return Exercise(each.mean(), wrong)


def classification_2():
    wrong = {"unrounded": np.exp(4.605), "base10": 10**4.605, "base2": 2**4.605}
    return Exercise(100, wrong, within=0.01)


def classification_3():
    wrong = {"certain": [1, 0, 0], "uniform": [1 / 3] * 3, "counts": [7, 2, 1]}
    return Exercise([0.7, 0.2, 0.1], wrong)


def classification_4():
    bound = np.log2(np.exp(0.2))
    wrong = {
        "loss": 0.2,
        "times": 0.2 * np.log(2),
        "accuracy": 1 - bound,
        "percent": 100 * bound,
        "half": 0.2 / 0.5,
    }
    return Exercise(bound, wrong)
