"""What the exercises' answers are compared with: the right one and the typical wrong ones.

Each function below is one exercise; `log_softmax_1` is the exercise ``"log-softmax-1"``. It runs only when
that exercise is checked. Right answers are found in another way than in the chapter's solution; where one
comes from a model that the chapter trains, it is the number found there, and `within` is its precision.
"""

from dataclasses import dataclass
from math import comb

import numpy as np

from nllutils.likelihood import binomial_logpmf, gaussian_logpdf
from nllutils.losses import cross_entropy, log_softmax, logsumexp, nll_loss, softmax


@dataclass(frozen=True)
class Exercise:
    """A right answer and, by the name of their hint, wrong ones; functions if there are `inputs` to try."""

    right: object
    wrong: dict
    inputs: tuple = ()
    within: float | None = None

    def close(self, given, right):
        """Are two plain values the same number or array, if typed by hand with four decimals?"""
        if not isinstance(given, np.ndarray):
            return False
        if (given.shape, given.dtype) != (right.shape, right.dtype):
            return False
        relative, absolute = 0.0, self.within
        if absolute is None:
            size = np.max(np.abs(right[np.isfinite(right)]), initial=0.0)
            relative, absolute = 1e-4, min(6e-5, size / 100)
        return bool(np.isclose(given, right, rtol=relative, atol=absolute, equal_nan=True).all())


EXERCISES = {}


def exercise(make):
    EXERCISES[make.__name__.replace("_", "-")] = make
    return make


# 1 likelihood


@exercise
def likelihood_1():
    likely, fair = np.exp(binomial_logpmf(12, 20, [0.6, 0.5]))
    return Exercise(
        likely / fair,
        {"inverse": fair / likely, "alone": likely, "heads-only": 1.2**12, "difference": likely - fair},
    )


@exercise
def likelihood_2():
    wrong = {"ten": 1 / 11, "no-coefficient": 1 / 21 / comb(20, 12), "twenty": 1 / 20, "sum": 1000 / 21}
    return Exercise(1 / 21, wrong)


@exercise
def likelihood_3():
    bent, fair = np.exp(binomial_logpmf(7, 10, [0.7, 0.5]))
    share = bent / (bent + fair)
    return Exercise(share, {"likelihood": bent, "ratio": bent / fair, "other-coin": 1 - share})


@exercise
def likelihood_4():
    x = np.array([0.3, 1.2, 0.7])
    return Exercise(1.2, {"mean": x.mean(), "twice-mean": 2 * x.mean(), "smallest": 0.3, "anything": 3.0})


# 2 log


@exercise
def log_1():
    def zero_from(exponent):  # smaller than half of the format's smallest number
        return np.ceil(exponent * np.log(2) / -np.log(0.99))

    first = zero_from(1075)
    wrong = {"float32": zero_from(150), "normal": zero_from(1022), "last": first - 1}
    return Exercise(first, wrong, within=0.4)


@exercise
def log_2():
    wrong = {"times": 1.2 * np.log(2), "log2": np.log2(1.2), "log10": 1.2 / np.log(10)}
    return Exercise(np.log2(np.exp(1.2)), wrong)


@exercise
def log_3():
    difference = binomial_logpmf(620, 1000, 0.6) - binomial_logpmf(620, 1000, 0.5)
    wrong = {"log": difference, "inverse": np.exp(-difference), "heads-only": 1.2**620}
    return Exercise(np.exp(difference), wrong)


@exercise
def log_4():
    return Exercise(
        lambda p: 2 ** np.log2(p).mean(),
        {
            "product": lambda p: np.prod(p) ** (1 / len(p)),
            "arithmetic": np.mean,
            "log": lambda p: np.log(p).mean(),
            "sum": lambda p: np.exp(np.log(p).sum()),
        },
        inputs=((np.full(5000, 0.3),), (np.array([0.9, 0.4]),), (np.array([0.2, 0.5, 0.7]),)),
    )


@exercise
def log_5():
    wrong = {"product": -401, "largest": -200, "mean": -200.5, "late": -np.inf}
    return Exercise(logsumexp([-200.0, -201.0]), wrong)


# 3 negation


@exercise
def negation_1():
    return Exercise(np.log(4), {"sign": -np.log(4), "log10": np.log10(4), "bits": 2, "miss": 0.75})


@exercise
def negation_2():
    wrong = {"log": 20, "mean": np.exp(0.02), "inverse": np.exp(-20), "quotient": 0.50 / 0.48}
    return Exercise(np.exp(-480.0) / np.exp(-500.0), wrong)


@exercise
def negation_3():
    def slope(p, y):
        heads = np.sum(y)
        return (len(y) - heads) / (1 - p) - heads / p

    return Exercise(
        slope,
        {
            "mean": lambda p, y: slope(p, y) / len(y),
            "sign": lambda p, y: -slope(p, y),
            "heads-only": lambda p, y: -np.sum(y) / p,
        },
        inputs=((0.2, np.array([1, 0, 1, 1, 0, 1])), (0.6, np.array([1, 0, 0])), (0.9, np.array([0, 1]))),
    )


@exercise
def negation_4():
    x = np.array([0.93, 1.08, 1.01, 0.97, 1.11])
    wrong = {"unbiased": x.std(ddof=1), "variance": x.var(), "known": 0.1}
    return Exercise(x.std(), wrong, within=2e-4)


# 4 classification


@exercise
def classification_1():
    wrong = {"largest": -np.log(0.5), "first": -np.log(0.2), "log10": -np.log10(0.3), "sign": np.log(0.3)}
    return Exercise(nll_loss(np.log([0.2, 0.5, 0.3]), 2), wrong)


@exercise
def classification_2():
    wrong = {"unrounded": np.exp(4.605), "base10": 10**4.605, "base2": 2**4.605}
    return Exercise(100, wrong, within=1e-6)


@exercise
def classification_3():
    wrong = {"certain": [1, 0, 0], "uniform": [1 / 3] * 3, "counts": [7, 2, 1]}
    return Exercise([0.7, 0.2, 0.1], wrong)


@exercise
def classification_4():
    bound = np.log2(np.exp(0.2))
    return Exercise(bound, {"loss": 0.2, "times": 0.2 * np.log(2), "accuracy": 1 - bound})


@exercise
def classification_5():
    # Where the slope is 0: nine times 0.49 / (0.99 - 0.49 e) = 0.4999 / (0.0001 + 0.4999 e)
    mixed = (0.4999 * 0.99 - 9 * 0.49 * 0.0001) / (10 * 0.49 * 0.4999)
    wrong = {"probability": 0.99 - 0.49 * mixed, "error-rate": 0.1, "unmixed": 0}
    return Exercise(mixed, wrong, within=6e-4)


# 5 pytorch


@exercise
def pytorch_1():
    return Exercise(-1, {"floor-of-nll": 0, "logits": -np.inf, "seen": -0.9, "sign": 1})


@exercise
def pytorch_2():
    loss = logsumexp([2.0, 1.0, 0.1]) - 1.0
    wrong = {"sum": 2 * loss, "sign": -loss, "old-target": loss - 1, "all-cells": loss / 3}
    return Exercise(loss, wrong)


@exercise
def pytorch_3():
    pixels = np.random.default_rng(1).normal(size=(2, 3, 3, 3))
    mask = np.random.default_rng(2).integers(0, 3, size=(2, 3, 3))

    def picked(scores):
        return -np.take_along_axis(scores, mask[..., None], axis=-1).mean()

    return Exercise(
        cross_entropy(np.moveaxis(pixels, -1, 1), mask),
        {
            "not-moved": picked(np.moveaxis(log_softmax(pixels, axis=-1), 1, -1)),
            "softmax-axis": picked(log_softmax(pixels, axis=1)),
            "both-axes": cross_entropy(pixels, mask),
            "logits": picked(pixels),
        },
    )


@exercise
def pytorch_4():
    import torch

    logits = torch.tensor([[2.0, 1.0, 0.1], [0.1, 2.0, 1.0]])
    good = logits.log_softmax(dim=1)
    by_word = torch.tensor(np.random.default_rng(3).normal(size=(2, 3, 3))).log_softmax(dim=-1)
    rounded = torch.tensor([[-0.357, -1.609, -2.303], [-2.303, -0.357, -1.609]])
    one_bad_row = torch.stack([good[0], good[1] - 1])

    def sums_to_one(x, axis=1, slack=1e-3):
        return np.abs(np.exp(x.numpy()).sum(axis=axis) - 1) < slack

    return Exercise(
        lambda x: sums_to_one(x).all(),
        {
            "last-axis": lambda x: sums_to_one(x, axis=-1).all(),
            "too-strict": lambda x: sums_to_one(x, slack=1e-5).all(),
            "signs": lambda x: (x <= 0).all(),
            "any": lambda x: sums_to_one(x).any(),
        },
        inputs=tuple((x,) for x in [good, rounded, logits, good.exp(), by_word, by_word.mT, one_bad_row]),
    )


@exercise
def pytorch_5():
    import torch

    rng = np.random.default_rng(4)
    inputs = []
    for shape in [(4, 3), (2, 3, 5), (2, 3, 4, 5)]:
        scores = log_softmax(rng.normal(size=shape), axis=1)
        target = rng.integers(0, 3, size=shape[:1] + shape[2:])
        inputs.append((torch.tensor(scores), torch.tensor(target)))

    def loss(x, target, reduction="mean"):
        return nll_loss(x.numpy(), target.numpy(), reduction=reduction)

    return Exercise(
        loss,
        {
            "sign": lambda x, target: -loss(x, target),
            "sum": lambda x, target: loss(x, target, "sum"),
            "none": lambda x, target: loss(x, target, "none"),
        },
        inputs=tuple(inputs),
    )


# 6 log-softmax


@exercise
def log_softmax_1():
    wrong = {"guess": np.log(4), "three": np.log(1 + 2 / np.e), "zero": 0, "one-other": np.log(1 + 1 / np.e)}
    return Exercise(logsumexp([1.0, 0.0, 0.0, 0.0]) - 1.0, wrong)


@exercise
def log_softmax_2():
    wrong = {"log-probability": np.log(0.9), "odds": 9, "log10": np.log10(9), "sign": -np.log(9)}
    return Exercise(np.log(9), wrong)


@exercise
def log_softmax_3():
    p = softmax([0.0, 30.0, 0.0])[0]
    slope = -p * (1 - p) / (p + 1e-8)
    return Exercise(slope, {"true": p - 1, "sign": -slope, "zero": 0, "loss": -np.log(p + 1e-8)})


@exercise
def log_softmax_4():
    p = softmax([2.0, 1.0, 0.1])
    hessian = p * (np.eye(3) - p[:, None])
    return Exercise(
        hessian,
        {
            "sign": -hessian,
            "diagonal": np.diag(p * (1 - p)),
            "log-probability": np.eye(3) - p,
            "gradient": p - [1, 0, 0],
        },
    )


# 7 classifier


@exercise
def classifier_1():
    logits = np.array([-4.7045, 2.7976, 1.8847])
    wrong = {"exp": np.exp(logits), "logits": logits, "raw": softmax([-184.9149, 91.0549, 92.4116])}
    return Exercise(softmax(logits), wrong, within=5e-4)


@exercise
def classifier_2():
    wrong = {"mean-of-means": 3.3 / 7, "sum": 69.6, "six": 0.3}
    return Exercise(69.6 / 200, wrong)


@exercise
def classifier_3():
    wrong = {"swapped": [1.1377, 1.0102], "hundred": [0.5303, 1.5893]}
    return Exercise([1.0102, 1.1377], wrong, within=2e-3)


@exercise
def classifier_4():
    wrong = {"swapped": [0.0170, 0.0134], "validation": [0.0155, 0.0217], "bill": [0.0964, 0.0832]}
    return Exercise([0.0134, 0.0170], wrong, within=5e-4)


# 8 weighting


@exercise
def weighting_1():
    losses, weight = -np.log([0.8, 0.5, 0.1]), np.array([1, 5, 20])
    total = losses @ weight
    return Exercise(
        np.average(losses, weights=weight),
        {"patients": total / 3, "sum": total, "unweighted": losses.mean()},
    )


@exercise
def weighting_2():
    share = np.array([0.9, 0.08, 0.02])
    entropy = -share @ np.log(share)
    return Exercise(np.log(3), {"unweighted": entropy, "true-share": -np.log(share).mean(), "one": 1})


@exercise
def weighting_3():
    said, share = np.array([0.2, 0.3, 0.5]), np.array([0.9, 0.08, 0.02])
    product, quotient = said * share, said / share
    return Exercise(
        softmax(np.log(product)),
        {"unnormalised": product, "reversed": quotient / quotient.sum(), "unchanged": said},
    )


@exercise
def weighting_4():
    tested = 9384 / 20190
    return Exercise(tested, {"percent": 100 * tested, "people": 9384, "rest": 1 - tested}, within=2e-3)


# 9 mle


@exercise
def mle_1():
    kl = np.log(2) + 0.8 * np.log(0.8) + 0.2 * np.log(0.2)
    return Exercise(
        kl,
        {
            "reversed": -np.log(2) - 0.5 * np.log(0.8 * 0.2),
            "cross-entropy": np.log(2),
            "entropy": np.log(2) - kl,
            "bits": kl / np.log(2),
        },
    )


@exercise
def mle_2():
    return Exercise(
        lambda x: len(x) / sum(x),
        {
            "mean": np.mean,
            "sum": lambda x: 1 / np.sum(x),
            "median": lambda x: 1 / np.median(x),
            "mean-of-rates": lambda x: np.mean(1 / x),
        },
        inputs=((np.array([3.0, 8.0, 1.0, 4.0]),), (np.array([0.5]),), (np.array([20.0, 10.0, 60.0]),)),
    )


@exercise
def mle_3():
    variance = 0.6 * 0.4 / 400
    return Exercise(
        np.sqrt(variance),
        {"variance": variance, "one-person": np.sqrt(0.24), "count": np.sqrt(96), "worst": 0.025},
    )


@exercise
def mle_4():
    return Exercise(0.005, {"sum": 0.25, "halved": 0.0025, "not-squared": 0.01, "inverse": 200})


# 10 reduction


@exercise
def reduction_1():
    mean, total = 0.02, 0.02 / 30
    return Exercise(
        [total, mean],
        {"both": [total, total], "neither": [mean, mean], "times": [0.6, mean], "swapped": [mean, total]},
    )


@exercise
def reduction_2():
    import torch

    targets = [[0, -100, 2, 1, -100], [1, 0, 1], [-100, -100], [[0, -100], [2, 2]]]
    inputs = []
    for n, target in enumerate(map(torch.tensor, targets)):
        losses = torch.tensor(np.random.default_rng(n).uniform(0.1, 3, size=target.shape))
        inputs.append((losses * (target != -100), target))

    def counted_mean(losses, target):
        return losses[target != -100].mean()

    return Exercise(
        lambda losses, target: counted_mean(losses, target).nan_to_num(0.0),
        {
            "nan": counted_mean,
            "all": lambda losses, target: losses.mean(),
            "sum": lambda losses, target: losses.sum(),
        },
        inputs=tuple(inputs),
    )


@exercise
def reduction_3():
    floor = cross_entropy(np.log([28, 1, 1]), 0, label_smoothing=0.1)
    return Exercise(
        floor,
        {
            "zero": 0,
            "target-only": -np.log(28 / 30),
            "kept-only": -np.log(0.9),
            "others-only": cross_entropy(np.log([18, 1, 1]), 0, label_smoothing=0.15),
        },
    )


@exercise
def reduction_4():
    import torch

    rng = np.random.default_rng(5)
    weight = torch.tensor([1.0, 5.0, 20.0], dtype=torch.float64)
    target = torch.tensor([0, 1, 2, 2, -100, 0, 1, -100, -100])
    scores = torch.tensor(rng.normal(size=(9, 3)))
    cuts = [(2, 7), (4, 5), (7,)]  # the last cuts off a piece that is all ignored
    inputs = [(scores.tensor_split(cut), target.tensor_split(cut), weight) for cut in cuts]

    def total(score_list, target_list, weight):
        return cross_entropy(torch.cat(score_list), torch.cat(target_list), weight, reduction="sum")

    def mean_of_means(score_list, target_list, weight):
        pieces = list(zip(score_list, target_list, strict=True))
        totals = [total([z], [y], weight) for z, y in pieces]
        with np.errstate(invalid="ignore"):  # 0 / 0 where all of a piece is ignored
            return np.divide(totals, [weight[y[y != -100]].sum().item() for _, y in pieces]).mean()

    return Exercise(
        lambda *pieces: total(*pieces) / (2 * 1.0 + 2 * 5.0 + 2 * 20.0),  # two of each class count
        {
            "mean-of-means": mean_of_means,
            "samples": lambda *pieces: total(*pieces) / 9,
            "counted": lambda *pieces: total(*pieces) / 6,
            "sum": total,
        },
        inputs=tuple(inputs),
    )


# 11 nll-ce-mse


@exercise
def nll_ce_mse_1():
    nll = -gaussian_logpdf(8, 5, 2)
    return Exercise(
        nll,
        {
            "no-constant": 9 / 8 + np.log(2),
            "variance": -gaussian_logpdf(8, 5, np.sqrt(2)),
            "no-half": nll + 9 / 8,
            "sign": -nll,
        },
    )


@exercise
def nll_ce_mse_2():
    gain = 250 * np.log(4.0 / 3.6)
    return Exercise(
        gain, {"one-sample": gain / 500, "no-half": 2 * gain, "sign": -gain, "ratio": np.exp(gain)}
    )


@exercise
def nll_ce_mse_3():
    wrong = {"not-divided": 14.0706, "squared-rate": 1.9685, "absolute": 0.9059, "marginal": 5.5579}
    return Exercise(4.9331, wrong, within=5e-3)


@exercise
def nll_ce_mse_4():
    def nll(y, mu, s):
        return -gaussian_logpdf(y, mu, np.exp(s / 2))

    def slope(y, mu, s, step=1e-5):
        return (nll(y, mu, s + step) - nll(y, mu, s - step)) / (2 * step)

    return Exercise(
        slope,
        {
            "sign": lambda y, mu, s: -slope(y, mu, s),
            "variance": lambda y, mu, s: slope(y, mu, s) * np.exp(-s),
            "sigma": lambda y, mu, s: slope(y, mu, s) * 2 * np.exp(-s / 2),
            "no-half": lambda y, mu, s: 2 * slope(y, mu, s),
        },
        inputs=((3.0, 1.0, 0.7), (0.0, 2.0, -0.5), (1.5, 1.0, 0.3)),
    )


# 12 calibration


@exercise
def calibration_1():
    return Exercise(0.05, {"unweighted": 0.1, "first": 0.2, "count": 2, "overall": 0.7})


@exercise
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


@exercise
def calibration_3():
    wrong = {"swapped": [0.6339, 0.5168], "sent": [0.4418, 0.0379], "everyone": [0.4411, 0.4411]}
    return Exercise([0.5168, 0.6339], wrong, within=2e-3)


@exercise
def calibration_4():
    wrong = {"overtrained": 3.2621, "test": 1.4432, "train": 1.0483}
    return Exercise(1.3045, wrong, within=5e-3)


@exercise
def calibration_5():
    wrong = {"untouched": 1.2611, "temperature-only": 1.0723}
    return Exercise(1.0478, wrong, within=1e-3)


# 13 language-models


@exercise
def language_models_1():
    nats = 3.0 * 2000 / 9000
    wrong = {"nats": nats, "per-token": 3.0 / np.log(2), "times": nats * np.log(2), "perplexity": np.exp(3.0)}
    return Exercise(nats / np.log(2), wrong)


@exercise
def language_models_2():
    wrong = {"eight": 1.8628, "nats": 1.2404, "perplexity": 3.4571}
    return Exercise(1.7896, wrong, within=1e-3)


@exercise
def language_models_3():
    wrong = {"in-order": 1.6860, "train-only": 1.7876, "per-token": 2.1013, "perplexity": 8.1768}
    return Exercise(1.2562, wrong, within=1e-3)


@exercise
def language_models_4():
    def whole_lse(left, right):
        return np.logaddexp(left[0] + np.log(left[1]), right[0] + np.log(right[1]))

    def merged(left, right):
        m = np.maximum(left[0], right[0])
        return m, np.exp(whole_lse(left, right) - m)

    return Exercise(
        merged,
        {
            "not-rescaled": lambda left, right: (np.maximum(left[0], right[0]), left[1] + right[1]),
            "multiplied": lambda left, right: (left[0] + right[0], left[1] * right[1]),
            "lse": whole_lse,
        },
        inputs=(
            ((np.array([2.0, 3.0]), np.array([1.5, 1.0])), (np.array([3.0, -1.0]), np.array([2.0, 1.2]))),
            ((np.array([1000.0]), np.array([3.0])), (np.array([990.0]), np.array([1.0]))),
        ),
    )
