import numpy as np

from nllutils.course.exercises.judging import Exercise


def deep_large_vocabulary_1():
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


def deep_large_vocabulary_2():
    def grad(z, y, c, penalty=2, mean=True):
        lse = np.logaddexp.reduce(z, axis=1)[:, None]
        onehot = np.arange(z.shape[1]) == np.asarray(y)[:, None]
        p = np.exp(z - lse)
        total = p - onehot + c * (penalty * lse * p)
        return total / len(z) if mean else total

    def without_lse(z, y, c):
        lse = np.logaddexp.reduce(z, axis=1)[:, None]
        return grad(z, y, c, penalty=0) + 2 * c * np.exp(z - lse) / len(z)

    draw = np.random.default_rng(0)
    return Exercise(
        grad,
        {
            "sum": lambda *given: grad(*given, mean=False),
            "no-penalty": lambda *given: grad(*given, penalty=0),
            "half": lambda *given: grad(*given, penalty=1),
            "no-lse": without_lse,
        },
        inputs=(
            (3 * draw.normal(size=(4, 5)) + 2, np.array([0, 4, 2, 2]), 0.1),
            (draw.normal(size=(2, 3)) - 5, np.array([1, 0]), 0.5),
        ),
    )
