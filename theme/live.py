"""Let pages run where they are read, if the build is given Python for them (tools/live.py, `COURSE_LIVE`).

A page can run if its code imports no PyTorch, which does not exist for browsers; it gets a button, and all
that runs is fetched when that is pressed. The other pages say what they need.
"""

import functools
import gzip
import json
import os
import re
import shutil
from pathlib import Path

from docutils import nodes

from .alone import WHEEL, make_wheel
from .words import words_of

FOLDER = "python"  # beside the pages: the runtime, and the wheel of nllutils
TORCH = re.compile(r"^\s*(?:import|from) torch\b", re.M)
PACKED = {".js", ".json", ".mjs", ".wasm"}  # a server sends these compressed


def runtime():
    """Return the folder of Python for the pages, or nothing."""
    folder = os.environ.get("COURSE_LIVE")
    return Path(folder) if folder else None


@functools.cache
def megabytes(folder):
    """Return what a first run fetches."""

    def sent(file):
        content = file.read_bytes()
        return len(gzip.compress(content, 6) if file.suffix in PACKED else content)

    return round(sum(map(sent, folder.iterdir())) / 1e6)


def code_of(doctree):
    """Return the code of a page's cells."""
    cells = [
        part for part in doctree.findall(nodes.container) if part.get("nb_element") == "cell_code_source"
    ]
    return [block.astext() for cell in cells for block in cell.findall(nodes.literal_block)]


def add_button(app, pagename, templatename, context, doctree):
    """Tell the layout whether this page can run."""
    if not runtime() or doctree is None or not (code := code_of(doctree)):
        return
    words = words_of(app.config)
    context["live"] = "torch" if any(map(TORCH.search, code)) else words["live"].format(megabytes(runtime()))
    context["live_words"] = json.dumps(words["live_words"], ensure_ascii=False)


def add_runtime(app, exception):
    """Put Python and the wheel of `nllutils` beside the pages, once for all editions."""
    if exception or app.builder.format != "html" or not runtime() or words_of(app.config)["folder"]:
        return
    folder = Path(app.outdir) / FOLDER
    shutil.copytree(runtime(), folder, dirs_exist_ok=True)
    make_wheel(folder)
    (folder / "wheel.json").write_text(json.dumps({"wheel": WHEEL}))
    shutil.copy(Path(__file__).parent / "page" / "cells.py", folder)


def setup(app):
    """Register the steps."""
    app.connect("html-page-context", add_button)
    app.connect("build-finished", add_runtime)
