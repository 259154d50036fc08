"""Rules for all chapters, by glob. A rule takes a notebook and yields its faults, one sentence each."""

import ast
import asyncio
import copy
import inspect
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from prose import (
    DETAILS,
    FENCE,
    SOURCES,
    comments,
    evidence,
    introductions_missing,
    numbers,
    shown_text,
    unfounded,
    wrong_words,
)

import nllutils
from tools import refresh

CHAPTERS = sorted(refresh.CHAPTERS.glob("*.ipynb"))
LESSONS = [path for path in CHAPTERS if path.stem[0].isdigit()]
ALLOWED_TAGS = {"external-numbers"}


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
        alt = alt_text(cell)
        if len(re.findall(r"[가-힣]+", alt)) < 5:
            yield f"cell {cell.id}: the alt text {alt!r} is no sentence"
        if following is None or following.cell_type != "markdown":
            yield f"cell {cell.id}: no caption follows the figure"


def alt_text(cell):
    return cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")


def markdown(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def prose_numbers(notebook):
    """A number in a sentence stands in an output or in code, or its source is linked."""
    known = evidence(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            prose = f"{alt_text(cell)}\n{comments(cell.source)}"
        else:
            prose = SOURCES.sub("", DETAILS.sub("", cell.source))
        if "external-numbers" in cell.metadata.get("tags", []):
            if "](http" not in prose:
                yield f"cell {cell.id}: tagged external-numbers but links no source"
            continue
        for token in unfounded(prose, known):
            yield f"cell {cell.id}: {token} stands in no output and no code"


def one_word_per_term(notebook):
    for cell in notebook.cells:
        for fault in wrong_words(f"{cell.source}\n{alt_text(cell)}"):
            yield f"cell {cell.id}: {fault}"


def english_in_brackets(notebook):
    """A reader who knows the English word finds the Korean one: every chapter can be the first one read."""
    yield from introductions_missing(markdown(notebook))


# Functions and layers of PyTorch that draw from its global generator.
DRAWS = re.compile(
    r"torch\.(rand(n|int|perm)?(_like)?|normal|bernoulli|multinomial|poisson)"
    r"|(torch\.)?nn\.(Linear|Embedding|Dropout|Conv\w+)"
)


def seeded(notebook):
    """Who runs a chapter again sees the same numbers."""
    torch_is_seeded = False
    for where, cell in refresh.code_cells(notebook):
        calls = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]
        for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
            home, _, name = ast.unparse(call.func).rpartition(".")
            own_generator = any(keyword.arg == "generator" for keyword in call.keywords)
            if name in ("default_rng", "manual_seed"):
                torch_is_seeded |= name == "manual_seed"
                if not call.args:
                    yield f"{where}: {name} gets no seed"
            elif home in ("np.random", "random"):
                yield f"{where}: {home}.{name} draws from everyone's generator, use default_rng(seed)"
            elif not (torch_is_seeded or own_generator) and DRAWS.fullmatch(f"{home}.{name}"):
                yield f"{where}: {home}.{name} draws before torch.manual_seed"


def solutions(notebook):
    """The <details> blocks with Python code: cell id, text, and `check(...)` if the next cell has one."""
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], new_code_cell()], strict=True):
        if cell.cell_type == "markdown":
            for block in DETAILS.findall(cell.source):
                if any(language == "python" for language, _ in FENCE.findall(block)):
                    check = re.search(r"^check\(.*\)$|\Z", following.source, re.MULTILINE)
                    yield cell.id, block, check[0]


def solutions_work(notebook):
    """After the chapter's cells, each solution sets an answer that `check` accepts; sentences quote it."""
    blocks = list(solutions(notebook))
    if not blocks:
        return
    solved = copy.deepcopy(notebook)
    for _, block, check in blocks:
        code = "".join(text for language, text in FENCE.findall(block) if language == "python")
        reveal = "assert answer is not ..., 'the solution sets no answer'\ncallable(answer) or print(answer)"
        solved.cells.append(new_code_cell(f"answer = ...\n{code}{reveal}\n{check}"))
    said = asyncio.run(refresh.execute(solved, refresh.CHAPTERS))
    yield from said + list(refresh.faults(solved))
    known = evidence(notebook)
    for (where, block, check), cell in zip(blocks, solved.cells[-len(blocks) :], strict=True):
        if check and "정답입니다." not in shown_text(cell):
            yield f"cell {where}: {check} does not accept the solution"
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
    one_word_per_term,
    english_in_brackets,
    seeded,
    solutions_work,
]

# What every numbered chapter has, in this order.
PARTS = {
    "a title": r"\A# .+",
    "the promise 이 장을 마치면": r"^이 장을 마치면 .+다\.$",
    "three or four goals": r"^\*\*배울 것\*\*\n(\n- .+){3,4}$(?!\n-)",
    "prerequisites": r"^\*\*미리 알아야 할 것\*\* .+",
    "minutes": r"^\*\*걸리는 시간\*\* 읽기 \d+분, 실행 \d+초$",
    "three exercises or more": r"^## 연습문제$([\s\S]+?^### 연습 \d ★+$){3,}",
    "three things to keep": r"^## 가져갈 것\n(\n- .+){3}$(?!\n-)",
    "the next chapter": r"^\*\*다음 장\*\* .+",
    "sources at the end": r"^## 출처\n(\n- .+)+\Z",
}


def parts(lesson):
    text, place = markdown(lesson), 0
    for name, pattern in PARTS.items():
        part = re.compile(pattern, re.MULTILINE).search(text, place)
        if part is None:
            yield f"there is no place where {name} should be"
        else:
            place = part.end()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter(path, rule):
    faults = list(rule(nbformat.read(path, as_version=4)))
    assert not faults, "\n".join([path.name, *faults])


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_has_all_parts(path):
    assert list(parts(nbformat.read(path, as_version=4))) == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_file(path):
    text = path.read_text("utf8")
    notebook = nbformat.v4.reads(text)
    refresh.normalise(notebook, path.stem)
    unchanged = refresh.dump(notebook) == text
    assert unchanged, "not in normal form: run tools/refresh.py"


def test_there_are_chapters():
    assert LESSONS and len(CHAPTERS) > len(LESSONS)


# Each rule accepts a good notebook and rejects the planted fault.


def good():
    figure = new_output("display_data", {"image/png": "", "text/plain": "<Figure size 640x480 with 1 Axes>"})
    alt = "가로축은 p, 세로축은 우도인 곡선이 0.7에서 가장 높다."
    details = "<details>\n\n약 0.117입니다.\n\n```python\nanswer = 0.11718\n```\n\n</details>"
    link = "[출처](https://doi.org/10.12345/1)"
    cells = [
        new_markdown_cell(f"우도는 0.2668, 곱은 $2.656 \\times 10^{{-5}}$, {link}"),
        new_code_cell("print(0.9**100)", execution_count=1),
        new_code_cell("coin = 0.7, 0.26682793", execution_count=2),
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
    (prose_numbers, change(0, source="우도는 26.7 %가 아니라 26.8 %입니다."), "26.8 %"),
    (prose_numbers, change(0, source="곱은 $2.656 \\times 10^{-4}$입니다."), "2.656e-4"),
    (prose_numbers, change(0, source="곱은 2.7e-4입니다."), "2.7e-4"),
    (prose_numbers, change(0, source="곱은 2.656입니다."), "2.656"),
    (prose_numbers, change(0, source="| 관측 | 987개 |"), "987"),
    (prose_numbers, change(0, source="$$0.27 + 0.31$$"), "0.31"),
    (prose_numbers, change(1, source="0.9**100  # 2.7e-5가 아니라 2.6e-5"), "2.6e-5"),
    (prose_numbers, change(0, source="1.23", metadata={"tags": ["external-numbers"]}), "links no source"),
    (prose_numbers, change(3, metadata={"mystnb": {"image": {"alt": "높이는 0.44이다."}}}), "0.44"),
    (one_word_per_term, change(0, source="그래디언트"), "기울기"),
    (one_word_per_term, change(1, source='print("손실함수")'), "손실 함수"),
    (one_word_per_term, change(3, metadata={"mystnb": {"image": {"alt": "가능도 곡선"}}}), "우도"),
    (english_in_brackets, change(0, source="로짓을 로짓에서 빼면 로짓이다."), "로짓(logits)"),
    (seeded, change(1, source="rng = np.random.default_rng()"), "no seed"),
    (seeded, change(1, source="torch.manual_seed()"), "no seed"),
    (seeded, change(1, source="np.random.normal(size=3)"), "everyone's"),
    (seeded, change(1, source="random.shuffle(x)"), "everyone's"),
    (seeded, change(1, source="nn.Linear(2, 3)\ntorch.manual_seed(0)"), "nn.Linear draws"),
    (seeded, change(1, source="torch.rand(3)"), "torch.rand draws"),
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


def test_solutions_are_checked():
    notebook = good()
    notebook.cells[3].source = "from nllutils import check"
    notebook.cells.append(new_code_cell('answer = ...\ncheck("log-2", answer)', execution_count=4))
    notebook.cells[4].source = notebook.cells[4].source.replace("약 0.117", "")
    (fault,) = solutions_work(notebook)
    assert fault.endswith('check("log-2", answer) does not accept the solution')
    notebook.cells[4].source = notebook.cells[4].source.replace("0.11718", "1.7312")
    assert list(solutions_work(notebook)) == []


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("NLL 0.105, -1.384, 33.115배", "0.10536 1.38364656 33.11545"),
        ("$2.656 \\times 10^{-5}$, 3 × 10^8", "2.65614e-05 299792458"),
        ("90.8 %, 27\\%, 4.9억 배", "0.9081 .266 485165195"),
        ("[4.1절], 2024년, (1987), #10033, Python 3.11~3.14", ""),
        ("0.25는", ".25"),
        ("20,190.50원", "20_190.5"),
        ("PyTorch 2.13에서, 2.13.0, 1.2.5절, doi:10.1145/103162.103163, arXiv:1508.07909", ""),
        ("```\n0.123\n```", ""),
    ],
)
def test_founded_numbers(text, known):
    assert list(unfounded(text, numbers(known))) == []


LESSON = """# 제목

이 장을 마치면 압니다.

**배울 것**

- 하나
- 둘
- 셋

**미리 알아야 할 것** 없음

**걸리는 시간** 읽기 5분, 실행 10초

## 연습문제

### 연습 1 ★

### 연습 2 ★★

### 연습 3 ★★★

## 가져갈 것

- 하나
- 둘
- 셋

**다음 장** 끝

## 출처

- 책"""


def test_parts_are_found():
    assert list(parts(new_notebook(cells=[new_markdown_cell(LESSON)]))) == []


@pytest.mark.parametrize(
    "removed", ["제목", "이 장을 마치면 ", "- 하나\n- 둘\n", "없음", "5분", "### 연습 2 ★★", "끝", "- 책"]
)
def test_missing_part_is_noticed(removed):
    lesson = new_notebook(cells=[new_markdown_cell(LESSON.replace(removed, ""))])
    assert list(parts(lesson)) != []


def test_parts_out_of_order_are_noticed():
    opening, exercises, rest = LESSON.partition("## 연습문제")
    lesson = new_notebook(cells=[new_markdown_cell(exercises + rest), new_markdown_cell(opening)])
    assert list(parts(lesson)) != []
