import numpy as np

from nllutils.course.datasets import load_penguins, stratified_split
from nllutils.course.exercises.judging import Exercise
from nllutils.losses import cross_entropy, log_softmax, softmax


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
        "no-bias": softmax(logits - b),
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

    def descend(steps, keep=0, twice=False):
        """Gradient descent from zero, written out; `keep=1` never clears the old gradients.

        `twice` gives the loss probabilities, of which it takes the softmax again.
        """
        weights, gradient, train = np.zeros((3, 3)), 0, parts[0]
        for _ in range(steps):
            p = softmax(x[train] @ weights)
            error = (softmax(p) if twice else p) - onehot[train]
            if twice:
                error = p * (error - (p * error).sum(axis=1, keepdims=True))
            gradient = keep * gradient + x[train].T @ error / len(train)
            weights = weights - 0.5 * gradient
        return weights

    def nll(weights, rows=parts[1]):
        return cross_entropy(x[rows] @ weights, penguins.target[rows])

    probabilities = softmax(x[parts[1]] @ descend(100))
    again = log_softmax(probabilities)[np.arange(len(parts[1])), penguins.target[parts[1]]]
    wrong = {
        "not-cleared": nll(descend(100, keep=1)),
        "train": nll(descend(100), parts[0]),
        "last-loss": nll(descend(99), parts[0]),
        "untrained": np.log(3),
        "test": nll(descend(100), parts[2]),
        "fewer": nll(descend(99)),
        "twice": nll(descend(100, twice=True)),
        "measured-twice": -again.mean(),
    }
    return Exercise(nll(descend(100)), wrong)
