import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.likelihood import binomial_logpmf, mle_bernoulli


def log_1():
    bits = np.log2([0.5, 0.25, 0.5, 0.125])
    return Exercise(
        bits.sum(),
        {
            "nat": bits.sum() * np.log(2),
            "times": bits.sum() * np.log(2) ** 2,
            "sign": -bits.sum(),
            "mean": bits.mean(),
            "likelihood": 2 ** bits.sum(),
        },
    )


def log_2():
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


def log_3():
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


def log_4():
    tosses = np.array([3, 1, 5, 2, 4])
    every_toss = np.repeat([0, 1], [np.sum(tosses - 1), len(tosses)])  # 1 is heads
    heads = mle_bernoulli(every_toss)
    return Exercise(
        heads,
        {
            "tails": 1 - heads,
            "all-tosses": len(tosses) / (len(tosses) + tosses.sum()),
            "mean": tosses.mean(),
            "each": (1 / tosses).mean(),
        },
    )
