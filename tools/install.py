"""Set up the course in .venv, or do nothing when that is done: what every `make` target calls first.

    python -m tools.install            what reading and building needs (requirements.txt)
    python -m tools.install --tests    and what the tests need (tests/requirements.txt)

Standard library only, for Linux and macOS. The file .venv/installed says what stands in .venv. It is written
last and removed first, so an interrupted set-up has none and starts again; if only a requirement has changed,
pip brings the same .venv up to date.
"""

import argparse
import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys

from tools import ROOT, fail, say

CPU_INDEX = "https://download.pytorch.org/whl/cpu"

# What pip and venv print when something outside the course is wrong, and what to tell the reader.
DISK_FULL = "The disk is full: the set-up needs about 2 GB. Free some space and run the same command again."
ADVICE = {
    r"No space left on device|\[Errno 28\]|Disk quota exceeded": DISK_FULL,
    r"ensurepip is not\s+available|No module named '?(venv|ensurepip)": (
        "This Python cannot make virtual environments. On Debian or Ubuntu: sudo apt install python3-venv"
    ),
    r"Retrying \(|NewConnectionError|Connection(Reset)?Error|TimeoutError|ProxyError|SSLError": (
        "The package index cannot be reached. Check the network (or pip's proxy) and run the command again."
    ),
}


def check_python():
    """Refuse a Python outside `requires-python`, naming one that is on this machine."""
    text = (ROOT / "pyproject.toml").read_text("utf8")
    low, high = map(int, re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', text).groups())
    if low <= sys.version_info[1] < high:
        return
    names = [f"python3.{minor}" for minor in range(high - 1, low - 1, -1)]
    found = next(filter(shutil.which, names), f"python3.{low + 1}")
    fail(
        f"The course needs Python 3.{low} to 3.{high - 1}, this is {sys.version.split()[0]}. "
        f"Name another one, such as: make book PYTHON={found}"
    )


@contextlib.contextmanager
def locked():
    """One set-up or build at a time; another one waits. The lock ends with the processes that hold it."""
    import fcntl  # not on Windows, where only the tests import this module

    with (ROOT / ".make.lock").open("w") as lock:
        os.set_inheritable(lock.fileno(), True)  # a pip that outlives a killed set-up still counts
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up or build is running: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(*command):
    """Run a command, show what it prints as it comes, and return (exit status, that text)."""
    lines = []
    with subprocess.Popen(
        list(map(str, command)),
        cwd=ROOT,
        close_fds=False,  # for the lock
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    return process.returncode, "".join(lines)


def run_or_explain(*command):
    status, text = run(*command)
    if status:
        if shutil.disk_usage(ROOT).free < 50e6:
            fail(DISK_FULL)  # venv reports it as "ensurepip failed"
        known = [advice for cause, advice in ADVICE.items() if re.search(cause, text)]
        fail(known[0] if known else "The set-up failed: the reason stands above.")


def state(files):
    """What .venv/installed must say: where .venv is, for which Python, and every list of packages."""
    import tomllib  # not before check_python: older Pythons lack it

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))
    built_from = [project["build-system"], project["project"], project["tool"]["setuptools"]]
    lines = [f"python {sys.version_info[0]}.{sys.version_info[1]}", f"folder {ROOT}"]
    lines.append(f"nllutils {hashlib.sha256(repr(built_from).encode()).hexdigest()}")
    for name in files:
        lines.append(f"{name} {hashlib.sha256((ROOT / name).read_bytes()).hexdigest()}")
    return lines


def install_torch(pip):
    """On Linux take PyTorch's CPU build from its own index: the usual one brings 4 GB for graphics cards."""
    pin = re.search(r"^torch==([^\s;]+)", (ROOT / "requirements.txt").read_text("utf8"), re.MULTILINE)
    if sys.platform != "linux" or not pin:
        return
    say("PyTorch, the build without CUDA")
    index = ["--extra-index-url", CPU_INDEX, "--retries", "1", "--timeout", "15"]
    status, _ = run(*pip, "--no-deps", *index, f"torch=={pin[1]}+cpu")
    if status:
        say("Not found: the usual, larger build of PyTorch comes with the rest")


def set_up(files):
    """Make .venv hold `files` (lists of requirements), from whatever state it is in."""
    venv, wanted = ROOT / ".venv", state(files)
    stamp, python = venv / "installed", venv / "bin" / "python"

    def installed():
        return stamp.read_text("utf8").splitlines() if stamp.exists() and python.exists() else []

    if set(wanted) <= set(installed()):
        return
    with locked():
        before = installed()
        if set(wanted) <= set(before):
            return
        stamp.unlink(missing_ok=True)
        if before[:2] != wanted[:2]:
            say(f"Setting up .venv with Python {sys.version.split()[0]} (once; a few minutes, 1.5 GB)")
            run_or_explain(sys.executable, "-m", "venv", "--clear", venv)
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install"]
        install_torch(pip)
        say(f"Installing {' and '.join(files)}")
        run_or_explain(*pip, *(part for name in files for part in ("-r", name)))
        stamp.write_text("\n".join(wanted) + "\n", "utf8")
        say("The set-up is complete")


def main():
    check_python()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tests", action="store_true", help="install what the tests need, too")
    tests = parser.parse_args().tests
    set_up(["requirements.txt", "tests/requirements.txt"] if tests else ["requirements.txt"])


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        fail(f"{error}. Mend that and run the same command again.")
    except KeyboardInterrupt:
        fail("Stopped: the next run takes it up again.")
