"""The search page in a browser: finds what readers type, in Korean with its particles, and shows it well."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

ROWS = Path(__file__).with_name("search_queries.tsv").read_text("utf-8").splitlines()[1:]
QUERIES = [row.split("\t") for row in ROWS]
LEAST_RECALL = 0.99


@pytest.fixture(scope="module")
def texts(site):
    """The text that the search answers for: displayed formulas, copies of formulas, numbers in code aside."""
    soups = {
        path.relative_to(site).with_suffix("").as_posix(): BeautifulSoup(
            path.read_text("utf-8"), "html.parser"
        )
        for path in [*site.glob("*.html"), *site.glob("chapters/*.html")]
        if path.stem not in {"search", "404"}
    }
    for soup in soups.values():
        for copy in soup.article.select(".katex-display, .katex-html, annotation, script, style, svg"):
            copy.decompose()
        for code in soup.article.select("pre"):
            code.string = re.sub(r"\d[\d.]*", " ", code.text)
    return {name: soup.article.text for name, soup in soups.items()}


@pytest.fixture
def search(visit, address):
    """The search page; a function that types a query into it and returns the pages found, in order."""
    here = visit(f"{address}/search.html")

    def search(query):
        here.page.fill("form.search input", query)
        here.page.wait_for_function(
            "query => new URLSearchParams(location.search).get('q') === query", arg=query
        )
        links = here.page.locator(".results a").evaluate_all("all => all.map(link => link.pathname)")
        return [link.removeprefix("/").removesuffix(".html") for link in links]

    search.visit = here
    return search


def test_readers_find_what_they_type(search, texts):
    found = {query: search(query) for query, *_ in QUERIES}
    wanted = {query: {name for name in texts if re.search(word, texts[name])} for query, word, _ in QUERIES}
    missing = {
        query: wanted[query] - set(found[query]) for query in found if wanted[query] - set(found[query])
    }
    total = sum(map(len, wanted.values()))
    recall = 1 - sum(map(len, missing.values())) / total
    print(f"\nsearch: {len(QUERIES)} queries, {total} pages to find, recall {recall:.3f}, missing {missing}")
    assert len(QUERIES) >= 40
    assert all(wanted.values()), "a query of the table is about nothing in the book"
    assert recall >= LEAST_RECALL, missing
    assert not search.visit.troubles
    for query, _, first in QUERIES:
        assert len(found[query]) == len(set(found[query])), f"{query}: a page is listed twice"
        assert first in found[query][:3], f"{query}: {first} does not come first but {found[query][:3]}"


@pytest.mark.parametrize("query", ["우도", "확률밀도", "CrossEntropyLoss", "로그를 합"])
def test_excerpts_are_plain_words_with_the_hits_marked(search, query):
    assert search(query)
    page = search.visit.page
    excerpts = page.locator(".results li p").all_inner_texts()
    assert all(excerpts)
    assert not [text for text in excerpts if re.search(r"\\\\[a-z]+|\\$|[{}]", text)]
    assert page.locator(".results mark").count()


@pytest.mark.parametrize("query", ["얼룩말", "(]", "[가-힣", "\\\\", "c++의", "우도 얼룩말"])
def test_what_is_nowhere_is_said_in_korean(search, query):
    assert not search(query)
    assert "없습니다" in search.visit.page.inner_text("#found")
    assert not search.visit.troubles


def test_words_are_not_found_in_the_middle_of_others(search, texts):
    assert set(search("ece")) < {name for name in texts if "ece" in texts[name].lower()}
    assert set(search("합")) < {name for name in texts if "합" in texts[name]}


def test_a_result_leads_to_its_section(search, address):
    search("기울기 누적")
    page = search.visit.page
    page.click(".results a >> nth=0")
    page.wait_for_url(f"{address}/chapters/10-reduction.html#*")
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
