"""Checks of a loss implementation, given as an argument, against PyTorch."""

import itertools
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F

INF, NAN = np.inf, np.nan
SHAPES = [(5,), (7, 5), (6, 1), (4, 5, 3), (2, 5, 3, 2)]
REDUCTIONS = ["mean", "sum", "none"]
# A float32 result is at most a few units in the last place away from the float64 one.
TOLERANCE = {np.float32: {"rtol": 2e-6, "atol": 1e-6}, np.float64: {"rtol": 1e-12, "atol": 1e-13}}


@dataclass(frozen=True)
class Case:
    """One call. `input` holds logits; the checks of `nll_loss` pass their log_softmax."""

    input: np.ndarray
    target: np.ndarray
    options: dict = field(default_factory=dict)

    def torch(self, function, input):
        """PyTorch's value in float64, and the gradient of its sum."""
        x = torch.tensor(input, dtype=torch.float64, requires_grad=True)
        target = torch.tensor(self.target)
        options = dict(self.options)
        if options.get("weight") is not None:
            options["weight"] = torch.tensor(options["weight"], dtype=torch.float64)
        value = function(x, target.double() if target.is_floating_point() else target, **options)
        value.sum().backward()
        return value.detach().numpy(), x.grad.numpy()


def cases(shape, dtype, *, targets=("indices", "probabilities"), smoothings=(0.0, 0.1, 1.0), seed=0):
    """The whole grid of options for logits of this shape. A third of the class indices are ignored."""
    rng = np.random.default_rng(seed)
    axis = min(len(shape) - 1, 1)
    c, positions = shape[axis], shape[:axis] + shape[axis + 1 :]
    grid = itertools.product(targets, (-100, 0), (None, rng.uniform(0.1, 3, c)), REDUCTIONS, smoothings)
    for kind, ignore_index, weight, reduction, smoothing in grid:
        options = {"weight": weight, "reduction": reduction}
        if smoothing:
            options["label_smoothing"] = smoothing
        if kind == "indices":
            target = rng.integers(0, c, positions)
            target = np.where(rng.random(positions) < 1 / 3, ignore_index, target)
            options["ignore_index"] = ignore_index
        elif ignore_index == 0:
            continue  # PyTorch has no ignored class probabilities
        else:
            target = np.moveaxis(rng.dirichlet(np.ones(c), positions), -1, axis)
        yield Case((rng.standard_normal(shape) * 3).astype(dtype), target, options)


def large_cases(dtype):
    """Logits for which exp overflows or underflows without a shift, or loses digits (float32 at -95)."""
    for scale, offset in [(1, 1e4), (1, -1e4), (1e4, 0), (30, 200), (30, -200), (1, -95)]:
        for case in cases((7, 5), dtype, smoothings=[0.0, 0.1]):
            yield Case((case.input * scale + offset).astype(dtype), case.target, case.options)


def extreme_cases(dtype, smoothings=(0.0, 0.1, 1.0)):
    """Infinite and NaN logits, all targets ignored, zero weights."""
    rows = [
        [0.0, 0, 0],
        [INF, 0, 1],
        [0, INF, 1],
        [-INF, 0, 1],
        [1, -INF, 0],
        [-INF, -INF, -INF],
        [INF, INF, 0],
        [NAN, 0, 0],
        [1e4, 0, -1e4],
        [-1e4, 0, 1e4],
        [88.8, 88, 0],
        [-100, -100, -101],
        [200, 100, 0],
    ]
    targets = [[0] * 13, [1] * 13, [-100] * 13, [0, 1, 2, -100] * 3 + [0]]
    weights = [None, [1.0, 2, 3], [0.0, 1, 1], [0.0, 0, 0]]
    for target, weight, reduction, smoothing in itertools.product(targets, weights, REDUCTIONS, smoothings):
        options = {"weight": weight, "reduction": reduction}
        if smoothing:
            options["label_smoothing"] = smoothing
        yield Case(np.array(rows, dtype), np.array(target), options)


def check_values(cross_entropy, cases):
    for case in cases:
        want, _ = case.torch(F.cross_entropy, case.input)
        _assert_like(cross_entropy(case.input, case.target, **case.options), want, case)


def check_gradients(cross_entropy_grad, cases):
    for case in cases:
        _, want = case.torch(F.cross_entropy, case.input)
        _assert_like(cross_entropy_grad(case.input, case.target, **case.options), want, case)


def check_nll_values(nll_loss, cases):
    for case in cases:
        log_p = _log_softmax(case)
        want, _ = case.torch(F.nll_loss, log_p)
        _assert_like(nll_loss(log_p, case.target, **case.options), want, case)


def check_nll_gradients(nll_loss_grad, cases):
    for case in cases:
        log_p = _log_softmax(case)
        _, want = case.torch(F.nll_loss, log_p)
        _assert_like(nll_loss_grad(log_p, case.target, **case.options), want, case)


def _log_softmax(case):
    axis = min(case.input.ndim - 1, 1)
    return torch.log_softmax(torch.tensor(case.input), axis).numpy()


def _assert_like(got, want, case):
    dtype = case.input.dtype
    assert got.dtype == dtype and got.shape == want.shape, (got.dtype, got.shape, case)
    with np.errstate(over="ignore"):
        want = want.astype(dtype)
    np.testing.assert_allclose(got, want, **TOLERANCE[dtype.type], err_msg=str(case))
