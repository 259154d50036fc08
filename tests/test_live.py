"""Pages that run where they are read: every cell gives what is stored, and nothing comes before the click."""

import re

import browsing
import edition
import nbformat
import pytest
from browsing import Visit

from theme import live as theme_live
from tools import ROOT, book, live

PAGE = "01-likelihood"


@pytest.fixture(scope="module")
def runnable(tmp_path_factory):
    """The address of the book, built with Python for its pages, and the folder of the pages."""
    try:
        runtime = live.fetch()
    except SystemExit as error:
        browsing.give_up(f"no Python for the pages: {error}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_LIVE", str(runtime))
        status, folder = book.build(tmp_path_factory.mktemp("live"))
    assert status == 0
    with browsing.served(folder) as address:
        yield address, folder


def text_of(cell):
    """What a cell has printed, and its last value as text."""
    shown = []
    for output in cell.outputs:
        if output.output_type == "stream":
            shown.append(output.text)
        elif not {"text/html", "image/png"} & output.data.keys():
            shown.append(output.data["text/plain"] + "\n")
    return "".join(shown).strip()


def page_of(path):
    return path.relative_to(ROOT).with_suffix("").as_posix()


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


RUNNABLE = [
    path
    # Of the English edition one page: its code is the same, and its outputs are compared elsewhere.
    for path in [*edition.CHAPTERS, *(path for path in edition.ENGLISH if path.stem == PAGE)]
    if (cells := code_cells(path)) and not any(theme_live.TORCH.search(cell.source) for cell in cells)
]
START = "document.getElementById('run-here').click()"
STATUS = "document.querySelector('.live p')?.textContent ?? ''"
RUN_ALL = "document.querySelector('.live button').click()"
OUTPUTS = """[...document.querySelectorAll('article .cell:has(.play)')].map((cell) =>
  [...cell.querySelectorAll('.output pre')].map((pre) => pre.textContent).join('').trim())"""


def started(visit):
    """Start Python on a page."""
    visit.page.evaluate(START)
    visit.page.wait_for_function(f"({STATUS}).includes('▶')", timeout=240_000)


def run_all(visit):
    """Run all cells of a page; return the texts that they give."""
    visit.page.evaluate(RUN_ALL)
    visit.page.wait_for_function(
        f"/^(실행했습니다|Done|오류|There was an error)/.test({STATUS})", timeout=240_000
    )
    return visit.page.evaluate(OUTPUTS)


def test_some_pages_run():
    assert {"01-likelihood", "02-log", "03-negation", "04-classification"} <= {path.stem for path in RUNNABLE}


@pytest.mark.parametrize("path", RUNNABLE, ids=page_of)
def test_every_cell_gives_what_is_stored(browser, runnable, path):
    address, _ = runnable
    with Visit(browser, f"{address}/{page_of(path)}.html") as here:
        before = list(here.asked)
        started(here)
        assert run_all(here) == [text_of(cell) for cell in code_cells(path)]
        assert not here.troubles
    assert not [url for url in before if "/python/" in url or "live" in url], "fetched before the click"
    assert all(url.startswith((address, "data:", "blob:")) for url in here.asked)


def test_a_reader_changes_code_and_answers_an_exercise(browser, runnable):
    with Visit(browser, f"{runnable[0]}/chapters/{PAGE}.html") as here:
        started(here)
        page = here.page
        folded = page.locator(".cell details:has(.answer)").first
        assert not folded.get_attribute("open")
        exercise = page.locator(".cell", has_text='check("likelihood-1"').first
        code = exercise.locator(".cell_input pre")
        code.evaluate("(pre) => { pre.textContent = pre.textContent.replace('...', '7'); }")
        code.focus()
        page.keyboard.press("End")
        page.keyboard.type(" ")
        page.keyboard.press("Shift+Enter")
        page.wait_for_function(f"({STATUS}) === '실행했습니다.'", timeout=240_000)
        assert "받은 답: 7" in exercise.inner_text()
        assert not folded.get_attribute("open"), "an answer was opened that nobody asked for"
        assert not here.violations()

        questions = []
        page.on("dialog", lambda dialog: (questions.append(dialog.type), dialog.dismiss()))
        page.click(".live button >> nth=2")
        assert "7" in code.inner_text()
        page.evaluate("location.reload()")
        page.wait_for_timeout(500)
        assert questions == ["confirm", "beforeunload"], "edited code was lost without a question"


def test_python_that_does_not_start_is_started_again_only_on_request(browser, runnable):
    with Visit(browser, f"{runnable[0]}/chapters/{PAGE}.html") as here:
        page, tries = here.page, []
        here.page.context.route("**/pyodide.mjs", lambda route: (tries.append(1), route.abort()))
        page.evaluate(START)
        page.wait_for_function(f"({STATUS}).startsWith('파이썬을 시작하지 못했습니다')")
        page.wait_for_timeout(500)
        assert len(tries) == 1
        here.page.context.unroute("**/pyodide.mjs")
        page.locator(".play").first.click()
        page.wait_for_function(f"({STATUS}) === '실행했습니다.'", timeout=240_000)


def test_an_endless_loop_is_stopped_and_all_is_put_back(browser, runnable):
    with Visit(browser, f"{runnable[0]}/chapters/{PAGE}.html") as here:
        page = here.page
        before = page.inner_text("article")
        started(here)
        first = page.locator(".cell").first
        first.locator("pre").first.evaluate("(pre) => { pre.textContent = 'while True: pass'; }")
        first.locator(".play").click()
        page.wait_for_function(f"({STATUS}) === '실행하는 중입니다.'")
        page.click(".live button >> nth=1")
        page.wait_for_function(f"({STATUS}).includes('▶')", timeout=240_000)
        first.locator("pre").first.evaluate("(pre) => { pre.textContent = 'print(1)\\n1 / 0'; }")
        first.locator(".play").click()
        page.wait_for_function(f"({STATUS}).startsWith('오류')")
        said = first.inner_text()
        assert re.search(r"1\nTraceback.*<cell>.*ZeroDivisionError", said, re.S) and "cells.py" not in said
        page.emulate_media(media="print")
        assert not page.locator(".live").is_visible() and not first.locator(".play").is_visible()
        page.emulate_media(media="screen")
        page.click(".live button >> nth=2")
        page.evaluate("document.querySelectorAll('.play').forEach((play) => play.remove())")
        assert page.inner_text("article") == before


def test_pages_with_torch_say_where_they_run(runnable):
    text = (runnable[1] / "chapters" / "05-pytorch.html").read_text("utf-8")
    assert "run-here" not in text and "Binder나 내 컴퓨터에서 실행하세요" in text


def test_without_python_the_pages_are_as_ever(pages, site):
    assert not any(soup.select("#run-here") for soup in pages.values())
    assert not (site / theme_live.FOLDER).exists()


def test_files_are_checked_whoever_sends_them(monkeypatch, tmp_path):
    def refused(name):
        raise OSError

    monkeypatch.setattr(live, "from_server", refused)
    with pytest.raises(SystemExit, match=r"six\.whl is missing or is not the file"):
        live.take({"six.whl": "0" * 64}, lambda folder: {"six.whl": b"another"}, "Python")
    with pytest.raises(SystemExit, match="could not be fetched"):
        live.take({"six.whl": "0" * 64}, lambda folder: refused("six.whl"), "Python")


def test_a_page_runs_in_other_browsers(runnable, engine):
    engine.visit(f"{runnable[0]}/chapters/{PAGE}.html")
    engine.run(f"{START}; return 0")
    engine.wait(f"return ({STATUS}).includes('▶')", seconds=240)
    engine.run(f"{RUN_ALL}; return 0")
    engine.wait(f"return /^(실행했습니다|오류)/.test({STATUS})", seconds=240)
    path = next(path for path in RUNNABLE if path.stem == PAGE)
    assert engine.run(f"return {OUTPUTS}") == [text_of(cell) for cell in code_cells(path)]
