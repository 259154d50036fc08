"""Every page in Firefox and in WebKit: nothing broken, and its links lead where they say."""

import browsing
import engines
import pytest
from sphinx_external_toc.parsing import parse_toc_yaml

from tools import ROOT

# The English pages have the same parts; a few show what other words do to them.
ENGLISH = ["index", "summary", "chapters/01-likelihood", "chapters/symptoms"]
NAMES = [*parse_toc_yaml(ROOT / "_toc.yml"), *(f"en/{name}" for name in ENGLISH)]


@pytest.fixture(scope="module")
def watched(site):
    """The address of the book on a server that writes down what goes wrong."""
    with browsing.served(site, engines.Watched) as address:
        yield address


def faults(engine, url, rule=""):
    """Go through a page, narrow and wide, with one more rule of style; return what is wrong, by kind."""
    found = {}
    engine.visit(url, engines.NARROW)
    engine.add("style", rule)
    found["fonts"] = engine.run("return [...document.fonts].every(({ status }) => status !== 'loaded')")
    found["narrow"] = engine.ask("tooWide")
    engine.resize(engines.WIDE)
    found["astray"] = engine.ask("astray")
    found["folded"] = engine.ask("spoilt")
    engine.ask("unfold")
    found["shape"], found["wide"] = engine.ask("misshapen"), engine.ask("tooWide")
    found["figures"] = engine.run("return document.querySelectorAll('.explorable:not([data-live])').length")
    found["theme"] = not engine.run(SWITCH)
    found["script"] = engine.troubles()
    return {kind: fault for kind, fault in found.items() if fault}


SWITCH = """
  const colour = () => getComputedStyle(document.body).backgroundColor, before = colour();
  document.getElementById("theme").click();
  const changed = colour() !== before;
  document.getElementById("theme").click();
  return changed && colour() === before;
"""


@pytest.mark.parametrize("name", NAMES)
def test_a_page_in_other_browsers(engine, watched, name):
    assert not faults(engine, f"{watched}/{name}.html")


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("narrow", "h1 { width: 900px }"),
        ("shape", "p { opacity: 0.5 }"),
        ("folded", "details::details-content { content-visibility: visible; block-size: auto }"),
        ("theme", "body { background: white !important }"),
        ("astray", "html { scroll-padding-top: 0 !important }"),
    ],
)
def test_a_fault_is_noticed(engine, watched, kind, rule):
    assert kind in faults(engine, f"{watched}/chapters/symptoms.html", rule)


# Firefox holds what is being read in its place.
@pytest.mark.parametrize("engine", [engines.WebKit], ids=["WebKit"], indirect=True)
def test_places_that_are_guessed_are_noticed(engine, watched):
    guessed = "section section { content-visibility: auto; contain-intrinsic-height: 90rem }"
    assert "astray" in faults(engine, f"{watched}/chapters/symptoms.html", guessed)


def test_what_a_script_says_is_heard(engine, watched):
    engine.visit(f"{watched}/index.html")
    engine.add("script", "setTimeout(() => missing()); Promise.reject('refused');")
    engine.run("return new Promise(done => setTimeout(done, 50))")
    assert "missing" in engine.troubles() and "refused" in engine.troubles()


def test_the_search_field_keeps_its_words_when_the_reader_comes_back(engine, watched):
    engine.visit(f"{watched}/search.html")
    engine.run(
        "const field = document.querySelector('form.search input'); field.value = '가중치를';"
        " field.dispatchEvent(new Event('input')); return 0"
    )
    found = engine.wait("return document.querySelectorAll('.results li').length")
    assert engine.run("return document.activeElement.name") == "q"
    engine.run("document.querySelector('.results a').click(); return 0")
    engine.wait("return document.readyState === 'complete' && !document.querySelector('.results')")
    engine.back()
    assert engine.wait("return document.querySelectorAll('.results li').length") == found
    assert engine.run("return document.querySelector('form.search input').value") == "가중치를"


def test_what_the_clipboard_refuses_is_selected(engine, watched):
    engine.visit(f"{watched}/chapters/symptoms.html")
    engine.run("document.querySelector('.copy').click(); return 0")  # a script may not write
    button = engine.wait(
        "const said = document.querySelector('.copy').textContent; return said !== '복사' && said"
    )
    code = engine.run("return document.querySelector('.highlight:has(> .copy) pre').textContent")
    assert button == "선택됨" and engine.run("return String(getSelection())").strip() == code.strip()
    assert not engine.troubles()
