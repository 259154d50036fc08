import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.likelihood import binomial_logpmf
from nllutils.losses import logsumexp


def log_1():
    def zero_from(exponent):  # the first power of 0.99 below 2 to the minus that exponent
        return np.ceil(exponent * np.log(2) / -np.log(0.99))

    first = zero_from(1075)  # half of the smallest number
    wrong = {
        "float32": zero_from(150),
        "normal": zero_from(1022),
        "no-rounding": zero_from(1074),
        "last": first - 1,
    }
    return Exercise(first, wrong, within=0.4)


def log_2():
    wrong = {"times": 1.2 * np.log(2), "log2": np.log2(1.2), "log10": 1.2 / np.log(10)}
    return Exercise(np.log2(np.exp(1.2)), wrong)


def log_3():
    difference = binomial_logpmf(6200, 10_000, 0.62) - binomial_logpmf(6200, 10_000, 0.60)
    return Exercise(
        np.exp(difference),
        {
            "late": np.nan,
            "log": difference,
            "inverse": np.exp(-difference),
            "heads-only": (0.62 / 0.60) ** 6200,
        },
    )


def log_4():
    return Exercise(
        lambda p: 2 ** np.log2(p).mean(),
        {
            "product": lambda p: np.prod(p) ** (1 / len(p)),
            "arithmetic": np.mean,
            "log": lambda p: np.log(p).mean(),
            "sum": lambda p: np.exp(np.log(p).sum()),
        },
        inputs=((np.full(5000, 0.3),), (np.array([0.9, 0.4]),), (np.array([0.2, 0.5, 0.7]),)),
    )


def log_5():
    wrong = {"late": -np.inf, "product": -1601, "largest": -800, "mean": -800.5}
    return Exercise(logsumexp([-800.0, -801.0]), wrong, within=0.006)
