"""Rules for all chapters, by glob. A rule takes a notebook and yields its faults, one sentence each."""

import ast
import asyncio
import copy
import inspect
import re
from decimal import Decimal

import nbformat
import pytest
import refresh
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import nllutils

CHAPTERS = sorted(refresh.CHAPTERS.glob("*.ipynb"))
ALLOWED_TAGS = {"external-numbers"}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DETAILS = re.compile(r"<details>.*?</details>", re.DOTALL)
# Addresses and versions: their digits are names, not results.
NAME = re.compile(r"\]\([^)]*\)|https?://\S+|(?:doi|arXiv):\S+|(?:Python|NumPy|PyTorch) \d+\.\d+")
# Two decimals or more; not the parts of a version or section number such as 2.13.0.
PROSE_NUMBER = re.compile(r"(?<![\d.A-Za-z_])\d[\d,]*\.\d{2,}(?:[eE][+-]?\d+)?(?!\.?\d)")
NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d[\d_]*)?(?:(?<=\d)\.\d*|\.\d+)?(?:(?<=[\d.])[eE][+-]?\d+)?")


def short_cells(notebook):
    for where, cell in refresh.code_cells(notebook):
        lines = sum(bool(line.strip()) for line in cell.source.splitlines())
        if lines > 15:
            yield f"{where}: {lines} lines, at most 15"


def nothing_hidden(notebook):
    """What the reader sees is all there is, and all of it is checked."""
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", [])) - ALLOWED_TAGS
        options = set(cell.metadata.get("mystnb", {})) - {"image"}
        if tags or options:
            yield f"cell {cell.id}: has {', '.join(sorted(tags | options))}"
        if cell.cell_type == "code" and "NBVAL_" in cell.source:
            yield f"cell {cell.id}: switches the comparison of its output off"


def plain_python(notebook):
    for where, cell in refresh.code_cells(notebook):
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            yield f"{where}: is not plain Python"
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                yield f"{where}: imports everything from {node.module}"
            if isinstance(node, ast.Name) and node.id == "get_ipython":
                yield f"{where}: calls get_ipython"


def package_functions():
    names = (name for name in nllutils.__all__ if not inspect.ismodule(getattr(nllutils, name)))
    return set(names)


def no_second_home(notebook):
    """A name that `nllutils` exports means that function everywhere."""
    taken = package_functions()
    for where, cell in refresh.code_cells(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                name = node.name
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                name = node.id
            else:
                continue
            if name in taken:
                yield f"{where}: defines {name}, which nllutils exports"


def figures_explained(notebook):
    """Who cannot see a figure reads its alt text; who can, is told what to look at."""
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        if not any("image/png" in output.get("data", {}) for output in cell.get("outputs", [])):
            continue
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if len(re.findall(r"[가-힣]+", alt)) < 5:
            yield f"cell {cell.id}: the alt text {alt!r} is no sentence"
        if following is None or following.cell_type != "markdown":
            yield f"cell {cell.id}: no caption follows the figure"


def numbers(text):
    """All numbers in a text; of 2.656e-05 the mantissa too, which prose writes before a power of ten."""
    found = set()
    for match in NUMBER.finditer(text):
        token = match[0].replace(",", "").replace("_", "")
        if token.strip("."):
            found |= {Decimal(token), Decimal(re.split("[eE]", token)[0])}
    return found


def shown_text(cell):
    """The text that a code cell's outputs show."""
    shown = [{"text": output.get("text", ""), **output.get("data", {})} for output in cell.outputs]
    kinds = ["text", "text/plain", "text/latex", "text/markdown"]
    return "\n".join(output.get(kind, "") for output in shown for kind in kinds)


def evidence(notebook):
    """All numbers in code (the code of solutions is tested below) and in outputs."""
    texts = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            texts += [cell.source, shown_text(cell)]
        else:
            texts += [code for _, code in FENCE.findall(cell.source)]
    return numbers("\n".join(texts))


def unfounded(prose, known):
    """Decimals of a text that no known number is equal to or rounds to. Signs do not count."""
    for token in PROSE_NUMBER.findall(NAME.sub(" ", FENCE.sub("", prose))):
        number = Decimal(token.replace(",", ""))
        half_a_unit = Decimal(5).scaleb(number.as_tuple().exponent - 1)
        if not any(abs(number - other) <= half_a_unit for other in known):
            yield token


def prose_numbers(notebook):
    """A number in a sentence stands in an output or in code, or its source is linked."""
    known = evidence(notebook)
    for cell in notebook.cells:
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        prose = alt if cell.cell_type == "code" else DETAILS.sub("", cell.source)
        if "external-numbers" in cell.metadata.get("tags", []):
            if "](http" not in prose:
                yield f"cell {cell.id}: tagged external-numbers but links no source"
            continue
        for token in unfounded(prose, known):
            yield f"cell {cell.id}: {token} stands in no output and no code"


def solutions(notebook):
    """Pairs of (cell id, text of a <details> block) that hold Python code."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for block in DETAILS.findall(cell.source):
                if any(language == "python" for language, _ in FENCE.findall(block)):
                    yield cell.id, block


def solutions_work(notebook):
    """Run after the chapter's cells, each solution sets `answer`; its sentences quote what it finds."""
    blocks = list(solutions(notebook))
    if not blocks:
        return
    solved = copy.deepcopy(notebook)
    for _, block in blocks:
        code = "".join(text for language, text in FENCE.findall(block) if language == "python")
        reveal = "assert answer is not ..., 'the solution sets no answer'\ncallable(answer) or print(answer)"
        solved.cells.append(new_code_cell(f"answer = ...\n{code}{reveal}"))
    said = asyncio.run(refresh.execute(solved, refresh.CHAPTERS))
    yield from said + list(refresh.faults(solved))
    known = evidence(notebook)
    for (where, block), cell in zip(blocks, solved.cells[-len(blocks) :], strict=True):
        for token in unfounded(block, known | numbers(shown_text(cell))):
            yield f"cell {where}: {token} in the solution stands in no output and no code"


RULES = [
    refresh.faults,
    short_cells,
    nothing_hidden,
    plain_python,
    no_second_home,
    figures_explained,
    prose_numbers,
    solutions_work,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter(path, rule):
    faults = list(rule(nbformat.read(path, as_version=4)))
    assert not faults, "\n".join([path.name, *faults])


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_file(path):
    text = path.read_text("utf8")
    assert len(text.encode()) <= 300_000
    notebook = nbformat.v4.reads(text)
    refresh.normalise(notebook, path.stem)
    unchanged = refresh.dump(notebook) == text
    assert unchanged, "not in normal form: run tools/refresh.py"


def test_there_are_chapters():
    assert CHAPTERS


# Each rule accepts a good notebook and rejects the planted fault.


def good():
    figure = new_output("display_data", {"image/png": "", "text/plain": "<Figure size 640x480 with 1 Axes>"})
    alt = "가로축은 p, 세로축은 우도인 곡선이 0.7에서 가장 높다."
    details = "<details>\n\n약 0.117입니다.\n\n```python\nanswer = 0.11718\n```\n\n</details>"
    link = "[출처](https://doi.org/10.12345/1)"
    cells = [
        new_markdown_cell(f"우도는 0.2668, 곱은 $2.656 \\times 10^{{-5}}$, {link}"),
        new_code_cell("print(0.9**100)", execution_count=1),
        new_code_cell("0.26682793", execution_count=2),
        new_code_cell("plt.show()", execution_count=3, metadata={"mystnb": {"image": {"alt": alt}}}),
        new_markdown_cell(f"**그림 1.** 봉우리를 보세요.\n\n{details}"),
    ]
    cells[1].outputs = [new_output("stream", name="stdout", text="2.6561398887587544e-05\n")]
    cells[3].outputs = [figure]
    return new_notebook(cells=cells)


def test_rules_accept_a_good_notebook():
    assert [fault for rule in RULES if rule is not solutions_work for fault in rule(good())] == []


def change(place, **fields):
    def spoil(notebook):
        notebook.cells[place].update(nbformat.from_dict(fields))

    return spoil


def show(kind, **fields):
    return change(1, outputs=[new_output(kind, **fields)])


PLANTED = [
    (refresh.faults, change(1, execution_count=7), "execution count 7, expected 1"),
    (refresh.faults, show("stream", name="stderr", text="W"), "stderr"),
    (refresh.faults, show("error", ename="E", evalue="x"), "E: x"),
    (refresh.faults, show("stream", text="<f at 0x7f0000001234>"), "memory address"),
    (refresh.faults, show("display_data", data={"image/svg+xml": "<svg/>"}), "image/svg"),
    (refresh.faults, change(1, source=" "), "is empty"),
    (short_cells, change(1, source="x = 1\n\n" * 16), "16 lines"),
    (nothing_hidden, change(1, metadata={"tags": ["hide-input"]}), "hide-input"),
    (nothing_hidden, change(1, metadata={"mystnb": {"remove_code_source": True}}), "remove_code_source"),
    (nothing_hidden, change(1, source="# NBVAL_IGNORE_OUTPUT\nx"), "comparison"),
    (plain_python, change(1, source="%matplotlib inline"), "not plain"),
    (plain_python, change(1, source="!pip install nllutils"), "not plain"),
    (plain_python, change(1, source="from numpy import *"), "everything from numpy"),
    (plain_python, change(1, source="get_ipython()"), "get_ipython"),
    (no_second_home, change(1, source="def binomial_logpmf(k, n, p): ..."), "defines binomial_logpmf"),
    (no_second_home, change(1, source="binomial_logpmf, x = 1, 2"), "defines binomial_logpmf"),
    (figures_explained, change(3, metadata={}), "no sentence"),
    (figures_explained, change(3, metadata={"mystnb": {"image": {"alt": "figure_1.png"}}}), "no sentence"),
    (figures_explained, change(4, cell_type="raw"), "no caption"),
    (prose_numbers, change(0, source="우도는 0.2669입니다."), "0.2669"),
    (prose_numbers, change(0, source="우도는 26.68 %입니다."), "26.68"),
    (prose_numbers, change(0, source="1.23", metadata={"tags": ["external-numbers"]}), "links no source"),
    (prose_numbers, change(3, metadata={"mystnb": {"image": {"alt": "높이는 0.44이다."}}}), "0.44"),
]


@pytest.mark.parametrize(("rule", "spoil", "words"), PLANTED)
def test_rule_rejects(rule, spoil, words):
    notebook = good()
    spoil(notebook)
    assert any(words in fault for fault in rule(notebook))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("answer = 0.11718", "result = 0.11718", "sets no answer"),
        ("answer = 0.11718", "answer = 1 / 0", "ZeroDivisionError"),
        ("0.117입니다", "0.118입니다", "0.118 in the solution"),
    ],
)
def test_solutions_are_run(old, new, words):
    notebook = good()
    notebook.cells[3].source = "import math"
    assert list(solutions_work(notebook)) == []
    notebook.cells[4].source = notebook.cells[4].source.replace(old, new)
    assert any(words in fault for fault in solutions_work(notebook))


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("NLL 0.105, -1.384, 33.115배", "0.10536 1.38364656 33.11545"),
        ("0.25는", ".25"),
        ("20,190.50원", "20_190.5"),
        ("PyTorch 2.13에서, 2.13.0, 1.2.5절, doi:10.1145/103162.103163, arXiv:1508.07909", ""),
        ("```\n0.123\n```", ""),
    ],
)
def test_founded_numbers(text, known):
    assert list(unfounded(text, numbers(known))) == []
