"""Everything that only the web page needs: one module per subject, registered here."""

from pathlib import Path

from . import (
    alone,
    anchors,
    boxes,
    editions,
    folds,
    formulas,
    launch,
    live,
    not_found,
    references,
    search,
    sharing,
    terms,
    webfont,
    writer,
)

PARTS = (
    *(writer, anchors, boxes, folds, terms, formulas, search, launch, live),
    *(sharing, editions, alone, not_found, references, webfont),
)


def setup(app):
    """Register every part with Sphinx (called by Sphinx itself, see `_config.yml`)."""
    app.add_html_theme("course", Path(__file__).parent / "page")
    for part in PARTS:
        part.setup(app)
    # Pages are written by one process: the search gathers their text.
    return {"parallel_read_safe": True, "parallel_write_safe": False}
