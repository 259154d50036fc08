"""The search pages in a browser: find what readers type, Korean with its particles too, and show it well."""

import json
import re
from pathlib import Path

import pytest

from tools import EDITIONS, ROOT

FOLDERS = {
    language: f"{folder.relative_to(ROOT)}/".removeprefix("./") for language, folder in EDITIONS.items()
}
QUERIES = {
    language: [row.split("\t") for row in path.read_text("utf-8").splitlines()[1:]]
    for language in EDITIONS
    for path in [Path(__file__).with_name(f"search_queries_{language}.tsv")]
}
LEAST_RECALL = 0.99


@pytest.fixture
def language():
    """The edition that is searched; some tests go through all."""
    return "ko"


@pytest.fixture
def texts(pages, language):
    """The text that the search answers for: displayed formulas, copies of formulas, numbers in code aside."""
    others = tuple(folder for folder in FOLDERS.values() if folder and folder != FOLDERS[language])
    return {
        name: "".join(map(read, soup.article.strings))
        for name, soup in pages.items()
        if name.startswith(FOLDERS[language])
        and not name.startswith(others)
        and not name.endswith(("search", "404"))
    }


def read(string):
    """Return as much of a piece of a page's text as the search answers for."""
    around = list(string.parents)
    names = {tag.name for tag in around}.union(*(tag.get("class", []) for tag in around))
    if names & {"katex-display", "katex-html", "annotation", "script", "style", "svg"}:
        return ""
    return re.sub(r"\d[\d.]*", " ", string) if "pre" in names else str(string)


@pytest.fixture
def search(visit, address, language):
    """The search page; a function that types a query into it and returns the pages found, in order."""
    here = visit(f"{address}/{FOLDERS[language]}search.html")

    def search(query):
        here.page.fill("form.search input", query)
        here.page.wait_for_function(
            "query => new URLSearchParams(location.search).get('q') === query", arg=query
        )
        search.results = here.page.locator(".results li").evaluate_all(
            "all => all.map(row => [row.innerText, row.querySelectorAll('mark').length])"
        )
        links = here.page.locator(".results a").evaluate_all("all => all.map(link => link.pathname)")
        return [link.removeprefix("/").removesuffix(".html") for link in links]

    search.visit = here
    return search


@pytest.mark.parametrize("language", EDITIONS)
def test_readers_find_what_they_type(search, texts, language):
    found, unmarked = {}, []
    queries = QUERIES[language]
    for query, _ in queries:
        found[query] = search(query)
        unmarked += [(query, text) for text, marks in search.results if not marks]
    wanted = {query: {name for name in texts if re.search(word, texts[name])} for query, word in queries}
    missing = {query: lacking for query in found if (lacking := wanted[query] - set(found[query]))}
    total = sum(map(len, wanted.values()))
    recall = 1 - sum(map(len, missing.values())) / total
    print(f"\nsearch: {len(queries)} queries, {total} pages to find, recall {recall:.3f}, missing {missing}")
    assert all(wanted.values()), "a query of the table is about nothing in the book"
    assert recall >= LEAST_RECALL, missing
    assert not unmarked, "a result does not show what was looked for"
    assert not [query for query in found if len(found[query]) > len(set(found[query]))], (
        "a page is listed twice"
    )
    assert not search.visit.troubles


def test_a_result_without_a_mark_would_be_noticed(search):
    search.visit.page.evaluate("void (mark = (element, text) => { element.append(text); return element; })")
    assert search("우도")
    assert not any(marks for _, marks in search.results)


@pytest.mark.parametrize("language", EDITIONS)
def test_a_page_comes_first_under_its_title(search, pages, texts):
    for name in texts:
        number = pages[name].select_one("h1 .section-number")
        title = pages[name].h1.text.removeprefix(number.text if number else "").removesuffix("#").strip()
        assert name in search(title)[:3], title


TEX = re.compile(r"\\[A-Za-z]{2,}|\$[^$\n]{1,80}\$|[_^]\{")


@pytest.mark.parametrize("text", [r"the \log of it", "$x$", "x_{i}", "half $x, the 1\\n"])
def test_raw_tex_would_be_noticed(text):
    assert bool(TEX.search(text)) == (not text.startswith("half"))


def test_the_index_holds_words_and_no_tex(site):
    script = (site / "_static" / "search-index.js").read_text("utf-8")
    index = json.loads(script.removeprefix("const INDEX =").rstrip().removesuffix(";"))
    entries = [entry for entries in index.values() for entry in entries]
    assert entries
    assert not [entry for entry in entries if TEX.search(" ".join(entry[1:3]))]


@pytest.mark.parametrize("query", ["얼룩말", "(]", "[가-힣", "\\\\", "c++의", "우도 얼룩말"])
def test_what_is_nowhere_is_said_in_korean(search, query):
    assert not search(query)
    assert "없습니다" in search.visit.page.inner_text("#found")
    assert not search.visit.troubles


def test_words_are_not_found_in_the_middle_of_others(search, texts):
    assert set(search("ece")) < {name for name in texts if "ece" in texts[name].lower()}
    assert set(search("합")) < {name for name in texts if "합" in texts[name]}


def test_a_result_leads_to_its_section(search):
    search("기울기 누적")
    page = search.visit.page
    page.click(".results a >> nth=0")
    page.wait_for_url("**/*.html#*")
    assert "기울기 누적" in page.locator(":target :is(h2, h3) >> nth=0").inner_text()


def test_every_page_leads_to_the_search_by_keyboard(visit, address):
    here = visit(f"{address}/chapters/01-likelihood.html")
    here.page.keyboard.press("Control+k")
    here.page.keyboard.insert_text("우도를")
    here.page.keyboard.press("Enter")
    here.page.wait_for_url("**/search.html?q=*")
    here.page.wait_for_selector(".results a")
    assert here.page.input_value("form.search input") == "우도를"


def test_the_index_comes_with_the_first_query_only(visit, address):
    here = visit(f"{address}/search.html")
    assert not [url for url in here.asked if "search-index" in url]
    for query in ["우", "우도"]:
        here.page.fill("form.search input", query)
        here.page.wait_for_selector(".results a")
    assert len([url for url in here.asked if "search-index" in url]) == 1


def test_the_search_works_from_disk(visit, site):
    here = visit((site / "search.html").as_uri() + "?q=우도")
    here.page.wait_for_selector(".results a")
    assert "likelihood" in here.page.inner_text(".results")
    assert not here.troubles
