"""The checks of oracles.py can fail: each wrong implementation below is right but for one mistake.

It must pass the cases where the mistake makes no difference and be rejected by those where it does.
"""

import numpy as np
import oracles
import pytest
import torch

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


def smooth_without_weights(z, target, weight=None, *, label_smoothing=0.0, **options):
    if label_smoothing == 0 or options["reduction"] != "none":
        return losses.cross_entropy(z, target, weight, label_smoothing=label_smoothing, **options)
    hard = losses.cross_entropy(z, target, weight, **options)
    uniform = losses.cross_entropy(z, target, None, label_smoothing=1.0, **options)
    return (1 - label_smoothing) * hard + label_smoothing * uniform


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


GRID = list(oracles.cases((7, 5), np.float64))
HARD = [case for case in GRID if with_indices(case) and not smoothed(case)]
VALUES, GRADIENTS = oracles.check_values, oracles.check_gradients


@pytest.mark.parametrize(
    ("check", "wrong", "cases", "matters"),
    [
        (VALUES, average_over_samples, GRID, lambda c: weighted(c) and mean(c) and with_indices(c)),
        (VALUES, count_ignored, [c for c in GRID if with_indices(c)], with_ignored),
        (VALUES, smooth_without_weights, GRID, lambda c: smoothed(c) and weighted(c) and unreduced(c)),
        (VALUES, probabilities_by_weight, GRID, lambda c: weighted(c) and mean(c) and not with_indices(c)),
        (GRADIENTS, gradient_over_samples, GRID, lambda c: weighted(c) and mean(c) and with_indices(c)),
        (GRADIENTS, gradient_of_ignored, GRID, with_ignored),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_one_mistake_is_rejected(check, wrong, cases, matters):
    harmless = [case for case in cases if not matters(case)]
    assert harmless
    check(wrong, harmless)
    for case in filter(matters, cases):
        with pytest.raises(AssertionError, match="Not equal to tolerance"):
            check(wrong, [case])


def unreduced(case):
    return case.options["reduction"] == "none"


def test_missing_shift_is_rejected():
    assert_passes_and_fails = [case for case in oracles.large_cases(np.float32) if with_indices(case)]
    oracles.check_values(no_shift, HARD)
    hard = [case for case in assert_passes_and_fails if not smoothed(case)]
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        oracles.check_values(no_shift, hard)


def test_class_axis_last_is_rejected():
    oracles.check_values(class_axis_last, HARD)  # the second of two axes is the last one
    square = oracles.cases((4, 5, 5), np.float64, targets=["indices"], smoothings=[0.0])
    for case in square:
        with pytest.raises(AssertionError, match="Not equal to tolerance"):
            oracles.check_values(class_axis_last, [case])


def test_wrong_dtype_and_shape_are_rejected():
    for wrong in (
        lambda *a, **k: np.float32(losses.cross_entropy(*a, **k)),
        lambda *a, **k: np.atleast_1d(losses.cross_entropy(*a, **k)),
        lambda z, *a, **k: np.float64(losses.cross_entropy(z.astype(np.float16), *a, **k)),
    ):
        with pytest.raises(AssertionError):
            oracles.check_values(wrong, [case for case in GRID if mean(case)])


def test_nll_checks_reject_a_softmax_too_many():
    for case in HARD:
        with pytest.raises(AssertionError):
            oracles.check_nll_values(lambda p, *a, **k: losses.nll_loss(np.exp(p), *a, **k), [case])


def test_pytorch_passes_its_own_checks():
    def as_impl(function):
        def impl(z, target, weight=None, **options):
            z, target = torch.tensor(z), torch.tensor(target)
            weight = None if weight is None else torch.tensor(weight, dtype=z.dtype)
            return function(
                z, target.to(z.dtype) if target.is_floating_point() else target, weight, **options
            )

        return lambda *a, **k: impl(*a, **k).numpy()

    oracles.check_values(as_impl(torch.nn.functional.cross_entropy), GRID)
