import numpy as np

from nllutils.course.exercises.judging import Exercise


def deep_curvature_and_map_1():
    variance = 0.6 * 0.4 / 400
    return Exercise(
        np.sqrt(variance),
        {"variance": variance, "one-person": np.sqrt(0.24), "count": np.sqrt(96), "worst": 0.025},
    )


def deep_curvature_and_map_2():
    lowest_accuracy = np.exp(-1.92 / 30)
    wrong = {"standard-error": 0, "complement": lowest_accuracy, "double": 1 - np.exp(-3.84 / 30)}
    return Exercise(1 - lowest_accuracy, wrong | {"half": 1 - np.exp(-0.5 / 30)})


def deep_curvature_and_map_3():
    wrong = {"sum": 0.25, "halved": 0.0025, "not-squared": 0.01, "inverse": 200, "batch": 0.025}
    return Exercise(0.005, wrong)


def deep_curvature_and_map_4():
    right = 1.2 * np.exp(1.92 / 3)
    return Exercise(right, {"peak": 1.2, "factor": np.exp(1.92 / 3), "one": 1.2 * np.exp(1.92)})
