import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.losses import softmax


def classifier_1():
    logits = np.array([-4.7045, 2.7976, 1.8847])
    wrong = {"exp": np.exp(logits), "logits": logits, "raw": softmax([-184.9149, 91.0549, 92.4116])}
    return Exercise(softmax(logits), wrong, within=5e-4)


def classifier_2():
    wrong = {"mean-of-means": 3.3 / 7, "sum": 69.6, "six": 0.3}
    return Exercise(69.6 / 200, wrong)


def classifier_3():
    wrong = {"swapped": [1.1377, 1.0102], "hundred": [0.5303, 1.5893]}
    return Exercise([1.0102, 1.1377], wrong, within=2e-3)


def classifier_4():
    wrong = {"swapped": [0.0170, 0.0134], "validation": [0.0155, 0.0217], "bill": [0.0964, 0.0832]}
    return Exercise([0.0134, 0.0170], wrong, within=5e-4)
