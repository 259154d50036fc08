"""Both editions are the same book: cell by cell, and page by page."""

import re

import edition
import nbformat
import pytest
import yaml
from nbformat import v4

import nllutils.en
from tools import EDITIONS, ROOT, translated

TEXT = {
    "ko": r"""# 로그

확률이 0.5이면 $-\log p$는 0.693이고 `np.log`로 구합니다. [다음](02-log.ipynb#합)을 보세요.

| 확률 | 손실 |
|---|---|
| 0.5 | 0.693 |

- 하나
- 둘

> **예측해 보세요** 30만 개에서 0.01만 빼면?""",
    "en": r"""# The logarithm

With a probability of 0.5, $-\log p$ is 0.693; `np.log` finds it. See [what follows](02-log.ipynb#sum).

| Probability | Loss |
|---|---|
| 0.5 | 0.693 |

- one
- two

> **Predict** And for 300,000, less only 0.01?""",
}
CODE = {
    "ko": """from nllutils import check

loss = -np.log(0.5)  # 손실
print(f"손실 {loss:.3f}, 확률 {p}")
plt.plot([0, 1])""",
    "en": """from nllutils.en import check

loss = -np.log(0.5)  # the loss
print(f"Probability {p}, loss {loss:.3f}")
plt.plot([0, 1])""",
}
QUIZ = {
    "ko": "<details>\n<summary>① 맞다</summary>\n\n맞습니다.\n\n</details>",
    "en": "<details>\n<summary>① Yes</summary>\n\nRight.\n\n</details>",
}
PRINTED = {"ko": "손실 0.693, 확률 0.5\n", "en": "Probability 0.5, loss 0.693\n"}
ALT = {"ko": "내려가는 곡선.", "en": "A falling curve."}


def notebook(language):
    """Return a small notebook in a language."""
    picture = v4.new_output("display_data", {"image/png": "iVBO", "text/plain": "<Figure>"})
    cells = [
        v4.new_markdown_cell(TEXT[language], id="text"),
        v4.new_code_cell(
            CODE[language],
            id="code",
            outputs=[v4.new_output("stream", text=PRINTED[language]), picture],
            metadata={"mystnb": {"image": {"alt": ALT[language]}}},
        ),
        v4.new_markdown_cell(QUIZ[language], id="quiz"),
    ]
    return v4.new_notebook(cells=cells)


def pair():
    """Return the Korean notebook and the English one that renders it."""
    korean, english = notebook("ko"), notebook("en")
    for one, other in zip(korean.cells, english.cells, strict=True):
        other.metadata["translated_from"] = translated.digest(translated.rendered(one))
    return korean, english


def plant(cell, old, new):
    def change(korean, english):
        target = next(each for each in english.cells if each.id == cell)
        assert old in target.source
        target.source = target.source.replace(old, new, 1)

    return change


def in_output(korean, english):
    english.cells[1].outputs[0].text = "Probability 0.5, loss 0.694\n"


def lose_description(korean, english):
    del english.cells[1].metadata["mystnb"]


def swap(korean, english):
    english.cells[0], english.cells[2] = english.cells[2], english.cells[0]


FAULTS = {
    "a number in the text": plant("text", "is 0.693", "is 0.695"),
    "a formula": plant("text", "-\\log p", "\\log p"),
    "a link": plant("text", "02-log", "03-negation"),
    "a heading's level": plant("text", "# The", "## The"),
    "a list item": plant("text", "- two", "two"),
    "a row of a table": plant("text", "| 0.5 | 0.693 |\n", ""),
    "a name in the text": plant("text", "`np.log`", "`np.exp`"),
    "a large number": plant("text", "300,000", "30,000"),
    "Korean in the text": plant("text", "one", "하나"),
    "a box": plant("text", "> **Predict**", "**Predict**"),
    "a number in the code": plant("code", "0.5", "0.6"),
    "a lost line": plant("code", "\nplt.plot([0, 1])", ""),
    "a field of an f-string": plant("code", "{loss:.3f}", "{p:.3f}"),
    "a text that is no Korean": plant("code", "nllutils.en", "numpy"),
    "a lost comment": plant("code", "  # the loss", ""),
    "Korean in the code": plant("code", "Probability", "확률"),
    "the output": in_output,
    "the description": lose_description,
    "another right answer": plant("quiz", "Right", "No"),
    "a lost fold": plant("quiz", "<details>", "<p>"),
    "the order of cells": swap,
    "a lost cell": lambda korean, english: english.cells.pop(),
    "a tag": lambda korean, english: english.cells[1].metadata.update(tags=["hide-input"]),
    "changed Korean": lambda korean, english: plant("text", "하나", "첫째")(None, korean),
    "a changed Korean comment": lambda korean, english: plant("code", "# 손실", "# 평균")(None, korean),
    "a changed Korean description": lambda korean, english: korean.cells[1].metadata.mystnb.image.update(
        alt="곡선."
    ),
}


@pytest.mark.parametrize("fault", [None, *FAULTS])
def test_a_difference_would_be_noticed(fault):
    korean, english = pair()
    if fault:
        FAULTS[fault](korean, english)
    assert bool(list(translated.notebook_faults(korean, english))) == bool(fault)


def test_a_page_records_what_it_renders():
    korean, english = "# 책\n\n0.5입니다.", "# Book\n\nIt is 0.5."
    marked = translated.MARK + translated.digest(korean) + "\n" + english
    assert not list(translated.page_faults(korean, marked))
    assert list(translated.page_faults(korean, english))
    assert list(translated.page_faults(korean.replace("책", "책들"), marked))
    assert list(translated.page_faults(korean, marked.replace("0.5", "0.6")))


def test_computed_minutes_may_differ():
    page = "# {}\n\n<!-- minutes lessons -->{}<!-- end -->"
    mark = translated.MARK + translated.digest(page.format("책", ""))
    english = f"{mark}\n{page.format('Book', '6 h 5 min')}"
    assert not list(translated.page_faults(page.format("책", "7시간"), english))
    lines = (
        "**걸리는 시간** 읽기 9분, 연습 없음, 실행 5초",
        "**Time** reading 8 min, exercises none, running 5 s",
    )
    assert not list(translated.text_faults(*lines))


def test_having_looked_is_recorded(tmp_path, monkeypatch):
    folders = {"ko": tmp_path, "en": tmp_path / "en"}
    monkeypatch.setattr(translated, "EDITIONS", folders)
    (tmp_path / "en" / "chapters").mkdir(parents=True)
    (tmp_path / "chapters").mkdir()
    for language, folder in folders.items():
        nbformat.write(notebook(language), folder / "chapters" / "log.ipynb")
        (folder / "page.md").write_text("# A page\n", "utf8")
    assert translated.names() == ["chapters/log.ipynb", "page.md"]
    assert translated.main([]) == 1
    assert translated.main(["--seen", "chapters/log.ipynb", "page.md"]) == 0
    assert translated.main(["--seen", "page.md"]) == 0  # once more changes nothing
    assert (tmp_path / "en" / "page.md").read_text("utf8").count(translated.MARK) == 1


# --- The book --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", translated.names())
def test_the_editions_fit(name):
    assert list(translated.faults(name)) == []


def test_the_contents_are_the_same():
    contents = yaml.safe_load((EDITIONS["en"] / "_toc.yml").read_text("utf8"))
    assert list(edition.files(contents)) == edition.TOC


def test_the_settings_are_the_same():
    def settings(folder):
        text = (folder / "_config.yml").read_text("utf8")
        text = re.sub(r"^(title|exclude_patterns|    language): .*", r"\1", text, flags=re.M)
        return text.replace("../", "").replace("theme: ..", "theme: .")

    assert settings(EDITIONS["en"]) == settings(ROOT)


def test_the_english_names_are_those_of_the_package():
    assert nllutils.en.cross_entropy is nllutils.cross_entropy
    with pytest.raises(AttributeError):
        nllutils.en.nothing  # noqa: B018


def test_the_english_names_speak_english(capsys):
    nllutils.en.check("negation-1", ...)
    nllutils.en.explain([[0.0, 1.0]], [1])
    text = capsys.readouterr().out + nllutils.en.explorables.show("softmax-nll")._repr_html_()
    assert not translated.HANGUL.search(text)
