"""Judge an answer as a teacher would. Knows no exercise and no language.

`close` holds the rule of digits; `judge` asks it about the right answer, the typical wrong ones, and whether
the answer is at least nearly right.
"""

import copy
import operator
import traceback
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Exercise:
    """A right answer and, by the name of their hint, wrong ones; functions if there are `inputs` to try.

    `within` is how far off an answer may be where digits are no measure: for a count, for a number that
    another machine trains a little differently, or where a wrong answer shares the first digits.
    """

    right: object
    wrong: dict
    inputs: tuple = ()
    within: float | None = None


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
            said = " ".join(traceback.format_exception_only(error)[-1].split())[:300]
            return {"verdict": "raised", "inputs": shown(inputs), "error": said}
    right = outcomes(exercise, exercise.right)
    agrees = [close(*pair, within=exercise.within) for pair in zip(given, right, strict=True)]
    if all(agrees):
        return {"verdict": "right"}

    place = agrees.index(False)
    found = {"inputs": shown(exercise.inputs[place])} if exercise.inputs else {}
    for hint, wrong in exercise.wrong.items():
        wrong = outcomes(exercise, wrong)
        within = exercise.within and exercise.within * size(wrong[0]) / size(right[0])
        if all(close(*pair, within=within) for pair in zip(given, wrong, strict=True)):
            return found | {"verdict": "hint", "hint": hint, "given": shown(given[place])}
    needed, got = kind_of(right[place]), kind_of(given[place])
    if needed != got:
        return found | {"verdict": "kind", "needed_kind": needed, "given_kind": got}
    nearly = all(close(*pair, digits=2, relative=1e-2) for pair in zip(given, right, strict=True))
    return found | {"verdict": "nearly" if nearly else "wrong", "given": shown(given[place])}


def outcome(answer, inputs):
    """The plain value of an answer or, with inputs, of what it returns for copies of them."""
    return plain(answer if inputs is None else answer(*copy.deepcopy(inputs)))


def outcomes(exercise, answer):
    return [outcome(answer, inputs) for inputs in exercise.inputs or [None]]


def close(given, right, digits=3, relative=1e-4, within=None):
    """Is `given` the number or array `right`, in as many digits as it was given?

    A number typed by hand tells where it was rounded: 0.357 at its third decimal, so it may be half of
    0.001 off. At least `digits` digits of the right answer count, and they need not be visible: 1.5 is also
    1.50, which is right for 1.4959, as 1.49 and 1.495 (cut off, not rounded) are not. A computed number shows
    more digits than anyone rounds to; for it, only `relative` matters. In an array, the digits of its largest
    number count: 0.841, 0.112, 0.047 have three decimals each. Instead of all this, `within` is the absolute
    distance allowed. Truth values are equal or not.
    """
    if kind_of(given) != kind_of(right):
        return False
    if right.dtype.kind == "b":
        return bool((given == right).all())
    given, right = given.astype(float), right.astype(float)
    with np.errstate(all="ignore"):
        if within is None:
            largest = size(right) or 1.0
            place = np.minimum(last_place(given), np.floor(np.log10(largest)) - digits + 1)
            rounding = np.maximum(relative * np.abs(right), 0.5 * 10.0**place)
            within = rounding + 1e-12 * largest  # a half is rounded either way; 1e-17 is 0
        near = np.isfinite(right) & (np.abs(given - right) <= within)
    return bool((near | (given == right) | (np.isnan(given) & np.isnan(right))).all())


def size(array):
    """The largest finite number of an array, without its sign."""
    return np.abs(array[np.isfinite(array)]).max(initial=0.0)


@np.vectorize
def last_place(number):
    """The decimal place of the last digit that is not 0: -3 for 0.357, 0 for 35, 2 for 4900.

    Seven digits count, which is what float32 holds: 0.1 + 0.2 is 0.3, and so is 0.3 as float32.
    """
    if not np.isfinite(number):
        return 0.0
    mantissa, exponent = f"{number:.6e}".split("e")
    return float(int(exponent) - len(mantissa.rstrip("0").partition(".")[2]))


def plain(value):
    """Numbers in any wrapping (lists, tensors, fractions) as an array; anything else as it is."""
    try:
        if not hasattr(value, "shape") and operator.length_hint(value) > 1_000_000:
            return value  # a long range would take all memory; an array or a tensor is only looked at
        if hasattr(value, "as_integer_ratio") and not isinstance(value, bool):
            value = float(value)
        array = np.asarray(value)
    except Exception:
        try:  # a tensor that has a gradient, or another type or device than NumPy has; lists of such
            array = np.asarray(value.tolist() if hasattr(value, "tolist") else list(map(plain, value)))
        except Exception:  # ragged lists, numbers beyond float: no number to compare with
            return value
    return array if array.dtype.kind in "biuf" else value


def kind_of(value):
    """A key of a language's table of kinds, and what fills the blank of its name."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        name = "flag" if value.dtype.kind == "b" else "number"
        return (f"{name}s", value.shape) if value.ndim else (name, "")
    if value is None:
        return "none", ""
    if isinstance(value, np.ndarray):
        return "other", f"ndarray({value.dtype})"
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
