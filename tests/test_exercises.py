"""`check` judges as a teacher would, knows the typical mistakes, and never breaks on anything else."""

import ast
import copy
import datetime
import itertools
import re
from decimal import Decimal
from fractions import Fraction

import edition
import nbformat
import numpy as np
import pytest
import torch
from prose import DETAILS, lists

from nllutils import check, exercises
from nllutils.course.exercises import EXERCISES, judge
from nllutils.course.exercises.judging import Exercise, close, plain, shown
from tools import refresh

NAMES = sorted(EXERCISES)
NOTEBOOKS = sorted({*refresh.CHAPTERS.glob("*.ipynb")} - {edition.TEMPLATE})  # drafts, too
CELL = re.compile(r'^answer = \.\.\.\ncheck\("([a-z-]+-\d+)", answer\)$', re.MULTILINE)
LANGUAGES = exercises.languages()


def words_of(name, language="ko"):
    return exercises.words(language, name.rpartition("-")[0])[name]


def said(capsys, name, answer):
    check(name, answer)
    return capsys.readouterr().out


# The rule of digits


@pytest.mark.parametrize(
    ("right", "given", "verdict"),
    [
        (1.4958681, 1.4958681, "right"),
        (1.4958681, 1.496, "right"),
        (1.4958681, 1.50, "right"),  # and so is 1.5: the same number to Python
        (1.4958681, 1.4958, "right"),  # one in ten thousand off
        (1.4958681, 1.495, "nearly"),  # cut off, not rounded
        (1.4958681, 1.49, "nearly"),
        (1.4958681, 1.45, "wrong"),
        (1.4958681, 1.4, "wrong"),
        (1.4958681, -1.496, "wrong"),
        (0.3566749, 0.357, "right"),
        (0.3566749, 0.36, "nearly"),
        (0.3566749, 0.35702, "nearly"),  # five digits, the last two wrong
        (0.3566749, 0.3570249, "nearly"),
        (0.3566749, 0.4, "wrong"),
        (0.1245, 0.124, "right"),  # a half may be rounded either way
        (0.1245, 0.125, "right"),
        (0.9996, 1.00, "right"),
        (34.93, 34.9, "right"),
        (34.93, 35, "nearly"),
        (485165195.4, 485165195, "right"),
        (485165195.4, 4.85e8, "right"),
        (485165195.4, 4.9e8, "nearly"),
        (-9.358e-6, -9.36e-6, "right"),
        (-9.358e-6, 0, "wrong"),
        (0.30049, 0.1 + 0.2, "right"),  # 0.30000000000000004 is 0.3, from a grid for example
        (0.0, 1e-17, "right"),
        (0.0, 0.001, "wrong"),
        (-np.inf, -np.inf, "right"),
        (-np.inf, np.inf, "wrong"),
        (-np.inf, -1e300, "wrong"),
        (1.0, np.inf, "wrong"),
        (1.0, np.nan, "wrong"),
        (np.nan, np.nan, "right"),
        (100, 99, "nearly"),
        ([0.84112, 0.11215, 0.04673], [0.841, 0.112, 0.047], "right"),  # three decimals each
        ([0.84112, 0.11215, 0.04673], [0.841, 0.112, 0.0467], "right"),  # three digits each
        ([0.84112, 0.11215, 0.04673], [0.84, 0.11, 0.05], "nearly"),
        ([0.84112, 0.11215, 0.04673], [0.841, 0.047, 0.112], "wrong"),
        ([1000.0, 0.0], [1000.0, 1e-14], "right"),
    ],
)
def test_digits(right, given, verdict):
    assert judge(Exercise(right, {}), given)["verdict"] == verdict


@pytest.mark.parametrize("wrap", [np.float32, torch.tensor, lambda x: torch.tensor(x, requires_grad=True)])
def test_what_was_typed_is_seen_through_float32(wrap):
    exercise = Exercise(0.3566749, {})
    assert judge(exercise, wrap(0.357)) == {"verdict": "right"}
    assert judge(exercise, wrap(0.356))["verdict"] == "nearly"


def test_any_rounding_to_three_digits_or_more_is_right_and_a_neighbour_is_not():
    rng = np.random.default_rng(0)
    for right, digits in itertools.product(
        rng.normal(size=50) * 10.0 ** rng.integers(-8, 9, 50), range(3, 8)
    ):
        given = Decimal(f"{right:.{digits - 1}e}")
        assert judge(Exercise(right, {}), float(given)) == {"verdict": "right"}
        if digits == 3:
            neighbour = given + Decimal(1).scaleb(given.adjusted() - 2)
            assert judge(Exercise(right, {}), float(neighbour))["verdict"] != "right"


def test_an_entry_may_ask_for_another_precision():
    count = Exercise(74141, {"last": 74140}, within=0.4)
    assert judge(count, 74141.0) == {"verdict": "right"}
    assert judge(count, 74140)["hint"] == "last"
    assert judge(count, 74100)["verdict"] == "nearly"
    trained = Exercise(0.465, {"percent": 46.5}, within=0.002)
    assert judge(trained, 0.4635) == {"verdict": "right"}
    assert judge(trained, 46.4)["hint"] == "percent"  # as exact, relative to its size


# The table of answers


def typed(exercise, answer):
    """An answer as it is computed, and as it is typed with 3, 4 or 5 digits where the exercise allows it."""
    yield answer
    if exercise.inputs or not np.isfinite(answer).all() or not np.any(answer):
        return
    answer = np.asarray(answer, dtype=float)
    largest = np.abs(answer).max()
    allowed = np.inf if exercise.within is None else exercise.within * largest / np.abs(exercise.right).max()
    for digits in (3, 4, 5):
        each = np.reshape([float(f"{x:.{digits}g}") for x in answer.flat], answer.shape)
        same_place = np.round(answer, digits - 1 - int(np.floor(np.log10(largest))))
        yield from (x for x in (each, same_place) if np.abs(x - answer).max() <= allowed)


def clashes(exercise):
    """Listed answers that do not get the verdict that they are listed for, in any rounding."""
    for given in typed(exercise, exercise.right):
        if judge(exercise, given) != {"verdict": "right"}:
            yield "right"
    for hint, wrong in exercise.wrong.items():
        if any(judge(exercise, given).get("hint") != hint for given in typed(exercise, wrong)):
            yield hint


@pytest.mark.parametrize("name", NAMES)
def test_each_listed_answer_gets_its_own_verdict(name):
    assert list(clashes(EXERCISES[name]())) == []


@pytest.mark.parametrize(
    ("exercise", "clash"),
    [
        (Exercise(2.0, {"same": 2.00001}), ["same"]),
        (Exercise(2.0, {"first": 3, "second": 3}), ["second"]),
        (Exercise(2.0, {"first": 3, "second": 3.004}), ["second"]),  # 3.00
        (Exercise(2.496, {"near": 2.5}), ["near"]),  # 2.50 is right
        (Exercise([0.1, 0.2], {"same": np.array([0.1, 0.2])}), ["same"]),
        (Exercise(abs, {"same": lambda x: max(x, -x)}, inputs=((1.0,), (-2.0,))), ["same"]),
    ],
)
def test_clashes_are_found(exercise, clash):
    assert list(clashes(exercise)) == clash


# The chapters


def markdown(path):
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)


def exercise_faults(cells, slug):
    """What is wrong with a chapter's exercises, one sentence each."""
    n = in_words = 0
    for cell, following in itertools.pairwise(cells):
        headings = re.findall(r"^### 연습 (\d) ★+$", cell.source, re.MULTILINE)
        if not headings:
            continue
        n += 1
        if headings != [str(n)]:
            yield f"exercise {n}: headings {headings} in its cell"
        folds, called = re.findall("<summary>(.+)</summary>", cell.source), CELL.findall(following.source)
        if called:
            if called != [f"{slug}-{n}"] or folds != ["풀이 보기"]:
                yield f"exercise {n}: checks {called}, folds {folds}"
            continue
        in_words += 1
        if folds != ["모범 답안 보기"] or len(re.findall("^- ", cell.source, re.MULTILINE)) < 2:
            yield f"exercise {n}: no cell to check it, and no model answer with points to compare"
    if n and not in_words:
        yield "no exercise is answered in words"


@pytest.mark.parametrize("path", edition.CHAPTERS, ids=lambda path: path.stem)
def test_exercises_of_a_chapter(path):
    cells = nbformat.read(path, as_version=4).cells
    assert list(exercise_faults(cells, re.sub(r"^\d+-", "", path.stem))) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("### 연습 2 ★★", "### 연습 3 ★★", "exercise 2: headings ['3']"),
        ('check("likelihood-2"', 'check("likelihood-3"', "exercise 2: checks ['likelihood-3']"),
        ("<summary>풀이 보기</summary>", "<summary>풀이</summary>", "exercise 1: checks"),
        ('check("likelihood-4", answer)', "", "exercise 4: no cell"),
        ("<summary>모범 답안 보기</summary>", "", "exercise 5: no cell"),
        ("\n- ", "\n", "exercise 5: no cell"),
        ("### 연습 5", "", "no exercise is answered"),
    ],
)
def test_faults_of_exercises_are_found(old, new, fault):
    cells = nbformat.read(refresh.CHAPTERS / "01-likelihood.ipynb", as_version=4).cells
    for cell in cells:
        cell.source = cell.source.replace(old, new)
    assert any(fault in said for said in exercise_faults(cells, "likelihood"))


def test_each_exercise_is_asked_in_a_chapter():
    assert sorted(CELL.findall("\n".join(map(markdown, NOTEBOOKS)))) == sorted(NAMES)


def refused(exercise, text):
    """Numbers of a solution's text that agree with the right answer, but that `check` does not accept."""
    right = np.array(exercise.right, dtype=float)
    stated = itertools.chain(*lists(text))
    for (place, part), (token, values) in itertools.product(enumerate(right.flat), list(stated)):
        for value in values:
            half_a_unit = Decimal(5).scaleb(value.as_tuple().exponent - 1)
            if len(value.as_tuple().digits) > 1 and abs(value - abs(Decimal(float(part)))) <= half_a_unit:
                given = right.copy()
                given.flat[place] = np.copysign(float(value), part)
                if judge(exercise, given)["verdict"] not in ("right", "hint"):  # -800 is given, not found
                    yield token


def solution_of(name):
    for path in NOTEBOOKS:
        for cell, following in itertools.pairwise(nbformat.read(path, as_version=4).cells):
            if name in CELL.findall(following.source):
                return DETAILS.search(cell.source)[0]


@pytest.mark.parametrize("name", [name for name in NAMES if not EXERCISES[name]().inputs])
def test_the_number_that_a_solution_states_is_right(name):
    assert list(refused(EXERCISES[name](), solution_of(name))) == []


def test_a_solution_that_rounds_too_far_is_found():
    text = "비는 0.69입니다. 다른 수 0.7, 0.42, 정확히는 0.695 또는 69.5 %."
    assert list(refused(Exercise(0.69468, {}), text)) == ["0.69"]
    assert list(refused(Exercise([1.0102, 1.1377], {}), "1.0과 1.1")) == ["1.0", "1.1"]


@pytest.fixture
def float64():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def test_the_scripts_of_the_clinic_are_broken_as_their_hints_say(float64):
    scripts = {}  # the functions of the notebook; what it trains takes longer
    for _, cell in refresh.code_cells(edition.read(refresh.CHAPTERS / "clinic.ipynb")):
        tree = ast.parse(cell.source)
        defined = ast.Import, ast.ImportFrom, ast.FunctionDef
        tree.body = [node for node in tree.body if isinstance(node, defined)]
        exec(compile(tree, cell.id, "exec"), scripts)
    for name in NAMES:
        if name.startswith("clinic-"):
            script = scripts[name.replace("clinic-", "case_")]
            assert judge(EXERCISES[name](), script).get("hint") == "unchanged", name


# The words


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_hint_has_its_text_and_no_text_is_left_over(language):
    for slug in {name.rpartition("-")[0] for name in NAMES}:
        told = {name: set(entry["hints"]) for name, entry in exercises.words(language, slug).items()}
        names = [name for name in NAMES if name.rpartition("-")[0] == slug]
        assert told == {name: set(EXERCISES[name]().wrong) for name in names}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_no_hint_gives_the_answer_away(language, name):
    exercise = EXERCISES[name]()
    texts = " ".join([words_of(name, language)["look"], *words_of(name, language)["hints"].values()])
    if not exercise.inputs:
        numbers = {f"{number:.{digits}f}" for number in np.ravel(exercise.right) for digits in (2, 3, 4)}
        assert not numbers & set(re.findall(r"\d+\.\d+", texts))


# What a hint about such a mistake cannot but speak of, however it is worded. When two hints of an exercise
# are exchanged, one of them mostly does not: three exchanges of four were noticed.
SPEAKS_OF = {
    "arithmetic": "산술",
    "base10": "10",
    "base2": "2의|밑이 2",
    "bits": "bit|비트",
    "cross-entropy": "교차 엔트로피",
    "diagonal": "대각",
    "difference": "차이|뺀",
    "exp": "exp|지수",
    "float32": "float32",
    "heads-only": "앞면",
    "inverse": "역수|반대|거꾸로",
    "largest": "가장 큰|큰 쪽|1등",
    "last": "마지막",
    "last-axis": "마지막 축",
    "late": "0이",
    "likelihood": "우도",
    "log": "로그",
    "log10": "밑이 10|상용로그",
    "logits": "로짓",
    "loss": "값|NLL",
    "mean": "평균",
    "mean-of-means": "평균의 평균|평균을 평균|일곱 평균",
    "median": "중앙값",
    "nan": "nan",
    "nats": "nat",
    "no-constant": "상수",
    "one-other": "하나",
    "patients": "환자",
    "per-token": "토큰당|글자당|토큰마다|글자마다",
    "percent": "백분율|퍼센트",
    "perplexity": "당혹도",
    "ratio": "비",
    "raw": "표준화",
    "reversed": "반대|거꾸로|바꾼|바뀐",
    "sign": "부호|로그 우도|로그 확률",
    "smallest": "작은",
    "sum": "합|더",
    "swapped": "차례|순서",
    "test": "시험",
    "times": "곱",
    "unweighted": "가중|그냥",
    "validation": "검증",
    "variance": "분산",
    "zero": "0|없",
}


def astray(hints):
    """The hints of an exercise that do not speak of the mistake whose name they bear."""
    return [name for name, text in hints.items() if not re.search(SPEAKS_OF.get(name, ""), text)]


@pytest.mark.parametrize("name", NAMES)
def test_hints_speak_of_their_mistake(name):
    assert not (found := astray(words_of(name)["hints"])), f"not the words for {found} in SPEAKS_OF"


def test_exchanged_hints_are_noticed():
    hints = words_of("negation-1")["hints"]
    exchanged = hints | {"sign": hints["miss"], "miss": hints["sign"]}
    assert astray(exchanged) == ["sign"]


# Numbers, arrays, functions


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("likelihood-2", Fraction(1, 21)),
        ("likelihood-2", torch.tensor(1 / 21, requires_grad=True)),
        ("likelihood-2", np.float32(1 / 21)),
        ("likelihood-2", Decimal(1) / 21),
        ("classification-2", torch.tensor(100, dtype=torch.bfloat16)),
        ("classification-2", 100.0),
        ("classification-3", (0.7, 0.2, 0.1)),
        ("classification-3", torch.tensor([0.7, 0.2, 0.1])),
        ("classification-3", [torch.tensor(x, requires_grad=True) for x in (0.7, 0.2, 0.1)]),
        ("pytorch-4", lambda x: ((x.exp().sum(dim=1) - 1).abs() < 1e-3).all()),
        ("pytorch-4", lambda x: torch.allclose(x.exp().sum(1), torch.ones(1), rtol=0, atol=1e-3)),
        ("deep-large-vocabulary-1", EXERCISES["deep-large-vocabulary-1"]().right),
    ],
)
def test_right_in_any_wrapping(capsys, name, answer):
    assert said(capsys, name, answer) == "정답입니다.\n"


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("likelihood-1", ..., ["아직 풀지"]),
        ("likelihood-1", 2.0, ["받은 답: 2\n", words_of("likelihood-1")["look"]]),
        ("likelihood-1", 1.49, ["거의 맞았습니다", "받은 답: 1.49\n"]),
        ("classification-2", 99.9, ["거의 맞았습니다"]),  # right to three digits, but a count
        ("log-2", np.nan, [words_of("log-2")["hints"]["late"]]),
        ("weighting-2", 0.375, [words_of("weighting-2")["hints"]["unweighted"]]),
        ("likelihood-1", np.nan, ["받은 답: nan"]),
        ("likelihood-1", 1 / 1.49587, [words_of("likelihood-1")["hints"]["inverse"]]),
        ("likelihood-1", "1.4959", ["수 하나", "str"]),
        ("likelihood-1", np.array("1.4959"), ["수 하나", "ndarray(<U6)"]),
        ("likelihood-1", None, ["수 하나", "return"]),
        ("likelihood-1", True, ["수 하나", "True나 False"]),
        ("likelihood-1", 1 + 0j, ["수 하나", "complex"]),
        ("likelihood-1", 10**400, ["수 하나", "int"]),
        ("likelihood-1", [1.4959], ["수 하나", "모양이 (1,)인 수의 배열"]),
        ("likelihood-1", print, ["수 하나", "함수"]),
        ("classification-3", [0.7, 0.3], ["(3,)", "(2,)"]),
        ("classification-3", [[0.7], [0.2, 0.1]], ["(3,)", "list"]),
        ("log-3", 0.3, ["필요한 것: 함수", "수 하나"]),
        ("log-3", ..., ["아직 풀지"]),
        ("log-3", lambda p: p, ["수 하나", "(5000,)"]),
        ("log-3", lambda p: None, ["return"]),
        ("log-3", lambda p: 0.3, ["answer([0.9, 0.4])", "받은 답: 0.3"]),
        (
            "log-3",
            lambda p: 1 / 0,
            ["answer([0.3, 0.3, 0.3, ..., 0.3, 0.3, 0.3])", "ZeroDivisionError: division"],
        ),
        ("log-3", lambda: 1, ["TypeError", "positional"]),
        ("log-3", lambda p: print, ["수 하나", "함수"]),
        ("negation-3", lambda p, y: 0.0, ["answer(0.2, [1, 0, 1, 1, 0, 1])"]),
    ],
)
def test_what_is_said_about_other_answers(capsys, name, answer, words):
    text = said(capsys, name, answer)
    assert "정답입니다" not in text
    assert [word for word in words if word not in text] == []


def breaking(*methods, base=object):
    """An object that raises in each of these methods."""

    def broken(self, *args, **kwargs):
        raise RuntimeError("broken")

    return type("Broken", (base,), dict.fromkeys(methods, broken))()


def itself():
    around = []
    around.append(around)
    return around


ODD = [
    np.array("1.3863"),
    np.array(None),
    np.array(b"x"),
    np.array(datetime.datetime(2026, 1, 1), dtype="M8[s]"),
    np.zeros(3, dtype=[("a", float)]),
    np.array(["0.7", "0.2", "0.1"]),
    np.ma.masked,
    np.longdouble("1e4000") if np.finfo(np.longdouble).max > 1e308 else 1,
    np.broadcast_to(0.0, (10**6, 10**6)),
    torch.zeros(3, device="meta"),
    torch.zeros(3).to_sparse(),
    torch.tensor(1 + 2j),
    breaking("__repr__", "__str__", "__format__"),
    breaking("__array__"),
    breaking("tolist"),
    breaking("__eq__", "__bool__"),
    breaking("__len__", "__getitem__"),
    breaking("__getattribute__"),
    breaking("__float__", "__repr__", "as_integer_ratio", base=float),
    breaking("__call__"),
    type("Meta", (type,), {"__name__": property(lambda cls: 1 / 0)})("Named", (), {})(),
    itself(),
    range(10**12),
    "x" * 10**6,
    Decimal("sNaN"),
    [None, None, None],
    {},
    iter([1]),
]


@pytest.mark.parametrize(
    "name", ["negation-1", "classification-3", "log-3", "pytorch-4", "deep-large-vocabulary-1"]
)
def test_nothing_breaks_it(capsys, name):
    for odd in ODD:
        for answer in (odd, lambda *args, odd=odd: odd):
            assert "정답입니다" not in said(capsys, name, answer)


def test_what_is_too_long_is_not_written_out():
    for long in (range(2_000_000), np.broadcast_to(0.0, (10**6, 10**6))):
        assert plain(long) is long
    assert len(shown(np.arange(10_000))) < 80


def test_a_large_tensor_is_an_array_of_numbers():
    assert isinstance(plain(torch.zeros(1_000_001)), np.ndarray)


def test_a_distance_is_allowed_up_to_its_end():
    assert close(plain(11), plain(10), within=1) and not close(plain(12), plain(10), within=1)


def test_an_answer_is_shown_as_a_reader_would_write_it():
    assert shown(plain(True)) == "True"
    assert shown(plain(1 / 3)) == "0.333333"
    assert shown(plain([1 / 3, 2 / 3])) == "[0.333333, 0.666667]"


def test_a_hint_names_the_answer_that_was_given():
    assert judge(Exercise(1.0, {"sign": -1.0}), -1.0)["given"] == "-1"


def test_a_function_may_fail_in_any_way(capsys):
    class Silent(Exception):
        def __str__(self):
            raise RuntimeError

    def half_a_character(p):
        raise ValueError("\ud800")

    def silent(p):
        raise Silent

    def endless(p):
        return endless(p)

    for answer, words in [
        (half_a_character, "ValueError: ?"),
        (silent, "Silent"),
        (endless, "RecursionError"),
    ]:
        assert words in said(capsys, "log-3", answer)


def test_an_interrupt_gets_through():
    def endless(p):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("log-3", endless)


def test_what_the_reader_wrote_is_not_changed():
    answer = np.array([0.7, 0.2, 0.1])
    answer.flags.writeable = False
    check("classification-3", answer)
    assert answer.tolist() == [0.7, 0.2, 0.1]


def test_a_function_may_change_what_it_is_given():
    def careless(p):
        np.log(p, out=p)
        return np.exp(p.mean())

    exercise = EXERCISES["log-3"]()
    inputs = copy.deepcopy(exercise.inputs)
    assert judge(exercise, careless) == {"verdict": "right"}
    assert all(np.array_equal(a, b) for a, b in zip(exercise.inputs, inputs, strict=True))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("likelihod-1", 1), "likelihood-1"),
        (("calibration-9", 1), "calibration-4"),
        ((3, 1), "language-models-4"),
        ((["likelihood-1"], 1), "likelihood-1"),
        (("likelihood-1", 1, "fr"), "language must be .*'ko', got 'fr'"),
        (("likelihood-1", 1, ["ko"]), "language must be .*'ko', got"),
    ],
)
def test_unknown_names(arguments, words):
    with pytest.raises(ValueError, match=words):
        check(*arguments)
