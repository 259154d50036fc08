"""Negative log likelihood, exact and readable.

Nothing is imported until it is used: `import nllutils` costs about as much as a bare interpreter, and
PyTorch or Matplotlib load only with the first function that needs them.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "accumulate": ["NLLAccumulator"],
    "calibration": ["ece", "fit_temperature", "reliability_curve"],
    "course.datasets": [
        "grouped_folds",
        "load_korean_law",
        "load_penguins",
        "load_rand_health",
        "stratified_split",
    ],
    "course.exercises": ["check"],
    "course.explaining": ["explain"],
    "course.explorables": [],
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
    "course.plotting": ["use_course_style"],
    "course.training": ["fit"],
}
_MODULES = {home.rpartition(".")[2]: home for home in _HOME}
_MODULE_OF = {name: home for home, names in _HOME.items() for name in names}

__all__ = sorted([*_MODULES, *_MODULE_OF])


def __getattr__(name):
    if name in _MODULES:
        return import_module(f"{__name__}.{_MODULES[name]}")
    if name in _MODULE_OF:
        return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return __all__
