import numpy as np

from nllutils.course.exercises.judging import Exercise


def negation_1():
    return Exercise(np.log(4), {"sign": -np.log(4), "log10": np.log10(4), "bits": 2, "miss": 0.75})


def negation_2():
    wrong = {"log": 20, "mean": np.exp(0.02), "inverse": np.exp(-20), "quotient": 0.50 / 0.48}
    return Exercise(np.exp(-480.0) / np.exp(-500.0), wrong)


def negation_3():
    def slope(p, y):
        heads = np.sum(y)
        return (len(y) - heads) / (1 - p) - heads / p

    return Exercise(
        slope,
        {
            "mean": lambda p, y: slope(p, y) / len(y),
            "sign": lambda p, y: -slope(p, y),
            "heads-only": lambda p, y: -np.sum(y) / p,
            "value": lambda p, y: -np.log(np.where(y == 1, p, 1 - p)).sum(),
        },
        inputs=((0.2, np.array([1, 0, 1, 1, 0, 1])), (0.6, np.array([1, 0, 0])), (0.9, np.array([0, 1]))),
    )


def negation_4():
    def slope(y, p):
        return -np.mean(y) / p + (1 - np.mean(y)) / (1 - p)

    def descend(y, p, rate, steps):
        for _ in range(steps):
            p = p - rate * slope(y, p)
        return p

    return Exercise(
        descend,
        {
            "sign": lambda y, p, rate, steps: descend(y, p, -rate, steps),
            "sum": lambda y, p, rate, steps: descend(y, p, rate * len(y), steps),
            "frozen": lambda y, p, rate, steps: p - steps * rate * slope(y, p),
            "one-step": lambda y, p, rate, steps: descend(y, p, rate, 1),
        },
        inputs=((np.array([1, 0, 1, 1, 0]), 0.4, 0.01, 5), (np.array([1, 0, 0, 0]), 0.6, 0.02, 8)),
    )
