import numpy as np

from nllutils.course.exercises.judging import Exercise


def language_models_1():
    nats = 3.0 * 2000 / 9000
    wrong = {"nats": nats, "per-token": 3.0 / np.log(2), "times": nats * np.log(2), "perplexity": np.exp(3.0)}
    return Exercise(nats / np.log(2), wrong)


def language_models_2():
    wrong = {"eight": 1.8628, "nats": 1.2404, "perplexity": 3.4571}
    return Exercise(1.7896, wrong)


def language_models_3():
    wrong = {"in-order": 1.6860, "train-only": 1.7876, "per-token": 2.1013, "perplexity": 8.1768}
    return Exercise(1.2562, wrong)


def language_models_4():
    def whole_lse(left, right):
        return np.logaddexp(left[0] + np.log(left[1]), right[0] + np.log(right[1]))

    def merged(left, right):
        m = np.maximum(left[0], right[0])
        return m, np.exp(whole_lse(left, right) - m)

    return Exercise(
        merged,
        {
            "not-rescaled": lambda left, right: (np.maximum(left[0], right[0]), left[1] + right[1]),
            "multiplied": lambda left, right: (left[0] + right[0], left[1] * right[1]),
            "lse": whole_lse,
        },
        inputs=(
            ((np.array([2.0, 3.0]), np.array([1.5, 1.0])), (np.array([3.0, -1.0]), np.array([2.0, 1.2]))),
            ((np.array([1000.0]), np.array([3.0])), (np.array([990.0]), np.array([1.0]))),
        ),
    )
