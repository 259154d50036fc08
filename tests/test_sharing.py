"""What stands outside the book is true: summaries, addresses, a picture, the page for what does not exist."""

import re
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from docutils import nodes
from PIL import Image
from small_book import ADDRESS
from sphinx.errors import ConfigError

from theme import sharing


def meta(soup):
    """Return the properties of the page that crawlers read."""
    found = {tag.get("property") or tag.get("name"): tag["content"] for tag in soup.select("meta[content]")}
    return found | {f"link {tag['rel'][0]}": tag["href"] for tag in soup.select("link[rel=canonical]")}


# --- Addresses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("page", "path"), [("index", ""), ("part/cells", "part/cells.html")])
def test_a_known_address_is_told(small, page, path):
    told = meta(small.pages[page])
    assert told["link canonical"] == told["og:url"] == ADDRESS + path
    picture = small.folder / told["og:image"].removeprefix(ADDRESS)
    with Image.open(picture) as image:
        assert image.size == (int(told["og:image:width"]), int(told["og:image:height"]))
    assert picture.stat().st_size < 60_000


def test_the_sitemap_lists_every_page_of_all_editions_once(small):
    urls = ElementTree.parse(small.folder / "sitemap.xml").getroot()
    others = {url[0].text: [link.attrib["href"] for link in url[1:]] for url in urls}
    first, cells = [
        [f"{ADDRESS}{folder}{page}" for folder in ("", "en/")] for page in ("", "part/cells.html")
    ]
    alone = f"{ADDRESS}part/broken.html"
    assert others == dict.fromkeys(first, first) | {alone: []} | dict.fromkeys(cells, cells)
    assert len(urls) == len(others)


def test_a_page_leads_to_itself_in_the_other_language(small):
    def ways(name):
        soup = small.pages[name]
        told = {link["hreflang"]: link["href"] for link in soup.select("link[hreflang]")}
        return [link["href"] for link in soup.select("header a.language")], told

    link, told = ways("part/cells")
    assert link == ["../en/part/cells.html"]
    assert told == {
        "ko": f"{ADDRESS}part/cells.html",
        "en": f"{ADDRESS}en/part/cells.html",
        "x-default": f"{ADDRESS}en/part/cells.html",
    }
    link, told = ways("part/broken")  # not in English: the first page stands in
    assert link == ["../en/index.html"] and told.keys() == {"ko", "x-default"}
    assert ways("404") == ([], {})


def test_the_editions_lead_to_each_other(pages):
    for name, soup in pages.items():
        if name.endswith("404"):
            continue
        page = name.removeprefix("en/")
        up = "../" * name.count("/")
        other = f"{up}{page}.html" if name.startswith("en/") else f"{up}en/{page}.html"
        assert [link["href"] for link in soup.select("header a.language")] == [other], name
        assert soup.html["lang"] == ("en" if name.startswith("en/") else "ko")


def test_an_unknown_address_is_left_out(site, pages):
    for soup in pages.values():
        assert not {"link canonical", "og:url", "og:image"} & set(meta(soup))
    assert not (site / "sitemap.xml").exists()


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


def test_the_page_for_what_does_not_exist_works_at_any_depth(small):
    soup = small.pages["404"]
    assert "없는 페이지" in soup.h1.text
    assert not lost(soup, small.folder, "/course/")
    assert "`/course/_static/fonts/" in str(soup.head.script)
    assert len(lost(small.pages["index"], small.folder, "/course/")) > 5  # it knows where it is


# --- Summaries -------------------------------------------------------------------------------------------


def summary_faults(text, letters="[가-힣]"):
    """Return what a reader of search results would find wrong with the summary."""
    faults = {
        "no sentence": not re.search(rf"{letters}.*[.?!]$", text),
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
    faults = {
        name: summary_faults(text, "[A-Za-z]" if name.startswith("en/") else "[가-힣]")
        for name, text in summaries.items()
    }
    assert not {name: found for name, found in faults.items() if found}
    assert len(set(summaries.values())) == len(summaries)
    assert all(meta(soup)["og:description"] == summaries[name] for name, soup in pages.items())


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
