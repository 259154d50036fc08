"""`make book` builds when something has changed, and never calls a faulty book a success."""

import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tools import book


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A folder with one chapter, and a build that notes its calls and fails as told."""
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "01.ipynb").write_text("{}")
    repository = SimpleNamespace(folder=tmp_path, leftovers=[], status=0)

    def build(output):
        repository.leftovers.append((output / "_build").exists())
        (output / "_build" / "html").mkdir(parents=True)
        return repository.status, output / "_build" / "html"

    monkeypatch.setattr(book, "ROOT", tmp_path)
    monkeypatch.setattr(book, "build", build)
    for name in book.NAMES:
        monkeypatch.delenv(name, raising=False)
    return repository


def test_builds_once(repository, capsys):
    book.main()
    book.main()
    assert len(repository.leftovers) == 1
    assert capsys.readouterr().out.count((repository.folder / "_build" / "html" / "index.html").as_uri()) == 2


def test_builds_from_nothing_after_a_change(repository, monkeypatch):
    book.main()
    (repository.folder / "chapters" / "01.ipynb").write_text("{ }")
    book.main()
    (repository.folder / "chapters" / "02.ipynb").write_text("{}")
    book.main()
    for name in book.NAMES:
        monkeypatch.setenv(name, "another")
        book.main()
    assert repository.leftovers == [False] * (3 + len(book.NAMES))


def test_what_is_not_part_of_the_book_does_not_matter(repository):
    book.main()
    for folder in (".venv", "_build", "chapters/.ipynb_checkpoints", "chapters/__pycache__"):
        (repository.folder / folder).mkdir(exist_ok=True)
        (repository.folder / folder / "file").write_text("x")
    book.main()
    assert len(repository.leftovers) == 1


def test_a_fault_is_found_again(repository):
    repository.status = 1
    for _ in range(2):
        with pytest.raises(SystemExit, match="has faults"):
            book.main()
    assert repository.leftovers == [False, False]


def test_builds_in_an_awkward_place(tmp_path):
    """A real, small book: space and Hangul in the path, locale C, another time zone, read-only chapters."""
    folder = tmp_path / "우도 course"
    for name in ("nllutils", "theme", "tools"):
        shutil.copytree(book.ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_config.yml", "references.bib"):
        shutil.copy(book.ROOT / name, folder)
    (folder / "index.md").write_text("# 우도\n\n$$p = 0.7$$\n", "utf8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters:\n- file: chapters/01\n")
    (folder / "chapters").mkdir()
    (folder / "chapters" / "01.md").write_text("# 동전\n\n[우도](../index.md)\n", "utf8")
    (folder / "en").mkdir()
    shutil.copy(book.EDITIONS["en"] / "_config.yml", folder / "en")
    (folder / "en" / "index.md").write_text("# Likelihood\n", "utf8")
    (folder / "en" / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (folder / "chapters").chmod(0o555)
    before = (folder / "chapters").stat().st_mtime_ns
    environment = {**os.environ, "LC_ALL": "C", "TZ": "Asia/Seoul"}
    made = subprocess.run(
        [sys.executable, "-m", "tools.book"], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stdout + made.stderr
    pages = folder / "_build" / "html"
    assert (pages / "chapters" / "01.html").exists() and (pages / "en" / "index.html").exists()
    assert (folder / "chapters").stat().st_mtime_ns == before
    (folder / "chapters").chmod(0o755)
