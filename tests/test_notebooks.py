"""Rules for all chapters. A rule takes a notebook and yields its faults, one sentence each."""

import ast
import copy
import re

import edition
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from prose import (
    DETAILS,
    FENCE,
    comments,
    evidence,
    introductions_missing,
    numbers,
    shown_text,
    weigh,
    wrong_words,
)

from tools import refresh

MOST_KILOBYTES = 300
# What a cell may say of itself, beside its alt text. CONTRIBUTING.md says what it means.
TAGS = {"hide-input", "hide-output", "one-hour", "external-numbers", "far-numbers", "no-equation", "korean"}


def short_cells(notebook):
    for where, cell in refresh.code_cells(notebook):
        lines = sum(bool(line.strip()) for line in cell.source.splitlines())
        if lines > 15:
            yield f"{where}: {lines} lines, at most 15: split it"


def nothing_unchecked(notebook):
    """Cells say nothing of themselves that no rule knows, and all outputs are compared."""
    for cell in notebook.cells:
        unknown = edition.tags(cell) - TAGS | set(cell.metadata.get("mystnb", {})) - {"image"}
        if unknown:
            yield f"cell {cell.id}: has {', '.join(sorted(unknown))}; known are {', '.join(sorted(TAGS))}"
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


def one_home_per_name(notebook):
    """What a chapter imports from `nllutils` means that function to its end."""
    imported = set()
    for where, cell in refresh.code_cells(notebook):
        nodes = list(ast.walk(ast.parse(cell.source)))
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nllutils"):
                imported |= {name.asname or name.name for name in node.names}
        for node in nodes:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                name = node.name
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                name = node.id
            else:
                continue
            if name in imported:
                yield f"{where}: defines {name}, which the chapter imports from nllutils: rename one"


def figures_explained(notebook):
    """Who cannot see a figure reads its alt text; who can, is told what to look at."""
    number = 0
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        if not any("image/png" in output.get("data", {}) for output in cell.get("outputs", [])):
            continue
        alt = alt_text(cell)
        if len(edition.WORD.findall(alt)) < 5:
            yield f"cell {cell.id}: the alt text {alt!r} (metadata mystnb.image.alt) is no sentence"
        number += 1
        caption = edition.CAPTION.format(number)
        if following is None or following.cell_type != "markdown" or caption not in following.source:
            yield f"cell {cell.id}: no caption follows the figure, {caption} ...**"


def alt_text(cell):
    return cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")


def is_solution(details):
    return any(language == "python" for language, _ in FENCE.findall(details))


def sentences(cell):
    """What a cell states in words. Solutions are weighed with what they print; wrong options are wrong."""
    if cell.cell_type == "code":
        return f"{alt_text(cell)}\n{comments(cell.source)}"
    if edition.EXERCISE.search(cell.source):
        return ""  # what an exercise gives comes from nowhere
    text = DETAILS.sub(lambda match: "" if is_solution(match[0]) else match[0], cell.source)
    return edition.SOURCES_SECTION.sub("", re.sub(r"<summary>.*?</summary>", "", text))


def around(notebook, place):
    """A cell, with the code cells near it: two before, two after."""
    code = [n for n, cell in enumerate(notebook.cells) if cell.cell_type == "code" and n != place]
    before, after = [n for n in code if n < place], [n for n in code if n > place]
    return [notebook.cells[n] for n in [*before[-2:], place, *after[:2]]]


def everywhere(notebook, cell):
    """All cells of a notebook and of those that a cell links to."""
    linked = re.findall(r"\]\(([\w-]+\.ipynb)", cell.source)
    notebooks = [notebook, *(edition.read(refresh.CHAPTERS / name) for name in linked)]
    return [each for one in notebooks for each in one.cells]


def weighed(notebook):
    """Each cell, the numbers that can bear its sentences out, and what they do not bear out."""
    said = []
    for place, cell in enumerate(notebook.cells):
        if "far-numbers" in edition.tags(cell) or edition.SUMS_UP.search(cell.source):
            known, where = everywhere(notebook, cell), "in no code and no output, here or in what it links to"
        else:
            known, where = around(notebook, place), "in no code and no output near it (tag: far-numbers?)"
        known = [*evidence(known), *said]
        founded, faults = weigh(sentences(cell), known)
        said += founded
        yield cell, known, [f"cell {cell.id}: {fault} stands {where}" for fault in faults]


def prose_numbers(notebook):
    """A number in a sentence is borne out near it, or repeats what was; if not, the cell says so."""
    for cell, _, faults in weighed(notebook):
        if "external-numbers" in edition.tags(cell):
            faults = (
                [] if "](http" in cell.source else [f"cell {cell.id}: external-numbers but no linked source"]
            )
        yield from faults


def one_word_per_term(notebook):
    for cell in notebook.cells:
        for fault in wrong_words(f"{cell.source}\n{alt_text(cell)}"):
            yield f"cell {cell.id}: {fault}"


def english_in_brackets(notebook):
    """A reader who knows the English word finds the Korean one: every chapter can be the first one read."""
    yield from introductions_missing(edition.markdown(notebook))


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


def rerun(notebook, execute):
    """In one kernel: the chapter shows what is stored, then `check` accepts each solution's answer."""
    blocks = list(solutions(notebook))
    fresh = copy.deepcopy(notebook)
    for _, block, check in blocks:
        code = "".join(text for language, text in FENCE.findall(block) if language == "python")
        reveal = "assert answer is not ..., 'the solution sets no answer'\ncallable(answer) or print(answer)"
        fresh.cells.append(new_code_cell(f"answer = ...\n{code}{reveal}\n{check}"))
    stopped = execute(fresh) + list(refresh.faults(fresh))
    yield from stopped
    if stopped:
        return
    solved = fresh.cells[len(notebook.cells) :]
    del fresh.cells[len(notebook.cells) :]
    refresh.normalise(fresh, "")
    yield from refresh.differences(notebook, fresh)
    known = {cell.id: numbers_there for cell, numbers_there, _ in weighed(notebook)}
    for (cell, block, check), done in zip(blocks, solved, strict=True):
        shown = shown_text(done)
        if check and edition.ACCEPTED not in shown:
            yield f"cell {cell.id}: {check} does not accept the solution"
        for fault in weigh(block, [*known[cell.id], numbers(shown)])[1]:
            yield f"cell {cell.id}: {fault} in the solution stands in no output and no code near it"


def solutions(notebook):
    """The <details> with Python code: cell, text, and `check(...)` if the next cell has one."""
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], new_code_cell()], strict=True):
        if cell.cell_type == "markdown":
            for block in filter(is_solution, DETAILS.findall(cell.source)):
                yield cell, block, re.search(r"^check\(.*\)$|\Z", following.source, re.MULTILINE)[0]


def missing_parts(notebook, parts):
    text, place, last = edition.markdown(notebook), 0, "the beginning"
    for pattern, example in parts:
        part = re.compile(pattern, re.MULTILINE).search(text, place)
        if part is None:
            yield f"after {last} there has to be: {example}"
        else:
            place, last = part.end(), part[0].partition("\n")[0]


RULES = [
    refresh.faults,
    short_cells,
    nothing_unchecked,
    plain_python,
    one_home_per_name,
    figures_explained,
    prose_numbers,
    one_word_per_term,
    english_in_brackets,
    seeded,
]


def faults_of(path):
    text = path.read_text("utf8")
    notebook = nbformat.v4.reads(text)
    rules = [plain_python] if any(plain_python(notebook)) else RULES  # the others read the code
    for rule in rules:
        yield from rule(notebook)
    yield from missing_parts(notebook, edition.parts(path))
    if len(text) > 1000 * MOST_KILOBYTES:
        yield f"weighs {len(text) // 1000} KB, at most {MOST_KILOBYTES}: fewer or smaller pictures"
    refresh.normalise(notebook, path.stem)
    if refresh.dump(notebook) != text:
        yield "is not in normal form: run `make format`"


RULED = [*edition.CHAPTERS, edition.TEMPLATE]


@pytest.mark.parametrize("path", RULED, ids=lambda path: path.stem)
def test_chapter_keeps_the_rules(path):
    assert not (found := list(faults_of(path))), "\n".join([path.name, *found])


@pytest.mark.parametrize("path", RULED, ids=lambda path: path.stem)
def test_chapter_runs_and_its_solutions_are_right(path, execute):
    assert not (found := list(rerun(edition.read(path), execute))), "\n".join([path.name, *found])


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
    assert [fault for rule in RULES for fault in rule(good())] == []


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
    (nothing_unchecked, change(1, metadata={"tags": ["remove-input"]}), "has remove-input; known are"),
    (nothing_unchecked, change(1, metadata={"mystnb": {"remove_code_source": True}}), "remove_code_source"),
    (nothing_unchecked, change(1, source="# NBVAL_IGNORE_OUTPUT\nx"), "comparison"),
    (plain_python, change(1, source="%matplotlib inline"), "not plain"),
    (plain_python, change(1, source="!pip install nllutils"), "not plain"),
    (plain_python, change(1, source="from numpy import *"), "everything from numpy"),
    (plain_python, change(1, source="get_ipython()"), "get_ipython"),
    (one_home_per_name, change(2, source="from nllutils import ece\ndef ece(p): ..."), "defines ece"),
    (one_home_per_name, change(2, source="from nllutils import ece as e\ne, x = 1, 2"), "defines e,"),
    (figures_explained, change(3, metadata={}), "no sentence"),
    (figures_explained, change(3, metadata={"mystnb": {"image": {"alt": "figure_1.png"}}}), "no sentence"),
    (figures_explained, change(4, cell_type="raw"), "no caption"),
    (
        figures_explained,
        change(4, source="**그림 2.** 봉우리를 보세요."),
        "no caption follows the figure, **그림 1.",
    ),
    (
        prose_numbers,
        change(0, source="우도는 0.2669입니다."),
        "0.2669 stands in no code and no output near it",
    ),
    (prose_numbers, change(0, source="우도는 -0.2668입니다."), "-0.2668"),
    (prose_numbers, change(0, source="우도는 26.7 %가 아니라 26.8 %입니다."), "26.8 %"),
    (prose_numbers, change(0, source="차례로 0.2668, 0.7입니다."), "0.2668, 0.7 (in this order)"),
    (prose_numbers, change(0, source="곱은 $2.656 \\times 10^{-4}$입니다."), "2.656e-4"),
    (prose_numbers, change(0, source="곱은 2.7e-4입니다."), "2.7e-4"),
    (prose_numbers, change(0, source="곱은 2.656입니다."), "2.656"),
    (prose_numbers, change(0, source="| 관측 | 87개 |"), "87"),
    (prose_numbers, change(0, source="$$0.27 + 0.31$$"), "0.31"),
    (
        prose_numbers,
        change(0, source="<details><summary>0.44</summary>\n\n0.45\n\n</details>"),
        "0.45",
    ),
    (prose_numbers, change(1, source="0.9**100  # 2.7e-5가 아니라 2.6e-5"), "2.6e-5"),
    (prose_numbers, change(0, source="1.23", metadata={"tags": ["external-numbers"]}), "no linked source"),
    (prose_numbers, change(0, source="1.23", metadata={"tags": ["far-numbers"]}), "in no code and no output"),
    (prose_numbers, change(3, metadata={"mystnb": {"image": {"alt": "높이는 0.44이다."}}}), "0.44"),
    (one_word_per_term, change(0, source="그래디언트"), "기울기"),
    (one_word_per_term, change(1, source='print("손실함수")'), "손실 함수"),
    (one_word_per_term, change(3, metadata={"mystnb": {"image": {"alt": "가능도 곡선"}}}), "우도"),
    (english_in_brackets, change(0, source="[로짓](../glossary.md#로짓-logits)을 (둘)"), "로짓(...)"),
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


def test_numbers_far_off_have_to_be_marked_or_said_before():
    notebook = good()
    notebook.cells += [new_code_cell("x = 1", execution_count=n) for n in (4, 5)]
    notebook.cells.append(new_markdown_cell("0.9를 백 번 곱하면 2.656e-5입니다."))
    (fault,) = prose_numbers(notebook)  # the product has been said, its factor has not
    assert "0.9 stands" in fault
    notebook.cells[-1].metadata["tags"] = ["far-numbers"]
    assert list(prose_numbers(notebook)) == []
    notebook.cells[-1] = new_markdown_cell("## 핵심 정리\n\n- 0.9입니다.")
    assert list(prose_numbers(notebook)) == []


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("NLL 0.105, -1.384, 33.115배", "0.10536 -1.38364656 33.11545"),
        ("$2.656 \\times 10^{-5}$, 3 × 10^8", "2.65614e-05 299792458"),
        ("90.8 %, 27\\%, 4.9억 배", "0.9081 .266 485165195"),
        ("[4.1절], 2024년, (1987), #10033, Python 3.11~3.14, 10-20-3 신경망의 10과 20, 읽기 25분", "10 20"),
        ("0.25는", ".25"),
        ("20,190.50원", "20_190.5"),
        ("PyTorch 2.13에서, 2.13.0, 1.2.5절, doi:10.1145/103162.103163, arXiv:1508.07909", ""),
        ("```\n0.123\n```", ""),
        ("순서대로 0.7, 0.2이고 $[0.2,\\ 0.7]$은 거꾸로입니다.", "0.2 0.7 0.2"),
        ("$0.5 < p$이고 0.7-0.5와 $-0.5$", "0.5 0.7 -0.5"),
    ],
)
def test_founded_numbers(text, known):
    assert weigh(text, [numbers(known)])[1] == []


def test_a_format_is_no_number():
    notebook = new_notebook(cells=[new_markdown_cell("0.34입니다."), new_code_cell('f"{p:.34f} {q:>9.34f}"')])
    assert list(prose_numbers(notebook)) != []


@pytest.fixture
def exercise(execute):
    cells = [
        new_code_cell("from nllutils import check\nprint(0.9)", execution_count=1),
        new_markdown_cell("<details>\n\n약 1.386\n\n```python\nanswer = -np.log(0.25)\n```\n\n</details>"),
        new_code_cell('import numpy as np\nanswer = ...\ncheck("negation-1", answer)', execution_count=2),
    ]
    notebook = new_notebook(cells=cells)
    execute(notebook)
    refresh.normalise(notebook, "exercise")
    return notebook


def test_chapters_are_rerun_with_their_solutions(exercise, execute):
    notebook = exercise
    assert list(rerun(notebook, execute)) == []
    notebook.cells[0].outputs[0].text = "0.8\n"
    notebook.cells[1].source = notebook.cells[1].source.replace("1.386", "1.387").replace("0.25", "0.3")
    shows, accepts, states = rerun(notebook, execute)
    assert "0.9" in shows and "does not accept" in accepts and "1.387" in states
    notebook.cells[1].source = notebook.cells[1].source.replace("answer =", "result =")
    assert any("sets no answer" in fault for fault in rerun(notebook, execute))


@pytest.mark.parametrize(("pattern", "example"), edition.LESSON)
def test_a_lesson_without_a_part_is_noticed(pattern, example):
    text, removed = re.subn(pattern, "", edition.markdown(edition.read(edition.TEMPLATE)), flags=re.MULTILINE)
    notebook = new_notebook(cells=[new_markdown_cell(text)])
    assert removed and any(example in fault for fault in missing_parts(notebook, edition.LESSON))


def test_the_order_of_parts_counts():
    assert list(missing_parts(edition.read(edition.TEMPLATE), edition.LESSON[::-1]))


def test_deep_dives_and_drafts_need_fewer_parts():
    names = ["00-start", "01-likelihood", "deep-counts", "symptoms", "template"]
    needed = [edition.parts(edition.ROOT / f"{name}.ipynb") for name in names]
    assert needed == [[], edition.LESSON, edition.DEEP_DIVE, [], edition.LESSON]
