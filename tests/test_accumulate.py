"""Any split, order, merge or process count gives one mean: exactly, down to the last bit."""

import math
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nllutils import NLLAccumulator, cross_entropy, nll_loss

WEIGHT = np.array([1.0, 0.1, 5.0, 20.0])
LOSSES = {"cross_entropy": cross_entropy, "nll_loss": nll_loss}


def corpus(loss, shape=(24, 4), dtype=np.float64):
    """Scores and targets of which about a third are ignored, unevenly: most of them in the first half."""
    rng = np.random.default_rng(0)
    scores = rng.normal(scale=3, size=shape)
    if loss == "nll_loss":
        scores -= np.logaddexp.reduce(scores, axis=1, keepdims=True)
    target = rng.integers(4, size=shape[:1] + shape[2:])
    target[: shape[0] // 2][rng.random(target[: shape[0] // 2].shape) < 0.7] = -100
    return scores.astype(dtype), target


# --- one batch is the loss itself ---------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("weight", [None, WEIGHT, WEIGHT.tolist(), torch.tensor(WEIGHT)])
@pytest.mark.parametrize("shape", [(24, 4), (6, 4, 5, 2)])
def test_one_batch_gives_the_mean_of_the_loss(loss, weight, shape):
    scores, target = corpus(loss, shape)
    batch = NLLAccumulator(loss).update(scores, target, weight)
    kept = target[target != -100]
    assert batch.mean == pytest.approx(LOSSES[loss](scores, target, weight), rel=1e-14)
    assert batch.count == pytest.approx(len(kept) if weight is None else WEIGHT[kept].sum(), rel=1e-15)


def test_one_sample_without_a_batch_axis():
    assert NLLAccumulator().update([2.0, 1.0, 0.1], 0).mean == pytest.approx(0.4170, abs=5e-5)


@pytest.mark.parametrize("ignored", [2, -1])  # a class, and none
def test_another_ignore_index_and_tensors(ignored):
    scores, target = torch.randn(5, 3, requires_grad=True), torch.tensor([0, ignored, ignored, 1, 0])
    expected = torch.nn.functional.cross_entropy(scores, target, ignore_index=ignored)
    batch = NLLAccumulator().update(scores, target, ignore_index=ignored)
    assert (batch.count, batch.mean) == (3, pytest.approx(expected.item(), rel=1e-6))


def test_a_loss_of_zero_is_a_mean():
    assert NLLAccumulator().add(0.0, 5).mean == 0


def test_a_loss_with_a_graph_is_a_number():
    z, y = torch.zeros(3, 2, requires_grad=True), torch.tensor([0, 1, -100])
    total = torch.nn.functional.cross_entropy(z, y, reduction="sum")
    batch = NLLAccumulator().add(total, (y != -100).sum(), n_bytes=torch.tensor(4))
    assert (batch.mean, batch.bits(per="byte")) == (pytest.approx(math.log(2)), pytest.approx(0.5))


# --- any split ----------------------------------------------------------------------------------------


def state(accumulator):
    """Everything that is stored, so that equality means the same for all that may still come."""
    return repr(vars(accumulator))


@settings(deadline=None)
@given(st.lists(st.integers(0, 24), max_size=6), st.booleans())
def test_any_split_into_batches_leaves_the_same_state(cuts, weighted):
    scores, target = corpus("nll_loss")
    weight = WEIGHT if weighted else None
    whole = NLLAccumulator("nll_loss").update(scores, target, weight)
    pieces = NLLAccumulator("nll_loss")
    bounds = [0, *sorted(cuts), 24]
    for start, stop in pairwise(bounds):
        if stop > start:
            pieces.update(scores[start:stop], target[start:stop], weight)
    assert state(pieces) == state(whole)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-14), (np.float32, 1e-6)])
def test_logits_in_any_split_give_the_corpus_mean(dtype, tolerance):
    logits, target = corpus("cross_entropy", dtype=dtype)
    expected = cross_entropy(*corpus("cross_entropy"), WEIGHT)
    for size in (1, 5, 12, 24):
        pieces = NLLAccumulator()
        for start in range(0, 24, size):
            pieces.update(logits[start : start + size], target[start : start + size], WEIGHT)
        assert pieces.mean == pytest.approx(expected, rel=tolerance)


def parts_of(sums):
    return [NLLAccumulator().add(total, count) for total, count in sums]


def check_sum(add_up, sums):
    """`add_up`: from (total, count) pairs to the two sums, which must be the rounded exact ones."""
    exact = tuple(float(sum(map(Fraction, column))) for column in zip(*sums, strict=True))
    assert add_up(sums) == exact


def accumulated(sums):
    everything = NLLAccumulator()
    for part in parts_of(sums):
        everything.merge(part)
    return everything.total, everything.count


def added_in_a_loop(sums):
    total = count = 0.0
    for part in sums:
        total, count = total + part[0], count + part[1]
    return total, count


PAIRS = st.tuples(st.floats(-1e20, 1e20), st.floats(1e-20, 1e20))


@settings(deadline=None)
@given(st.lists(PAIRS, min_size=1, max_size=20))
def test_sums_are_the_correctly_rounded_exact_sums(sums):
    check_sum(accumulated, sums)


def test_a_running_sum_does_not_pass_that_check():
    thousand = [(0.1, 1.0)] * 1000
    check_sum(accumulated, thousand)
    with pytest.raises(AssertionError):
        check_sum(added_in_a_loop, thousand)


@settings(deadline=None)
@given(st.lists(PAIRS, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_order_and_grouping_of_merges_leave_the_same_state(sums, random):
    parts = parts_of(sums)
    left_to_right = NLLAccumulator()
    for part in parts_of(sums):
        left_to_right.merge(part)
    while len(parts) > 1:
        random.shuffle(parts)
        parts[-2].merge(parts.pop())
    assert state(parts[0]) == state(left_to_right)


def test_merging_loses_nothing_and_changes_only_the_left_side():
    a, b = parts_of([(10.0, 10), (300.0, 100)])
    before = state(b)
    assert a.merge(b) is a
    assert state(b) == before
    assert (a.total, a.count) == (310, 110)
    assert a.mean == pytest.approx(2.818, abs=5e-4)
    assert a.perplexity == pytest.approx(16.75, abs=5e-3)
    assert state(a.merge(NLLAccumulator())) == state(parts_of([(310.0, 110)])[0])
    assert a.merge(a).count == 220


def test_a_pickle_goes_on_where_the_original_stopped():
    original = NLLAccumulator("nll_loss").add(0.1, 3, n_bytes=7)
    copy = pickle.loads(pickle.dumps(original))
    for accumulator in (original, copy):
        accumulator.add(0.2, 1, n_bytes=2).update([[-0.3, -5.0]], [0], n_bytes=1)
    assert state(copy) == state(original)
    assert (copy.count, copy.total) == (5, 0.6)


def test_threads_lose_no_batch():
    shared, before = NLLAccumulator(), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: shared.add(0.1, 1), range(1600)))
    finally:
        sys.setswitchinterval(before)
    assert (shared.total, shared.count) == (float(1600 * Fraction(0.1)), 1600)


# --- nothing, infinity, bits --------------------------------------------------------------------------


def test_the_mean_over_nothing_is_nan_with_a_warning_and_does_not_spoil_what_follows():
    rank = NLLAccumulator().update(np.zeros((2, 4)), [-100, -100]).update(np.zeros((0, 4)), [])
    rank.update(np.zeros((1, 4)), [1], weight=[1, 0, 1, 1])
    for number in (lambda: rank.mean, lambda: rank.perplexity, rank.bits, lambda: rank.bits(per="byte")):
        with pytest.warns(RuntimeWarning, match="mean over no targets: the result is nan") as caught:
            assert math.isnan(number())
        assert caught[0].filename == __file__
    assert rank.merge(NLLAccumulator().add(3.0, 2)).mean == 1.5


def test_an_impossible_target_makes_the_mean_infinite():
    surprised = NLLAccumulator("nll_loss").update([[0.0, -math.inf], [0.0, -math.inf]], [0, 1]).add(1.0, 1)
    assert surprised.mean == surprised.perplexity == surprised.bits() == math.inf


@pytest.mark.parametrize("pair", [(math.inf, -math.inf), (1.7e308, 1.7e308)])
def test_losses_that_have_no_sum(pair):
    first = NLLAccumulator().add(pair[0], 1)
    before = state(first)
    with pytest.raises(ValueError, match="the losses have no sum: inf and -inf, or beyond float64"):
        first.add(pair[1], 1)
    assert state(first) == before


def test_perplexity_beyond_float64_is_infinite():
    assert NLLAccumulator().add(1000.0, 1).perplexity == math.inf


def test_bits_per_byte_know_when_a_length_is_missing():
    text = NLLAccumulator().add(4 * math.log(2), 2, n_bytes=6)
    assert text.bits() == pytest.approx(2)
    assert text.merge(NLLAccumulator()).bits(per="byte") == pytest.approx(4 / 6)
    assert text.merge(NLLAccumulator().add(0.0, 0, n_bytes=np.int64(2))).bits(per="byte") == pytest.approx(
        0.5
    )
    with pytest.raises(ValueError, match="but a batch came without n_bytes: pass n_bytes every time"):
        text.merge(NLLAccumulator().add(1.0, 1)).bits(per="byte")
    with pytest.raises(ValueError, match="but 0 bytes were given in all"):
        NLLAccumulator().add(1.0, 1, n_bytes=0).bits(per="byte")


# --- processes ----------------------------------------------------------------------------------------

RANK = """
import sys
from datetime import timedelta
import torch.distributed as dist
from nllutils import NLLAccumulator

rank, meeting_point = int(sys.argv[1]), sys.argv[2]
dist.init_process_group(
    "gloo", init_method=meeting_point, rank=rank, world_size=2, timeout=timedelta(seconds=60)
)
local = NLLAccumulator()
for total, count in ([(0.1, 1)] * 3, [(0.2, 1.7), (1e16, 2.0)])[rank]:
    local.add(total, count, n_bytes=3)
first, again = local.reduced(), local.reduced()
print(vars(first), vars(first) == vars(again), local.count == (3, 3.7)[rank])
alone = NLLAccumulator().update([[0.0, 0.0]], [(0, -100)[rank]]).reduced()
print(alone.count, alone.bits())
only_first = dist.new_group([0])
try:
    print(local.reduced(only_first).count == local.count)
except ValueError as error:
    print("this process is not in group" in str(error))
dist.destroy_process_group()
"""


def test_two_processes_agree_with_one(tmp_path):
    meeting_point = (tmp_path / "meeting-point").as_uri()
    ranks = [
        subprocess.Popen(
            [sys.executable, "-c", RANK, rank, meeting_point],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in "01"
    ]
    try:
        output = [process.communicate(timeout=90) for process in ranks]
    finally:
        for process in ranks:
            process.kill()
            process.wait()
    assert [process.returncode for process in ranks] == [0, 0], output
    one = NLLAccumulator()
    for total, count in [(0.1, 1)] * 3 + [(0.2, 1.7), (1e16, 2.0)]:
        one.add(total, count, n_bytes=3)
    assert [stdout for stdout, _ in output] == [f"{vars(one)} True True\n1.0 1.0\nTrue\n"] * 2


class Named(NLLAccumulator):
    """A subclass, which may have more to it."""


def test_without_processes_reduced_is_a_copy():
    local = Named("nll_loss").add(3.0, 2, n_bytes=4)
    local.name = "test set"
    everywhere = local.reduced()
    assert type(everywhere) is Named
    assert state(everywhere) == state(local)
    everywhere.add(1.0, 1)
    assert local.count == 2


# --- mistakes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda a: NLLAccumulator("mse"),
            ValueError,
            "loss must be 'cross_entropy' or 'nll_loss', got 'mse'",
        ),
        (lambda a: a.update([[0.0, 2.0]], [2]), IndexError, "target[0] = 2 is not a class index"),
        (
            lambda a: a.update([[0.0, 2.0]], [[0.5, 0.5]]),
            TypeError,
            "update takes class indices; for class prob",
        ),
        (lambda a: a.update([[0.0, 2.0]], [0], [1, -1]), ValueError, "weight[1] = -1"),
        (
            lambda a: a.update([[0.0, 2.0]], [0], n_bytes=-1),
            ValueError,
            "n_bytes must be an integer of at least 0",
        ),
        (
            lambda a: a.add(1.0, 1, n_bytes=1.5),
            ValueError,
            "n_bytes must be an integer of at least 0, got 1.5",
        ),
        (lambda a: a.add(1.0, -1), ValueError, "count = -1.0, expected a finite number >= 0"),
        (lambda a: a.add(1.0, math.nan), ValueError, "count = nan, expected a finite number >= 0"),
        (lambda a: a.add(math.nan, 0), ValueError, "total = nan, expected 0 as count is 0"),
        (lambda a: a.add([1.0, 2.0], 2), ValueError, "total must be one number, got shape (2,)"),
        (lambda a: a.add(None, 2), TypeError, "total must hold real numbers"),
        (lambda a: a.merge((1.0, 1)), TypeError, "other must be an NLLAccumulator, got tuple"),
        (lambda a: a.bits(per="char"), ValueError, "per must be 'token' or 'byte', got 'char'"),
    ],
)
def test_mistakes_are_named_and_leave_the_accumulator_as_it_was(call, error, message):
    accumulator = NLLAccumulator().add(1.0, 1)
    before = state(accumulator)
    with pytest.raises(error) as caught:
        call(accumulator)
    assert message in str(caught.value)
    assert state(accumulator) == before
