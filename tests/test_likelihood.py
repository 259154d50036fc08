"""Log-probabilities against SciPy and 60-digit arithmetic, estimates against numerical minimisers."""

import math

import mpmath
import numpy as np
import pytest
import statsmodels.api as sm
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, special, stats

from nllutils import likelihood as lk

PROBABILITIES = np.array([0.0, 1e-300, 1e-12, 0.1, 0.5, 0.7, 1 - 1e-12, 1.0])
INF = math.inf


# --- values -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1, 2, 10, 15, 16, 17, 50, 1000])
def test_binomial_agrees_with_scipy(n):
    k = np.arange(n + 3)[:, None]
    expected = stats.binom.logpmf(k, n, PROBABILITIES)
    np.testing.assert_allclose(lk.binomial_logpmf(k, n, PROBABILITIES), expected, rtol=1e-12, atol=1e-12)


def test_poisson_agrees_with_scipy():
    k, rate = np.arange(200)[:, None], np.array([0, 1e-300, 1e-5, 0.5, 1, 15.5, 99, 1e4, 1e300])
    expected = stats.poisson.logpmf(k, rate)
    np.testing.assert_allclose(lk.poisson_logpmf(k, rate), expected, rtol=1e-12, atol=1e-12)


def test_bernoulli_agrees_with_scipy():
    y = np.array([[0], [1]])
    np.testing.assert_allclose(
        lk.bernoulli_logpmf(y, PROBABILITIES), stats.bernoulli.logpmf(y, PROBABILITIES)
    )


def test_gaussian_agrees_with_scipy():
    x, mu = np.array([-1e8, -2.5, 0, 1e-9, 40])[:, None, None], np.array([-3.0, 0, 1e5])[:, None]
    sigma = np.array([1e-6, 0.1, 1, 1e6])
    np.testing.assert_allclose(lk.gaussian_logpdf(x, mu, sigma), stats.norm.logpdf(x, mu, sigma), rtol=1e-14)


def test_categorical_picks_the_logarithm_of_the_target_class():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(4), size=(3, 5))
    y = rng.integers(4, size=(3, 5))
    expected = stats.multinomial.logpmf(np.eye(4)[y], 1, p)
    np.testing.assert_allclose(lk.categorical_logpmf(y, p), expected, rtol=1e-12)


def extreme_cases():
    """Counts up to a million, at the mode, beside it and in the tails, with the value to 60 digits."""
    rng = np.random.default_rng(0)
    with mpmath.workdps(60):
        for n in [1, 2, 15, 16, 17, 300, 10**4, 10**6]:
            for p in [1e-12, 1e-5, 0.3, 0.7, 1 - 2**-20, rng.uniform()]:
                mode = round(n * p)
                for k in {0, 1, mode, min(n, round(mode * 1.2)), min(n, round(mode + 3 * n**0.5)), n // 2, n}:
                    q = mpmath.mpf(p)
                    choose = mpmath.loggamma(n + 1) - mpmath.loggamma(k + 1) - mpmath.loggamma(n - k + 1)
                    binomial = choose + k * mpmath.log(q) + (n - k) * mpmath.log(1 - q)
                    rate = n * p
                    poisson = k * mpmath.log(rate) - mpmath.mpf(rate) - mpmath.loggamma(k + 1)
                    yield k, n, p, float(binomial), float(poisson)


def check_extremes(binomial_logpmf, poisson_logpmf):
    k, n, p, binomial, poisson = np.array(list(extreme_cases())).T
    np.testing.assert_allclose(binomial_logpmf(k, n, p), binomial, rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(poisson_logpmf(k, n * p), poisson, rtol=1e-13, atol=1e-13)


def test_extremes_are_right_to_13_digits():
    check_extremes(lk.binomial_logpmf, lk.poisson_logpmf)


@pytest.mark.parametrize("wrong", ["binomial", "poisson"])
def test_extremes_reject_the_formula_that_cancels(wrong):
    cancelling = {"binomial": stats.binom.logpmf, "poisson": stats.poisson.logpmf}
    exact = {"binomial": lk.binomial_logpmf, "poisson": lk.poisson_logpmf}
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        check_extremes(*(exact | {wrong: cancelling[wrong]}).values())


def test_log_factorials_agree_with_gammaln_up_to_a_million():
    n = np.unique(np.concatenate([np.arange(2, 2000), np.geomspace(2000, 10**6, 2000).astype(int)]))
    log_factorial = n * np.log(n) - n - lk.poisson_logpmf(n, n)
    np.testing.assert_allclose(log_factorial, special.gammaln(n + 1), rtol=1e-14)


def test_the_numbers_of_the_course():
    assert math.exp(lk.binomial_logpmf(7, 10, 0.7)) == pytest.approx(0.2668, abs=5e-5)
    assert math.exp(lk.binomial_logpmf(7, 10, 0.5)) == pytest.approx(0.1172, abs=5e-5)
    ratio = lk.binomial_logpmf(7, 10, 0.7) - lk.binomial_logpmf(7, 10, 0.5)
    assert math.exp(ratio) == pytest.approx(2.277, abs=5e-4)
    assert np.exp(lk.binomial_logpmf(np.arange(11), 10, 0.7)).sum() == pytest.approx(1, abs=1e-14)
    area, _ = integrate.quad(lambda p: math.exp(lk.binomial_logpmf(7, 10, p)), 0, 1)
    assert area == pytest.approx(1 / 11, abs=1e-12)
    assert -lk.gaussian_logpdf(0, 0, 0.1) == pytest.approx(-1.384, abs=5e-4)


# --- edges --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("log_probability", "expected"),
    [
        (lambda: lk.bernoulli_logpmf([0, 1, 0, 1], [0, 0, 1, 1]), [0, -INF, -INF, 0]),
        (lambda: lk.binomial_logpmf([0, 1, 9, 8], 8, [0, 0, 0.5, 1]), [0, -INF, -INF, 0]),
        (lambda: lk.binomial_logpmf([0, 1, 1000], 0, 0.3), [0, -INF, -INF]),
        (lambda: lk.categorical_logpmf([0, 1], [1, 0]), [0, -INF]),
        (lambda: lk.poisson_logpmf([0, 1], 0), [0, -INF]),
        (lambda: lk.gaussian_logpdf([INF, -INF, 1e200], 0, 1), [-INF] * 3),
    ],
)
def test_impossible_data_have_log_probability_minus_infinity_and_certain_data_zero(log_probability, expected):
    values = log_probability()
    np.testing.assert_array_equal(values, expected)
    assert not np.signbit(values[values == 0]).any()  # -0.0 would puzzle a reader


def test_huge_counts_warn_of_nothing():
    assert lk.poisson_logpmf(1e300, 1e300) == pytest.approx(-0.5 * math.log(2 * math.pi * 1e300))


def test_tiny_rates_do_not_overflow():
    assert lk.poisson_logpmf(10, 5e-324) == pytest.approx(
        10 * math.log(5e-324) - math.log(math.factorial(10))
    )


def test_data_and_parameters_broadcast():
    grid = np.linspace(0, 1, 101)
    assert lk.binomial_logpmf(7, 10, grid).shape == (101,)
    assert lk.bernoulli_logpmf(np.ones((5, 1)), grid).shape == (5, 101)
    assert lk.gaussian_logpdf(np.zeros((5, 1, 1)), np.zeros((4, 1)), np.ones(3)).shape == (5, 4, 3)
    assert lk.categorical_logpmf([0, 1, 0], [0.5, 0.5]).shape == (3,)
    assert lk.categorical_logpmf(0, np.full((4, 2), 0.5)).shape == (4,)
    assert lk.categorical_logpmf([[0], [1]], np.full((4, 2), 0.5)).shape == (2, 4)


def test_one_observation_gives_a_float():
    values = [
        lk.bernoulli_logpmf(1, 0.7),
        lk.binomial_logpmf(7, 10, 0.7),
        lk.categorical_logpmf(0, [0.7, 0.3]),
        lk.poisson_logpmf(2, 1.5),
        lk.gaussian_logpdf(0, 0, 1),
    ]
    assert all(isinstance(value, float) for value in values)


def test_tensors_booleans_and_float32_are_accepted():
    p = torch.tensor([0.2, 0.7], requires_grad=True)
    assert lk.bernoulli_logpmf(torch.tensor([False, True]), p) == pytest.approx(np.log([0.8, 0.7]))
    rows = torch.softmax(torch.randn(50, 1000, generator=torch.manual_seed(0)), dim=1)
    assert lk.categorical_logpmf(torch.arange(50), rows).dtype == np.float64
    assert lk.mle_categorical(torch.tensor([0, 1, 1, 1]), 2) == pytest.approx([0.25, 0.75])


@settings(deadline=None)
@given(st.integers(0, 1), st.floats(0, 1))
def test_one_flip_is_a_binomial_and_a_two_class_categorical(y, p):
    expected = lk.bernoulli_logpmf(y, p)
    assert lk.binomial_logpmf(y, 1, p) == pytest.approx(expected, rel=1e-14, abs=1e-15)
    assert lk.categorical_logpmf(y, [1 - p, p]) == pytest.approx(expected, rel=1e-14, abs=1e-15)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(1e-6, 1).map(lambda p: 1 - p))
def test_heads_and_tails_may_change_places(k, tails, p):
    q = 1 - p  # exact for p >= 1/2, and p is 1 - q then too
    expected = lk.binomial_logpmf(tails, k + tails, q)
    assert lk.binomial_logpmf(k, k + tails, 1 - q) == pytest.approx(expected, rel=1e-13, abs=1e-13)


# --- estimates ----------------------------------------------------------------------------------------


def minimise(nll, start):
    return optimize.minimize(nll, start, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-14}).x


def logistic(z):
    return 1 / (1 + np.exp(-z))


def test_coin_estimates_agree_with_a_numerical_minimiser():
    y = np.random.default_rng(0).integers(2, size=50)
    p = logistic(minimise(lambda z: -lk.bernoulli_logpmf(y, logistic(z[0])).sum(), [0.0])[0])
    assert lk.mle_bernoulli(y) == pytest.approx(p, abs=1e-7)
    k, n = np.array([3, 0, 9, 7]), np.array([4, 5, 10, 30])
    p = logistic(minimise(lambda z: -lk.binomial_logpmf(k, n, logistic(z[0])).sum(), [0.0])[0])
    assert lk.mle_binomial(k, n) == pytest.approx(p, abs=1e-7)
    assert lk.mle_binomial(k, n) != pytest.approx(np.mean(k / n), abs=0.01)
    assert lk.mle_binomial(k, 30) == lk.mle_binomial(k, [30] * 4)  # every k has its n


def test_categorical_estimate_agrees_with_a_numerical_minimiser():
    y = np.random.default_rng(0).integers(3, size=60)
    logits = minimise(lambda z: -lk.categorical_logpmf(y, special.softmax([*z, 0.0])).sum(), [0.0, 0.0])
    assert lk.mle_categorical(y, 3) == pytest.approx(special.softmax([*logits, 0.0]), abs=1e-7)


def test_poisson_estimate_agrees_with_a_fitted_generalised_linear_model():
    k = np.random.default_rng(0).poisson(3.7, size=100)
    fitted = sm.GLM(k, np.ones(100), family=sm.families.Poisson()).fit()
    assert lk.mle_poisson(k) == pytest.approx(math.exp(fitted.params[0]), rel=1e-9)
    assert lk.poisson_logpmf(k, lk.mle_poisson(k)).sum() == pytest.approx(fitted.llf, rel=1e-12)


def test_gaussian_estimate_agrees_with_scipy_and_a_numerical_minimiser():
    x = np.random.default_rng(0).normal(5, 2, size=40)
    mu, log_sigma = minimise(lambda z: -lk.gaussian_logpdf(x, z[0], math.exp(z[1])).sum(), [0.0, 0.0])
    assert lk.mle_gaussian(x) == pytest.approx((mu, math.exp(log_sigma)), abs=1e-6)
    assert lk.mle_gaussian(x) == pytest.approx(stats.norm.fit(x), rel=1e-14)


@settings(deadline=None)
@given(st.lists(st.integers(0, 1), min_size=1), st.floats(0, 1))
def test_no_other_probability_makes_the_flips_more_probable(y, p):
    best = lk.bernoulli_logpmf(y, lk.mle_bernoulli(y)).sum()
    assert lk.bernoulli_logpmf(y, p).sum() <= best + 1e-12 * len(y)


@settings(deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=2), st.floats(-100, 100), st.floats(1e-3, 100))
def test_no_other_gaussian_makes_the_values_more_probable(x, mu, sigma):
    if np.std(x) < 1e-3:
        return
    best = lk.gaussian_logpdf(x, *lk.mle_gaussian(x)).sum()
    assert lk.gaussian_logpdf(x, mu, sigma).sum() <= best + 1e-9 * (1 + abs(best))


def test_gaussian_estimate_at_the_ends_of_float64():
    assert lk.mle_gaussian([0, 1e-200]) == (5e-201, 5e-201)
    assert lk.mle_gaussian([1e308, 1.5e308]) == pytest.approx((1.25e308, 0.25e308), rel=1e-15)


def test_degenerate_samples_give_the_boundary():
    assert lk.mle_bernoulli([0, 0, 0]) == 0
    assert lk.mle_poisson([0, 0]) == 0
    np.testing.assert_array_equal(lk.mle_categorical([1], 3), [0, 1, 0])


# --- mistakes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: lk.bernoulli_logpmf([0, 1, 2], 0.5), ValueError, "y[2] = 2.0, expected 0 or 1"),
        (lambda: lk.bernoulli_logpmf(0.5, 0.5), ValueError, "y = 0.5, expected 0 or 1"),
        (
            lambda: lk.bernoulli_logpmf(1, [0.5, 1.2]),
            ValueError,
            "p[1] = 1.2, expected a probability between",
        ),
        (lambda: lk.bernoulli_logpmf(1, math.nan), ValueError, "p = nan, expected a number"),
        (lambda: lk.bernoulli_logpmf("1", 0.5), TypeError, "y must hold real numbers, got <U1"),
        (
            lambda: lk.bernoulli_logpmf([0, 1, 0], [0.1, 0.2]),
            ValueError,
            "y (3,), p (2,). For every observation under every parameter use `np.asarray(y)[:, None]`",
        ),
        (lambda: lk.binomial_logpmf(-1, 10, 0.5), ValueError, "k = -1.0, expected a count: 0, 1, 2"),
        (lambda: lk.binomial_logpmf([[1, 2.5]], 10, 0.5), ValueError, "k[0, 1] = 2.5, expected a count"),
        (lambda: lk.binomial_logpmf(1, 10.5, 0.5), ValueError, "n = 10.5, expected a count"),
        (lambda: lk.binomial_logpmf(1, INF, 0.5), ValueError, "n = inf, expected a count"),
        (lambda: lk.binomial_logpmf(1, 10, -0.1), ValueError, "p = -0.1, expected a probability"),
        (lambda: lk.binomial_logpmf([1, 2], [1, 2, 3], 0.5), ValueError, "k (2,), n (3,), p ()"),
        (lambda: lk.categorical_logpmf([0, 3], [0.7, 0.2, 0.1]), IndexError, "y[1] = 3 is not a class index"),
        (lambda: lk.categorical_logpmf(3, [0.7, 0.2, 0.1]), IndexError, "Did you number the classes from 1?"),
        (
            lambda: lk.categorical_logpmf(-1, [0.7, 0.2, 0.1]),
            IndexError,
            "y = -1 is not a class index: there are 3",
        ),
        (
            lambda: lk.categorical_logpmf(0.0, [0.7, 0.3]),
            TypeError,
            "y must hold integers (class indices), got",
        ),
        (lambda: lk.categorical_logpmf(0, 0.7), ValueError, "p needs a class axis"),
        (lambda: lk.categorical_logpmf(0, [[1, 0], [0.7, 0.2]]), ValueError, "p.sum(axis=-1)[1] = 0.8999"),
        (lambda: lk.categorical_logpmf([0, 0, 0], np.eye(2)), ValueError, "y (3,), p[..., 0] (2,)"),
        (lambda: lk.poisson_logpmf(0.5, 1), ValueError, "k = 0.5, expected a count"),
        (lambda: lk.poisson_logpmf(1, [1, -2]), ValueError, "rate[1] = -2.0, expected a finite number >= 0"),
        (lambda: lk.poisson_logpmf(1, INF), ValueError, "rate = inf, expected a finite number >= 0"),
        (lambda: lk.gaussian_logpdf(0, 0, 0), ValueError, "sigma = 0.0, expected a standard deviation > 0"),
        (
            lambda: lk.gaussian_logpdf(0, 0, [1, -1]),
            ValueError,
            "sigma[1] = -1.0, expected a standard deviation",
        ),
        (lambda: lk.gaussian_logpdf(0, INF, 1), ValueError, "mu = inf, expected a finite number"),
        (lambda: lk.gaussian_logpdf(math.nan, 0, 1), ValueError, "x = nan, expected a number"),
        (
            lambda: lk.mle_bernoulli([]),
            ValueError,
            "y is empty: without data every parameter is equally good",
        ),
        (lambda: lk.mle_bernoulli([0.5]), ValueError, "y[0] = 0.5, expected 0 or 1"),
        (lambda: lk.mle_binomial([3, 5], [4, 4]), ValueError, "k[1] = 5.0, expected at most n"),
        (lambda: lk.mle_binomial(0, 0), ValueError, "n adds up to 0 flips"),
        (lambda: lk.mle_binomial([], []), ValueError, "n adds up to 0 flips"),
        (lambda: lk.mle_categorical([], 3), ValueError, "y is empty"),
        (
            lambda: lk.mle_categorical([0, 3], 3),
            IndexError,
            "y[1] = 3 is not a class index: there are 3 classes",
        ),
        (lambda: lk.mle_categorical([0.0], 3), TypeError, "use `np.asarray(y).astype(int)`"),
        (lambda: lk.mle_categorical([0, 1], "3"), ValueError, "n_classes must be an integer of at least 1"),
        (lambda: lk.mle_categorical([0, 1], 2.5), ValueError, "n_classes must be an integer of at least 1"),
        (lambda: lk.mle_poisson([]), ValueError, "k is empty"),
        (lambda: lk.mle_gaussian(np.ma.array([1.0, 1000], mask=[0, 1])), TypeError, "x has masked entries"),
        (lambda: lk.mle_poisson([-1]), ValueError, "k[0] = -1.0, expected a count"),
        (lambda: lk.mle_gaussian([]), ValueError, "x is empty"),
        (lambda: lk.mle_gaussian([1, INF]), ValueError, "x[1] = inf, expected a finite number"),
        (lambda: lk.mle_gaussian([0.1] * 3), ValueError, "x holds one value only (0.1, 3 times)"),
    ],
)
def test_mistakes_are_named(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)


NUMBERS = {"k": 1, "n": 2, "p": 0.5, "y": 1, "rate": 2.0, "x": 1.0, "mu": 0.0, "sigma": 1.0}
TAKEN = {
    lk.bernoulli_logpmf: "y p",
    lk.binomial_logpmf: "k n p",
    lk.gaussian_logpdf: "x mu sigma",
    lk.poisson_logpmf: "k rate",
    lk.mle_binomial: "k n",
}


@pytest.mark.parametrize("function", TAKEN, ids=lambda function: function.__name__)
def test_a_word_in_place_of_a_number_is_named(function):
    arguments = {name: NUMBERS[name] for name in TAKEN[function].split()}
    for name in arguments:
        with pytest.raises(TypeError, match=f"^{name} must hold real numbers"):
            function(**arguments | {name: "a"})
    infinite = {lk.gaussian_logpdf: "sigma", lk.poisson_logpmf: "rate"}.get(function)
    if infinite:
        with pytest.raises(ValueError, match=f"^{infinite} = inf"):
            function(**arguments | {infinite: INF})
