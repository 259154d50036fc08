"""The first use of a term in a chapter is a link to the glossary; nothing else becomes one."""

import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from tools import ROOT

GLOSSARY = """# 용어집

## 묶음

### 교차 (crossing)

### 교차 엔트로피 (cross-entropy, CE)

### 엔트로피 (entropy)

### 토큰 (token)

### Weight
"""
CHAPTER = """# 토큰

`토큰`과 $\\text{토큰}$, 토큰화, 서브토큰, [토큰](other.md), **토큰**(token)이고 토큰은 글의 단위입니다.

<details>
<summary>엔트로피</summary>

엔트로피입니다.

</details>

교차 엔트로피라고 합니다. | Weights, weight, weighted
"""
OTHER = "# 다른 장\n\n토큰은 [이것](../glossary.md#토큰-token)입니다. 엔트로피의\n"
FILES = {
    "conf.py": """
extensions = ["myst_parser", "theme"]
html_math_renderer, html_theme, language, html_use_index = "katex", "course", "ko", False
myst_enable_extensions, myst_heading_anchors = ["dollarmath"], 3
""",
    "index.md": "# 책\n\n토큰\n\n```{toctree}\n:hidden:\n\nchapters/a\nchapters/other\nglossary\n```\n",
    "glossary.md": GLOSSARY,
    "chapters/a.md": CHAPTER,
    "chapters/other.md": OTHER,
}


def build(folder, files):
    (folder / "chapters").mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, "utf8")
    command = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", folder, folder / "out"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return build(tmp_path_factory.mktemp("terms"), FILES)


def links(site, page):
    """Return each link of a page to the glossary: its words, and the heading that it leads to."""
    glossary = BeautifulSoup((site / "glossary.html").read_text("utf8"), "html.parser")
    soup = BeautifulSoup((site / page).read_text("utf8"), "html.parser")
    for link in soup.article.select('a[href*="glossary.html#"]'):
        yield link.text, glossary.find(id=link["href"].split("#")[1]).find(["h3", "h4"]).find(string=True)


def test_the_first_use_of_a_term_is_a_link(site):
    assert list(links(site, "chapters/a.html")) == [
        ("토큰", "토큰 (token)"),
        ("교차 엔트로피", "교차 엔트로피 (cross-entropy, CE)"),
        ("Weight", "Weight"),
    ]
    page = BeautifulSoup((site / "chapters" / "a.html").read_text("utf8"), "html.parser")
    assert page.select_one('strong > a[href*="glossary.html#"]').text == "토큰"
    assert "토큰(token)이고 토큰은 글의 단위입니다." in page.article.text


def test_a_chapter_that_links_by_itself_gets_no_second_link(site):
    assert list(links(site, "chapters/other.html")) == [
        ("이것", "토큰 (token)"),
        ("엔트로피", "엔트로피 (entropy)"),
    ]


@pytest.mark.parametrize("page", ["index.html", "glossary.html"])
def test_other_pages_stay_as_they_are(site, page):
    assert not list(links(site, page))
