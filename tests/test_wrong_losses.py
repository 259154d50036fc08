"""The checks of oracles.py can fail: each wrong implementation below is right but for one mistake.

It must pass the cases where the mistake makes no difference and be rejected by those where it does.
"""

import numpy as np
import oracles
import pytest

from nllutils import losses

pytestmark = pytest.mark.filterwarnings("ignore:mean over no targets:RuntimeWarning")


def weighted(case):
    return case.options["weight"] is not None


def with_ignored(case):
    return bool(np.any(case.target == case.options.get("ignore_index", -100)))


def smoothed(case):
    return case.options.get("label_smoothing", 0) > 0


def with_indices(case):
    return case.target.dtype.kind == "i"


def mean(case):
    return case.options["reduction"] == "mean"


def average_over_samples(z, target, weight=None, *, ignore_index=-100, reduction="mean", **options):
    options["ignore_index"] = ignore_index
    if reduction != "mean":
        return losses.cross_entropy(z, target, weight, reduction=reduction, **options)
    kept = np.sum(target != ignore_index) if target.dtype.kind == "i" else target.size / target.shape[1]
    total = losses.cross_entropy(z, target, weight, reduction="sum", **options)
    return z.dtype.type(np.divide(total, kept) if kept else np.nan)


def no_shift(z, target, weight=None, **options):
    with np.errstate(all="ignore"):
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return losses.nll_loss(log_p, target, weight, **options)


def count_ignored(z, target, weight=None, *, ignore_index=-100, **options):
    return losses.cross_entropy(z, np.where(target == ignore_index, 0, target), weight, **options)


def smooth_without_weights(
    z, target, weight=None, *, label_smoothing=0.0, ignore_index=-100, reduction="mean"
):
    kept = target != ignore_index
    hard = losses.cross_entropy(z, target, weight, ignore_index=ignore_index, reduction="none")
    log_p = losses.log_softmax(z, axis=1)
    loss = (1 - label_smoothing) * hard - label_smoothing * np.where(kept, log_p.mean(axis=1), 0)
    divisor = np.sum(kept if weight is None else weight[target[kept]])
    return {"none": loss, "sum": loss.sum(), "mean": loss.sum() / divisor}[reduction]


def class_axis_last(z, target, weight=None, **options):
    log_p = losses.log_softmax(z, axis=-1)
    return losses.nll_loss(log_p, target, weight, **options)


def probabilities_by_weight(z, target, weight=None, **options):
    if options["reduction"] != "mean" or target.dtype.kind == "i" or weight is None:
        return losses.cross_entropy(z, target, weight, **options)
    options["reduction"] = "sum"
    return losses.cross_entropy(z, target, weight, **options) / z.dtype.type(np.sum(target * weight))


def gradient_over_samples(z, target, weight=None, *, reduction="mean", ignore_index=-100, **options):
    if reduction == "mean" and target.dtype.kind == "i":
        kept = max(np.sum(target != ignore_index), 1)
        options.update(reduction="sum", ignore_index=ignore_index)
        return losses.cross_entropy_grad(z, target, weight, **options) / z.dtype.type(kept)
    return losses.cross_entropy_grad(
        z, target, weight, reduction=reduction, ignore_index=ignore_index, **options
    )


def gradient_of_ignored(z, target, weight=None, *, ignore_index=-100, **options):
    if target.dtype.kind != "i":
        return losses.cross_entropy_grad(z, target, weight, **options)
    kept = np.where(target == ignore_index, 0, target)
    return losses.cross_entropy_grad(z, kept, weight, **options)


def mean_of_log_probabilities(log_p, target, weight=None, *, ignore_index=-100, reduction="mean"):
    options = {"ignore_index": ignore_index}
    if reduction != "mean":
        return losses.nll_loss(log_p, target, weight, reduction=reduction, **options)
    return losses.nll_loss(log_p, target, weight, reduction="none", **options).mean()


def gradient_without_weights(log_p, target, weight=None, **options):
    return losses.nll_loss_grad(log_p, target, None, **options)


GRID = list(oracles.cases((7, 5), np.float64))
INDICES = [case for case in GRID if with_indices(case)]
HARD = [case for case in INDICES if not smoothed(case)]


@pytest.mark.parametrize(
    ("check", "wrong", "cases", "matters"),
    [
        (
            oracles.check_values,
            average_over_samples,
            GRID,
            lambda c: with_indices(c) and weighted(c) and mean(c),
        ),
        (
            oracles.check_values,
            probabilities_by_weight,
            GRID,
            lambda c: not with_indices(c) and weighted(c) and mean(c),
        ),
        (oracles.check_values, count_ignored, INDICES, with_ignored),
        (oracles.check_values, smooth_without_weights, INDICES, lambda c: smoothed(c) and weighted(c)),
        (
            oracles.check_gradients,
            gradient_over_samples,
            GRID,
            lambda c: with_indices(c) and weighted(c) and mean(c),
        ),
        (oracles.check_gradients, gradient_of_ignored, INDICES, with_ignored),
        (
            oracles.check_nll_values,
            mean_of_log_probabilities,
            HARD,
            lambda c: mean(c) and (weighted(c) or with_ignored(c)),
        ),
        (oracles.check_nll_gradients, gradient_without_weights, HARD, weighted),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_one_mistake_is_rejected(check, wrong, cases, matters):
    harmless = [case for case in cases if not matters(case)]
    harmful = [case for case in cases if matters(case)]
    assert harmless and harmful
    check(wrong, harmless)
    for case in harmful:
        with pytest.raises(AssertionError, match="Not equal to tolerance"):
            check(wrong, [case])


@pytest.mark.filterwarnings("ignore:log-probabilities cannot be positive")  # from log(0)
def test_a_missing_shift_is_rejected():
    oracles.check_values(no_shift, HARD)
    large = [case for case in oracles.large_cases(np.float32) if np.abs(case.input).min() > 1000]
    large = [case for case in large if with_indices(case) and not smoothed(case)]
    assert large
    for case in large:
        with pytest.raises(AssertionError, match="Not equal to tolerance"):
            oracles.check_values(no_shift, [case])


def test_the_class_axis_last_is_rejected():
    oracles.check_values(class_axis_last, HARD)  # of two axes the class axis is the last one
    for case in oracles.cases((4, 5, 5), np.float64, targets=["indices"], smoothings=[0.0]):
        with pytest.raises(AssertionError, match="Not equal to tolerance"):
            oracles.check_values(class_axis_last, [case])


@pytest.mark.parametrize("result", [np.float32, np.atleast_1d], ids=lambda value: value.__name__)
def test_a_wrong_dtype_or_shape_is_rejected(result):
    def wrong(*args, **options):
        return result(losses.cross_entropy(*args, **options))

    for case in filter(mean, GRID):
        with pytest.raises(AssertionError, match="Case"):
            oracles.check_values(wrong, [case])
