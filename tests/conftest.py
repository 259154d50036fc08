"""What all tests share: examples that repeat, built pages, a browser."""

import contextlib
import os
import sys
from types import SimpleNamespace

import browsing
import engines
import pytest
import small_book
from bs4 import BeautifulSoup
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import Error, sync_playwright

from tools import book

# The same examples in every run, and no deadline that a busy machine would miss.
settings.register_profile("course", derandomize=True, deadline=None)
settings.load_profile("course")


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
        terminalreporter.section("budgets")
        for name, value, limit, unit in largest.values():
            terminalreporter.line(f"{name:<48} {value:8.1f} of {limit:4} {unit}")


# --- Built pages -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the book's pages, built strictly outside the repository, once for all workers."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # what the workers have in common
    pages, done = folder / "site" / "_build" / "html", folder / "site" / "done"
    with FileLock(folder / "site.lock"):
        if not done.exists():
            with pytest.MonkeyPatch.context() as patch:
                for name in book.NAMES:  # as at home: nobody knows the book's address
                    patch.delenv(name, raising=False)
                status, _ = book.build(folder / "site")
            assert status == 0, "the book does not build without warnings: see the output above"
            done.touch()
    return pages


def read(folder):
    """Return every page below the folder by its name, such as `chapters/01-likelihood`, parsed."""
    return {
        page.relative_to(folder).with_suffix("").as_posix(): BeautifulSoup(
            page.read_text("utf-8"), "html.parser"
        )
        for page in sorted(folder.rglob("*.html"))
    }


@pytest.fixture(scope="session")
def pages(site):
    """Every page of the book."""
    return read(site)


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A book of three pages: `source`, `folder` of the pages, `pages` parsed, their `address`, `warnings`."""
    source = tmp_path_factory.mktemp("small-book")
    folder, warnings = small_book.build(source)
    with browsing.served(folder) as address:
        yield SimpleNamespace(
            source=source, folder=folder, pages=read(folder), address=address, warnings=warnings
        )


@pytest.fixture(scope="session")
def address(site):
    """The address of the book on a local server."""
    with browsing.served(site) as address:
        yield address


# --- In the browser --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium.

    It ends with each file: Playwright keeps an event loop running, beside which `asyncio.run` does not start.
    """
    with sync_playwright() as playwright:
        try:
            running = browsing.launch(playwright)
        except Error as error:
            browsing.give_up(f"no Chromium to open the pages with: {error}")
        yield running
        running.close()


@pytest.fixture
def visit(browser):
    """A function that makes a `browsing.Visit`; the pages are closed afterwards."""
    with contextlib.ExitStack() as visits:
        yield lambda *args, **kwargs: visits.enter_context(browsing.Visit(browser, *args, **kwargs))


@pytest.fixture(scope="module", params=[engines.Firefox, engines.WebKit], ids=["Firefox", "WebKit"])
def engine(request):
    """A browser that is not Chromium, as Linux distributions pack it."""
    if sys.platform != "linux":
        pytest.skip("Firefox and WebKit are driven on Linux only")
    running = request.param()
    yield running
    running.quit()
