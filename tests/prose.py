"""What sentences of the book say: their numbers, and how far the chapters' code and outputs bear them out."""

import ast
import io
import re
import tokenize
from bisect import bisect_left
from collections import Counter
from decimal import Decimal

from tools import ROOT

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DETAILS = re.compile(r"<details>.*?</details>", re.DOTALL)
SOURCES = re.compile(r"^## 출처$.*", re.MULTILINE | re.DOTALL)
# Addresses, HTML, versions, sections and years: their digits are names, not results.
NAME = re.compile(
    r"\]\([^)]*\)|https?://\S+|(?:doi|arXiv):\S+|(?:Python|NumPy|PyTorch) \d\.\d+(?:~\d\.\d+)?"
    r"|<[^<>]+>|\d[\d.]*절|(?:19|20)\d\d년|\((?:19|20)\d\d\)"
)
TIMES_TEN_TO = re.compile(r"\s*(?:\\times|\\cdot|×)\s*10\^\{?(-?\d+)\}?")
PROSE_NUMBER = re.compile(
    r"""(?<![\d.A-Za-z_\#])                     # not the end of 2.13.0 or of x10, not an issue (#10033)
    (\d[\d,]*\.\d+ | \d[\d,]*\d\d | \d(?=[eE]))  # a decimal, three digits or more, or 9e-7
    ([eE][+-]?\d+)? (?!\.?\d)
    (\s*\\?% | [만억](?=\s?[명개배번원]))?""",
    re.VERBOSE,
)
UNIT = {"%": -2, "만": 4, "억": 8}
NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d[\d_]*)?(?:(?<=\d)\.\d*|\.\d+)?(?:(?<=[\d.])[eE][+-]?\d+)?")


def numbers(text):
    """All numbers in a text, without their signs."""
    tokens = (match[0].replace(",", "").replace("_", "") for match in NUMBER.finditer(text))
    return {Decimal(token) for token in tokens if token.strip(".")}


def comments(code):
    """The comments of a piece of code, a line each."""
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return "\n".join(token.string for token in tokens if token.type == tokenize.COMMENT)


def code_numbers(code):
    """The numbers that a piece of code computes with. One in a comment proves nothing."""
    return numbers(ast.unparse(ast.parse(code)))


def shown_text(cell):
    """The text that a code cell's outputs show."""
    shown = [{"text": output.get("text", ""), **output.get("data", {})} for output in cell.outputs]
    kinds = ["text", "text/plain", "text/latex", "text/markdown"]
    return "\n".join(output.get(kind, "") for output in shown for kind in kinds)


def evidence(notebook):
    """All numbers in code (test_notebooks.py runs the code of solutions) and in outputs."""
    found = set()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            found |= code_numbers(cell.source) | numbers(shown_text(cell))
        else:
            found |= set().union(
                *(code_numbers(code) for kind, code in FENCE.findall(cell.source) if kind == "python")
            )
    return found


def claims(text):
    """Every number that a text states: as written, and the values that it may stand for."""
    text = TIMES_TEN_TO.sub(r"e\1", NAME.sub(" ", FENCE.sub("", text)))
    for match in PROSE_NUMBER.finditer(text):
        digits, exponent, unit = match.groups()
        value = Decimal(digits.replace(",", "") + (exponent or ""))
        shift = UNIT.get((unit or "").strip("\\ "), 0)
        # 26.68 % may be printed as 0.2668 or as 26.68.
        yield match[0].strip(), [value.scaleb(shift)] + [value] * (shift < 0)


def unfounded(text, known):
    """Numbers of a text that no known number is equal to or rounds to. Signs do not count."""
    known = sorted(known)

    def rounds_to(value):
        half_a_unit = Decimal(5).scaleb(value.as_tuple().exponent - 1)
        place = bisect_left(known, value - half_a_unit)
        return place < len(known) and known[place] <= value + half_a_unit

    return [token for token, values in claims(text) if not any(map(rounds_to, values))]


# One word for one concept (glossary.md): what is written by mistake, and what the book says.
WRONG_WORDS = {
    r"가능도(?!라고도 합니다)": "우도",
    r"크로스\s?엔트로피|교차엔트로피": "교차 엔트로피",
    r"파라메터|매개\s?변수": "파라미터",
    r"그[래라]디언트": "기울기",
    r"에러": "오류",
    r"(?:언더|오버)플로우|언더 플로|오버 플로": "언더플로, 오버플로",
    r"로그우도|음의로그": "로그 우도",
    r"최대우도|최대 가능도": "최대 우도",
    r"로그확률": "로그 확률",
    r"확률 밀도": "확률밀도",
    r"사전 확률": "사전확률",
    r"소프트 맥스": "소프트맥스",
    r"원 ?핫": "원-핫",
    r"라벨": "레이블",
    r"경사하강|경사 하강(?!법)": "경사 하강법",
    r"손실함수|비용 ?함수": "손실 함수",
    r"정답클래스": "정답 클래스",
    r"클래스불균형": "클래스 불균형",
    r"퍼플렉시티|혼잡도|혼란도": "당혹도",
    r"캘리브레이션": "보정",
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


GLOSSARY = (ROOT / "glossary.md").read_text("utf8")
ENGLISH = dict(re.findall(r"^### (.+?) \((.+?)[,)]", GLOSSARY, re.MULTILINE))
TERM = re.compile("|".join(sorted(map(re.escape, ENGLISH), key=len, reverse=True)))


def introductions_missing(text):
    """Terms of the glossary that a text uses more than twice, never with the English word in brackets."""
    plain = re.sub(r"\]\([^)]*\)|[\[*]", "", FENCE.sub("", text))
    for term, uses in Counter(TERM.findall(plain)).items():
        if uses > 2 and not re.search(
            rf"{re.escape(term)}[^(]{{0,4}}\([^)]*{ENGLISH[term]}", plain, re.IGNORECASE
        ):
            yield f"{term} is used {uses} times, never as {term}({ENGLISH[term]})"
