"""Each chapter's self-test: three options a question, one of them right, and the right one as noted here."""

import csv
import re
from pathlib import Path

import pytest
from edition import CHAPTERS, RIGHT, SELF_TEST, TEMPLATE, WRONG, markdown, read

TESTED = [path for path in CHAPTERS if SELF_TEST.search(markdown(read(path)))]
OPTION = re.compile(r"^<details>\n<summary>(.) (.+)</summary>\n\n(\S+)\. .+\n\n</details>$", re.MULTILINE)
MARKS = "①②③"
# The key is kept twice, here and in the words of the options: an accident changes only one of them.
TABLE = Path(__file__).with_name("self_test_keys.tsv")
KEYS = dict(csv.reader(TABLE.read_text("utf8").splitlines(), delimiter="\t"))


def key_of(text):
    """The right options of a self-test, and what is wrong with it, one sentence each."""
    key, faults = "", []
    questions = re.split(r"^\*\*\d\.\*\* ", SELF_TEST.search(text)[1], flags=re.MULTILINE)[1:]
    for n, question in enumerate(questions, start=1):
        options = OPTION.findall(question)
        if "".join(mark for mark, _, _ in options) != MARKS or question.count("<summary>") != len(MARKS):
            faults.append(f"question {n}: the options are not ①, ②, ③ with blank lines around their text")
        if any(set("$`*") & set(option) for _, option, _ in options):
            faults.append(f"question {n}: Markdown in a summary is shown as it stands")
        verdicts = [verdict for _, _, verdict in options]
        if sorted(verdicts) != sorted([RIGHT, WRONG, WRONG]):
            faults.append(f"question {n}: one text has to begin with {RIGHT}., the others with {WRONG}.")
        else:
            key += MARKS[verdicts.index(RIGHT)]
    return key, faults


@pytest.mark.parametrize("path", TESTED, ids=lambda path: path.stem)
def test_self_test(path):
    key, faults = key_of(markdown(read(path)))
    assert faults == []
    assert len(set(key)) > 1, "the right option is always at the same place"
    assert key == KEYS.get(path.stem), (
        f"{TABLE.name} says otherwise: is the answer still right? Change it there too"
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<summary>②", "<summary>③", "question 1: the options"),
        ("</summary>\n\n", "</summary>\n", "question 1: the options"),
        ("<summary>① ", "<summary>① $p$ ", "question 1: Markdown"),
        ("\n맞습니다.", "\n아닙니다.", "question 1: one text"),
    ],
)
def test_faults_of_a_self_test_are_found(old, new, fault):
    text = markdown(read(TEMPLATE))
    assert old in text and key_of(text)[1] == []
    assert any(fault in said for said in key_of(text.replace(old, new, 1))[1])


def test_exchanged_verdicts_change_the_key():
    text = markdown(read(TEMPLATE))
    first, second = OPTION.findall(text)[:2]
    assert [first[2], second[2]] == [WRONG, RIGHT]
    exchanged = text.replace(RIGHT, "@", 1).replace(WRONG, RIGHT, 1).replace("@", WRONG, 1)
    assert key_of(exchanged)[1] == [] and key_of(exchanged)[0] != key_of(text)[0]
