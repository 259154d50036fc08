"""Let a notebook run alone: downloaded into an empty folder, or on Colab.

A notebook of the book needs `nllutils` beside it. Where the site's address is known, the site carries the
package's wheel, and the notebooks that its pages offer begin with a cell that installs it from there; their
links to other pages lead to the site. The notebooks of the repository stay as they are.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copy, copytree

import nbformat

from .sharing import site_address
from .words import words_of

ROOT = Path(__file__).parent.parent
LINK = re.compile(r"\]\((?!\w+:)([^)#]*?)\.(?:ipynb|md)(?:#[^)]*)?\)")


def make_wheel(folder):
    """Write the wheel of `nllutils`, from a copy, because the build leaves files behind; return its path."""
    with tempfile.TemporaryDirectory() as place:
        for name in ("nllutils", "pyproject.toml", "LICENSE-CODE"):
            (copytree if (ROOT / name).is_dir() else copy)(ROOT / name, Path(place) / name)
        options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder)]
        subprocess.run([sys.executable, "-m", "pip", "wheel", *options, place], check=True)
    (wheel,) = Path(folder).glob("nllutils-*.whl")
    return wheel


def standing_alone(notebook, page, site, wheel, why):
    """Return a notebook with the cell that installs the package first, and its links leading to the site."""
    folder = f"{site}{page.parent.as_posix()}/"
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(rf"]({folder}\1.html)", cell.source)
    install = nbformat.v4.new_code_cell(f"# {why}\n%pip install --quiet {site}{wheel}", id="nllutils")
    notebook.cells.insert(0, install)
    return notebook


def write_notebooks(app, exception):
    """Change the notebooks that the pages offer."""
    site = site_address()
    if exception or app.builder.format != "html" or not site:
        return
    out = Path(app.outdir)
    wheel, why = make_wheel(out).name, words_of(app.config)["install"]
    for path in (out / "_sources").rglob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        nbformat.write(standing_alone(notebook, path.relative_to(out / "_sources"), site, wheel, why), path)


def setup(app):
    """Register the step."""
    app.connect("build-finished", write_notebooks)
