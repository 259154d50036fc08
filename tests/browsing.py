"""What the tests of the site share: Chromium, a local server, and a reader's visit to a page."""

import functools
import http.server
import re
import shutil
import threading

CHROMIUM = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


def launch(playwright):
    """Start a headless Chromium: the system's, else Playwright's own."""
    system = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    return playwright.chromium.launch(executable_path=system, args=CHROMIUM)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def serve(folder):
    """Serve `folder` on this machine; the caller closes the server."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Visit:
    """One page as a reader opens it for the first time: what it asked for, and what went wrong."""

    def __init__(self, browser, url, width=1280, scheme="light"):
        self.url, self.asked, self.troubles = url, [], []
        self.page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda said: said.type == "error" and self.troubles.append(said.text))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.goto(url)
        # As if the reader had gone through all of it: sections off the screen are not laid out until then.
        self.page.add_style_tag(content="section { content-visibility: visible !important }")
        self.page.evaluate("document.fonts.ready")
        self.page.evaluate("new Promise(done => setTimeout(() => requestAnimationFrame(done), 50))")

    def too_wide(self):
        """Return by how many pixels the page is wider than the screen."""
        return self.page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")

    def unreachable(self):
        """Return what scrolls sideways and cannot be reached by keyboard, or has no name."""
        boxes = self.page.locator("article :is(pre, .scroll, .katex-display)")
        wide = boxes.evaluate_all(
            "all => all.filter(box => box.checkVisibility() && box.scrollWidth > box.clientWidth)"
            ".map(box => [box.tabIndex, box.ariaLabel, box.innerText])"
        )
        return [text for index, label, text in wide if index < 0 or not label]

    def letters(self):
        """Return the Korean letters on the page that are in bold, and all."""
        return [set(re.findall("[가-힣]", text)) for text in self.page.evaluate(BOLD_AND_ALL)]


BOLD_AND_ALL = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = ["", ""];
  while (walk.nextNode()) {
    texts[1] += walk.currentNode.data;
    if (getComputedStyle(walk.currentNode.parentElement).fontWeight >= 600) texts[0] += walk.currentNode.data;
  }
  return texts;
}"""
