"""Cut the site's fonts to the characters that its pages use.

Korean text shows on every machine, also on one without a Korean font, and no page asks another host. A
whole Korean font weighs hundreds of kilobytes, what one page uses of it 40. So each page has its own, and
shows its text a quarter of a second earlier on a slow network than with one for the whole book. A machine
that has a good Korean font needs none of it.
"""

import html
import re
from pathlib import Path

from fontTools import subset
from sphinx.util import logging

from .formulas import KATEX

KOREAN = Path(__file__).parent.parent / "nllutils" / "course" / "fonts"
# What `style.css` sets in bold. Another font would show a character left out: `tests/test_reading.py` looks.
BOLD_ELEMENT = r'h[1-6]|strong|b|th|p(?= class="admonition-title")|a(?= class="brand")'
SEARCH = "search"  # the page that shows text of all others
LOCAL = {  # by the names that browsers know them: PostScript's and, for Windows, the whole name
    "Regular": ["Pretendard-Regular", "AppleSDGothicNeo-Regular", "Malgun Gothic"],
    "Bold": ["Pretendard-Bold", "AppleSDGothicNeo-Bold", "Malgun Gothic Bold"],
}
BOLD = re.compile(rf"<({BOLD_ELEMENT})\b[^>]*>.*?</\1>", re.S)

logger = logging.getLogger(__name__)


def characters(page):
    """Return the characters in a page's HTML that each weight of the font has to show."""
    page = html.unescape(page)
    bold = {character for element in BOLD.finditer(page) for character in element[0]}
    return {"Regular": set(page), "Bold": bold}


def cut(source, wanted, target):
    """Write the font `source`, reduced to the characters `wanted`, as WOFF2. Return what it has of them."""
    options = subset.Options(flavor="woff2", hinting=False, desubroutinize=True, layout_features=["kern"])
    font = subset.load_font(source, options)
    present = wanted & {chr(code) for code in font.getBestCmap()}
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(present))
    cutter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, target, options)
    return present


def cut_fonts(app, exception):
    """Cut the Korean font for every page, and KaTeX's fonts for all, once the pages are written."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    pages = {
        page.relative_to(out).with_suffix("").as_posix(): page.read_text("utf-8")
        for page in out.rglob("*.html")
    }
    pages[SEARCH] = "".join(pages.values())
    wanted = {page: characters(text) for page, text in pages.items()}
    every, fonts = wanted.pop(SEARCH), out / "_static" / "fonts"
    for weight, used in every.items():
        small = fonts / f"{SEARCH}-{weight}.woff2"  # quicker to cut from than the whole font
        warn_of_lack(used - cut(KOREAN / f"NLLSansKR-{weight}.otf", used, small))
        for page, used_here in wanted.items():
            cut(small, used_here[weight], fonts / f"{page}-{weight}.woff2")
    (fonts / "OFL.txt").write_bytes((KOREAN / "OFL.txt").read_bytes())
    for font in sorted((KATEX / "fonts").glob("*.woff2")):
        cut(font, every["Regular"], out / "_static" / "katex" / "fonts" / font.name)


def warn_of_lack(characters):
    """Let a strict build fail when Korean text needs what the bundled font does not have."""
    korean = sorted(character for character in characters if "가" <= character <= "힣")
    if korean:
        logger.warning("The bundled font lacks %s: add them in tools/make_fonts.py.", " ".join(korean))


def add_local_fonts(app, pagename, templatename, context, doctree):
    """Tell the layout which fonts of the reader's machine do as well."""
    context["local_fonts"] = {
        weight: ", ".join(f'local("{name}")' for name in names) for weight, names in LOCAL.items()
    }


def setup(app):
    """Register the steps."""
    app.connect("html-page-context", add_local_fonts)
    app.connect("build-finished", cut_fonts, priority=900)
