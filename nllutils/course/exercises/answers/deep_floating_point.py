import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.losses import logsumexp, softmax


def deep_floating_point_1():
    # At k times the smallest number, a factor p takes (1 - p) k away: too little if less than a half.
    stays = np.ceil(0.5 / (1 - 0.97)) - 1
    wrong = {"other-factor": 4, "moving": stays + 1, "zero": 0, "value": stays * 2.0**-149}
    return Exercise(stays, wrong, within=0.4)


def deep_floating_point_2():
    return Exercise(
        lambda z, y: -np.log1p(-np.delete(softmax(z), y).sum()),
        {
            "cancelled": lambda z, y: logsumexp(z) - z[y],
            "target-counted": lambda z, y: np.log1p(np.exp(z - z[y]).sum()),
            "sign": lambda z, y: np.log1p(-np.delete(softmax(z), y).sum()),
        },
        inputs=(
            (np.array([2.0, 1.0, 0.1]), 0),
            (np.array([40.0, 0.0, 0.0]), 0),
            (np.array([-3.0, 5.0, 60.0]), 2),
        ),
    )


def deep_floating_point_3():
    # Above 2 ** e the numbers of bfloat16 are 2 ** (e - 7) apart, and half of that has to exceed 0.6.
    stops = 2 ** np.ceil(np.log2(2 * 0.6) + 7)
    wrong = {"float16": 8 * stops, "exact": 6000, "half": stops / 2, "mean": stops / 10_000}
    return Exercise(stops, wrong, within=0.4)
