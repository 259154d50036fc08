"""Build the book strictly: any warning, any link that leads nowhere, is an error.

    python -m tools.book    into _build/html, unless that is up to date; says where the first page is

Each build starts from nothing. On top of an earlier one Jupyter Book reads only the pages that changed: it
leaves old menus on the others, and calls a faulty book a success when the fault is on a page read before.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import EDITIONS, ROOT, fail, say

# By these the pages know where they are published (theme/launch.py, theme/sharing.py), and whether they run
# (theme/live.py).
NAMES = ["GITHUB_REPOSITORY", "GITHUB_SERVER_URL", "GITHUB_REF", "SITE_URL", "COURSE_LIVE"]


def build(output):
    """Build the pages of all editions below the folder `output`; return the exit status and their folder."""
    jupyter_book = Path(sys.executable).parent / "jupyter-book"
    status, pages = 0, Path(output) / "_build" / "html"
    for language, source in EDITIONS.items():
        place = Path(output) if source == ROOT else Path(output) / "_build" / language
        command = [jupyter_book, "build", source, "--path-output", place, "-n", "-W", "--keep-going"]
        status = subprocess.run(command).returncode or status
        if source != ROOT:
            shutil.move(place / "_build" / "html", pages / source.relative_to(ROOT))
    return status, pages


def fingerprint():
    """A digest of what the pages are made of: the repository's files and its names on the web."""
    digest = hashlib.sha256(repr([os.environ.get(name) for name in NAMES]).encode())
    for folder, inner, names in os.walk(ROOT):
        inner[:] = sorted(name for name in inner if not name.startswith((".", "_build", "__pycache__")))
        for file in (Path(folder, name) for name in sorted(names) if not name.startswith(".")):
            digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def main():
    built, stamp = ROOT / "_build", ROOT / "_build" / "made-from"
    made_from = fingerprint()
    if not stamp.exists() or stamp.read_text() != made_from:
        shutil.rmtree(built, ignore_errors=True)
        status, _ = build(ROOT)
        if status:
            fail("The book has faults: the warnings stand above.")
        stamp.write_text(made_from)
    say(f"The book: {(built / 'html' / 'index.html').as_uri()}")
    say("Or with `make serve`: http://127.0.0.1:8000/")


if __name__ == "__main__":
    main()
