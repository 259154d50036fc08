"""The argument checks that several modules share: what was given, where, what was expected, the cure."""

import sys
import warnings

import numpy as np


def to_numpy(value):
    """Any array-like as an array; a PyTorch tensor is detached, without importing PyTorch for it."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        if value.dtype == torch.bfloat16:  # unknown to NumPy
            value = value.float()
    return np.asarray(value)


def real_array(name, value):
    """`value` as a float64 array without NaN; infinities may pass."""
    array = to_numpy(value)
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must hold real numbers, got {array.dtype}")
    array = array.astype(np.float64)
    require(name, array, ~np.isnan(array), "a number")
    return array


def require(name, array, ok, expected):
    """Raise ValueError at the first entry of `array` whose `ok` is False."""
    if not np.all(ok):
        raise ValueError(f"{first_bad(name, array, ok)}, expected {expected}")


def first_bad(name, array, ok):
    """Position and value of the first entry whose `ok` is False, such as ``p[0, 2] = 1.5``."""
    position = tuple(np.argwhere(~ok)[0].tolist())
    return f"{name}{list(position) if position else ''} = {array[position].item()!r}"


def one_of(name, value, choices):
    """A keyword with few possible values, such as `reduction`."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(
            f"{name} must be {', '.join(map(repr, choices[:-1]))} or {choices[-1]!r}, got {value!r}"
        )
    return value


def integer_from(least, name, value):
    if not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} must be an integer of at least {least}, got {value!r}")
    return int(value)


def class_index(name, value, n_classes):
    """Integers 0 to n_classes - 1; a negative index would silently count from the end."""
    array = to_numpy(value)
    if array.dtype.kind not in "ui":
        raise TypeError(
            f"{name} must hold integers (class indices), got {array.dtype}: use {name}.astype(int)"
        )
    ok = (array >= 0) & (array < n_classes)
    if not ok.all():
        hint = ". Did you number the classes from 1?" if array.min() >= 0 else ""
        raise IndexError(
            f"{first_bad(name, array, ok)} is not a class index: there are {n_classes} classes"
            f" (0..{n_classes - 1}){hint}"
        )
    return array


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
    tolerance = np.sqrt(np.finfo(given if given.kind == "f" else float).eps)
    total = array.sum(axis=-1)
    require(f"{name}.sum(axis=-1)", total, np.abs(total - 1) <= tolerance, "1: each row must add up to 1")
    return array


def warn(message, category=UserWarning):
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("nllutils."):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level + 1)
