import numpy as np

from nllutils.course.datasets import load_penguins, stratified_split
from nllutils.course.exercises.judging import Exercise
from nllutils.losses import cross_entropy, softmax


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
    penguins = load_penguins()
    parts = stratified_split(penguins.target, [0.6, 0.2, 0.2], seed=0)
    bills = penguins.features[:, :2]
    bills = (bills - bills[parts[0]].mean(axis=0)) / bills[parts[0]].std(axis=0)
    x = np.column_stack([bills, np.ones(len(bills))])  # the last weight is the bias
    onehot = np.eye(3)[penguins.target]

    def nll_after(steps, rows, keep=0):
        """Gradient descent from zero, written out; `keep=1` never clears the old gradients."""
        weights, gradient, train = np.zeros((3, 3)), 0, parts[0]
        for _ in range(steps):
            error = softmax(x[train] @ weights) - onehot[train]
            gradient = keep * gradient + x[train].T @ error / len(train)
            weights = weights - 0.5 * gradient
        return cross_entropy(x[rows] @ weights, penguins.target[rows])

    wrong = {
        "not-cleared": nll_after(100, parts[1], keep=1),
        "train": nll_after(100, parts[0]),
        "untrained": np.log(3),
        "test": nll_after(100, parts[2]),
    }
    return Exercise(nll_after(100, parts[1]), wrong)
