"""What would stop the call, or change what its mean divides by, in the order in which the call would stumble.

Each check takes a `Case`, writes down what it finds, and goes on as if the fault had been mended, so that one
look finds all of them. A check raises `Stop` where nothing that follows could be said.
"""

import math

import numpy as np

from nllutils._arguments import integer_from, number, one_of
from nllutils.course.explaining.case import DEFAULTS, Stop, plain, shown, without
from nllutils.course.explaining.reading import NUMBERS, Given, kind_of_rows

# --- each argument by itself --------------------------------------------------------------------------


def hold_numbers(case):
    unread = False
    for name, given in case.given.items():
        if given.kind in NUMBERS or (name, given.kind) == ("weight", "none"):
            continue
        cure = "{0}.to_dense()" if given.kind == "sparse" else None
        if (name, given.kind) == ("target", "masked"):
            cure = f"{{0}}.filled({shown(case.options['ignore_index'])})"
        case.find("error", given.kind, cure and {name: cure}, argument=name, type=given.type)
        unread |= name != "weight" and case.given[name].kind not in NUMBERS
    if unread:
        raise Stop


def are_tensors_on_one_device(case):
    if not case.in_torch:
        return
    for name, given in case.given.items():
        if given.kind in ("array", "list"):
            like_input = f", dtype={case.code['input']}.dtype" if name == "weight" else ""
            cure = {name: f"torch.as_tensor({{0}}{like_input})"}
            case.find("error", "no tensor", cure, argument=name, type=given.type)
    device = case.input.device
    for name in ("target", "weight"):
        given = case.given[name]
        if given.kind == "tensor" and given.device != device:
            cure = None if "meta" in (given.device, device) else {name: "{0}.to(input.device)"}
            case.find("error", "devices", cure, argument=name, given=given.device, expected=device)
    if not (case.input.has_values and case.target.has_values):
        case.find("note", "no values")


def options_mean_something(case):
    """What is wrong has no cure that could be guessed; the rest is looked at with the default."""
    asked, options = case.options, dict(DEFAULTS)
    reductions = ["none", "mean", "sum"] + ["elementwise_mean"] * case.in_torch  # an old name of the mean
    reduction = _read(lambda: one_of("", asked["reduction"], reductions))
    if reduction is None:
        case.find("error", "reduction", given=shown(asked["reduction"]))
    else:
        options["reduction"] = reduction
    ignored = _read(lambda: integer_from(None, "", asked["ignore_index"]))
    if ignored is None or not -(2**63) <= ignored < 2**63:
        case.find("error", "ignore_index", given=shown(asked["ignore_index"]))
    else:
        options["ignore_index"] = ignored
    smoothing = _read(lambda: number("", asked["label_smoothing"]))
    if smoothing is not None and 0 <= smoothing <= 1:
        options["label_smoothing"] = smoothing
    else:  # PyTorch reads a negative share, and nan, as 0
        read_as_0 = case.in_torch and case.loss == "cross_entropy" and not (smoothing or math.inf) > 1
        case.find("wrong" if read_as_0 else "error", "smoothing", given=shown(asked["label_smoothing"]))
    case.options, case.reduction = options, options["reduction"].removeprefix("elementwise_")
    if case.loss == "nll_loss" and options["label_smoothing"] > 0:
        case.find("error", "smoothing of nll_loss", {"loss": "cross_entropy"})


def _read(reader):
    try:
        return reader()
    except Exception:
        return None


def stand_in_order(case):
    """Class numbers where scores belong, and scores where class numbers belong."""
    input, target = case.input, case.target
    if (input.family, target.family) != ("int", "float") or not target.shape:
        return
    if input.shape == without(target.shape, min(len(target.shape) - 1, 1)):
        for table in (case.given, case.code, case.names):
            table["input"], table["target"] = table["target"], table["input"]
        case.find("error", "swapped", {"whole": "{call}"})


# --- shapes and types ---------------------------------------------------------------------------------


def input_has_classes(case):
    given, target = case.input, case.target
    if given.family == target.family == "int" and given.shape == target.shape and len(given.shape) == 1:
        case.find("error", "predicted classes")
        raise Stop
    if given.family == "other" and not given.dtype.startswith("float8"):
        case.find("error", "type", argument="input", dtype=given.dtype)
        raise Stop
    if given.family in ("bool", "other") or (given.family == "int" and case.in_torch):
        case.find("error", "input type", {"input": "float"}, dtype=given.dtype)
    if not given.shape:
        case.find("error", "no class axis")
        raise Stop
    read_as = ["one sample", "samples", "samples of places"][min(len(given.shape), 3) - 1]
    counts = {"n": given.shape[0], "classes": case.n_classes, "places": math.prod(given.shape[2:])}
    case.describe(read_as, "input", **counts)
    if case.n_classes == 0:
        case.find("error", "no classes", shape=given.shape)
        raise Stop


def target_is_described(case):
    given = case.target
    if case.loss == "cross_entropy" and given.family == "float" and given.shape == case.input.shape:
        case.describe("shares", "target")
    elif given.has_values and given.size and given.family in ("int", "float"):
        numbers = given.flat()
        case.describe("numbers", "target", low=plain(numbers.min()), high=plain(numbers.max()))
    else:
        case.describe("target", "target")


def there_is_more_than_one_class(case):
    """One output and cross-entropy: the softmax of a single number is 1, whatever the number."""
    shape, target = case.input.shape, case.target
    if case.n_classes > 1 or (len(shape) > 2 and target.shape == shape[:-1] and shape[-1] > 1):
        return
    binary = case.loss == "cross_entropy" and target.shape in (shape, case.target_shape)
    if binary and target.has_values and target.family != "other":
        numbers = target.flat()
        binary = bool(((numbers >= 0) & (numbers <= 1)).all())
    if not binary or case.given["weight"].kind != "none":
        case.find("error", "one class")
        raise Stop
    squeezed = f"{{0}}.squeeze({case.axis})"
    if case.in_torch:
        cure = {} if target.shape == shape else {"input": squeezed}
        case.find("error", "one output", cure | binary_cross_entropy(case))
        raise Stop
    # In NumPy: the logits 0 and z of two classes have the same loss.
    cure = {"target": squeezed} if target.shape == shape else {}
    case.find("error", "one output", {"input": ("two columns", case.axis)} | cure)


def binary_cross_entropy(case):
    """The call as a binary cross-entropy for each logit."""
    reduction = case.options["reduction"]
    option = "" if reduction == DEFAULTS["reduction"] else f", reduction={reduction!r}"
    to_float = {} if case.target.family == "float" else {"target": "float"}
    return {**to_float, "whole": f"F.binary_cross_entropy_with_logits({{input}}, {{target}}{option})"}


def target_has_its_shape(case):
    """Class numbers in the input's shape without the class axis, or shares in the input's shape."""
    while True:
        given, shape = case.target, case.input.shape
        single = case.in_torch and len(shape) == 1 and case.options["label_smoothing"] == 0
        if given.shape == case.target_shape or (single and given.shape == (1,)):
            return
        if given.shape == shape and given.family == "float" and case.loss == "cross_entropy":
            case.soft = True
            if case.options["ignore_index"] >= 0:
                default = {"ignore_index": DEFAULTS["ignore_index"]}
                case.find("error", "ignore_index with shares", default)
            return
        (_mend_same_shape if given.shape == shape else _mend_shape)(case)


def _mend_same_shape(case):
    """One-hot rows of integers, several labels at once, one logit for each sample."""
    given, axes = case.target, len(case.input.shape)
    readable = given.has_values and given.family != "other"
    rows = case.rows(name="target") if readable else np.full((1, 1), np.nan)
    argmax = "argmax of flags" if given.dtype in ("bool", "uint16", "uint32", "uint64") else "argmax"
    if _one_hot(rows):
        case.find("error", "one-hot", {"target": (argmax, case.axis)})
    elif np.isin(rows, (0, 1)).all() and axes > 2 and _one_hot(case.rows(-1, "target")):
        case.find("error", "one-hot, classes last", {"input": "classes to axis 1", "target": (argmax, -1)})
    elif np.isin(rows, (0, 1)).all():
        key = "one logit for each sample" if axes == 1 else "several labels"
        case.find("error", key, binary_cross_entropy(case) if case.in_torch else None)
        raise Stop
    elif case.loss == "nll_loss" and kind_of_rows(rows, given.dtype) == "probabilities":
        case.find("error", "shares for nll_loss", {"loss": "cross_entropy"})
    else:
        case.find("error", "same shape", wanted=case.target_shape)
        raise Stop


def _one_hot(rows):
    return bool(np.isin(rows, (0, 1)).all() and (rows.sum(axis=1) == 1).all())


def _mend_shape(case):
    """Axes too many, in another place or flattened."""
    given, shape, wanted = case.target.shape, case.input.shape, case.target_shape
    key, cure = "shape", None
    extra = [k for k, n in enumerate(given) if n == 1 and without(given, k) in (wanted, shape[:-1])]
    if extra:
        key, cure = "extra axis", {"target": f"{{0}}.squeeze({extra[0]})"}
    elif 0 in shape:
        pass
    elif len(shape) > 2 and given == shape[:-1]:
        key, cure = "classes last", {"input": "classes to axis 1"}
    elif len(shape) > 2 and given == shape[1:]:
        key, cure = "no batch axis", {"input": "{0}[None]", "target": "{0}[None]"}
    elif len(shape) == 2 and given == shape[1:]:
        key, cure = "classes first", {"input": "{0}.T"}
    elif len(shape) > 2 and given == (math.prod(shape[:-1]),) != (math.prod(wanted),):
        key, cure = "flat target", {"input": f"{{0}}.reshape(-1, {shape[-1]})"}
    elif math.prod(given) == math.prod(wanted) and min(len(given), len(wanted)) < 2:
        key, cure = "shape", {"target": f"{{0}}.reshape({'-1' if len(wanted) == 1 else wanted})"}
    case.find("error", key, cure, shape=given, wanted=wanted, input=shape, axis=extra[0] if extra else None)
    if not cure:
        raise Stop


# --- class numbers ------------------------------------------------------------------------------------


def target_holds_integers(case):
    given = case.target
    if case.soft or (given.size == 0 and not case.in_torch):
        return
    if given.family == "other":
        case.find("error", "type", argument="target", dtype=given.dtype)
        raise Stop
    if given.family == "float" and given.has_values:
        numbers = given.flat()
        whole = np.isfinite(numbers) & (numbers == np.floor(numbers))
        if not whole.all():
            case.find("error", "no class numbers", value=plain(numbers[~whole][0]))
            raise Stop
    if case.in_torch and given.dtype == "uint8":
        weighted = case.given["weight"].kind != "none" and case.options["label_smoothing"] > 0
        if len(case.input.shape) > 2 or weighted:
            case.find("error", "bytes", {"target": "long"})
    elif given.family != "int" or (case.in_torch and given.dtype != "int64"):
        case.find("error", "target type", {"target": "long"}, dtype=given.dtype)


def classes_exist(case):
    if case.soft or not case.target.has_values:
        return
    while True:
        numbers = case.target.flat()
        kept = numbers != case.options["ignore_index"]
        bad = kept & ((numbers < 0) | (numbers >= case.n_classes))
        if not bad.any():
            break
        _mend_class_numbers(case, numbers, kept, bad)
    case.numbers, case.kept = numbers.astype(np.intp), kept


def _mend_class_numbers(case, numbers, kept, bad):
    values, first = np.unique(numbers[bad]), int(bad.argmax())
    low, high, last = int(numbers[kept].min()), int(numbers[kept].max()), case.n_classes - 1
    fields = {"classes": case.n_classes, "last": last, "low": low, "high": high}
    negative = values[values < 0]
    if len(negative) == 1 or values.tolist() == [255]:
        value = int(negative[0] if len(negative) else 255)
        cure = {"ignore_index": value}
        if not kept.all():
            cure = {"target": ("replace", value, case.options["ignore_index"])}
        case.find("error", "padding", cure, value=value, **fields)
    elif low > 0 and high == case.n_classes:
        case.find("error", "from one", {"target": minus_one(case, kept)}, **fields)
    else:
        place = [int(i) for i in np.unravel_index(first, case.target.shape)]
        case.find("error", "out of range", value=int(numbers[first]), place=place or "", **fields)
        raise Stop


def minus_one(case, kept):
    return "{0} - 1" if kept.all() else ("minus one", case.options["ignore_index"])


# --- weights and the divisor --------------------------------------------------------------------------


def weight_fits(case):
    given, classes = case.given["weight"], case.n_classes
    if given.kind not in NUMBERS:
        return
    if given.shape != (classes,):
        each_sample = given.shape == case.target_shape and case.kept is not None and case.kept.all()
        if given.size != classes and each_sample and case.reduction == "mean":
            weight = case.operand("weight")
            case.given["weight"] = Given(None)  # it belongs outside the call
            whole = f"({{call}} * {weight}).sum() / {weight}.sum()"
            case.find("error", "weight for each sample", {"reduction": "none", "whole": whole})
            raise Stop
        cure = {"weight": "{0}.reshape(-1)"} if given.size == classes else None
        case.find("error", "weight shape", cure, shape=given.shape, classes=classes)
        if not cure:
            return
    if case.in_torch and not case.soft and given.dtype != case.input.dtype:
        cure = {"weight": f"{{0}}.to({case.operand('input')}.dtype)"}
        case.find("error", "weight type", cure, dtype=given.dtype)
    elif given.family in ("bool", "other"):
        case.find("error", "weight type", {"weight": "float"}, dtype=given.dtype)
    if given.has_values:
        weights = given.flat().astype(np.float64)
        bad = ~(np.isfinite(weights) & (weights >= 0))
        if bad.any():
            case.find("wrong" if case.in_torch else "error", "weight values", value=plain(weights[bad][0]))
            raise Stop
        case.weights = weights


def mean_divides_by_something(case):
    if case.reduction != "mean":
        divisor, fields = f"reduction {case.reduction}", {"shape": case.target_shape}
    elif case.soft:
        divisor = "divides by places" if case.weights is None else "divides by places, not weights"
        fields = {"n": case.input.size // case.n_classes}
        if fields["n"] == 0:
            case.find("wrong", "empty")
    elif case.numbers is not None:
        divisor, fields = _mean_over_targets(case)
    else:
        return
    if not case.stops:
        case.tell(divisor, **fields)


def _mean_over_targets(case):
    n, ignored = int(case.kept.sum()), int((~case.kept).sum())
    shares = np.ones(n) if case.weights is None else case.weights[case.numbers[case.kept]]
    total = shares.sum()
    if case.numbers.size == 0:
        case.find("wrong", "empty")
    elif n == 0:
        case.find("wrong", "all ignored", _guarded_mean(case), n=ignored)
    elif total == 0:
        cure = None if case.options["label_smoothing"] else _guarded_mean(case)
        case.find("wrong", "weights of sum 0", cure)
    elif case.weights is not None:
        _weigh(case, shares, total)
    if case.weights is not None:
        return "divides by weights", {"total": plain(total)}
    return "divides by kept targets" if ignored else "divides by targets", {"n": n, "ignored": ignored}


def _guarded_mean(case):
    """The sum, divided by what counts but not by 0. Weights may rightly sum to less than 1."""
    target, weight = case.operand("target"), case.operand("weight")
    kept = f"{target} != {case.options['ignore_index']}"
    if case.weights is None:
        divisor, least = f"({kept}).sum()", "1"
    else:
        if case.in_torch and case.target.dtype == "uint8":
            target += ".long()"  # as an index, bytes are a mask
        divisor, least = f"{weight}[{target}{'' if case.kept.all() else f'[{kept}]'}].sum()", "1e-30"
    divisor = f"{divisor}.clamp(min={least})" if case.in_torch else f"max({divisor}, {least})"
    return {"reduction": "sum", "whole": f"{{call}} / {divisor}"}


def _weigh(case, shares, total):
    n = len(shares)
    if total < 1e-3 * n * case.weights.max():
        case.find("note", "small weights", total=plain(total), n=n)
    elif (shares == shares[0]).all() and (case.weights != shares[0]).any():
        case.find("note", "weights cancel", weight=plain(shares[0]))
    elif n > 3 and shares.max() > total / 2:
        case.find("note", "one weight rules", percent=f"{100 * shares.max() / total:.0f}", n=n)
