"""Laws that hold for every input: hypothesis looks for one that breaks them."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nllutils import _blocks, losses

laws = settings(max_examples=100, deadline=None, derandomize=True, database=None)

pytestmark = [
    pytest.mark.filterwarnings("ignore:mean over no targets:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:input (looks like probabilities|has one class):UserWarning"),
]


@st.composite
def calls(draw, largest=50.0, dtype=np.float64):
    """Logits (N, C), class indices (some ignored), weights or None, and the other options."""
    n, c = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    numbers = st.floats(-largest, largest, width=np.dtype(dtype).itemsize * 8)
    z = draw(hnp.arrays(dtype, (n, c), elements=numbers))
    target = draw(hnp.arrays(np.int64, n, elements=st.sampled_from([-100, *range(c)])))
    weight = draw(st.none() | hnp.arrays(np.float64, c, elements=st.floats(0.125, 8)))
    return z, target, {"weight": weight, "label_smoothing": draw(st.sampled_from([0.0, 0.1, 1.0]))}


def total_weight(target, weight):
    kept = target[target != -100]
    return len(kept) if weight is None else weight[kept].sum()


def close(a, b, scale=1.0):
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12 * scale)


@laws
@given(calls(), st.floats(-1e4, 1e4))
def test_adding_a_constant_to_a_row_changes_nothing(call, shift):
    z, target, options = call
    for function in (losses.cross_entropy, losses.cross_entropy_grad):
        a = function(z, target, reduction="sum", **options)
        b = function(z + shift, target, reduction="sum", **options)
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-8)  # z + shift itself rounds
    np.testing.assert_allclose(losses.logsumexp(z + shift), losses.logsumexp(z) + shift, atol=1e-10)


@laws
@given(calls(), st.data())
def test_the_order_of_samples_and_classes_does_not_matter(call, data):
    z, target, options = call
    n, c = z.shape
    rows, columns = (np.array(data.draw(st.permutations(range(size)))) for size in (n, c))
    weight = options["weight"]
    moved = {**options, "weight": None if weight is None else weight[columns]}
    new_number = np.append(np.argsort(columns), -100)  # of each class, and of "ignored" at the end
    renumbered = new_number[np.where(target == -100, c, target)]
    want = losses.cross_entropy(z, target, reduction="none", **options)
    got = losses.cross_entropy(z[rows][:, columns], renumbered[rows], reduction="none", **moved)
    close(got, want[rows], scale=100)


@laws
@given(calls())
def test_reductions_agree(call):
    z, target, options = call
    each = losses.cross_entropy(z, target, reduction="none", **options)
    total = losses.cross_entropy(z, target, reduction="sum", **options)
    mean = losses.cross_entropy(z, target, reduction="mean", **options)
    divisor = total_weight(target, options["weight"])
    close(total, each.sum())
    assert np.isnan(mean) if divisor == 0 else mean * divisor == pytest.approx(total, rel=1e-12)
    grads = [losses.cross_entropy_grad(z, target, reduction=r, **options) for r in ("none", "sum", "mean")]
    np.testing.assert_array_equal(grads[0], grads[1])
    close(grads[2] * divisor, grads[1])


@laws
@given(calls())
def test_splitting_a_batch_keeps_sum_and_weight(call):
    z, target, options = call
    cut = len(z) // 2
    parts = [losses.cross_entropy(z[s], target[s], reduction="sum", **options) for s in np.s_[:cut, cut:]]
    close(sum(parts), losses.cross_entropy(z, target, reduction="sum", **options))


@laws
@given(calls())
def test_the_rows_of_the_gradient_sum_to_zero(call):
    """A constant added to a row changes nothing: so also with weights, smoothing and ignored targets."""
    z, target, options = call
    gradient = losses.cross_entropy_grad(z, target, reduction="sum", **options)
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-13)
    assert not gradient[target == -100].any()


@laws
@given(calls(largest=5.0))
def test_the_gradient_is_the_slope(call):
    z, target, options = call
    gradient = losses.cross_entropy_grad(z, target, reduction="sum", **options)
    h = 1e-4
    for i in np.ndindex(z.shape):
        step = np.zeros_like(z)
        step[i] = h
        up = losses.cross_entropy(z + step, target, reduction="sum", **options)
        down = losses.cross_entropy(z - step, target, reduction="sum", **options)
        assert (up - down) / (2 * h) == pytest.approx(gradient[i], abs=1e-6)


@laws
@given(calls(largest=1e4, dtype=np.float32))
def test_never_negative_never_below_the_best_class(call):
    z, target, _ = call
    each = losses.cross_entropy(z, target, reduction="none")
    assert (each >= 0).all() and np.isfinite(each).all()
    best = losses.cross_entropy(z, z.argmax(axis=1), reduction="none")
    assert (each[target != -100] >= best[target != -100] * (1 - 1e-6)).all()
    assert (best <= np.float32(np.log(z.shape[1])) * (1 + 1e-6)).all()


@laws
@given(calls())
def test_one_hot_probabilities_are_indices(call):
    z, target, options = call
    assume((target != -100).all())
    one_hot = np.eye(z.shape[1])[target]
    for reduction in ("sum", "none"):
        a = losses.cross_entropy(z, target, reduction=reduction, **options)
        b = losses.cross_entropy(z, one_hot, reduction=reduction, **options)
        close(a, b, scale=100)
    a = losses.cross_entropy_grad(z, target, reduction="sum", **options)
    close(a, losses.cross_entropy_grad(z, one_hot, reduction="sum", **options), scale=10)


@laws
@given(calls())
def test_cross_entropy_is_nll_loss_of_log_softmax(call):
    z, target, options = call
    log_p = losses.log_softmax(z)
    weight = options["weight"]
    for reduction in ("sum", "mean", "none"):
        a = losses.cross_entropy(z, target, weight, reduction=reduction)
        close(a, losses.nll_loss(log_p, target, weight, reduction=reduction), scale=100)
    np.testing.assert_allclose(losses.logsumexp(log_p), 0, atol=1e-14)
    np.testing.assert_allclose(losses.softmax(z), np.exp(log_p), rtol=1e-13)
    np.testing.assert_allclose(losses.softmax(log_p), losses.softmax(z), rtol=1e-12)


@laws
@given(calls(largest=1e4))
def test_the_fast_way_is_the_definition(call):
    z, target, _ = call
    z, classes = z[..., None], np.where(target == -100, 0, target)[:, None, None]
    close(_blocks.plain_nll(z, classes), losses._nll(losses._log_softmax(z), classes), scale=1e4)


@laws
@given(calls(largest=1e4, dtype=np.float32), st.integers(2, 40), st.integers(1, 4))
def test_the_size_of_blocks_does_not_matter(call, block, run):
    z, target, options = call
    want = losses.cross_entropy(z, target, reduction="none", **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_blocks, "_BLOCK_BYTES", block)
        patch.setattr(_blocks, "_RUN", run)
        got = losses.cross_entropy(z, target, reduction="none", **options)
    np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-6)
