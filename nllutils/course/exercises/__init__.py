"""Exercises that check themselves: `check` says right, or what to look at again.

`judging` compares an answer with what a chapter's module in `answers` lists. What a reader sees stands in one
folder per language, such as `ko`: `verdicts.json`, and one file per chapter. Chapters and languages are found
by these files.
"""

import difflib
import json
from functools import cache
from importlib.resources import files

from nllutils import _arguments
from nllutils.course.exercises.answers import EXERCISES
from nllutils.course.exercises.judging import judge


def check(name, answer, language="ko"):
    """Print whether `answer` solves an exercise, and if not, a hint.

    Parameters
    ----------
    name : str
        The chapter's slug and the number of the exercise, such as ``"likelihood-2"``.
    answer : object
        What the exercise asks for: a number, which may be rounded to three significant digits or more, an
        array or a function; ``...`` if it is not solved yet. It is never changed, and a function gets copies.
    language : str
        The language of verdicts and hints.

    Raises
    ------
    ValueError
        If there is no such exercise or language. No answer raises anything.

    Examples
    --------
    >>> from nllutils import check
    >>> check("negation-1", 1.386)
    정답입니다.
    >>> check("negation-1", 2)
    아직 아닙니다. 받은 답: 2
    힌트: 단위가 bit인 값입니다. 이 책의 손실은 nat입니다.
    """
    _arguments.one_of("language", language, languages())
    if not isinstance(name, str) or name not in EXERCISES:
        near = difflib.get_close_matches(str(name), EXERCISES) or EXERCISES
        raise ValueError(f"no exercise {name!r}: use {' or '.join(near)}")
    says, of_chapter = words(language, "verdicts"), words(language, name.rpartition("-")[0])
    try:
        found = judge(EXERCISES[name](), answer)
    except Exception:  # the answer breaks even when one only looks at it
        found = {"verdict": "unreadable"}
    found["look"] = of_chapter[name]["look"]
    if "hint" in found:
        found["hint"] = of_chapter[name]["hints"][found["hint"]]
    for side in found.keys() & {"needed_kind", "given_kind"}:
        kind, detail = found[side]
        found[side] = says["kinds"][kind].format(detail)
    called = [says["call"].format(**found)] if "inputs" in found else []
    lines = [*called, says["verdicts"][found["verdict"]].format(**found)]
    print("\n".join(lines).encode(errors="replace").decode())  # a message may hold half a character


def languages():
    folders = files(__name__).iterdir()
    return sorted(folder.name for folder in folders if folder.joinpath("verdicts.json").is_file())


@cache
def words(language, file):
    return json.loads(files(__name__).joinpath(language, f"{file}.json").read_text("utf-8"))
