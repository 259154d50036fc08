"""Every displayed formula is evaluated as it is written, and agrees with PyTorch, SciPy or `nllutils`."""

import re

import nbformat
import numpy as np
import pytest
import tex
from prose import DETAILS
from worlds import CASES

from tools import ROOT, refresh

ASSERTED = "<assert>"
DISPLAY = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
# Displays that claim no equation between values; the chapters' own cells check what they do claim.
NO_EQUATION = {
    r"\arg": "the same place, not the same value",
    r"\text{none}": "a list",
    r"\begin{cases}": "two cases, compared with autograd in the chapter",
    r"L(\theta \mid \text{data}) = P": "the definition of the likelihood",
    r"L(\theta_A \mid \text{고양이})": "given numbers",
    r"L(\theta_B \mid \text{고양이})": "given numbers",
    r"\text{손실}_r": "every process's share, added up by two processes in the chapter",
    r"\mu(x) = a + bx": "a model",
    r"\log \sigma^2(x)": "a model",
    r"P(\text{예측이 맞음}": "the definition of calibration",
    r"P_n(t \mid h)": "a model, whose probabilities add up to 1 in the chapter",
    r"P_0(t)": "a model",
}


def text_of(name):
    """A page; of a chapter the Markdown, with a mark in place of every code cell that asserts something."""
    path = refresh.CHAPTERS / f"{name}.ipynb"
    if not path.exists():
        return (ROOT / f"{name}.md").read_text("utf8")
    cells = nbformat.read(path, as_version=4).cells
    sources = [
        DETAILS.sub("", cell.source)
        if cell.cell_type == "markdown"
        else ASSERTED * ("assert " in cell.source)
        for cell in cells
    ]
    return "\n\n".join(sources)


def displayed(text):
    """The statements of all displays, in plain spelling."""
    return [each for display in DISPLAY.findall(text) for each in tex.statements(display)]


def not_transcribed(text):
    """The statements after which their section asserts nothing."""
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        yield from displayed(section.rpartition(ASSERTED)[2])


def case(name, statement):
    """The row of the table that a statement belongs to, or None. The longest beginning counts."""
    rows = [row for row in CASES.get(name, []) if statement.startswith(tex.plain(row[0]))]
    return max(rows, key=lambda row: len(row[0]), default=None)


def holds(name, statement):
    _, world, value = case(name, statement)
    return tex.holds(statement, world, value)


def claims_nothing(statement):
    return any(tex.plain(mark) in statement for mark in NO_EQUATION)


CHAPTERS = [path.stem for path in sorted(refresh.CHAPTERS.glob("*.ipynb"))]
FORMULAS = {name: displayed(text_of(name)) for name in [*CHAPTERS, "index", "summary", "glossary"]}
EVALUATED = [(name, each) for name, all_of_it in FORMULAS.items() for each in all_of_it if case(name, each)]


@pytest.mark.parametrize(("name", "statement"), EVALUATED)
def test_formula_holds(name, statement):
    assert holds(name, statement)


@pytest.mark.parametrize("name", FORMULAS)
def test_every_formula_is_checked(name):
    checked = {statement for chapter, statement in EVALUATED if chapter in (name, *CHAPTERS)}
    unchecked = [each for each in FORMULAS[name] if each not in checked and not claims_nothing(each)]
    assert unchecked == [], "add a row for each of these to tests/worlds.py"


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_formula_is_transcribed(name):
    assert [each for each in not_transcribed(text_of(name)) if not claims_nothing(each)] == []


def test_missing_transcription_is_noticed():
    text = f"## 하나\n$$a = b$$\n\n{ASSERTED}\n\n$$c = d$$\n\n## 둘\n\n{ASSERTED}"
    assert list(not_transcribed(text)) == ["c = d"]


def test_unknown_formula_is_noticed():
    assert case("01-likelihood", "a = b") is None and not claims_nothing("a = b")


def test_nothing_is_left_over():
    used = {id(case(*each)) for each in EVALUATED}
    assert [row[0] for rows in CASES.values() for row in rows if id(row) not in used] == []
    everything = "\n".join(each for statements in FORMULAS.values() for each in statements)
    assert [mark for mark in NO_EQUATION if tex.plain(mark) not in everything] == []


# An inequality may hold in spite of a slip, and the sign of nothing does not matter.
FORGIVING = re.compile(r"\\[lg]e\b|\b0 \\times")
# One sign, digit or function changed: what a slip of the pen makes of a formula.
SLIPS = {"+": "-", "-": "+", "1": "2", "2": "3", r"\log": r"\exp", r"\max": r"\min"}


def slips(statement, defined):
    """All statements with one slip, on the right of what is only `defined`."""
    words = statement.split(" ")
    signs = [place for place, word in enumerate(words) if word in tex.RELATIONS]
    start = signs[0] if defined and signs else 0
    for place in range(start, len(words)):
        if words[place] in SLIPS:
            yield " ".join([*words[:place], SLIPS[words[place]], *words[place + 1 :]])


@pytest.mark.parametrize(("name", "statement"), [each for each in EVALUATED if not FORGIVING.search(each[1])])
def test_a_slip_is_noticed(name, statement):
    for slip in slips(statement, case(name, statement)[2] is not None):
        try:
            with np.errstate(all="ignore"):
                unnoticed = holds(name, slip)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            continue  # it cannot even be read
        assert not unnoticed, slip


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
