r"""Evaluate a displayed formula as it is written.

`holds(statement, world)` reads the TeX of a chain such as `a = b \le c` and compares its sides as numbers.
The world gives a value to every name: a number for `N` or `\hat p`, an array for `z` in `z_{i, y_i}` (indices
count from 0), a function for `P` in `P(y \mid \theta)`. What the chain only defines stands there as a whole:
`\frac{d}{dp} \log L(p)`; so does `P(t_i \mid t_1, \dots)`, as a function of the indices.
A logarithm, a sum and a product reach to the next plus or minus.
"""

import math
import operator
import re
from itertools import pairwise

import numpy as np

SPACING = re.compile(r"\\(left|right|[bB]igg?[lr]?)(?![A-Za-z])|\\[,;! ]")
TOKEN = re.compile(
    r"""\\(?:text|operatorname|mathrm|mathbb)\{[^}]*\}'* | \\(?:hat|bar|tilde)\{\w\}
    | \\[A-Za-z]+ | \\. | \d+(?:\.\d+)? | [A-Za-z]'* | \S""",
    re.VERBOSE,
)
RELATIONS = {
    "=": np.allclose,
    r"\leftarrow": np.allclose,
    r"\le": lambda left, right: left <= right + 1e-12,
    r"\ge": lambda left, right: left >= right - 1e-12,
    r"\approx": lambda left, right: np.isclose(left, right, rtol=1e-2),
}
FUNCTIONS = {r"\log": np.log, r"\exp": np.exp, r"\sqrt": np.sqrt}
CONSTANTS = {"e": math.e, r"\pi": math.pi}
REDUCTIONS = {r"\sum": np.sum, r"\prod": np.prod, r"\max": np.max, r"\min": np.min}
# What an index without bounds counts.
RANGES = {"i": "N", "j": "C", "k": "C", "c": "C", "m": "M", r"\theta": "M"}
ENDS = {None, "+", "-", ")", "]", "}", ",", r"\mid", r"\|", r"\rvert"}


def plain(tex):
    """One spelling for formulas that look the same."""
    tex = re.sub(r"\\(hat|bar|tilde) *(?:\{(\w)\}|(\w))", r"\\\1{\2\3}", SPACING.sub(" ", tex))
    spaced = " ".join(TOKEN.findall(tex))
    return re.sub(r"\{ (\S+) \}", r"\1", spaced)


def tokens(tex):
    return TOKEN.findall(plain(tex))


def split(words, separators):
    """Cut a list of tokens at the separators that stand in no bracket; return the parts and the cuts."""
    parts, cuts, depth = [[]], [], 0
    for word in words:
        depth += (word in "([{") - (word in ")]}")
        if depth == 0 and word in separators:
            cuts.append(word)
            parts.append([])
        else:
            parts[-1].append(word)
    return parts, cuts


def statements(display):
    """The statements of a display, in plain spelling."""
    parts, _ = split(tokens(display), {r"\qquad", r"\Longrightarrow", r"\text{와}"})
    return [" ".join(part).rstrip(" ,") for part in parts if part]


def holds(statement, world, value=None):
    """Is every relation of a chain true? With `value`, for what the first side only names."""
    world = {plain(name): known for name, known in world.items()}
    sides, signs = split(tokens(statement), RELATIONS)
    values = [] if value is None else [value]
    if value is not None and signs:
        sides = sides[1:]
    values += [Reader(side, world).whole()({}) for side in sides]
    return all(RELATIONS[sign](*pair) for sign, pair in zip(signs or ["="], pairwise(values), strict=True))


def times(left, right):
    return left @ right if np.ndim(left) and np.ndim(right) else left * right


class Reader:
    """Recursive descent: every method reads one part and returns a function from the indices to its value."""

    def __init__(self, words, world):
        self.words, self.world, self.place = words, world, 0

    @property
    def next(self):
        return self.words[self.place] if self.place < len(self.words) else None

    def take(self, *expected):
        word = self.next
        if word is None or (expected and word not in expected):
            raise ValueError(f"{word} stands where one of {expected} should, in {' '.join(self.words)}")
        self.place += 1
        return word

    def bracket(self):
        """The tokens between this bracket and its partner, or one token that stands alone."""
        start = self.place + 1
        if self.take() not in ("(", "[", "{"):
            return self.words[start - 1 : start]
        depth = 1
        while depth:
            word = self.take()
            depth += (word in "([{") - (word in ")]}")
        return self.words[start : self.place - 1]

    def whole(self):
        value = self.sum()
        if self.next is not None:
            raise ValueError(f"{self.next} is not expected after {' '.join(self.words[: self.place])}")
        return value

    def inside(self):
        """What the bracket here holds."""
        return Reader(self.bracket(), self.world).whole()

    def sum(self):
        parts = [self.signed_product()]
        while self.next in ("+", "-"):
            parts.append(self.signed_product())
        return lambda at: sum(part(at) for part in parts)

    def signed_product(self):
        sign = -1 if self.next == "-" else 1
        if self.next in ("+", "-"):
            self.take()
        product = self.product()
        return lambda at: sign * product(at)

    def product(self):
        factors = [(times, self.power())]
        while self.next not in ENDS and not (self.next == "|" and "|" in self.words[: self.place]):
            sign = self.take() if self.next in ("/", r"\cdot", r"\times") else None
            factors.append((operator.truediv if sign == "/" else times, self.power()))

        def value(at):
            result = 1
            for combine, factor in factors:
                result = combine(result, factor(at))
            return result

        return value

    def power(self):
        base = self.atom()
        if self.next == "!":
            self.take()
            return lambda at: math.factorial(base(at))
        if self.next != "^":
            return base
        self.take()
        if self.next == r"\top":
            self.take()
            return lambda at: base(at).T
        exponent = self.inside()
        return lambda at: base(at) ** exponent(at)

    def phrase(self):
        """The longest name of the world that stands here and has more than one token, or None."""
        here = " ".join(self.words[self.place :]) + " "
        return max(
            (name for name in self.world if " " in name and here.startswith(f"{name} ")),
            default=None,
            key=len,
        )

    def atom(self):
        word = self.next or ""
        if phrase := self.phrase():
            self.place += len(tokens(phrase))
            value = self.world[phrase]
            return value if callable(value) else lambda at: value
        if word in ("(", "[", "{"):
            return self.inside()
        if word in REDUCTIONS:
            return self.reduction()
        if word in FUNCTIONS:
            return self.function()
        if word[:1].isdigit():
            number = float(self.take()) if "." in word else int(self.take())
            return lambda at: number
        self.take()
        if word in ("|", r"\lvert"):
            inside = self.sum()
            self.take("|", r"\rvert")
            return lambda at: abs(inside(at))
        if word in (r"\frac", r"\tfrac", r"\dfrac", r"\binom"):
            combine = math.comb if word == r"\binom" else operator.truediv
            top, bottom = self.inside(), self.inside()
            return lambda at: combine(top(at), bottom(at))
        if word == r"\mathbb{1}":
            left, right = (Reader(side, self.world).whole() for side in split(self.bracket(), {"="})[0])
            return lambda at: float(left(at) == right(at))
        return self.name(word)

    def function(self):
        """A logarithm, an exponential or a root, of a bracket or of all up to the next plus or minus."""
        function = FUNCTIONS[self.take()]
        inside = self.power() if self.next in ("(", "{") else self.signed_product()
        return lambda at: function(inside(at))

    def reduction(self):
        """A sum or product over an index, or the largest or least over an index or of a list."""
        reduce = REDUCTIONS[self.take()]
        if self.next == "(":
            arguments = self.arguments(self.bracket())
            return lambda at: reduce(np.broadcast_arrays(*(part(at) for part in arguments)), axis=0)
        self.take("_")
        index, *bounds = self.bracket()
        size, skipped = None, None
        if bounds == ["=", "1"]:
            self.take("^")
            size = self.bracket()
        elif bounds and bounds[0] != r"\ne":
            raise ValueError(f"{index} should start at 1, not {' '.join(bounds)}")
        elif bounds:
            skipped = Reader(bounds[1:], self.world).whole()
        size = Reader(size or [RANGES[index]], self.world).whole()
        body = self.signed_product()

        def value(at):
            kept = (n for n in range(size(at)) if not (skipped and n == skipped(at)))
            return reduce([body({**at, index: n}) for n in kept])

        return value

    def arguments(self, words):
        parts, _ = split(words, {",", r"\mid", r"\|"})
        return [Reader(part, self.world).whole() for part in parts]

    def name(self, name):
        """A name with its indices, or a call."""
        indices = []
        while self.next == "_" or self.words[self.place : self.place + 3] == ["^", "{", "("]:
            self.take()
            indices += self.indices(self.bracket())
        if self.next == "(" and callable(self.world.get(name)):
            arguments = self.arguments(self.bracket())
            return lambda at: self.world[name](*(argument(at) for argument in arguments))
        return lambda at: self.look_up(name, at, tuple(index(at) for index in indices))

    def indices(self, words):
        """Of `i, y_i`, of `ik` and of the raised `(i)`."""
        reader, found = Reader([word for word in words if word not in ("(", ")", ",")], self.world), []
        while reader.next is not None:
            found.append(reader.atom())
        return found

    def look_up(self, name, at, indices):
        value = {**CONSTANTS, **self.world, **at}[name]
        return np.asarray(value)[indices].item() if indices else value
