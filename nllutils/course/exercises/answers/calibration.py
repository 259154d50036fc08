import numpy as np

from nllutils.course.exercises.judging import Exercise


def calibration_1():
    return Exercise(0.05, {"unweighted": 0.1, "first": 0.2, "count": 2, "overall": 0.7})


def calibration_2():
    return Exercise(
        2 / np.log(2),
        {
            "log-probability": 4 / -np.log(0.8),
            "inverse": np.log(2) / 2,
            "accuracy": 5,
            "log10": 4 / np.log10(4),
        },
    )


def calibration_3():
    wrong = {"swapped": [0.6339, 0.5168], "sent": [0.4418, 0.0379], "everyone": [0.4411, 0.4411]}
    return Exercise([0.5168, 0.6339], wrong, within=2e-3)


def calibration_4():
    wrong = {"overtrained": 3.2621, "test": 1.4432, "train": 1.0483}
    return Exercise(1.3045, wrong, within=5e-3)


def calibration_5():
    wrong = {"untouched": 1.2611, "temperature-only": 1.0723}
    return Exercise(1.0478, wrong, within=3e-3)
