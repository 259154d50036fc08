"""How long a lesson takes and how large it is: counted, not felt.

    python -m tools.lessons            a table of minutes, and of what a lesson should not exceed
    python -m tools.lessons --write    write the minutes of every notebook and route into the pages

The line **걸리는 시간** of a notebook is part of its normal form: tools/refresh.py keeps it up to date. On
a page a number stands between `<!-- minutes NAME -->` and `<!-- end -->`, where NAME is a notebook
(`03-negation`) or a route: `one-hour`, `lessons`, `exercises`, `deep`. A cell tagged `one-hour` belongs to
that route; if it opens with a heading, so does all that follows until the next heading of its level.
"""

import argparse
import math
import re
import unicodedata
from collections import Counter

import nbformat

from tools import ROOT

PAGES = sorted(ROOT.glob("*.md"))
PACE = {"syllables": 1 / 300, "code": 1 / 8, "formulas": 1.5, "figures": 1}  # minutes for one
MINUTES_AN_EXERCISE = 7
EXERCISES = "연습문제"
# How a notebook says it. The first edition's line has no exercises and is left as it is.
LINE = re.compile(
    r"^(?P<read>\*\*걸리는 시간\*\* 읽기 )\d+(?P<solve>분, 연습 )(?:\d+분|없음)(?P<run>, 실행 \d+초)$", re.M
)
SUM = re.compile(r"(<!-- minutes (\S+) -->).*?(<!-- end -->)")
# What a lesson should not exceed before its exercises: a report, no failing test.
BUDGET = {"cells": 32, "words": 1300, "code": 90, "longest": 10, "wide": 0}
DEEP = {"cells": 45}


def is_lesson(name):
    return name[:1].isdigit()


def is_deep(name):
    return name.startswith("deep-")


# What is summed for a route, over which notebooks.
ROUTES = {
    "one-hour": ("one-hour", is_lesson),
    "lessons": ("read", is_lesson),
    "exercises": ("exercises", is_lesson),
    "deep": ("read", is_deep),
}

HEADING = re.compile(r"^(#{1,6}) (.+)", re.M)
CUT = re.compile(r"^(?=#{2,6} )", re.M)  # a comment in Python has one sign
FENCE = re.compile(r"^```.*?\n(.*?)^```$", re.M | re.S)
UNREAD = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$|\]\([^)]*\)|<[^<>]+>", re.S)  # formulas, addresses, tags


def tagged(cell, tag):
    return tag in cell.metadata.get("tags", [])


def pieces(notebook):
    """Cut the Markdown at its headings; yield (section, on the one-hour route?, cell, Markdown or None)."""
    section, route = "", 0  # the level of the heading that opened the stretch of the route, 0 outside
    for cell in notebook.cells:
        marked = tagged(cell, "one-hour")
        texts = [text for text in CUT.split(cell.source) if text] if cell.cell_type == "markdown" else [None]
        for place, text in enumerate(texts):
            if heading := HEADING.match(text or ""):
                level = max(2, len(heading[1]))  # the title holds until the first section
                section = heading[2] if level == 2 else section
                route = 0 if level <= route else route
                route = route or (level if marked and place == 0 else 0)
            yield section, marked or route > 0, cell, text


def lines(code):
    return [line for line in code.splitlines() if line.strip()]


def size(cell, text):
    """Count what there is to read in a piece: folded code is not."""
    if text is not None:
        prose = UNREAD.sub(" ", FENCE.sub("", text))
        return Counter(
            syllables=len(re.findall("[가-힣]", prose)),
            words=len(re.findall(r"\S*[가-힣A-Za-z]\S*", prose)),
            formulas=FENCE.sub("", text).count("$$") // 2,
            code=sum(len(lines(code)) for code in FENCE.findall(text)),
        )
    kinds = [kind for output in cell.outputs for kind in output.get("data", {})]
    return Counter(
        figures=kinds.count("image/png") + kinds.count("text/html"),
        code=0 if tagged(cell, "hide-input") else len(lines(cell.source)),
    )


def columns(line):
    """The width of a line of code, where a Hangul letter is as wide as two others."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def wide_lines(notebook):
    """The lines of code that are wider than 80 columns, each with its cell."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [(cell, line) for cell in code for line in cell.source.splitlines() if columns(line) > 80]


def minutes(counted):
    return math.ceil(round(sum(counted[kind] * pace for kind, pace in PACE.items()), 6))


def measure(notebook):
    """Count a notebook: minutes to read, of them on the one-hour route, and for exercises; and its budget."""
    read, route, before, cells = Counter(), Counter(), Counter(), set()
    exercises, longest = 0, 0
    for section, on_route, cell, text in pieces(notebook):
        if section == EXERCISES:
            exercises += bool(text) and text.startswith("### ")
            continue
        counted = size(cell, text)
        read += counted
        route += counted if on_route else Counter()
        longest = max(longest, counted["code"])
        if not exercises:
            before += counted
            cells.add(cell.id)
    return {
        "read": minutes(read),
        "one-hour": minutes(route),
        "exercises": exercises * MINUTES_AN_EXERCISE,
        "cells": len(cells),
        "words": before["words"],
        "code": before["code"],
        "longest": longest,
        "wide": len(wide_lines(notebook)),
    }


def set_minutes(notebook):
    """Bring the line **걸리는 시간** up to date, in place."""
    measured = measure(notebook)
    exercises = f"{measured['exercises']}분" if measured["exercises"] else "없음"
    for cell in notebook.cells:
        cell.source = LINE.sub(rf"\g<read>{measured['read']}\g<solve>{exercises}\g<run>", cell.source)


def measure_all():
    """Return the measures of every notebook by its name."""
    paths = sorted((ROOT / "chapters").glob("*.ipynb"))
    return {path.stem: measure(nbformat.read(path, as_version=4)) for path in paths}


def sums(measured):
    """Return the minutes of every notebook and route."""
    notebooks = {name: each["read"] for name, each in measured.items()}
    routes = {
        route: sum(each[kind] for name, each in measured.items() if belongs(name))
        for route, (kind, belongs) in ROUTES.items()
    }
    return notebooks | routes


def in_words(minutes):
    """Return a time as the index tells it, beyond an hour to the next five minutes.

    >>> in_words(55), in_words(60), in_words(361), in_words(419)
    ('55분', '60분', '6시간 5분', '7시간')
    """
    if minutes <= 60:
        return f"{minutes}분"
    hours, rest = divmod(5 * math.ceil(minutes / 5), 60)
    return f"{hours}시간 {rest}분" if rest else f"{hours}시간"


def fill(text, minutes):
    """Return a text with every number of minutes between its marks up to date."""
    unknown = {name for _, name, _ in SUM.findall(text)} - set(minutes)
    if unknown:
        raise ValueError(f"no notebook and no route is called {', '.join(sorted(unknown))}")
    return SUM.sub(lambda mark: f"{mark[1]}{in_words(minutes[mark[2]])}{mark[3]}", text)


def table(measured):
    """Yield the lines of the report: an exclamation mark stands after what is over its budget."""
    heads = list(next(iter(measured.values())))
    rows = {
        "": {head: head for head in heads},
        "at most": BUDGET,
        "at most, deep": BUDGET | DEEP,
        **measured,
    }
    for name, row in rows.items():
        budget = BUDGET | DEEP if is_deep(name) else BUDGET if is_lesson(name) else {}
        marks = {head: "!" if head in budget and row[head] > budget[head] else " " for head in heads}
        yield f"{name:24}" + "".join(f"{row.get(head, ''):>10}{marks[head]}" for head in heads)
    routes = sums(measured)
    for name in ROUTES:
        yield f"{name:24}{routes[name]:10} minutes: {in_words(routes[name])}"


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write the minutes into the pages")
    options = parser.parse_args(arguments)
    measured = measure_all()
    if options.write:
        for page in PAGES:
            text = page.read_text("utf8")
            if (filled := fill(text, sums(measured))) != text:
                page.write_text(filled, "utf8")
        return
    print(*table(measured), sep="\n")


if __name__ == "__main__":
    main()
