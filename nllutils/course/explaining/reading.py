"""One argument as it was given: its kind, shape, type, and rows of it. Nothing here changes it."""

import math
import sys
import warnings

import numpy as np

from nllutils import logsumexp

NUMBERS = {"tensor", "array", "list"}
TENSORS = {"tensor", "sparse", "special"}
FLOATS = {"float16", "bfloat16", "float32", "float64"}
EPSILON = {"float16": 2**-10, "bfloat16": 2**-7}
INTEGERS = {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}


class Given:
    """An argument of the call, as far as it can be read. To make one never raises.

    `kind` is one of `NUMBERS` (``"list"``: whatever else NumPy reads as numbers) or says why it is none of
    them; `family` is ``"float"``, ``"int"``, ``"bool"`` or ``"other"``.
    """

    def __init__(self, value):
        self.value, self.kind, self.family = value, "object", "other"
        self.dtype = self.type = type(value).__name__
        self.shape = None
        self.device, self.has_values, self.requires_grad = "cpu", False, False
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._read(value)
        except Exception:  # to read an object may raise anything
            self.kind = "object"

    def _read(self, value):
        torch = sys.modules.get("torch")
        if value is None:
            self.kind = "none"
        elif torch is not None and isinstance(value, torch.Tensor):
            self._read_tensor(value, torch)
        elif isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
            self.kind, self.shape, self.has_values = "masked", value.shape, True
        else:
            self._read_array(value)

    def _read_tensor(self, value, torch):
        if value.is_nested or value.is_quantized:
            self.kind = "special"
            return
        self.kind = "tensor" if value.layout == torch.strided else "sparse"
        self.shape, self.device = tuple(value.shape), str(value.device)
        self.has_values = value.device.type != "meta"
        if self.kind == "sparse":
            return
        self.value, self.requires_grad = value.detach(), value.requires_grad
        self.dtype = str(value.dtype).removeprefix("torch.")
        families = [(FLOATS, "float"), (INTEGERS, "int"), ({"bool"}, "bool"), ({self.dtype}, "other")]
        self.family = next(family for dtypes, family in families if self.dtype in dtypes)
        try:
            if self.size and self.has_values:
                self.value[(0,) * value.dim()].item()
        except Exception:  # where PyTorch only traces, a tensor has a shape but no values
            self.has_values = False

    def _read_array(self, value):
        try:
            array = np.asarray(value)
        except ValueError:
            self.kind = "ragged"
            return
        if array.dtype.kind in "US":
            self.kind = "text"
        elif array.dtype.kind in "biufc":
            self.kind = "array" if isinstance(value, (np.ndarray, np.generic)) else "list"
            self.family = {"b": "bool", "f": "float", "c": "other"}.get(array.dtype.kind, "int")
            self.value, self.shape, self.dtype = array, array.shape, array.dtype.name
            self.has_values = True

    @property
    def size(self):
        return math.prod(self.shape)

    def on_cpu(self):
        return self.value.cpu() if self.kind == "tensor" else self.value

    def flat(self):
        """All numbers in order, as an array."""
        return self._numbers(self.value.reshape(-1))

    def rows(self, axis, places=None):
        """The numbers along `axis`, (K, C), at some or all places of the other axes."""
        moved = self.value.movedim(axis, -1) if self.kind == "tensor" else np.moveaxis(self.value, axis, -1)
        *others, length = moved.shape
        if places is None:
            return self._numbers(moved.reshape(math.prod(others), length))
        return self._numbers(moved[np.unravel_index(places, others)])

    def _numbers(self, piece):
        if self.kind == "tensor":
            piece = piece.resolve_conj().resolve_neg().cpu()
            piece = (piece.float() if self.dtype in ("float16", "bfloat16") else piece).numpy()
        return piece


def kind_of_rows(rows, dtype):
    """``"probabilities"`` or ``"log-probabilities"`` if all rows are, as far as their type can tell."""
    if len(rows) == 0 or rows.shape[1] < 2:
        return ""
    tolerance = tolerance_of_rows(dtype, rows.shape[1])
    if rows.min() >= 0 and rows.max() <= 1 + tolerance and (abs(rows.sum(axis=1) - 1) < tolerance).all():
        return "probabilities"
    return "log-probabilities" if (abs(logsumexp(rows, axis=1)) < tolerance).all() else ""


def tolerance_of_rows(dtype, n_classes):
    """Rounding shifts a log-probability by half a unit in its last place; a row may shift as one."""
    return 1e-3 + EPSILON.get(dtype, 0) * (4 + math.log(n_classes))
