"""Exercises that check themselves: `check` says right, or what to look at again.

The logic is here and knows no language. `answers` holds the right and the typical wrong answers; what a
reader sees stands in one module per language, such as `ko`.
"""

import copy
import difflib
import traceback
from importlib import import_module

import numpy as np

from nllutils.course.exercises.answers import EXERCISES

LANGUAGES = ["ko"]


def check(name, answer, language="ko"):
    """Print whether `answer` solves an exercise, and if not, a hint.

    Parameters
    ----------
    name : str
        The chapter's slug and the number of the exercise, such as ``"likelihood-2"``.
    answer : object
        What the exercise asks for: a number, an array or a function; ``...`` if it is not solved yet. It is
        never changed, and a function gets copies.
    language : str
        The language of verdicts and hints.

    Raises
    ------
    ValueError
        If there is no such exercise or language. No answer raises anything.

    Examples
    --------
    >>> from nllutils import check
    >>> check("negation-1", 1.3863)
    정답입니다.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no language {language!r}: use {' or '.join(LANGUAGES)}")
    if name not in EXERCISES:
        near = difflib.get_close_matches(str(name), EXERCISES) or EXERCISES
        raise ValueError(f"no exercise {name!r}: use {' or '.join(near)}")
    words = import_module(f"{__name__}.{language}")
    found = judge(EXERCISES[name](), answer)
    found["look"] = words.LOOK[name]
    if "hint" in found:
        found["hint"] = words.HINTS[name][found["hint"]]
    for side in found.keys() & {"needed_kind", "given_kind"}:
        kind, detail = found[side]
        found[side] = words.KINDS[kind].format(detail)
    if "inputs" in found:
        print(words.CALL.format(**found))
    print(words.VERDICTS[found["verdict"]].format(**found))


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
