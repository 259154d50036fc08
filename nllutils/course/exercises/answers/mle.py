import numpy as np

from nllutils.course.exercises.judging import Exercise


def mle_1():
    kl = np.log(2) + 0.8 * np.log(0.8) + 0.2 * np.log(0.2)
    return Exercise(
        kl,
        {
            "reversed": -np.log(2) - 0.5 * np.log(0.8 * 0.2),
            "cross-entropy": np.log(2),
            "entropy": np.log(2) - kl,
            "bits": kl / np.log(2),
        },
    )


def mle_2():
    return Exercise(
        lambda x: len(x) / sum(x),
        {
            "mean": np.mean,
            "sum": lambda x: 1 / np.sum(x),
            "median": lambda x: 1 / np.median(x),
            "mean-of-rates": lambda x: np.mean(1 / x),
        },
        inputs=((np.array([3.0, 8.0, 1.0, 4.0]),), (np.array([0.5]),), (np.array([20.0, 10.0, 60.0]),)),
    )


def mle_3():
    variance = 0.6 * 0.4 / 400
    return Exercise(
        np.sqrt(variance),
        {"variance": variance, "one-person": np.sqrt(0.24), "count": np.sqrt(96), "worst": 0.025},
    )


def mle_4():
    return Exercise(0.005, {"sum": 0.25, "halved": 0.0025, "not-squared": 0.01, "inverse": 200})
