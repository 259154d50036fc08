"""The argument checks that several modules share: what was given, where, what was expected, the cure.

A cure is code between backquotes that runs on what was given, be it an array, a list or a PyTorch tensor.
"""

import operator
import sys
import warnings
from itertools import islice

import numpy as np


def to_numpy(value, name="array", if_masked="leave them out, with all that belongs to them"):
    """Any array-like as an array; a PyTorch tensor is detached, without importing PyTorch for it."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise TypeError(f"{name} has masked entries: {if_masked}")
    if not is_tensor(value):
        return np.asarray(value)
    try:
        value = value.detach().cpu().resolve_conj().resolve_neg()
        return (value.float() if _is_bfloat16(value) else value).numpy()
    except (TypeError, RuntimeError) as error:  # sparse, nested, quantised, float8, without data
        raise TypeError(
            f"{name} is no ordinary tensor ({error}): use one that is, such as `{name}.to_dense().float()`"
        ) from None


def is_tensor(value):
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def cure(name, value, code, for_tensor=None):
    """Code that mends the argument, `{}` standing for it: ``{}.astype(int)``, for a tensor ``{}.long()``."""
    if is_tensor(value):
        code = for_tensor or code
    elif code.startswith("{}") and not isinstance(value, np.ndarray):  # a list has no methods
        name = f"np.asarray({name})"
    return f"`{code.format(name)}`"


def numbers(name, value, kinds="buif"):
    """`value` as an array of real numbers; `kinds` are NumPy's letters for the types that may pass."""
    array = to_numpy(value, name)
    if array.dtype.kind not in kinds:
        number_like = array.dtype.kind in "bO" and _converts(array, float)
        hint = f": use {cure(name, value, '{}.astype(float)', '{}.float()')}" if number_like else ""
        raise TypeError(f"{name} must hold real numbers, got {array.dtype}{hint}")
    return array


def real_array(name, value):
    """`value` as a float64 array without NaN; infinities may pass."""
    array = numbers(name, value).astype(np.float64)
    require(name, array, ~np.isnan(array), "a number")
    return array


def number(name, value):
    """`value` as a float."""
    array = numbers(name, value, "iuf")
    if array.ndim:
        raise ValueError(f"{name} must be one number, got shape {array.shape}")
    return float(array)


def integer_from(least, name, value):
    """`value` as an int; `least` may be None."""
    try:
        integer = None if isinstance(value, (bool, np.bool_)) else operator.index(value)
    except TypeError:
        integer = None
    if integer is None or (least is not None and integer < least):
        at_least = "" if least is None else f" of at least {least}"
        raise ValueError(f"{name} must be an integer{at_least}, got {value!r}")
    return integer


def one_of(name, value, choices):
    """A keyword with few possible values, such as `reduction`."""
    if not isinstance(value, str) or value not in choices:
        *others, last = map(repr, choices)
        expected = f"{', '.join(others)} or {last}" if others else last
        raise ValueError(f"{name} must be {expected}, got {value!r}")
    return value


def require(name, array, ok, expected):
    """Raise ValueError at the first entry of `array` whose `ok` is False."""
    if not np.all(ok):
        position = tuple(np.argwhere(~np.asarray(ok))[0].tolist())
        found = f"{name}{list(position) or ''} = {np.asarray(array)[position].item()!r}"
        raise ValueError(f"{found}, expected {expected}")


def class_index(name, value, n_classes):
    """Integers 0 to n_classes - 1."""
    array = integers(name, value)
    in_range(name, value, array, n_classes)
    return array


def integers(name, value, otherwise=""):
    """`value` as an array of integers of any width; `otherwise` says what else it could have been."""
    array = to_numpy(value, name)
    if array.dtype.kind in "ui":
        return array
    if array.size == 0:
        return array.astype(np.intp)  # NumPy reads the empty list as floats
    hint = ""
    if array.dtype.kind == "f" and np.isnan(array).any():
        hint = ": nan is a missing value, leave it out"
    elif array.dtype.kind in "bfO" and _converts(array, int):
        hint = f": use {cure(name, value, '{}.astype(int)', '{}.long()')}"
    elif array.dtype.kind in "UO":
        hint = f": number the classes, `np.unique({name}, return_inverse=True)[1]`"
    raise TypeError(f"{name} must hold integers (class indices), got {array.dtype}{hint}{otherwise}")


def in_range(name, value, array, n_classes, ignore_index=None):
    """IndexError at the first index that is neither class nor ignored; NumPy reads -1 as the last class."""
    flat = array.reshape(-1)
    for start in range(0, flat.size, 2**16):  # in pieces: no temporary grows with the batch
        piece = flat[start : start + 2**16]
        if piece.min() >= 0 and piece.max() < n_classes:
            continue
        ok = ((piece >= 0) & (piece < n_classes)) | (False if ignore_index is None else piece == ignore_index)
        if not ok.all():
            first = start + int(np.argmin(ok))
            position = [int(i) for i in np.unravel_index(first, array.shape)]
            hint = ""
            if flat[first] > 0:
                from_one = flat.min() == 1 and flat.max() == n_classes
                hint = ". Did you number the classes from 1?" + (
                    f" Then use {cure(name, value, '{} - 1')}" if from_one else ""
                )
            elif ignore_index is not None:
                hint = f". To skip it pass `ignore_index={flat[first]}`"
            raise IndexError(
                f"{name}{position or ''} = {flat[first]} is not a class index: there are {n_classes} classes"
                f" (0..{n_classes - 1}){hint}"
            )


def probability(name, value):
    array = real_array(name, value)
    require(name, array, (array >= 0) & (array <= 1), "a probability between 0 and 1")
    return array


def distribution(name, value):
    """Rows of probabilities, each summing to 1 as far as the dtype it came in can tell."""
    array = probability(name, value)
    if array.ndim == 0:
        raise ValueError(f"{name} needs a class axis: expected shape (..., C), got a single number")
    given = to_numpy(value).dtype
    epsilon = 2**-7 if _is_bfloat16(value) else np.finfo(given if given.kind == "f" else float).eps
    total = array.sum(axis=-1)
    ok = np.abs(total - 1) <= np.sqrt(epsilon)
    require(f"{name}.sum(axis=-1)", total, ok, "1: each row must add up to 1")
    return array


def four_lines(x, axis):
    """The first lines along an axis: of a mistake in all of them they tell as much as all, at no cost."""
    lines = x.swapaxes(axis, -1)
    return [lines[i] for i in islice(np.ndindex(*(min(4, n) for n in lines.shape[:-1])), 4)]


def look_like_probabilities(scores, axis=1):
    """Whether scores lie in [0, 1] and sum to 1 along the class axis."""
    lines = four_lines(scores, axis)
    return bool(lines) and all(
        line.min() >= 0 and line.max() <= 1 and abs(line.sum(dtype=np.float64) - 1) < 1e-3 for line in lines
    )


def warn(message, category=UserWarning):
    """A warning at the line of the caller: what is computed in silence elsewhere and nearly always wrong."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("nllutils."):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level + 1)


def _converts(array, kind):
    """Whether an array of objects, or of numbers that should be whole, can be had as floats or integers."""
    try:
        with np.errstate(invalid="ignore"):
            converted = array.astype(kind)
            return bool(np.all(converted == (array if kind is int else converted)))  # None becomes nan
    except (TypeError, ValueError, OverflowError):
        return False


def _is_bfloat16(value):  # a type that NumPy does not have
    return is_tensor(value) and str(value.dtype) == "torch.bfloat16"
