"""Judge an answer: right, a typical mistake, or another kind of thing. Knows no exercise and no language."""

import copy
import traceback
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Exercise:
    """A right answer and, by the name of their hint, wrong ones; functions if there are `inputs` to try."""

    right: object
    wrong: dict
    inputs: tuple = ()
    within: float | None = None

    def close(self, given, right):
        """Are two plain values the same number or array, if typed by hand with four decimals?"""
        if not isinstance(given, np.ndarray):
            return False
        if (given.shape, given.dtype) != (right.shape, right.dtype):
            return False
        relative, absolute = 0.0, self.within
        if absolute is None:
            size = np.max(np.abs(right[np.isfinite(right)]), initial=0.0)
            relative, absolute = 1e-4, min(6e-5, size / 100)
        return bool(np.isclose(given, right, rtol=relative, atol=absolute, equal_nan=True).all())


def judge(exercise, answer):
    """Compare an answer with the right one and with the typical wrong ones.

    Returns
    -------
    dict
        ``"verdict"``, a key of a language's table, and what fills the blanks of the sentence there.
    """
    if answer is ...:
        return {"verdict": "unsolved"}
    if exercise.inputs and not callable(answer):
        return {"verdict": "kind", "needed_kind": ("function", ""), "given_kind": kind_of(plain(answer))}
    given = []
    for inputs in exercise.inputs or [None]:
        try:
            given.append(outcome(answer, inputs))
        except Exception as error:  # the reader's function may raise anything
            said = traceback.format_exception_only(error)[-1].strip()
            return {"verdict": "raised", "inputs": shown(inputs), "error": said}
    right = outcomes(exercise, exercise.right)
    agrees = [exercise.close(*pair) for pair in zip(given, right, strict=True)]
    if all(agrees):
        return {"verdict": "right"}

    place = agrees.index(False)
    found = {"given": shown(given[place])}
    if exercise.inputs:
        found["inputs"] = shown(exercise.inputs[place])
    for hint, wrong in exercise.wrong.items():
        if all(map(exercise.close, given, outcomes(exercise, wrong))):
            return found | {"verdict": "hint", "hint": hint}
    kinds = {"needed_kind": kind_of(right[place]), "given_kind": kind_of(given[place])}
    return found | kinds | {"verdict": "wrong" if len(set(kinds.values())) == 1 else "kind"}


def outcome(answer, inputs):
    """The plain value of an answer or, with inputs, of what it returns for copies of them."""
    return plain(answer if inputs is None else answer(*copy.deepcopy(inputs)))


def outcomes(exercise, answer):
    return [outcome(answer, inputs) for inputs in exercise.inputs or [None]]


def plain(value):
    """Numbers in any wrapping (lists, tensors, fractions) as one array; anything else as it is."""
    try:
        if not isinstance(value, np.ndarray) and hasattr(value, "tolist"):
            value = value.tolist()  # a tensor, on any device and in any type
        elif hasattr(value, "as_integer_ratio") and not isinstance(value, bool):
            value = float(value)
        array = np.asarray(value)
    except Exception:  # ragged lists, numbers beyond float: no number to compare with
        return value
    if array.dtype.kind in "iuf":
        return array.astype(float)
    return array if array.dtype.kind == "b" else value


def kind_of(value):
    """A key of a language's table of kinds, and what fills the blank of its name."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "bf":
        name = "flag" if value.dtype.kind == "b" else "number"
        return (f"{name}s", value.shape) if value.ndim else (name, "")
    if value is None:
        return "none", ""
    return ("function", "") if callable(value) else ("other", type(value).__name__)


def shown(value):
    """A value in one line; long arrays shortened."""
    if isinstance(value, tuple):
        return ", ".join(map(shown, value))
    with np.printoptions(threshold=12, precision=6):
        if not isinstance(value, np.ndarray):
            text = repr(value)
        elif value.ndim:
            text = np.array2string(value, separator=", ")
        else:
            text = str(value) if value.dtype.kind == "b" else f"{value:.6g}"
    return " ".join(text.split())
