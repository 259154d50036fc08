"""The set-up: what it runs from which state, what it says when it cannot, and that it survives a kill."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tools import ROOT, install

pytestmark = pytest.mark.skipif(os.name == "nt", reason="make and its set-up are for Linux and macOS")

VENV, TORCH_FIRST, ALL = "venv --clear", "torch==9.8.7+cpu", "-r requirements.txt"


class Commands:
    """Stands in for `install.run`: notes the commands, makes .venv, answers as told."""

    def __init__(self, venv):
        self.venv, self.seen, self.answers = venv, [], {}

    def __call__(self, *command):
        line = " ".join(map(str, command[1:]))
        self.seen.append(line)
        left = [name for name in install.LISTS if (self.venv / name).exists()]
        assert not left, "after a kill now, make would take .venv for a whole one"
        self.venv.mkdir(exist_ok=True)
        return next((answer for part, answer in self.answers.items() if part in line), (0, ""))

    def count(self, part):
        return sum(part in line for line in self.seen)


@pytest.fixture
def commands(tmp_path, monkeypatch):
    """A repository with the files that the set-up reads, and no other."""
    (tmp_path / "requirements.txt").write_text("torch==9.8.7 ; sys_platform == 'linux'\n")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(install, "run", Commands(tmp_path / ".venv"))
    return install.run


def stamps(commands):
    return {path.name for path in commands.venv.iterdir()}


def test_makes_the_environment_once_and_then_adds_to_it(commands):
    install.main([])
    assert [commands.count(part) for part in (VENV, TORCH_FIRST, ALL)] == [1, 1, 1]
    assert stamps(commands) == {"book"}
    install.main(["--tests"])
    assert commands.count(VENV) == 1 and commands.count("-r tests/requirements.txt") == 1
    assert stamps(commands) == {"book", "tests"}
    install.main([])  # a pin has changed: the tests' packages are behind now
    assert commands.count(VENV) == 1 and commands.count(ALL) == 3
    assert stamps(commands) == {"book"}


def test_unreachable_torch_index_falls_through(commands, capsys):
    commands.answers = {TORCH_FIRST: (1, "Retrying (")}
    install.main([])
    assert commands.count(ALL) == 1
    assert "the usual, larger build" in capsys.readouterr().out


DEBIAN = "The virtual environment was not created successfully because ensurepip is not\navailable."


@pytest.mark.parametrize(
    ("step", "printed", "words"),
    [
        (VENV, DEBIAN, "sudo apt install python3-venv"),
        (VENV, "/usr/bin/python3: No module named venv", "sudo apt install python3-venv"),
        (ALL, "WARNING: Retrying (Retry(total=4, connect=None", "index cannot be reached"),
        (ALL, "error: metadata-generation-failed", "reason stands above"),
    ],
)
def test_failure_is_one_line_and_the_next_run_starts_again(commands, step, printed, words):
    commands.answers = {step: (1, printed)}
    with pytest.raises(SystemExit, match=f"^== .*{words}[^\n]*$"):
        install.main([])
    assert stamps(commands) == set()
    commands.answers = {}
    install.main([])
    assert commands.count(VENV) == 2
    assert stamps(commands) == {"book"}


def test_unsupported_python(commands, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    monkeypatch.setattr(shutil, "which", lambda name: name == "python3.12")
    with pytest.raises(SystemExit, match=r"^== .* needs Python 3\.11 to 3\.14, .* PYTHON=python3\.12$"):
        install.main([])
    assert commands.seen == []


# With make and real processes: a folder with a space and Hangul, no network, nothing to install.


@pytest.fixture
def clone(tmp_path):
    folder = tmp_path / "한글 폴더"
    (folder / "tools").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "tools/__init__.py", "tools/install.py"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("requirements.txt", "requirements.lock"):
        (folder / name).write_text("# nothing\n")
    return folder


def start(clone):
    return subprocess.Popen(
        ["make", ".venv/book", f"PYTHON={sys.executable}"],
        cwd=clone,
        env={**os.environ, "PIP_NO_INDEX": "1", "LC_ALL": "C"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def make(clone):
    """Say what `make` did: `made` an environment, `changed` it, or did nothing."""
    with start(clone) as process:
        text = process.stdout.read()
    assert process.returncode == 0, text
    return ("made " if "Setting up" in text else "") + ("changed" if "is complete" in text else "")


def test_killed_changed_and_moved(clone):
    with start(clone) as process:
        while not (clone / ".venv" / "pyvenv.cfg").exists():
            assert process.poll() is None, process.stdout.read()
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    assert make(clone) == "made changed"
    assert make(clone) == ""
    os.utime(clone / "requirements.lock")
    assert make(clone) == "changed"
    clone = clone.rename(clone.with_name("moved"))
    assert would_begin_again(clone)
    (clone / ".venv" / "book").write_text(f"{clone}\n", "utf8")
    assert not would_begin_again(clone)
    (clone / ".venv" / "bin" / "python").unlink()  # as when the system takes a new Python
    assert would_begin_again(clone)


def would_begin_again(clone):
    said = subprocess.run(["make", "-n", ".venv/book"], cwd=clone, capture_output=True, text=True, check=True)
    return "tools.install" in said.stdout and not (clone / ".venv" / "book").exists()
