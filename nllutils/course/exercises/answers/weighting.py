import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.losses import softmax


def weighting_1():
    losses, weight = -np.log([0.8, 0.5, 0.1]), np.array([1, 5, 20])
    total = losses @ weight
    return Exercise(
        np.average(losses, weights=weight),
        {"patients": total / 3, "sum": total, "unweighted": losses.mean()},
    )


def weighting_2():
    share = np.array([0.9, 0.08, 0.02])
    entropy = -share @ np.log(share)
    return Exercise(np.log(3), {"unweighted": entropy, "true-share": -np.log(share).mean(), "one": 1})


def weighting_3():
    said, share = np.array([0.2, 0.3, 0.5]), np.array([0.9, 0.08, 0.02])
    product, quotient = said * share, said / share
    return Exercise(
        softmax(np.log(product)),
        {"unnormalised": product, "reversed": quotient / quotient.sum(), "unchanged": said},
    )


def weighting_4():
    probs = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1], [0.1, 0.6, 0.3], [0.4, 0.35, 0.25]])
    weight, cost = np.array([0.4, 4, 21]), np.array([1, 20, 30])

    def rows(score):
        return lambda p, w, cost: score(p, w, cost).argmax(axis=1)

    return Exercise(
        rows(lambda p, w, cost: p / w * cost),
        {
            "not-undone": rows(lambda p, w, cost: p * cost),
            "no-cost": rows(lambda p, w, cost: p / w),
            "twice": rows(lambda p, w, cost: p * w * cost),
            "as-is": rows(lambda p, w, cost: p),
        },
        inputs=((probs, weight, cost), (probs[:, ::-1], np.array([1, 5, 20]), np.array([2, 50, 30]))),
    )
