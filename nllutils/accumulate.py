"""The mean NLL of a corpus that is seen piece by piece: batches, processes, machines.

The mean of batch means is wrong as soon as the batches hold different numbers of kept targets (or weights).
What can be added is the pair (sum of losses, sum of weights), and that is what the accumulator stores.
"""

import math
import sys

import numpy as np

from nllutils import losses
from nllutils._arguments import integer_from, one_of, to_numpy, warn


class NLLAccumulator:
    r"""Collects losses and weights, and divides once at the end.

    .. math:: \text{mean} = \frac{\sum_i w_{y_i} \ell_i}{\sum_i w_{y_i}}

    over every kept target of every batch of every process. Both sums are kept without rounding, so the same
    per-target losses give the same result to the last bit, however they are split, ordered or merged. (The
    losses themselves are as exact as the dtype of the input: a float32 model may compute a row differently in
    its last bits when the batch around it changes.)

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
        self._total = []  # a few floats whose exact sum is the sum so far: see _exact_sum
        self._count = []
        self._n_bytes = 0.0  # NaN once a batch came without its number of bytes: unknown stays unknown

    def update(self, input, target, weight=None, *, ignore_index=-100, n_bytes=None):
        """Add one batch.

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
        target = to_numpy(target)
        if target.dtype.kind == "f" and target.size:
            raise TypeError("update takes class indices; for class probabilities: add(sum of losses, rows)")
        kept = target != ignore_index
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
            Sum (not mean) of the losses, in nats.
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
            If `count` is negative or not finite, or if it is 0 and `total` is not.

        Examples
        --------
        >>> NLLAccumulator().add(total=3.0, count=2).mean
        1.5
        """
        total, count = float(total), float(count)
        _sum_and_count(total, count)
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
        return self._include(other._total, other._count, other._n_bytes)

    def all_reduce(self, group=None):
        """A new accumulator with the sums of all processes of `torch.distributed`, the same in each of them.

        This one keeps its local sums, so training can go on and reduce again without counting twice.
        Without an initialised process group it is a copy: the same script runs in one process.
        A collective operation: every process of `group` must call it. It sends a few hundred bytes with
        `torch.distributed.all_gather_object`, which on NCCL wants `torch.cuda.set_device` called before.

        Returns
        -------
        NLLAccumulator

        Examples
        --------
        >>> NLLAccumulator().add(3.0, 2).all_reduce().mean
        1.5
        """
        everywhere = NLLAccumulator(self.loss)
        for part in _of_all_processes(self, group):
            everywhere.merge(part)
        return everywhere

    @property
    def total(self):
        """Sum of the (weighted) losses in nats, correctly rounded."""
        return math.fsum(self._total)

    @property
    def count(self):
        """Sum of the weights of the kept targets; without weights, their number."""
        return math.fsum(self._count)

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
        _known_bytes(self._n_bytes)
        return self.total / self._n_bytes / math.log(2)

    def __repr__(self):
        return f"NLLAccumulator(total={self.total!r}, count={self.count!r})"

    def _include(self, totals, counts, n_bytes):
        self._total = _exact_sum([*self._total, *totals])
        self._count = _exact_sum([*self._count, *counts])
        self._n_bytes += n_bytes
        return self


def _bytes(n_bytes):
    return math.nan if n_bytes is None else integer_from(0, "n_bytes", n_bytes)


def _exact_sum(values):
    """A few floats with exactly the sum of `values`: the rounded sum, what that lost, and so on."""
    rest, parts = list(values), []
    while part := math.fsum(rest):
        if not math.isfinite(part):
            return [part]
        parts.append(part)
        rest.append(-part)
    return parts


def _of_all_processes(mine, group):
    distributed = sys.modules.get("torch.distributed")  # not imported: then nothing can be initialised
    if distributed is None or not distributed.is_available() or not distributed.is_initialized():
        return [mine]
    parts = [None] * distributed.get_world_size(group)
    distributed.all_gather_object(parts, mine, group=group)
    return parts


def _sum_and_count(total, count):
    if not 0 <= count < math.inf:
        raise ValueError(f"count = {count!r}, expected a finite number >= 0 (of targets, or sum of weights)")
    if count == 0 and total != 0:
        raise ValueError(
            f"total = {total!r} with count = 0: the sum over nothing is 0. Did you pass a mean? Use"
            " reduction='sum'"
        )


def _known_bytes(n_bytes):
    if not n_bytes > 0:
        given = "0 bytes were given in all" if n_bytes == 0 else "a batch came without n_bytes"
        raise ValueError(f"bits per byte need the length of the text, but {given}: pass n_bytes every time")
