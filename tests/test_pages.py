"""The pages beside the chapters claim nothing that no chapter shows, in the chapters' words."""

import re

import nbformat
import pytest
from prose import WRONG_WORDS, evidence, unfounded, wrong_words

from tools import ROOT, refresh

PAGES = ["index.md", "summary.md", "glossary.md", "api.md", "references.md"]
PARTS = ["exercises", "explaining", "explorables"]
# Korean that readers see outside of the pages.
INTERFACE = ["README.ko.md", "theme/*.py", *(f"nllutils/course/{part}/*.*" for part in PARTS)]
COMMAND = re.compile(r"^```sh\n(?:python )?(\S+)\n```$", re.MULTILINE)


def read(name):
    return (ROOT / name).read_text("utf8")


@pytest.fixture(scope="module")
def known():
    """What all chapters compute and show."""
    chapters = (nbformat.read(path, as_version=4) for path in refresh.CHAPTERS.glob("*.ipynb"))
    return set().union(*map(evidence, chapters))


def names_its_source(section):
    """Is there a link to elsewhere, or the command that prints these numbers?"""
    return "](http" in section or any((ROOT / script).is_file() for script in COMMAND.findall(section))


def unfounded_on(page, known):
    sections = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    return [
        token for section in sections if not names_its_source(section) for token in unfounded(section, known)
    ]


@pytest.mark.parametrize("name", PAGES)
def test_numbers_stand_in_a_chapter(name, known):
    assert unfounded_on(read(name), known) == []


@pytest.mark.parametrize("name", [*PAGES, *INTERFACE])
def test_one_word_per_term(name):
    files = list(ROOT.glob(name))
    assert files
    faults = {file.name: list(wrong_words(file.read_text("utf8"))) for file in files}
    assert not any(faults.values()), faults


def test_right_words_are_not_wrong():
    assert list(wrong_words("\n".join(WRONG_WORDS.values()))) == []


def test_planted_numbers_are_seen(known):
    summary = read("summary.md")
    assert "1.9095" in summary
    assert unfounded_on(summary.replace("1.9095", "1.9096"), known) == ["1.9096"]
    benchmark = "## 속도\n\n```sh\npython benchmarks/losses.py\n```\n\n| 0.27183 |\n"
    assert unfounded_on(benchmark, known) == []
    for without_source in (benchmark.replace("losses.py", "none.py"), f"{benchmark}## 메모리\n\n0.27183"):
        assert unfounded_on(without_source, known) == ["0.27183"]
