"""The built site: self-contained, its formulas and pictures whole, its frame of use."""

import io
import re
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pypdf
import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from edition import CHAPTERS, ENGLISH, PAGES
from PIL import Image
from sphinx.errors import ConfigError
from sphinx_external_toc.parsing import parse_toc_yaml

from theme import formulas
from theme.words import WORDS, words_of
from tools import EDITIONS, ROOT

# --- The files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", EDITIONS)
def test_the_contents_list_every_page_in_order(pages, language):
    folder = EDITIONS[language]
    first = pages[(folder / "index").relative_to(ROOT).as_posix()]
    linked = [link["href"].removesuffix(".html") for link in first.select("#contents a")]
    assert ["index", *linked] == list(parse_toc_yaml(folder / "_toc.yml"))


# What makes a browser load something from another host.
LOADS = re.compile(
    r"""(\bsrc=|<link\b[^>]*\bhref=|@import|\burl\(|\bfetch\(|\bimport\b)\s*\(?["']?(https?:)?//[^"')\s]+"""
)


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        '@import "https://cdn.example/x.css";',
        "src: url(https://cdn.example/x.woff2)",
        'fetch("https://cdn.example/x.json")',
        'await import("https://cdn.example/x.mjs")',
    ],
)
def test_a_foreign_address_would_be_noticed(text):
    assert LOADS.search(text)


def test_no_file_loads_from_another_host(site):
    files = [path for path in site.rglob("*") if path.suffix in {".html", ".css", ".js", ".svg"}]
    found = {path.name: LOADS.findall(path.read_text("utf-8")) for path in files}
    assert len(files) > 5
    assert not {name: hits for name, hits in found.items() if hits}


def dead(page):
    """Return what the page refers to and does not find beside it, from disk too."""
    places = re.findall(r'\b(?:href|src)="([^"]+)"', page.read_text("utf-8"))
    files = [urlsplit(place).path for place in places if not urlsplit(place).scheme]
    return [file for file in files if file and not (page.parent / unquote(file)).is_file()]


def test_every_link_leads_to_a_file(site):
    found = {page.name: dead(page) for page in site.rglob("*.html") if page.name != "404.html"}
    assert found
    assert not {name: places for name, places in found.items() if places}


def test_a_dead_link_would_be_noticed(tmp_path):
    page = tmp_path / "a.html"
    page.write_text('<a href="a.html#x"></a><a href="none.html"></a><img src="/a.png">', "utf-8")
    assert dead(page) == ["none.html", "/a.png"]


def test_nothing_of_one_build_stands_in_the_pages(site):
    # An object that was meant to be a word: `<built-in method copy of dict object at 0x7f…>`.
    address = re.compile(r"\bat 0x[0-9a-f]{6,}")
    assert address.search("<function f at 0x7f91e99f5b80>")
    assert not [page.name for page in site.rglob("*.html") if address.search(page.read_text("utf-8"))]


def raw_tex(soup):
    """Return what looks like TeX in the text that readers see, code and KaTeX's copy of its input aside."""
    text = "".join(
        str(string)
        for string in soup.article.strings
        if not string.find_parent(["pre", "code", "annotation", "script"])
    )
    return re.findall(r"\$\$|\\[([]|\\(?:frac|log|sum|theta|text)(?![a-z])|\$[^$\n]{1,80}\$", text)


@pytest.mark.parametrize("text", ["$$x$$", r"\(x\)", r"the sum \sum_i", "half $x"])
def test_unset_formulas_would_be_noticed(text):
    assert bool(raw_tex(BeautifulSoup(f"<article>{text}</article>", "html.parser"))) == (text != "half $x")


def test_formulas_are_html_and_only_their_pages_load_the_style(pages):
    for name, soup in pages.items():
        assert not raw_tex(soup), name
        formulas_here, style = soup.select("article .katex"), soup.select("link[href*=katex]")
        assert bool(formulas_here) == bool(style), name
    assert sum(bool(soup.select("article .katex")) for soup in pages.values()) >= 4


def is_size_stated(img, folder):
    """Does the page keep the right place free for this `<img>` until it comes?"""
    with Image.open(folder / img["src"]) as image:
        return (img.get("width"), img.get("height")) == tuple(map(str, image.size))


def test_every_image_says_how_large_it_is(site, pages):
    images = [(name, img) for name, soup in pages.items() for img in soup.select("article img")]
    assert images
    assert not [img["src"] for name, img in images if not is_size_stated(img, (site / name).parent)]


def test_a_wrong_size_would_be_noticed(tmp_path):
    Image.new("RGB", (3, 2)).save(tmp_path / "x.png")
    for size, stated in [("", False), ('width="2" height="3"', False), ('width="3" height="2"', True)]:
        img = BeautifulSoup(f'<img src="x.png" {size}>', "html.parser").img
        assert is_size_stated(img, tmp_path) == stated


def test_every_box_of_the_chapters_is_a_box_on_the_site(pages):
    for path in [*CHAPTERS, *ENGLISH, *PAGES]:
        name = path.relative_to(ROOT).with_suffix("").as_posix()
        openings = WORDS["en" if path in ENGLISH else "ko"]["boxes"]
        for opening, kind in openings.items():
            boxes = pages[name].select(f".admonition.{kind}")
            assert len(boxes) == len(re.findall(rf"> \*\*{opening}", path.read_text("utf-8"))), name


# --- The parts of the theme ------------------------------------------------------------------------------


def test_formula_html_has_a_copy_for_screen_readers_and_sets_hangul():
    assert "<math" in formulas.to_html(r"P(\text{앞면}) = 0.7")
    assert "hangul" in formulas.to_html(r"P(\text{앞면}) = 0.7")


@pytest.mark.parametrize(
    ("tex", "after", "pieces"),
    [
        ("N", "개이고, 둘", ["N개이고,", " 둘"]),  # "개이고" would look lost at the start of a line
        ("N", " 다음", ["N", " 다음"]),
        ("p = 0.7", "인 동전", ["p = 0.7", "인 동전"]),  # may break at its equals sign
        (r"\frac{1", "은", [r"\frac{1", "은"]),
    ],
)
def test_a_particle_stays_on_the_line_of_its_formula(tex, after, pieces):
    paragraph = nodes.paragraph("", "", nodes.math("", tex), nodes.Text(after))
    formulas.keep_particles(None, paragraph)
    assert [child.astext() for child in paragraph] == pieces


@pytest.mark.parametrize(
    ("tex", "text"), [(r"-\log\frac{a}{b}", "−log a/b"), (r"\text{앞면}", "앞면"), (r"\foo", "")]
)
def test_a_formula_as_plain_text(tex, text):
    assert formulas.to_text(tex).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("tex", "says"), [(r"\foo", "Undefined control sequence"), (r"\frac{1", "Unexpected end of input")]
)
def test_a_formula_that_katex_cannot_read_says_why(tex, says):
    with pytest.raises(ValueError, match=says):
        formulas.to_html(tex)


def test_the_address_of_a_heading_is_made_of_its_words(small):
    headings = small.pages["part/cells"].select("section[id]")
    assert [section["id"] for section in headings] == ["로그", "표와-목록", "그림"]
    assert [link["href"] for link in small.pages["part/cells"].select("section .headerlink")] == [
        f"#{section['id']}" for section in headings
    ]


def test_what_is_broken_is_a_warning_that_says_where_it_is(small):
    box, formula = sorted(small.warnings.splitlines(), key=lambda warning: "KaTeX" in warning)
    assert "broken.md:5: WARNING: KaTeX cannot read" in formula
    assert "broken.md:7: WARNING: The key word of a box has to be bold" in box


def test_a_language_without_words_is_refused_in_words():
    with pytest.raises(ConfigError, match=r"language is 'xx', but theme/words\.py has .* only in ko, en"):
        words_of(SimpleNamespace(language="xx"))


def test_links_to_binder_and_to_the_source_need_a_repository(pages, small):
    def links(soup):
        return [kind for kind in ("mybinder.org", "/edit/") if soup.select(f".actions a[href*='{kind}']")]

    assert not any(map(links, pages.values()))
    assert {name: links(soup) for name, soup in small.pages.items()} == {
        "index": ["/edit/"],
        "part/cells": ["mybinder.org", "/edit/"],
        "part/broken": ["/edit/"],
        "search": [],
        "404": [],
    }


# --- In the browser --------------------------------------------------------------------------------------


def test_paper_is_light_and_shows_the_text_alone(visit, small):
    page = visit(f"{small.address}/part/cells.html", scheme="dark").page
    style = "selector => getComputedStyle(document.querySelector(selector))"
    assert page.evaluate(f"({style})('body').backgroundColor") != "rgb(255, 255, 255)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(f"({style})('body').backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(f"({style})('article img').filter") == "none"
    frame = page.locator(".skip, header, nav, .actions, .copy, .headerlink")
    assert frame.count() > 5
    assert not frame.evaluate_all(
        "all => all.filter(each => each.checkVisibility()).map(each => each.outerHTML)"
    )


# The smallest letters on paper, in points. Within a formula they are as small as its author made them.
SMALLEST = """() => Math.min(...[...document.querySelectorAll("article *, footer")]
  .filter(each => !each.closest(".katex") && each.checkVisibility() && each.innerText)
  .map(each => parseFloat(getComputedStyle(each).fontSize) * 0.75))"""


@pytest.mark.parametrize("language", EDITIONS)
def test_the_cheat_sheet_is_one_sheet(visit, address, language):
    page = visit(f"{address}/{WORDS[language]['folder']}summary.html").page
    for scale in (1, 1.02):  # another machine's letters may be wider
        sheets = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, scale=scale))).pages
        assert len(sheets) == 1
    page.emulate_media(media="print")
    assert page.evaluate(SMALLEST) >= 8


def test_the_site_works_from_disk(visit, small):
    chapter = visit((small.folder / "part" / "cells.html").as_uri())
    assert chapter.page.evaluate("[...document.fonts].some(font => font.status === 'loaded')")
    assert not chapter.troubles


def test_the_system_chooses_the_scheme_until_the_reader_does(visit, small):
    page = visit(f"{small.address}/index.html", scheme="dark").page
    scheme = "getComputedStyle(document.documentElement).colorScheme"
    assert page.evaluate(scheme) == "dark"
    page.click("#theme")
    assert page.evaluate(scheme) == "light"
    page.goto(f"{small.address}/part/cells.html")
    assert page.evaluate(scheme) == "light"


def test_a_list_of_a_phone_closes_when_the_reader_has_chosen(visit, small):
    page = visit(f"{small.address}/part/cells.html", 390).page
    contents = page.locator("#on-this-page")
    assert not contents.is_visible()
    page.click("[popovertarget=on-this-page]")
    contents.locator("ul ul a").first.click()
    assert not contents.is_visible()
