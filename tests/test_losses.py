"""Values, gradients, extremes, memory and imports of nllutils.losses."""

import math
import re
import tracemalloc
import warnings

import numpy as np
import oracles
import pytest
import scipy.special
import scipy.stats
import sklearn.metrics
import torch
import torch.nn.functional as F

from nllutils import _blocks, losses

INDICES = {"targets": ["indices"], "smoothings": [0.0]}
RNG = np.random.default_rng


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


# --- against PyTorch ----------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:mean over no targets:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:input has one class:UserWarning")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", oracles.SHAPES, ids=str)
def test_every_option_as_pytorch(shape, dtype):
    oracles.check_values(losses.cross_entropy, oracles.cases(shape, dtype))
    oracles.check_gradients(losses.cross_entropy_grad, oracles.cases(shape, dtype))
    oracles.check_nll_values(losses.nll_loss, oracles.cases(shape, dtype, **INDICES))
    oracles.check_nll_gradients(losses.nll_loss_grad, oracles.cases(shape, dtype, **INDICES))


@pytest.mark.filterwarnings("ignore:mean over no targets:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:input has one class:UserWarning")
@pytest.mark.parametrize("shape", oracles.SHAPES, ids=str)
def test_blocks_do_not_show(shape, monkeypatch):
    """The same grid with blocks of a few numbers, so that every loop runs more than once."""
    monkeypatch.setattr(_blocks, "_BLOCK_BYTES", 50)
    monkeypatch.setattr(_blocks, "_RUN", 2)
    oracles.check_values(losses.cross_entropy, oracles.cases(shape, np.float32))
    oracles.check_gradients(losses.cross_entropy_grad, oracles.cases(shape, np.float32))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_logits_as_pytorch(dtype):
    oracles.check_values(losses.cross_entropy, oracles.large_cases(dtype))
    oracles.check_gradients(losses.cross_entropy_grad, oracles.large_cases(dtype))


@pytest.mark.filterwarnings("ignore:mean over no targets:RuntimeWarning")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_infinite_nan_ignored_and_weightless_as_pytorch(dtype):
    oracles.check_values(losses.cross_entropy, oracles.extreme_cases(dtype))
    oracles.check_gradients(losses.cross_entropy_grad, oracles.extreme_cases(dtype))
    oracles.check_nll_values(losses.nll_loss, oracles.extreme_cases(dtype, smoothings=[0.0]))
    oracles.check_nll_gradients(losses.nll_loss_grad, oracles.extreme_cases(dtype, smoothings=[0.0]))


def test_many_samples_as_pytorch():
    """More than are counted in one piece."""
    rng = np.random.default_rng(0)
    z, target, weight = rng.standard_normal((40_000, 3)), rng.integers(-1, 3, 40_000), [1.0, 2.0, 20.0]
    case = oracles.Case(z, target, {"weight": weight, "reduction": "mean", "ignore_index": -1})
    oracles.check_values(losses.cross_entropy, [case])
    oracles.check_nll_values(losses.nll_loss, [case])


def test_an_offset_costs_float64_no_digits():
    """log(exp(500) + exp(497)) - 497 would be wrong in the last digits."""
    want = 3 + math.log1p(math.exp(-3))
    assert losses.cross_entropy([[500.0, 497.0]], [1]) == pytest.approx(want, rel=1e-15, abs=0)


def test_zero_probability_of_an_impossible_class_is_nan_as_in_pytorch():
    z, t = np.array([[-np.inf, 0.0, 1.0]]), np.array([[0.0, 1.0, 0.0]])
    assert torch.isnan(F.cross_entropy(torch.tensor(z), torch.tensor(t)))
    assert np.isnan(losses.cross_entropy(z, t))
    assert losses.cross_entropy(z, [1]) == pytest.approx(1.3132617)


def test_denormals_that_are_flushed_cost_no_loss():
    """PyTorch's switch acts on NumPy, too; exp(-95) is a denormal float32."""
    z = np.float32([[0, 95, 0], [0, -95, -95], [-95, -95, -96], [0, 200, 0]])
    y = [0, 1, 2, 0]
    want = losses.cross_entropy(z, y, reduction="none")
    try:
        torch.set_flush_denormal(True)
        np.testing.assert_array_equal(losses.cross_entropy(z, y, reduction="none"), want)
    finally:
        torch.set_flush_denormal(False)


@pytest.mark.parametrize("shape", [(0, 3), (2, 3, 0), (0, 3, 2)], ids=str)
def test_empty_batches_as_pytorch(shape):
    z, target = np.zeros(shape), np.zeros(shape[:1] + shape[2:], int)
    for loss in (losses.cross_entropy, losses.nll_loss):
        assert loss(z, target, reduction="sum") == 0
        assert loss(z, target, reduction="none").shape == target.shape
        with pytest.warns(RuntimeWarning, match="the batch is empty"):
            assert np.isnan(loss(z, target))
    with pytest.warns(RuntimeWarning, match="the batch is empty"):
        assert np.isnan(losses.cross_entropy(z, z))
    assert losses.cross_entropy_grad(z, target, reduction="sum").shape == shape
    assert losses.nll_loss_grad(z, target, reduction="sum").shape == shape


def torch_samples(function, module):
    """What PyTorch itself tests the function and its module with: arguments and keywords."""
    pytest.importorskip("expecttest", reason="torch.testing imports it")
    from torch.testing._internal import common_methods_invocations, common_modules

    (op,) = (op for op in common_methods_invocations.op_db if op.name == f"nn.functional.{function}")
    for sample in op.sample_inputs("cpu", torch.float64, requires_grad=False):
        yield [sample.input, *sample.args], sample.kwargs
    module_inputs = getattr(common_modules, f"module_inputs_torch_nn_{module}")
    for sample in module_inputs(None, "cpu", torch.float64, requires_grad=False, training=True):
        yield sample.forward_input.args, sample.constructor_input.kwargs


@pytest.mark.filterwarnings("ignore:mean over no targets:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:(input|target|log-prob)")  # theirs are random numbers of any sign
@pytest.mark.parametrize(
    ("name", "module", "least"),
    [
        ("nll_loss", "NLLLoss", 80),
        ("cross_entropy", "CrossEntropyLoss", 120),
        ("gaussian_nll_loss", "GaussianNLLLoss", 100),
        ("poisson_nll_loss", "PoissonNLLLoss", 70),
    ],
)
def test_pytorchs_own_samples(name, module, least):
    compared = 0
    for (input, target, *rest), options in torch_samples(name, module):
        options = dict(options)
        if options.get("weight") is not None:
            options["weight"] = options["weight"].abs()  # negative weights are an error here
        if name == "poisson_nll_loss":
            target = target.abs()  # and so are negative counts
        if name == "gaussian_nll_loss" and target.shape != input.shape:
            with pytest.raises(ValueError, match="must have the same shape"):  # and so is broadcasting
                losses.gaussian_nll_loss(input, target, *rest, **options)
            continue
        want = getattr(F, name)(input, target, *rest, **options).numpy()
        got = getattr(losses, name)(input, target, *rest, **options)
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-13, err_msg=f"{input} {target} {options}")
        compared += 1
    assert compared >= least


# --- against SciPy and scikit-learn -------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
@pytest.mark.parametrize("name", ["logsumexp", "softmax", "log_softmax"])
def test_scipy(name, axis, dtype):
    z = (RNG(0).standard_normal((3, 4, 5)) * 100).astype(dtype)
    got = getattr(losses, name)(z, axis=axis)
    want = getattr(scipy.special, name)(z.astype(np.float64), axis=axis)
    assert got.dtype == dtype and got.shape == want.shape
    np.testing.assert_allclose(got, want, **oracles.TOLERANCE[dtype])
    if name == "logsumexp":
        np.testing.assert_array_equal(losses.logsumexp(z, axis, keepdims=True), np.expand_dims(got, axis))


def test_logsumexp_of_infinities_and_nothing():
    z = [[np.inf, 1.0], [-np.inf, -np.inf], [np.inf, -np.inf], [np.nan, np.inf], [-np.inf, 2.0]]
    np.testing.assert_array_equal(losses.logsumexp(z), [np.inf, -np.inf, np.inf, np.nan, 2.0])
    np.testing.assert_array_equal(losses.logsumexp(np.zeros((2, 0))), [-np.inf, -np.inf])
    assert losses.softmax(np.zeros((2, 0))).shape == (2, 0)
    assert losses.log_softmax(np.zeros((0, 3)), axis=0).shape == (0, 3)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_of_infinities_as_pytorch(name):
    z = np.array([[np.inf, 1, 2], [-np.inf] * 3, [-np.inf, 0, 1], [np.nan, 0, 1], [np.inf, np.inf, 0]])
    want = getattr(torch, name)(torch.tensor(z), 1).numpy()
    np.testing.assert_allclose(getattr(losses, name)(z), want, rtol=1e-15)


def test_log_softmax_is_never_positive():
    z = (RNG(0).standard_normal((1000, 3)) * 20).astype(np.float32)
    assert losses.log_softmax(z).max() <= 0
    assert losses.softmax(z).max() <= 1


def test_sklearn_log_loss():
    rng = RNG(0)
    z, y, w = rng.standard_normal((50, 4)), rng.integers(0, 4, 50), np.array([1.0, 5, 20, 0.5])
    p = scipy.special.softmax(z, axis=1)
    want = sklearn.metrics.log_loss(y, p, labels=range(4))
    assert losses.cross_entropy(z, y) == pytest.approx(want, rel=1e-12)
    assert losses.nll_loss(np.log(p), y) == pytest.approx(want, rel=1e-12)
    want = sklearn.metrics.log_loss(y, p, labels=range(4), sample_weight=w[y])
    assert losses.cross_entropy(z, y, w) == pytest.approx(want, rel=1e-12)


# --- Gaussian and Poisson -----------------------------------------------------------------------------


@pytest.mark.parametrize("reduction", oracles.REDUCTIONS)
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("var_shape", [(4, 3), (4, 1), (1, 3), (4,), ()], ids=str)
def test_gaussian_as_pytorch(var_shape, full, reduction):
    rng = RNG(0)
    mean, y = rng.standard_normal((2, 4, 3))
    var = rng.uniform(0, 2, var_shape) * (rng.random(var_shape) > 0.2)  # some are 0: raised to eps
    torch_var = torch.tensor(var) if var_shape else float(var)
    want = F.gaussian_nll_loss(
        torch.tensor(mean), torch.tensor(y), torch_var, full=full, eps=1e-4, reduction=reduction
    )
    got = losses.gaussian_nll_loss(mean, y, var, full, eps=1e-4, reduction=reduction)
    np.testing.assert_allclose(got, want, rtol=1e-12)


def test_gaussian_full_is_the_density():
    rng = RNG(0)
    mean, y, var = rng.standard_normal(9), rng.standard_normal(9), rng.uniform(0.1, 3, 9)
    want = -scipy.stats.norm.logpdf(y, mean, np.sqrt(var))
    np.testing.assert_allclose(losses.gaussian_nll_loss(mean, y, var, True, reduction="none"), want)


@pytest.mark.parametrize("reduction", oracles.REDUCTIONS)
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("log_input", [False, True])
def test_poisson_as_pytorch(log_input, full, reduction):
    rng = RNG(0)
    rate, y = rng.uniform(0, 4, (5, 3)), rng.poisson(2, (5, 3)).astype(float)  # counts 0 and 1 among them
    assert {0, 1, 2} <= set(y.ravel())
    options = {"log_input": log_input, "full": full, "reduction": reduction}
    want = F.poisson_nll_loss(torch.tensor(rate), torch.tensor(y), **options)
    np.testing.assert_allclose(losses.poisson_nll_loss(rate, y, **options), want, rtol=1e-12)


def test_poisson_full_approaches_the_probability():
    y = np.array([2.0, 20, 200, 2000])
    got = losses.poisson_nll_loss(np.log(y), y, full=True, reduction="none")
    error = got + scipy.stats.poisson.logpmf(y, y)
    np.testing.assert_allclose(error, -1 / (12 * y), rtol=0.02)  # the next term of Stirling's series


def test_elementwise_losses_of_nothing():
    for loss in (losses.poisson_nll_loss, lambda a, b, **k: losses.gaussian_nll_loss(a, b, 1.0, **k)):
        assert loss([], [], reduction="sum") == 0
        with pytest.warns(RuntimeWarning, match="the batch is empty"):
            assert np.isnan(loss([], []))


# --- what goes in and what comes out ------------------------------------------------------------------


Z = np.array([[2.0, 1.0, 0.1], [0.5, 2.5, -1.0]])


@pytest.mark.parametrize("index", [np.int8, np.uint8, np.int32, np.uint64, np.int64])
def test_any_integer_targets(index):
    target = np.array([0, 1], index)
    want = losses.cross_entropy(Z, [0, 1])
    assert losses.cross_entropy(Z, target) == want
    assert losses.cross_entropy(Z, torch.tensor([0, 1], dtype=torch.int32)) == want
    assert losses.nll_loss(losses.log_softmax(Z), target) == pytest.approx(want)
    np.testing.assert_array_equal(losses.cross_entropy_grad(Z, target), losses.cross_entropy_grad(Z, [0, 1]))


@pytest.mark.parametrize(
    ("given", "result"),
    [(np.float16, np.float32), (np.float32, np.float32), (np.float64, np.float64), (np.int32, np.float64)],
)
def test_result_dtype(given, result):
    z = np.array([[2, 1, 0], [0, 3, -1]], given)
    for value in [
        losses.cross_entropy(z, [0, 1]),
        losses.cross_entropy(z, [0, 1], reduction="none"),
        losses.cross_entropy(z, [0, 1], [1.0, 2, 3], label_smoothing=0.1),
        losses.cross_entropy_grad(z, [0, 1]),
        losses.nll_loss(-abs(z), [0, 1]),
        losses.nll_loss_grad(-abs(z), [0, 1]),
        losses.softmax(z),
        losses.log_softmax(z),
        losses.logsumexp(z),
        losses.gaussian_nll_loss(z, z, 1.0),
        losses.poisson_nll_loss(z, abs(z)),
    ]:
        assert value.dtype == result
    assert isinstance(losses.cross_entropy(z, [0, 1]), np.floating)
    assert isinstance(losses.cross_entropy(z[0], 0, reduction="none"), np.floating)


def test_half_precision_does_not_overflow():
    z = np.zeros((70_000, 3), np.float16)
    got = losses.cross_entropy(z, np.zeros(70_000, int), reduction="sum")
    assert got == pytest.approx(70_000 * np.log(3))


def test_tensors_and_lists():
    want = losses.cross_entropy(Z, [0, 1])
    tensor = torch.tensor(Z, requires_grad=True)
    assert losses.cross_entropy(tensor, torch.tensor([0, 1]), torch.ones(3)) == want
    assert losses.cross_entropy(Z.tolist(), [0, 1], [1, 1, 1]) == want
    assert losses.cross_entropy(tensor.bfloat16(), [0, 1]) == pytest.approx(want, rel=1e-2)
    assert isinstance(losses.softmax(tensor), np.ndarray)
    assert losses.cross_entropy(Z, [0, 1], ignore_index=torch.tensor(1)) == losses.cross_entropy(Z[0], 0)


def test_tensors_with_a_negative_bit_are_ordinary_numbers():
    z = torch.view_as_complex(torch.randn(2, 3, 2)).conj().imag
    assert z.is_neg()
    assert losses.cross_entropy(z, [0, 1]) == losses.cross_entropy(z.clone().numpy(), [0, 1])


@pytest.mark.parametrize("dtype", [">f2", ">f4", ">f8", ">i4"])
def test_the_other_byte_order(dtype):
    same = np.dtype(dtype).newbyteorder("=")
    z, y = Z.astype(same), np.array([0, 1], ">i8")
    for function in (losses.cross_entropy, losses.cross_entropy_grad):
        got, want = function(z.astype(dtype), y), function(z, [0, 1])
        np.testing.assert_array_equal(got, want)
        assert got.dtype == want.dtype


def test_inputs_stay_as_they_are_in_any_layout():
    rng = RNG(0)
    z = rng.standard_normal((6, 5, 4)).astype(np.float32)
    y = rng.integers(0, 5, (6, 4))
    want = losses.cross_entropy(z, y), losses.cross_entropy_grad(z, y)
    for other in (np.asfortranarray(z), np.ascontiguousarray(z.transpose(2, 1, 0)).transpose(2, 1, 0)):
        before = other.copy()
        other.flags.writeable = False
        np.testing.assert_array_equal(losses.cross_entropy(other, y), want[0])
        np.testing.assert_array_equal(losses.cross_entropy_grad(other, y), want[1])
        np.testing.assert_array_equal(losses.log_softmax(other, axis=1), losses.log_softmax(z, axis=1))
        np.testing.assert_array_equal(other, before)


def test_rows_that_need_the_shift_do_not_disturb_their_block():
    rng = RNG(0)
    z = rng.standard_normal((4000, 200)).astype(np.float32)
    z[::1000] += 1e4
    z[1::1000] -= 1e4
    z[2, 3] = np.nan
    y = rng.integers(0, 200, 4000)
    want = F.cross_entropy(torch.tensor(z, dtype=torch.float64), torch.tensor(y), reduction="none").numpy()
    got = losses.cross_entropy(z, y, reduction="none")
    assert np.isnan(got[2]) and np.isfinite(np.delete(got, 2)).all()
    np.testing.assert_allclose(got, want, rtol=2e-6)


# --- accuracy, memory, imports ------------------------------------------------------------------------


def worst_row_errors(z, y):
    """Largest error of a row: nllutils, PyTorch. The truth is PyTorch in float64."""
    target = torch.tensor(y)
    truth = F.cross_entropy(torch.tensor(z).double(), target, reduction="none").numpy()
    ours = losses.cross_entropy(z, y, reduction="none")
    theirs = F.cross_entropy(torch.tensor(z), target, reduction="none").numpy()
    return np.abs(ours - truth).max(), np.abs(theirs - truth).max()


@pytest.mark.parametrize("offset", [0, 50])
@pytest.mark.parametrize("shape", [(20_000, 10), (2000, 1000), (64, 32_000), (16, 131_072)], ids=str)
def test_float32_rows_are_as_exact_as_pytorchs(shape, offset):
    rng = RNG(0)
    z = (rng.standard_normal(shape) * 3 + offset).astype(np.float32)
    ours, theirs = worst_row_errors(z, rng.integers(0, shape[1], shape[0]))
    assert ours <= 1.1 * theirs  # the tenth is for other processors


def test_wide_rows_are_summed_to_the_last_digit():
    """float32 added one after the other 131072 times would be off by 5e-7."""
    z = RNG(0).standard_normal((8, 131_072), dtype=np.float32)
    exact = np.exp(z.astype(np.float64)).sum(axis=1)
    np.testing.assert_allclose(_blocks._exp_sums(z[..., None])[1][:, 0, 0], exact, rtol=1e-7)
    np.testing.assert_allclose(losses.logsumexp(z), np.log(exact), rtol=6e-8)  # half a unit of float32


def test_confident_rows_lose_nothing_and_are_never_negative():
    rng = RNG(0)
    z = (rng.standard_normal((20_000, 5)) * 20).astype(np.float32)
    y = z.argmax(axis=1)
    got = losses.cross_entropy(z, y, reduction="none")
    truth = F.cross_entropy(torch.tensor(z).double(), torch.tensor(y), reduction="none").numpy()
    assert got.min() >= 0
    assert np.abs(got - truth).max() < 2**-22  # two units in the last place of 1


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((100_000, 10), {}),
        ((400_000, 10), {}),
        ((400_000, 10), {"weight": np.arange(10.0), "ignore_index": 3}),
        ((8192, 1000), {}),
        ((512, 32_000), {}),
        ((64, 131_072), {}),
        ((4, 20, 100_000), {}),
    ],
)
def test_forward_needs_at_most_two_megabytes(shape, options):
    z = RNG(0).standard_normal(shape, dtype=np.float32)
    y = RNG(1).integers(0, shape[1], shape[:1] + shape[2:])
    tracemalloc.start()
    try:
        losses.cross_entropy(z, y, **options)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2e6


def test_every_function_is_public_and_documented():
    import nllutils

    for name in nllutils._HOME["losses"]:
        function = getattr(nllutils, name)
        assert function is getattr(losses, name)
        for section in ("Parameters", "Returns", "Raises", "Examples", "References"):
            assert re.search(rf"^    {section}\n    -+$", function.__doc__, re.M), (name, section)


def test_no_floating_point_warning_leaks():
    z = np.array([[np.inf, -np.inf, np.nan], [1e300, -1e300, 0.0], [-np.inf, 0, 1]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for reduction in oracles.REDUCTIONS:
            losses.cross_entropy(z, [0, 1, 0], reduction=reduction, label_smoothing=0.1)
            losses.cross_entropy_grad(z, [0, 1, 0], reduction=reduction)
            losses.nll_loss(-abs(z), [0, 1, 0], reduction=reduction)
        losses.cross_entropy(np.float32([[3e38, -3e38]]), [1])
        losses.gaussian_nll_loss(z, z, 0.0, eps=0.0)
        losses.poisson_nll_loss(z, abs(z), full=True)
        losses.softmax(z), losses.log_softmax(z), losses.logsumexp(z)
