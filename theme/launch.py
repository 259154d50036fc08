"""Lead from a page to its source: run it on Binder, download it, edit it, report a mistake.

The repository is the one that the environment of a workflow on GitHub names. A build at home has no such name
and gets no links, rather than links that lead nowhere. Colab opens one notebook alone: it is given those of
the branch `notebooks`, where publishing puts what theme/alone.py has made of them.
"""

import os
from pathlib import Path
from urllib.parse import quote

from .sharing import site_address
from .words import words_of

GITHUB = "https://github.com"


def repository():
    """Return the address of the repository on its server, or nothing."""
    name = os.environ.get("GITHUB_REPOSITORY")
    return name and f"{os.environ.get('GITHUB_SERVER_URL', GITHUB)}/{name}"


def revision(*kinds):
    """Return the branch (of `heads`) or tag that is built, if it is one of these kinds, else the main branch.

    A commit would be exact, but one built for a pull request may not be in this repository.
    """
    kind, _, name = os.environ.get("GITHUB_REF", "").removeprefix("refs/").partition("/")
    return name if kind in kinds else "HEAD"


def add_links(app, pagename, templatename, context, doctree):
    """Tell the layout where this page's source is."""
    if pagename not in app.env.found_docs:
        return
    home, file = repository(), Path(app.env.doc2path(pagename, base=False)).as_posix()
    source = quote(words_of(app.config)["folder"] + file)
    if home:
        context["edit_url"] = f"{home}/edit/{quote(revision('heads'))}/{source}"
        context["report_url"] = f"{home}/issues/new?title={quote(pagename, safe='')}"
    if not source.endswith(".ipynb"):
        return
    context["notebook"] = context["pathto"](f"_sources/{context['sourcename']}", 1)
    if home and home.startswith(f"{GITHUB}/"):  # Binder reads others, too, but by other addresses
        name, place = home.removeprefix(f"{GITHUB}/"), quote(revision("heads", "tags"), safe="")
        context["binder"] = f"https://mybinder.org/v2/gh/{name}/{place}?urlpath=lab/tree/{source}"
        if site_address():
            context["colab"] = f"https://colab.research.google.com/github/{name}/blob/notebooks/{source}"


def setup(app):
    """Register the step."""
    app.connect("html-page-context", add_links)
