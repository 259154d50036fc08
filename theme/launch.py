"""Give every notebook page a link that runs it on Binder, where the build knows the repository.

There is no link to Colab: it opens one notebook alone, without `nllutils` beside it, and a cell that
fetched the package would have to name the repository's owner, wrongly in every fork.
"""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import quote

# https, with or without a user, and both forms of ssh, on either of GitHub's hosts for it.
GITHUB = re.compile(
    r"(https://([^@/]+@)?|git://|(ssh://)?git@(ssh\.)?)github\.com(:443)?[:/](?P<name>[\w.-]+/[\w.-]+?)(\.git)?/?"
)


def remote(folder):
    """Return the address of the book's repository from the environment, else from git, else nothing."""
    named = os.environ.get("GITHUB_REPOSITORY")
    if named:
        return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{named}"
    if not Path(folder, ".git").exists():  # git would answer for a repository around this one
        return ""
    git = ["git", "-C", str(folder), "remote", "get-url", "origin"]
    try:
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):  # no git, or no remote
        return ""


def repository(folder):
    """Return `owner/name` if the book's repository is on github.com, which Binder can read, else None."""
    found = GITHUB.fullmatch(remote(folder))
    return found and found["name"]


def revision():
    """Return the branch or tag that is built, where the environment names it, else the main branch.

    A commit would be exact, but one built at home or for a pull request may not be on GitHub.
    """
    kind, _, name = os.environ.get("GITHUB_REF", "").removeprefix("refs/").partition("/")
    return quote(name, safe="") if kind in {"heads", "tags"} else "HEAD"


def find_repository(app, config):
    """Ask once per build."""
    config.html_context["repository"] = repository(app.srcdir)


def add_links(app, pagename, templatename, context, doctree):
    """Tell the layout where this page's notebook can be run and downloaded."""
    source = Path(app.env.doc2path(pagename, base=False)) if pagename in app.env.found_docs else None
    if source is None or source.suffix != ".ipynb":
        return
    context["notebook"] = context["pathto"](f"_sources/{context['sourcename']}", 1)
    if context["repository"]:
        place = f"{context['repository']}/{revision()}?urlpath=lab/tree/{quote(source.as_posix())}"
        context["binder"] = f"https://mybinder.org/v2/gh/{place}"


def setup(app):
    """Register both steps."""
    app.connect("config-inited", find_repository)
    app.connect("html-page-context", add_links)
