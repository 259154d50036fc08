from math import comb

import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.likelihood import binomial_logpmf


def likelihood_1():
    likely, fair = np.exp(binomial_logpmf(12, 20, [0.6, 0.5]))
    return Exercise(
        likely / fair,
        {"inverse": fair / likely, "alone": likely, "heads-only": 1.2**12, "difference": likely - fair},
    )


def likelihood_2():
    wrong = {"ten": 1 / 11, "no-coefficient": 1 / 21 / comb(20, 12), "twenty": 1 / 20, "sum": 1000 / 21}
    return Exercise(1 / 21, wrong)


def likelihood_3():
    biased, fair = np.exp(binomial_logpmf(7, 10, [0.7, 0.5]))

    def share(prior):
        return prior * biased / (prior * biased + (1 - prior) * fair)

    right = share(0.5)
    return Exercise(
        right,
        {
            "likelihood": biased,
            "joint": 0.5 * biased,
            "ratio": biased / fair,
            "other-coin": 1 - right,
            "other-bag": share(0.01),
            "percent": 100 * right,
        },
    )


def likelihood_4():
    numbers = np.array([3, 12, 7])
    mean = numbers.mean()
    return Exercise(
        12, {"mean": mean, "twice-mean": 2 * mean, "smallest": 3, "index": 11, "likelihood": 1 / 12**3}
    )
