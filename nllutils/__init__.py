"""Negative log likelihood, exact and readable.

Nothing is imported until it is used: `import nllutils` costs about as much as a bare interpreter, and
PyTorch or Matplotlib load only with the first function that needs them.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "accumulate": ["NLLAccumulator"],
    "calibration": ["ece", "fit_temperature", "reliability_curve"],
    "datasets": [
        "grouped_folds",
        "load_korean_law",
        "load_penguins",
        "load_rand_health",
        "stratified_split",
    ],
    "exercises": ["check"],
    "explorables": [],
    "likelihood": [
        "bernoulli_logpmf",
        "binomial_logpmf",
        "categorical_logpmf",
        "gaussian_logpdf",
        "mle_bernoulli",
        "mle_binomial",
        "mle_categorical",
        "mle_gaussian",
        "mle_poisson",
        "poisson_logpmf",
    ],
    "losses": [
        "cross_entropy",
        "cross_entropy_grad",
        "gaussian_nll_loss",
        "log_softmax",
        "logsumexp",
        "nll_loss",
        "nll_loss_grad",
        "poisson_nll_loss",
        "softmax",
    ],
    "plotting": ["use_course_style"],
    "training": ["fit"],
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted([*_HOME, *_MODULE])


def __getattr__(name):
    if name in _HOME:
        return import_module(f"{__name__}.{name}")
    if name in _MODULE:
        return getattr(import_module(f"{__name__}.{_MODULE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return __all__
