"""`explain`: what a call of cross_entropy or nll_loss will do, and what looks wrong with it, in words.

The logic knows no language: `arguments` and `values` look at a `case`, which is a call with what was given to
it. What a reader sees stands in one module per language beside them, such as `ko`.
"""

import unicodedata
from importlib import import_module
from importlib.resources import files

from nllutils.course.explaining import arguments, values
from nllutils.course.explaining.case import Case, Stop, quiet

LOSSES = ["cross_entropy", "nll_loss"]
LANGUAGES = sorted(file.name[:2] for file in files(__name__).iterdir() if len(file.name) == len("ko.py"))
CHECKS = [
    arguments.hold_numbers,
    arguments.are_tensors_on_one_device,
    arguments.options_mean_something,
    arguments.stand_in_order,
    arguments.input_has_classes,
    arguments.target_is_described,
    arguments.there_is_more_than_one_class,
    arguments.target_has_its_shape,
    arguments.target_holds_integers,
    arguments.classes_exist,
    arguments.weight_fits,
    arguments.mean_divides_by_something,
    values.mean_is_computed,
    values.shares_sum_to_one,
    values.scores_are_finite,
    values.rows_are_scores,
    values.classes_may_be_last,
    values.numbers_may_start_at_one,
]


def explain(
    input,
    target,
    weight=None,
    *,
    loss="cross_entropy",
    ignore_index=-100,
    reduction="mean",
    label_smoothing=0.0,
    language="ko",
):
    """Print what a call of `cross_entropy` or `nll_loss` does with a pair, and what looks wrong with it.

    With tensors the call is that of ``torch.nn.functional``, with arrays and lists that of this package. The
    text says how many samples and classes the call reads and on which axis, what its mean divides by, its
    value, and what a model gets that knows nothing. It names the mistakes that raise an error and those that
    do not: probabilities or log-probabilities in the wrong place, softmax taken twice or along another axis;
    classes on the last axis, numbered from 1 or one-hot; targets that are all ignored or of weight 0; a lone
    output; half precision. Each is marked as what it is: an error, a result of no use, a suspicion ("looks
    like") or a note. Where there is a cure, it is code that runs on what was given.

    Parameters
    ----------
    input, target, weight
        What the loss is called with: tensors, arrays or lists; anything else is named. Nothing is changed.
    loss : {'cross_entropy', 'nll_loss'}
        The function that is called. `cross_entropy` expects logits, `nll_loss` log-probabilities.
    ignore_index, reduction, label_smoothing
        As they are passed to the loss.
    language : str
        The language of the text: ``"ko"`` or ``"en"``.

    Raises
    ------
    ValueError
        If there is no such loss or language. What is passed on to the loss never raises anything.

    See Also
    --------
    nllutils.losses.cross_entropy, nllutils.losses.nll_loss : they refuse many of these mistakes in words.

    Notes
    -----
    The text is printed, not returned, so that it shows in a loop and in a script as well as in a notebook.

    Of an input with more than 4 million numbers, places at even distances stand for all; the targets are
    always read in full.

    Examples
    --------
    >>> from nllutils import explain
    >>> explain([[2.0, 1.0, 0.1], [0.1, 2.0, 1.0]], [1, 3], language="en")
    nllutils.cross_entropy(input, target)
    - input: float64 list of shape (2, 3). Samples: 2; classes: 3, on axis 1.
    - target: int64 list of shape (2,), values from 1 to 3.
    - Result: as it stands, the call raises an error.
    <BLANKLINE>
    [error] With 3 classes the numbers run from 0 to 2, but target runs from 1 to 3.
      The classes look to be numbered from 1.
      Fix: np.asarray(target) - 1
    <BLANKLINE>
    Corrected call: nllutils.cross_entropy(input, np.asarray(target) - 1)
    Corrected value: 0.9170 nats
    """
    for name, value, choices in [("loss", loss, LOSSES), ("language", language, LANGUAGES)]:
        if value not in choices:
            raise ValueError(f"{name} must be {' or '.join(map(repr, choices))}, got {value!r}")
    options = {"ignore_index": ignore_index, "reduction": reduction, "label_smoothing": label_smoothing}
    case = examine(Case(input, target, weight, loss, options))
    print("\n".join(lines(case, import_module(f"{__name__}.{language}"))))


def examine(case):
    """Let the checks look at a case."""
    with quiet():
        try:
            for check in CHECKS:
                check(case)
        except Stop:
            pass
        values.conclude(case)
    return case


def lines(case, words):
    """The text about a case."""

    def filled(sentence, fields):
        return sentence.format(**fields | {"kind": words.KINDS.get(fields.get("kind"), fields.get("kind"))})

    yield case.asked
    for key, fields in case.facts:
        yield from wrapped(f"- {filled(words.FACTS[key], fields)}")
    levels = list(words.LEVELS)
    for finding in sorted(case.findings, key=lambda finding: levels.index(finding.level)):
        sentence = filled(words.FINDINGS[finding.key], finding.fields)
        yield from ["", *wrapped(f"[{words.LEVELS[finding.level]}] {sentence}")]
        if finding.cure:
            yield f"  {words.CURE.format(cure=finding.cure)}"
    if not case.findings:
        yield from ["", words.CLEAN]
    if case.mended:
        yield from ["", words.MENDED.format(call=case.mended)]
    if case.mended_value:
        yield words.MENDED_VALUE.format(value=case.mended_value)


def wrapped(text):
    """Lines of at most 80 columns where spaces allow it, two for a Hangul letter; code is never wrapped."""
    line = ""
    for word in text.split():
        columns = sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in f"{line} {word}")
        if line.strip() and columns > 80:
            yield line
            line = " "
        line = f"{line} {word}" if line else word
    yield line
