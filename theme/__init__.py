"""Everything that only the web page needs: one module per subject, registered here."""

from pathlib import Path

from . import formulas, korean_search, launch, not_found, notes, pages, sharing, webfont


def setup(app):
    """Register every part with Sphinx (called by Sphinx itself, see `_config.yml`)."""
    app.add_html_theme("course", Path(__file__).parent / "page")
    for part in (pages, notes, formulas, korean_search, launch, sharing, not_found, webfont):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
