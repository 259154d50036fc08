"""The pages beside the chapters claim nothing that no chapter shows, in the chapters' words."""

import re

import pytest
from edition import CHAPTERS, PAGES, read
from prose import WRONG_WORDS, evidence, weigh, wrong_words

from tools import ROOT

PARTS = ["exercises/**", "explaining", "explorables"]
# Korean that readers see outside of the pages.
INTERFACE = ["README.ko.md", "theme/*.py", *(f"nllutils/course/{part}/*.*" for part in PARTS)]
COMMAND = re.compile(r"^```sh\n(?:python )?(\S+)\n```$", re.MULTILINE)


@pytest.fixture(scope="module")
def known():
    """What all chapters compute and show."""
    return [numbers for path in CHAPTERS for numbers in evidence(read(path).cells)]


def names_its_source(section):
    """Is there a link to elsewhere, or the command that prints these numbers?"""
    return "](http" in section or any((ROOT / script).is_file() for script in COMMAND.findall(section))


def unfounded_on(page, known):
    sections = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    return [
        fault for section in sections if not names_its_source(section) for fault in weigh(section, known)[1]
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_numbers_stand_in_a_chapter(path, known):
    assert unfounded_on(path.read_text("utf8"), known) == []


def test_one_word_per_term():
    files = [*PAGES, *(file for pattern in INTERFACE for file in ROOT.glob(pattern) if file.suffix != ".pyc")]
    faults = {file.name: list(wrong_words(file.read_text("utf8"))) for file in files}
    assert not any(faults.values()), faults


def test_right_words_are_not_wrong():
    assert list(wrong_words("\n".join(WRONG_WORDS.values()))) == []


def test_planted_numbers_are_seen(known):
    assert unfounded_on("1.9095입니다.", known) == []
    assert unfounded_on("1.9096입니다.", known) == ["1.9096"]
    benchmark = "## 속도\n\n```sh\npython benchmarks/losses.py\n```\n\n| 0.27183 |\n"
    assert unfounded_on(benchmark, known) == []
    for without_source in (benchmark.replace("losses.py", "none.py"), f"{benchmark}## 메모리\n\n0.27183"):
        assert unfounded_on(without_source, known) == ["0.27183"]
