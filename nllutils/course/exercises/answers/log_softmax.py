import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.losses import cross_entropy, cross_entropy_grad, logsumexp, softmax


def log_softmax_1():
    wrong = {"log-probability": np.log(0.9), "odds": 9, "log10": np.log10(9), "sign": -np.log(9)}
    return Exercise(np.log(9), wrong)


def log_softmax_2():
    def pick(z, y):
        return z[np.arange(len(y)), y]

    @np.errstate(all="ignore")
    def overflowing(z, y):
        return (np.log(np.exp(z).sum(axis=1)) - pick(z, y)).mean()

    @np.errstate(all="ignore")
    def late(z, y):
        return -np.log(pick(softmax(z, axis=1), y)).mean()

    def shifted_by(shift):
        return lambda z, y: overflowing(z - shift(z, y), y)

    moved = np.array([[1002.0, 1001.0, 1000.1], [-999.0, -998.0, -1000.0]])
    return Exercise(
        cross_entropy,
        {
            "overflow": overflowing,
            "late": late,
            "whole": shifted_by(lambda z, y: z.max()),
            "mean": shifted_by(lambda z, y: z.mean(axis=1, keepdims=True)),
            "minimum": shifted_by(lambda z, y: z.min(axis=1, keepdims=True)),
            "target": shifted_by(lambda z, y: pick(z, y)[:, None]),
            "sum": lambda z, y: cross_entropy(z, y, reduction="sum"),
            "sign": lambda z, y: -cross_entropy(z, y),
            "log-sum-exp": lambda z, y: logsumexp(z, axis=1).mean(),
        },
        inputs=(
            (np.array([[2.0, 1.0, 0.1], [0.5, 2.0, 1.0]]), np.array([2, 1])),
            (moved, np.array([0, 2])),
            (np.array([[1000.0, 0.0, -1000.0]]), np.array([0])),
            (np.array([[0.0, 720.0, 0.0]]), np.array([0])),
            (np.array([[0.0, 800.0, 0.0]]), np.array([0])),
        ),
    )


def log_softmax_3():
    z, y = np.array([[1.0, 0.0, -1.0], [0.0, 0.0, 0.0]]), np.array([0, 2])
    p, one_hot, right = softmax(z, axis=1), np.eye(3)[y], cross_entropy_grad(z, y)
    wrong = {
        "sum": 2 * right,
        "sign": -right,
        "probability": p / 2,
        "target": -one_hot / 2,
        "columns": (softmax(z, axis=0) - one_hot) / 2,
        "whole": (softmax(z.ravel(), axis=0).reshape(2, 3) - one_hot) / 2,
    }
    return Exercise(right, wrong)


def log_softmax_4():
    wrong = {
        "softmax-range": logsumexp([1.0, 0.0, 0.0, 0.0]) - 1.0,
        "zero": 0,
        "guess": np.log(4),
        "one-other": np.log(1 + np.exp(-2)),
        "ceiling": np.log(1 + 3 * np.exp(2)),
    }
    return Exercise(logsumexp([1.0, -1.0, -1.0, -1.0]) - 1.0, wrong)
