"""The minutes of the lessons are counted right and up to date; and what lessons keep to that state them."""

import re

import nbformat
import pytest
from edition import CHAPTERS, TEMPLATE
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import lessons, refresh


def text(source, *tags):
    return new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source, *tags, **output):
    outputs = [new_output("display_data" if "data" in output else "stream", **output)] if output else []
    return new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)})


def measure(*cells):
    return lessons.measure(new_notebook(cells=cells))


TEXT, CODE = "가나다 " * 100, "x = 1\n\n" * 8  # a minute each


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        (text(TEXT), 1),
        (text(TEXT + "라"), 2),
        (text(f"[](../a.md#{TEXT.replace(' ', '-')})<img alt='{TEXT}'>$\\text{{{TEXT}}}$ 가"), 1),
        (text("$$p$$\n\n그리고 $q$\n\n$$p\n= q$$"), 4),
        (text(f"```python\n# 식\n{CODE[7:]}```"), 1),
        (text(f"```python\n{CODE}```\n\n```text\n{CODE}```"), 2),
        (code(CODE), 1),
        (code(CODE, "hide-output"), 1),
        (code(CODE, "hide-input"), 0),
        (code(CODE, "hide-input", data={"image/png": "", "text/plain": "<Figure>"}), 1),
        (code("", data={"text/html": "<div></div>"}), 1),
        (code("", text="1\n" * 99), 0),
    ],
)
def test_minutes_of_a_cell(cell, minutes):
    assert measure(cell)["read"] == minutes


def test_exercises_count_apart():
    exercises = [text(f"## 연습문제\n\n{TEXT}\n\n### 연습 1 ★\n\n$$p$$"), code(CODE), text("### 연습 2 ★★")]
    measured = measure(text(TEXT), *exercises, text(f"## 핵심 정리\n\n{TEXT}"), code(CODE))
    assert (measured["read"], measured["exercises"]) == (4, 14)
    assert (measured["cells"], measured["code"], measured["words"]) == (1, 0, 100), "the budget ends before"


@pytest.mark.parametrize(
    ("cells", "minutes"),
    [
        ([text(TEXT, "one-hour"), code(CODE)], 1),
        ([text("# 우도", "one-hour"), code(CODE), text(f"가\n\n## 식\n\n{TEXT}"), code(CODE)], 2),
        ([text("## 식", "one-hour"), code(CODE), text(f"### 예\n\n{TEXT}"), text(f"## 그림\n\n{TEXT}")], 3),
        ([text("### 식", "one-hour"), code(CODE), text(f"### 예\n\n{TEXT}")], 2),
        ([text("## 식"), text(TEXT), code(CODE, "one-hour")], 1),
        ([text("```python\n# 식\n```\n\n## 식", "one-hour"), text(TEXT)], 1),
    ],
)
def test_the_tag_of_the_route_holds_until_the_next_heading(cells, minutes):
    assert measure(*cells)["one-hour"] == minutes


def test_lines_are_as_wide_as_they_look():
    notebook = new_notebook(cells=[code("#" * 80 + f"\n# {'가' * 39}\n# {'가' * 39}!")])
    assert [line[-1] for _, line in lessons.wide_lines(notebook)] == ["!"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("읽기 3분, 연습 99분, 실행 5초", "읽기 1분, 연습 7분, 실행 5초"),
        ("읽기 3분, 연습 없음, 실행 5초", "읽기 1분, 연습 7분, 실행 5초"),
        ("읽기 3분, 실행 5초", "읽기 3분, 실행 5초"),
    ],
)
def test_the_normal_form_has_the_right_minutes(before, after):
    cells = [text(f"# 우도\n\n**걸리는 시간** {before}"), text("## 연습문제\n\n### 연습 1 ★")]
    refresh.normalise(new_notebook(cells=cells), "01-coin")
    assert cells[0].source == f"# 우도\n\n**걸리는 시간** {after}"


def test_no_exercises_are_said():
    cells = [text("# 깊이\n\n**걸리는 시간** 읽기 3분, 연습 7분, 실행 5초")]
    lessons.set_minutes(new_notebook(cells=cells))
    assert "연습 없음" in cells[0].source


MEASURED = {
    "01-coin": measure(text(60 * TEXT, "one-hour"), text("## 연습문제\n\n### 연습 1")),
    "02-log": measure(*[text(TEXT) for _ in range(40)]),
    "deep-float": measure(*[text(TEXT) for _ in range(40)]),
    "clinic": measure(text(20 * TEXT)),
}


def test_the_index_tells_the_sums():
    routes = lessons.sums(MEASURED)
    assert [routes[name] for name in lessons.ROUTES] == [60, 100, 7, 40]
    text = "| <!-- minutes {} -->{}<!-- end --> | <!-- minutes lessons -->{}<!-- end --> 그리고 <!-- 가 -->"
    assert lessons.fill(text.format("one-hour", "", "?"), routes) == text.format(
        "one-hour", "60분", "1시간 40분"
    )
    assert lessons.fill(text.format("clinic", "1분", ""), routes) == text.format(
        "clinic", "20분", "1시간 40분"
    )
    with pytest.raises(ValueError, match="no notebook and no route is called two-hours"):
        lessons.fill("<!-- minutes two-hours -->1분<!-- end -->", routes)


def test_the_table_marks_what_is_over_its_budget():
    rows = {line.split()[0]: line for line in lessons.table(MEASURED)}
    assert "6000!" in rows["01-coin"]
    assert "40!" in rows["02-log"]
    assert "40!" not in rows["deep-float"]
    assert "!" not in rows["clinic"]
    assert re.search(r"lessons +100 minutes: 1시간 40분", rows["lessons"])


def test_the_pages_are_up_to_date():
    minutes = lessons.sums(lessons.measure_all())
    texts = {page.name: page.read_text("utf8") for page in lessons.PAGES}
    stale = [name for name, text in texts.items() if lessons.fill(text, minutes) != text]
    assert not stale, f"minutes in {', '.join(stale)}: run python -m tools.lessons --write"


# What the lessons keep whose line of minutes has the new form. A rule yields its faults.


def narrow_code(notebook):
    for cell, line in lessons.wide_lines(notebook):
        yield f"cell {cell.id}: {lessons.columns(line)} columns, at most 80: {line.strip()}"


QUESTION_OR_FOLD = re.compile(r"^> \*\*(예측해 보세요)|^<details>", re.M)


def predictions_unanswered(notebook):
    """The reader can predict: the next result is folded, and nothing tells it before."""
    asked = None
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for found in QUESTION_OR_FOLD.finditer(cell.source):
                if found[1] and asked:
                    yield f"cell {asked}: nothing answers the prediction"
                asked = cell.id if found[1] else None
        elif asked and cell.outputs:
            folded = lessons.tagged(cell, "hide-output")
            interactive = any("text/html" in output.get("data", {}) for output in cell.outputs)
            if not folded and not interactive:
                yield f"cell {cell.id}: shows what cell {asked} asks for: tag it hide-output"
            asked = None
    if asked:
        yield f"cell {asked}: nothing answers the prediction"


def folds_tell_nothing(notebook):
    """What stands beside a folded result is silent on it, in JupyterLab, too."""
    for cell in notebook.cells:
        if lessons.tagged(cell, "hide-output"):
            first = cell.outputs[0].get("text", "").partition("\n")[0] if cell.outputs else ""
            if not cell.outputs:
                yield f"cell {cell.id}: has no output to fold"
            if re.search(r"\d", first):
                yield f"cell {cell.id}: JupyterLab shows the first line of a folded output: {first}"
            if not lessons.tagged(cell, "hide-input") and re.search(r"^\s*assert\b", cell.source, re.M):
                yield f"cell {cell.id}: asserts what it folds: do it in a cell below, tagged hide-input"


RULES = [narrow_code, predictions_unanswered, folds_tell_nothing]


@pytest.mark.parametrize("path", [*CHAPTERS, TEMPLATE], ids=lambda path: path.stem)
def test_rules_of_new_lessons(path):
    notebook = nbformat.read(path, as_version=4)
    if any(lessons.LINE.search(cell.source) for cell in notebook.cells):
        assert [fault for rule in RULES for fault in rule(notebook)] == []


def good():
    return [
        text("가\n\n> **예측해 보세요** 얼마일까요?"),
        code("x = 1"),
        code("print(loss)", "hide-output", text="손실\n0.357"),
        code("assert loss == 0.357", "hide-input"),
        text("> **예측해 보세요** 왜일까요?\n\n<details>\n<summary>답 보기</summary>\n\n가\n\n</details>"),
        text("> **예측해 보세요** 어디로 갈까요?"),
        code("explorables.show('x')", data={"text/html": ""}),
        code("print(1)", text="1"),
    ]


def test_rules_accept_a_good_lesson():
    assert [fault for rule in RULES for fault in rule(new_notebook(cells=good()))] == []


@pytest.mark.parametrize(
    ("place", "cell", "words"),
    [
        (1, code(f"x = '{'가' * 38}'"), "82 columns"),
        (2, code("print(loss)", text="손실\n0.357"), "tag it hide-output"),
        (1, text("> **예측해 보세요** 그리고?"), "nothing answers"),
        (6, text("끝"), "shows what cell"),
        (7, text("> **예측해 보세요** 끝?"), "nothing answers"),
        (2, code("print(loss)", "hide-output", text="손실 0.357\n"), "first line"),
        (2, code("assert loss == 0.357", "hide-output", text="손실"), "asserts what it folds"),
        (2, code("x = 2", "hide-output"), "no output to fold"),
    ],
)
def test_rules_reject(place, cell, words):
    cells = good()
    cells[place] = cell
    faults = [fault for rule in RULES for fault in rule(new_notebook(cells=cells))]
    assert any(words in fault for fault in faults), faults
