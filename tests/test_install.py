"""The set-up: what it runs from which state, what it says when it cannot, and that it survives a kill."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path

import pytest

from tools import install

pytest.importorskip("fcntl", reason="make and its set-up are for Linux and macOS")

TORCH = "torch==9.8.7 ; sys_platform == 'linux'\n"
VENV, TORCH_FIRST, ALL = "venv --clear", "torch==9.8.7+cpu", "-r requirements.txt"


class Commands:
    """Stands in for `install.run`: notes the commands, makes .venv, answers as told."""

    def __init__(self, root):
        self.root, self.seen, self.answers = root, [], {}

    def __call__(self, *command):
        line = " ".join(map(str, command[1:]))
        self.seen.append(line)
        assert not (self.root / ".venv" / "installed").exists(), "a kill now would leave a stamp"
        if VENV in line:
            (self.root / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
            (self.root / ".venv" / "bin" / "python").touch()
        return next((answer for part, answer in self.answers.items() if part in line), (0, ""))

    def count(self, part):
        return sum(part in line for line in self.seen)


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A repository with the files that the set-up reads."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "requirements.txt").write_text(TORCH)
    (tmp_path / "tests" / "requirements.txt").write_text("ruff==1.0\n")
    shutil.copy(install.ROOT / "pyproject.toml", tmp_path)
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "argv", ["install.py"])
    return tmp_path


@pytest.fixture
def commands(root, monkeypatch):
    monkeypatch.setattr(install, "run", Commands(root))
    return install.run


def with_tests(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["install.py", "--tests"])
    install.main()


def test_first_use_then_nothing(commands):
    install.main()
    assert [commands.count(part) for part in (VENV, TORCH_FIRST, ALL)] == [1, 1, 1]
    install.main()
    assert len(commands.seen) == 3


def test_tests_add_to_the_same_environment(commands, monkeypatch):
    install.main()
    with_tests(monkeypatch)
    assert commands.count(VENV) == 1 and commands.count("-r tests/requirements.txt") == 1
    monkeypatch.setattr(sys, "argv", ["install.py"])
    before = len(commands.seen)
    install.main()
    assert len(commands.seen) == before


def test_changed_requirements_keep_the_environment(commands, root):
    install.main()
    (root / "requirements.txt").write_text(TORCH + "tqdm==1.0\n")
    install.main()
    assert commands.count(VENV) == 1 and commands.count(ALL) == 2


def test_changed_package_metadata_is_installed(commands, root):
    install.main()
    text = (root / "pyproject.toml").read_text("utf8")
    (root / "pyproject.toml").write_text(text.replace('"numpy>=2"', '"numpy>=3"'), "utf8")
    install.main()
    (root / "pyproject.toml").write_text(text.replace('"numpy>=2"', '"numpy>=3"') + "# a comment", "utf8")
    install.main()
    assert commands.count(ALL) == 2


def test_another_python_or_place_starts_again(commands, root):
    install.main()
    stamp = root / ".venv" / "installed"
    for line in (r"python .*", r"folder .*"):
        stamp.write_text(re.sub(line, "python 3.0", stamp.read_text("utf8")), "utf8")
        install.main()
    assert commands.count(VENV) == 3


def test_unreachable_torch_index_falls_through(commands, capsys):
    commands.answers = {TORCH_FIRST: (1, "Retrying (")}
    install.main()
    assert commands.count(ALL) == 1
    assert "the usual, larger build" in capsys.readouterr().out


DEBIAN = "The virtual environment was not created successfully because ensurepip is not\navailable."


@pytest.mark.parametrize(
    ("step", "printed", "words"),
    [
        (VENV, DEBIAN, "sudo apt install python3-venv"),
        (VENV, "/usr/bin/python3: No module named venv", "sudo apt install python3-venv"),
        (VENV, "Error: [Errno 28] No space left on device: '.venv/lib'", "disk is full"),
        (ALL, "ERROR: Could not install packages due to an OSError: [Errno 28]", "disk is full"),
        (ALL, "WARNING: Retrying (Retry(total=4, connect=None", "index cannot be reached"),
        (ALL, "error: metadata-generation-failed", "reason stands above"),
    ],
)
def test_failure_is_one_line_and_the_next_run_starts_again(commands, root, step, printed, words):
    commands.answers = {step: (1, printed)}
    with pytest.raises(SystemExit, match=f"^== .*{words}[^\n]*$"):
        install.main()
    assert not (root / ".venv" / "installed").exists()
    commands.answers = {}
    install.main()
    assert commands.count(VENV) == 2
    assert (root / ".venv" / "installed").exists()


def test_full_disk_that_venv_calls_a_failed_ensurepip(commands, monkeypatch):
    commands.answers = {VENV: (1, "Error: Command 'ensurepip' returned non-zero exit status 1.")}
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Namespace(free=0))
    with pytest.raises(SystemExit, match="disk is full"):
        install.main()


def test_unsupported_python(commands, root):
    text = (root / "pyproject.toml").read_text("utf8")
    (root / "pyproject.toml").write_text(text.replace(">=3.11,<3.15", ">=3.90,<3.92"), "utf8")
    with pytest.raises(SystemExit, match=r"^== .* needs Python 3\.90 to 3\.91, .* PYTHON=python3\.91$"):
        install.main()
    assert commands.seen == []


# With real processes: a folder with a space and Hangul, no network, nothing to install.


@pytest.fixture
def clone(tmp_path):
    folder = tmp_path / "우도 course"
    (folder / "tools").mkdir(parents=True)
    for name in ("__init__.py", "install.py"):
        shutil.copy(install.ROOT / "tools" / name, folder / "tools")
    shutil.copy(install.ROOT / "pyproject.toml", folder)
    (folder / "requirements.txt").write_text("# nothing\n")
    return folder


def start(clone):
    environment = {**os.environ, "PIP_NO_INDEX": "1", "LC_ALL": "C"}
    return subprocess.Popen(
        [sys.executable, "-m", "tools.install"],
        cwd=clone,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_killed_set_up_is_made_again(clone):
    process = start(clone)
    while not (clone / ".venv" / "pyvenv.cfg").exists():
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (clone / ".venv" / "installed").exists()
    text, _ = start(clone).communicate(timeout=120)
    assert "Setting up" in text and "The set-up is complete" in text
    assert start(clone).communicate(timeout=120)[0] == ""


def test_two_at_once_set_up_once(clone):
    processes = [start(clone), start(clone)]
    texts = [process.communicate(timeout=120)[0] for process in processes]
    assert sorted("The set-up is complete" in text for text in texts) == [False, True]
    assert [process.returncode for process in processes] == [0, 0]
    assert Path(clone, ".venv", "bin", "pip").exists()
