"""Exercises that check themselves: `check` says right, or what to look at again.

`judging` compares an answer with what a chapter's module in `answers` lists. What a reader sees stands in one
folder per language, such as `ko`: `verdicts.json`, and one file per chapter. Chapters and languages are found
by these files.
"""

import difflib
import json
from functools import cache
from importlib.resources import files

from nllutils import _validation
from nllutils.course.exercises.answers import EXERCISES
from nllutils.course.exercises.judging import judge


def check(name, answer, language="ko"):
    """Print whether `answer` solves an exercise, and if not, a hint.

    Parameters
    ----------
    name : str
        The chapter's slug and the number of the exercise, such as ``"likelihood-2"``.
    answer : object
        What the exercise asks for: a number, an array or a function; ``...`` if it is not solved yet. It is
        never changed, and a function gets copies.
    language : str
        The language of verdicts and hints.

    Raises
    ------
    ValueError
        If there is no such exercise or language. No answer raises anything.

    Examples
    --------
    >>> from nllutils import check
    >>> check("negation-1", 1.3863)
    정답입니다.
    """
    _validation.one_of("language", language, languages())
    if not isinstance(name, str) or name not in EXERCISES:
        near = difflib.get_close_matches(str(name), EXERCISES) or EXERCISES
        raise ValueError(f"no exercise {name!r}: use {' or '.join(near)}")
    says, of_chapter = words(language, "verdicts"), words(language, name.rpartition("-")[0])
    found = judge(EXERCISES[name](), answer)
    found["look"] = of_chapter[name]["look"]
    if "hint" in found:
        found["hint"] = of_chapter[name]["hints"][found["hint"]]
    for side in found.keys() & {"needed_kind", "given_kind"}:
        kind, detail = found[side]
        found[side] = says["kinds"][kind].format(detail)
    if "inputs" in found:
        print(says["call"].format(**found))
    print(says["verdicts"][found["verdict"]].format(**found))


def languages():
    folders = files(__name__).iterdir()
    return sorted(folder.name for folder in folders if folder.joinpath("verdicts.json").is_file())


@cache
def words(language, file):
    return json.loads(files(__name__).joinpath(language, f"{file}.json").read_text("utf-8"))
