"""What stands outside the book is true: summaries, addresses, pictures, the page for what does not exist."""

import doctest
import os
import re
import subprocess
import sys
from urllib.parse import urlsplit
from xml.etree import ElementTree

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from PIL import Image, ImageColor
from sphinx.errors import ConfigError

from theme import card, sharing
from tools import ROOT, refresh

CONF = """
extensions = ["myst_parser", "theme"]
html_math_renderer, html_theme, language, html_use_index = "katex", "course", "ko", False
project, html_title, html_favicon = "책", "책", "curve.svg"
"""
ADDRESS = "https://example.org/course/"


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """A function that builds a book of two pages for an address: returns (exit status, folder, errors)."""

    def build(address):
        source = tmp_path_factory.mktemp("book")
        (source / "part").mkdir()
        (source / "conf.py").write_text(CONF, "utf-8")
        (source / "curve.svg").write_text((ROOT / "theme" / "favicon.svg").read_text("utf-8"), "utf-8")
        (source / "index.md").write_text("# 책\n\n첫 문장입니다.\n\n```{toctree}\npart/log\n```\n", "utf-8")
        (source / "part" / "log.md").write_text("# 로그\n\n로그의 <뜻> & 쓰임입니다.\n", "utf-8")
        command = [sys.executable, "-m", "sphinx", "-q", "-W", source, source / "out"]
        environment = {**os.environ, "SITE_URL": address}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        return done.returncode, source / "out", done.stderr

    return build


@pytest.fixture(scope="module")
def known(build):
    """The small book, built by who knows its address."""
    status, folder, errors = build(ADDRESS.rstrip("/"))
    assert status == 0, errors
    return folder


def read(page):
    return BeautifulSoup(page.read_text("utf-8"), "html.parser")


def meta(soup):
    """Return the properties of the page that crawlers read."""
    found = {tag.get("property") or tag.get("name"): tag["content"] for tag in soup.select("meta[content]")}
    return found | {f"link {tag['rel'][0]}": tag["href"] for tag in soup.select("link[rel=canonical]")}


@pytest.fixture(scope="module")
def pages(site):
    """Every page of the real book."""
    return {str(page.relative_to(site)): read(page) for page in site.rglob("*.html")}


# --- Addresses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("page", "path"), [("index", ""), ("part/log", "part/log.html")])
def test_a_known_address_is_told(known, page, path):
    told = meta(read(known / f"{page}.html"))
    assert told["link canonical"] == told["og:url"] == ADDRESS + path
    picture = known / told["og:image"].removeprefix(ADDRESS)
    with Image.open(picture) as image:
        assert image.size == (int(told["og:image:width"]), int(told["og:image:height"])) == (1200, 630)
    assert picture.stat().st_size < 60_000


def test_the_sitemap_lists_every_page_once(known):
    locations = ElementTree.parse(known / "sitemap.xml").iter(
        "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
    )
    assert [location.text for location in locations] == [ADDRESS, f"{ADDRESS}part/log.html"]


def test_an_unknown_address_is_left_out(build):
    status, folder, errors = build("")
    assert status == 0, errors
    told = meta(read(folder / "index.html"))
    assert not {"link canonical", "og:url", "og:image"} & set(told)
    assert told["description"] == told["og:description"] == "첫 문장입니다."
    assert not (folder / "sitemap.xml").exists()
    assert not (folder / "_static" / "cards").exists()


@pytest.mark.parametrize(
    "address", ["example.org/course", "ftp://example.org/", "https:///course", f"{ADDRESS}?a=1"]
)
def test_a_wrong_address_is_refused_in_words(monkeypatch, address):
    monkeypatch.setenv("SITE_URL", address)
    with pytest.raises(
        ConfigError, match=re.escape(f"SITE_URL is {address!r}. It must be the whole address")
    ):
        sharing.site_address()


# --- The page for what does not exist --------------------------------------------------------------------


def lost(soup, folder, path):
    """Return the links that would not work on a page shown under any address of the host."""
    places = [
        tag.get("href") or tag.get("src") or tag.get("action") for tag in soup.select("[href], [src], form")
    ]
    assert len(places) > 5
    return [
        place
        for place in places
        if not place.startswith("#")
        and not (place.startswith(path) and (folder / urlsplit(place).path.removeprefix(path)).is_file())
    ]


def test_the_page_for_what_does_not_exist_works_at_any_depth(known):
    soup = read(known / "404.html")
    assert "없는 페이지" in soup.h1.text
    assert not lost(soup, known, "/course/")
    assert "`/course/_static/fonts/" in str(soup.head.script)
    assert len(lost(read(known / "index.html"), known, "/course/")) > 5  # a page that knows where it is


# --- Summaries -------------------------------------------------------------------------------------------


def summary_faults(text):
    """Return what a reader of search results would find wrong with the summary."""
    faults = {
        "no Korean sentence": not re.search(r"[가-힣].*[.?!]$", text),
        "too long": len(text) > sharing.SUMMARY_LENGTH,
        "TeX": re.search(r"[\\$^{}]", text),
        "cut": text.endswith(("…", ",")),
    }
    return [fault for fault, found in faults.items() if found]


@pytest.mark.parametrize(
    "text", ["", "An English one.", "글 $x$입니다.", "글 \\log p입니다.", "글이 길고", "글. " * 60]
)
def test_a_bad_summary_would_be_noticed(text):
    assert summary_faults(text)


def test_every_page_has_its_own_summary(pages):
    summaries = {name: meta(soup).get("description", "") for name, soup in pages.items()}
    faults = {name: summary_faults(text) for name, text in summaries.items()}
    assert not {name: found for name, found in faults.items() if found}
    assert len(set(summaries.values())) == len(summaries)


def test_the_example_of_a_summary():
    assert doctest.testmod(sharing) == (0, 1)


def test_a_summary_ends_before_a_formula():
    inline = nodes.paragraph(
        "", "", nodes.Text("첫째입니다. 둘째는 "), nodes.math("", "x"), nodes.Text("입니다.")
    )
    assert sharing.summary(nodes.section("", inline)) == "첫째입니다."
    only = nodes.paragraph("", "", nodes.math("", "x"), nodes.Text("입니다."))
    assert sharing.summary(nodes.section("", only)) == ""


def test_the_footer_has_a_year_and_a_name(pages):
    for name, soup in pages.items():
        assert re.search(r"© 20\d\d \S+", soup.footer.text), name


# --- Pictures --------------------------------------------------------------------------------------------


def test_a_picture_is_the_same_each_time():
    pictures = [card.draw("우도란?", "책", "한 문장입니다.").tobytes() for _ in range(2)]
    assert pictures[0] == pictures[1] != card.draw("우도란?", "책", "다른 문장입니다.").tobytes()


def overflows(title):
    """Return whether the title and the longest summary leave the picture's margins."""
    summary = "이 장을 마치면 알 수 있습니다. " * 8
    picture = np.asarray(
        card.draw(title, "우도에서 손실까지", summary[: sharing.SUMMARY_LENGTH]).convert("RGB")
    )
    paper = np.array(ImageColor.getrgb(card.PAPER))
    below = picture[-card.MARGIN // 2 :]
    beside = picture[:, card.MARGIN + card.TEXT_WIDTH + 10 : -350]
    return bool(np.any(abs(below - paper.astype(int)) > 9) or np.any(abs(beside - paper.astype(int)) > 9))


def test_every_title_fits_its_picture():
    titles = {
        nbformat.read(path, as_version=4).cells[0].source.partition("\n")[0].removeprefix("# ")
        for path in refresh.CHAPTERS.glob("*.ipynb")
    }
    assert not [title for title in titles if overflows(title)]
    assert overflows("넘치는제목이라서줄을바꿀자리가없는아주긴낱말하나")
