import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.losses import softmax


def classifier_1():
    W = np.array([[-5.88, 5.44], [1.78, 0.32], [4.06, -5.75]])
    b = np.array([-0.91, 1.75, -0.84])
    bird, mean, std = np.array([47.0, 17.0]), np.array([43.64, 17.11]), np.array([5.63, 1.98])
    logits = W @ ((bird - mean) / std) + b
    wrong = {
        "exp": np.exp(logits),
        "logits": logits,
        "raw": softmax(W @ bird + b),
        "not-centred": softmax(W @ (bird / std) + b),
    }
    return Exercise(softmax(logits), wrong)


def classifier_2():
    wrong = {"mean-of-means": 3.3 / 7, "sum": 69.6, "six": 0.3}
    return Exercise(69.6 / 200, wrong)


def classifier_3():
    wrong = {"swapped": [1.1377, 1.0102], "hundred": [0.5303, 1.5893]}
    return Exercise([1.0102, 1.1377], wrong, within=5e-3)


def classifier_4():
    wrong = {"swapped": [0.0170, 0.0134], "validation": [0.0155, 0.0217], "bill": [0.0964, 0.0832]}
    return Exercise([0.0134, 0.0170], wrong, within=5e-4)
