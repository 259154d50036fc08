import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.losses import cross_entropy, log_softmax, logsumexp, softmax


def pytorch_1():
    heads, tails = -0.7 / 0.9, 0.3 / 0.1
    loss = -0.7 * np.log(0.9) - 0.3 * np.log(0.1)
    return Exercise(
        heads + tails,
        {
            "sign": -heads - tails,
            "kept": heads + tails - 3.125,
            "inside": heads - tails,
            "heads-only": heads,
            "loss": loss,
        },
    )


def pytorch_2():
    loss = logsumexp([2.0, 1.0, 0.1]) - 1.0
    wrong = {"sum": 2 * loss, "sign": -loss, "largest": loss - 1, "all-cells": loss / 3}
    return Exercise(loss, wrong)


def pytorch_3():
    pixels = np.random.default_rng(1).normal(size=(2, 3, 3, 3))
    mask = np.random.default_rng(2).integers(0, 3, size=(2, 3, 3))

    def picked(scores):
        return -np.take_along_axis(scores, mask[..., None], axis=-1).mean()

    moved = np.moveaxis(pixels, -1, 1)
    return Exercise(
        cross_entropy(moved, mask),
        {
            "not-moved": picked(np.moveaxis(log_softmax(pixels, axis=-1), 1, -1)),
            "softmax-axis": picked(log_softmax(pixels, axis=1)),
            "both-axes": cross_entropy(pixels, mask),
            "logits": picked(pixels),
            "height-width": cross_entropy(moved.swapaxes(2, 3), mask),
            "sum": cross_entropy(moved, mask, reduction="sum"),
            "twice": picked(log_softmax(softmax(pixels, axis=-1), axis=-1)),
        },
    )


def pytorch_4():
    import torch

    logits = torch.tensor([[2.0, 1.0, 0.1], [0.1, 2.0, 1.0]])
    good = logits.log_softmax(dim=1)
    by_word = torch.tensor(np.random.default_rng(3).normal(size=(2, 3, 3)), dtype=torch.float32)
    by_word = by_word.log_softmax(dim=-1)
    rounded = torch.tensor([[-0.357, -1.609, -2.303], [-2.303, -0.357, -1.609]])
    valid = [good, rounded, by_word.mT]
    invalid = [logits, good.exp(), by_word, torch.stack([good[0], good[1] - 1]), good - 1, good + 0.004]

    def excess(x, axis=1):
        return np.exp(x.numpy()).sum(axis=axis) - 1

    def sums_to_one(x, axis=1, slack=1e-3):
        return np.abs(excess(x, axis)) < slack

    return Exercise(
        lambda x: sums_to_one(x).all(),
        {
            "last-axis": lambda x: sums_to_one(x, axis=-1).all(),
            "too-strict": lambda x: sums_to_one(x, slack=1e-5).all(),
            "too-lax": lambda x: sums_to_one(x, slack=1e-2).all(),
            "below": lambda x: (excess(x) < 1e-3).all(),
            "above": lambda x: (-excess(x) < 1e-3).all(),
            "signs": lambda x: (x <= 0).all(),
            "any": lambda x: sums_to_one(x).any(),
        },
        inputs=tuple((x,) for x in [*valid, *invalid]),
    )
