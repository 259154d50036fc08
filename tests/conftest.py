"""What all tests share: examples that repeat, a browser, and one built book."""

import os
import time

import browsing
import pytest
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import Error, sync_playwright

from tools import book

# The same examples in every run, and no deadline that a busy machine would miss.
settings.register_profile("course", derandomize=True, deadline=None)
settings.load_profile("course")

STARTED = time.monotonic()


@pytest.fixture
def budget(record_property):
    """A function that holds a measured value to its limit and lists it at the end of the run."""

    def hold(name, value, limit, unit):
        assert value <= limit, f"{name}: {value:.1f} {unit}, at most {limit}"
        record_property("budget", (name, value, limit, unit))

    return hold


def pytest_terminal_summary(terminalreporter):
    """Print the budgets, with `--numprocesses` too: the workers' reports arrive here."""
    reports = [report for kind in terminalreporter.stats.values() for report in kind]
    properties = [pair for report in reports for pair in getattr(report, "user_properties", [])]
    largest = {value[0]: value for value in sorted(value for key, value in properties if key == "budget")}
    if largest:
        seconds = ("this run", time.monotonic() - STARTED, 600, "s")
        terminalreporter.section("budgets")
        for name, value, limit, unit in [seconds, *largest.values()]:
            terminalreporter.line(f"{name:<48} {value:8.1f} of {limit:4} {unit}")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the book's pages, built strictly outside the repository, once for all workers."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # what the workers have in common
    pages, done = folder / "site" / "_build" / "html", folder / "site" / "done"
    with FileLock(folder / "site.lock"):
        if not done.exists():
            status, _ = book.build(folder / "site")
            assert status == 0, "the book does not build without warnings: see the output above"
            done.touch()
    return pages


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium. Without one the tests are skipped, but not where they have to run (`CI`).

    It ends with each file: Playwright keeps an event loop running, beside which `asyncio.run` does not start.
    """
    with sync_playwright() as playwright:
        try:
            running = browsing.launch(playwright)
        except Error as error:
            give_up = pytest.fail if os.environ.get("CI") else pytest.skip
            give_up(f"no Chromium to look at the site with (playwright install chromium): {error}")
        yield running
        running.close()


@pytest.fixture(scope="session")
def address(site):
    """The address of the site on a local server."""
    server = browsing.serve(site)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser):
    """A function that makes a `browsing.Visit`; the pages are closed afterwards."""
    visits = []

    def visit(*args, **kwargs):
        visits.append(browsing.Visit(browser, *args, **kwargs))
        return visits[-1]

    yield visit
    for each in visits:
        each.page.close()
