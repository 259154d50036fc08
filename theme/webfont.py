"""Cut the site's fonts to the characters that its pages use.

Korean text shows on every machine, also on one without a Korean font, and no page asks another host. A
whole Korean font weighs hundreds of kilobytes, what one book uses of it a tenth.
"""

import html
import re
from pathlib import Path

from fontTools import subset
from sphinx.util import logging

from .formulas import KATEX

KOREAN = Path(__file__).parent.parent / "nllutils" / "fonts"
# What `style.css` sets in bold. A character left out would show in another font: `tests/test_site.py` looks.
BOLD_ELEMENT = r'h[1-6]|strong|b|th|p(?= class="admonition-title")|a(?= class="brand")'
BOLD = re.compile(rf"<({BOLD_ELEMENT})\b[^>]*>.*?</\1>", re.S)

logger = logging.getLogger(__name__)


def characters(pages):
    """Return the characters on `pages` (HTML), all of them and those in bold."""
    pages = [html.unescape(page) for page in pages]
    bold = {character for page in pages for element in BOLD.finditer(page) for character in element[0]}
    return {character for page in pages for character in page}, bold


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
    """Cut the Korean font, in two weights, and KaTeX's fonts, once the pages are written."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    every, bold = characters(page.read_text("utf-8") for page in Path(app.outdir).rglob("*.html"))
    present = cut(KOREAN / "NLLSansKR-Regular.otf", every, static / "fonts" / "NLLSansKR-Regular.woff2")
    cut(KOREAN / "NLLSansKR-Bold.otf", bold, static / "fonts" / "NLLSansKR-Bold.woff2")
    (static / "fonts" / "OFL.txt").write_bytes((KOREAN / "OFL.txt").read_bytes())
    for font in sorted((KATEX / "fonts").glob("*.woff2")):
        cut(font, every, static / "katex" / "fonts" / font.name)

    absent = sorted(character for character in every - present if "가" <= character <= "힣")
    if absent:
        logger.warning("The bundled font lacks %s: add them in tools/make_fonts.py.", " ".join(absent))


def setup(app):
    """Register the last step of the build."""
    app.connect("build-finished", cut_fonts, priority=900)
