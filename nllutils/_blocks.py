"""Scores pass in blocks that fit the processor's cache; the usual loss, of one class index, costs least.

Every shape is seen as (N, C, D): the class axis in the middle, the axes before and after it joined.
"""

import math

import numpy as np

_BLOCK_BYTES = 2**20  # a block stays in the second-level cache between one pass over it and the next
_RUN = 4096  # so many exponentials are added one after the other in the type of the input


def blocks(x, rows=None):
    """Slices that cut (N, C, D) into views of at most so many rows of C, by default those in a block."""
    n, c, d = x.shape
    rows = rows or max(1, _BLOCK_BYTES // (x.itemsize * max(1, c)))
    d_step = max(1, min(d, rows))
    n_step = rows // d_step
    for i in range(0, n, n_step):
        for j in range(0, d, d_step):
            yield np.s_[i : i + n_step, :, j : j + d_step]


def sum_over_classes(x):
    """The sum over axis 1, in float64 and kept as an axis. einsum is the fast way for few classes, too."""
    return np.einsum("ncd->nd", x, dtype=np.float64)[:, None]


def plain_nll(x, classes):
    """-log_softmax(x) at the classes, both (n, 1, d), with two passes over the scores x (n, C, d)."""
    m, total = _exp_sums(x)
    gap = np.take_along_axis(x, classes, axis=1) - m
    e = np.exp(gap.astype(x.dtype))  # bit for bit the target's own term in the sum
    # Where that term is most of the sum, log(total) - gap would be the rounding error of two nearly equal
    # numbers. The quotient of the two is as exact as after a shift, and never gives a negative loss.
    sure = e + e > total
    return np.log(total / np.where(sure, e, 1.0)) - np.where(sure, 0, gap)


def _exp_sums(x):
    """Shift m and sum of exp(x - m) over the classes, both (n, 1, d): the two passes that cost the time."""
    c = x.shape[1]
    m, total = np.zeros(x[:, :1].shape), np.empty(x[:, :1].shape)
    buffer = None
    for part in blocks(x):  # block by block: the exponentials are summed while they are in the cache
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


def _rows(block):
    """A block (n, C, d) as (n * d, C): a view if d is 1, else a copy of this block alone."""
    n, c, d = block.shape
    return block.transpose(0, 2, 1).reshape(n * d, c)


def _put(block, numbers):
    """Write one number for each of these rows into a block (n, 1, d)."""
    n, _, d = block.shape
    block[:, 0] = numbers.reshape(n, d)
