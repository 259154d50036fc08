"""What a page shows outside the book: its summary in search results, its address and a picture in links.

Addresses must be whole there, and only who publishes the book knows its own: `SITE_URL` in the environment of
the build, such as `https://example.org/course/`. Without it the pages leave out what needs it.
"""

import os
import re
from itertools import takewhile
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.errors import ConfigError

from .words import words_of

SUMMARY_LENGTH = 160  # what search engines show


def site_address():
    """Return the address of the book's folder with a slash at its end, or nothing if it is not known."""
    address = os.environ.get("SITE_URL", "").strip()
    parts = urlsplit(address)
    if address and (
        parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment
    ):
        raise ConfigError(
            f"SITE_URL is {address!r}. It must be the whole address of the book's folder, "
            "such as https://example.org/course/, or not set at all."
        )
    return address and address.rstrip("/") + "/"


def find_address(app, config):
    """Tell Sphinx, which gives every page its `pageurl` by it."""
    address = site_address()
    config.html_baseurl = address and address + words_of(config)["folder"]


def summary(doctree):
    """Return the beginning of the page: the first whole sentences that come before a formula."""
    for paragraph in doctree.findall(nodes.paragraph):
        words = takewhile(lambda child: not list(child.findall(nodes.math)), paragraph.children)
        sentences = whole_sentences("".join(child.astext() for child in words))
        if sentences:
            return sentences
    return ""


def whole_sentences(text):
    """Return as many sentences as fit from the beginning of `text`.

    >>> whole_sentences("p는 0.7입니다. 그 다음은")
    'p는 0.7입니다.'
    """
    line = re.sub(r"\s+", " ", text).strip()
    ends = [end.end() for end in re.finditer(r"[.?!](?= |$)", line) if end.end() <= SUMMARY_LENGTH]
    return line[: ends[-1]] if ends else ""


def describe(app, pagename, templatename, context, doctree):
    """Hand the layout the page's summary and its address."""
    context["summary"] = summary(doctree) if doctree else ""
    context["card"] = f"{app.config.html_baseurl}_static/card.png"
    if not app.config.html_baseurl or doctree is None:
        context["pageurl"] = None
    elif pagename == app.config.root_doc:
        context["pageurl"] = app.config.html_baseurl


def setup(app):
    """Register the parts."""
    app.connect("config-inited", find_address)
    app.connect("html-page-context", describe)
