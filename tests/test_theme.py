"""What the theme takes for granted in Sphinx, MyST-NB and KaTeX: after an upgrade, what is gone, in words."""

import re

from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.writers.html5 import HTML5Translator

from theme import writer
from tools import ROOT

STATIC = ROOT / "theme" / "page" / "static"

# What stands on some page of the book, who writes it, and which part of the theme builds on it.
RELIED_ON = [
    ("html[data-content_root]", "Sphinx", "layout.html: content_root, for the links of the search"),
    ("#contents p.caption", "Sphinx's toctree()", "layout.html: the parts of _toc.yml"),
    ("#contents a.current[aria-current=page]", "Sphinx's toctree()", "layout.html: the page that is open"),
    ("#on-this-page ul ul a[href^='#']", "Sphinx's `toc`", "layout.html and book.js: the sections of a page"),
    ("nav a[rel=prev] + a[rel=next]", "Sphinx's `prev` and `next`", "layout.html: the neighbours"),
    ("h1 > .section-number", "the numbering of Jupyter Book", "style.css: the number of a chapter"),
    ("h2 > a.headerlink[title]", "Sphinx", "writer.py: the words of a permalink"),
    ("article > section > section[id]", "docutils", "style.css and book.js: the sections"),
    (
        ".cell > .cell_input > div > .highlight > pre",
        "MyST-NB",
        "style.css: a cell; book.js: its button",
    ),
    (".cell > .cell_output > .output", "MyST-NB", "style.css: the output of a cell"),
    (
        ".cell_output img.on-paper[width][loading=lazy]",
        "Sphinx's visit_image",
        "writer.py: a figure's size",
    ),
    (".scroll > table.docutils th", "docutils", "writer.py and style.css: a table"),
    ("pre[tabindex]", "docutils", "writer.py: what the keyboard can scroll"),
    (".admonition.predict > p.admonition-title", "docutils", "boxes.py and style.css: a box"),
    ("dl.py > dt .descname", "autodoc", "style.css: the functions of nllutils"),
    (".math > .katex-display > .katex > .katex-mathml > math", "KaTeX", "formulas.py: a formula"),
    (".katex .hangul_fallback", "KaTeX", "style.css: the size of Hangul in a formula"),
]
# What authors may use, whether or not a page does now: numbered formulas, aligned columns, folded answers.
SPARE = {"eqno", "text-right", "text-center", "answer"}


def missing(relied_on, soups):
    """Return in words what stands on none of the pages."""
    return [
        f"{maker} no longer writes {selector}; {user} builds on it"
        for selector, maker, user in relied_on
        if not any(soup.select_one(selector) for soup in soups)
    ]


def classes(css):
    """Return the classes that a style sheet names, those of highlighted code aside."""
    css = re.sub(r"/\*.*?\*/|\{[^{}]*\}|url\([^)]*\)", " ", css, flags=re.S)
    css = re.sub(r"\.highlight :is\([^)]*\)", "", css)
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", css))


def test_pages_have_what_the_theme_builds_on(pages):
    assert not missing(RELIED_ON, pages.values())
    assert missing([(".gone", "Nobody", "nothing")], pages.values()) == [
        "Nobody no longer writes .gone; nothing builds on it"
    ]


def test_every_class_that_the_style_dresses_exists(pages):
    on_pages = {
        name for soup in pages.values() for tag in soup.find_all(class_=True) for name in tag["class"]
    }
    scripts = "".join(path.read_text("utf-8") for path in STATIC.glob("*.js"))
    dressed = classes((STATIC / "style.css").read_text("utf-8")) - SPARE
    idle = {name for name in dressed - on_pages if name not in scripts}
    assert not idle, f"style.css dresses classes that no page has: {sorted(idle)}. Renamed in a new version?"
    assert classes("a.b > c:is(.d, .e) { f: 0.5s } /* .g */ .highlight :is(.k) {}") == {"b", "d", "e"}


def test_sphinx_has_what_the_theme_changes():
    own = [name for name in vars(writer.PageWriter) if not name.startswith("__")]
    gone = [f"HTML5Translator.{name}" for name in own if not hasattr(HTML5Translator, name)]
    gone += [] if hasattr(StandaloneHTMLBuilder, "search") else ["StandaloneHTMLBuilder.search"]
    assert own
    assert not gone, f"Sphinx no longer has {', '.join(gone)}, which the theme changes"
