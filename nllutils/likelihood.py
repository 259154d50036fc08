"""Log-probability of each observation under a model, and the parameters that make the data most probable.

Here broadcasting is the feature: data and parameters broadcast as in NumPy, so one call evaluates a whole
curve of likelihoods (``binomial_logpmf(7, 10, np.linspace(0, 1, 101))``) or a table (data as a column,
parameters as a row). Everything is computed in float64, in nats.

Data that *these* parameters cannot produce have log-probability ``-inf`` (9 heads of 8, a head when p = 0).
Data that *no* parameters could produce (half a head, the label 2 of a coin) are a mistake: ValueError.
"""

import math

import numpy as np

from nllutils._arguments import (
    class_index,
    cure,
    distribution,
    integer_from,
    probability,
    real_array,
    require,
)

_LOG_2PI = math.log(2 * math.pi)


def bernoulli_logpmf(y, p):
    r"""Log-probability of one coin flip `y` when heads has probability `p`.

    .. math:: \log P(y \mid p) = y \log p + (1 - y) \log(1 - p), \qquad 0 \log 0 = 0

    Parameters
    ----------
    y : array_like of 0 and 1 (or bool)
        Observations.
    p : array_like
        Probability of 1; broadcasts against `y`.

    Returns
    -------
    float or ndarray, shape of `y` and `p` broadcast together
        Nats; ``-inf`` where the observation is impossible.

    Raises
    ------
    ValueError
        If a `y` is not 0 or 1, if a `p` is outside [0, 1] or NaN, or if the shapes do not broadcast.

    Examples
    --------
    >>> bernoulli_logpmf([1, 0], 0.7).round(4)
    array([-0.3567, -1.204 ])

    References
    ----------
    Bishop (2006), *Pattern Recognition and Machine Learning*, section 2.1.
    """
    y, p = _broadcastable(y, y=_coin("y", y), p=probability("p", p))
    with np.errstate(divide="ignore"):
        return np.where(y == 1, np.log(p), np.log1p(0.0 - p))[()]  # log1p(-0.0) would print -0.0


def binomial_logpmf(k, n, p):
    r"""Log-probability of `k` heads in `n` independent flips when heads has probability `p`.

    .. math:: \log P(k \mid n, p) = \log \binom{n}{k} + k \log p + (n - k) \log(1 - p)

    Parameters
    ----------
    k : array_like of whole numbers >= 0
        Observed counts.
    n : array_like of whole numbers >= 0
        Flips per observation.
    p : array_like
        Probability of heads. All three broadcast.

    Returns
    -------
    float or ndarray
        Nats; ``-inf`` where the count is impossible (``k > n``; ``p = 0`` and ``k > 0``).

    Raises
    ------
    ValueError
        If `k` or `n` is negative or not whole, if a `p` is outside [0, 1], or if the shapes do not broadcast.

    Notes
    -----
    Evaluated as Poisson(k; np) · Poisson(n-k; n(1-p)) / Poisson(n; n), the same number: the coefficient is
    never formed, so nothing large cancels and about 13 digits are right for a million flips too.

    Examples
    --------
    >>> float(np.exp(binomial_logpmf(7, 10, 0.7)).round(4))
    0.2668
    >>> np.exp(binomial_logpmf(7, 10, [0.5, 0.7, 0.9])).round(4)
    array([0.1172, 0.2668, 0.0574])

    References
    ----------
    Loader (2000), *Fast and Accurate Computation of Binomial Probabilities*.
    """
    k, n, p = _broadcastable(k, k=_count("k", k), n=_count("n", n), p=probability("p", p))
    possible = k <= n
    heads, tails = _poisson(k, n * p), _poisson(np.where(possible, n - k, 0.0), n * (1 - p))
    return np.where(possible, heads + tails - _poisson(n, n), -np.inf)[()]


def categorical_logpmf(y, p):
    r"""Log-probability of the class `y` when class c has probability `p[..., c]`.

    .. math:: \log P(y \mid p) = \log p_y

    Parameters
    ----------
    y : array_like of int, shape (...)
        Class indices, 0 to C-1.
    p : array_like, shape (..., C)
        Class probabilities; each row sums to 1. The leading axes broadcast against `y`: one row (C,) serves
        every observation, (N, C) gives each its own.

    Returns
    -------
    float or ndarray
        Nats; ``-inf`` where the class has probability 0.

    Raises
    ------
    TypeError
        If `y` does not hold integers.
    IndexError
        If a `y` is not a class index.
    ValueError
        If `p` has no class axis, leaves [0, 1], has a row that does not sum to 1, or does not broadcast.

    Examples
    --------
    >>> categorical_logpmf([0, 2], [0.7, 0.2, 0.1]).round(4)
    array([-0.3567, -2.3026])

    References
    ----------
    Murphy (2022), *Probabilistic Machine Learning: An Introduction*, section 2.5.
    """
    p = distribution("p", p)
    labels, y = y, class_index("y", y, p.shape[-1])
    y, rows = _broadcastable(labels, **{"y": y, "p[..., 0]": p[..., 0]})
    shape = np.broadcast_shapes(y.shape, rows.shape)
    y, p = np.broadcast_to(y, shape), np.broadcast_to(p, (*shape, p.shape[-1]))
    with np.errstate(divide="ignore"):
        return np.log(np.take_along_axis(p, y[..., None], axis=-1)[..., 0])[()]


def poisson_logpmf(k, rate):
    r"""Log-probability of the count `k` when the expected count is `rate`.

    .. math:: \log P(k \mid \lambda) = k \log \lambda - \lambda - \log k!, \qquad 0 \log 0 = 0

    Parameters
    ----------
    k : array_like of whole numbers >= 0
        Observed counts.
    rate : array_like
        Expected counts λ >= 0; broadcasts against `k`.

    Returns
    -------
    float or ndarray
        Nats; ``-inf`` where ``rate = 0`` and ``k > 0``.

    Raises
    ------
    ValueError
        If `k` is negative or not whole, if a `rate` is negative or not finite, or if the shapes do not
        broadcast.

    Examples
    --------
    >>> poisson_logpmf([0, 1, 2], 1.5).round(4)
    array([-1.5   , -1.0945, -1.3822])

    References
    ----------
    Loader (2000), *Fast and Accurate Computation of Binomial Probabilities*.
    """
    k, rate = _broadcastable(k, k=_count("k", k), rate=real_array("rate", rate))
    require("rate", rate, (rate >= 0) & (rate < np.inf), "a finite number >= 0")
    return _poisson(k, rate)[()]


def gaussian_logpdf(x, mu, sigma):
    r"""Log-density at `x` of the Gaussian with mean `mu` and standard deviation `sigma`.

    .. math:: \log p(x \mid \mu, \sigma) = -\frac{(x - \mu)^2}{2\sigma^2} - \log \sigma - \frac12 \log 2\pi

    A density may exceed 1, so its logarithm may be positive.

    Parameters
    ----------
    x, mu, sigma : array_like
        Observations, means and standard deviations (not variances); all broadcast.

    Returns
    -------
    float or ndarray
        Nats (up to the unit of `x`).

    Raises
    ------
    ValueError
        If `x` is NaN, if a `mu` is not finite, if a `sigma` is not finite and > 0, or if the shapes do not
        broadcast.

    Examples
    --------
    >>> float(gaussian_logpdf(0.0, 0.0, 0.1).round(4))
    1.3836

    References
    ----------
    Bishop (2006), *Pattern Recognition and Machine Learning*, section 1.2.4.
    """
    x, mu, sigma = _broadcastable(
        x, x=real_array("x", x), mu=real_array("mu", mu), sigma=real_array("sigma", sigma)
    )
    require("mu", mu, np.isfinite(mu), "a finite number")
    require("sigma", sigma, (sigma > 0) & (sigma < np.inf), "a standard deviation > 0")
    with np.errstate(over="ignore"):  # so far out that the density is 0 in float64: -inf
        return (-0.5 * ((x - mu) / sigma) ** 2 - np.log(sigma) - 0.5 * _LOG_2PI)[()]


def mle_bernoulli(y):
    r"""Maximum likelihood estimate of the probability of 1: the fraction of ones, :math:`\hat p = \bar y`.

    Parameters
    ----------
    y : array_like of 0 and 1 (or bool), any shape
        Observations, all from one coin.

    Returns
    -------
    float
        0 or 1 if every observation is the same: the estimate then calls the other side impossible.

    Raises
    ------
    ValueError
        If `y` is empty (every p is equally good) or holds anything but 0 and 1.

    Examples
    --------
    >>> mle_bernoulli([1, 1, 1, 1, 1, 1, 1, 0, 0, 0])
    0.7

    References
    ----------
    Bishop (2006), *Pattern Recognition and Machine Learning*, equation 2.7.
    """
    return float(_sample("y", _coin("y", y)).mean())


def mle_binomial(k, n):
    r"""Maximum likelihood estimate of the probability of heads: :math:`\hat p = \sum_i k_i / \sum_i n_i`.

    All flips count alike, so this is not the mean of the fractions ``k / n`` unless every `n` is the same.

    Parameters
    ----------
    k : array_like of whole numbers >= 0
        Heads per observation.
    n : array_like of whole numbers >= 0
        Flips per observation; broadcasts against `k`.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there are no flips, if some ``k > n``, if a count is negative or not whole, or if the shapes do
        not broadcast.

    Examples
    --------
    >>> mle_binomial(7, 10)
    0.7
    >>> mle_binomial([7, 0], [10, 4])
    0.5

    References
    ----------
    Casella & Berger (2002), *Statistical Inference*, section 7.2.2.
    """
    k, n = _broadcastable(k, k=_count("k", k), n=_count("n", n))
    k, n = np.broadcast_arrays(k, n)
    require("k", k, k <= n, "at most n: no probability gives more heads than flips")
    if not n.sum():
        raise ValueError("n adds up to 0 flips: without data every p is equally good, there is no MLE")
    return float(k.sum() / n.sum())


def mle_categorical(y, n_classes):
    r"""Maximum likelihood estimate of the class probabilities: the fractions :math:`\hat p_c = N_c / N`.

    Parameters
    ----------
    y : array_like of int, any shape
        Class indices, 0 to ``n_classes - 1``.
    n_classes : int
        Number of classes C; asked for because a class may be missing from the data.

    Returns
    -------
    ndarray, shape (C,)
        A class that never occurs gets 0: new data with that class would have infinite NLL.

    Raises
    ------
    TypeError
        If `y` does not hold integers.
    IndexError
        If a `y` is not a class index.
    ValueError
        If `y` is empty (every distribution is equally good), or `n_classes` is not an integer >= 1.

    Examples
    --------
    >>> mle_categorical([0, 0, 2, 0], n_classes=3)
    array([0.75, 0.  , 0.25])

    References
    ----------
    Bishop (2006), *Pattern Recognition and Machine Learning*, equation 2.33.
    """
    n_classes = integer_from(1, "n_classes", n_classes)
    y = _sample("y", class_index("y", y, n_classes))
    return np.bincount(y.ravel(), minlength=n_classes) / y.size


def mle_poisson(k):
    r"""Maximum likelihood estimate of the rate: the mean count, :math:`\hat\lambda = \bar k`.

    Parameters
    ----------
    k : array_like of whole numbers >= 0, any shape
        Counts, all with one rate.

    Returns
    -------
    float
        0 if every count is 0.

    Raises
    ------
    ValueError
        If `k` is empty (every rate is equally good), or a count is negative or not whole.

    Examples
    --------
    >>> mle_poisson([2, 0, 3, 1])
    1.5

    References
    ----------
    Casella & Berger (2002), *Statistical Inference*, section 7.2.2.
    """
    return float(_sample("k", _count("k", k)).mean())


def mle_gaussian(x):
    r"""Maximum likelihood estimates of mean and standard deviation of a Gaussian.

    .. math:: \hat\mu = \frac1N \sum_i x_i, \qquad \hat\sigma = \sqrt{\frac1N \sum_i (x_i - \hat\mu)^2}

    It divides by N, not N - 1: the estimate of the variance is the most probable one, and too small on
    average by the factor (N - 1) / N.

    Parameters
    ----------
    x : array_like of finite numbers, any shape
        Observations.

    Returns
    -------
    mu, sigma : float

    Raises
    ------
    ValueError
        If `x` is empty or not finite, or if all values are equal: the likelihood then grows without bound
        as sigma goes to 0, and no sigma > 0 is the best.

    Examples
    --------
    >>> mle_gaussian([1.0, 2.0, 3.0, 4.0])
    (2.5, 1.118033988749895)

    References
    ----------
    Bishop (2006), *Pattern Recognition and Machine Learning*, equations 1.55 and 1.56.
    """
    x = _sample("x", real_array("x", x))
    require("x", x, np.isfinite(x), "a finite number")
    if x.min() == x.max():
        raise ValueError(
            f"x holds one value only ({x.flat[0].item()!r}, {x.size} times): the likelihood grows without"
            " bound as sigma -> 0, so there is no MLE"
        )
    _, exponent = np.frexp(np.abs(x).max())
    scaled = np.ldexp(x, -exponent)  # a power of 2, so exact: no sum overflows, no square underflows
    return float(np.ldexp(scaled.mean(), exponent)), float(np.ldexp(scaled.std(), exponent))


def _poisson(k, rate):
    """log(rate**k · exp(-rate) / k!) for checked arrays, without cancellation (Loader's saddle-point form).

    Written out, k·log(rate) and log k! reach 1e7 for a million counts and would take nine digits with them
    when they cancel. Stirling's formula for k! lets them cancel on paper instead.
    """
    with np.errstate(all="ignore"):
        saddle = -_deviance(k, rate) - _stirling_error(k) - 0.5 * (_LOG_2PI + np.log(k))
    return np.where(k == 0, 0.0 - rate, saddle)  # -rate would print -0.0


def _deviance(k, rate):
    """k·log(k / rate) + rate - k, which is >= 0 and small near k = rate, where the formula would cancel."""
    v = (k - rate) / (k + rate)
    series = np.zeros_like(v)  # log(k / rate) = 2·artanh(v) = 2·(v + v³/3 + …), where v·(k + rate) cancels
    for power in range(17, 1, -2):
        series = (series + 1 / power) * v**2
    near = v * ((k - rate) + 2 * k * series)
    return np.where(np.abs(v) < 0.1, near, k * (np.log(k) - np.log(rate)) + (rate - k))


def _stirling_error(n):
    """log n! minus Stirling's formula (n + 1/2)·log n - n + log(2π)/2, for whole n >= 1."""
    small = np.take(_STIRLING_TABLE, np.minimum(n, len(_STIRLING_TABLE) - 1).astype(int))
    return np.where(n < len(_STIRLING_TABLE), small, _stirling_series(n))


def _stirling_series(n):
    """The asymptotic series, right to 1e-16 from n = 16 on."""
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / n**2) / n**2) / n**2) / n**2) / n


def _stirling_table(size=16):
    """The first values, downwards from the series; entry 0 is never used."""
    error = [_stirling_series(size)]
    for n in range(size - 1, 0, -1):
        error.append(error[-1] + (n + 0.5) * math.log1p(1 / n) - 1)
    return np.array([0.0, *error[:0:-1]])


_STIRLING_TABLE = _stirling_table()


def _coin(name, value):
    array = real_array(name, value)
    require(name, array, (array == 0) | (array == 1), "0 or 1")
    return array


def _count(name, value):
    array = real_array(name, value)
    require(name, array, (array >= 0) & (array == np.floor(array)) & (array < np.inf), "a count: 0, 1, 2, …")
    return array


def _sample(name, array):
    """Data to estimate from: at least one observation."""
    if array.size == 0:
        raise ValueError(f"{name} is empty: without data every parameter is equally good, there is no MLE")
    return array


def _broadcastable(data, **arrays):
    """The arrays, if their shapes broadcast; the first of them is `data`, checked."""
    shapes = {name: array.shape for name, array in arrays.items()}
    (first, shape), *others = shapes.items()
    if not _broadcast(*shapes.values()):
        given = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        hint = ""
        if _broadcast((*shape, 1), *(other for _, other in others)):
            column = cure(first, data, "{}[:, None]" if len(shape) == 1 else "{}[..., None]")
            hint = f". For every observation under every parameter use {column}, a column"
        raise ValueError(f"shapes do not broadcast: {given}{hint}")
    return arrays.values()


def _broadcast(*shapes):
    try:
        return np.broadcast_shapes(*shapes) is not None
    except ValueError:
        return False
