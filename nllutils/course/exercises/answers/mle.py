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
    seen, heads = np.array([0.5, 0.3, 0.2]), 13 / 20
    model = np.array([heads**2, 2 * heads * (1 - heads), (1 - heads) ** 2])
    cross, entropy = -seen @ np.log(model), -seen @ np.log(seen)
    return Exercise(
        cross - entropy,
        {
            "parameter": heads,
            "cross-entropy": cross,
            "entropy": entropy,
            "reversed": model @ np.log(model / seen),
            "fair": seen @ np.log(seen / [0.25, 0.5, 0.25]),
            "ten": 10 * (cross - entropy),
        },
    )
