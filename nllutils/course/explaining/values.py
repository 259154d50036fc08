"""What runs without an error and is still wrong, and what the call gives.

A sentence that says "looks like" rests on sums or on a loss that becomes far smaller; the others are certain.
"""

import math

import numpy as np

import nllutils
from nllutils.course.explaining.arguments import binary_cross_entropy, minus_one
from nllutils.course.explaining.case import DEFAULTS, Stop, decimals, plain
from nllutils.course.explaining.reading import EPSILON, kind_of_rows, tolerance_of_rows

FEW = 2**12  # numbers that tell what the rows along another axis are


def mean_is_computed(case):
    """The mean of what was given, before a cure of what follows holds."""
    if not case.stops and case.reduction == "mean":
        case.mean = mean_loss(case)


def shares_sum_to_one(case):
    if not case.soft:
        return
    if case.first["target"].requires_grad:
        case.find("note", "target gradient")
    if not case.target.has_values or case.target.size == 0:
        return
    rows, axes, dtype = case.rows(name="target"), len(case.input.shape), case.target.dtype
    weighted = case.given["weight"].kind != "none"
    found, sums = kind_of_rows(rows, dtype), rows.sum(axis=1)
    off = sums[~(abs(sums - 1) <= 1e-2)]
    if found == "log-probabilities":
        case.find("guess", "log-probabilities as shares", {"target": "exp"})
    elif not (rows >= 0).all():
        case.find("wrong", "no shares", {"target": ("softmax", case.axis)}, low=plain(rows.min()))
    elif found or not off.size:
        return
    elif axes > 2 and kind_of_rows(case.rows(-1, "target", FEW), dtype) == "probabilities":
        both = dict.fromkeys(("input", "target"), "classes to axis 1")
        case.find("guess", "shares last", None if weighted else both)
    elif np.isin(rows, (0, 1)).all() and off.any():
        cure = binary_cross_entropy(case) if case.in_torch and not weighted else None
        case.find("guess", "one logit for each sample" if axes == 1 else "several labels", cure)
        if cure:
            raise Stop
    elif not off.any():
        case.find("note", "rows without shares", n=off.size)
    else:
        case.find("guess", "shares", {"target": ("shares", case.axis)}, sum=decimals(off[off != 0][0]))


def scores_are_finite(case):
    if not case.input.has_values or case.input.size == 0:
        return
    rows = case.rows()
    for key, bad in [("nan", np.isnan(rows)), ("inf", rows == np.inf)]:
        if bad.any():
            case.find("wrong", key, n=int(bad.sum()))
            raise Stop
    low = rows == -np.inf
    if low.any() and (case.soft or case.options["label_smoothing"] > 0):
        case.find("wrong", "-inf with shares", n=int(low.sum()))
    elif low.any() and case.numbers is not None:
        numbers, kept = _targets_at(case, case.axis)
        hit = kept & low[np.arange(len(low)), np.where(kept, numbers, 0)]
        if hit.any():
            case.find("wrong", "-inf", n=int(hit.sum()))


def rows_are_scores(case):
    """Probabilities, log-probabilities or logits: sums tell, and also along which axis."""
    if not case.input.has_values or case.input.size == 0:
        return
    rows, dtype, plain_nll = case.rows(), case.first["input"].dtype, case.loss == "nll_loss"
    found = kind_of_rows(rows, dtype)
    if not found and _adds_up_along_another_axis(case, dtype):
        return
    fields = {"floor": decimals(math.log(1 + (case.n_classes - 1) / math.e))}
    if found == "log-probabilities" and _softmax_twice(rows):
        case.find("guess", "softmax twice", **fields)
    elif found == "probabilities":
        level, key = ("wrong", "no logarithm") if plain_nll else ("guess", "probabilities")
        case.find(level, key, {"input": "log"}, **fields)
    elif found and not plain_nll:
        case.find("note", "log-probabilities")
    elif plain_nll and not found:
        high, total = plain(rows.max()), decimals(np.exp(rows[0]).sum())
        positive = rows.max() > tolerance_of_rows(dtype, case.n_classes)
        level, key = ("wrong", "scores for nll_loss") if positive else ("guess", "no log-probabilities")
        case.find(level, key, {"loss": "cross_entropy"}, high=high, sum=total)


def _adds_up_along_another_axis(case, dtype):
    shape, last = case.input.shape, len(case.input.shape) - 1
    for axis in range(last, -1, -1):
        if axis == case.axis or shape[axis] < 2 or case.input.size // shape[axis] < 2:
            continue
        if not kind_of_rows(case.rows(axis, most=max(FEW, 8 * shape[axis])), dtype):
            continue
        if axis == last > 1 and not case.soft and case.target_shape == shape[:-1]:
            case.find("guess", "adds up along the last axis", {"input": "classes to axis 1"})
            rows_are_scores(case)
        else:
            case.find("guess", "adds up along another axis", axis=axis, expected=case.axis)
        return True
    return False


def _softmax_twice(rows):
    """Whether log-probabilities belong to a softmax of probabilities, from which a row differs by a constant.

    Those of a model that is sure of little could, too; so most rows must be about as sure as can be.
    """
    p = rows - rows.mean(axis=1, keepdims=True) + 1 / rows.shape[1]
    spread = rows.max(axis=1) - rows.min(axis=1)
    enough = len(rows) > 1 and rows.size > 5 and (rows.shape[1] > 2 or len(rows) > 8)
    return enough and p.min() > -1e-2 and spread.mean() > 0.5 and spread.max() > 0.75


# --- what no sum shows, but perhaps a smaller loss ----------------------------------------------------


def classes_may_be_last(case):
    """Axis 1 and the last are equally long, so no shape tells which holds the classes."""
    shape = case.input.shape
    if len(shape) > 2 and case.target_shape == shape[:-1] and not case.soft and not case.moved:
        losses = {"now": mean_loss(case), "other": mean_loss(case, axis=-1)}
        _perhaps(case, "equal axes", {"input": "classes to axis 1"}, **losses, length=shape[1])


def numbers_may_start_at_one(case):
    if case.numbers is None or case.numbers.size < 2 or not case.kept.any():
        return
    if case.numbers[case.kept].min() == 1 and not any(finding.key == "from one" for finding in case.findings):
        cure = {"target": minus_one(case, case.kept)}
        _perhaps(case, "no zero", cure, now=mean_loss(case), other=mean_loss(case, shift=1))


def _perhaps(case, key, cure, now, other, **fields):
    """A suspicion if the loss would be far smaller, and smaller than by guessing; else a remark."""
    if now is None or other is None:
        return
    level = "guess" if other < min(now, math.log(case.n_classes)) / 2 else "note"
    if level == "note" and key == "no zero" and case.kept.sum() < 3 * case.n_classes:
        return  # in so few targets a class may well be missing
    case.find(level, f"{key}, {level}", cure, now=decimals(now), other=decimals(other), **fields)


def _targets_at(case, axis):
    """Class numbers, and which of them count, at the places whose rows are looked at."""
    places = case.places(axis)
    return (case.numbers, case.kept) if places is None else (case.numbers[places], case.kept[places])


def mean_loss(case, axis=None, shift=0):
    """The mean loss at the places that are looked at, from float64, with the classes along `axis`."""
    if case.unread or not case.input.has_values:
        return None
    if case.soft:
        target = case.rows(name="target")
    elif case.numbers is None or not case.kept.any():
        return None
    else:
        numbers, kept = _targets_at(case, case.axis if axis is None else axis % len(case.input.shape))
        target = np.where(kept, numbers - shift, DEFAULTS["ignore_index"])
    options = {"label_smoothing": case.options["label_smoothing"]} if case.loss == "cross_entropy" else {}
    return float(getattr(nllutils, case.loss)(case.rows(axis), target, case.weights, **options))


# --- the result ---------------------------------------------------------------------------------------


def conclude(case):
    """What the call gives, and what it gives when mended."""
    if isinstance(case.outcome, Exception) and not case.stops:
        says = str(case.outcome).strip().split("\n")[0][:200]
        case.find("error", "says", type=type(case.outcome).__name__, says=says)
    if case.stops:
        case.tell("stops")
    elif case.outcome is not None:
        _tell_value(case)
    elif case.mean is not None:
        case.tell("value at some places", value=decimals(case.mean), n=len(case.rows()))
        _half_precision_holds(case, None)
    if case.in_torch and not case.stops:
        case.tell("gradient" if case.first["input"].requires_grad else "no gradient")
    if case.call != case.asked and not case.hopeless:
        mended = case.attempt(lambda values: case.evaluate(case.call, values))
        if not isinstance(mended, Exception):
            case.mended = case.call
            case.mended_value = "" if mended is None or np.ndim(mended) else decimals(mended)


def _tell_value(case):
    value = np.asarray(case.outcome.double() if case.in_torch else case.outcome, dtype=np.float64)
    if case.reduction == "none":
        value = value.reshape(-1) if case.kept is None else value.reshape(-1)[case.kept]
        if value.size:
            case.tell("values", low=decimals(value.min()), high=decimals(value.max()))
        return
    _half_precision_holds(case, float(value))
    if not math.isfinite(value):
        case.tell("value not finite", value=decimals(value))
        if not any(finding.level == "wrong" for finding in case.findings):
            case.find("wrong", "not finite", value=decimals(value))
        return
    case.tell("value", value=decimals(value))
    looked_at = case.numbers is not None or (case.soft and case.weights is None)
    classes = case.first["input"].shape[min(len(case.first["input"].shape) - 1, 1)]
    if looked_at and classes > 1 and case.reduction != "sum":
        _tell_baseline(case, classes)


def _half_precision_holds(case, value):
    """PyTorch adds the losses up in the type of the logits; `value` is None if that was not tried."""
    dtype = case.first["input"].dtype
    if not case.in_torch or dtype not in EPSILON or case.reduction != "mean":
        return
    cure = {"input": "float"} | ({} if case.given["weight"].kind == "none" else {"weight": "float"})
    exact = math.nan if case.mean is None else case.mean
    if value is None or case.input.device != "cpu":  # what other devices do was not tried
        case.find("note", "half of many", cure, dtype=dtype)
    elif math.isfinite(exact) and not abs(value - exact) <= 0.02 * abs(exact) + 0.01:
        case.find("wrong", "half", cure, dtype=dtype, value=decimals(value), exact=decimals(exact))


def _tell_baseline(case, classes):
    """What a model gets that knows nothing, or only how frequent the classes are; what none can beat."""
    smoothing = case.options["label_smoothing"]
    fields = {"value": decimals(math.log(classes)), "classes": classes}
    if case.numbers is not None and case.kept.sum() > classes and smoothing == 0:
        counts = np.bincount(case.numbers[case.kept], minlength=case.n_classes)
        frequencies = decimals(_entropy(counts if case.weights is None else counts * case.weights))
        case.tell("uniform and frequencies", frequencies=frequencies, **fields)
    else:
        case.tell("uniform", **fields)
    if smoothing > 0 and case.numbers is not None and case.weights is None:
        target = np.full(classes, smoothing / classes)
        target[0] += 1 - smoothing
        case.tell("smoothed", value=decimals(_entropy(target)), smoothing=plain(smoothing))


def _entropy(shares):
    p = shares[shares > 0] / shares.sum()
    return -(p * np.log(p)).sum()
