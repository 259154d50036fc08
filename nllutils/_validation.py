"""Every argument check of the package: what was given, at which position, what was expected, the fix."""

import math
import operator
import sys
import warnings

import numpy as np

# --- arrays -------------------------------------------------------------------------------------------


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


# --- losses -------------------------------------------------------------------------------------------


def one_of(name, value, choices):
    """A keyword with few possible values, such as `reduction`."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(
            f"{name} must be {', '.join(map(repr, choices[:-1]))} or {choices[-1]!r}, got {value!r}"
        )
    return value


def reduction(value):
    return one_of("reduction", value, ("none", "mean", "sum"))


def label_smoothing(value):
    if not 0 <= value <= 1:  # also NaN; PyTorch silently reads a negative one as 0
        raise ValueError(f"label_smoothing must be between 0 and 1, got {value!r}")
    return float(value)


def floating(name, value):
    """Real numbers as float32 or float64; float16 becomes float32, as under `torch.autocast`."""
    array = to_numpy(value)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must hold real numbers, got {array.dtype}")
    if array.dtype in (np.float32, np.float64):
        return array
    return array.astype(np.float32 if array.dtype == np.float16 else np.float64)


def class_axis(shape):
    """Axis 1 as in PyTorch, or the only axis of a single sample."""
    return min(len(shape) - 1, 1)


def class_scores(name, value):
    """Logits or log-probabilities: floats of shape (C), (N, C) or (N, C, d1, ...) with C >= 1."""
    array = floating(name, value)
    if array.ndim == 0:
        raise ValueError(
            f"{name} needs a class axis: expected (C), (N, C) or (N, C, d1, ...), got one number"
        )
    if array.shape[class_axis(array.shape)] == 0:
        raise ValueError(f"{name} has no classes: expected C >= 1 in (N, C, ...), got shape {array.shape}")
    return array


def class_weight(value, n_classes):
    """One finite weight >= 0 for each class as float64, or None."""
    if value is None:
        return None
    weight = floating("weight", value).astype(np.float64)
    if weight.shape != (n_classes,):
        raise ValueError(f"weight must have one entry per class: expected ({n_classes},), got {weight.shape}")
    require("weight", weight, np.isfinite(weight), "a finite number")
    return non_negative("weight", weight, ": expected weights >= 0")


def target_shape(shape):
    """The shape of class indices for an input of this shape."""
    return shape[:1] + shape[2:] if len(shape) > 1 else ()


def class_target(value, shape, ignore_index, soft):
    """Class indices for an input of this shape or, if `soft`, floating class probabilities of its shape."""
    index("ignore_index", ignore_index)
    target = to_numpy(value)
    expected = target_shape(shape)
    if soft and target.shape == shape and target.dtype.kind == "f":
        return class_probabilities(target, ignore_index)
    if target.size == 0 and target.shape == expected:
        return target.astype(np.intp)  # NumPy reads the empty list as floats
    if target.shape == shape:
        raise TypeError(
            f"target has the shape of input, {shape}, and dtype {target.dtype}: for class indices use"
            f" target.argmax(axis={class_axis(shape)}), for class probabilities target.astype(float)"
            " with cross_entropy"
        )
    if target.dtype.kind not in "iu":
        raise TypeError(
            f"target must hold integers (got {target.dtype}). Class probabilities need the shape of input,"
            f" {shape}; class indices: target.astype(int)"
        )
    if target.shape != expected:
        raise ValueError(
            f"input {shape} needs target of shape {expected}, got {target.shape}"
            + _shape_hint(target.shape, shape, expected)
        )
    _check_range(target, shape[class_axis(shape)], ignore_index)
    return target


def _shape_hint(given, shape, expected):
    if len(given) > 1 and math.prod(given) == math.prod(expected):
        return ": use target.ravel()" if len(expected) == 1 else f": use target.reshape({expected})"
    if len(shape) > 2 and given == shape[:-1]:
        return ": the class axis of input is axis 1, not the last: use np.moveaxis(input, -1, 1)"
    return ""


def _check_range(target, n_classes, ignore_index):
    """IndexError at the first index that is neither class nor ignored; NumPy reads -1 as the last class."""
    flat = target.reshape(-1)
    for start in range(0, flat.size, 2**16):  # in pieces: no temporary grows with the batch
        piece = flat[start : start + 2**16]
        if piece.min() >= 0 and piece.max() < n_classes:
            continue
        ok = (piece == ignore_index) | ((piece >= 0) & (piece < n_classes))
        if not ok.all():
            first = start + int(np.argmin(ok))
            value, position = int(flat[first]), [int(i) for i in np.unravel_index(first, target.shape)]
            hint = (
                "Did you number the classes from 1?"
                if value > 0
                else f"To skip it pass ignore_index={value}."
            )
            raise IndexError(
                f"target{position or ''} = {value} is not a class index: input has {n_classes} classes"
                f" (0..{n_classes - 1}). {hint}"
            )


def class_probabilities(target, ignore_index):
    if ignore_index >= 0:
        raise ValueError(
            f"ignore_index={ignore_index} has no meaning for class probabilities: leave those samples out"
        )
    axis = class_axis(target.shape)
    few = target[:4].astype(np.float64) if axis else target.astype(np.float64)
    off = ~(np.abs(few.sum(axis=axis) - 1) < 1e-2)
    if few.size and (off.any() or few.min() < 0):
        warn("target rows should be class probabilities: not negative, with sum 1; give each class its share")
    return target


def index(name, value):
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {value!r}") from None


def axis(value, ndim):
    value = index("axis", value)
    if ndim == 0:
        raise ValueError("input needs at least one axis, got one number")
    if not -ndim <= value < ndim:
        raise ValueError(
            f"axis must be between {-ndim} and {ndim - 1} for input with {ndim} axes, got {value}"
        )
    return value % ndim


def variance_like(var, shape):
    """Variances ready to broadcast against `shape`: one for all, one each, or one along a single axis."""
    if var.shape in ((), shape):
        return var
    if var.shape == shape[:-1]:
        return var[..., None]
    if var.ndim == len(shape) and [b for a, b in zip(shape, var.shape, strict=True) if a != b] == [1]:
        return var
    raise ValueError(
        f"var must be one number or have the shape of input, {shape}, perhaps without its last axis or with"
        f" one axis of length 1; got {var.shape}"
    )


def same_shape(**arrays):
    """Elementwise losses do not broadcast: a stray axis would give N * N losses instead of N."""
    (first, a), (second, b) = arrays.items()
    if a.shape != b.shape:
        hint = f": use {second}.reshape({first}.shape)" if a.size == b.size else ""
        raise ValueError(f"{first} {a.shape} and {second} {b.shape} must have the same shape{hint}")


def non_negative(name, array, hint=""):
    """NaN passes: it shows in the result."""
    ok = ~(array < 0)
    if not ok.all():
        raise ValueError(f"{first_bad(name, array, ok)} is negative{hint}")
    return array


# What PyTorch computes in silence and what is nearly always a mistake: a warning, at the caller's line.


def warn(message, category=UserWarning):
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("nllutils."):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level + 1)


def look_like_probabilities(scores):
    """Whether scores (N, C, D) lie in [0, 1] and sum to 1. Four rows tell as much as all, at no cost."""
    rows = [row[:, 0] for row in scores[:4] if row.size]
    return bool(rows) and all(
        row.min() >= 0 and row.max() <= 1 and abs(row.sum(dtype=np.float64) - 1) < 1e-3 for row in rows
    )


def warn_unless_logits(scores):
    if look_like_probabilities(scores):
        warn(
            "input looks like probabilities (rows lie in [0, 1] and sum to 1): cross_entropy expects logits,"
            " the scores before softmax; from probabilities p pass np.log(p)"
        )


def warn_unless_log_probabilities(picked, scores):
    """`picked`: the entries that the loss looks up anyway, so that good input costs no pass over the rest."""
    largest = np.max(picked, initial=-np.inf)
    if not largest > 1e-3:  # a log-softmax in half precision may round to a little above 0
        return
    if look_like_probabilities(scores):
        warn(
            "input looks like probabilities, not log-probabilities (rows sum to 1): use np.log(p) or"
            " cross_entropy(logits, target)"
        )
    else:
        warn(
            f"log-probabilities cannot be positive (max {largest:.4g}):"
            " did you pass logits? use cross_entropy"
        )


def warn_mean_of_nothing(n_targets, n_kept):
    if n_targets == 0:
        what = "the batch is empty"
    elif n_kept == 0:
        what = f"{n_targets} targets, all ignored"
    else:
        what = "all that are kept have weight 0"
    warn(
        f"mean over no targets ({what}): the mean is nan; use reduction='sum' or an accumulator",
        RuntimeWarning,
    )


# --- likelihood ---------------------------------------------------------------------------------------


def coin(name, value):
    array = real_array(name, value)
    require(name, array, (array == 0) | (array == 1), "0 or 1")
    return array


def count(name, value):
    array = real_array(name, value)
    require(name, array, (array >= 0) & (array == np.floor(array)) & (array < np.inf), "a count: 0, 1, 2, …")
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


def sample(name, array):
    """Data to estimate from: at least one observation."""
    if array.size == 0:
        raise ValueError(f"{name} is empty: without data every parameter is equally good, there is no MLE")
    return array


def broadcastable(**arrays):
    """The arrays, if their shapes broadcast."""
    shapes = {name: array.shape for name, array in arrays.items()}
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        given = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        first = next(iter(shapes))
        raise ValueError(
            f"shapes do not broadcast: {given}. For every observation under every parameter make the data a"
            f" column: {first}[:, None]"
        ) from None
    return arrays.values()


# --- accumulate and calibration -----------------------------------------------------------------------


def sum_and_count(total, count):
    if not 0 <= count < math.inf:
        raise ValueError(f"count = {count!r}, expected a finite number >= 0 (of targets, or sum of weights)")
    if count == 0 and total != 0:
        raise ValueError(
            f"total = {total!r} with count = 0: the sum over nothing is 0. Did you pass a mean? Use"
            " reduction='sum'"
        )


def known_bytes(n_bytes):
    if not n_bytes > 0:
        given = "0 bytes were given in all" if n_bytes == 0 else "a batch came without n_bytes"
        raise ValueError(f"bits per byte need the length of the text, but {given}: pass n_bytes every time")


def one_target_per_row(name, scores, value):
    """Class indices (N,) for scores of shape (N, C) with N >= 1."""
    if scores.ndim != 2 or 0 in scores.shape:
        raise ValueError(f"{name} must have shape (N, C) with N >= 1 and C >= 1, got {scores.shape}")
    target = class_index("target", value, scores.shape[1])
    if target.shape != scores.shape[:1]:
        hint = ": use target.ravel()" if target.size == len(scores) else ""
        expected = scores.shape[:1]
        raise ValueError(f"{name} {scores.shape} needs target of shape {expected}, got {target.shape}{hint}")
    return target


# --- datasets and training ----------------------------------------------------------------------------


def one_per_row(name, value):
    """Labels of any kind as a (N,) array with at least one row."""
    array = to_numpy(value)
    if array.ndim != 1 or len(array) == 0:
        raise ValueError(f"{name} must have one value for each row, shape (N,); got shape {array.shape}")
    return array


def shares(name, value):
    """Positive numbers that sum to 1."""
    array = real_array(name, value)
    if array.ndim != 1 or not np.all(array > 0) or not np.isclose(array.sum(), 1):
        raise ValueError(f"{name} must be positive and sum to 1, such as [0.6, 0.2, 0.2]; got {value}")
    return array


def integer_from(least, name, value):
    if not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} must be an integer of at least {least}, got {value!r}")
    return int(value)


def trainable(model):
    """A PyTorch module with something to train."""
    import torch

    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
    if not any(parameter.requires_grad for parameter in model.parameters()):
        raise ValueError("model has no parameters that require a gradient: there is nothing to train")
    return model


def tensor_pair(name, pair, model):
    """(input, target) as tensors on the model's device, with as many rows each and the model's precision."""
    import torch

    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise TypeError(f"{name} must be a pair (input, target), got {type(pair).__name__}")
    like = next(model.parameters())
    input, target = (torch.as_tensor(part, device=like.device) for part in pair)
    rows = [len(part) if part.dim() else 0 for part in (input, target)]
    if rows[0] != rows[1] or rows[0] == 0:
        raise ValueError(
            f"{name}: input has {rows[0]} rows and target {rows[1]}; expected the same number, at least 1"
        )
    if input.is_floating_point() and input.dtype != like.dtype:
        raise TypeError(
            f"{name}: input is {input.dtype} but the model's parameters are {like.dtype}:"
            f" convert one of them, such as model.to({input.dtype})"
        )
    return input, target


def scalar_loss(value):
    """What a loss gave for one batch: a tensor with a single number."""
    import torch

    if not isinstance(value, torch.Tensor):
        raise TypeError(
            f"loss must return a PyTorch tensor, got {type(value).__name__}:"
            " training needs its gradient, use a loss of torch.nn"
        )
    if value.dim() != 0:
        raise ValueError(
            f"loss must return one number for a batch, got shape {tuple(value.shape)}: use reduction='mean'"
        )
    return value


def optimizer_class(value):
    """What makes an optimizer; a ready optimizer may hold another model's parameters."""
    if not callable(value):
        raise TypeError(
            "optimizer must be a class such as torch.optim.SGD (or a functools.partial of one), called with"
            f" the model's parameters and lr; got a ready {type(value).__name__}"
        )
    return value
