"""The mean NLL of a corpus that is seen piece by piece: batches, processes, machines.

The mean of batch means is wrong as soon as the batches hold different numbers of kept targets (or weights).
What can be added is the pair (sum of losses, sum of weights), and that is what the accumulator stores.
"""

import copy
import math
import sys
import threading

import numpy as np

from nllutils import losses
from nllutils._arguments import integer_from, number, one_of, require, to_numpy, warn

_LOCK = threading.Lock()  # one for all: an accumulator that held its own could not be pickled


class NLLAccumulator:
    r"""Collects losses and weights, and divides once at the end.

    .. math:: \text{mean} = \frac{\sum_i w_{y_i} \ell_i}{\sum_i w_{y_i}}

    over every kept target of every batch of every process. Both sums are kept without rounding, so the same
    per-target losses give the same result to the last bit, however they are split, ordered or merged. (The
    losses themselves are as exact as the dtype of the input: a float32 model may compute a row differently in
    its last bits when the batch around it changes.) Several threads may add to one accumulator.

    Parameters
    ----------
    loss : {"cross_entropy", "nll_loss"}
        What `update` is given: logits for "cross_entropy", log-probabilities for "nll_loss".

    Raises
    ------
    ValueError
        If `loss` is not one of the two.

    See Also
    --------
    nllutils.losses.cross_entropy : with ``reduction="mean"``, the same number for one batch.

    Examples
    --------
    Ten tokens at 1 nat and a hundred at 3 nats: the mean of the means would be 2.

    >>> corpus = NLLAccumulator()
    >>> corpus.add(total=10.0, count=10).add(total=300.0, count=100)
    NLLAccumulator(total=310.0, count=110.0)
    >>> round(corpus.mean, 4)
    2.8182
    """

    def __init__(self, loss="cross_entropy"):
        one_of("loss", loss, ("cross_entropy", "nll_loss"))
        self.loss = loss
        # Total and count: a few floats each, whose exact sum is the sum so far (see _exact_sum). Bytes: NaN
        # once a batch came without its number, unknown stays unknown.
        self._sums = ([], [], 0.0)

    def update(self, input, target, weight=None, *, ignore_index=-100, n_bytes=None):
        """Add one batch. Tensors on a GPU are copied to the CPU whole: there sum the loss and use `add`.

        Parameters
        ----------
        input : array_like, shape (C,), (N, C) or (N, C, d1, ..., dK)
            Logits, or log-probabilities if the accumulator was made with ``loss="nll_loss"``.
        target : array_like of int, shape (), (N,) or (N, d1, ..., dK)
            Class indices. For class probabilities, compute the sum and use `add`.
        weight : array_like, shape (C,), optional
            One weight per class.
        ignore_index : int
            Targets with this value do not count.
        n_bytes : int, optional
            Bytes of text behind the kept targets, for ``bits(per="byte")``.

        Returns
        -------
        NLLAccumulator
            This one.

        Raises
        ------
        TypeError, IndexError, ValueError
            As the loss does; TypeError for class-probability targets too.

        Examples
        --------
        >>> corpus = NLLAccumulator("nll_loss").update(np.log([[0.7, 0.2, 0.1]]), [0])
        >>> corpus.update(np.log([[0.1, 0.7, 0.2], [0.2, 0.2, 0.6]]), [1, -100]).count
        2.0
        >>> round(corpus.mean, 4)
        0.3567
        """
        loss = getattr(losses, self.loss)(input, target, weight, ignore_index=ignore_index, reduction="none")
        target = to_numpy(target, "target")
        if target.dtype.kind == "f" and target.size:
            raise TypeError("update takes class indices; for class probabilities `add` their sum and rows")
        kept = target != int(ignore_index)
        if weight is None:
            counts = [float(kept.sum())]
        else:
            counts = to_numpy(weight)[target[kept].astype(int)].tolist()
        return self._include(np.asarray(loss)[kept].tolist(), counts, _bytes(n_bytes))

    def add(self, total, count, *, n_bytes=None):
        """Add a sum of losses that was computed elsewhere, such as on a GPU.

        ``add(F.cross_entropy(z, y, reduction="sum"), (y != -100).sum())``

        Parameters
        ----------
        total : float or 0-d tensor
            Sum (not mean) of the losses, in nats; its graph, if any, is not kept.
        count : float or 0-d tensor
            How many targets, or with class weights the sum of their weights.
        n_bytes : int, optional
            Bytes of text behind these targets.

        Returns
        -------
        NLLAccumulator
            This one.

        Raises
        ------
        ValueError
            If `count` is negative or not finite, or if it is 0 and `total` is not; if the total so far
            has no sum, being both inf and -inf or beyond float64.

        Examples
        --------
        >>> NLLAccumulator().add(total=3.0, count=2).mean
        1.5
        """
        total, count = number("total", total), number("count", count)
        require("count", count, 0 <= count < math.inf, "a finite number >= 0 (targets, or sum of weights)")
        expected = "0 as count is 0: a sum over nothing. Did you pass a mean? Use `reduction='sum'`"
        require("total", total, total == 0 or count > 0, expected)
        return self._include([total], [count], _bytes(n_bytes))

    def merge(self, other):
        """Add everything that `other` has seen; any order and any grouping give the same state.

        Returns
        -------
        NLLAccumulator
            This one; `other` is unchanged.

        Raises
        ------
        TypeError
            If `other` is not an NLLAccumulator.

        Examples
        --------
        >>> NLLAccumulator().add(10.0, 10).merge(NLLAccumulator().add(300.0, 100)).count
        110.0
        """
        if not isinstance(other, NLLAccumulator):
            raise TypeError(f"other must be an NLLAccumulator, got {type(other).__name__}")
        return self._include(*other._sums)

    def reduced(self, group=None):
        """A new accumulator with the sums of all processes of `torch.distributed`, the same in each of them.

        Unlike `torch.distributed.all_reduce` it leaves this one as it is, with its local sums, so training
        can go on and reduce again without counting twice. Without an initialised process group it is a copy:
        the same script runs in one process.
        A collective operation: every process of `group` must call it, and no other. It sends a few hundred
        bytes with `torch.distributed.all_gather_object`, which on NCCL wants `torch.cuda.set_device` before.

        Returns
        -------
        NLLAccumulator

        Raises
        ------
        ValueError
            If this process is not in `group`.

        Examples
        --------
        >>> NLLAccumulator().add(3.0, 2).reduced().mean
        1.5
        """
        everywhere = copy.copy(self)
        everywhere._sums = ([], [], 0.0)
        for part in _of_all_processes(self, group):
            everywhere.merge(part)
        return everywhere

    @property
    def total(self):
        """Sum of the (weighted) losses in nats, correctly rounded."""
        return math.fsum(self._sums[0])

    @property
    def count(self):
        """Sum of the weights of the kept targets; without weights, their number."""
        return math.fsum(self._sums[1])

    @property
    def mean(self):
        """NLL per target in nats; NaN with a RuntimeWarning if nothing was kept."""
        if self.count == 0:
            warn("mean over no targets: the result is nan", RuntimeWarning)
            return math.nan
        return self.total / self.count

    @property
    def perplexity(self):
        """``exp(mean)``: as uncertain as a fair die with that many sides (``inf`` beyond float64)."""
        with np.errstate(over="ignore"):
            return float(np.exp(self.mean))

    def bits(self, per="token"):
        """NLL in bits instead of nats.

        Parameters
        ----------
        per : {"token", "byte"}
            Per kept target, or per byte of text. Only bits per byte can be compared between models with
            different tokenizers; it is the length of the compressed text if no class weights were used.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If `per` is neither, or if ``per="byte"`` and a batch came without `n_bytes`.

        Examples
        --------
        >>> corpus = NLLAccumulator().add(total=3 * math.log(8), count=3, n_bytes=9)
        >>> round(corpus.bits(), 4), round(corpus.bits(per="byte"), 4)
        (3.0, 1.0)
        """
        one_of("per", per, ("token", "byte"))
        if per == "token" or self.count == 0:
            return self.mean / math.log(2)
        n_bytes = self._sums[2]
        if not n_bytes > 0:
            given = "a batch came without n_bytes" if math.isnan(n_bytes) else "0 bytes were given in all"
            raise ValueError(
                f"bits per byte need the length of the text, but {given}: pass n_bytes every time"
            )
        return self.total / n_bytes / math.log(2)

    def __repr__(self):
        return f"NLLAccumulator(total={self.total!r}, count={self.count!r})"

    def _include(self, totals, counts, n_bytes):
        with _LOCK:
            total, count, n_bytes_before = self._sums
            total, count = _exact_sum([*total, *totals]), _exact_sum([*count, *counts])
            self._sums = (total, count, n_bytes_before + n_bytes)
        return self


def _bytes(n_bytes):
    return math.nan if n_bytes is None else integer_from(0, "n_bytes", n_bytes)


def _exact_sum(values):
    """A few floats with exactly the sum of `values`: the rounded sum, what that lost, and so on."""
    rest, parts = list(values), []
    try:
        while part := math.fsum(rest):
            if not math.isfinite(part):
                return [part]
            parts.append(part)
            rest.append(-part)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"the losses have no sum: inf and -inf, or beyond float64 ({error})") from None
    return parts


def _of_all_processes(mine, group):
    distributed = sys.modules.get("torch.distributed")  # not imported: then nothing can be initialised
    if distributed is None or not distributed.is_available() or not distributed.is_initialized():
        return [mine]
    if distributed.get_rank(group) < 0:
        raise ValueError("this process is not in group: only its members may call reduced(group)")
    parts = [None] * distributed.get_world_size(group)
    distributed.all_gather_object(parts, mine, group=group)
    return parts
