import numpy as np

from nllutils.course.exercises.judging import Exercise


def start_1():
    orders = np.array([[1, 2, 1], [0, 3, 3], [5, 4, 1]])
    right = np.array([[1 / 4, 2 / 4, 1 / 4], [0, 3 / 6, 3 / 6], [5 / 10, 4 / 10, 1 / 10]])
    return Exercise(
        right,
        {
            "no-keepdims": orders / orders.sum(axis=1),
            "columns": orders / orders.sum(axis=0),
            "total": orders / orders.sum(),
            "percent": 100 * right,
        },
    )
