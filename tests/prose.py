"""What sentences of the book say: their numbers, and how far code and outputs bear them out."""

import ast
import io
import math
import re
import tokenize
from bisect import bisect_left
from decimal import Decimal
from itertools import chain

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DETAILS = re.compile(r"<details>.*?</details>", re.DOTALL)
# Addresses, HTML, versions, sections, minutes, years and powers: their digits are names, not results.
NAME = re.compile(
    r"\]\([^)]*\)|https?://\S+|(?:doi|arXiv):\S+|(?:Python|NumPy|PyTorch) \d\.\d+(?:~\d\.\d+)?"
    r"|</?[a-z][^<>]*>|\d[\d.]*[절장]|\d+[분초](?!의)|(?:19|20)\d\d년|\((?:19|20)\d\d\)"
    r"|(?<![\d.])10\^\{?-?\d+\}?|\^\{?-?\d\d?\}?(?!\d)"
)
TIMES_TEN_TO = re.compile(r"\s*(?:\\times|\\cdot|×)\s*10\^\{?(-?\d+)\}?")
SIGN = r"(?:(?<![\w.)\]}])[-−])?"  # no minus between two things: 1-0.5, 10-20-3, ResNet-50
PROSE_NUMBER = re.compile(
    rf"""({SIGN})(?<![\d.A-Za-z_\#])             # not the end of 2.13.0 or of x10, not an issue (#10033)
    (\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)? | \d+\.\d+ | \d\d+ | \d(?=[eE]))  # all but a single digit
    ([eE][+-]?\d+)? (?!\.?\d)
    (\s*\\?% | [만억](?=\s?[명개배번원]))?""",
    re.VERBOSE,
)
UNIT = {"%": -2, "만": 4, "억": 8}
LISTED = re.compile(r"\$?\s*(?:[,/|:~→])(?:\s|\\[ ,;])*\$?")  # what stands between the numbers of a list
NUMBER = re.compile(
    rf"({SIGN})(?<![A-Za-z_])((?:\d{{1,3}}(?:,\d{{3}})+|\d[\d_]*)(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?"
)
FORMAT = re.compile(r":[^\s:{}]*\}")  # the 3 of f"{p:.3f}" is no number


def decimal(sign, digits, exponent=""):
    return Decimal(("-" if sign else "") + digits.replace(",", "").replace("_", "") + (exponent or ""))


def numbers(text):
    """All numbers of a text, in order and with their signs."""
    return [decimal(*match.groups()) for match in NUMBER.finditer(text)]


def comments(code):
    """The comments of a piece of code, a line each."""
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return "\n".join(token.string for token in tokens if token.type == tokenize.COMMENT)


def code_numbers(code):
    """The numbers that a piece of code computes with. One in a comment proves nothing."""
    try:
        return numbers(FORMAT.sub("}", ast.unparse(ast.parse(code))))
    except SyntaxError:  # a rule for chapters says so
        return []


def shown_text(cell):
    """The text that a code cell's outputs show."""
    shown = [{"text": output.get("text", ""), **output.get("data", {})} for output in cell.outputs]
    kinds = ["text", "text/plain", "text/latex", "text/markdown"]
    return "\n".join(output.get(kind, "") for output in shown for kind in kinds)


def evidence(cells):
    """The numbers in each piece of code (that of solutions is run, too) and in each cell's outputs."""
    for cell in cells:
        if cell.cell_type == "code":
            yield code_numbers(cell.source)
            yield numbers(shown_text(cell))
        else:
            yield from (code_numbers(code) for kind, code in FENCE.findall(cell.source) if kind == "python")


def lists(text):
    """The numbers that a text states, list by list: each as written, and the values that it may stand for."""
    text = NAME.sub(" ", TIMES_TEN_TO.sub(r"e\1", FENCE.sub("", text)))
    items, end = [], 0
    for match in PROSE_NUMBER.finditer(text):
        sign, digits, exponent, unit = match.groups()
        value = decimal(sign, digits, exponent)
        shift = UNIT.get((unit or "").strip("\\ "), 0)
        if items and not LISTED.fullmatch(text[end : match.start()]):
            yield items
            items = []
        # 26.68 % may be printed as 0.2668 or as 26.68.
        items.append((match[0].strip(), [value.scaleb(shift)] + [value] * (shift < 0)))
        end = match.end()
    if items:
        yield items


def weigh(text, known):
    """What of a text's numbers `known`, a list of lists of numbers, bears out: (the values, the faults).

    A number is borne out by one that it is equal to or rounded from, signs included; the numbers of a list
    also have to stand together in one of the lists, in this order rather than with neighbours exchanged.
    """
    known = [list(each) for each in known]
    everything = sorted(chain(*known))
    founded, faults = [], []
    for items in lists(text):
        missing = [token for token, values in items if not any(found_in(everything, v) for v in values)]
        if not missing and out_of_order([values for _, values in items], known):
            missing = [", ".join(token for token, _ in items) + " (in this order)"]
        faults += missing
        if not missing:
            founded.append([value for _, values in items for value in values])
    return founded, faults


def half_a_unit(value):
    return Decimal(5).scaleb(value.as_tuple().exponent - 1)


def found_in(known, value):
    """Does a sorted list hold a number that rounds to the value?"""
    place = bisect_left(known, value - half_a_unit(value))
    return place < len(known) and known[place] <= value + half_a_unit(value)


def rounds_to(number, values):
    return any(abs(number - value) <= half_a_unit(value) for value in values)


def span(items, known):
    """The length of the shortest piece of a list that holds numbers which round to these, in their order."""
    shortest = math.inf
    for start, number in enumerate(known):
        if rounds_to(number, items[0]):
            place = start
            for values in items[1:]:
                place = next(
                    (n for n in range(place + 1, len(known)) if rounds_to(known[n], values)), math.inf
                )
                if place == math.inf:
                    break
            shortest = min(shortest, place - start)
    return shortest


def out_of_order(items, known):
    """Does no list hold the numbers in this order, or one more closely with neighbours exchanged?"""

    def closest(items):
        return min((span(items, each) for each in known), default=math.inf)

    here = closest(items)
    exchanged = [[*items[:n], items[n + 1], items[n], *items[n + 2 :]] for n in range(len(items) - 1)]
    return here == math.inf or any(closest(other) < here for other in exchanged)


# One spelling for one word (glossary.md): what is written by mistake, and what the book says.
WRONG_WORDS = {
    r"가능도(?!라고도|\))": "우도",
    r"크로스\s?엔트로피|교차엔트로피": "교차 엔트로피",
    r"파라메터|매개\s?변수": "파라미터",
    r"그[래라]디언트": "기울기",
    r"에러": "오류",
    r"(?:언더|오버)플로우|언더 플로|오버 플로": "언더플로, 오버플로",
    r"로그우도|음의로그": "로그 우도",
    r"최대우도|최대 가능도": "최대 우도",
    r"로그확률": "로그 확률",
    r"확률 밀도": "확률밀도",
    r"소프트 맥스": "소프트맥스",
    r"원 ?핫": "원-핫",
    r"라벨": "레이블",
    r"경사하강|경사 하강(?!법)": "경사 하강법",
    r"손실함수|비용 ?함수": "손실 함수",
    r"정답클래스": "정답 클래스",
    r"클래스불균형": "클래스 불균형",
    r"학습율": "학습률",
    r"최소값|최대값": "최솟값, 최댓값",
    r"제곱오차|절대오차": "제곱 오차, 절대 오차",
    r"표준 오차": "표준오차",
    r"정규 분포|이항 분포|확률 분포": "정규분포, 이항분포, 확률분포",
    r"가우시안(?!NLL)": "정규분포",
    r"포아송": "푸아송",
    r"훈련": "학습",
    r"\\ln\b": r"\log",
}


def wrong_words(text):
    """The words in a text that mean a concept for which the book has another word."""
    for wrong, right in WRONG_WORDS.items():
        for match in re.finditer(wrong, text):
            yield f"{match[0]!r}: the book says {right!r}"


GLOSSARY_LINK = re.compile(r"\[\**([^\]]+?)\**\]\([^)]*glossary\.md#")


def introductions_missing(text):
    """Korean terms that a text links to the glossary, never with the English word in brackets."""
    plain = re.sub(r"\]\([^)]*\)|[\[*]", "", text)
    for term in sorted(set(GLOSSARY_LINK.findall(text))):
        if not term.isascii() and not re.search(rf"{re.escape(term)}\([^)]*[A-Za-z]", plain):
            yield f"{term} is linked to the glossary: write its English beside it once, {term}(...)"
