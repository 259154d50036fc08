import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.losses import logsumexp, softmax


def log_softmax_1():
    wrong = {
        "softmax-range": logsumexp([1.0, 0.0, 0.0, 0.0]) - 1.0,
        "zero": 0,
        "guess": np.log(4),
        "one-other": np.log(1 + np.exp(-2)),
        "ceiling": np.log(1 + 3 * np.exp(2)),
    }
    return Exercise(logsumexp([1.0, -1.0, -1.0, -1.0]) - 1.0, wrong)


def log_softmax_2():
    wrong = {"log-probability": np.log(0.9), "odds": 9, "log10": np.log10(9), "sign": -np.log(9)}
    return Exercise(np.log(9), wrong)


def log_softmax_3():
    p = softmax([0.0, 30.0, 0.0])[0]
    slope = -p * (1 - p) / (p + 1e-8)
    return Exercise(slope, {"true": p - 1, "sign": -slope, "zero": 0, "loss": -np.log(p + 1e-8)})


def log_softmax_4():
    p = softmax([2.0, 1.0, 0.1])
    hessian = p * (np.eye(3) - p[:, None])
    return Exercise(
        hessian,
        {
            "sign": -hessian,
            "diagonal": np.diag(p * (1 - p)),
            "log-probability": np.eye(3) - p,
            "gradient": p - [1, 0, 0],
        },
    )
