"""What every run of pytest needs, in tests/ and in chapters/: the kernels' environment and two markers."""

import asyncio
from collections import Counter

import pytest

from tools import refresh

# The chapters run here as they do in tools/refresh.py; nbval's kernels inherit it.
refresh.set_environment()

# A test is marked by the fixtures that it asks for, and a notebook's cell because it is one: nobody has to
# remember a marker. `make check` leaves both groups out.
MARKERS = {
    **dict.fromkeys(["browser", "engine", "printed", "runnable"], "browser"),
    "execute": "execute",
}


@pytest.fixture(scope="session")
def execute():
    """A function that runs all cells of a notebook and returns what went wrong as a list of sentences."""
    return lambda notebook: asyncio.run(refresh.execute(notebook, refresh.CHAPTERS))


@pytest.hookimpl(tryfirst=True)  # before `-m` selects
def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker("execute")
        for fixture in MARKERS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKERS[fixture])


def pytest_terminal_summary(terminalreporter):
    """Say what was not tested, one line for each reason (with `--numprocesses`, too)."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].splitlines()[0].removeprefix("Skipped: ") for report in skipped)
    if reasons:
        terminalreporter.section("not tested")
        for reason, tests in reasons.items():
            terminalreporter.line(f"{tests} tests: {reason}")
