"""Reliability and ECE against scikit-learn and plain loops, the temperature against SciPy's minimiser."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize
from sklearn.calibration import calibration_curve

from nllutils import calibration, cross_entropy, ece, fit_temperature, reliability_curve, softmax


def sample(n=400, n_classes=4, overconfidence=2.5, seed=0):
    """Targets drawn from softmax(z), and the logits overconfidence · z of a model that knows z."""
    rng = np.random.default_rng(seed)
    z = rng.normal(scale=1.5, size=(n, n_classes))
    target = (softmax(z).cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return overconfidence * z, target


def nll(logits, target, temperature):
    return cross_entropy(logits / temperature, target)


# --- reliability --------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_bins", [1, 2, 10, 15, 100])
def test_the_curve_agrees_with_scikit_learn(n_bins):
    logits, target = sample()
    probs = softmax(logits)
    curve = reliability_curve(probs, target, n_bins)
    accuracy, confidence = calibration_curve(probs.argmax(1) == target, probs.max(1), n_bins=n_bins)
    np.testing.assert_allclose(curve.accuracy, accuracy, rtol=1e-13)
    np.testing.assert_allclose(curve.confidence, confidence, rtol=1e-13)
    assert curve.count.sum() == len(target)


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(0, 10))
def test_ece_is_the_weighted_gap_of_the_bins(n_bins, seed):
    logits, target = sample(n=60, seed=seed)
    probs = softmax(logits)
    confidence, correct = probs.max(axis=1), probs.argmax(axis=1) == target
    gap = 0.0
    for m in range(n_bins):
        inside = (confidence > m / n_bins) & (confidence <= (m + 1) / n_bins)
        gap += abs(correct[inside].sum() - confidence[inside].sum()) / len(target)
    assert ece(probs, target, n_bins) == pytest.approx(gap, rel=1e-12, abs=1e-15)


def test_there_are_15_bins_unless_said_otherwise():
    logits, target = sample()
    probs = softmax(logits)
    assert ece(probs, target) == ece(probs, target, 15) != ece(probs, target, 16)
    default, other = reliability_curve(probs, target).count, reliability_curve(probs, target, 15).count
    np.testing.assert_array_equal(default, other)


def test_a_bin_contains_its_upper_edge_and_a_tie_goes_to_the_first_class():
    curve = reliability_curve([[0.5, 0.5], [0.5, 0.5], [0.4, 0.6], [0.0, 1.0]], [0, 1, 1, 1], n_bins=2)
    np.testing.assert_allclose(curve.confidence, [0.5, 0.8])
    np.testing.assert_array_equal(curve.accuracy, [0.5, 1.0])
    np.testing.assert_array_equal(curve.count, [2, 2])


def test_ece_is_zero_when_calibrated_and_the_gap_when_not():
    right_three_times = [0, 0, 0, 1]
    assert ece([[0.75, 0.25]] * 4, right_three_times) == 0
    assert ece([[1.0, 0.0]] * 4, right_three_times) == 0.25
    assert ece(torch.tensor([[1.0, 0.0]] * 4), torch.tensor(right_three_times)) == 0.25


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_rounded_probabilities_add_up_as_far_as_their_type_can_tell(dtype):
    probs = torch.softmax(torch.randn(1000, 10, generator=torch.manual_seed(0)), 1).to(dtype)
    assert 0 < ece(probs, probs.argmax(1)) < 1
    with pytest.raises(ValueError, match="each row must add up to 1"):
        ece(probs * (1 - 2 * torch.finfo(dtype).eps ** 0.5), probs.argmax(1))


# --- temperature --------------------------------------------------------------------------------------


@pytest.mark.parametrize("overconfidence", [1e-8, 0.3, 1.0, 2.5, 40.0, 1e8])
@pytest.mark.parametrize("n_classes", [2, 4, 50])
def test_temperature_agrees_with_a_numerical_minimiser(overconfidence, n_classes):
    z, target = sample(n_classes=n_classes, overconfidence=1.0)
    search = optimize.minimize_scalar(lambda u: nll(z, target, math.exp(u)), bracket=(-1, 1), tol=1e-12)
    temperature = fit_temperature(overconfidence * z, target)
    assert temperature == pytest.approx(overconfidence * math.exp(search.x), rel=1e-6)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 30), st.integers(2, 5), st.floats(-5, 5))
def test_every_fit_is_a_minimum_or_says_why_there_is_none(seed, n, n_classes, log_scale):
    rng = np.random.default_rng(seed)
    logits = rng.standard_t(1, size=(n, n_classes)) * math.exp(log_scale)  # heavy tails: a hard search
    target = rng.integers(n_classes, size=n)
    try:
        temperature = fit_temperature(logits, target)
    except ValueError as error:
        towards = "T = 0" if "T = 0" in str(error) else "T = infinity"
        path = np.geomspace(1e3, 1e-3, 40) if towards == "T = 0" else np.geomspace(1e-3, 1e3, 40)
        losses = np.array([nll(logits, target, t) for t in path])
        assert np.all(np.diff(losses) <= 1e-9 * (1 + losses[:-1])), towards
    else:
        least = nll(logits, target, temperature)
        around = temperature * np.array([0.5, 0.9, 0.999, 1.001, 1.1, 2])
        assert all(least <= nll(logits, target, t) + 1e-12 * (1 + least) for t in around)


def test_the_temperature_repairs_calibration_and_keeps_accuracy():
    logits, target = sample(n=4000)
    temperature = fit_temperature(logits[:2000], target[:2000])
    assert temperature == pytest.approx(2.5, rel=0.15)
    held_out, repaired = logits[2000:], logits[2000:] / temperature
    assert ece(softmax(repaired), target[2000:]) < 0.5 * ece(softmax(held_out), target[2000:])
    assert cross_entropy(repaired, target[2000:]) < cross_entropy(held_out, target[2000:])
    np.testing.assert_array_equal(repaired.argmax(axis=1), held_out.argmax(axis=1))


def test_ordinary_logits_take_few_steps(monkeypatch):
    """Newton's method doubles the digits; halving the bracket alone would take 35 steps."""
    steps, slope = [], calibration._slope_and_variance
    monkeypatch.setattr(calibration, "_slope_and_variance", lambda *a: steps.append(a) or slope(*a))
    fit_temperature(*sample())
    assert len(steps) <= 10


def test_one_mistake_among_many_sure_predictions_is_found():
    logits = np.tile([10.0, 0.0], (1000, 1))
    target = np.r_[1, np.zeros(999, dtype=int)]
    assert fit_temperature(logits, target) == pytest.approx(10 / math.log(999), rel=1e-9)
    logits[0] = [1e-6, 0.0]  # the mistake is nearly a tie: almost separable
    least = fit_temperature(logits, target)
    assert 0 < least < 1
    assert fit_temperature(torch.tensor(logits), torch.tensor(target)) == least


def two_scales(small):
    """A large gap that is always right, and small ones, right three times of four: T is small / ln 3."""
    return [[1.0, 0.0], *[[small, 0.0]] * 4], [0, 0, 0, 0, 1]


@pytest.mark.parametrize("small", [1e-3, 1e-30, 1e-200])
def test_the_small_gaps_decide_when_the_large_ones_are_always_right(small):
    assert fit_temperature(*two_scales(small)) == pytest.approx(small / math.log(3), rel=1e-9)


def test_a_first_step_that_would_overflow_is_not_taken():
    logits = np.zeros((10, 10_000))  # so flat at T = 1 that Newton's method would leap to T = e^-3000
    logits[:, 0] = 2
    target = np.r_[1, np.zeros(9, dtype=int)]
    assert fit_temperature(logits, target) == pytest.approx(2 / math.log(9 * 9999), rel=1e-9)


def test_huge_logits_do_not_overflow():
    logits, target = sample()
    assert fit_temperature(1e300 * logits, target) == pytest.approx(1e300 * fit_temperature(logits, target))


def test_probabilities_are_no_logits():
    logits, target = sample()
    for probs, cured in [(softmax(logits), np.log), (torch.tensor(softmax(logits)), torch.log)]:
        with pytest.warns(UserWarning, match="logits look like probabilities"):
            fit_temperature(probs, target)
        assert fit_temperature(cured(probs), target) == pytest.approx(fit_temperature(logits, target))


# --- mistakes -----------------------------------------------------------------------------------------

HALVES = [[0.5, 0.5], [0.5, 0.5]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ece(HALVES, [0, 1], 0), ValueError, "n_bins must be an integer of at least 1, got 0"),
        (lambda: ece(HALVES, [0, 1], True), ValueError, "n_bins must be an integer of at least 1, got True"),
        (lambda: ece(HALVES, [0, 1], 2.5), ValueError, "n_bins must be an integer of at least 1, got 2.5"),
        (lambda: ece([0.5, 0.5], [0]), ValueError, "probs must have shape (N, C) with N >= 1"),
        (lambda: ece(np.empty((0, 2)), []), ValueError, "N >= 1 and C >= 1, got (0, 2)"),
        (lambda: ece([[0.5, 0.6]], [0]), ValueError, "probs.sum(axis=-1)[0] = 1.1"),
        (lambda: ece([[1.5, -0.5]], [0]), ValueError, "probs[0, 0] = 1.5, expected a probability"),
        (lambda: ece(HALVES, [0, 2]), IndexError, "target[1] = 2 is not a class index: there are 2 classes"),
        (lambda: ece(HALVES, [0, -100]), IndexError, "target[1] = -100 is not a class index"),
        (lambda: ece(HALVES, [0.0, 1.0]), TypeError, "target must hold integers"),
        (
            lambda: ece(HALVES, [[0], [1]]),
            ValueError,
            "target of shape (2,), got (2, 1): use `np.asarray(target).ravel()`",
        ),
        (lambda: ece(HALVES, [0]), ValueError, "probs (2, 2) needs target of shape (2,), got (1,)"),
        (
            lambda: fit_temperature([[1.0, math.inf]], [0]),
            ValueError,
            "logits[0, 1] = inf, expected a finite",
        ),
        (lambda: fit_temperature([1.0, 2.0], [0]), ValueError, "logits must have shape (N, C)"),
        (lambda: fit_temperature([[2.0, 1.0]], [0]), ValueError, "the NLL falls all the way to T = 0"),
        (lambda: fit_temperature([[2.0, 1.0]], [1]), ValueError, "falls all the way to T = infinity"),
        (lambda: fit_temperature([[2.0, 0.0]] * 2, [0, 1]), ValueError, "falls all the way to T = infinity"),
        (lambda: fit_temperature(np.ones((2, 2)), [0, 1]), ValueError, "in every row all logits are equal"),
        (lambda: fit_temperature(*two_scales(1e-300)), RuntimeError, "the temperature did not settle: "),
    ],
)
def test_mistakes_are_named(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)
