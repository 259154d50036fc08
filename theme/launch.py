"""Give every notebook page a link that runs it on Binder, where the build knows the repository."""

import os
import re
import subprocess
from pathlib import Path

GITHUB = re.compile(r"github\.com[:/](?P<name>[\w.-]+/[\w.-]+?)(\.git)?/?$")


def repository(folder):
    """Return `owner/name` on GitHub from the environment, else from the git remote, else None."""
    named = os.environ.get("GITHUB_REPOSITORY")
    if named:
        return named
    git = ["git", "-C", str(folder), "remote", "get-url", "origin"]
    try:
        remote = subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):  # no git, no repository or no remote
        return None
    found = GITHUB.search(remote)
    return found and found["name"]


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
        # HEAD is whatever branch the repository calls its main one.
        context["binder"] = (
            f"https://mybinder.org/v2/gh/{context['repository']}/HEAD?urlpath=lab/tree/{source}"
        )


def setup(app):
    """Register both steps."""
    app.connect("config-inited", find_repository)
    app.connect("html-page-context", add_links)
