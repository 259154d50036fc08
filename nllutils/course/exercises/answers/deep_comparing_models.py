import numpy as np

from nllutils.course.exercises.judging import Exercise


def deep_comparing_models_1():
    a = np.array([0.05, 0.30, 0.12, 1.90, 0.08, 0.45, 0.20, 0.70])
    b = np.array([0.09, 0.33, 0.20, 1.95, 0.10, 0.43, 0.29, 0.81])
    covariance = np.cov(a, b)
    variance = covariance.trace() - 2 * covariance[0, 1]
    wrong = {
        "apart": np.sqrt(covariance.trace() / 8),
        "deviation": np.sqrt(variance),
        "population": np.sqrt(variance * 7 / 64),
        "mean": -0.05,
        "interval": 1.96 * np.sqrt(variance / 8),
    }
    return Exercise(np.sqrt(variance / 8), wrong)


def deep_comparing_models_2():
    d = np.array([0.3, 0.3, 0.3, -0.1, -0.1, 0.2, 0.0, 0.1])
    persons = np.array([0.9, -0.2, 0.2, 0.1]), np.array([3, 2, 1, 2])  # sum and number of a person's rows
    squares = np.sum((persons[0] - 0.125 * persons[1]) ** 2)
    wrong = {
        "rows": d.std(ddof=1) / np.sqrt(8),
        "no-factor": np.sqrt(squares) / 8,
        "not-centred": np.sqrt(4 / 3 * np.sum(persons[0] ** 2)) / 8,
        "means": (persons[0] / persons[1]).std(ddof=1) / 2,
    }
    return Exercise(np.sqrt(4 / 3 * squares) / 8, wrong)


def deep_comparing_models_3():
    d = np.array([-0.010260, -0.001119, 0.010336, 0.010733, -0.010955])
    bill = np.array([-0.001718, -0.006257, 0.002232, 0.001512, 0.006949])
    spread = np.sqrt(np.mean((d[:, None] - d) ** 2) * 5 / 8)  # half the mean square of the differences
    factor = np.sqrt(1 / 5 + 67 / 266)
    wrong = {
        "independent": spread / np.sqrt(5),
        "train-only": spread * np.sqrt(1 / 5 + 67 / 200),
        "share": spread * np.sqrt(1 / 5 + 67 / 333),
        "deviation": spread,
        "mean": d.mean(),
        "bill": bill.std(ddof=1) * factor,
    }
    return Exercise(spread * factor, wrong, within=5e-5)
