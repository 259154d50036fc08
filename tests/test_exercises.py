"""`check` accepts right answers, knows the typical wrong ones, and never breaks on anything else."""

import copy
import re
import subprocess
import sys
from fractions import Fraction
from importlib import import_module

import nbformat
import numpy as np
import pytest
import torch

from nllutils import check, exercises
from nllutils.course.exercises import EXERCISES, judge
from nllutils.course.exercises.answers import Exercise
from tools import refresh

NAMES = list(EXERCISES)
CHAPTERS = sorted(refresh.CHAPTERS.glob("[0-9]*.ipynb"))
CELL = re.compile(r'^answer = \.\.\.\ncheck\("([a-z-]+-\d)", answer\)$', re.MULTILINE)
WORDS = {language: import_module(f"nllutils.course.exercises.{language}") for language in exercises.LANGUAGES}


def said(capsys, name, answer):
    check(name, answer)
    return capsys.readouterr().out


# The table of answers


def clashes(exercise):
    """Listed answers that do not get the verdict that they are listed for."""
    if judge(exercise, exercise.right) != {"verdict": "right"}:
        yield "right"
    for hint, wrong in exercise.wrong.items():
        if judge(exercise, wrong).get("hint") != hint:
            yield hint


@pytest.mark.parametrize("name", NAMES)
def test_each_listed_answer_gets_its_own_verdict(name):
    assert list(clashes(EXERCISES[name]())) == []


@pytest.mark.parametrize(
    ("exercise", "clash"),
    [
        (Exercise(2.0, {"same": 2.00001}), ["same"]),
        (Exercise(2.0, {"first": 3, "second": 3}), ["second"]),
        (Exercise([0.1, 0.2], {"same": np.array([0.1, 0.2])}), ["same"]),
        (Exercise(abs, {"same": lambda x: max(x, -x)}, inputs=((1.0,), (-2.0,))), ["same"]),
        (Exercise(object(), {}), ["right"]),
    ],
)
def test_clashes_are_found(exercise, clash):
    assert list(clashes(exercise)) == clash


@pytest.mark.parametrize("name", NAMES)
def test_there_are_two_to_four_typical_mistakes(name):
    assert 2 <= len(EXERCISES[name]().wrong) <= 4


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_that_is_not_solved_is_no_mistake(capsys, name):
    assert said(capsys, name, ...) == WORDS["ko"].VERDICTS["unsolved"] + "\n"


# The chapters


def markdown(path):
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)


def test_each_exercise_stands_in_its_chapter_and_has_a_solution_there():
    found = []
    for path in CHAPTERS:
        text, slug = markdown(path), path.stem.split("-", 1)[1]
        names = CELL.findall(text)
        assert names == [f"{slug}-{n}" for n in range(1, len(names) + 1)]
        assert len(names) == len(re.findall("^### 연습", text, re.MULTILINE)) == text.count("풀이 보기")
        found += names
    assert found == NAMES


# The words


@pytest.mark.parametrize("language", exercises.LANGUAGES)
def test_each_hint_has_its_text_and_no_text_is_left_over(language):
    words = WORDS[language]
    assert list(words.LOOK) == list(words.HINTS) == NAMES
    for name in NAMES:
        assert list(words.HINTS[name]) == list(EXERCISES[name]().wrong)


@pytest.mark.parametrize("language", exercises.LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_no_hint_gives_the_answer_away(language, name):
    exercise = EXERCISES[name]()
    texts = " ".join([WORDS[language].LOOK[name], *WORDS[language].HINTS[name].values()])
    if not exercise.inputs:
        numbers = {f"{number:.{digits}f}" for number in np.ravel(exercise.right) for digits in (2, 3, 4)}
        assert not numbers & set(re.findall(r"\d+\.\d+", texts))


# Numbers, arrays, functions


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("likelihood-1", 1.4959),
        ("likelihood-2", Fraction(1, 21)),
        ("likelihood-2", 0.0476),
        ("likelihood-4", torch.tensor(1.2, requires_grad=True)),
        ("likelihood-4", np.float32(1.2)),
        ("classification-2", torch.tensor(100, dtype=torch.bfloat16)),
        ("log-3", 1.8474e12),
        ("classification-2", 100.0),
        ("classification-3", (0.7, 0.2, 0.1)),
        ("classification-3", torch.tensor([0.7, 0.2, 0.1])),
        ("log-softmax-3", -9.358e-6),
        ("pytorch-4", lambda x: ((x.exp().sum(dim=1) - 1).abs() < 1e-3).all()),
        ("language-models-4", EXERCISES["language-models-4"]().right),
    ],
)
def test_right_in_any_wrapping(capsys, name, answer):
    assert said(capsys, name, answer) == "정답입니다.\n"


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("likelihood-1", 2.0, ["받은 답: 2\n", WORDS["ko"].LOOK["likelihood-1"]]),
        ("likelihood-1", 1.49, ["다시 볼 곳"]),
        ("log-softmax-3", 1e-9, ["다시 볼 곳"]),  # small, but not the number asked for
        ("log-1", 74_142, ["다시 볼 곳"]),
        ("likelihood-1", np.nan, ["받은 답: nan"]),
        ("likelihood-1", 1 / 1.49587, [WORDS["ko"].HINTS["likelihood-1"]["inverse"]]),
        ("likelihood-1", "1.4959", ["수 하나", "str"]),
        ("likelihood-1", None, ["수 하나", "return"]),
        ("likelihood-1", True, ["수 하나", "True나 False"]),
        ("likelihood-1", 1 + 0j, ["수 하나", "complex"]),
        ("likelihood-1", 10**400, ["수 하나", "int"]),
        ("likelihood-1", [1.4959], ["수 하나", "모양이 (1,)인 수의 배열"]),
        ("likelihood-1", print, ["수 하나", "함수"]),
        ("classification-3", [0.7, 0.3], ["(3,)", "(2,)"]),
        ("classification-3", [[0.7], [0.2, 0.1]], ["(3,)", "list"]),
        ("classification-3", np.array(["0.7", "0.2", "0.1"]), ["(3,)", "ndarray"]),
        ("log-4", 0.3, ["필요한 것: 함수", "수 하나"]),
        ("log-4", ..., ["아직 풀지"]),
        ("log-4", lambda p: p, ["수 하나", "(5000,)"]),
        ("log-4", lambda p: None, ["return"]),
        ("log-4", lambda p: 0.3, ["answer([0.9, 0.4])", "받은 답: 0.3"]),
        (
            "log-4",
            lambda p: 1 / 0,
            ["answer([0.3, 0.3, 0.3, ..., 0.3, 0.3, 0.3])", "ZeroDivisionError: division"],
        ),
        ("log-4", lambda: 1, ["TypeError", "positional"]),
        ("log-4", lambda p: print, ["수 하나", "함수"]),
        ("negation-3", lambda p, y: 0.0, ["answer(0.2, [1, 0, 1, 1, 0, 1])"]),
    ],
)
def test_what_is_said_about_other_answers(capsys, name, answer, words):
    text = said(capsys, name, answer)
    assert "정답입니다" not in text
    assert [word for word in words if word not in text] == []


def test_an_interrupt_gets_through():
    def endless(p):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("log-4", endless)


def test_what_the_reader_wrote_is_not_changed():
    answer = np.array([0.7, 0.2, 0.1])
    answer.flags.writeable = False
    check("classification-3", answer)
    assert answer.tolist() == [0.7, 0.2, 0.1]


def test_a_function_may_change_what_it_is_given():
    def careless(p):
        np.log(p, out=p)
        return np.exp(p.mean())

    exercise = EXERCISES["log-4"]()
    inputs = copy.deepcopy(exercise.inputs)
    assert judge(exercise, careless) == {"verdict": "right"}
    assert all(np.array_equal(a, b) for a, b in zip(exercise.inputs, inputs, strict=True))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("likelihod-1", 1), "likelihood-1"),
        (("calibration-9", 1), "calibration-5"),
        ((3, 1), "language-models-4"),
        (("likelihood-1", 1, "fr"), "no language 'fr': use ko"),
    ],
)
def test_unknown_names(arguments, words):
    with pytest.raises(ValueError, match=words):
        check(*arguments)


def test_torch_is_loaded_only_for_answers_that_need_it():
    code = "import sys, nllutils; nllutils.check('log-2', 1); assert 'torch' not in sys.modules"
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={"PYTHONUTF8": "1"}, stdout=subprocess.DEVNULL
    )
