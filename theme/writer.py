"""What the pages' HTML has beyond Sphinx's own: words, sizes, and stops for the keyboard."""

import re
from pathlib import Path

import numpy as np
from PIL import Image
from sphinx.writers.html5 import HTML5Translator

from .words import words_of

NEARLY_WHITE = 240  # of 255
PAPER_SHARE = 0.75  # charts of lines and bars have 0.85 or more, heat maps 0.65 or less


class PageWriter(HTML5Translator):
    """Sphinx's writer of HTML; each method is one difference."""

    def add_permalink_ref(self, node, title):
        """Say it in the language of the book: Sphinx has no Korean for most of these titles."""
        super().add_permalink_ref(node, words_of(self.config)["permalink"])

    def visit_image(self, node):
        """State the size, so that the text does not jump when the figure arrives, and load it late."""
        path = Path(self.builder.srcdir, node["uri"])
        extra = '<img loading="lazy" decoding="async" '
        if path.suffix == ".png":
            with Image.open(path) as image:
                extra += 'width="{}" height="{}" '.format(*image.size)
                if "full-colour" not in node["classes"]:  # an author may say so (`mystnb.image.classes`)
                    node["classes"].append("on-paper" if is_on_paper(image) else "full-colour")
        super().visit_image(node)
        self.body[-1] = self.body[-1].replace("<img ", extra, 1)

    def visit_table(self, node):
        """Let a table that is wider than the page scroll by itself."""
        self.body.append('<div class="scroll">')
        super().visit_table(node)

    def depart_table(self, node):
        """Close what `visit_table` opened."""
        super().depart_table(node)
        self.body.append("</div>")

    def visit_entry(self, node):
        """Make the empty corner of a table a plain cell: a heading without words puzzles screen readers."""
        super().visit_entry(node)
        if not node.astext():
            self.body[-1] = self.body[-1].replace("<th", "<td", 1)
            self.context[-1] = "</td>\n"


def is_on_paper(image):
    """Tell lines on white paper, which may turn dark, from a heat map, whose brightness has a meaning."""
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image.convert("RGBA"))
    return np.mean(np.asarray(paper.convert("L")) > NEARLY_WHITE) > PAPER_SHARE


def add_words(app, pagename, templatename, context, doctree):
    """Hand the layout its words and the author."""
    context["author"] = app.config.author
    context["words"] = words_of(app.config)


def add_tab_stops(app, pagename, templatename, context, doctree):
    """Let the keyboard reach what may be wider than the page; `book.js` takes back what fits the screen."""
    if doctree:
        boxes = r'<pre>|<div class="(?:scroll|output text_html)">|<span class="katex-display">'
        context["body"] = re.sub(boxes, lambda tag: f'{tag[0][:-1]} tabindex="0">', context["body"])


def setup(app):
    """Register the writer and the layout's variables."""
    app.set_translator("html", PageWriter)
    app.connect("html-page-context", add_words)
    app.connect("html-page-context", add_tab_stops)
