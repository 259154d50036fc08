"""The clinic's scripts in NumPy: repaired, as they are printed ("unchanged"), and repaired wrongly."""

import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.losses import log_softmax, softmax


def descend(x, loss, steps, rate, *, classes=3, keep=0, start=0.0):
    """The weights of a linear model before each step of gradient descent and after the last.

    `loss` takes the model's outputs and returns its value and its slope. With `keep=1` the gradients of
    earlier steps are never cleared.
    """
    weights, gradient, path = np.zeros((x.shape[1], classes)) + start, 0, []
    for _ in range(steps):
        path.append(weights)
        gradient = keep * gradient + x.T @ loss(x @ weights)[1]
        weights = weights - rate * gradient
    return [*path, weights]


def losses(x, loss, steps, rate, **options):
    """The loss before each step."""
    return [loss(x @ weights)[0] for weights in descend(x, loss, steps, rate, **options)[:-1]]


def cross(target, shares=None):
    """Cross-entropy, the mean or with these shares of the rows."""
    shares = np.full(len(target), 1 / len(target)) if shares is None else shares

    def loss(z):
        value = -(shares * log_softmax(z)[np.arange(len(target)), target]).sum()
        return value, shares[:, None] * (softmax(z) - np.eye(z.shape[1])[target])

    return loss


def picked(target):
    """What `nll_loss` does: pick the target's output, change its sign, take the mean."""
    onehot = np.eye(3)[target] / len(target)
    return lambda z: (-(onehot * z).sum(), -onehot)


def through_softmax(loss):
    """A loss of softmax(z) as a loss of z."""

    def of(z):
        p = softmax(z)
        value, slope = loss(p)
        return value, p * (slope - (p * slope).sum(axis=1, keepdims=True))

    return of


def with_bias(x):
    return np.column_stack([x, np.ones(len(x))])


def points(seed, *shape):
    """Inputs to try a function on, in digits that are quickly read."""
    return np.random.default_rng(seed).normal(size=shape).round(1)


def tensors(*arrays):
    import torch

    return tuple(map(torch.tensor, arrays))


def curves(steps, rate, right, **wrong):
    """An exercise of functions of (x, y) from losses of y; a pair is a loss and options of `descend`."""

    def curve(made):
        make, options = made if isinstance(made, tuple) else (made, {})
        return lambda x, y: losses(with_bias(x.numpy()), make(y.numpy()), steps, rate, **options)

    wrong = {name.replace("_", "-"): curve(made) for name, made in wrong.items()}
    return Exercise(curve(right), wrong, (tensors(points(0, 5, 2), np.array([0, 1, 2, 1, 0])),))


def summed(target):
    return cross(target, np.ones(len(target)))


def twice(target):
    return through_softmax(cross(target))


def negative(target):
    return through_softmax(picked(target))


def clinic_1():
    return curves(100, 0.5, cross, unchanged=negative, logits=picked, softmax_twice=twice, sum=summed)


def clinic_2():
    return curves(300, 2.0, cross, unchanged=twice, negative=negative)


def clinic_3():
    def still(y):
        return lambda z: (cross(y)(z)[0], 0 * z)

    return curves(100, 2.0, cross, unchanged=(cross, {"keep": 1}), never_moves=still)


def clinic_4():
    def case(sort_features, sort_labels):
        def answer(features, labels):
            x = np.array([features[name] for name in (sorted(features) if sort_features else features)])
            y = np.array([labels[name] for name in (sorted(labels) if sort_labels else labels)])
            return losses(with_bias(x), cross(y), 100, 0.5)

        return answer

    names = [f"{n}.jpg" for n in range(8, 13)]
    features = dict(zip(names, points(1, 5, 2).tolist(), strict=True))
    labels = dict(zip(names, [0, 1, 2, 2, 1], strict=True))
    wrong = {"unchanged": case(True, False), "exchanged": case(False, True)}
    return Exercise(case(True, True), wrong, ((features, labels),))


def clinic_5():
    def case(order):
        """`order` arranges the outputs as they are paired with the targets, given their shape."""

        def answer(x, y):
            x, target = x.numpy(), y.numpy().ravel()
            places = order(np.arange(3 * y.numel()).reshape(*y.shape, 3)).ravel()

            def loss(z):
                value, slope = cross(target)(z.ravel()[places].reshape(-1, 3))
                back = np.empty(z.size)
                back[places] = slope.ravel()
                return value, back.reshape(-1, 3)

            return losses(with_bias(x.reshape(-1, 2)), loss, 100, 0.5)

        return answer

    wrong = {
        "unchanged": case(lambda z: np.moveaxis(z, -1, 1)),
        "other-order": case(lambda z: np.moveaxis(z, 1, 0)),
    }
    inputs = tensors(points(2, 2, 4, 2), np.array([[0, 1, 2, 1], [2, 0, 0, 1]]))
    return Exercise(case(lambda z: z), wrong, (inputs,))


def clinic_6():
    def case(statistics):
        """`statistics` gives what is subtracted and divided by: for the training rows, for the others."""

        def answer(train_x, train_y, valid_x, valid_y):
            train, valid = train_x.numpy(), valid_x.numpy()
            here, there = statistics(train, valid)
            train, valid = (train - here[0]) / here[1], (valid - there[0]) / there[1]
            path = descend(with_bias(train), cross(train_y.numpy()), 100, 0.5)
            return [cross(valid_y.numpy())(with_bias(valid) @ weights)[0] for weights in path[1:]]

        return answer

    def of(x):
        return x.mean(axis=0), x.std(axis=0, ddof=1)

    wrong = {
        "unchanged": case(lambda train, valid: (of(train), (0, 1))),
        "own": case(lambda train, valid: (of(train), of(valid))),
        "together": case(lambda train, valid: 2 * (of(np.concatenate([train, valid])),)),
        "neither": case(lambda train, valid: ((0, 1), (0, 1))),
    }
    train, valid = 3 + 2 * points(3, 5, 2), 3 + points(4, 4, 2)
    inputs = tensors(train, np.array([0, 1, 2, 1, 0]), valid, np.array([2, 1, 0, 0]))
    return Exercise(case(lambda train, valid: (of(train), of(train))), wrong, (inputs,))


def clinic_7():
    def case(pairs):
        def answer(x, y):
            def loss(z):
                error = z - y.numpy() if pairs else z - y.numpy()[:, None]
                return (error**2).mean(), 2 * error.mean(axis=1, keepdims=True) / len(z)

            return losses(with_bias(x.numpy()), loss, 100, 0.1, classes=1)

        return answer

    inputs = tensors(points(5, 5, 1), points(6, 5))
    return Exercise(case(pairs=False), {"unchanged": case(pairs=True)}, (inputs,))


def clinic_8():
    def case(power, rate=0.05, learned=1.0):
        """The variance is sigma**power, and what is learned is `learned` times its logarithm."""

        def answer(y):
            squared, log_sigma, sigmas = y.numpy().var(), 0.0, []
            for _ in range(200):
                slope = 0.5 * power * (1 - squared * np.exp(-power * log_sigma))
                log_sigma = log_sigma - rate * slope / learned**2
                sigmas.append(np.exp(log_sigma))
            return sigmas

        return answer

    wrong = {"unchanged": case(1), "root": case(0.5), "log-variance": case(2, learned=2.0)}
    return Exercise(case(2), wrong, (tensors(10 + 3 * points(7, 6)),))


def bigram(ids, shift, counted=lambda target: np.ones(len(target)), divisor=None, steps=200):
    """The losses of a table of logits that predicts what stands `shift` places later in each row."""
    before, after = ids[:, : ids.shape[1] - shift].ravel(), ids[:, shift:].ravel()
    shares = counted(after) / (counted(after).sum() if divisor is None else divisor(after))
    classes = ids.max() + 1
    return losses(np.eye(classes)[before], cross(after, shares), steps, 10.0, classes=classes)


def clinic_9():
    def case(**options):
        return lambda ids: bigram(ids.numpy(), 1, **options)

    def kept(target):
        return (target != 0).astype(float)

    wrong = {"unchanged": case(), "all-places": case(counted=kept, divisor=len)}
    ids = np.array([[1, 2, 3, 1, 2, 0], [2, 1, 3, 0, 0, 0], [3, 1, 1, 2, 0, 0]])
    return Exercise(case(counted=kept), wrong, (tensors(ids),))


def clinic_10():
    def case(divisor):
        """`divisor` is what the summed losses of a part are divided by, from the part and from all."""

        def answer(x, y, size):
            target = y.numpy()
            kept = target >= 0
            parts = [slice(start, start + size) for start in range(0, len(target), size)]
            shares = np.concatenate(
                [kept[part] / divisor(target[part], target, len(parts)) for part in parts]
            )
            inputs, target = with_bias(x.numpy()[kept]), target[kept]
            path = descend(inputs, cross(target, shares[kept]), 100, 0.5)
            return [cross(target)(inputs @ weights)[0] for weights in path[:-1]]

        return answer

    def count(target):
        return (target >= 0).sum()

    wrong = {
        "unchanged": case(lambda part, whole, parts: count(part) * parts),
        "not-divided": case(lambda part, whole, parts: count(part)),
        "sum": case(lambda part, whole, parts: 1),
        "all-places": case(lambda part, whole, parts: whole.size),
    }
    y = np.array([[0, -100, -100], [1, -100, -100], [2, 1, 0], [0, 1, 2]])
    right = case(lambda part, whole, parts: count(whole))
    return Exercise(right, wrong, ((*tensors(points(8, 4, 3, 2), y), 2),))


def clinic_11():
    def case(shift):
        return lambda ids: bigram(ids.numpy()[None], shift)

    ids = np.array([0, 1, 2, 0, 1, 3, 0, 2, 2, 1, 0, 1, 2])
    return Exercise(case(1), {"unchanged": case(2), "not-shifted": case(0)}, (tensors(ids),))


def clinic_12():
    def case(floor=-np.inf, added=-np.inf):
        """`floor` and `added`: the logarithms of where probabilities are clamped and of what is added."""

        def answer(start, x, y):
            rows, target = np.arange(len(y)), y.numpy()

            def worst(z):
                true = log_softmax(z)[rows, target]
                log_p = np.logaddexp(np.maximum(true, floor), added)
                slope = (true >= floor) * np.exp(true - log_p) / len(z)
                error = softmax(z) - np.eye(3)[target]
                return -log_p.min(), slope[:, None] * error

            return losses(x.numpy(), worst, 60, 0.5, start=start.numpy())

        return answer

    low, lower = np.log([1e-6, 1e-12])
    wrong = {"unchanged": case(floor=low), "lower": case(floor=lower), "added": case(added=low)}
    start, x = np.array([[40.0, 0.0, 0.0], [0.0, 30.0, 0.0]]), np.array([[1.0, 0.1], [-0.2, 1.1], [0.9, 0.1]])
    rest = x, np.array([1, 2, 2])
    # Only the first tells `added` from unchanged; in the last, a probability is 0 and its logarithm -inf.
    inputs = (tensors(start / 2, *rest), tensors(start, *rest), tensors(25 * start, *rest))
    return Exercise(case(), wrong, inputs)
