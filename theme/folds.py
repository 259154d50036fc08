"""Fold what the reader is to see on request: `<details>`, which needs no script, with the book's own words.

A chapter tags a cell `hide-output` where its result answers a prediction, `hide-input` where its code draws
or only asserts. MyST-NB finds the part to fold; its own `<details>` speaks English and looks like a box. A
quotation that opens with `answer` of words.py in bold right below a folded result is folded with it.
"""

import re

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.util import logging

from .boxes import opening_bold
from .words import words_of

logger = logging.getLogger(__name__)


def take_answers(app, doctree):
    """Move every answer into the cell whose folded result it explains."""
    answer = words_of(app.config)["answer"]
    for quote in list(doctree.findall(nodes.block_quote)):
        strong = opening_bold(quote)
        if strong and strong.astext() == answer:
            place = quote.parent.index(quote)
            cell = quote.parent[place - 1] if place else quote
            if "output" not in cell.get("hide_mode", ""):
                logger.warning("An answer needs a cell tagged hide-output right above it.", location=quote)
                continue
            quote.parent.remove(quote)
            cell[-1] += nodes.container("", *quote.children, classes=["answer"])


def subject(fold):
    """Return the name in `words.py` of what a fold holds, by what its cell shows and does."""
    cell = fold.parent
    if "above-input" not in fold["classes"]:
        return "fold_result"
    if any(cell.findall(nodes.image)):
        return "fold_drawing"
    code = fold.next_node(nodes.literal_block).astext()
    shows = any(part.get("nb_element") == "cell_code_output" for part in cell.findall(nodes.container))
    return "fold_code" if shows or not re.search(r"^\s*assert\b", code, re.M) else "fold_check"


def visit(self, fold):
    """Open the folded part."""
    self.body.append(f"<details>\n<summary>{words_of(self.config)[subject(fold)]}</summary>\n")


def depart(self, fold):
    """Close it."""
    self.body.append("</details>\n")


def setup(app):
    """Write MyST-NB's folds in another way."""
    app.connect("doctree-read", take_answers)
    app.add_node(HideCodeCellNode, override=True, html=(visit, depart))
