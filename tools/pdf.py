"""Print each edition as one PDF with Chromium or Chrome: _build/likelihood-to-loss-ko.pdf, -en.pdf

    python -m tools.pdf                            after tools/book.py; `make pdf` calls both
    CHROMIUM=/path/to/chrome python -m tools.pdf   with another browser than the one that is found

The built pages become one, in the order of the contents: a cover, the contents, every chapter with its
solutions unfolded. A link to another page of the book turns into one within the file. theme/pdf.css says how
it looks.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup

from tools import EDITIONS, ROOT, fail, say

NAME = "likelihood-to-loss-{}.pdf"
WINDOW = 800, 1000  # little wider than the paper, so that the page is laid out alike before it is printed
STYLE = ROOT / "theme" / "pdf.css"
SECONDS = 900  # a book of 300 pages takes half a minute on a quiet machine
BROWSERS = [
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
]
NO_BROWSER = (
    "No Chromium or Chrome was found, and one of them has to print the book. Install it, or say where it is: "
    "make pdf CHROMIUM=/path/to/chrome"
)
MATHML = re.compile(
    r'<span class="katex"><span class="katex-mathml">.*?'
    r"<annotation[^>]*>(?P<tex>.*?)</annotation>.*?</math></span>",
    re.DOTALL,
)
# Nothing may be cut at the edge of the paper: what is too wide becomes smaller.
FIT = """
for (const box of document.querySelectorAll(".katex-display, .scroll, .text_html"))
  if (box.scrollWidth > box.clientWidth) box.style.zoom = box.clientWidth / box.scrollWidth;
"""
FRAME = """<!DOCTYPE html>
<html lang="{language}" data-theme="light">
<head><meta charset="utf-8"><title>{title}</title>{styles}</head>
<body>
<header class="cover">{picture}<h1>{title}</h1><p>{motto}</p><footer>{rights}</footer></header>
<nav class="book-contents"><h2>{contents_title}</h2>{contents}</nav>
{articles}
<script>{fit}</script>
</body>
</html>
"""


def read(page):
    """Return the built page, parsed.

    Every formula is there twice, once as MathML for screen readers. On paper that would be text a second
    time and half of the file, so they get the formula's source instead.
    """
    return BeautifulSoup(MATHML.sub(_name_formula, page.read_text("utf-8")), "html.parser")


def _name_formula(match):
    return f'<span class="katex" role="img" aria-label="{match["tex"].replace(chr(34), "&quot;")}">'


def anchor(page, fragment=""):
    """Return the name in the one file of a page's beginning or of a place on it.

    >>> anchor("chapters/02-log.html", "합의-곱")
    'chapters-02-log--합의-곱'
    """
    return page.removesuffix(".html").replace("/", "-") + (f"--{fragment}" if fragment else "")


def redirect(soup, page, folder, pages):
    """Let all that `soup`, a part of the page named `page`, refers to be found from anywhere."""
    address = (folder / page).as_uri()
    for tag in soup.select("[src]"):
        tag["src"] = urljoin(address, tag["src"])
    for tag in soup.select("a[href]"):
        target = urlsplit(urljoin(address, tag["href"]))
        name = unquote(target.path).removeprefix(f"{unquote(urlsplit(folder.as_uri()).path)}/")
        if target.scheme == "file" and name in pages:
            tag["href"] = "#" + anchor(name, unquote(target.fragment))


def article(soup, page, folder, pages):
    """Return the text of a page as a part of the book."""
    part = soup.article
    redirect(part, page, folder, pages)
    for tag in part.select("[id]"):
        tag["id"] = anchor(page, tag["id"])
    part["id"] = anchor(page)
    for link in part.select(".headerlink"):
        link.decompose()
    for image in part.select("img"):
        del image["loading"]  # a late picture would miss the printing
    for folded in part.select("details"):
        folded["open"] = ""
    return str(part)


def one_page(folder):
    """Return the whole book in `folder` as the HTML of one page that works from any place."""
    first = read(folder / "index.html")
    contents = first.select_one("#contents")
    pages = ["index.html", *(link["href"] for link in contents.select("a"))]
    soups = {page: read(folder / page) for page in pages}
    styles = {
        urljoin((folder / page).as_uri(), link["href"])
        for page, soup in soups.items()
        for link in soup.select("link[rel=stylesheet]")
    }
    redirect(contents, "index.html", folder, pages)
    return FRAME.format(
        language=first.html["lang"],
        title=first.h1.find(string=True),
        motto=first.article.find("strong").text,
        picture=(ROOT / "theme" / "favicon.svg").read_text("utf-8"),
        rights=first.footer.text,
        contents_title=contents["aria-label"],
        contents=contents.decode_contents(),
        styles="".join(
            f'<link rel="stylesheet" href="{style}">' for style in [*sorted(styles), STYLE.as_uri()]
        ),
        articles="\n".join(article(soup, page, folder, pages) for page, soup in soups.items()),
        fit=FIT,
    )


def browser():
    """Return the command of Chromium or Chrome."""
    named = os.environ.get("CHROMIUM")
    if named and not shutil.which(named):
        fail(f"CHROMIUM is {named!r}, and there is no such program.")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None) or fail(NO_BROWSER)


def print_pdf(command, page, target):
    """Let the browser print the HTML file `page` to `target`."""
    with tempfile.TemporaryDirectory() as profile:
        options = [
            *("--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
            # As root, in a container for instance, Chromium runs in no other way; it opens only this page.
            *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
            "--window-size={},{}".format(*WINDOW),
            f"--user-data-dir={profile}",
            "--no-pdf-header-footer",
            "--generate-pdf-document-outline",
            f"--print-to-pdf={target}",
        ]
        try:
            done = subprocess.run([command, *options, page.as_uri()], capture_output=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            fail(f"{command} did not finish within {SECONDS} seconds.")
    if done.returncode or not target.exists():
        sys.stderr.write(done.stderr.decode(errors="replace"))
        fail(f"{command} did not print the book: its messages stand above.")


def main():
    command, built = browser(), ROOT / "_build"
    for language, source in EDITIONS.items():
        target = built / NAME.format(language)
        target.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder, "book.html")
            page.write_text(one_page(built / "html" / source.relative_to(ROOT)), "utf-8")
            print_pdf(command, page, target)
        say(f"The book on paper: {target} ({target.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
