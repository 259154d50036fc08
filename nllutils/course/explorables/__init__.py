"""Figures that answer to a slider: `show("softmax-nll")` in the last line of a notebook cell.

Each figure is one small ES module beside this file. `show` writes it whole into the cell's output, so it runs
on a static page, on a page opened from disk, in JupyterLab and in VS Code, with no kernel and no request.
Its words stand in one table per language (`ko.json`); the modules know no language.
"""

import hashlib
import html
import json
import math
import re
from functools import cache
from importlib.resources import files
from numbers import Real
from typing import NamedTuple

import numpy as np

from nllutils._arguments import one_of

__all__ = ["show"]


class Range(NamedTuple):
    """A parameter, which is a slider: where it starts, its ends and its step."""

    value: float
    low: float
    high: float | str  # a name: as far as that parameter
    step: float = 1


_LOGIT = {"low": -6, "high": 8, "step": 0.1}
_SHARE = {"low": 0, "high": 1, "step": 0.01}
_TOKEN = {"low": 0, "high": 1, "step": 0.005}
_EDGE = {"low": 0, "high": 4, "step": 0.1}
_FIGURES = {
    "partial-derivatives": {"a": Range(3, **_EDGE), "b": Range(2, **_EDGE)},
    "binomial-likelihood": {"n": Range(10, 1, 100), "k": Range(7, 0, "n"), "p": Range(0.7, **_SHARE)},
    "product-and-log-sum": {"p": Range(0.9, 0.01, 0.99, 0.01), "n": Range(100, 1, 8000)},
    "negative-log": {
        "p": Range(0.1, **_SHARE),
        "share": Range(1, **_SHARE),
        "rate": Range(0.01, 0.01, 1, 0.01),
    },
    "softmax-nll": {
        "z0": Range(2, **_LOGIT),
        "z1": Range(1, **_LOGIT),
        "z2": Range(0.1, **_LOGIT),
        "target": Range(0, 0, 2),
        "gradient": Range(0, 0, 1),  # shown or not: the lesson on softmax comes before it
    },
    "nll-loss-input": {
        "input": Range(0, 0, 2),
        "y0": Range(0, 0, 2),
        "y1": Range(1, 0, 2),
        "scale": Range(1, 0, 10, 0.5),
    },
    "memorising": {"gap": Range(1, 0, 4, 0.1), "right": Range(4, 0, 12)},
    "class-weights": {
        "w2": Range(20, 0, 50),
        "n0": Range(1, 0, 20),
        "n1": Range(0, 0, 20),
        "n2": Range(1, 0, 20),
    },
    "cross-entropy-kl": {"p0": Range(2, 0, 10), "p1": Range(5, 0, 10), "p2": Range(3, 0, 10)},
    "micro-batches": {
        "n0": Range(10, 1, 200),
        "mean0": Range(1, 0, 5, 0.1),
        "n1": Range(100, 1, 200),
        "mean1": Range(3, 0, 5, 0.1),
    },
    "confident-mistake": {"gap": Range(10, -6, 20, 0.5)},
    "temperature": {
        "t": Range(1, 0.25, 5, 0.05),
        "right0": Range(3, 0, 4),
        "right1": Range(3, 0, 6),
    },
    "perplexity": {
        "p0": Range(0.25, **_TOKEN),
        "p1": Range(0.5, **_TOKEN),
        "p2": Range(0.125, **_TOKEN),
        "cut": Range(0, 0, 1),
    },
}

# Where `data-lm-suppress-shortcuts` stands, JupyterLab leaves arrows and Enter to the controls.
_PAGE = """<style>
{style}</style>
<div class="explorable" data-explorable="{key}" role="group" \
aria-label="{title}" lang="{language}" style="--rows: {rows}" data-lm-suppress-shortcuts="true">
<p><strong>{title}</strong></p>
<p>{instead}</p>
</div>
<script type="module">
{script}explore(figure, ...{config});
</script>"""


def show(name, *, language="ko", **parameters):
    """Show an interactive figure as the output of a notebook cell.

    Parameters
    ----------
    name : str
        The figure: "partial-derivatives", "binomial-likelihood", "product-and-log-sum", "negative-log",
        "softmax-nll", "nll-loss-input", "memorising", "class-weights", "cross-entropy-kl", "micro-batches",
        "confident-mistake", "temperature" or "perplexity".
    language : str
        The language of its words.
    **parameters : int or float
        Where its sliders start; without them, at the numbers of the chapter that it belongs to.

    Returns
    -------
    Explorable
        What a notebook shows as the figure.

    Raises
    ------
    TypeError
        If the figure has no such parameter, or it is not a number.
    ValueError
        If the figure or the language is unknown, or a parameter is out of its range or between two steps.

    Examples
    --------
    >>> show("binomial-likelihood", n=10, k=7)
    Explorable('binomial-likelihood', n=10, k=7, p=0.7)
    """
    one_of("name", name, tuple(_FIGURES))
    one_of("language", language, _languages())
    ranges = _FIGURES[name]
    if unknown := parameters.keys() - ranges.keys():
        raise TypeError(f"{name!r} has no parameter {min(unknown)!r}; it has {', '.join(ranges)}")
    values = {}
    for key, allowed in ranges.items():
        high = values[allowed.high] if isinstance(allowed.high, str) else allowed.high
        values[key] = _check(key, parameters.get(key, min(allowed.value, high)), allowed, high)
    return Explorable(name, language, values)


class Explorable:
    """An interactive figure; notebooks show it by `_repr_html_`."""

    def __init__(self, name, language, values):
        self.name, self.language, self.values = name, language, values

    def __repr__(self):
        values = ", ".join(f"{key}={value}" for key, value in self.values.items())
        return f"Explorable({self.name!r}, {values})"

    def _repr_html_(self):
        table = _words(self.language)
        words = {**table["every figure"], **table[self.name]}
        ranges = _FIGURES[self.name]
        controls = {key: ranges[key]._replace(value=value)._asdict() for key, value in self.values.items()}
        # The same at every run, as committed outputs must be, and another for each figure on a page.
        key = hashlib.sha256(f"{self!r} {self.language}".encode()).hexdigest()[:8]
        config = json.dumps([key, words, controls], ensure_ascii=False)
        return _PAGE.format(
            key=key,
            rows=len(controls),
            config=config,
            language=self.language,
            title=words["title"],
            instead=words["without script"],
            style=_source("base.css"),
            script=_source("base.js") + _source(f"{self.name}.js"),
        )


def _check(key, value, allowed, high):
    """Return a number, also NumPy's, in the one form that it has in the HTML.

    What the slider could not stand at is rejected: it would silently move to another number.
    """
    if isinstance(value, (bool, np.bool)) or not isinstance(value, Real):
        raise TypeError(f"{key} must be a number, got {value!r}")
    if not allowed.low <= value <= high:
        raise ValueError(f"{key} must be between {allowed.low} and {high}, got {value!r}")
    steps = (value - allowed.low) / allowed.step
    if not math.isclose(steps, round(steps), abs_tol=1e-6):
        raise ValueError(f"{key} goes from {allowed.low} in steps of {allowed.step}, got {value!r}")
    return int(value) if float(value).is_integer() else float(value)


def _languages():
    return tuple(sorted(path.name[:-5] for path in files(__name__).iterdir() if path.name.endswith(".json")))


@cache
def _words(language):
    """Return all words of a language, ready to stand in HTML."""
    return _escape(json.loads(files(__name__).joinpath(f"{language}.json").read_text("utf-8")))


def _escape(words):
    if isinstance(words, str):
        return html.escape(words)
    if isinstance(words, list):
        return [_escape(word) for word in words]
    return {key: _escape(word) for key, word in words.items()}


@cache
def _source(file):
    """Return a module or style sheet without what only its authors need, so that it fits into one module."""
    text = files(__name__).joinpath(file).read_text("utf-8")
    text = re.sub(r"^import .*\n|^export |^ *//.*\n|^/\*.*\*/\n", "", text, flags=re.M)
    return re.sub(r"^\s+", "", text, flags=re.M)
