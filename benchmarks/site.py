"""Requests, weight and Lighthouse scores of every page, beside Jupyter Book's stock theme.

    python benchmarks/site.py                            every page of both editions, three runs each: hours
    python benchmarks/site.py chapters/02-log en/index   these pages only
    python benchmarks/site.py --runs 1 --no-stock        one run each, this book alone

Needs Chromium and Node 18 or later; npm fetches Lighthouse once, into a folder of its own outside the
repository. Both books are built from the same files and served gzipped from this machine. Lighthouse plays a
phone on a slow network: it computes the times from what it saw, but a busy machine still adds to them, hence
the median and the load in the last line. The stock pages get MathJax from this machine, too, which is nearer
than the network they use.
"""

import argparse
import functools
import gzip
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sphinx_external_toc.parsing import parse_toc_yaml  # noqa: E402

from tools import EDITIONS, book  # noqa: E402

PACKAGES = ["lighthouse@12.8.2", "mathjax@3.2.2"]
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "nll-course-benchmark"
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
CHROME_FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --disable-background-networking"
SCORES = ["performance", "accessibility", "best-practices", "seo"]
TIMES = {"largest-contentful-paint": 1e-3, "total-blocking-time": 1, "cumulative-layout-shift": 1}
STOCK_CONFIG = """
title: stock
execute: {execute_notebooks: "off"}
parse: {myst_enable_extensions: [amsmath, colon_fence, deflist, dollarmath, linkify, substitution, tasklist]}
sphinx:
  extra_extensions: [sphinx.ext.autodoc, sphinx.ext.napoleon]
  config:
    language: LANGUAGE
    bibtex_bibfiles: [references.bib]
    mathjax_path: /mathjax/tex-mml-chtml.js
"""


class Gzipped(http.server.SimpleHTTPRequestHandler):
    """Serve files as a web host does: text compressed, connections kept open."""

    protocol_version = "HTTP/1.1"
    compressed = (".html", ".css", ".js", ".json", ".svg")

    def do_GET(self):
        """Send one file."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Cache-Control", "max-age=600")
        if path.suffix in self.compressed:
            content = gzip.compress(content, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        """Stay silent: the table is the output."""


def serve(folder):
    """Serve `folder` until the program ends; return its address."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Gzipped, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def find_tools():
    """Install Lighthouse and return its environment; exit with advice if something is missing."""
    browser = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser:
        sys.exit("No Chromium found: install it (Debian: apt install chromium) or set CHROME_PATH.")
    if not shutil.which("npm"):
        sys.exit("No npm found: install Node 18 or later (https://nodejs.org); Lighthouse comes through it.")
    if not (CACHE / "node_modules" / "lighthouse").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(CACHE), *PACKAGES]
        if subprocess.run(command).returncode:
            sys.exit("npm could not fetch Lighthouse: check the network, or npm's registry setting.")
    return {**os.environ, "CHROME_PATH": browser}


def build_stock(folder):
    """Build the same pages with Jupyter Book's own theme below `folder`; return the folder of the pages."""
    jupyter_book, pages = Path(sys.executable).parent / "jupyter-book", folder / "stock"
    for language, edition in EDITIONS.items():
        source = folder / language
        shutil.copytree(edition / "chapters", source / "chapters")
        for file in [*edition.glob("*.md"), ROOT / "references.bib", edition / "_toc.yml"]:
            shutil.copy(file, source)
        (source / "_config.yml").write_text(STOCK_CONFIG.replace("LANGUAGE", language), "utf-8")
        subprocess.run([jupyter_book, "build", "-q", source], check=True, stdout=subprocess.DEVNULL)
        shutil.copytree(source / "_build" / "html", pages / edition.relative_to(ROOT))
    shutil.copytree(CACHE / "node_modules" / "mathjax" / "es5", pages / "mathjax")
    return pages


def lighthouse(url, environment):
    """Return what one run of Lighthouse measured, in the order of the table."""
    program = CACHE / "node_modules" / ".bin" / "lighthouse"
    command = [program, url, "--quiet", "--output=json", f"--chrome-flags={CHROME_FLAGS}"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"Lighthouse failed on {url}:\n{run.stderr[-2000:]}")
    report = json.loads(run.stdout)
    sent = report["audits"]["network-requests"]["details"]["items"]
    return [
        len(sent),
        sum(item.get("transferSize", 0) for item in sent) / 1024,
        *(round(100 * report["categories"][score]["score"]) for score in SCORES),
        *(factor * report["audits"][time]["numericValue"] for time, factor in TIMES.items()),
    ]


def row(url, runs, environment):
    """Return the medians of `runs` runs as cells of the table."""
    measured = zip(*(lighthouse(url, environment) for _ in range(runs)), strict=True)
    requests, size, *scores, paint, blocked, shift = map(statistics.median, measured)
    scores = " / ".join(f"{score:.0f}" for score in scores)
    return f"{requests:.0f} | {size:.0f} | {scores} | {paint:.1f} | {blocked:.0f} | {shift:.3f}"


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    every = [
        (edition.relative_to(ROOT) / page).as_posix()
        for edition in EDITIONS.values()
        for page in [*parse_toc_yaml(edition / "_toc.yml"), "search"]
    ]
    parser.add_argument(
        "pages", nargs="*", default=every, help="names as in _toc.yml, or en/... (default: all)"
    )
    parser.add_argument("--runs", type=int, default=3, help="Lighthouse runs a page (default: 3)")
    parser.add_argument("--no-stock", action="store_true", help="leave out the stock theme")
    options = parser.parse_args()
    unknown = sorted(set(options.pages) - set(every))
    if unknown:
        parser.error(f"no such page: {', '.join(unknown)}; there are {', '.join(every)}")
    return options


def main():
    """Build both books and print the table."""
    options, environment = arguments(), find_tools()
    with tempfile.TemporaryDirectory() as folder:
        status, ours = book.build(folder)
        if status:
            sys.exit("The book has faults: the warnings stand above.")
        sites = {"this book": serve(ours)}
        if not options.no_stock:
            sites["stock"] = serve(build_stock(Path(folder)))
        print("| page | theme | requests | KB | " + " / ".join(SCORES) + " | LCP s | TBT ms | CLS |")
        print("|---" * 8 + "|")
        for page in options.pages:
            for theme, address in sites.items():
                print(
                    f"| {page} | {theme} | {row(f'{address}/{page}.html', options.runs, environment)} |",
                    flush=True,
                )
    print(f"\nMedian of {options.runs}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end.")


if __name__ == "__main__":
    main()
