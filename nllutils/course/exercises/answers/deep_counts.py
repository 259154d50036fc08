import numpy as np

from nllutils.course.exercises.judging import Exercise


def deep_counts_1():
    wrong = {
        "poisson-variance": 4.9872,
        "poisson": 4.9331,
        "not-divided": 14.1971,
        "no-mean": 1.5929,
        "linear": 2.1886,
        "log-alpha": 3.0191,
        "absolute": 0.7019,
    }
    return Exercise(1.1807, wrong, within=2e-3)


def deep_counts_2():
    def nll(y, z):
        mean = -1 / z
        return -np.log(np.exp(-y / mean) / mean)

    def slope(y, z, step=1e-5):
        return (nll(y, z + step) - nll(y, z - step)) / (2 * step)

    return Exercise(
        slope,
        {
            "sign": lambda y, z: -slope(y, z),
            "mean": lambda y, z: slope(y, z) + y,
            "mean-sign": lambda y, z: 1 / z - y,
            "loss": nll,
            "log-mean": lambda y, z: 1 - y * np.exp(-z),
        },
        inputs=((3.0, -0.4), (0.5, -1.2), (2.0, -0.7)),
    )
