"""Negative log likelihood losses in NumPy, with PyTorch's names, argument order and values.

Inputs are arrays, lists or PyTorch tensors (read as they are, without a graph). The class axis is axis 1, or
the only axis of a single sample: ``(C)``, ``(N, C)``, ``(N, C, d1, ..., dK)``. Results are in nats and have
the float type of the input; integers give float64, half precision gives float32, as under ``torch.autocast``,
since float16 ends at 65504. Sums over samples run in float64.

Values follow PyTorch also where they are NaN. Mistakes that PyTorch or NumPy let pass in silence do not pass
here: see Raises and Warns of each function.

No function makes a temporary of the size of the scores: they pass in blocks that fit the processor's cache.
"""

import math

import numpy as np

from nllutils import _validation as check

_LOG_2PI = math.log(2 * math.pi)
_BLOCK_BYTES = 2**20  # a block stays in the second-level cache between one pass over it and the next
_RUN = 4096  # so many exponentials are added one after the other in the type of the input


def logsumexp(input, axis=-1, keepdims=False):
    r"""Logarithm of a sum of exponentials, without overflow or underflow.

    .. math:: \log \sum_c e^{z_c} = m + \log \sum_c e^{z_c - m}, \qquad m = \max_c z_c

    Parameters
    ----------
    input : array_like
        Real numbers, at least one axis.
    axis : int, default -1
        Axis to sum over.
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
        If `input` has no such axis.

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
    total = _along_axis(_logsumexp_rows, input, axis, columns=1)
    return total if keepdims else total.squeeze(axis)[()]


def softmax(input, axis=-1):
    r"""Probabilities proportional to the exponentials of the scores.

    .. math:: p_c = \frac{e^{z_c}}{\sum_k e^{z_k}}

    Parameters
    ----------
    input : array_like
        Logits, at least one axis.
    axis : int, default -1
        The class axis.

    Returns
    -------
    ndarray
        The shape of `input`; sums to 1 along `axis`.

    Raises
    ------
    TypeError
        If `input` does not hold real numbers.
    ValueError
        If `input` has no such axis.

    See Also
    --------
    torch.softmax : the same; the axis is called ``dim`` there.

    Examples
    --------
    >>> softmax([2.0, 1.0, 0.1]).round(4)
    array([0.659 , 0.2424, 0.0986])

    References
    ----------
    Bridle (1990), "Probabilistic interpretation of feedforward classification network outputs".
    """
    return _along_axis(_softmax_rows, input, axis)


def log_softmax(input, axis=-1):
    r"""Log-probabilities of the scores: the logarithm of `softmax`, but never ``log(0)``.

    .. math:: \log p_c = z_c - \log \sum_k e^{z_k}

    Parameters
    ----------
    input : array_like
        Logits, at least one axis.
    axis : int, default -1
        The class axis.

    Returns
    -------
    ndarray
        The shape of `input`, in nats, at most 0.

    Raises
    ------
    TypeError
        If `input` does not hold real numbers.
    ValueError
        If `input` has no such axis.

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
    return _along_axis(_log_softmax_rows, input, axis)


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
        If a looked-up log-probability is positive: `input` holds probabilities or logits.
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
    picked = np.take_along_axis(log_p, classes, axis=1)
    check.warn_unless_log_probabilities(picked[kept], log_p)
    divisor = _divisor(target, weight, ignore_index, reduction)
    with np.errstate(all="ignore"):
        losses = np.where(kept, -(share * picked.astype(np.float64)), 0)
        if reduction == "none":
            return _unreduced(losses, log_p.dtype, shape)
        return log_p.dtype.type(losses.sum() / divisor)


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
        If the first rows of `input` look like probabilities, or those of a probability target do not.
    RuntimeWarning
        If the mean is over no targets (NaN): none there, all ignored, or all of weight 0.

    See Also
    --------
    torch.nn.functional.cross_entropy : the same values.
    nll_loss : from log-probabilities.

    Notes
    -----
    The mean and the sum need at most about 2 MB of working memory, however many samples there are.
    ``0 * -inf`` is NaN, as in PyTorch: a class of probability target 0 must not have the logit ``-inf``.
    Only with ``label_smoothing=1`` is an infinite loss infinite here and NaN in PyTorch.

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
    smoothing = check.label_smoothing(label_smoothing)
    logits, target, weight, shape = _class_arguments(
        input, target, weight, ignore_index, reduction, soft=True
    )
    check.warn_unless_logits(logits)
    divisor = _divisor(target, weight, ignore_index, reduction)
    plain = smoothing == 0 and target.dtype.kind != "f"
    losses = np.empty((len(logits), 1, logits.shape[2])) if reduction == "none" else None
    total = 0.0
    with np.errstate(all="ignore"):
        for part in _parts(logits, rows=2**13 if plain else None):
            if plain:
                loss = _nll(logits[part], target[part], weight, ignore_index)
            else:
                loss = _dense_nll(logits[part], target[part], weight, ignore_index, smoothing)
            if losses is not None:
                losses[part] = loss
            total += loss.sum()
        if losses is not None:
            return _unreduced(losses, logits.dtype, shape)
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
    smoothing = check.label_smoothing(label_smoothing)
    logits, target, weight, shape = _class_arguments(
        input, target, weight, ignore_index, reduction, soft=True
    )
    check.warn_unless_logits(logits)
    divisor = _divisor(target, weight, ignore_index, reduction)
    plain = smoothing == 0 and target.dtype.kind != "f"
    gradient = np.empty_like(logits)
    with np.errstate(all="ignore"):
        for part in _parts(logits):
            p, t = _softmax_rows(_rows(logits[part])), _rows(target[part])
            if plain:  # the softmax minus the one-hot target, times what the row counts
                classes, kept, share = _lookup(t[:, 0], weight, ignore_index)
                count = np.where(kept, share / divisor, 0).astype(p.dtype)
                p *= count[:, None]
                p[np.arange(len(p)), classes] -= count
            else:
                a, kept = _coefficients(t, weight, smoothing, ignore_index, p.shape[1])
                a *= np.where(kept, 1 / divisor, 0)[:, None]
                p = a.sum(axis=1, keepdims=True) * p - a
            _put(gradient[part], p)
    return gradient.reshape(shape)


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
        Smallest variance; smaller ones are raised to it.
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
    check.reduction(reduction)
    mean, target, var = (
        check.floating(*pair) for pair in [("input", input), ("target", target), ("var", var)]
    )
    check.same_shape(input=mean, target=target)
    check.non_negative("var", var)
    check.non_negative("eps", np.asarray(eps))
    v = np.maximum(check.variance_like(var, mean.shape).astype(np.float64), eps)
    with np.errstate(all="ignore"):
        losses = 0.5 * (np.log(v) + (mean.astype(np.float64) - target) ** 2 / v)
        return _elementwise(losses + 0.5 * _LOG_2PI * full, reduction, mean.dtype)


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
    check.reduction(reduction)
    rate, target = check.floating("input", input), check.floating("target", target)
    check.same_shape(input=rate, target=target)
    check.non_negative("target", target, ": expected counts")
    check.non_negative("eps", np.asarray(eps))
    if not log_input:
        check.non_negative("input", rate, ": expected rates (log_input=True takes log-rates)")
    x, y = rate.astype(np.float64), target.astype(np.float64)
    with np.errstate(all="ignore"):
        losses = np.exp(x) - y * x if log_input else x - y * np.log(x + eps)
        if full:
            losses += np.where(y > 1, y * np.log(y) - y + 0.5 * (_LOG_2PI + np.log(y)), 0)
        return _elementwise(losses, reduction, rate.dtype)


# --- from the caller's shapes to (N, C, D) and back ---------------------------------------------------


def _class_arguments(input, target, weight, ignore_index, reduction, soft=False):
    """Scores (N, C, D), target (N, 1, D) or, if it holds probabilities, (N, C, D), weight, input's shape."""
    check.reduction(reduction)
    scores = check.class_scores("input", input)
    shape = scores.shape
    n, c, d = shape[0] if len(shape) > 1 else 1, shape[check.class_axis(shape)], math.prod(shape[2:])
    target = check.class_target(target, shape, ignore_index, soft)
    weight = check.class_weight(weight, c)
    return scores.reshape(n, c, d), target.reshape(n, c if target.dtype.kind == "f" else 1, d), weight, shape


def _along_axis(row_function, input, axis, columns=None):
    """Apply a function of (rows, C) along one axis; it gives `columns` numbers for each row (default C)."""
    x = check.floating("input", input)
    axis = check.axis(axis, x.ndim)
    before, c, after = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
    x = x.reshape(math.prod(before), c, math.prod(after))
    columns = columns or c
    out = np.empty((x.shape[0], columns, x.shape[2]), x.dtype)
    with np.errstate(all="ignore"):
        for part in _parts(x):
            _put(out[part], row_function(_rows(x[part])))
    return out.reshape(*before, columns, *after)


def _parts(x, rows=None):
    """Slices that cut (N, C, D) into views of at most so many rows of C, by default those in a block."""
    n, c, d = x.shape
    rows = rows or max(1, _BLOCK_BYTES // (x.itemsize * max(1, c)))
    d_step = max(1, min(d, rows))
    n_step = rows // d_step
    for i in range(0, n, n_step):
        for j in range(0, d, d_step):
            yield np.s_[i : i + n_step, :, j : j + d_step]


def _rows(block):
    """A block (n, C, d) as (n * d, C): a view if d is 1, else a copy of this block alone."""
    n, c, d = block.shape
    return block.transpose(0, 2, 1).reshape(n * d, c)


def _put(block, rows):
    """Write what `_rows` gave, or one number for each row, into its place."""
    n, c, d = block.shape
    block[...] = rows.reshape(n, d, c).transpose(0, 2, 1)


def _unreduced(losses, dtype, shape):
    return losses.astype(dtype).reshape(check.target_shape(shape))[()]


def _elementwise(losses, reduction, dtype):
    if reduction == "none":
        return losses.astype(dtype)[()]
    if reduction == "mean" and losses.size == 0:
        check.warn_mean_of_nothing(0, 0)
    return dtype.type(losses.sum() / losses.size if reduction == "mean" else losses.sum())


# --- what a target contributes ------------------------------------------------------------------------


def _lookup(target, weight, ignore_index):
    """For each target: the class to look up (0 where ignored), whether it is kept, its weight."""
    kept = target != ignore_index
    classes = np.where(kept, target, 0)
    return classes, kept, kept if weight is None else np.where(kept, weight[classes], 0)


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
        check.warn_mean_of_nothing(target.size, kept)
    return np.float64(divisor)


def _coefficients(t, weight, smoothing, ignore_index, n_classes):
    """What multiplies -log p in the loss, (rows, C), and which rows are kept."""
    if t.dtype.kind == "f":
        a = (1 - smoothing) * t.astype(np.float64) + smoothing / n_classes
        return a if weight is None else a * weight, np.ones(len(t), bool)
    classes, kept, share = _lookup(t[:, 0], weight, ignore_index)
    a = np.zeros((len(t), n_classes))
    a[np.arange(len(t)), classes] = (1 - smoothing) * share
    if smoothing:
        a += smoothing / n_classes * (1.0 if weight is None else weight)
    return a, kept


# --- the loss of one class index: the hot path --------------------------------------------------------


def _exp_sums(x):
    """Shift m and sum of exp(x - m) over the classes, both (n, 1, d): the two passes that cost the time."""
    c = x.shape[1]
    m, total = np.zeros(x[:, :1].shape), np.empty(x[:, :1].shape)
    buffer = None
    for part in _parts(x):  # block by block: the exponentials are summed while they are in the cache
        z = _rows(x[part])
        if buffer is None:  # written again for every block: fresh memory costs a page fault per 4 KiB
            buffer = np.zeros((len(z), math.ceil(c / _RUN), min(c, _RUN)), x.dtype)
        runs = buffer[: len(z)]
        e = runs.reshape(len(z), -1)[:, :c]
        # Ordinary float32 logits need no shift: that saves a pass for the maximum and one to subtract it, and
        # costs no digits, since the logarithm is taken in float64. Where it goes wrong, the sum tells.
        s = None
        if x.dtype == np.float32:
            np.exp(z, out=e)
            s = _sum_runs(runs)
        if s is None or not (s.min() > 1e-30 and s.max() < np.inf):
            shift = z.max(axis=1, keepdims=True)
            np.exp(np.subtract(z, shift, out=e), out=e)
            s = _sum_runs(runs)
            _put(m[part], shift)
        _put(total[part], s)
    return m, total


def _sum_runs(runs):
    """einsum adds several times as fast as ``sum(axis=1)`` but naively, so only runs; float64 adds these."""
    return np.einsum("ijk->ij", runs).sum(axis=1, dtype=np.float64)


def _nll(x, target, weight, ignore_index):
    """Weighted losses (n, 1, d) of logits (n, C, d) for class indices (n, 1, d)."""
    classes, kept, share = _lookup(target, weight, ignore_index)
    m, total = _exp_sums(x)
    gap = np.take_along_axis(x, classes, axis=1) - m
    e = np.exp(gap.astype(x.dtype))  # bit for bit the target's own term in the sum
    # Where that term is most of the sum, log(total) - gap would be the rounding error of two nearly equal
    # numbers. The quotient of the two is as exact as after a shift, and never gives a negative loss.
    sure = e + e > total
    loss = np.log(total / np.where(sure, e, 1.0)) - np.where(sure, 0, gap)
    return np.where(kept, share * loss, 0)


def _dense_nll(x, target, weight, ignore_index, smoothing):
    """The same for smoothed or given class probabilities: every class counts."""
    n, c, d = x.shape
    a, kept = _coefficients(_rows(target), weight, smoothing, ignore_index, c)
    loss = -np.einsum("ij,ij->i", a, _log_softmax_rows(_rows(x)))
    return np.where(kept, loss, 0).reshape(n, 1, d)


# --- rows of scores -----------------------------------------------------------------------------------


def _shifted(z):
    """The maximum m of each row, z - m, exp(z - m) of which the largest is exactly 1, and its sum."""
    m = z.max(axis=1, keepdims=True, initial=-np.inf)
    d = z - m
    e = np.exp(d)
    return m, d, e, np.einsum("ij->i", e, dtype=np.float64)[:, None]


def _softmax_rows(z):
    _, _, e, total = _shifted(z)
    e /= total.astype(z.dtype)
    return e


def _log_softmax_rows(z):
    _, d, _, total = _shifted(z)
    d -= np.log(total).astype(z.dtype)
    return d


def _logsumexp_rows(z):
    m, _, _, total = _shifted(z)
    return np.where(np.isinf(m), m, m + np.log(total))  # z - m is NaN there
