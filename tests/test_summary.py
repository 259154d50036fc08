"""The cheat sheet, summary.md: every call on it is made, and other libraries' names compute the same."""

import re
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy import special
from torch import nn

from tools import EDITIONS

PAGES = [(folder / "summary.md").read_text("utf8") for folder in EDITIONS.values()]
SIZES = {"B": 4, "C": 3, "n": 5, "H": 2, "W": 6}


def letters(shape):
    return re.findall(r"\w", shape)


# --- The table of calls, against the definition ----------------------------------------------------------

CALL = re.compile(r"^\| [^|`]+ \| `(.+)` \| `(.+)` \| `(.+)` \| `(.+)` \|$", re.MULTILINE)


def call_holds(shape, target_shape, dtype, call):
    """Is a call on random numbers of these shapes the mean loss that its definition gives?"""
    rng = np.random.default_rng(0)
    z = rng.normal(size=[SIZES[letter] for letter in letters(shape)])
    if "BCE" in call:
        log_p, target = z, rng.integers(2, size=z.shape)
        losses = np.logaddexp(0, z) - target * z
    else:
        axis = letters(shape).index("C")
        log_p, target = special.log_softmax(z, axis), special.softmax(rng.normal(size=z.shape), axis)
        if dtype == "int64":
            target = (target == target.max(axis, keepdims=True)).astype(int)
        losses = -(target * log_p).sum(axis)
        if target_shape != shape:
            target = target.argmax(axis)
    y = torch.tensor(target).to(getattr(torch, dtype))
    names = {"z": torch.tensor(z).float(), "log_p": torch.tensor(log_p), "y": y, "q": y}
    assert list(y.shape) == [SIZES[letter] for letter in letters(target_shape)]
    return np.isclose(eval(call, {"F": F, "nn": nn, **names}), losses.mean())


@pytest.mark.parametrize("page", PAGES, ids=EDITIONS)
def test_the_calls_compute_what_they_are_for(page):
    rows = CALL.findall(page)
    assert rows
    assert [row for row in rows if not call_holds(*row)] == []


def test_a_wrong_call_is_noticed():
    assert call_holds("(B, C)", "(B)", "int64", "F.cross_entropy(z, y)")
    assert not call_holds("(B, C)", "(B)", "int64", "F.nll_loss(z, y)")


# --- The names in other libraries, against PyTorch -------------------------------------------------------

MODULES = {  # where the page finds the names; what is not installed here is tried every week (drift.yml)
    "nllutils": "nllutils",
    "scikit-learn": "sklearn.metrics",
    "optax": "optax",
    "Keras": "keras.losses",
}
GROUP = re.compile(r"^\| PyTorch \| `(.+)` \|\n((?:\| .+ \| `.+` \|\n)+)", re.MULTILINE)
NAME = re.compile(r"\| (.+) \| `(.+)` \|\n")


def given(call):
    """Return what the letters of a call of PyTorch, and of its namesakes, stand for."""
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(5, 3)), np.array([0, 2, 1, 2, 0])
    names = {"w": np.array([1.0, 5.0, 20.0]), "q": special.softmax(-z, axis=1), "onehot": np.eye(3)[y]}
    if "binary" in call:
        return names | {"z": z[:, 0], "p": special.expit(z[:, 0]), "y": (y > 0).astype(float)}
    if "ignore_index" in call:
        y[3] = -100
    return names | {"z": z, "p": special.softmax(z, axis=1), "y": y}


def value(module, call, names):
    """Return what a call computes whose functions are in a module."""
    words = {word for word in re.findall(r"[A-Za-z]\w*", call) if hasattr(module, word)}
    return float(eval(call, {word: getattr(module, word) for word in words} | names))


def unlike(library, groups):
    """Return the calls of a library that do not compute what PyTorch does in their group."""
    module = import_module(MODULES[library])
    for reference, rows in groups:
        names = given(reference)
        tensors = {name: torch.tensor(each) for name, each in names.items()}
        expected = eval(reference, {"F": F, **tensors}).item()
        calls = dict(NAME.findall(rows))
        own = reference.removeprefix("F.")
        if library == "nllutils" and hasattr(module, own.partition("(")[0]):
            calls = {library: own}  # the page says that they are called as in PyTorch
        if library in calls and not np.isclose(value(module, calls[library], names), expected):
            yield calls[library]


@pytest.mark.parametrize("page", PAGES, ids=EDITIONS)
@pytest.mark.parametrize(
    "library", [name for name, module in MODULES.items() if find_spec(module.partition(".")[0])]
)
def test_other_libraries_compute_the_same(library, page):
    groups = GROUP.findall(page)
    assert groups
    assert list(unlike(library, groups)) == []


def test_another_mean_is_noticed():
    group = "F.cross_entropy(z, y, w)", "| scikit-learn | `log_loss(y, p)` |\n"
    assert list(unlike("scikit-learn", [group])) == ["log_loss(y, p)"]
