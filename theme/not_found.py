"""The page that a server shows under every address that does not exist."""

import re
from urllib.parse import urlsplit

NAME = "404"  # servers look for 404.html


def link_from_the_host(app, pagename, templatename, context, doctree):
    """Let the page work at any depth: a relative link would start from the address that does not exist."""
    if pagename != NAME:
        return
    folder = urlsplit(app.config.html_baseurl).path or "/"
    pathto, toctree = context["pathto"], context["toctree"]
    context["pathto"] = lambda *place, **options: folder + pathto(*place, **options)
    context["toctree"] = lambda **options: re.sub('href="', f'href="{folder}', toctree(**options))


def setup(app):
    """Register the page; its links are changed before Sphinx makes others from them (at 500)."""
    app.config.html_additional_pages[NAME] = "404.html"
    app.connect("html-page-context", link_from_the_host, priority=400)
