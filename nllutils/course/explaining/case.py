"""One call under examination: what was given, what was found, and the call as it should be."""

import ast
import sys
import warnings
from contextlib import contextmanager, nullcontext
from functools import cached_property
from typing import NamedTuple

import numpy as np

import nllutils
from nllutils.course.explaining.reading import TENSORS, Given

DEFAULTS = {"ignore_index": -100, "reduction": "mean", "label_smoothing": 0.0}
LIMIT = 2**22  # so many numbers are looked at; of a larger input, places at even distances stand for all

# How a cure is written for tensors and for arrays; {0} is what stood there before. What the reader is told
# to write is what is evaluated here, on the values that were given.
CURES = {
    "long": ("{0}.long()", "{0}.astype(int)"),
    "float": ("{0}.float()", "{0}.astype(float)"),
    "log": ("{0}.log()", "np.log({0})"),
    "exp": ("{0}.exp()", "np.exp({0})"),
    "softmax": ("{0}.softmax(dim={1})", "nllutils.softmax({0}, axis={1})"),
    "argmax": ("{0}.argmax(dim={1})", "{0}.argmax(axis={1})"),
    "argmax of flags": ("{0}.long().argmax(dim={1})", "{0}.argmax(axis={1})"),
    "shares": ("{0} / {0}.sum(dim={1}, keepdim=True)", "{0} / {0}.sum(axis={1}, keepdims=True)"),
    "classes to axis 1": ("{0}.movedim(-1, 1)", "np.moveaxis({0}, -1, 1)"),
    "minus one": ("torch.where({0} == {1}, {1}, {0} - 1)", "np.where({0} == {1}, {1}, {0} - 1)"),
    "replace": ("torch.where({0} == {1}, {2}, {0})", "np.where({0} == {1}, {2}, {0})"),
    "two columns": ("torch.cat([0 * {0}, {0}], dim={1})", "np.concatenate([0 * {0}, {0}], axis={1})"),
}
VIEWS = ("{0}.movedim", "np.moveaxis", "{0}.T", "{0}[None]", "{0}.reshape")  # these copy nothing


class Finding(NamedTuple):
    """One thing to tell.

    `level` is ``"error"``: the call stops; ``"wrong"``: it does not, but what it gives is of no use;
    ``"guess"``: it looks like a mistake; or ``"note"``. `cure` is code, empty where none always fits.
    """

    level: str
    key: str
    fields: dict
    cure: str


class Stop(Exception):
    """Nothing more can be said about the call."""


class Case:
    """A call, and what the checks write down about it."""

    def __init__(self, input, target, weight, loss, options):
        self.given = {"input": Given(input), "target": Given(target), "weight": Given(weight)}
        self.names = {name: name for name in self.given}  # swapped arguments swap their names
        self.code = {name: name for name in self.given}  # what stands for each argument in the mended call
        self.loss, self.options, self.whole = loss, options, "{call}"
        self.in_torch = any(given.kind in TENSORS for given in self.given.values())
        self.first, self.asked, self.asked_loss = dict(self.given), self.call, loss
        self.asked_options = {name: x for name, x in options.items() if shown(x) != shown(DEFAULTS[name])}
        self.reduction = DEFAULTS["reduction"]  # as it was asked for, if it means something
        self.facts, self.findings, self.mended, self.mended_value = [], [], "", ""
        self.hopeless = False  # some error has no cure
        self.moved = False  # the classes were put on axis 1
        self.unread = False  # the values of the mended input are not at hand
        # What the checks read: shares or class numbers as a target, which of them count, a weight per class.
        self.soft, self.numbers, self.kept, self.weights = False, None, None, None
        self.mean = None  # from float64, of a large input at some places

    # What was given, as mended so far

    @property
    def input(self):
        return self.given["input"]

    @property
    def target(self):
        return self.given["target"]

    @property
    def axis(self):
        """The axis that the call takes for the classes."""
        return min(len(self.input.shape) - 1, 1)

    @property
    def n_classes(self):
        return self.input.shape[self.axis]

    @property
    def target_shape(self):
        """The shape of class numbers: the input's without the class axis."""
        return without(self.input.shape, self.axis)

    def places(self, axis, most=None):
        """Places of the other axes, with so many numbers in all; None if that is every place."""
        length = max(1, self.input.shape[axis])
        count, few = self.input.size // length, max(1, (most or LIMIT) // length)
        return None if count <= few else np.linspace(0, count - 1, few).astype(int)

    def rows(self, axis=None, name="input", most=None):
        """Numbers of the input, or of a target of its shape, along an axis (the class axis): (K, C)."""
        axis = self.axis if axis is None else axis % len(self.input.shape)
        return self.given[name].rows(axis, self.places(axis, most)).astype(np.float64)

    # The call, as asked for and as mended

    @property
    def call(self):
        arguments = [self.code["input"], self.code["target"]]
        if self.given["weight"].kind != "none":
            arguments.append(self.code["weight"])
        options = {name: shown(value) for name, value in self.options.items()}
        arguments += [f"{name}={text}" for name, text in options.items() if text != shown(DEFAULTS[name])]
        call = f"{'F' if self.in_torch else 'nllutils'}.{self.loss}({', '.join(arguments)})"
        return self.whole.format(call=call, **self.code)

    @cached_property
    def outcome(self):
        """What becomes of the call as it was asked for, as by `attempt`."""
        home = sys.modules["torch"].nn.functional if self.in_torch else nllutils
        call = getattr(home, self.asked_loss)
        return self.attempt(lambda values: call(*values.values(), **self.asked_options))

    def attempt(self, call):
        """What a function of the arguments as they were given returns; what it raises; None if not tried."""
        given = {name: argument for name, argument in self.first.items() if argument.kind != "none"}
        readable = all(argument.has_values and argument.size <= LIMIT for argument in given.values())
        if not readable or len({x.device for x in given.values()}) > 1:
            return None
        try:
            return call({name: argument.on_cpu() for name, argument in given.items()})
        except Exception as error:
            return error

    def evaluate(self, code, values):
        """The value of code that a reader is told to write."""
        torch = sys.modules["torch"] if self.in_torch else None
        scope = {"np": np, "nllutils": nllutils, "torch": torch, "F": torch and torch.nn.functional}
        with torch.no_grad() if torch else nullcontext():
            return eval(code, scope | values)

    @property
    def stops(self):
        return any(finding.level == "error" for finding in self.findings)

    # What the checks write down

    def tell(self, key, **fields):
        self.facts.append((key, fields))

    def describe(self, key, name, **fields):
        """Tell what an argument was when it was given."""
        given = self.first[self.names[name]]
        kind = given.type if given.kind == "list" else given.kind
        self.tell(key, argument=self.names[name], kind=kind, shape=given.shape, dtype=given.dtype, **fields)

    def find(self, level, key, cure=None, **fields):
        """Write a finding down. From here on its cure holds, unless it is only a note.

        A cure gives for an argument a key of `CURES` (with what fills its blanks) or a template, for an
        option its value, for ``"loss"`` a function, and for ``"whole"`` what to make of ``{call}``.
        """
        cure = cure or {}
        templates = {name: self._template(how) for name, how in cure.items() if name in self.given}
        written = [template.format(self.operand(name)) for name, template in templates.items()]
        written += [f"{name}={cure[name]!r}" for name in DEFAULTS if name in cure]
        self.hopeless |= level == "error" and not cure
        if level == "error" and not isinstance(self.outcome, Exception | None):
            level = "wrong"  # it should stop the call, but PyTorch lets it pass
        # The parts of a cure for the whole call mean nothing by themselves.
        self.findings.append(Finding(level, key, fields, "" if "whole" in cure else ", ".join(written)))
        if level != "note":
            for name, template in templates.items():
                self._mend(name, template)
            self.moved |= "classes to axis 1" in cure.values()
            self.options = {**self.options, **{name: cure[name] for name in DEFAULTS if name in cure}}
            self.loss, self.whole = cure.get("loss", self.loss), cure.get("whole", self.whole)

    def _template(self, how):
        key, *blanks = (how,) if isinstance(how, str) else how
        template = CURES[key][0 if self.in_torch else 1] if key in CURES else key
        return template.format("{0}", *blanks)

    def _mend(self, name, template):
        self.code[name] = template.format(self.operand(name))
        if name == "input" and self.input.size > LIMIT and not template.startswith(VIEWS):
            self.unread = True  # to copy it would cost more than it could tell
            return
        try:
            values = {argument: given.value for argument, given in self.given.items()}
            self.given[name] = Given(self.evaluate(template.format(name), values))
        except Exception:  # a sparse tensor that is too large, a type that PyTorch does not convert
            self.hopeless = True
            raise Stop from None

    def operand(self, name):
        """What stands for an argument inside an expression; a list has no arithmetic."""
        code = self.code[name]
        if not self.in_torch and code == name and self.first[name].kind == "list":
            return f"np.asarray({name})"
        return f"({code})" if isinstance(ast.parse(code, mode="eval").body, ast.BinOp) else code


def without(shape, axis):
    return shape[:axis] + shape[axis + 1 :]


@contextmanager
def quiet():
    """No warning of NumPy or PyTorch reaches the reader: the findings say what they would."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def shown(value):
    """How an option is written; its `repr` may do anything."""
    try:
        text = " ".join(repr(value).split())
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 40 else f"{text[:37]}..."


def decimals(value):
    """A loss as a reader takes it in: four decimals, or more where these say nothing."""
    value = float(value) + 0.0  # no negative zero
    return f"{value:.4f}" if value == 0 or 1e-3 <= abs(value) < 1e5 else f"{value:.4g}"


def plain(value):
    """A number that was given, without decimals if it has none."""
    value = float(value)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"
