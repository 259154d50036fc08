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
    wrong = {
        "swapped": [0.6323, 0.4479],
        "sent": [0.7886, 0.1214],
        "everyone": [0.4340, 0.4340],
        "train": [0.4479, 0.4385],
        "test": [0.4479, 0.6190],
        "seed": [0.4479, 0.6393],
    }
    return Exercise([0.4479, 0.6323], wrong, within=2e-3)


def calibration_4():
    wrong = {"untouched": 1.2609, "temperature-only": 1.0723, "calibration-data": 1.0402}
    return Exercise(1.0478, wrong, within=3e-3)
