"""Lead from a page to the same page in another language, and tell search engines of both.

The editions are built one by one; what the others have is seen by their files. Where an edition lacks a page,
its first page stands in.
"""

from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from .not_found import NAME as NOT_FOUND
from .sharing import site_address
from .words import WORDS, words_of


def up(config):
    """Return the way from an edition's folder to the folder of the whole book."""
    return "../" * words_of(config)["folder"].count("/")


def has(app, language, pagename):
    """Tell whether an edition has a page."""
    page = Path(app.srcdir, up(app.config), WORDS[language]["folder"], pagename)
    return any(page.with_name(page.name + suffix).is_file() for suffix in app.config.source_suffix)


def addresses(app, pagename):
    """Return the whole address of a page in every edition that has it."""
    name = "" if pagename == app.config.root_doc else f"{pagename}.html"
    return {
        language: f"{site_address()}{words['folder']}{name}"
        for language, words in WORDS.items()
        if has(app, language, pagename)
    }


def add_links(app, pagename, templatename, context, doctree):
    """Tell the layout where the other editions are."""
    context["book"] = (context["content_root"] + up(app.config)).removeprefix("./")
    others = [
        language
        for language in WORDS
        if language != app.config.language and has(app, language, app.config.root_doc)
    ]
    context["others"] = {}
    for language in others:
        if pagename == NOT_FOUND:
            break  # it would need whole addresses, and stands for any page
        same = doctree is None or has(app, language, pagename)
        context["others"][language] = WORDS[language], pagename if same else app.config.root_doc
    context["alternates"] = addresses(app, pagename) if doctree and site_address() and others else {}


def write_sitemap(app, exception):
    """List the pages of all editions for search engines; the edition in the book's own folder does it."""
    if exception or app.builder.format != "html" or not site_address() or up(app.config):
        return
    names = [app.config.root_doc, *sorted(app.env.found_docs - {app.config.root_doc})]
    entries = [entry for name in names for entry in sitemap_entries(addresses(app, name))]
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<urlset {spaces}>", *entries, "</urlset>"]
    Path(app.outdir, "sitemap.xml").write_text("\n".join(lines) + "\n", "utf-8")


def sitemap_entries(editions):
    """Yield the entry of each edition of a page, which names the others."""
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href={quoteattr(address)}/>'
        for language, address in editions.items()
        if len(editions) > 1
    )
    for address in editions.values():
        yield f"<url><loc>{escape(address)}</loc>{links}</url>"


def setup(app):
    """Register the steps."""
    app.connect("html-page-context", add_links)
    app.connect("build-finished", write_sitemap)
