"""What a reader gets of every page: all of its text, and nothing broken, on every screen and on paper."""

import gzip
import io

import browsing
import numpy as np
import pypdf
import pytest
from browsing import Visit
from fontTools.ttLib import TTFont
from PIL import Image
from sources import Source, missing
from sphinx_external_toc.parsing import parse_toc_yaml

from tools import EDITIONS, ROOT

# In the reader's order, for each edition: where its pages are, and their names below that.
CONTENTS = {
    folder.relative_to(ROOT).as_posix().removeprefix("."): list(parse_toc_yaml(folder / "_toc.yml"))
    for folder in EDITIONS.values()
}
NAMES = [f"{folder}/{name}".strip("/") for folder, names in CONTENTS.items() for name in names]
MOST_KILOBYTES, MOST_REQUESTS = 140, 25

# --- Every page, once ------------------------------------------------------------------------------------


def faults(here, source):
    """Go through a page on every screen; return what is wrong with it, by kind."""
    found = {"folded": here.ask("spoilt")}
    here.ask("unfold")
    here.settle()
    found["shape"] = here.ask("misshapen")
    if source:
        copies = here.ask("copies")
        found["copy"] = copies != source.code and (copies, source.code)
    for width in (1280, 390):
        here.resize(width)
        found[f"width {width}"] = here.too_wide() or here.unreachable()
    restore = here.dress("html { font-size: 200% }")
    found["large text"] = here.too_wide()
    restore()
    here.ask("writeFormulasOut")
    here.ask("thinCodeOut")
    here.settle()
    found["axe, narrow and light"] = here.violations()
    here.page.evaluate("document.getElementById('theme').click()")
    here.resize(1280)
    found["axe, wide and dark"] = here.violations()
    if source:
        here.ask("namePictures")
        found["text"] = missing(source.pieces, shown := here.text())
        here.page.emulate_media(media="print")
        found["paper"] = here.text() != shown
    found["script"] = here.troubles
    return {kind: fault for kind, fault in found.items() if fault}


def source_of(name):
    """Return what the page has to show, where an author wrote it."""
    return Source(next(ROOT.glob(f"{name}.*"))) if name in NAMES else None


@pytest.mark.parametrize("name", [*NAMES, "search", "en/search", "404"])
def test_a_reader_gets_the_whole_page(browser, address, site, pages, name, budget):
    with Visit(browser, f"{address}/{name}.html") as here:
        asked = list(here.asked)
        assert here.ask("neighbours") == neighbours(name, NAMES, pages)
        folder, page = (site / "en", name[3:]) if name.startswith("en/") else (site, name)
        assert not lacking(here, folder / "_static" / "fonts", page)
        assert not faults(here, source_of(name))
    assert all(url.startswith(address) for url in asked)
    assert len(asked) <= MOST_REQUESTS
    budget("heaviest page", kilobytes(site, address, asked), MOST_KILOBYTES, "KB")


def lacking(here, fonts, name):
    """Return the letters on a page that its own font does not have, in bold and all."""
    cuts = [TTFont(fonts / f"{name}-{weight}.woff2").getBestCmap() for weight in ("Bold", "Regular")]
    return set().union(*(used - set(map(chr, cut)) for used, cut in zip(here.letters(), cuts, strict=True)))


def kilobytes(site, address, asked):
    """Return what the files weigh as a server sends them."""
    files = [site / url.removeprefix(address).lstrip("/") for url in asked]
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files) / 1024


def neighbours(name, names, pages):
    """Return where the end of a page leads: to the pages before and after it in the list of names."""
    at = names.index(name) if name in names else -9
    beside = [(way, place) for way, place in (("prev", at - 1), ("next", at + 1)) if 0 <= place < len(names)]
    beside = [
        (way, place) for way, place in beside if names[place].startswith("en/") == name.startswith("en/")
    ]
    return [[way, f"/{names[place]}.html", title(pages[names[place]])] for way, place in beside]


def title(soup):
    """Return the heading of a page without the sign of its permalink."""
    return soup.h1.text.removesuffix("#").strip()


# --- Would it be noticed? --------------------------------------------------------------------------------


@pytest.fixture
def chapter(small, visit):
    """A chapter that has one of each kind of thing, and what it has to show."""
    return visit(f"{small.address}/part/cells.html"), Source(small.source / "part" / "cells.ipynb")


def test_a_page_without_faults_has_none(chapter):
    assert faults(*chapter) == {}


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("folded", "document.querySelector('details').open = true"),
        ("copy", "document.querySelector('.cell pre').prepend('>>> ')"),
        ("copy", "document.querySelector('.copy').remove()"),
        ("script", "setTimeout(() => missing())"),
        ("text", "document.querySelector('annotation').textContent = 'x'"),
        ("text", "document.querySelector('img').src = 'none.png'"),
        ("text", "document.querySelector('.explorable svg').remove()"),
        ("text", "document.querySelector('.explorable').style.display = 'none'"),
    ],
)
def test_a_fault_is_noticed(chapter, kind, fault):
    here, source = chapter
    here.page.evaluate(fault)
    assert kind in faults(here, source)


def test_lost_text_is_noticed(chapter):
    here, source = chapter
    for question in ("unfold", "writeFormulasOut", "namePictures"):
        here.ask(question)
    assert not missing(source.pieces, here.text())
    for lost in (
        *(
            "h2",
            "article p:first-of-type",
            "li + li",
            "td",
            "summary",
            "details > :not(summary)",
            "details code",
        ),
        *(".admonition p + p", ".admonition", ".cell_input", ".cell_output", ".katex-html", ".output pre"),
    ):
        restore = here.dress(f"{lost} {{ display: none }}")
        assert missing(source.pieces, here.text()), lost
        restore()
    here.page.evaluate("document.querySelector('article').append('more')")
    assert missing(source.pieces, here.text()) == "nobody wrote 'more'"


def test_what_is_misshapen_is_noticed(chapter):
    here, _ = chapter
    here.ask("unfold")
    assert not here.ask("misshapen")
    for fault, rule in {
        "turned": ".katex { transform: scaleY(-1) }",
        "turned ": ".katex-display { rotate: 180deg }",
        "faint": "p { opacity: 0 }",
        "cut": ".cell_output { max-height: 9px; overflow: hidden }",
        "8 px": ".katex { font-size: 8px !important }",
        "9 px": ".katex .hangul_fallback { font-size: 9px !important }",
        "on its head": ".mfrac .vlist > span { top: 0 !important }",
    }.items():
        restore = here.dress(rule)
        assert fault.strip() in str(here.ask("misshapen")), rule
        restore()


def test_a_page_that_is_too_wide_or_pale_is_noticed(chapter):
    here, source = chapter
    here.dress("h2 { width: 500px } p { color: silver } @media print { td { display: none } }")
    assert set(faults(here, source)) == {"width 390", "large text", "axe, narrow and light", "paper"}


def test_a_neighbour_astray_is_noticed(chapter, small):
    here, _ = chapter
    right = neighbours("part/cells", ["index", "part/cells", "part/broken"], small.pages)
    assert here.ask("neighbours") == right
    for fault in ("hidden = true", "href = 'index.html'", "lastChild.data = '다른 제목'", "rel = 'prev'"):
        here.page.reload()
        here.page.evaluate(browsing.ASK)
        here.page.evaluate(f"document.querySelector('.neighbours a[rel=next]').{fault}")
        assert here.ask("neighbours") != right, fault


def test_a_letter_that_the_font_lacks_is_noticed(chapter, small):
    here, _ = chapter
    fonts = small.folder / "_static" / "fonts"
    assert not lacking(here, fonts, "part/cells")
    here.page.evaluate("document.querySelector('td').append('뷁')")
    assert lacking(here, fonts, "part/cells") == {"뷁"}


def test_what_only_a_mouse_can_scroll_is_noticed(visit):
    box = f"<pre style='width: 9em; overflow: auto'>{'x' * 99}</pre>"
    assert visit(f"data:text/html,<!doctype html><article>{box}").ask("unreachable")


def test_a_heavy_page_would_be_noticed(tmp_path):
    (tmp_path / "noise.woff2").write_bytes(np.random.default_rng(0).bytes(1024 * (MOST_KILOBYTES + 1)))
    (tmp_path / "words.js").write_text("우도 " * 100_000, "utf-8")
    assert kilobytes(tmp_path, "http://here", ["http://here/noise.woff2"]) > MOST_KILOBYTES
    assert kilobytes(tmp_path, "http://here", ["http://here/words.js"]) < 10, "text travels compressed"


# --- What the page's script does -------------------------------------------------------------------------


def test_the_contents_of_a_page_lead_to_its_sections_and_mark_them(visit, address, pages):
    longest = max(NAMES, key=lambda name: len(pages[name].select("#on-this-page a")))
    assert not visit(f"{address}/{longest}.html", whole=False).ask("astray")


def test_a_section_that_is_missed_or_not_marked_is_noticed(chapter):
    here, _ = chapter
    here.dress("article { padding-bottom: 99em } html { scroll-padding-top: 0 }")
    assert here.ask("astray") == ["표와 목록 is 0 px down", "그림 is 0 px down"]
    here.dress("html { scroll-padding-top: 4.5rem !important }")
    assert not here.ask("astray")
    here.page.evaluate("links.forEach(link => { link.ariaCurrent = null }); links.clear()")  # of `book.js`
    assert here.ask("astray") == ["표와 목록 is not marked", "그림 is not marked"]


def test_a_click_copies_the_code(small, visit):
    permissions = ["clipboard-read", "clipboard-write"]
    page = visit(f"{small.address}/part/cells.html", permissions=permissions).page
    page.hover(".cell pre")
    page.click(".cell .copy >> nth=0")
    assert page.evaluate("navigator.clipboard.readText()") == "import math\nprint(round(math.log(2), 4))"


def test_printing_opens_the_answers_for_as_long_as_it_takes(chapter):
    page = chapter[0].page
    printed = pypdf.PdfReader(io.BytesIO(page.pdf()))
    assert "맞습니다" in "".join(sheet.extract_text() for sheet in printed.pages)
    assert not page.locator("details[open]").count()


# --- Pictures in the dark --------------------------------------------------------------------------------


def in_the_dark(here):
    """Return what a chart and a heat map become in the dark that they should not."""
    page, found = here.page, []
    chart, *heats = (page.locator(f"img[alt*={word}]") for word in ("막대", "열지도", "등고선"))
    before = [pixel(heat) for heat in heats]
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    around = page.evaluate("getComputedStyle(document.body).backgroundColor").strip("rgb()").split(",")
    if np.abs(pixel(chart) - [int(part) for part in around]).max() > 4:
        found.append("the chart's paper is not the page's")
    if np.abs(np.subtract([pixel(heat) for heat in heats], before)).max() > 4:
        found.append("a heat map has other colours")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    return found


def pixel(picture):
    """Return the colour a quarter of the way into a picture on the screen."""
    picture.scroll_into_view_if_needed()
    with Image.open(io.BytesIO(picture.screenshot())) as image:
        return np.array(image.convert("RGB").getpixel((image.width // 4, image.height // 4)), int)


def test_charts_turn_dark_and_heat_maps_keep_their_colours(small, visit):
    here = visit(f"{small.address}/part/cells.html", whole=False)
    assert in_the_dark(here) == []
    for rule, noticed in {
        "img { filter: none !important }": "the chart's paper is not the page's",
        ".cell { background: none !important }": "the chart's paper is not the page's",
        "[data-theme=dark] img { filter: invert(1) !important }": "a heat map has other colours",
    }.items():
        restore = here.dress(rule)
        assert noticed in in_the_dark(here), rule
        restore()
