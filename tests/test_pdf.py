"""The book on paper: one PDF with all pages, whole and searchable."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pypdf
import pytest
from browsing import give_up
from bs4 import BeautifulSoup

from tools import EDITIONS, ROOT, pdf


@pytest.fixture(scope="module")
def whole(site, tmp_path_factory):
    """The file with the whole book as one page."""
    page = tmp_path_factory.mktemp("pdf") / "book.html"
    page.write_text(pdf.one_page(site), "utf-8")
    return page


@pytest.fixture(scope="module")
def soup(whole):
    """The same, parsed."""
    return parsed(whole.read_text("utf-8"))


def parsed(html):
    return BeautifulSoup(html, "html.parser")


@pytest.fixture(scope="module")
def printed(whole):
    """The PDF."""
    try:
        command = pdf.browser()
    except SystemExit as error:
        give_up(error)
    pdf.print_pdf(command, whole, whole.with_suffix(".pdf"))
    return pypdf.PdfReader(whole.with_suffix(".pdf"))


def titles(soup):
    """Return the titles of all pages of the book, as the contents have them."""
    return [link.text for link in soup.select(".book-contents a")]


def astray(soup):
    """Return the links within the book that lead nowhere, and the anchors that there are twice."""
    anchors = [tag["id"] for tag in soup.select("[id]")]
    links = [link["href"] for link in soup.select("a[href]") if not urlsplit(link["href"]).scheme]
    lost = [link for link in links if link.removeprefix("#") not in anchors]
    return lost + [name for name in set(anchors) if anchors.count(name) > 1]


@pytest.mark.parametrize("language", EDITIONS)
def test_one_page_has_the_whole_book(site, language):
    folder = site / EDITIONS[language].relative_to(ROOT)
    soup = parsed(pdf.one_page(folder))
    articles = [article.h1.text for article in soup.select("article")]
    pages = [*folder.glob("*.html"), *folder.glob("chapters/*.html")]
    pages = [page for page in pages if page.name not in {"search.html", "404.html"}]
    assert articles[1:] == titles(soup)
    assert len(articles) == len(pages)
    assert not astray(soup)
    assert len(soup.select('a[href^="#"]')) > 100
    assert all("open" in folded.attrs for folded in soup.select("details"))
    assert all(Path(unquote(urlsplit(tag["src"]).path)).is_file() for tag in soup.select("[src]"))
    assert all(formula["aria-label"] for formula in soup.select(".katex"))
    assert not soup.select(".headerlink, .actions, header.bar, .katex-mathml, [loading]")


def test_links_astray_would_be_noticed():
    html = '<p id="a"></p><p id="a"></p><a href="#a"></a><a href="#b"></a><a href="c.html"></a>'
    assert astray(BeautifulSoup(html, "html.parser")) == ["#b", "c.html", "a"]


# What stands out of the paper's width by more than a hair, after `pdf.FIT` has had its way.
TOO_WIDE = """() => {
  const edge = document.body.getBoundingClientRect().right + 2;
  return [...document.querySelectorAll("article :not(svg *)")]
    .filter(box => box.checkVisibility() && box.getBoundingClientRect().right > edge)
    .map(box => box.outerHTML.slice(0, 200));
}"""


def test_nothing_is_cut_at_the_edge_of_the_paper(whole, visit):
    page = visit(whole.as_uri(), pdf.WINDOW[0]).page
    assert page.evaluate(TOO_WIDE) == []
    page.evaluate("document.querySelector('article p').style.width = '200mm'")
    assert page.evaluate(TOO_WIDE)


def fonts(reader):
    """Return the fonts of the PDF by number, each with whether it is in the file."""
    found = {}
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            outer = font.get_object()
            inner = outer.get("/DescendantFonts", [outer])[0].get_object()
            files = [key for key in inner.get("/FontDescriptor", {}) if key.startswith("/FontFile")]
            found[font.idnum] = outer["/Subtype"] == "/Type3" or bool(files)
    return found


def test_the_pdf_has_every_chapter_and_can_be_searched(printed, soup):
    starts = {
        entry.title: printed.get_destination_page_number(entry)
        for entry in printed.outline
        if not isinstance(entry, list)
    }
    assert set(titles(soup)) <= set(starts)
    for title in titles(soup):
        page = printed.pages[starts[title]].extract_text()
        assert re.sub(r"\s", "", title) in re.sub(r"\s", "", page)
        assert str(starts[title] + 1) in page.split()
    assert len(printed.pages) > 100


def test_the_pdf_can_be_printed_anywhere(printed):
    assert fonts(printed)
    assert all(fonts(printed).values())
    sizes = {tuple(round(float(side)) for side in page.mediabox[2:]) for page in printed.pages}
    assert sizes == {(595, 842)}  # A4
    assert printed.metadata.title == "우도에서 손실까지"


def test_a_missing_browser_is_named(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/no/such/chrome")
    with pytest.raises(SystemExit, match="CHROMIUM is '/no/such/chrome', and there is no such program"):
        pdf.browser()
    monkeypatch.delenv("CHROMIUM")
    monkeypatch.setattr(pdf, "BROWSERS", ["no-such-chrome"])
    with pytest.raises(SystemExit, match=r"No Chromium or Chrome was found.*make pdf CHROMIUM="):
        pdf.browser()


def test_a_browser_that_fails_is_not_believed(tmp_path):
    with pytest.raises(SystemExit, match="did not print the book"):
        pdf.print_pdf("false", tmp_path / "book.html", tmp_path / "book.pdf")
