"""Can the probabilities be believed? Confidence against accuracy, and the one number that repairs it."""

import math
from typing import NamedTuple

import numpy as np

from nllutils._arguments import (
    class_index,
    cure,
    distribution,
    integer_from,
    look_like_probabilities,
    real_array,
    require,
    warn,
)


class ReliabilityCurve(NamedTuple):
    """One entry per confidence bin that holds a prediction, in rising order; see `reliability_curve`."""

    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray


def reliability_curve(probs, target, n_bins=15):
    r"""Mean confidence and accuracy of the predictions in each bin of confidence.

    The prediction is the most probable class (the first of them on a tie), its probability the confidence.
    Bins are :math:`((m-1)/M,\; m/M]`, equally wide, with edges in float64: the float32 number 0.6 is a little
    more than 0.6. Calibrated probabilities lie on accuracy = confidence.

    Parameters
    ----------
    probs : array_like, shape (N, C)
        Predicted class probabilities; each row sums to 1. For a binary model:
        ``np.column_stack([1 - p, p])``.
    target : array_like of int, shape (N,)
        Class indices.
    n_bins : int
        Number of bins M on [0, 1].

    Returns
    -------
    ReliabilityCurve
        Arrays `confidence`, `accuracy`, `count` with one entry per bin; empty bins are left out.

    Raises
    ------
    TypeError
        If `target` does not hold integers.
    IndexError
        If a `target` is not a class index.
    ValueError
        If the shapes are not (N, C) and (N,) with N >= 1, if `probs` are not probabilities, or if `n_bins` is
        not an integer >= 1.

    Examples
    --------
    >>> probs = [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]]
    >>> reliability_curve(probs, [0, 0, 1, 1], n_bins=2).accuracy
    array([0.75])

    References
    ----------
    Guo, Pleiss, Sun & Weinberger (2017), *On Calibration of Modern Neural Networks*, section 2.
    """
    n_bins = integer_from(1, "n_bins", n_bins)
    probs = distribution("probs", probs)
    target = _one_target_per_row("probs", probs, target)
    confidence, correct = probs.max(axis=1), probs.argmax(axis=1) == target
    edges = np.linspace(0, 1, n_bins + 1)
    bins = np.searchsorted(edges[1:-1], confidence)
    count = np.bincount(bins, minlength=n_bins)
    used = count > 0
    sums = [np.bincount(bins, values, n_bins)[used] for values in (confidence, correct)]
    return ReliabilityCurve(sums[0] / count[used], sums[1] / count[used], count[used])


def ece(probs, target, n_bins=15):
    r"""Expected calibration error: the mean gap between confidence and accuracy over the bins.

    .. math:: \mathrm{ECE} = \sum_m \frac{n_m}{N} \left| \mathrm{acc}_m - \mathrm{conf}_m \right|

    Small for a calibrated model (chance alone keeps it above 0, the more so the more bins), but also for one
    that always predicts the class frequencies: it is no proper score. The NLL is the judge.

    Parameters
    ----------
    probs, target, n_bins
        As for `reliability_curve`.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    TypeError, IndexError, ValueError
        As `reliability_curve` does.

    Examples
    --------
    >>> round(ece([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]], [0, 0, 1, 1]), 4)
    0.3

    References
    ----------
    Naeini, Cooper & Hauskrecht (2015), *Obtaining Well Calibrated Probabilities Using Bayesian Binning*.
    """
    curve = reliability_curve(probs, target, n_bins)
    return float(np.average(np.abs(curve.accuracy - curve.confidence), weights=curve.count))


def fit_temperature(logits, target):
    r"""The temperature T > 0 that minimises the mean NLL of ``softmax(logits / T)``.

    T > 1 softens an overconfident model, T < 1 sharpens a timid one. Dividing by T keeps the order of the
    classes, so accuracy does not change. Fit it on held-out data, never on the data the model was trained on.

    Parameters
    ----------
    logits : array_like, shape (N, C)
        Finite logits.
    target : array_like of int, shape (N,)
        Class indices.

    Returns
    -------
    float
        T, to about 9 digits or as many as the data determine.

    Raises
    ------
    TypeError
        If `target` does not hold integers.
    IndexError
        If a `target` is not a class index.
    ValueError
        If the shapes are not (N, C) and (N,) with N >= 1, if a logit is not finite, or if no T is the best:
        the NLL falls all the way to T = 0 when every target has the highest logit of its row, and all the way
        to T = infinity when targets have no higher logits than the average class.
    RuntimeError
        If the search does not settle: T is more than 200 orders of magnitude from the largest logit gap.

    Warns
    -----
    UserWarning
        If the first rows of `logits` look like probabilities.

    Notes
    -----
    The NLL is convex in 1/T, so its slope changes sign once. Newton's method on log T finds the place; when a
    step leaves the bracket or does not halve the last one, the bracket is halved instead.

    Examples
    --------
    Four equal predictions, 3 nats sure of themselves and right three times: the odds should be 3 to 1.

    >>> T = fit_temperature([[3.0, 0.0]] * 4, [0, 0, 0, 1])
    >>> round(T, 4), round(3 / math.log(3), 4)
    (2.7307, 2.7307)

    References
    ----------
    Guo, Pleiss, Sun & Weinberger (2017), *On Calibration of Modern Neural Networks*, section 4.2.
    """
    given, logits = logits, real_array("logits", logits)
    require("logits", logits, np.isfinite(logits), "a finite number")
    target = _one_target_per_row("logits", logits, target)
    if look_like_probabilities(logits):
        log = cure("logits", given, "np.log({})", "{}.log()")
        warn(f"logits look like probabilities (rows lie in [0, 1] and sum to 1): use {log}")
    logits = logits - logits.max(axis=1, keepdims=True)
    spread = -float(logits.min())
    if spread == 0:
        raise ValueError("no best temperature: in every row all logits are equal, so T changes nothing")
    logits /= spread  # whatever the unit of the logits, T = spread is a start and no square overflows
    chosen = logits[np.arange(len(target)), target]
    if not chosen.any():
        raise ValueError(
            "no best temperature: every target already has the highest logit, so the NLL falls all the way to"
            " T = 0. Fit on held-out data that the model sometimes gets wrong"
        )
    if chosen.mean() <= logits.mean():
        raise ValueError(
            "no best temperature: targets have no higher logits than the average class, so the NLL falls all"
            " the way to T = infinity. Are logits and target in the same order?"
        )
    log_t, low, high, last = 0.0, -math.inf, math.inf, 4.0
    for _ in range(300):
        slope, variance = _slope_and_variance(logits, chosen, math.exp(-log_t))
        low, high = (log_t, high) if slope > 0 else (low, log_t)
        step = slope * math.exp(log_t) / variance if variance else math.inf  # Newton
        if not low < log_t + step < high or abs(step) > last / 2:
            step = (low + high) / 2 - log_t if math.isfinite(high - low) else math.copysign(2, slope)
        log_t, last = log_t + step, abs(step)
        if last < 1e-9:
            return spread * math.exp(log_t)
    raise RuntimeError(f"the temperature did not settle: {spread * math.exp(log_t):.3g} after 300 steps")


def _slope_and_variance(logits, chosen, beta):
    """First and second derivative of the mean NLL of softmax(beta · logits) with respect to beta."""
    probs = np.exp(beta * logits)
    probs /= probs.sum(axis=1, keepdims=True)
    expected = (probs * logits).sum(axis=1, keepdims=True)
    variance = (probs * (logits - expected) ** 2).sum(axis=1)
    return float(np.mean(expected[:, 0] - chosen)), float(np.mean(variance))


def _one_target_per_row(name, scores, value):
    """Class indices (N,) for scores of shape (N, C) with N >= 1."""
    if scores.ndim != 2 or 0 in scores.shape:
        raise ValueError(f"{name} must have shape (N, C) with N >= 1 and C >= 1, got {scores.shape}")
    target = class_index("target", value, scores.shape[1])
    if target.shape != scores.shape[:1]:
        hint = f": use {cure('target', value, '{}.ravel()')}" if target.size == len(scores) else ""
        expected = scores.shape[:1]
        raise ValueError(f"{name} {scores.shape} needs target of shape {expected}, got {target.shape}{hint}")
    return target
