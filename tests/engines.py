"""Firefox and WebKit as their makers' drivers start them, for what pages do elsewhere than in Chromium.

Debian's and Ubuntu's packages are enough: `firefox-esr` or `firefox`, and `webkit2gtk-driver` with `xvfb`.
"""

import glob
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from browsing import ASK, Quiet, give_up

# The first script of a page: what goes wrong on it is written where each driver can read it.
WATCH = b"""<head><script>
{ const { dataset } = document.documentElement;
  const say = (what) => { dataset.troubles = (dataset.troubles ?? "") + what + "\\n"; };
  addEventListener("error", ({ message, target }) => {
    if (!target.closest) message.startsWith("ResizeObserver loop") || say(message); // that is but a remark
    else say(`did not load: ${target.src || target.href}`);
  }, true);
  addEventListener("unhandledrejection", ({ reason }) => say(reason)); }
</script>"""
NARROW, WIDE = 500, 1280  # narrower than 500 pixels no window of Firefox can be, without tricks


class Watched(Quiet):
    """Serve pages with `WATCH` in them."""

    def send_head(self):
        path = self.translate_path(self.path)
        if not path.endswith(".html") or not os.path.isfile(path):
            return super().send_head()
        with open(path, "rb") as page:
            text = page.read().replace(b"<head>", WATCH, 1)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


class Engine:
    """A running browser with one window."""

    def visit(self, url, width=WIDE):
        """Open a page for the first time and let it come to rest."""
        self.resize(width)
        self.go("about:blank")
        self.go(url)
        self.run("return document.fonts.ready.then(() => new Promise(done => setTimeout(done, 100)))")
        self.add("script", ASK)

    def add(self, kind, text):
        """Add a script or a style to the page."""
        element = f"Object.assign(document.createElement('{kind}'), {{ textContent: {json.dumps(text)} }})"
        self.run(f"document.head.append({element})")

    def wait(self, script, seconds=20):
        """Return what a script returns once that is something."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := self.run(script):
                return found
            time.sleep(0.05)
        raise AssertionError(f"nothing came of: {script}")

    def ask(self, question):
        """Return what the function `question` of `visit.js` finds on the page."""
        return self.run(f"return ask.{question}()")

    def troubles(self):
        """Return what went wrong on the page."""
        return self.run("return document.documentElement.dataset.troubles ?? ''")


class Firefox(Engine):
    """Firefox, by Marionette: JSON on a socket, each message after its length."""

    def __init__(self):
        binary = shutil.which("firefox-esr") or shutil.which("firefox")
        if not binary:
            give_up("no Firefox to open the pages with")
        self._profile = tempfile.TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True)
        port = free_port()
        Path(self._profile.name, "user.js").write_text(f'user_pref("marionette.port", {port});')
        command = [binary, "--headless", "--marionette", "--no-remote", "--profile", self._profile.name]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._socket = patiently(lambda: socket.create_connection(("127.0.0.1", port)))
        self._read()  # the greeting
        self._do("WebDriver:NewSession")

    def _read(self):
        length = b""
        while not length.endswith(b":"):
            length += self._socket.recv(1)
        return json.loads(self._socket.recv(int(length[:-1]), socket.MSG_WAITALL))

    def _do(self, command, **arguments):
        message = json.dumps([0, 0, command, arguments])
        self._socket.sendall(f"{len(message)}:{message}".encode())
        _, _, error, result = self._read()
        assert not error, error
        return result

    def go(self, url):
        self._do("WebDriver:Navigate", url=url)

    def back(self):
        self._do("WebDriver:Back")

    def resize(self, width):
        self._do("WebDriver:SetWindowRect", width=width, height=900)

    def run(self, script):
        return self._do("WebDriver:ExecuteScript", script=script, args=[], sandbox=None)["value"]

    def quit(self):
        self._do("Marionette:Quit")
        self._socket.close()
        self._process.wait()
        self._profile.cleanup()


class WebKit(Engine):
    """WebKitGTK, by its driver: HTTP with JSON. Its window needs a screen, which here nobody sees."""

    def __init__(self):
        window = glob.glob("/usr/lib/*/webkit2gtk-4*/MiniBrowser")
        if not (window and shutil.which("WebKitWebDriver") and shutil.which("Xvfb")):
            give_up("no WebKit to open the pages with")
        read, write = os.pipe()
        screen = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]
        self._screen = subprocess.Popen(screen, pass_fds=[write], stderr=subprocess.DEVNULL)
        display, port = os.read(read, 16).decode().strip(), free_port()
        environment = {**os.environ, "DISPLAY": f":{display}"}
        self._driver = subprocess.Popen(["WebKitWebDriver", f"--port={port}"], env=environment)
        self._address = f"http://127.0.0.1:{port}/session"
        options = {"webkitgtk:browserOptions": {"binary": window[0], "args": ["--automation"]}}
        started = patiently(lambda: self._do("POST", capabilities={"alwaysMatch": options}))
        self._address += f"/{started['sessionId']}"

    def _do(self, method, path="", **arguments):
        data = json.dumps(arguments).encode() if method == "POST" else None
        request = urllib.request.Request(self._address + path, data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["value"]

    def go(self, url):
        self._do("POST", "/url", url=url)

    def back(self):
        self._do("POST", "/back")

    def resize(self, width):
        self._do("POST", "/window/rect", width=width, height=900)

    def run(self, script):
        return self._do("POST", "/execute/sync", script=script, args=[])

    def quit(self):
        self._do("DELETE")
        for process in (self._driver, self._screen):
            process.terminate()
            process.wait()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def patiently(attempt):
    """Return what `attempt` returns once a process that has just started answers."""
    for _ in range(300):
        try:
            return attempt()
        except OSError:
            time.sleep(0.1)
    return attempt()
