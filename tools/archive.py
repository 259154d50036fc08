"""Pack the built pages, to be read from disk without a server or a network: _build/likelihood-to-loss.zip

    python -m tools.archive    after tools/book.py; `make zip` calls both

The same pages make the same file, byte for byte: neither the time nor this machine leaves a trace in it.
"""

import zipfile
from pathlib import Path

from tools import ROOT, say

NAME = "likelihood-to-loss"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of zip's calendar
# What only servers and Sphinx read.
LEFT_OUT = {"404.html", "sitemap.xml", ".buildinfo", "objects.inv"}


def pack(pages, target):
    """Write all of the folder `pages` into the zip file `target`, below one folder of its own."""
    names = sorted(path.relative_to(pages).as_posix() for path in pages.rglob("*") if path.is_file())
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            if name not in LEFT_OUT:
                entry = zipfile.ZipInfo(f"{NAME}/{name}", FIRST_DAY)
                entry.create_system, entry.external_attr = 3, 0o100644 << 16  # as on Unix, wherever this runs
                archive.writestr(entry, (pages / name).read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)


def main():
    target = ROOT / "_build" / f"{NAME}.zip"
    pack(ROOT / "_build" / "html", target)
    say(f"Unpack and open {NAME}/index.html: {target} ({Path(target).stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
