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

from nllutils import __version__

from .sharing import site_address
from .words import words_of

WHEEL = f"nllutils-{__version__}-py3-none-any.whl"
ROOT = Path(__file__).parent.parent
LINK = re.compile(r"\]\((?!\w+:)([^)#]*?)\.(?:ipynb|md)(?:#[^)]*)?\)")


def make_wheel(folder):
    """Write the wheel of `nllutils`, from a copy, because the build leaves files behind."""
    with tempfile.TemporaryDirectory() as place:
        for name in ("nllutils", "pyproject.toml", "LICENSE-CODE"):
            (copytree if (ROOT / name).is_dir() else copy)(ROOT / name, Path(place) / name)
        options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder)]
        subprocess.run([sys.executable, "-m", "pip", "wheel", *options, place], check=True)


def standing_alone(notebook, folder, wheel, why):
    """Return a notebook with the cell that installs the package first, and its links leading to the site."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(rf"]({folder}\1.html)", cell.source)
    install = nbformat.v4.new_code_cell(f"# {why}\n%pip install --quiet {wheel}", id="nllutils")
    notebook.cells.insert(0, install)
    return notebook


def write_notebooks(app, exception):
    """Change the notebooks that the pages offer."""
    site = site_address()
    if exception or app.builder.format != "html" or not site:
        return
    words, sources = words_of(app.config), Path(app.outdir, "_sources")
    if not words["folder"]:  # one wheel for all editions
        make_wheel(app.outdir)
    for path in sources.rglob("*.ipynb"):
        folder = f"{site}{words['folder']}{path.relative_to(sources).parent.as_posix()}/"
        notebook = standing_alone(nbformat.read(path, as_version=4), folder, site + WHEEL, words["install"])
        nbformat.write(notebook, path)


def setup(app):
    """Register the step."""
    app.connect("build-finished", write_notebooks)
