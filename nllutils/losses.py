"""Negative log likelihood losses in NumPy, with PyTorch's names, argument order and values.

Inputs are arrays, lists or PyTorch tensors (read as they are, without a graph; from a GPU they are copied).
The class axis is axis 1, or the only axis of a single sample: ``(C)``, ``(N, C)``, ``(N, C, d1, ..., dK)``.
Results are in nats and have the float type of the input, in the machine's byte order. Integers count as
float64, exact up to 2**53. Half precision gives float32, as PyTorch's `cross_entropy` (not everywhere its
`log_softmax`) does under ``torch.autocast``: float16 ends at 65504. Sums over samples run in float64.

Values follow PyTorch also where they are NaN. Mistakes that PyTorch or NumPy let pass in silence do not pass
here: see Raises and Warns of each function.

No function makes a temporary of the size of the scores: they pass in blocks that fit the processor's cache.
"""

import math

import numpy as np

from nllutils._arguments import (
    cure,
    four_lines,
    in_range,
    integer_from,
    integers,
    look_like_probabilities,
    number,
    numbers,
    one_of,
    require,
    to_numpy,
    warn,
)
from nllutils._blocks import blocks, plain_nll, sum_over_classes

_LOG_2PI = math.log(2 * math.pi)

# --- the definitions ----------------------------------------------------------------------------------
# The classes are on axis 1. Everything below applies these to other axes, shapes and types, block by block.
# Only the loss of class indices without smoothing has a faster way, `plain_nll`; the tests compare the two.


def _logsumexp(z):
    m = z.max(axis=1, keepdims=True, initial=-np.inf)  # exp(z) may overflow, exp(z - m) may not
    return np.where(np.isinf(m), m, m + np.log(sum_over_classes(np.exp(z - m))))


def _softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True, initial=-np.inf))
    return e / sum_over_classes(e).astype(z.dtype)


def _log_softmax(z):
    d = z - z.max(axis=1, keepdims=True, initial=-np.inf)
    return d - np.log(sum_over_classes(np.exp(d))).astype(z.dtype)


def _nll(log_p, classes):  # -log_p[i, classes[i]] for each sample i
    return -np.take_along_axis(log_p, classes, axis=1).astype(np.float64)


def _cross_entropy(log_p, target):
    return -sum_over_classes(target * log_p)


# --- rows of scores -----------------------------------------------------------------------------------


def logsumexp(input, axis=None, keepdims=False):
    r"""Logarithm of a sum of exponentials, without overflow or underflow.

    .. math:: \log \sum_c e^{z_c} = m + \log \sum_c e^{z_c - m}, \qquad m = \max_c z_c

    Parameters
    ----------
    input : array_like
        Real numbers, at least one axis.
    axis : int, optional
        Axis to sum over; by default the last of one or two. Of three or more it has to be named: the losses
        have the classes on axis 1, most other code on the last.
    keepdims : bool, default False
        Keep the summed axis with length 1, so that the result broadcasts against `input`.

    Returns
    -------
    float or ndarray
        The shape of `input` without `axis`. ``-inf`` where all entries are ``-inf`` or there are none.

    Raises
    ------
    TypeError
        If `input` does not hold real numbers.
    ValueError
        If `input` has no such axis, or three or more and none is named.

    See Also
    --------
    torch.logsumexp : the same; the axis is called ``dim`` there.

    Examples
    --------
    >>> logsumexp([1000.0, 1000.0]).round(4)  # np.log(np.sum(np.exp(...))) is inf
    np.float64(1000.6931)

    References
    ----------
    Blanchard, Higham and Higham (2021), "Accurately computing the log-sum-exp and softmax functions",
    *IMA Journal of Numerical Analysis* 41(4).
    """
    return _along_axis(_logsumexp, input, axis, columns=1, squeeze=not keepdims)


def softmax(input, axis=None):
    r"""Probabilities proportional to the exponentials of the scores.

    .. math:: p_c = \frac{e^{z_c}}{\sum_k e^{z_k}}

    Parameters
    ----------
    input : array_like
        Logits, at least one axis.
    axis : int, optional
        The class axis; by default the last of one or two. Of three or more it has to be named: the losses
        have the classes on axis 1, most other code on the last.

    Returns
    -------
    ndarray
        The shape of `input`; sums to 1 along `axis`.

    Raises
    ------
    TypeError
        If `input` does not hold real numbers.
    ValueError
        If `input` has no such axis, or three or more and none is named.

    See Also
    --------
    torch.softmax : the same; the axis is called ``dim`` there.

    Notes
    -----
    A float32 score that lies 104 below the largest gets the probability 0 (87, if denormals are flushed as by
    ``torch.set_flush_denormal``), from which no logarithm brings it back: `log_softmax` keeps it.

    Examples
    --------
    >>> softmax([2.0, 1.0, 0.1]).round(4)
    array([0.659 , 0.2424, 0.0986])

    References
    ----------
    Bridle (1990), "Probabilistic interpretation of feedforward classification network outputs".
    """
    return _along_axis(_softmax, input, axis)


def log_softmax(input, axis=None):
    r"""Log-probabilities of the scores: the logarithm of `softmax`, but never ``log(0)``.

    .. math:: \log p_c = z_c - \log \sum_k e^{z_k}

    Parameters
    ----------
    input : array_like
        Logits, at least one axis.
    axis : int, optional
        The class axis; by default the last of one or two. Of three or more it has to be named: the losses
        have the classes on axis 1, most other code on the last.

    Returns
    -------
    ndarray
        The shape of `input`, in nats, at most 0.

    Raises
    ------
    TypeError
        If `input` does not hold real numbers.
    ValueError
        If `input` has no such axis, or three or more and none is named.

    See Also
    --------
    torch.log_softmax : the same; the axis is called ``dim`` there.

    Examples
    --------
    >>> log_softmax([2.0, 1.0, 0.1]).round(4)
    array([-0.417, -1.417, -2.317])
    >>> log_softmax([0.0, 1000.0])
    array([-1000.,     0.])

    References
    ----------
    Blanchard, Higham and Higham (2021), "Accurately computing the log-sum-exp and softmax functions",
    *IMA Journal of Numerical Analysis* 41(4).
    """
    return _along_axis(_log_softmax, input, axis)


# --- losses of classes, and their gradients -----------------------------------------------------------


def nll_loss(input, target, weight=None, *, ignore_index=-100, reduction="mean"):
    r"""Negative log likelihood of the target classes under given log-probabilities.

    .. math:: \ell_i = -w_{y_i} \log p_{i, y_i}, \qquad
        \text{mean} = \frac{\sum_i \ell_i}{\sum_i w_{y_i}}

    The mean divides by the weights of the targets, not by their number. Ignored targets count in neither sum.

    Parameters
    ----------
    input : array_like, shape (C), (N, C) or (N, C, d1, ..., dK)
        Log-probabilities. Neither the logarithm is taken here nor the rows normalised.
    target : array_like of int, shape (), (N) or (N, d1, ..., dK)
        Class indices 0 to C - 1, or `ignore_index`.
    weight : array_like, shape (C), optional
        One weight for each class; default 1.
    ignore_index : int, default -100
        Targets with this value are left out.
    reduction : {'mean', 'sum', 'none'}
        ``'none'`` returns one loss for each target, 0 for ignored ones.

    Returns
    -------
    float or ndarray of the shape of `target`
        Nats.

    Raises
    ------
    TypeError
        If `target` does not hold integers.
    IndexError
        If a target is not a class.
    ValueError
        If the shapes do not match, a weight is negative or not finite, or `reduction` is unknown.

    Warns
    -----
    UserWarning
        If a looked-up log-probability is positive: `input` holds probabilities or logits. If `input` is
        normalised over another axis than the class axis, as the first four rows tell.
    RuntimeWarning
        If the mean is over no targets (NaN): none there, all ignored, or all of weight 0.

    See Also
    --------
    torch.nn.functional.nll_loss : the same values.
    cross_entropy : from logits.

    Examples
    --------
    >>> log_probs = np.log([[0.7, 0.2, 0.1], [0.1, 0.7, 0.2]])
    >>> nll_loss(log_probs, [0, 0], reduction="none").round(3)
    array([0.357, 2.303])
    >>> nll_loss(log_probs, [0, 1], weight=[1, 5, 20]).round(4)  # all losses are equal, so is their mean
    np.float64(0.3567)

    References
    ----------
    PyTorch documentation, ``torch.nn.NLLLoss``.
    """
    log_p, target, weight, shape = _class_arguments(input, target, weight, ignore_index, reduction)
    classes, kept, share = _lookup(target, weight, ignore_index)
    each = _nll(log_p, classes)
    _warn_unless_log_probabilities(-each[kept], log_p.reshape(shape), input)
    divisor = _divisor(target, weight, ignore_index, reduction)
    with np.errstate(all="ignore"):
        each = np.where(kept, share * each, 0)
        if reduction == "none":
            return _unreduced(each, log_p.dtype, shape)
        return log_p.dtype.type(each.sum() / divisor)


def nll_loss_grad(input, target, weight=None, *, ignore_index=-100, reduction="mean"):
    r"""Gradient of `nll_loss` with respect to `input`.

    .. math:: \frac{\partial \ell}{\partial \log p_{i,c}} = -\frac{w_{y_i}}{\sum_j w_{y_j}} [c = y_i]

    with the denominator only for the mean.

    Parameters
    ----------
    input, target, weight, ignore_index, reduction
        As for `nll_loss`. For ``reduction='none'`` the gradient of the sum of the losses (an upstream
        gradient of ones), so the same as for ``'sum'``.

    Returns
    -------
    ndarray of the shape of `input`
        0 in the rows of ignored targets.

    Raises
    ------
    TypeError, IndexError, ValueError
        As `nll_loss`.

    Warns
    -----
    RuntimeWarning
        If the mean is over no targets: 0 if all are ignored, NaN if all have weight 0.

    See Also
    --------
    torch.autograd.grad : the same values from ``torch.nn.functional.nll_loss``.

    Examples
    --------
    >>> nll_loss_grad(np.log([[0.7, 0.2, 0.1], [0.1, 0.7, 0.2]]), [0, 1])
    array([[-0.5,  0. ,  0. ],
           [ 0. , -0.5,  0. ]])

    References
    ----------
    PyTorch documentation, ``torch.nn.NLLLoss``.
    """
    log_p, target, weight, shape = _class_arguments(input, target, weight, ignore_index, reduction)
    classes, kept, share = _lookup(target, weight, ignore_index)
    divisor = _divisor(target, weight, ignore_index, reduction)
    gradient = np.zeros_like(log_p)
    with np.errstate(all="ignore"):
        np.put_along_axis(gradient, classes, np.where(kept, -(share / divisor), 0), axis=1)
    return gradient.reshape(shape)


def cross_entropy(input, target, weight=None, *, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    r"""Cross-entropy of the softmax of logits against class indices or class probabilities.

    With class indices, smoothing :math:`\varepsilon` and :math:`\log p = \text{log\_softmax}(z)`:

    .. math:: \ell_i = -(1 - \varepsilon) w_{y_i} \log p_{i, y_i}
        - \frac{\varepsilon}{C} \sum_c w_c \log p_{i, c}, \qquad
        \text{mean} = \frac{\sum_i \ell_i}{\sum_i w_{y_i}}

    With class probabilities :math:`t`, and :math:`t' = (1 - \varepsilon) t + \varepsilon / C`:

    .. math:: \ell_i = -\sum_c w_c t'_{i,c} \log p_{i, c}, \qquad \text{mean} = \frac{1}{N} \sum_i \ell_i

    The first mean divides by the weights of the targets, the second by the number of samples.

    Parameters
    ----------
    input : array_like, shape (C), (N, C) or (N, C, d1, ..., dK)
        Logits: any real scores, not probabilities.
    target : array_like
        Class indices, integers of shape (), (N) or (N, d1, ..., dK); or class probabilities, floats of the
        shape of `input`.
    weight : array_like, shape (C), optional
        One weight for each class; default 1.
    ignore_index : int, default -100
        Class indices with this value are left out.
    reduction : {'mean', 'sum', 'none'}
        ``'none'`` returns one loss for each sample (and position), 0 for ignored ones.
    label_smoothing : float, default 0.0
        Share :math:`\varepsilon` of the target spread evenly over the classes.

    Returns
    -------
    float or ndarray
        Nats. For ``'none'`` the shape of `input` without the class axis.

    Raises
    ------
    TypeError
        If `target` holds neither integers nor floats of the shape of `input`.
    IndexError
        If a target is not a class.
    ValueError
        If the shapes do not match, a weight is negative or not finite, `reduction` is unknown,
        `label_smoothing` is outside [0, 1], or `ignore_index` is a class while `target` holds probabilities.

    Warns
    -----
    UserWarning
        If the first rows of `input` look like probabilities, or those of a probability target do not; if
        there is only one class.
    RuntimeWarning
        If the mean is over no targets (NaN): none there, all ignored, or all of weight 0.

    See Also
    --------
    torch.nn.functional.cross_entropy : the same values.
    nll_loss : from log-probabilities.

    Notes
    -----
    The error is a rounding error of numbers around 1, not of the loss: a row that is sure and right gives 0
    from a lead of about 17 on in float32 (37 in float64), where the truth is e^-17, 4e-8. So does PyTorch.
    Denormals that are flushed (``torch.set_flush_denormal``) change nothing.

    The mean and the sum of class indices without smoothing need at most about 2 MB of working memory, however
    many samples there are; smoothing and class probabilities a few times a block of 1 MB, or one row.
    ``0 * -inf`` is NaN, as in PyTorch: a class of probability target 0 must not have the logit ``-inf``.

    Examples
    --------
    >>> cross_entropy([[2.0, 1.0, 0.1]], [0]).round(4)
    np.float64(0.417)
    >>> cross_entropy([[2.0, 1.0, 0.1]], [[0.9, 0.1, 0.0]]).round(4)
    np.float64(0.517)

    References
    ----------
    PyTorch documentation, ``torch.nn.CrossEntropyLoss``; Szegedy et al. (2016), "Rethinking the Inception
    architecture for computer vision", section 7 (label smoothing).
    """
    smoothing = _check_smoothing(label_smoothing)
    logits, target, weight, shape = _class_arguments(
        input, target, weight, ignore_index, reduction, soft=True
    )
    _warn_unless_logits(logits, input)
    divisor = _divisor(target, weight, ignore_index, reduction)
    each = np.empty((len(logits), 1, logits.shape[2])) if reduction == "none" else None
    total = 0.0
    rows = None if smoothing or target.dtype.kind == "f" else 2**13  # `plain_nll` cuts blocks of its own
    with np.errstate(all="ignore"):
        for part in blocks(logits, rows):
            losses = _losses(logits[part], target[part], weight, ignore_index, smoothing)
            if each is not None:
                each[part] = losses
            total += losses.sum()
        if each is not None:
            return _unreduced(each, logits.dtype, shape)
        return logits.dtype.type(total / divisor)


def cross_entropy_grad(
    input, target, weight=None, *, ignore_index=-100, reduction="mean", label_smoothing=0.0
):
    r"""Gradient of `cross_entropy` with respect to the logits.

    .. math:: \frac{\partial \ell_i}{\partial z_{i,c}} = \Big(\sum_k a_{i,k}\Big) p_{i,c} - a_{i,c}

    where :math:`a_{i,c}` is what multiplies :math:`-\log p_{i,c}` in the loss. For class indices without
    weights and smoothing it is the one-hot target, and the gradient is ``softmax - onehot``, divided by N for
    the mean.

    Parameters
    ----------
    input, target, weight, ignore_index, reduction, label_smoothing
        As for `cross_entropy`. For ``reduction='none'`` the gradient of the sum of the losses (an upstream
        gradient of ones), so the same as for ``'sum'``.

    Returns
    -------
    ndarray of the shape of `input`
        0 in the rows of ignored targets (NaN if such a row holds NaN, +inf or nothing but -inf, as in
        PyTorch).

    Raises
    ------
    TypeError, IndexError, ValueError
        As `cross_entropy`.

    Warns
    -----
    UserWarning
        As `cross_entropy`.
    RuntimeWarning
        If the mean is over no targets: the gradient is 0 if all are ignored, NaN if all have weight 0.

    See Also
    --------
    torch.autograd.grad : the same values from ``torch.nn.functional.cross_entropy``.

    Examples
    --------
    >>> cross_entropy_grad([[2.0, 1.0, 0.1]], [0]).round(4)
    array([[-0.341 ,  0.2424,  0.0986]])

    References
    ----------
    Bishop (2006), *Pattern Recognition and Machine Learning*, section 4.3.4.
    """
    smoothing = _check_smoothing(label_smoothing)
    logits, target, weight, shape = _class_arguments(
        input, target, weight, ignore_index, reduction, soft=True
    )
    _warn_unless_logits(logits, input)
    divisor = _divisor(target, weight, ignore_index, reduction)
    gradient = np.empty_like(logits)
    with np.errstate(all="ignore"):
        for part in blocks(logits):
            gradient[part] = _gradients(logits[part], target[part], weight, ignore_index, smoothing, divisor)
    return gradient.reshape(shape)


# --- losses of numbers and counts ---------------------------------------------------------------------


def gaussian_nll_loss(input, target, var, full=False, *, eps=1e-6, reduction="mean"):
    r"""Negative log density of observations under Gaussians.

    .. math:: \ell = \tfrac12 \Big( \log \max(v, \epsilon) + \frac{(y - \mu)^2}{\max(v, \epsilon)} \Big)
        \; \big[ + \tfrac12 \log 2 \pi \big]

    Parameters
    ----------
    input : array_like
        Means :math:`\mu`.
    target : array_like of the shape of `input`
        Observations :math:`y`.
    var : array_like
        Variances :math:`v \ge 0`: one number, the shape of `input`, or that shape without its last axis or
        with one axis of length 1.
    full : bool, default False
        Add the constant, so that the result is the density's own.
    eps : float, default 1e-6
        Smallest variance; smaller ones are raised to it, and the result is not their density any more: in
        metres, 1e-6 is a standard deviation of a millimetre.
    reduction : {'mean', 'sum', 'none'}
        ``'none'`` returns one loss for each observation.

    Returns
    -------
    float or ndarray of the shape of `input`
        Nats; negative where the density is above 1.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not match, a variance is negative, `eps` is negative, or `reduction` is unknown.

    Warns
    -----
    RuntimeWarning
        If the mean is over no observations (NaN).

    See Also
    --------
    torch.nn.functional.gaussian_nll_loss : the same values.

    Examples
    --------
    >>> gaussian_nll_loss([0.0, 2.0], [0.0, 1.0], 1.0, reduction="none")
    array([0. , 0.5])

    References
    ----------
    Nix and Weigend (1994), "Estimating the mean and variance of the target probability distribution".
    """
    _check_reduction(reduction)
    mean, y = _one_target_each(input, target)
    var = _variance_like(_floating("var", var), mean.shape)
    v = np.maximum(var.astype(np.float64), _check_eps(eps))
    with np.errstate(all="ignore"):
        losses = 0.5 * (np.log(v) + (y - mean.astype(np.float64)) ** 2 / v)
        if full:
            losses += 0.5 * _LOG_2PI
        return _elementwise(losses, reduction, mean.dtype)


def poisson_nll_loss(input, target, log_input=True, full=False, *, eps=1e-8, reduction="mean"):
    r"""Negative log probability of counts under Poisson distributions.

    .. math:: \ell = \lambda - y \log \lambda \; \big[ + y \log y - y + \tfrac12 \log 2 \pi y \big]

    Parameters
    ----------
    input : array_like
        Log-rates :math:`\log \lambda`, or rates if not `log_input`.
    target : array_like of the shape of `input`
        Counts :math:`y \ge 0`.
    log_input : bool, default True
        Whether `input` holds log-rates. If not, the logarithm is that of ``input + eps``.
    full : bool, default False
        Add Stirling's approximation of :math:`\log y!` where :math:`y > 1`, as PyTorch does. It is not the
        logarithm of the factorial itself: at y = 2 it gives 0.652 for 0.693.
    eps : float, default 1e-8
        Keeps ``log(0)`` away when `input` holds rates.
    reduction : {'mean', 'sum', 'none'}
        ``'none'`` returns one loss for each count.

    Returns
    -------
    float or ndarray of the shape of `input`
        Nats, up to a term of the counts alone.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not match, a count, a rate or `eps` is negative, or `reduction` is unknown.

    Warns
    -----
    RuntimeWarning
        If the mean is over no counts (NaN).

    See Also
    --------
    torch.nn.functional.poisson_nll_loss : the same values.
    nllutils.likelihood.poisson_logpmf : with the exact factorial.

    Examples
    --------
    >>> poisson_nll_loss(np.log([2.0, 3.0]), [2, 3], reduction="none").round(4)
    array([ 0.6137, -0.2958])

    References
    ----------
    PyTorch documentation, ``torch.nn.PoissonNLLLoss``.
    """
    _check_reduction(reduction)
    rate, counts = _one_target_each(input, target)
    require("target", counts, ~(counts < 0), "counts >= 0")
    if not log_input:
        require("input", rate, ~(rate < 0), "rates >= 0 (log_input=True takes log-rates)")
    x, y, eps = rate.astype(np.float64), counts.astype(np.float64), _check_eps(eps)
    with np.errstate(all="ignore"):
        losses = np.exp(x) - y * x if log_input else x - y * np.log(x + eps)
        if full:
            losses += np.where(y > 1, y * np.log(y) - y + 0.5 * (_LOG_2PI + np.log(y)), 0)
        return _elementwise(losses, reduction, rate.dtype)


# --- one block of scores (n, C, d) --------------------------------------------------------------------


def _losses(z, target, weight, ignore_index, smoothing):
    """Losses (n, 1, d) of logits: of class probabilities (n, C, d), or of class indices (n, 1, d)."""
    if target.dtype.kind == "f":
        return _cross_entropy(_log_softmax(z), _weighted(target, weight, smoothing))
    classes, kept, share = _lookup(target, weight, ignore_index)
    if smoothing == 0:
        losses = share * plain_nll(z, classes)
    else:  # two terms, as in PyTorch: 0 * inf is NaN
        log_p, everywhere = _log_softmax(z), _per_class(weight, z.shape[1])
        losses = (1 - smoothing) * share * _nll(log_p, classes)
        losses += smoothing / z.shape[1] * _cross_entropy(log_p, everywhere)
    return np.where(kept, losses, 0)


def _gradients(z, target, weight, ignore_index, smoothing, divisor):
    """Derivatives (n, C, d) of the losses of `_losses`, divided by `divisor`."""
    p = _softmax(z)
    if target.dtype.kind == "f":
        a = _weighted(target, weight, smoothing) / divisor
        return sum_over_classes(a) * p - a
    classes, kept, share = _lookup(target, weight, ignore_index)
    at_class = np.where(kept, (1 - smoothing) * share / divisor, 0)
    everywhere = smoothing / z.shape[1] * _per_class(weight, z.shape[1])
    scale = np.where(kept, 1 / divisor, 0)
    p *= (at_class + scale * everywhere.sum()).astype(p.dtype)
    if smoothing:
        p -= scale * everywhere
    np.put_along_axis(p, classes, np.take_along_axis(p, classes, axis=1) - at_class, axis=1)
    return p


def _lookup(target, weight, ignore_index):
    """For each target: the class to look up (0 where ignored), whether it is kept, its weight."""
    kept = target != int(ignore_index)
    classes = np.where(kept, target, 0)
    return classes, kept, kept if weight is None else np.where(kept, weight[classes], 0)


def _weighted(target, weight, smoothing):
    """What multiplies -log p: class probabilities (n, C, d), smoothed, times the weights."""
    c = target.shape[1]
    return ((1 - smoothing) * target.astype(np.float64) + smoothing / c) * _per_class(weight, c)


def _per_class(weight, n_classes):
    return np.ones((n_classes, 1)) if weight is None else weight[:, None]


# --- all blocks ---------------------------------------------------------------------------------------


def _class_arguments(input, target, weight, ignore_index, reduction, soft=False):
    """Scores (N, C, D), target (N, 1, D) or, if it holds probabilities, (N, C, D), weight, input's shape."""
    _check_reduction(reduction)
    scores = _class_scores(input)
    shape = scores.shape
    n, c, d = shape[0] if len(shape) > 1 else 1, shape[_class_axis(shape)], math.prod(shape[2:])
    target = _class_target(input, target, shape, ignore_index, soft)
    weight = _class_weight(weight, c)
    return scores.reshape(n, c, d), target.reshape(n, c if target.dtype.kind == "f" else 1, d), weight, shape


def _along_axis(function, input, axis, columns=None, squeeze=False):
    """One of the definitions along an axis of any array; it gives `columns` numbers for C (default C)."""
    x = _floating("input", input)
    axis = _axis_of(axis, x.ndim)
    before, c, after = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
    x = x.reshape(math.prod(before), c, math.prod(after))
    columns = columns or c
    out = np.empty((x.shape[0], columns, x.shape[2]), x.dtype)
    with np.errstate(all="ignore"):
        for part in blocks(x):
            out[part] = function(x[part])
    out = out.reshape(*before, columns, *after)
    return out.squeeze(axis)[()] if squeeze else out


def _divisor(target, weight, ignore_index, reduction):
    """What the mean divides by: the weights of the kept targets or, of class probabilities, their number."""
    if reduction != "mean":
        return 1.0
    kept = divisor = target.size / target.shape[1]
    if target.dtype.kind != "f":
        kept = divisor = 0.0
        flat = target.reshape(-1)
        for start in range(0, flat.size, 2**14):  # in pieces: no temporary grows with the batch
            _, keep, share = _lookup(flat[start : start + 2**14], weight, ignore_index)
            kept += np.count_nonzero(keep)
            divisor += share.sum()
    if divisor == 0:
        _warn_mean_of_nothing(target.size, kept)
    return divisor or math.nan  # so that no smoothed loss makes an infinity of it


def _unreduced(losses, dtype, shape):
    return losses.astype(dtype).reshape(_target_shape(shape))[()]


def _elementwise(losses, reduction, dtype):
    if reduction == "none":
        return losses.astype(dtype)[()]
    if reduction == "mean" and losses.size == 0:
        _warn_mean_of_nothing(0, 0)
    return dtype.type(losses.sum() / losses.size if reduction == "mean" else losses.sum())


# --- what the functions accept ------------------------------------------------------------------------


def _check_reduction(value):
    one_of("reduction", value, ("none", "mean", "sum"))


def _check_smoothing(value):
    value = number("label_smoothing", value)
    require("label_smoothing", value, 0 <= value <= 1, "a number from 0 to 1")  # PyTorch takes -0.1 for 0
    return value


def _check_eps(value):
    value = number("eps", value)
    require("eps", value, value >= 0, "a number >= 0")
    return value


def _floating(name, value):
    """Real numbers as float32 or float64; float16 becomes float32, as float16 ends at 65504."""
    array = numbers(name, value, "iuf")
    small = array.dtype.kind == "f" and array.dtype.itemsize <= 4
    return array.astype(np.float32 if small else np.float64, copy=False)


def _class_axis(shape):
    """Axis 1 as in PyTorch, or the only axis of a single sample."""
    return min(len(shape) - 1, 1)


def _class_scores(value):
    """Logits or log-probabilities: floats of shape (C), (N, C) or (N, C, d1, ...) with C >= 1."""
    array = _floating("input", value)
    if array.ndim == 0:
        raise ValueError("input needs a class axis: expected (C), (N, C) or (N, C, d1, ...), got one number")
    if array.shape[_class_axis(array.shape)] == 0:
        raise ValueError(f"input has no classes: expected C >= 1 in (N, C, ...), got shape {array.shape}")
    return array


def _class_weight(value, n_classes):
    """One finite weight >= 0 for each class as float64, or None."""
    if value is None:
        return None
    weight = _floating("weight", value).astype(np.float64)
    if weight.shape != (n_classes,):
        raise ValueError(f"weight must have one entry per class: expected ({n_classes},), got {weight.shape}")
    require("weight", weight, (weight >= 0) & (weight < np.inf), "a finite number >= 0")
    return weight


def _target_shape(shape):
    """The shape of class indices for an input of this shape."""
    return shape[:1] + shape[2:] if len(shape) > 1 else ()


def _class_target(input, value, shape, ignore_index, soft):
    """Class indices for an input of this shape or, if `soft`, floating class probabilities of its shape."""
    ignore_index = integer_from(None, "ignore_index", ignore_index)
    target = to_numpy(value, "target", f"use `target.filled({ignore_index})`, so that they do not count")
    if target.shape == shape and target.dtype.kind in "buif":
        if soft and target.dtype.kind == "f":
            return _class_probabilities(target, ignore_index)
        raise TypeError(_same_shape_as_input(value, target, soft))
    otherwise = f". Class probabilities would have the shape of input, {shape}" if soft else ""
    if target.ndim > 1 and _target_shape(target.shape) == shape:
        otherwise = ". Are input and target swapped?"
    target = integers("target", value, otherwise)
    if target.shape != _target_shape(shape):
        raise ValueError(
            f"input {shape} needs target of shape {_target_shape(shape)}, got {target.shape}"
            + _shape_hint(input, value, target.shape, shape)
        )
    in_range("target", value, target, shape[_class_axis(shape)], ignore_index)
    return target


def _same_shape_as_input(value, target, soft):
    axis, from_bool = _class_axis(target.shape), ".int()" if target.dtype.kind == "b" else ""
    indices = cure("target", value, f"{{}}.argmax(axis={axis})", f"{{}}{from_bool}.argmax(dim={axis})")
    given = f"target has the shape of input, {target.shape}, and holds {target.dtype}"
    if not soft:
        return f"{given}: for class indices use {indices}"
    probabilities = cure("target", value, "{}.astype(float)", "{}.float()")
    return f"{given}: for class indices use {indices}, for class probabilities {probabilities}"


def _shape_hint(input, target, given, shape):
    expected = _target_shape(shape)
    if len(shape) > 2 and given == shape[:-1]:
        code = cure("input", input, "np.moveaxis({}, -1, 1)", "{}.movedim(-1, 1)")
        return f": the class axis of input is axis 1, not the last: use {code}"
    if math.prod(given) == math.prod(expected) and (len(given) > 1 or expected == ()):
        code = "{}.ravel()" if len(expected) == 1 else f"{{}}.reshape({expected})"
        return f": use {cure('target', target, code)}"
    return ""


def _class_probabilities(target, ignore_index):
    if ignore_index >= 0:
        raise ValueError(
            f"ignore_index={ignore_index} has no meaning for class probabilities: leave those samples out"
        )
    rows = four_lines(target, _class_axis(target.shape))
    if not all(row.min() >= 0 and abs(row.sum(dtype=np.float64) - 1) < 1e-2 for row in rows):
        warn("target rows should be class probabilities: not negative, with sum 1; give each class its share")
    return target


def _axis_of(value, ndim):
    if ndim == 0:
        raise ValueError("input needs at least one axis, got one number")
    if value is None:
        if ndim > 2:
            raise ValueError(
                f"input has {ndim} axes: say which holds the classes, `axis=1` as in the losses or `axis=-1`"
            )
        return ndim - 1
    value = integer_from(None, "axis", value)
    if not -ndim <= value < ndim:
        raise ValueError(
            f"axis must be between {-ndim} and {ndim - 1} for input with {ndim} axes, got {value}"
        )
    return value % ndim


def _variance_like(var, shape):
    """Variances ready to broadcast against `shape`: one for all, one each, or one along a single axis."""
    require("var", var, ~(var < 0), "a variance >= 0")  # NaN shows in the result
    if var.shape in ((), shape):
        return var
    if var.shape == shape[:-1]:
        return var[..., None]
    if var.ndim == len(shape) and [b for a, b in zip(shape, var.shape, strict=True) if a != b] == [1]:
        return var
    raise ValueError(
        f"var must be one number or have the shape of input, {shape}, perhaps without its last axis or with"
        f" one axis of length 1; got {var.shape}"
    )


def _one_target_each(input, target):
    """Elementwise losses do not broadcast: a stray axis would give N * N losses instead of N."""
    x, y = _floating("input", input), _floating("target", target)
    if x.shape != y.shape:
        hint = f": use {cure('target', target, f'{{}}.reshape({x.shape})')}" if x.size == y.size else ""
        raise ValueError(f"input {x.shape} and target {y.shape} must have the same shape{hint}")
    return x, y


def _warn_unless_logits(logits, input):
    if logits.shape[1] == 1:
        warn(
            "input has one class, so the loss is always 0; one logit for two classes needs PyTorch's"
            " binary_cross_entropy_with_logits"
        )
    elif look_like_probabilities(logits):
        log = cure("input", input, "np.log({})", "{}.log()")
        warn(
            "input looks like probabilities (rows lie in [0, 1] and sum to 1): cross_entropy expects logits,"
            f" the scores before softmax; from probabilities take {log}"
        )


def _warn_unless_log_probabilities(picked, log_p, input):
    """`picked`: the entries that the loss looks up anyway, so that good input costs no pass over the rest."""
    largest = np.max(picked, initial=-np.inf)
    class_axis = _class_axis(log_p.shape)
    if largest > 1e-3:  # a log-softmax in half precision may round to a little above 0
        if look_like_probabilities(log_p, class_axis):
            log = cure("input", input, "np.log({})", "{}.log()")
            warn(
                f"input looks like probabilities (rows sum to 1), not their logarithms: use {log}, or"
                " cross_entropy of logits"
            )
        else:
            warn(
                f"log-probabilities cannot be positive (max {largest:.4g}): did you pass logits?"
                " Use cross_entropy"
            )
    elif not _adds_up(log_p, class_axis):
        for axis in reversed(range(log_p.ndim)):  # the last is the likeliest
            if log_p.shape[axis] > 1 and _adds_up(log_p, axis):
                moved = cure("input", input, f"np.moveaxis({{}}, {axis}, 1)", f"{{}}.movedim({axis}, 1)")
                warn(
                    f"exp(input) sums to 1 over axis {axis}, not over the class axis, 1: if axis {axis} holds"
                    f" the classes use {moved}, else take log_softmax over axis 1"
                )
                break


def _adds_up(log_p, axis):
    """Whether exp(log_p) sums to 1 along an axis; bfloat16 rounds a thousand classes to 1.02."""
    with np.errstate(over="ignore"):
        return all(abs(np.exp(line).sum(dtype=np.float64) - 1) < 0.03 for line in four_lines(log_p, axis))


def _warn_mean_of_nothing(n_targets, n_kept):
    if n_targets == 0:
        what = "the batch is empty"
    elif n_kept == 0:
        what = f"{n_targets} targets, all ignored"
    else:
        what = "all that are kept have weight 0"
    warn(
        f"mean over no targets ({what}): the mean is nan; use `reduction='sum'` or an accumulator",
        RuntimeWarning,
    )
