"""The built site: complete, self-contained, readable, the same in a real browser."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from fontTools.ttLib import TTFont
from PIL import Image
from sphinx_external_toc.parsing import parse_toc_yaml

from theme import formulas, launch

ROOT = Path(__file__).parent.parent
SCREENS = [(width, scheme) for width in (390, 1280) for scheme in ("light", "dark")]
MOST_KILOBYTES, MOST_REQUESTS = 200, 25

# --- The files -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def names():
    """The pages of the table of contents, such as `chapters/01-likelihood`."""
    return list(parse_toc_yaml(ROOT / "_toc.yml"))


@pytest.fixture(scope="session")
def pages(site, names):
    """Every page of the table of contents and the search page, parsed."""
    return {
        name: BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")
        for name in [*names, "search"]
    }


def test_every_page_of_the_contents_is_linked_from_the_first(names, pages):
    linked = {link["href"].removesuffix(".html") for link in pages["index"].select("#contents a")}
    assert linked == set(names) - {"index"}


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


def image_faults(img, folder):
    """Return what a reader, or a reader's screen reader, would miss in this `<img>`."""
    alt = img.get("alt", "")
    faults = (
        []
        if re.search("[가-힣].{8,}", alt) and not alt.endswith(".png")
        else [f"no sentence as alt text: {alt!r}"]
    )
    with Image.open(folder / img["src"]) as image:
        if (img.get("width"), img.get("height")) != tuple(map(str, image.size)):
            faults.append(f"size not stated, or wrong: {image.size}")
    return faults


def test_image_faults_would_be_noticed(tmp_path):
    Image.new("RGB", (3, 2)).save(tmp_path / "x.png")
    tags = [
        '<img src="x.png" alt="../_images/x.png">',
        '<img src="x.png" alt="봉우리가 하나인 곡선." width="3" height="2">',
    ]
    bad, good = (BeautifulSoup(tag, "html.parser").img for tag in tags)
    assert len(image_faults(bad, tmp_path)) == 2
    assert not image_faults(good, tmp_path)


def test_every_image_says_what_it_shows_and_how_large_it_is(site, pages):
    images = [(name, img) for name, soup in pages.items() for img in soup.select("article img")]
    faults = {(name, img["src"]): image_faults(img, (site / name).parent) for name, img in images}
    assert images
    assert not {key: found for key, found in faults.items() if found}


def test_every_box_of_the_chapters_is_a_box_on_the_site(names, pages):
    for name in names:
        source = next(ROOT.glob(f"{name}.*")).read_text("utf-8")
        for words, kind in [("바로잡기|흔한 오해", "correct"), ("예측해 보세요", "predict")]:
            assert len(pages[name].select(f".admonition.{kind}")) == len(
                re.findall(rf"> \*\*(?:{words})", source)
            ), name


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


CONF = """
extensions = ["myst_parser", "theme"]
myst_enable_extensions = ["dollarmath"]
html_math_renderer, html_theme, language, html_use_index = "katex", "course", "ko", False
"""


@pytest.mark.parametrize(("tex", "status"), [(r"-\log p", 0), (r"\frac{1", 1)])
def test_a_broken_formula_fails_the_build(tmp_path, tex, status):
    (tmp_path / "conf.py").write_text(CONF, "utf-8")
    (tmp_path / "index.md").write_text(f"# 제목\n\n글과 $x$\n\n$${tex}$$\n", "utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", tmp_path, tmp_path / "out"]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == status, built.stderr
    assert ("index.md:5: WARNING: KaTeX cannot read" in built.stderr) == bool(status)


def test_links_to_binder_and_to_the_source_need_a_repository(pages):
    known = bool(launch.repository())
    for name, soup in pages.items():
        links = " ".join(link["href"] for link in soup.select(".actions a"))
        assert ("mybinder" in links) == (known and name.startswith("chapters/"))
        assert ("/edit/" in links) == (known and name != "search")


# --- In the browser --------------------------------------------------------------------------------------


def test_a_visit_notices_what_is_wrong(visit):
    box = f"<pre style='width: 9em; overflow: auto'>{'x' * 99}</pre>"
    wide = "<div style='width: 2000px'>wide</div><script>missing()</script>"
    bad = visit(f"data:text/html,<!doctype html><article>{box}{wide}")
    assert bad.too_wide()
    assert bad.unreachable()
    assert "missing is not defined" in bad.troubles[0]


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_every_page_on_every_screen(visit, address, site, pages, width, scheme, budget):
    weights = {}
    for name in pages:
        here = visit(f"{address}/{name}.html", width, scheme)
        assert here.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == scheme
        assert not here.troubles, name
        assert not here.too_wide(), name
        assert not here.unreachable(), name
        for shown, weight in zip(here.letters(), ("Bold", "Regular"), strict=True):
            assert shown <= _letters(site, name, weight), name
        assert all(url.startswith(address) for url in here.asked), name
        assert len(here.asked) <= MOST_REQUESTS, name
        weights[name] = _kilobytes(site, address, here.asked)
        here.page.close()
    heaviest = max(weights, key=weights.get)
    budget(f"{heaviest}, the heaviest page", weights[heaviest], MOST_KILOBYTES, "KB")


def _letters(site, name, weight):
    """Return the characters of a page's font."""
    return set(map(chr, TTFont(site / "_static" / "fonts" / f"{name}-{weight}.woff2").getBestCmap()))


def _kilobytes(site, address, asked):
    """Return what the files weigh as a server sends them."""
    files = [site / url.removeprefix(address).lstrip("/") for url in asked]
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files) / 1024


def test_a_heavy_page_would_be_noticed(tmp_path):
    (tmp_path / "noise.woff2").write_bytes(np.random.default_rng(0).bytes(1024 * (MOST_KILOBYTES + 1)))
    (tmp_path / "words.js").write_text("우도 " * 100_000, "utf-8")
    assert _kilobytes(tmp_path, "http://here", ["http://here/noise.woff2"]) > MOST_KILOBYTES
    assert _kilobytes(tmp_path, "http://here", ["http://here/words.js"]) < 10, "text travels compressed"


PAPER = 170, 259  # millimetres of an A4 sheet that are printed on
PIXELS = 96 / 25.4  # a millimetre
SLACK = 0.1


def on_paper(page):
    """Show a page as it will be printed; return its height as a share of a sheet."""
    page.set_viewport_size({"width": round(PAPER[0] * PIXELS), "height": 900})
    page.emulate_media(media="print", color_scheme="dark")
    return page.evaluate("document.querySelector('.columns').scrollHeight") / (PAPER[1] * PIXELS)


def test_paper_is_light_and_shows_the_text_alone(visit, address):
    page = visit(f"{address}/chapters/06-log-softmax.html", scheme="dark").page
    assert on_paper(page) > 5
    style = "selector => getComputedStyle(document.querySelector(selector))"
    assert page.evaluate(f"({style})('body').backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(f"({style})('article img').filter") == "none"
    shown = page.locator(".skip, .bar, nav, .actions, .copy, .headerlink").evaluate_all(
        "all => all.filter(each => each.checkVisibility()).map(each => each.outerHTML)"
    )
    assert not shown


def test_the_summary_fits_on_one_sheet(visit, address):
    assert on_paper(visit(f"{address}/summary.html").page) < 1 - SLACK


def test_the_site_works_from_disk(visit, site):
    chapter = visit((site / "chapters" / "01-likelihood.html").as_uri())
    assert chapter.page.evaluate("[...document.fonts].some(font => font.status === 'loaded')")
    assert not chapter.troubles


def test_the_chosen_scheme_is_remembered(visit, address):
    page = visit(f"{address}/index.html").page
    page.click("#theme")
    page.goto(f"{address}/chapters/01-likelihood.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_phone_opens_and_closes_the_contents(visit, address):
    page = visit(f"{address}/chapters/01-likelihood.html", 390).page
    contents = page.locator("#contents")
    assert not contents.is_visible()
    page.click("[popovertarget=contents]")
    assert contents.is_visible()
    page.keyboard.press("Escape")
    assert not contents.is_visible()
