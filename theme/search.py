"""Write what the search page looks through: the text of every page, section by section.

Sphinx's own index holds whole words, which fails Korean: it glues particles to words and compounds to each
other. The text itself is hardly larger, and the page's script (`page/static/search.js`) finds every part of a
word in it, shows the sentence, and works from disk.
"""

import html
import json
import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

from . import formulas

CODE = (nodes.literal_block, nodes.doctest_block)
UNREAD = (nodes.comment, nodes.image, nodes.math_block, nodes.problematic, *CODE)

TAGS = re.compile(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", re.S)  # with what they hold, where it is no text


def is_entry(node):
    """Tell what a result can lead to: a section, or a function of nllutils."""
    return isinstance(node, nodes.section) or (isinstance(node, addnodes.desc) and bool(node[0]["ids"]))


def text_of(*children):
    """Return the words under these nodes as one line, without what is not text or an entry of its own."""
    return re.sub(r"\s+", " ", "".join(piece for child in children for piece in _pieces(child))).strip()


def _pieces(node):
    if isinstance(node, nodes.Text):
        yield str(node)
    elif isinstance(node, nodes.math):
        yield formulas.to_text(node.astext())
    elif isinstance(node, nodes.raw):
        yield html.unescape(TAGS.sub(" ", node.astext()))
    elif not is_entry(node) and not isinstance(node, UNREAD):
        for child in node.children:
            yield from _pieces(child)
        if not isinstance(node, nodes.Inline):
            yield " "


def names_in(*children):
    """Return the names in the code and outputs under these nodes, each once: numbers would fill the index."""
    code = " ".join(text for child in children for text in _code(child))
    return " ".join(dict.fromkeys(re.findall(r"[^\W\d][\w.]*\w", code)))


def _code(node):
    if isinstance(node, CODE):
        yield node.astext()
    elif not is_entry(node):
        for child in node.children:
            yield from _code(child)


def entries(doctree):
    """Return (anchor, heading, text, names) of every entry; the page itself comes first, with no anchor."""
    found = []
    for node in doctree.findall(is_entry):
        heading, *rest = node.children
        is_function = isinstance(node, addnodes.desc)
        anchor = (heading if is_function else node)["ids"][0] if found else ""
        title = heading["fullname"] if is_function else text_of(heading)
        found.append((anchor, title, text_of(*rest), names_in(*rest)))
    return found


def collect(app, pagename, templatename, context, doctree):
    """Keep the entries of a page until all pages are known."""
    if doctree:
        app.env.searchable[pagename] = entries(doctree)


def write(app, exception):
    """Write the entries of all pages as a script: a page on disk may load no other kind of file."""
    if exception or app.builder.format != "html":
        return
    found = app.env.searchable
    in_order = [app.config.root_doc, *app.env.toctree_includes.get(app.config.root_doc, [])]
    index = {app.builder.get_target_uri(name): found[name] for name in in_order if name in found}
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    Path(app.outdir, "_static", "search-index.js").write_text(f"const INDEX = {text};\n", "utf-8")


def replace_sphinx_search(app):
    """Spare the site Sphinx's index and scripts."""
    app.builder.search = False
    app.env.searchable = {}


def setup(app):
    """Register the search page and the steps that make its index."""
    app.connect("builder-inited", replace_sphinx_search)
    app.connect("html-page-context", collect)
    app.connect("build-finished", write)
    app.config.html_additional_pages["search"] = "search.html"
