"""`explain` says what a call does, finds mistakes and no others, and its cures are right when followed."""

import copy
import json
import random
import re
import warnings
from importlib import import_module
from string import Formatter

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import nllutils
from nllutils import explain
from nllutils.course import explaining
from nllutils.course.explaining import LANGUAGES, examine, lines
from nllutils.course.explaining import case as case_module
from nllutils.course.explaining.case import DEFAULTS, Case, decimals
from tools import ROOT

WORDS = {language: import_module(f"nllutils.course.explaining.{language}") for language in LANGUAGES}
LOGITS = [[2.0, 1.0, 0.1], [0.1, 2.0, 1.0], [0.3, 0.2, 3.0], [1.5, 0.4, 0.2]]
TARGET = [0, 1, 2, 0]


def examined(input, target, weight=None, loss="cross_entropy", **options):
    return examine(Case(input, target, weight, loss, {**DEFAULTS, **options}))


def keys(case):
    return {finding.key for finding in case.findings}


# The text


def test_a_right_call_is_described(capsys):
    z, y = torch.tensor(LOGITS, requires_grad=True), torch.tensor(TARGET)
    explain(z, y, language="en")
    said = capsys.readouterr().out
    frequencies = np.array([0.5, 0.25, 0.25])
    for number in [F.cross_entropy(z, y).item(), np.log(3), -(frequencies * np.log(frequencies)).sum()]:
        assert f"{number:.4f}" in said
    assert said.startswith("F.cross_entropy(input, target)\n") and said.endswith(f"{WORDS['en'].CLEAN}\n")


def test_weights_enter_the_baseline():
    weight = torch.tensor([1.0, 2.0, 6.0])
    shares = np.array([2, 2, 6]) / 10  # two of the four targets are 0
    facts = dict(examined(torch.tensor(LOGITS), torch.tensor(TARGET), weight).facts)
    assert facts["uniform and frequencies"]["frequencies"] == decimals(-(shares * np.log(shares)).sum())


def test_the_text_is_korean_unless_another_language_is_asked_for(capsys):
    explain(LOGITS, TARGET)
    explain(LOGITS, TARGET, language="en")
    korean, _, english = capsys.readouterr().out.partition(WORDS["ko"].CLEAN)
    assert re.search("[가-힣]", korean) and not re.search("[가-힣]", english)


def test_each_language_has_the_same_sentences_with_the_same_blanks():
    assert {"ko", "en"} <= set(LANGUAGES)

    def blanks(table):
        return {
            key: {name for _, name, _, _ in Formatter().parse(text) if name} for key, text in table.items()
        }

    for table in ("LEVELS", "KINDS", "FACTS", "FINDINGS"):
        first, *others = (blanks(getattr(words, table)) for words in WORDS.values())
        assert all(other == first for other in others)


def test_sentences_are_wrapped_and_code_is_not():
    found = examined(torch.tensor(LOGITS).softmax(1), torch.tensor(TARGET)[:, None] + 1)
    for words in WORDS.values():
        for line in lines(found, words):
            assert sum(1 + ("가" <= letter <= "힣") for letter in line) <= 80 or found.mended in line


@pytest.mark.parametrize("wrong", [{"loss": "mse_loss"}, {"loss": F.nll_loss}, {"language": "xx"}])
def test_an_unknown_loss_or_language_is_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        explain(LOGITS, TARGET, **wrong)


def test_the_name_gives_the_function():
    assert nllutils.explain is explaining.explain and "explain" in nllutils.__all__


# Mistakes, made of right logits (4, 3) and targets (4): what the call is given. Each is found under its key,
# and the mended call, evaluated as it is written, gives the value and the gradient of the right one.


def given(input, target, weight=None, loss="cross_entropy", **options):
    return (input, target, weight, loss), options


def three_words(x):
    """Two sentences of three words each, made of four rows: as many words as classes."""
    return x[[0, 1, 0, 2, 3, 2]].reshape(2, 3, *x.shape[1:])


def one_hot(y):
    return F.one_hot(y, 3).double()


MISTAKES = {
    "probabilities": lambda z, y: given(z.softmax(1), y),
    "no logarithm": lambda z, y: given(z.softmax(1), y, loss="nll_loss"),
    "scores for nll_loss": lambda z, y: given(z, y, loss="nll_loss"),
    "no log-probabilities": lambda z, y: given(z - 5, y, loss="nll_loss"),
    "from one": lambda z, y: given(z, y + 1),
    "no zero, guess": lambda z, y: given(F.pad(9 * z, (0, 1)), y + 1),
    "padding": lambda z, y: given(z[[0, 1, 2, 3, 0]], torch.cat([y, torch.tensor([-1])])),
    "one-hot": lambda z, y: given(z, F.one_hot(y, 3)),
    "one-hot, classes last": lambda z, y: given(z.reshape(2, 2, 3), F.one_hot(y, 3).reshape(2, 2, 3)),
    "target type": lambda z, y: given(z, y.double()),
    "bytes": lambda z, y: given(z.T[None], y[None].byte()),
    "extra axis": lambda z, y: given(z, y[:, None]),
    "classes last": lambda z, y: given(z[None], y[None]),
    "adds up along the last axis": lambda z, y: given(
        three_words(z).log_softmax(-1), three_words(y), loss="nll_loss"
    ),
    "equal axes, guess": lambda z, y: given(9 * three_words(z), three_words(y)),
    "no batch axis": lambda z, y: given(z.T.reshape(3, 2, 2), y.reshape(2, 2)),
    "classes first": lambda z, y: given(z.T, y),
    "flat target": lambda z, y: given(z[None], y),
    "shape": lambda z, y: given(z, y.reshape(2, 2)),
    "swapped": lambda z, y: given(y, z),
    "shares": lambda z, y: given(z, 3 * one_hot(y)),
    "log-probabilities as shares": lambda z, y: given(z, (40 * one_hot(y)).log_softmax(1)),
    "no shares": lambda z, y: given(z, 80 * one_hot(y) - 40),
    "shares last": lambda z, y: given(z[None], one_hot(y)[None]),
    "shares for nll_loss": lambda z, y: given(z.log_softmax(1), one_hot(y).clamp(min=1e-9), loss="nll_loss"),
    "ignore_index with shares": lambda z, y: given(z, one_hot(y), ignore_index=0),
    "smoothing of nll_loss": lambda z, y: given(z, y, loss="nll_loss", label_smoothing=1e-9),
    "weight for each sample": lambda z, y: given(z, y, torch.ones(4).double()),
    "weight shape": lambda z, y: given(z, y, torch.ones(1, 3).double()),
    "weight type": lambda z, y: given(z, y, torch.ones(3).bool()),
    "input type": lambda z, y: given((z > 0.35).detach(), y),
}
TRUTH = {
    "no zero, guess": lambda z, y: F.cross_entropy(F.pad(9 * z, (0, 1)), y),
    "adds up along the last axis": lambda z, y: F.cross_entropy(z[[0, 1, 0, 2, 3, 2]], y[[0, 1, 0, 2, 3, 2]]),
    "equal axes, guess": lambda z, y: F.cross_entropy(9 * z[[0, 1, 0, 2, 3, 2]], y[[0, 1, 0, 2, 3, 2]]),
    "input type": lambda z, y: F.cross_entropy(1.0 * (z > 0.35), y) + 0 * z.sum(),
}
IN_TORCH = {
    "no tensor": lambda z, y: given(z, y.tolist()),
    "sparse": lambda z, y: given(z, y.to_sparse()),
}


def assert_cured(found, arguments, truth, z):
    """The mended call gives the value and the gradient of the truth; the text states the value."""
    names = dict(zip(("input", "target", "weight"), arguments, strict=False))
    value = eval(found.mended, {"torch": torch, "F": F}, names)
    gradients = (torch.autograd.grad(x, z, allow_unused=True)[0] for x in (value, truth))
    torch.testing.assert_close(value, truth, rtol=1e-5, atol=1e-7, check_dtype=False)
    torch.testing.assert_close(*gradients, rtol=1e-5, atol=1e-7)
    assert found.mended_value == decimals(truth.item())


@pytest.mark.parametrize("mistake", [*MISTAKES, *IN_TORCH])
def test_a_cure_for_tensors_gives_the_right_value_and_gradient(mistake):
    z, y = torch.tensor(LOGITS, dtype=torch.float64, requires_grad=True), torch.tensor(TARGET)
    arguments, options = (MISTAKES | IN_TORCH)[mistake](z, y)
    found = examined(*arguments, **options)
    assert keys(found) - {"log-probabilities"} == {mistake}
    if mistake != "input type":  # there the graph was lost before
        assert_cured(found, arguments, TRUTH.get(mistake, F.cross_entropy)(z, y), z)


@pytest.mark.parametrize("convert", [torch.Tensor.numpy, torch.Tensor.tolist], ids=["arrays", "lists"])
@pytest.mark.parametrize("mistake", sorted(MISTAKES.keys() - {"bytes"}))
def test_a_cure_without_tensors_gives_the_right_value(mistake, convert):
    z, y = torch.tensor(LOGITS, dtype=torch.float64), torch.tensor(TARGET)
    arguments, options = MISTAKES[mistake](z, y)
    arrays = [convert(x) if isinstance(x, torch.Tensor) else x for x in arguments]
    found = examined(*arrays, **options)
    assert keys(found) - {"log-probabilities"} == {mistake}
    names = dict(zip(("input", "target", "weight"), arrays, strict=False))
    value = eval(found.mended, {"np": np, "nllutils": nllutils}, names)
    truth = TRUTH.get(mistake, F.cross_entropy)(z, y).item()
    assert np.isclose(value, truth, rtol=1e-5) and found.mended_value == decimals(truth)


def test_a_cure_of_a_cure_keeps_its_brackets():
    z, y = torch.tensor(LOGITS, dtype=torch.float64, requires_grad=True), torch.tensor(TARGET)
    arguments = (z, (y + 1).byte(), 0 * z[0].detach())
    found = examined(*arguments)
    assert keys(found) == {"from one", "weights of sum 0"} and "(target - 1)" in found.mended
    assert_cured(found, arguments, 0 * z.sum(), z)


def test_all_mistakes_at_once_are_found_and_cured():
    z, y = torch.tensor(LOGITS, dtype=torch.float64, requires_grad=True), torch.tensor(TARGET)
    words, tags = z[[0, 1, 2, 3, 0]].softmax(1)[None], torch.cat([y + 1, torch.tensor([-1])])
    arguments = (words, tags[None, :, None].float())
    found = examined(*arguments)
    assert keys(found) == {
        "extra axis",
        "classes last",
        "target type",
        "padding",
        "from one",
        "probabilities",
    }
    assert_cured(found, arguments, F.cross_entropy(z, y), z)


IGNORED, WEIGHT = torch.tensor([-100, -100, -100, -100]), torch.tensor([0.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("key", "target", "weight"),
    [
        ("all ignored", IGNORED, None),
        ("all ignored", IGNORED, torch.ones(3)),
        ("weights of sum 0", torch.tensor(TARGET), WEIGHT),
        ("weights of sum 0", torch.tensor([0, -100, 0, 0]), WEIGHT),
        ("weights of sum 0", torch.tensor(TARGET, dtype=torch.uint8), WEIGHT),
    ],
)
def test_a_mean_over_nothing_becomes_0_and_another_mean_stays(key, target, weight):
    z = torch.tensor(LOGITS, dtype=torch.float64, requires_grad=True)
    weight = weight if weight is None else weight.double()
    found = examined(z, target, weight)
    assert key in keys(found)
    assert_cured(found, (z, target, weight), 0 * z.sum(), z)
    counted, small = torch.tensor([0, 1, 2, 0], dtype=target.dtype), torch.tensor([0.1, 0.2, 0.3]).double()
    small = weight if weight is None else small
    value = eval(found.mended, {"torch": torch, "F": F}, {"input": z, "target": counted, "weight": small})
    assert torch.isclose(value, F.cross_entropy(z, counted, small))


@pytest.mark.parametrize(
    ("key", "input", "target"),
    [
        ("one output", lambda z: z[:, None], torch.tensor([0, 1, 1, 0])),
        ("one output", lambda z: z[:, None], torch.tensor([[0.0], [1.0], [1.0], [0.0]])),
        ("one logit for each sample", lambda z: z, torch.tensor([0, 1, 1, 0])),
        ("one logit for each sample", lambda z: z, torch.tensor([0.0, 1.0, 1.0, 0.0])),
        ("several labels", lambda z: z.reshape(2, 2), torch.tensor([[0, 1], [1, 1]])),
        ("several labels", lambda z: z.reshape(2, 2), torch.tensor([[0.0, 0.0], [1.0, 1.0]])),
    ],
)
def test_binary_questions_are_told_from_classes(key, input, target):
    z = torch.tensor([0.3, 1.0, -2.0, 0.5], requires_grad=True)
    arguments = (input(z), target)
    found = examined(*arguments)
    assert key in keys(found)
    truth = F.binary_cross_entropy_with_logits(arguments[0].reshape(-1), target.reshape(-1).float())
    assert_cured(found, arguments, truth, z)


def test_one_output_in_an_array_becomes_two():
    z, y = np.array([[0.3], [1.0], [-2.0]]), np.array([0, 1, 1])
    found = examined(z, y)
    value = eval(found.mended, {"np": np, "nllutils": nllutils}, {"input": z, "target": y})
    truth = F.binary_cross_entropy_with_logits(torch.tensor(z[:, 0]), torch.tensor(y).double()).item()
    assert keys(found) == {"one output"} and np.isclose(value, truth)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("weight", [None, torch.ones(10)])
def test_a_mean_in_half_precision(dtype, weight):
    torch.manual_seed(0)
    z, y = (2 * torch.randn(65536, 10)).to(dtype).requires_grad_(), torch.randint(10, (65536,))
    y[::2] = -100
    arguments = (z, y, weight if weight is None else weight.to(dtype))
    found = examined(*arguments)
    assert keys(found) == {"half"}
    assert_cured(found, arguments, F.cross_entropy(z.float(), y, weight), z)


# What else there is to tell, and what there is not.

NAN, INF = float("nan"), float("inf")
Z, Y = torch.tensor(LOGITS), torch.tensor(TARGET)
OTHERS = {
    "none": given(None, Y),
    "object": given(Z, {"y": 1}),
    "text": given(LOGITS, ["cat", "dog", "cat", "dog"]),
    "ragged": given([[1.0, 2.0], [3.0]], [0, 1]),
    "masked": given(LOGITS, np.ma.array(TARGET, mask=[0, 0, 0, 1])),
    "special": given(torch.nested.nested_tensor([Z[0], Z[1]], layout=torch.jagged), Y[:2]),
    "devices": given(Z, Y.to("meta")),
    "no values": given(Z.to("meta"), Y.to("meta")),
    "reduction": given(Z, Y, reduction="average"),
    "ignore_index": given(Z, Y, ignore_index=None),
    "smoothing": given(Z, Y, label_smoothing=-0.1),
    "predicted classes": given(Y, Y),
    "type": given(Z * 1j, Y),
    "no class axis": given(torch.tensor(1.0), torch.tensor(0)),
    "no classes": given(torch.zeros(4, 0), Y),
    "one class": given(torch.zeros(4, 1), torch.tensor([0, 3, 1, 2])),
    "same shape": given(Z, torch.arange(12).reshape(4, 3)),
    "no class numbers": given(Z, torch.tensor([0.5, 1.0, 2.0, 0.0])),
    "out of range": given(Z, torch.tensor([0, 7, 1, 2])),
    "weight values": given(Z, Y, torch.tensor([1.0, -1.0, 1.0])),
    "empty": given(torch.zeros(0, 3), torch.zeros(0, dtype=torch.long)),
    "small weights": given(Z, torch.tensor([0, 0, 1, 1]), torch.tensor([1e-6, 1e-7, 1.0])),
    "weights cancel": given(Z, torch.tensor([1, 1, 1, 1]), torch.tensor([1.0, 20.0, 1.0])),
    "one weight rules": given(Z, Y, torch.tensor([1.0, 1.0, 20.0])),
    "target gradient": given(Z, Z.softmax(1).requires_grad_()),
    "rows without shares": given(Z, F.one_hot(Y, 3) * torch.tensor([[1.0], [1.0], [1.0], [0.0]])),
    "nan": given(torch.where(Z == 3, NAN, Z), Y),
    "inf": given(torch.where(Z == 3, INF, Z), Y),
    "-inf": given(torch.where(Z == 3, -INF, Z), Y),
    "-inf with shares": given(torch.where(Z == 3, -INF, Z), Y, label_smoothing=0.1),
    "softmax twice": given((9 * Z).softmax(1).log_softmax(1), Y, loss="nll_loss"),
    "log-probabilities": given(Z.log_softmax(1), Y),
    "adds up along another axis": given(Z.softmax(0), Y),
    "equal axes, note": given(torch.zeros(2, 3, 3), torch.tensor([[0, 1, 2], [2, 1, 0]])),
    "no zero, note": given(torch.zeros(12, 3), torch.tensor([1, 2] * 6)),
    "not finite": given(torch.tensor([[3e38, -3e38]]), torch.tensor([1])),
}


@pytest.mark.parametrize("key", OTHERS)
def test_other_findings(key):
    arguments, options = OTHERS[key]
    assert keys(examined(*arguments, **options)) - ({"no values"} if key == "devices" else set()) == {key}


@pytest.mark.parametrize(
    ("key", "call"),
    [
        ("bytes", given(Z, Y.byte(), torch.ones(3), label_smoothing=0.1)),
        ("extra axis", given(Z[0], Y[:1], label_smoothing=0.1)),
        (None, given(Z[0], Y[:1])),
        (None, given(Z, Z.softmax(1), torch.ones(3).double())),
        (None, given(torch.where(Z[2, 0] == Z, -INF, Z), torch.tensor([0, 1, -100, 0]))),
        (None, given(Z, Y, torch.tensor([0.1, 0.2, 0.3]), reduction="sum")),
    ],
    ids=range(6),
)
def test_what_pytorch_takes_depends_on_the_options(key, call):
    assert keys(examined(*call[0], **call[1])) == ({key} if key else set())


@pytest.mark.parametrize("marks", [[255], [255, -100], [-1], [-1, -100]])
def test_marks_of_what_does_not_count(marks):
    z = torch.tensor(LOGITS, dtype=torch.float64, requires_grad=True)
    arguments = (torch.cat([z, z[: len(marks)]]), torch.tensor(TARGET + marks))
    found = examined(*arguments)
    assert keys(found) == {"padding"}
    assert_cured(found, arguments, F.cross_entropy(z, Y), z)


def test_a_call_that_stops_divides_by_nothing():
    assert [key for key, _ in examined(Z, Y + 1).facts] == ["samples", "numbers", "stops"]


def test_a_masked_entry_stays_out():
    found = examined(LOGITS, np.ma.array(TARGET, mask=[0, 0, 0, 1]))
    assert found.mended_value == decimals(nllutils.cross_entropy(LOGITS[:3], TARGET[:3]))


def test_what_no_check_knows_is_quoted(monkeypatch):
    monkeypatch.setattr(explaining, "CHECKS", [])
    (finding,) = examined(Z, Y.float()).findings
    assert finding.key == "says" and "Long" in finding.fields["says"]


def test_of_a_large_input_some_places_are_looked_at(monkeypatch):
    monkeypatch.setattr(case_module, "LIMIT", 3000)
    torch.manual_seed(0)
    z, y = torch.randn(100, 10, 20), torch.randint(10, (100, 20))
    found = examined(z.softmax(1).half(), y)
    facts = dict(found.facts)
    assert facts["value at some places"]["n"] == 300 and found.outcome is None
    assert keys(found) == {"probabilities", "half of many"} and "input.log()" in found.mended
    z[-1, 0, -1] = NAN
    assert keys(examined(z, y)) == {"nan"}
    z[-1, 0, -1] = 0
    value = float(dict(examined(z, y).facts)["value at some places"]["value"])
    assert abs(value - F.cross_entropy(z, y).item()) < 0.2


def test_every_sentence_has_an_example():
    tested_alone = {"says", "half", "half of many", "all ignored", "weights of sum 0"}
    tested_alone |= {"one output", "one logit for each sample", "several labels"}
    assert MISTAKES.keys() | IN_TORCH.keys() | OTHERS.keys() | tested_alone == WORDS["ko"].FINDINGS.keys()


@pytest.mark.parametrize("seed", range(300))
def test_nothing_looks_wrong_in_a_right_call(seed):
    rng, generator = random.Random(seed), torch.Generator().manual_seed(seed)
    classes, n, places = (
        rng.choice([2, 3, 10, 100]),
        rng.choice([1, 2, 8, 64]),
        rng.choice([(), (5,), (4, 6)]),
    )
    y = torch.randint(classes, (n, *places), generator=generator)
    z = torch.randn(n, classes, *places, generator=generator) * rng.choice([0.01, 0.3, 1, 10])
    z = (z + rng.choice([0, 5]) * F.one_hot(y, classes).movedim(-1, 1)).to(
        rng.choice([torch.float32, torch.float16, torch.bfloat16])
    )
    loss = rng.choice(["cross_entropy", "nll_loss"])
    z = z.log_softmax(1) if loss == "nll_loss" else z
    found = examined(z, y, loss=loss)
    assert [finding for finding in found.findings if finding.level != "note"] == []
    if z.dtype != torch.bfloat16:  # a type that NumPy does not have
        assert keys(examined(z.numpy(), y.numpy(), loss=loss)) == keys(found)


# Whatever is given: nothing is raised or changed, errors are those of the call, and so is the value.


class Hostile:
    """Raises whatever is asked of it."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    def __len__(self):
        raise RuntimeError("len")

    def __repr__(self):
        raise RuntimeError("repr")


class OddTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function.__name__ in ("detach", "movedim"):
            raise RuntimeError(function.__name__)
        return super().__torch_function__(function, types, args, kwargs or {})


ODD = [
    *[None, ..., "cat", b"cat", 0, -1.5, 2j, True, NAN, 10**400, object(), object, len, Hostile(), Hostile],
    *[
        [],
        {},
        set(),
        range(3),
        [[]],
        [[], []],
        [None],
        ["a", 1],
        [[1, 2], [3]],
        [[[1.0]]],
        {"a": 1},
        iter([1]),
    ],
    *[np.array(value) for value in (None, "a", ["a", "b"], {}, 1.5, [2**64 - 1] * 4)],
    *[np.zeros((4, 3), kind) for kind in ("i4,f4", "M8[s]", object, ">f4", "c8", np.longdouble, bool)],
    *[np.ma.masked, np.ma.masked_all((4, 3)), np.zeros((0, 3)), np.zeros((3, 0)), np.float16(1)],
    *[np.broadcast_to(0.0, (4, 3)), np.zeros((4, 6))[:, ::-2], np.array(LOGITS)[::-1], np.int8(TARGET)],
    *[Z, Y, Z.to_sparse(), Y.to_sparse(), Z.to("meta"), Y.to("meta"), torch.nn.Parameter(Z.clone())],
    *[
        Z.to(kind)
        for kind in (torch.half, torch.bfloat16, torch.float8_e4m3fn, torch.complex64, torch.uint16)
    ],
    *[Y.to(kind) for kind in (torch.uint8, torch.uint16, torch.int32, torch.bool, torch.double)],
    *[
        torch.zeros(0),
        torch.zeros(0, 3),
        torch.tensor(1.0),
        torch.zeros(1).expand(4, 3),
        (Z * 1j).conj().imag,
    ],
    *[
        torch.full((4, 3), NAN),
        torch.full((4, 3), -INF),
        torch.full((4,), -100),
        torch.full((4,), 255).byte(),
    ],
    *[torch.nested.nested_tensor([Z[0], Z[1]], layout=torch.jagged), Z.as_subclass(OddTensor)],
    *[[Z[0], Z[1]], [Y[0], Y[1]], torch, torch.nn.ReLU()],
]


def assert_told(*arguments, **options):
    """The text appears in each language, without a warning and without a change of what was given."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = examined(*arguments, **options)
        for words in WORDS.values():
            assert "\n".join(lines(found, words))
    return found


@pytest.mark.parametrize("first", range(len(ODD)))
def test_nothing_odd_raises(first):
    for second in ODD:
        assert_told(ODD[first], second)
    for loss in ("cross_entropy", "nll_loss"):
        assert_told(Z, Y, ODD[first], loss)
        for option in DEFAULTS:
            assert_told(Z, Y, None, loss, **{option: ODD[first]})
            assert_told(np.array(LOGITS), TARGET, None, loss, **{option: ODD[first]})


def random_tensor(rng, shape, kind):
    x = 10 ** rng.uniform(-1, 1) * torch.randn(shape)
    if kind == "numbers":
        x = torch.randint(rng.choice([-1, 0, 0, 1]), rng.choice([2, 3, 4, 5]), shape)
        if x.numel() and rng.random() < 0.3:
            x.view(-1)[rng.randrange(x.numel())] = rng.choice([-100, -1, 3, 255])
        types = [torch.int64] * 6 + [torch.uint8, torch.int32, torch.float32, torch.bool]
        return (torch.full_like(x, -100) if rng.random() < 0.05 else x).to(rng.choice(types))
    if shape:
        axis = rng.randrange(len(shape))
        same = lambda x: x  # noqa: E731
        x = rng.choice([same] * 3 + [lambda x: x.softmax(axis), lambda x: x.log_softmax(axis), torch.round])(
            x
        )
    if x.numel() and rng.random() < 0.1:
        x.view(-1)[rng.randrange(x.numel())] = rng.choice([NAN, INF, -INF])
    return x.to(rng.choice([torch.float32] * 6 + [torch.float64, torch.float16, torch.bfloat16]))


def random_call(rng):
    shape = tuple(
        rng.choice([1, 2, 3, 4, rng.choice([0, 3])]) for _ in range(rng.choice([0, 1, 2, 2, 2, 3, 3, 4, 5]))
    )
    places = shape[:1] + shape[2:] if len(shape) > 1 else ()
    other = rng.choice(
        [shape[:-1], shape[1:], (*places, 1), (int(np.prod(places)),), (int(np.prod(shape[:-1])),)]
    )
    target_shape = rng.choice([places] * 5 + [shape, shape, other, other])
    soft = target_shape == shape and rng.random() < 0.6
    input = random_tensor(rng, shape, "scores" if rng.random() < 0.95 else "numbers")
    target = random_tensor(rng, target_shape, "scores" if soft or rng.random() < 0.05 else "numbers")
    classes = shape[min(len(shape), 2) - 1] if shape else 1
    weight = torch.tensor(
        [rng.choice([0.0, 1.0, rng.random(), 20.0]) for _ in range(classes)], dtype=input.dtype
    )
    if rng.random() < 0.1:
        weight = rng.choice(
            [weight.double(), weight[None], weight[1:], 0 - 1 * weight, torch.rand(shape[:1])]
        )
    options = {}
    if rng.random() < 0.15:
        options["ignore_index"] = rng.choice([-1, 0, 1, 255, None, 1.0, "a", 2**70])
    if rng.random() < 0.15:
        options["reduction"] = rng.choice(["sum", "none", "avg", None])
    if rng.random() < 0.15:
        options["label_smoothing"] = rng.choice([0.1, 1.0, -0.1, 1.5, NAN, None, "0.1"])
    arguments = (input, target, weight if rng.random() < 0.3 else None)
    if rng.random() < 0.4:
        arguments = tuple(
            x if x is None else (x.float() if x.dtype == torch.bfloat16 else x).numpy() for x in arguments
        )
    return arguments, rng.choice(["cross_entropy", "nll_loss"]), options


@pytest.mark.parametrize("seed", range(20))
def test_any_call_is_told_as_it_is(seed):
    rng = random.Random(seed)
    torch.manual_seed(seed)
    for _ in range(250):
        arguments, loss, options = random_call(rng)
        function = getattr(F if isinstance(arguments[0], torch.Tensor) else nllutils, loss)
        before = copy.deepcopy(arguments)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                expected = function(*arguments, **options)
            except Exception as error:
                expected = error
        found = assert_told(*arguments, loss, **options)
        call = f"{found.asked} of {arguments}"
        assert found.stops == isinstance(expected, Exception), call
        assert "says" not in keys(found), call
        assert found.mended or found.hopeless or found.call == found.asked, call
        value = [fields["value"] for key, fields in found.facts if key in ("value", "value not finite")]
        if not found.stops and options.get("reduction") != "none":
            assert value == [decimals(expected)], call
        torch.testing.assert_close(arguments[:2], before[:2], rtol=0, atol=0, equal_nan=True)


# The function on the page of symptoms that is copied where there is only PyTorch


@pytest.fixture(params=[page for page in ("chapters", "en/chapters") if (ROOT / page).is_dir()])
def alone(request, capsys):
    """What the copied function prints for a call, as lines."""
    cells = json.loads((ROOT / request.param / "symptoms.ipynb").read_text("utf8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    (code,) = re.findall(r"^```py\n(.+?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(code.splitlines()) <= 60 and "nllutils" not in code and "numpy" not in code
    names = {}
    exec(code, names)

    def told(*arguments):
        names["explain"](*arguments)
        return capsys.readouterr().out.splitlines()

    return told


@pytest.mark.parametrize(
    "arguments",
    [(Z, Y), (Z[:1], Y[:1]), (Z[0], Y[0]), (Z.T[None], Y[None]), (Z, Z.softmax(1)), (Z, Y, 1 - WEIGHT)],
    ids=range(6),
)
def test_the_copied_function_gives_the_value_of_a_right_call(alone, arguments):
    call, baseline = alone(*arguments)
    assert call == f"F.cross_entropy(input, target): {F.cross_entropy(*arguments):.4f}"
    assert f"{np.log(3):.4f}" in baseline


SHORT = [
    "probabilities",
    "from one",
    "one-hot",
    "target type",
    "bytes",
    "extra axis",
    "classes last",
    "input type",
]


@pytest.mark.parametrize("mistake", SHORT)
def test_the_copied_function_cures(alone, mistake):
    z = torch.tensor(LOGITS, dtype=torch.float64)
    (input, target, *_), _ = MISTAKES[mistake](z, Y)
    *found, call, _ = alone(input, target)
    code, _, value = call.rpartition(": ")
    truth = TRUTH.get(mistake, F.cross_entropy)(z, Y)
    cured = eval(code, {"F": F}, {"input": input, "target": target})
    assert found and np.isclose(cured, truth) and value == f"{truth:.4f}"


@pytest.mark.parametrize(
    "arguments",
    [
        (Z, IGNORED),
        (Z, Y, WEIGHT),
        (Z[:, :1], torch.tensor([0, 1, 1, 0])),
        (Z, torch.tensor([0, 1, 2, -1])),
        (Z, Y[:3]),
        (Z, 0.5 * Z.softmax(1)),
        (9 * F.pad(Z, (0, 1)), Y + 1),
        (9 * three_words(Z), three_words(Y)),
        (three_words(Z).log_softmax(-1), three_words(Y)),
        (torch.zeros(70000, 3, dtype=torch.half), torch.zeros(70000, dtype=torch.long)),
    ],
    ids=range(10),
)
def test_the_copied_function_sees_other_mistakes(alone, arguments):
    assert any(line.startswith("- ") for line in alone(*arguments))
