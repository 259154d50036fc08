"""Every displayed formula is evaluated as it is written, and agrees with PyTorch, SciPy or `nllutils`."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest
import tex
from edition import CHAPTERS, PAGES, TEMPLATE, read, tags
from prose import DETAILS, FENCE
from worlds import CASES

ASSERTED = "<assert>"
DISPLAY = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
# A display that claims no equation between values. In a notebook its cell has the tag no-equation.
LEFT_ALONE = re.compile(r"^% no-equation\n\$\$.+?\$\$", re.MULTILINE | re.DOTALL)
UNREADABLE = (ArithmeticError, LookupError, TypeError, ValueError)


def text_of(path):
    """A page; of a chapter the Markdown, with a mark in place of every code cell that asserts something."""
    if path.suffix == ".md":
        return LEFT_ALONE.sub("", path.read_text("utf8"))
    pieces = []
    for cell in read(path).cells:
        if cell.cell_type == "code":
            pieces.append(ASSERTED * ("assert " in cell.source))
        else:
            pieces.append(FORMULA.sub("", cell.source) if "no-equation" in tags(cell) else cell.source)
    return "\n\n".join(pieces)


# Displays: each is read by a row of tests/worlds.py


def displayed(text):
    """The statements of all displays outside of solutions, in plain spelling."""
    displays = DISPLAY.findall(DETAILS.sub("", text))
    return [statement for display in displays for statement in tex.statements(display)]


def not_transcribed(text):
    """The statements after which their section asserts nothing."""
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        yield from displayed(section.rpartition(ASSERTED)[2])


def rows(statement):
    """The rows of the table that may read a statement."""
    return [row for row in CASES if statement.startswith(tex.plain(row[0]))]


def holds(statement):
    return any(holds_in(row, statement) for row in rows(statement))


def holds_in(row, statement):
    _, world, value = row
    try:
        with np.errstate(all="ignore"):
            return tex.holds(statement, world, value)
    except UNREADABLE:
        return False


# An inequality may hold in spite of a slip, and the sign of nothing does not matter.
FORGIVING = re.compile(r"\\[lg]e\b|\b0 \\times")
# One sign, digit or function changed: what a slip of the pen makes of a formula.
SLIPS = {"+": "-", "-": "+", "1": "2", "2": "3", r"\log": r"\exp", r"\max": r"\min"}


def slips(statement):
    """All statements with one slip, on the right of what the statement only defines."""
    words = statement.split(" ")
    signs = [place for place, word in enumerate(words) if word in tex.RELATIONS]
    defined = all(row[2] is not None for row in rows(statement) if holds_in(row, statement))
    for place in range(signs[0] if defined and signs else 0, len(words)):
        if words[place] in SLIPS:
            yield " ".join([*words[:place], SLIPS[words[place]], *words[place + 1 :]])


def faults(text, is_chapter=True):
    """What is wrong with the formulas of a text, one sentence each."""
    for statement in displayed(text):
        if not rows(statement):
            yield f"{statement}: add a row to tests/worlds.py, or tag the cell no-equation (% no-equation)"
        elif not holds(statement):
            yield f"{statement}: does not hold as tests/worlds.py reads it (a definition? tag: no-equation)"
        elif not FORGIVING.search(statement):
            yield from (
                f"{slip}: holds too, so tests/worlds.py does not test it"
                for slip in slips(statement)
                if holds(slip)
            )
    if is_chapter:
        for statement in not_transcribed(text):
            yield f"{statement}: no code cell after it, in its section, asserts anything"
    yield from wrong_arithmetic(text)


# Everywhere, in solutions and inside of sentences too: what holds only numbers is calculated

DECIMAL = re.compile(r"(?:- )?(\d+\.(\d+))(?: \\times 10 \^ (?:\{ - \d+ \}|\d+))?(?: / 100)?")


def calculated(words):
    """The value of a side that holds only numbers, or None."""
    try:
        with np.errstate(all="ignore"):
            value = tex.Reader(words, {}).whole()({})
    except UNREADABLE:
        return None
    has_digits = any(word[0].isdigit() for word in words)
    return value if has_digits and np.ndim(value) == 0 and math.isfinite(value) else None


def half_a_unit(words):
    """How far a decimal may be from what it is rounded from. A whole number and a calculation are exact."""
    decimal = DECIMAL.fullmatch(" ".join(words))
    if decimal is None:
        return 0
    unit = f"{0.5 / 10 ** len(decimal[2]):.12f}"
    return abs(calculated([unit if word == decimal[1] else word for word in words]))


def wrong_arithmetic(text):
    """The equations between numbers that do not hold to the digits that they are given with."""
    for match in FORMULA.finditer(FENCE.sub("", text)):
        formula = (match[1] or match[2]).replace("{,}", "").replace(r"\%", "/ 100")
        for statement in tex.statements(formula):
            sides, signs = tex.split(statement.split(), tex.RELATIONS)
            for sign, (left, right) in zip(signs, pairwise(sides), strict=True):
                values = calculated(left), calculated(right)
                if None in values or tex.RELATIONS[sign](*values):
                    continue
                if abs(values[0] - values[1]) > 1e-9 + max(half_a_unit(left), half_a_unit(right)):
                    yield f"{statement}: {values[0]:.6g} on one side, {values[1]:.6g} on the other"


@pytest.mark.parametrize("path", [*CHAPTERS, TEMPLATE, *PAGES], ids=lambda path: path.stem)
def test_formulas_hold(path):
    assert not (found := list(faults(text_of(path), path.suffix == ".ipynb"))), "\n".join(found)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("$$a = b$$", "add a row"),
        (r"$$p_k = \frac{e^{z_k}}{\sum_j e^{z_k}}$$", "does not hold"),
        ("## 하나\n$$p \\leftarrow p - \\eta$$", "asserts anything"),
        (r"$-\log 0.7 = 0.367$", "0.356675"),
        (r"$0.2 - 0.05 \times (-3.125) = 0.365$", "0.35625"),
        (r"<details>\n\n$0.9 \times 0.1 = 0.9$\n\n</details>", "0.09"),
        (r"$1 - 0.6 = 0.3 \le 1$", "0.4"),
        (r"$2.656 \times 10^{-5} = 0.9^{101}$", "2.656e-05"),
        (r"$\frac{7}{8} \approx 90\%$", "0.875"),
    ],
)
def test_a_wrong_formula_is_found(text, fault):
    assert any(fault in each for each in faults(text))


@pytest.mark.parametrize(
    "text",
    [
        r"$p = 0.3$, $x \le 0.5$, $0.5 \le x$, $L(0.7) = 0.2668$, $0 \log 0 = 0$, $e \le 0.3$, 2 달러$",
        r"$-\log 0.7 = 0.357$ $0.908 = 90.8\%$ $\log 10 \approx 2.3$ $10{,}000 = 10^4$",
        r"$0.9^{100} = 2.656 \times 10^{-5}$, 약 $-3.1 = -3.125$",
        "% no-equation\n$$a = b$$\n\n```python\n$1 = 2$\n```",
    ],
)
def test_a_right_formula_is_not(text):
    assert list(faults(LEFT_ALONE.sub("", text))) == []


def test_each_section_asserts_its_own_formulas():
    text = f"## 하나\n$$a = b$$\n\n{ASSERTED}\n\n$$c = d$$\n\n## 둘\n\n{ASSERTED}"
    assert list(not_transcribed(text)) == ["c = d"]


def test_a_row_that_tests_nothing_is_found(monkeypatch):
    monkeypatch.setattr("test_formulas.CASES", [("a", {"a": 4.0, "b": 2.0}, None)])
    assert [fault.partition(":")[0] for fault in faults("$$a = 2 + b$$", is_chapter=False)] == []
    monkeypatch.setattr("test_formulas.CASES", [("a", {"a": 2.0, "b": 0.0}, None)])
    assert [fault.partition(":")[0] for fault in faults("$$a = 2 + b$$", is_chapter=False)] == ["a = 2 - b"]


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        (r"a = \frac{a", ValueError),
        (r"a = a)", ValueError),
        (r"a = \sum_{i=0}^{N} a", ValueError),
        (r"a = \sum_u a", LookupError),
        (r"a = d", LookupError),
    ],
)
def test_what_cannot_be_read_is_no_formula(statement, error):
    with pytest.raises(error):
        tex.holds(statement, {"a": 1.0, "N": 3})
