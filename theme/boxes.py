"""Turn a quotation that opens with a bold key word into a titled box.

A chapter writes `> **Predict** ...`, in its own language (`boxes` in words.py), which every notebook viewer
shows well as it is; on the site it becomes a box with a colour of its own. The whole bold text is the title,
so `**Predict: ...**` works too.
"""

from docutils import nodes
from sphinx.util import logging

from .words import words_of

logger = logging.getLogger(__name__)


def boxes(app, doctree):
    """Replace each such quotation by an admonition with the class of its kind."""
    kinds = words_of(app.config)["boxes"]
    for quote in list(doctree.findall(nodes.block_quote)):
        strong = opening_bold(quote)
        kind = strong and next((kinds[key] for key in kinds if strong.astext().startswith(key)), None)
        if kind:
            quote.replace_self(_box(quote, strong, kind))
        elif quote.astext().strip().startswith(tuple(kinds)):
            logger.warning("The key word of a box has to be bold.", location=quote)


def opening_bold(quote):
    """Return the bold text that the quotation opens with, or None."""
    paragraph = quote.children[0]
    # The parser puts an empty text before a bold that opens a line.
    opening = next((child for child in paragraph.children if child.astext()), None)
    return opening if isinstance(paragraph, nodes.paragraph) and isinstance(opening, nodes.strong) else None


def _box(quote, strong, kind):
    paragraph = strong.parent
    paragraph.remove(strong)
    if not paragraph.astext().strip():
        quote.remove(paragraph)
    title = nodes.title("", "", *strong.children)
    return nodes.admonition("", title, *quote.children, classes=["note", kind])


def setup(app):
    """Register the transform."""
    app.connect("doctree-read", boxes)
