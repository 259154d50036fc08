"""The notebooks and pages of the editions, and the Korean words by which the tests find their parts."""

import re

import nbformat
import yaml

from tools import EDITIONS, ROOT


def files(entry):
    """The files of a table of contents, or of a part of it, in order."""
    if isinstance(entry, dict):
        yield from (entry[key].removesuffix(".ipynb") for key in ("file", "root") if key in entry)
        entry = list(entry.values())
    for inner in entry if isinstance(entry, list) else []:
        yield from files(inner)


TOC = list(files(yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))))
# The rules hold for these. What the table of contents does not list is a draft: it is only executed.
CHAPTERS = [ROOT / f"{name}.ipynb" for name in TOC if name.startswith("chapters/")]
ENGLISH = [EDITIONS["en"] / chapter.relative_to(ROOT) for chapter in CHAPTERS]
TEMPLATE = ROOT / "chapters" / "template.ipynb"
PAGES = [ROOT / f"{name}.md" for name in TOC if not name.startswith("chapters/")]


def read(path):
    return nbformat.read(path, as_version=4)


def tags(cell):
    return set(cell.metadata.get("tags", []))


def markdown(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


# What lessons and deep dives have, in this order: what it is called, how to find it, and an example to copy.
POINTS = r"\n(\n- .+)"
TITLE = (r"\A# .+", "# 제목")
PROMISE = (r"^이 장을 마치면 .+다\.$", "이 장을 마치면 ...할 수 있습니다.")
GOALS = (rf"^\*\*(배울 것|학습 목표)\*\*{POINTS}{{3,4}}$(?!\n-)", "**배울 것** and three or four points")
NEEDS = (r"^\*\*(미리 알아야 할 것|먼저 읽을 내용)\*\* .+", "**미리 알아야 할 것** 없음")
MINUTES = (r"^\*\*(걸리는 시간|예상 시간)\*\* .*\d+분", "**걸리는 시간** 읽기 25분")
QUIZ = (r"^## 스스로 확인하기$", "## 스스로 확인하기 and its questions")
EXERCISES = (r"^## 연습문제$([\s\S]+?^### 연습 \d ★+$){3,}", "## 연습문제 and three times ### 연습 1 ★")
KEEP = (rf"^## (가져갈 것|핵심 정리){POINTS}{{3}}$(?!\n-)", "## 핵심 정리 and three points")
NEXT = (r"^\*\*(?:다음 장|마치며)\*\* .+", "**다음 장** ...")
SOURCES = (rf"^## 출처{POINTS}+\Z", "## 출처 and its points, as the last part")

LESSON = [TITLE, PROMISE, GOALS, NEEDS, MINUTES, QUIZ, EXERCISES, KEEP, NEXT, SOURCES]
DEEP_DIVE = [TITLE, NEEDS, MINUTES, SOURCES]


def parts(path):
    """What a notebook of this name has to have. 00 and what has no number have forms of their own."""
    if re.match(r"(?!00)\d\d-|template", path.stem):
        return LESSON
    return DEEP_DIVE if path.stem.startswith("deep-") else []


# Where a chapter speaks of all of it: its opening, its self-test, its last page.
SUMS_UP = re.compile(r"^(# |## (스스로 확인하기|섞어 풀기|가져갈 것|핵심 정리)$)", re.MULTILINE)
EXERCISE = re.compile(r"^### 연습 \d", re.MULTILINE)
SOURCES_SECTION = re.compile(r"^## 출처$.*", re.MULTILINE | re.DOTALL)
SELF_TEST = re.compile(r"^## 스스로 확인하기$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
CAPTION = "**그림 {}."  # how it begins, with the number of the figure
RIGHT, WRONG = "맞습니다", "아닙니다"  # how the text under an option of a self-test begins
ACCEPTED = "정답입니다."  # what `check` says
WORD = re.compile(r"[가-힣]+")
