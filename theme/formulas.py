"""Set every formula as HTML while the book is built, with KaTeX's own script running inside Python.

The reader's browser gets finished HTML: nothing to run, readable with JavaScript off. A formula that
KaTeX cannot read is a Sphinx warning that names the page and the cell, so `-W` fails the build.

The folder `katex` is the npm package katex 0.19.1: `dist/katex.min.js`, `dist/fonts/*.woff2`, `LICENSE`, and
`dist/katex.min.css` without the addresses of its other font files.
"""

import functools
import json
import re
import shutil
from html import escape
from pathlib import Path
from xml.etree import ElementTree

import quickjs
from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from .words import words_of

KATEX = Path(__file__).parent / "katex"
OPTIONS = {
    "throwOnError": True,
    "strict": "ignore",  # KaTeX would complain about every Hangul letter in a formula
    "output": "htmlAndMathml",  # MathML is what screen readers read
}
# These environments number their own lines; Sphinx numbers the block, and one number is enough.
NUMBERED = re.compile(r"\\(begin|end)\{(equation|align|alignat|gather)\}")
GLUED = re.compile(r"[가-힣]+[.,?)]*")
MATHML = "{http://www.w3.org/1998/Math/MathML}"
FUNCTION_APPLICATION = "\u2061"  # stands, invisibly, between a function and what it is applied to

logger = logging.getLogger(__name__)


@functools.cache
def _katex():
    """Return KaTeX's `renderToString` as a Python function of two strings."""
    context = quickjs.Context()
    context.eval((KATEX / "katex.min.js").read_text("utf-8"))
    # KaTeX joins its result lazily, and the binding can only return flat strings: JSON flattens.
    return context.eval("(tex, o) => JSON.parse(JSON.stringify(katex.renderToString(tex, JSON.parse(o))))")


@functools.cache
def to_html(tex, *, display=False):
    """Return `tex` as HTML. Raise ValueError with KaTeX's explanation if it cannot be read."""
    try:
        return _katex()(tex, json.dumps({**OPTIONS, "displayMode": display}))
    except quickjs.JSException as error:
        message = str(error).partition("\n")[0]
        raise ValueError(message.removeprefix("ParseError: KaTeX parse error: ")) from None


def to_text(tex):
    """Return `tex` as plain text, for the excerpts of the search: `−log P(y∣θ)`."""
    try:
        formula = ElementTree.fromstring(re.search(r"<math.*?</math>", to_html(tex))[0])
    except ValueError:  # the build says so where the formula is set
        return ""
    for fraction in formula.iter(f"{MATHML}mfrac"):
        fraction[0].tail = "/"
    for source in formula.iter(f"{MATHML}annotation"):
        source.text = ""
    return "".join(formula.itertext()).replace(FUNCTION_APPLICATION, " ")


def _html_or_warning(node, tex, *, display):
    try:
        return to_html(tex, display=display)
    except ValueError as error:
        logger.warning("KaTeX cannot read this formula. %s", error, location=node)
        return f"<code>{escape(tex)}</code>"


def visit_inline(self, node):
    """Write one formula within a line."""
    self.body.append(_html_or_warning(node, node.astext(), display=False))
    raise nodes.SkipNode


def visit_block(self, node):
    """Write one displayed formula, with its number where it has one."""
    tex = NUMBERED.sub(r"\\\1{\2*}", node.astext())
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(_html_or_warning(node, tex, display=True))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, words_of(self.config)["permalink"])
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def keep_particles(app, doctree):
    """Let no line end between a short formula and the particle or counter glued to it: `$N$개이고`."""
    for formula in list(doctree.findall(nodes.math)):
        parent, place = formula.parent, formula.parent.index(formula)
        after = parent[place + 1] if place + 1 < len(parent) else None
        glued = isinstance(after, nodes.Text) and GLUED.match(after)
        if glued and _is_one_piece(formula.astext()):
            together = nodes.inline("", "", formula.deepcopy(), nodes.Text(glued[0]), classes=["together"])
            parent[place : place + 2] = [together, nodes.Text(after[glued.end() :])]


def _is_one_piece(tex):
    try:
        return to_html(tex).count('class="katex-base"') == 1
    except ValueError:  # the build says so where the formula is set
        return False


def mark_page(app, pagename, templatename, context, doctree):
    """Tell the layout whether this page has formulas: the others do not load KaTeX's style sheet."""
    context["has_formulas"] = 'class="katex' in context.get("body", "")


def copy_style(app, exception):
    """Put KaTeX's style sheet on the site; its fonts follow, cut to the text (see `webfont`)."""
    if not exception and app.builder.format == "html":
        target = Path(app.outdir, "_static", "katex")
        target.mkdir(exist_ok=True)
        shutil.copy(KATEX / "katex.min.css", target)
        shutil.copy(KATEX / "LICENSE", target)


def setup(app):
    """Register the renderer; `_config.yml` chooses it with `html_math_renderer: katex`."""
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_block, None))
    app.connect("doctree-read", keep_particles)
    app.connect("html-page-context", mark_page)
    app.connect("build-finished", copy_style)
