import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.likelihood import binomial_logpmf
from nllutils.losses import logsumexp


def log_1():
    def zero_from(exponent):  # smaller than half of the format's smallest number
        return np.ceil(exponent * np.log(2) / -np.log(0.99))

    first = zero_from(1075)
    wrong = {"float32": zero_from(150), "normal": zero_from(1022), "last": first - 1}
    return Exercise(first, wrong, within=0.4)


def log_2():
    wrong = {"times": 1.2 * np.log(2), "log2": np.log2(1.2), "log10": 1.2 / np.log(10)}
    return Exercise(np.log2(np.exp(1.2)), wrong)


def log_3():
    difference = binomial_logpmf(620, 1000, 0.6) - binomial_logpmf(620, 1000, 0.5)
    wrong = {"log": difference, "inverse": np.exp(-difference), "heads-only": 1.2**620}
    return Exercise(np.exp(difference), wrong)


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
    wrong = {"product": -401, "largest": -200, "mean": -200.5, "late": -np.inf}
    return Exercise(logsumexp([-200.0, -201.0]), wrong)
