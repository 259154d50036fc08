"""What a page has to show, read from its notebook or its Markdown file without the site's own code."""

import re

import nbformat
from bs4 import BeautifulSoup
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

ANYTHING = None  # what Sphinx writes here is not in the file: a list of references, the functions of a module
SYNTAX = MdParserConfig(enable_extensions={"amsmath", "deflist", "dollarmath"})
MADE_BY_SPHINX = {"myst_role", "myst_target", "myst_line_comment", "myst_block_break"}
EXPLORABLE = re.compile(r'data-explorable="([^"]+)"')


class Source:
    """The pieces of text of one page in their order, and the code of its cells and answers."""

    def __init__(self, path):
        self.pieces, self.code, self._folds = [], [], 0
        if path.suffix == ".md":
            self._markdown(path.read_text("utf-8"))
            return
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                self._markdown(cell.source)
            else:
                self.code.append(cell.source)
                self.pieces += [cell.source, *(_shown(output, cell) for output in cell.outputs)]

    def _markdown(self, text):
        for token in create_md_parser(SYNTAX, RendererHTML).parse(text):
            if token.type == "inline":
                self.pieces += map(_inline, token.children, [*token.children[1:], None])
            elif token.type in {"fence", "colon_fence"} and token.info.startswith("{"):
                self.pieces.append(ANYTHING)
            elif token.type in {"fence", "code_block"}:
                self.pieces.append(token.content)
                self.code += [token.content.rstrip()] if self._folds else []
            else:
                self._folds += token.content.count("<details") - token.content.count("</details")
                self.pieces.append(_inline(token))


def _inline(token, following=None):
    if token.type == "link_open" and following.type == "link_close":
        return ANYTHING  # the title of what it leads to
    if token.type in MADE_BY_SPHINX:
        return ANYTHING if token.type == "myst_role" else ""
    if token.type in {"math_inline", "math_inline_double", "math_block", "math_block_label", "amsmath"}:
        return f"${token.content}$"
    if token.type in {"html_inline", "html_block"}:
        return BeautifulSoup(token.content, "html.parser").text
    if token.type == "image":
        return f"[{token.content}]"
    return token.content


def _shown(output, cell):
    """Return the text in whose place a reader sees the output of a cell."""
    if output.output_type == "stream":
        return output.text
    if output.output_type == "error":
        return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.traceback))
    figure = EXPLORABLE.search(output.data.get("text/html", ""))
    if figure:
        return f"[{figure[1]}]"
    if "text/html" in output.data:
        return BeautifulSoup(output.data["text/html"], "html.parser").text
    if "image/png" in output.data:
        return f"[{cell.metadata.mystnb.image.alt}]"
    return output.data["text/plain"]


def _typed(text):
    """Return `text` without spaces, and with the marks of a keyboard where Sphinx sets a printer's."""
    text = "".join(text.split())  # first, or "- -" in code is two signs here, one on the page
    for printed, typed in [("[“”]", '"'), ("[‘’]", "'"), ("…", "..."), ("---?|[–—]", "-")]:
        text = re.sub(printed, typed, text)
    return text


def missing(pieces, text):
    """Return in words where `text` ceases to be `pieces`, one after the other, and nothing else."""
    text, at, anything = _typed(text), 0, False
    for piece in pieces:
        if piece is ANYTHING:
            anything = True
        elif piece := _typed(piece):
            found = text.find(piece, at)
            if found < 0 or (found > at and not anything):
                before, here = text[max(0, at - 40) : at], text[at : at + 80]
                return f"after {before!r} there is no {piece[:80]!r} but {here!r}"
            at, anything = found + len(piece), False
    return "" if anything or at == len(text) else f"nobody wrote {text[at : at + 80]!r}"
