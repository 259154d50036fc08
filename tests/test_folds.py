"""What a chapter folds: the right part, in the book's words, for the keyboard, on paper, without script."""

import base64
import io
import re
import subprocess
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from theme.words import WORDS
from tools import ROOT

CONF = """
extensions = ["myst_nb", "theme"]
html_math_renderer, html_theme, language, html_use_index = "katex", "course", "ko", False
nb_execution_mode = "off"
"""


def code(source, *tags, **output):
    """A code cell with these tags, and perhaps one output."""
    outputs = [new_output("display_data" if "data" in output else "stream", **output)] if output else []
    return new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)})


def picture():
    file = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(file, "PNG")
    return {"image/png": base64.b64encode(file.getvalue()).decode()}


def cells():
    yield new_markdown_cell("# 접기\n\n## 예측\n\n> **예측해 보세요** 얼마일까요?")
    yield code("print(0.357)", "hide-output", text="0.357")
    yield new_markdown_cell("> **답** 로그를 취하면 *덧셈*입니다.\n\n아래 문단은 보입니다.")
    yield code("plt.plot()\nplt.show()", "hide-input", data=picture())
    yield code("for p in grid:\n    assert p < 1", "hide-input")
    yield code("import numpy as np", "hide-input")
    yield code("explorables.show('x')", "hide-input", data={"text/html": "<p>미닫이</p>"})
    yield code("plt.bar()\nplt.show()", "hide-input", "hide-output", data=picture())
    yield code("1 + 1", text="2")


def build(folder, cells):
    """Build a book of one page; return what the build complains of."""
    (folder / "conf.py").write_text(CONF, "utf8")
    nbformat.write(new_notebook(cells=list(cells)), folder / "index.ipynb")
    command = [sys.executable, "-m", "sphinx", "-q", folder, folder / "out"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("folds")
    build(folder, cells())
    return folder / "out" / "index.html"


@pytest.fixture(scope="module")
def soup(page):
    return BeautifulSoup(page.read_text("utf8"), "html.parser")


def test_each_fold_says_what_it_holds(soup):
    folds = [(fold.summary.text, fold.summary.find_next_sibling()) for fold in soup.select(".cell > details")]
    assert [(word, part.img is not None or part.text.split()[0]) for word, part in folds] == [
        ("결과 보기", "0.357"),
        ("그림을 그린 코드", "plt.plot()"),
        ("검산", "for"),
        ("코드 보기", "import"),
        ("코드 보기", "explorables.show('x')"),
        ("그림을 그린 코드", "plt.bar()"),
        ("결과 보기", True),
    ]
    assert not soup.select("details[open], details[class], details [aria-label]")
    assert not re.search("[A-Za-z]", "".join(summary.text for summary in soup.select("summary")))


def test_what_no_tag_folds_is_seen(soup):
    seen = "".join(
        str(text) for text in soup.article.find_all(string=True) if not text.find_parent("details")
    )
    assert "print(0.357)" in seen
    assert "1 + 1" in seen
    assert "아래 문단은 보입니다." in seen
    assert "미닫이" in seen
    assert "덧셈" not in seen


def test_an_answer_is_folded_with_its_result(soup):
    answer = soup.select_one(".cell > details .answer")
    assert answer.text.strip() == "답 로그를 취하면 덧셈입니다."
    assert answer.em


@pytest.mark.parametrize("tags", [(), ("hide-input",)])
def test_an_answer_that_nothing_folds_is_a_warning(tmp_path, tags):
    said = build(
        tmp_path, [new_markdown_cell("# 접기"), code("1", *tags, text="1"), new_markdown_cell("> **답** 1")]
    )
    assert "WARNING: An answer needs a cell tagged hide-output" in said


def test_every_language_has_words_for_every_fold():
    assert all(
        {"fold_result", "fold_drawing", "fold_check", "fold_code"} <= set(words) for words in WORDS.values()
    )


def test_the_search_looks_into_folds(page):
    index = (page.parent / "_static" / "search-index.js").read_text("utf8")
    assert "덧셈입니다" in index
    assert "plt.plot" in index


def shown(page):
    """Is the text of each folded part to be seen?"""
    parts = page.locator(".cell > details > :not(summary)")
    return parts.evaluate_all("all => all.map(part => part.checkVisibility({ contentVisibilityAuto: true }))")


@pytest.mark.parametrize("script", [True, False])
def test_folds_open_by_keyboard_and_on_paper(browser, page, script):
    context = browser.new_context(java_script_enabled=script, viewport={"width": 390, "height": 900})
    here = context.new_page()
    here.goto(page.as_uri())
    assert not any(shown(here))
    here.locator(".cell > details > summary").first.focus()
    here.keyboard.press("Enter")
    assert shown(here) == [True] + 6 * [False]
    here.emulate_media(media="print")
    assert all(shown(here))
    context.close()


def test_printing_leaves_the_folds_as_they_were(visit, page):
    here = visit(page.as_uri()).page
    here.locator("summary").first.click()
    here.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert here.locator("details:not([open])").count() == 0
    here.evaluate("dispatchEvent(new Event('afterprint'))")
    assert here.locator("details[open]").count() == 1


def test_a_link_into_a_fold_opens_it(visit, page):
    here = visit(page.as_uri()).page
    here.evaluate("document.querySelector('.answer').id = 'answer'")
    here.evaluate("location.hash = 'answer'")
    here.wait_for_function("document.querySelector('#answer').closest('details').open")


def test_only_code_has_a_copy_button(visit, page):
    here = visit(page.as_uri()).page
    assert here.locator(".copy").count() == here.locator(".cell_input").count()
    assert here.locator(".cell_output .copy").count() == 0
