"""What the course costs its reader: asserted where it is a size, only shown where it is a time."""

import subprocess
import sys

import pytest

from tools import ROOT, refresh


def kilobytes(paths):
    return [path.stat().st_size / 1000 for path in paths]


def import_milliseconds(module):
    """The least of several runs, which is the one that the machine disturbed least."""
    code = f"import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
    runs = [subprocess.check_output([sys.executable, "-c", code]) for _ in range(7)]
    return 1000 * min(map(float, runs))


def test_largest_notebook(budget):
    budget("largest notebook", max(kilobytes(refresh.CHAPTERS.glob("*.ipynb"))), 300, "KB")


def test_clone(budget):
    bundle = subprocess.run(["git", "bundle", "create", "-", "HEAD"], cwd=ROOT, capture_output=True)
    if bundle.returncode:
        pytest.skip("not a git checkout")
    budget("clone with all history", len(bundle.stdout) / 1e6, 20, "MB")


def test_import_time_is_shown(record_property):
    record_property("budget", ("import nllutils", import_milliseconds("nllutils"), 20, "ms"))
