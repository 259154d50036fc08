"""Make .venv, or bring it up to date: what the Makefile calls when a list of packages has changed.

    python -m tools.install            what reading and building needs (requirements.txt)
    python -m tools.install --tests    and what the tests need (tests/requirements.txt)

Standard library only, for Linux and macOS. The files .venv/book and .venv/tests say that their list is
installed, and in which folder. They are written last and removed first: a set-up that was interrupted has
none, and the next one makes .venv again from nothing.
"""

import re
import shutil
import subprocess
import sys

from tools import ROOT, fail, say

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
VENV = ROOT / ".venv"
LISTS = {"book": "requirements.txt", "tests": "tests/requirements.txt"}

# What venv and pip print when something outside the course is wrong, and what to tell the reader.
ADVICE = {
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


def run(*command):
    """Run a command, show what it prints as it comes, and return (exit status, that text)."""
    lines = []
    with subprocess.Popen(
        list(map(str, command)),
        cwd=ROOT,
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
        known = [advice for cause, advice in ADVICE.items() if re.search(cause, text)]
        fail(known[0] if known else "The set-up failed: the reason stands above.")


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


def main(arguments):
    check_python()
    stamps = list(LISTS) if arguments == ["--tests"] else ["book"]
    whole = (VENV / "book").exists()
    for stamp in LISTS:
        (VENV / stamp).unlink(missing_ok=True)
    pip = [VENV / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install"]
    if not whole:
        say(f"Setting up .venv with Python {sys.version.split()[0]} (once; a few minutes, 1.5 GB)")
        run_or_explain(sys.executable, "-m", "venv", "--clear", VENV)
        install_torch(pip)
    say(f"Installing {' and '.join(LISTS[stamp] for stamp in stamps)}")
    run_or_explain(*pip, *(part for stamp in stamps for part in ("-r", LISTS[stamp])))
    for stamp in stamps:
        (VENV / stamp).write_text(f"{ROOT}\n", "utf8")
    say("The set-up is complete")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        fail(f"{error}. Mend that and run the same command again.")
    except KeyboardInterrupt:
        fail("Stopped: the next run begins again.")
