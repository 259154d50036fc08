"""Is the English edition the same book as the Korean one? Compares them cell by cell and page by page.

    python -m tools.translated                                     say what differs
    python -m tools.translated --seen chapters/03-negation.ipynb   somebody has compared: the English fits

Every English cell records a digest of the Korean cell that it renders, every English page that of its page.
When the Korean changes, the two no longer fit, until somebody has looked at the English and says so with
`--seen`. Words are free. Code may differ in texts and comments alone; numbers, formulas, links, headings,
lists, tables and folds have to be the same.
"""

import argparse
import ast
import hashlib
import io
import json
import re
import sys
import tokenize
from collections import Counter

import nbformat

from tools import EDITIONS, lessons, refresh

HANGUL = re.compile("[가-힣]")
KOREAN = "korean"  # the tag of a cell whose code or output is about Korean text
FENCE = re.compile(r"^```.*?^```$", re.S | re.M)
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+?\$", re.S)
CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\]\(([^)\s#]*)[^)\s]*\)")
# 만 is ten thousand before what is counted, else "only": 1만 개, but 0과 1만 있다.
UNIT = r"만(?= [개번배명\d])|억(?!분)|(?:thousand|million|billion)\b"
NUMBER = re.compile(rf"(?<![\w.])(\d[\d,]*(?:\.\d+)?)(?:\s?({UNIT}))?")
LARGE = {"만": 1e4, "억": 1e8, "thousand": 1e3, "million": 1e6, "billion": 1e9}
# Korean may be quoted: in brackets, in quotation marks, as code.
QUOTED = re.compile(r"\([^()]*\)|“[^”]*”|\"[^\"]*\"|'[^']*'|`[^`]*`|\[[^\]]*\]")
MARK = "% translated_from: "  # how an English page begins
MODULES = {"nllutils": "nllutils.en"}


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def timeless(text):
    """Return a text without its minutes, which are computed and differ."""
    for words in lessons.WORDS.values():
        text = re.sub(f"^{words['line']}$", "", text, flags=re.M)
    return lessons.SUM.sub(r"\1\3", text)


def rendered(cell):
    """Return what an English cell renders: the Korean source and the description of its picture."""
    return timeless(cell.source) + json.dumps(cell.metadata.get("mystnb", {}), ensure_ascii=False)


# --- Markdown --------------------------------------------------------------------------------------------


def numbers(text):
    """Return the numbers in a text, as values: 30만 and 300,000 are one; 만 may also say "only".

    >>> numbers("4.85억 개, 0.01만 있다") == numbers("485 million, only 0.01")
    True
    """
    values = [float(digits.replace(",", "")) * LARGE.get(unit, 1) for digits, unit in NUMBER.findall(text)]
    return Counter(float(f"{value:.12g}") for value in values)  # 4.85 * 1e8 is not quite 485 * 1e6


def skeleton(markdown):
    """Return by name what a text must have in common with its translation."""
    prose = FENCE.sub("", re.sub(r"<!--.*?-->", "", timeless(markdown)))
    flat = CODE.sub(" ", FORMULA.sub(" ", prose))
    return {
        "headings": [len(signs) for signs in re.findall(r"^(#+) ", prose, re.M)],
        "formulas": Counter(re.sub(r"\\text\{[^}]*\}|\s", "", formula) for formula in FORMULA.findall(prose)),
        "links": Counter(LINK.findall(prose)),
        "numbers": numbers(re.sub(r"\]\([^)]*\)|<[^<>]*>", " ", flat)),
        "code": Counter(CODE.findall(FORMULA.sub(" ", prose))),
        "code blocks": len(FENCE.findall(markdown)),
        "folds": prose.count("<details"),
        "right answers": [bool(right) for right in re.findall(r"</summary>\s*(맞습니다|Right)?", prose)],
        "rows of tables": len(re.findall(r"^\|", prose, re.M)),
        "list items": len(re.findall(r"^\s*(?:[-*]|\d+\.) ", prose, re.M)),
        "quotations": len(re.findall(r"(?:^|\n(?!>).*\n)>", prose)),
    }


def text_faults(korean, english):
    """Yield how two texts differ beyond their words."""
    one, other = skeleton(korean), skeleton(english)
    # Code with Korean in it may say something else: `predicted["음이항"]`, `predicted["negative binomial"]`.
    ours, theirs = one["code"] - other["code"], other["code"] - one["code"]
    if ours.total() == theirs.total() and all(map(HANGUL.search, ours)):
        other["code"] = one["code"]
    for name in one:
        if one[name] != other[name]:
            yield f"other {name}: {_difference(one[name], other[name])}"
    for left in HANGUL.findall(QUOTED.sub("", QUOTED.sub("", english)))[:1]:
        yield f"Korean left in the text: {left}"


def _difference(one, other):
    if isinstance(one, Counter):
        sides = [sorted((left - right).elements(), key=str) for left, right in [(one, other), (other, one)]]
        return "only Korean {}, only English {}".format(*sides)
    return f"Korean {one}, English {other}"


# --- Code ------------------------------------------------------------------------------------------------


def _text(node):
    """Return the words of a string or an f-string, or None."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value for part in node.values if isinstance(part, ast.Constant))
    return None


def _fields(node):
    values = node.values if isinstance(node, ast.JoinedStr) else []
    return [part for part in values if isinstance(part, ast.FormattedValue)]


def same_code(one, other):
    """Are two syntax trees equal but for texts with Korean in them, and the module that speaks English?"""
    if (text := _text(one)) is not None and HANGUL.search(text) and _text(other) is not None:
        # The fields of an f-string may come in another order.
        left = _fields(other)
        for field in _fields(one):
            match = next((each for each in left if same_code(field, each)), None)
            if match is None:
                return False
            left.remove(match)
        return not left
    if type(one) is not type(other):
        return False
    if isinstance(one, ast.ImportFrom):
        names = [ast.dump(name) for name in one.names] == [ast.dump(name) for name in other.names]
        return names and other.module in {one.module, MODULES.get(one.module)}
    if isinstance(one, ast.AST):
        pairs = [
            (getattr(one, name, None), getattr(other, name, None)) for name in one._fields if name != "kind"
        ]
        return all(same_code(*pair) for pair in pairs)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same_code, one, other))
    return one == other


def comments(code):
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return sum(token.type == tokenize.COMMENT for token in tokens)


def plain(code):
    """Return a cell without its magics, which are no Python."""
    return re.sub(r"^[%!].*$", "pass", code, flags=re.M)


def printed(cell):
    """Return the text that a cell shows, interactive figures aside."""
    data = [output.get("data", {}) for output in cell.outputs]
    return "\n".join(
        [output.get("text", "") for output in cell.outputs]
        + [each.get("text/plain", "") for each in data if not each.keys() & {"text/html", "image/png"}]
    )


def kinds(cell):
    return [sorted(output.get("data", {output.get("name", "error"): ""})) for output in cell.outputs]


def code_faults(korean, english):
    """Yield how two code cells differ beyond their words."""
    one, other = plain(korean.source), plain(english.source)
    if not same_code(ast.parse(one), ast.parse(other)):
        yield "other code"
    if comments(one) != comments(other):
        yield "another number of comments"
    if kinds(korean) != kinds(english):
        yield "outputs of another kind"
    elif numbers(printed(korean)) != numbers(printed(english)):
        differ = _difference(numbers(printed(korean)), numbers(printed(english)))
        yield f"other numbers in the output: {differ}"
    images = [cell.metadata.get("mystnb", {}).get("image", {}) for cell in (korean, english)]
    if images[0].keys() != images[1].keys():
        yield "no description of the picture"
    if HANGUL.search(images[1].get("alt", "")):
        yield "Korean left in the description of the picture"
    if KOREAN not in english.metadata.get("tags", []) and HANGUL.search(english.source + printed(english)):
        yield f"Korean left in code or output (is it about Korean? then tag both cells `{KOREAN}`)"


# --- Notebooks and pages ---------------------------------------------------------------------------------


def notebook_faults(korean, english):
    """Yield in one sentence each how an English notebook differs from the Korean one beyond its words."""
    ids = [[cell.id for cell in notebook.cells] for notebook in (korean, english)]
    if ids[0] != ids[1]:
        missing, more = [i for i in ids[0] if i not in ids[1]], [i for i in ids[1] if i not in ids[0]]
        yield f"cells: only Korean {missing}, only English {more}, or another order"
    others = {cell.id: cell for cell in english.cells}
    for cell in korean.cells:
        if (other := others.get(cell.id)) is None:
            continue
        if (cell.cell_type, cell.metadata.get("tags")) != (other.cell_type, other.metadata.get("tags")):
            yield f"{cell.id}: another type or other tags"
            continue
        if other.metadata.get("translated_from") != digest(rendered(cell)):
            yield f"{cell.id}: the Korean has changed: look at the English, then use --seen"
        differ = (
            code_faults(cell, other) if cell.cell_type == "code" else text_faults(cell.source, other.source)
        )
        yield from (f"{cell.id}: {fault}" for fault in differ)


def page_faults(korean, english):
    """Yield how an English page differs from the Korean one beyond its words."""
    first, _, rest = english.partition("\n")
    if first != MARK + digest(timeless(korean)):
        yield "the Korean has changed: look at the English, then use --seen"
    yield from text_faults(korean, rest)


def read(path):
    return nbformat.read(path, as_version=4)


def faults(name):
    """Yield how the English file of this name differs from the Korean one."""
    korean, english = (folder / name for folder in EDITIONS.values())
    if english.suffix == ".ipynb":
        yield from notebook_faults(read(korean), read(english))
    else:
        yield from page_faults(korean.read_text("utf8"), english.read_text("utf8"))


def see(name):
    """Record that the English file has been looked at beside the Korean one as it is now."""
    korean, english = (folder / name for folder in EDITIONS.values())
    if english.suffix == ".ipynb":
        notebook, digests = read(english), {cell.id: digest(rendered(cell)) for cell in read(korean).cells}
        for cell in notebook.cells:
            cell.metadata["translated_from"] = digests.get(cell.id)
        refresh.write(english, refresh.dump(notebook))
    else:
        text = english.read_text("utf8")
        text = text.partition("\n")[2] if text.startswith(MARK) else text
        english.write_text(f"{MARK}{digest(timeless(korean.read_text('utf8')))}\n{text}", "utf8")


def names():
    """Return the names of all files of the English edition."""
    folder = EDITIONS["en"]
    return [
        path.relative_to(folder).as_posix()
        for path in sorted([*folder.glob("*.md"), *folder.glob("chapters/*.ipynb")])
    ]


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seen", action="store_true", help="the English of these files fits the Korean")
    parser.add_argument("files", nargs="*", help="such as chapters/03-negation.ipynb; default: all")
    options = parser.parse_args(arguments)
    if options.seen and not options.files:
        parser.error("--seen needs the files that were looked at")
    for name in options.files if options.seen else []:
        see(name)
    found = [f"en/{name}: {fault}" for name in options.files or names() for fault in faults(name)]
    print("\n".join(found) or "The editions fit.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
