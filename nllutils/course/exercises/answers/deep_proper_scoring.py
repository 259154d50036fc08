import numpy as np

from nllutils.course.exercises.judging import Exercise


def focal(p, gamma=2):
    return -((1 - p) ** gamma) * np.log(p)


def slope(loss, p, step=1e-6):
    return (loss(p + step) - loss(p - step)) / (2 * step)


def deep_proper_scoring_1():
    # Where the slope is 0: nine times 0.49 / (0.99 - 0.49 e) = 0.4999 / (0.0001 + 0.4999 e)
    mixed = (0.4999 * 0.99 - 9 * 0.49 * 0.0001) / (10 * 0.49 * 0.4999)
    wrong = {"probability": 0.99 - 0.49 * mixed, "error-rate": 0.1, "unmixed": 0}
    return Exercise(mixed, wrong)


def deep_proper_scoring_2():
    grid = np.linspace(1e-4, 1 - 1e-4, 99_999)
    chosen = grid[np.argmin(0.7 * focal(grid) + 0.3 * focal(1 - grid))]
    right = 1 / (1 + slope(focal, 0.7) / slope(focal, 0.3))
    wrong = {"forward": chosen, "complement": 1 - right, "same": 0.7}
    return Exercise(right, wrong)


def deep_proper_scoring_3():
    p, q, share = np.array([0.8, 0.3]), np.array([28 / 40, 24 / 60]), np.array([0.4, 0.6])

    def cross(q, p):
        return -q * np.log(p) - (1 - q) * np.log(1 - p)

    each = cross(q, p) - cross(q, q)
    wrong = {
        "refinement": share @ cross(q, q),
        "total": share @ cross(q, p),
        "unweighted": each.mean(),
        "swapped": share @ (cross(p, q) - cross(p, p)),
        "ece": share @ np.abs(q - p),
    }
    return Exercise(share @ each, wrong)
