"""What the tests of the site share: Chromium, a local server, and a reader's visit to a page."""

import contextlib
import functools
import http.server
import json
import os
import re
import shutil
import threading
from importlib.resources import files
from pathlib import Path

import pytest

CHROMIUM = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
ASK = Path(__file__).with_name("visit.js").read_text("utf-8")
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def launch(playwright):
    """Start a headless Chromium: the system's, else Playwright's own."""
    system = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    return playwright.chromium.launch(executable_path=system, args=CHROMIUM)


def give_up(why):
    """Skip what needs a browser, to be listed at the end of the run; where it has to run (`CI`), fail."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(why)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serve files without a word in the terminal."""

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def served(folder, handler=Quiet):
    """The address of the pages in `folder` on a server of this machine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Visit:
    """One page as a reader opens it for the first time: what it asked for, and what went wrong.

    A `whole` page is laid out as for a reader who has gone through it: else what is off the screen is not.
    """

    def __init__(self, browser, url, width=1280, scheme="light", whole=True, **options):
        self.url, self.asked, self.troubles = url, [], []
        self.page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda said: said.type == "error" and self.troubles.append(said.text))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.goto(url)
        if whole:
            self.dress("section { content-visibility: visible !important }")
        self.page.evaluate("document.fonts.ready")
        self.page.evaluate(ASK)
        self.settle()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.page.close()

    def settle(self):
        """Wait until the page has been laid out and its script has seen that."""
        self.page.evaluate("new Promise(done => setTimeout(() => requestAnimationFrame(done), 50))")

    def resize(self, width):
        """Show the page on another screen."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.settle()

    def dress(self, css):
        """Add a rule to the page's style; return what takes it away again."""
        style = self.page.add_style_tag(content=css)
        return lambda: style.evaluate("style => style.remove()")

    def ask(self, question, *arguments):
        """Return what the function `question` of `visit.js` finds on the page."""
        return self.page.evaluate(f"ask.{question}({', '.join(map(json.dumps, arguments))})")

    def too_wide(self):
        """Return by how many pixels the page is wider than the screen."""
        return self.ask("tooWide")

    def unreachable(self):
        """Return what scrolls sideways and cannot be reached by keyboard, or has no name."""
        return self.ask("unreachable")

    def letters(self):
        """Return the Korean letters on the page that are in bold, and all."""
        return [set(re.findall("[가-힣]", text)) for text in self.ask("boldAndAll")]

    def violations(self):
        """Return what axe objects to, each as its rule and the element."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        return self.ask("violations", AXE_RULES)

    def text(self):
        """Return the text that shows, without spaces."""
        return "".join(self.page.inner_text("article").split())
