"""Every mistake that the losses do not let pass in silence, and that the cure in its message is one.

A cure is the code between backquotes. It is run here as a reader would type it, on arrays, lists and tensors.
"""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
import torch

from nllutils import losses

Z = np.array([[2.0, 1.0, 0.1], [0.5, 2.5, -1.0]])
LOG_P = losses.log_softmax(Z)
LOG_P3 = losses.log_softmax(np.random.default_rng(0).normal(size=(2, 3, 4)), axis=1)  # four words
SQUARE = losses.log_softmax(np.random.default_rng(0).normal(size=(2, 3, 3)), axis=1)  # as many as classes
WORDS = np.array([[0, 1, 2, 0], [2, 2, 1, 0]])
ONE_HOT = np.eye(3, dtype=int)[[0, 1]]

FROM_LOGITS = [losses.cross_entropy, losses.cross_entropy_grad]
CLASS_LOSSES = [*FROM_LOGITS, losses.nll_loss, losses.nll_loss_grad]
CONTAINERS = {"array": np.asarray, "list": lambda a: np.asarray(a).tolist(), "tensor": torch.tensor}


def cures(message):
    return re.findall("`(.+?)`", str(message))


def follow(code, arguments):
    """The arguments after a cure: an option that is added, or an argument that is replaced."""
    scope = {"np": np, "torch": torch, **arguments}
    if re.match(r"\w+=", code):
        return {**arguments, **eval(f"dict({code})", scope)}
    name = next(name for name in arguments if re.search(rf"\b{name}\b", code))
    return {**arguments, name: eval(code, scope)}


def assert_cured(function, message, arguments, right, least=1):
    assert len(cures(message)) >= least, message
    for code in cures(message):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            cured = function(**follow(code, arguments))
        np.testing.assert_allclose(cured, function(**right), rtol=1e-6, err_msg=code)


# --- errors with a cure -------------------------------------------------------------------------------

CURABLE = {
    "classes from 1": ({"target": [1, 3]}, {"target": [0, 2]}, IndexError, "target[1] = 3"),
    "a class to skip": ({"target": [0, -1]}, {"target": [0, -100]}, IndexError, "target[1] = -1"),
    "another class to skip": (
        {"target": [-100, 1], "ignore_index": 2},
        {"target": [-100, 1]},
        IndexError,
        "target[0] = -100",
    ),
    "floats": ({"target": [0.0, 1.0]}, {}, TypeError, "float"),
    "booleans": ({"target": [False, True]}, {}, TypeError, "bool"),
    "one-hot": ({"target": ONE_HOT}, {}, TypeError, "shape of input, (2, 3)"),
    "one-hot booleans": ({"target": ONE_HOT > 0}, {}, TypeError, "bool"),
    "(N, 1)": ({"target": [[0], [1]]}, {}, ValueError, "shape (2,), got (2, 1)"),
    "(1,) for one sample": (
        {"input": LOG_P[0], "target": [1]},
        {"input": LOG_P[0], "target": 1},
        ValueError,
        "shape (), got (1,)",
    ),
    "(N, 1, d)": (
        {"input": LOG_P3, "target": WORDS[:, None]},
        {"input": LOG_P3, "target": WORDS},
        ValueError,
        "shape (2, 4), got (2, 1, 4)",
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("loss", CLASS_LOSSES)
@pytest.mark.parametrize("mistake", CURABLE)
def test_the_cure_of_an_error_is_one(mistake, loss, container):
    wrong, right, error, found = CURABLE[mistake]
    arguments = {"input": LOG_P, "target": [0, 1]} | wrong
    arguments |= {name: CONTAINERS[container](arguments[name]) for name in ("input", "target")}
    with pytest.raises(error) as caught:
        loss(**arguments)
    assert found in str(caught.value)
    assert_cured(loss, caught.value, arguments, {"input": LOG_P, "target": [0, 1]} | right)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("loss", [losses.cross_entropy, losses.nll_loss])
def test_the_class_axis_that_is_last(loss, container):
    last = CONTAINERS[container](np.moveaxis(LOG_P3, 1, -1))
    arguments = {"input": last, "target": CONTAINERS[container](WORDS)}
    with pytest.raises(ValueError, match="class axis of input is axis 1") as caught:
        loss(**arguments)
    assert_cured(loss, caught.value, arguments, {"input": LOG_P3, "target": WORDS})


@pytest.mark.parametrize("container", CONTAINERS)
def test_booleans_as_logits(container):
    arguments = {"input": CONTAINERS[container](Z > 0.2), "target": [0, 1]}
    with pytest.raises(TypeError, match="got bool") as caught:
        losses.cross_entropy(**arguments)
    assert_cured(losses.cross_entropy, caught.value, arguments, arguments | {"input": (Z > 0.2) * 1.0})


@pytest.mark.parametrize("loss", [losses.cross_entropy, losses.nll_loss])
def test_other_kinds_of_arrays(loss):
    right = {"input": LOG_P, "target": [0, 1]}
    for name, wrong, found in [
        ("target", np.ma.array([0, 0], mask=[False, True]), "masked"),
        ("target", ["cat", "dog"], "number the classes"),
        ("target", pd.Series(["cat", "dog"]), "number the classes"),
        ("input", LOG_P.astype(object), "object"),
        ("input", pd.DataFrame(LOG_P).astype(object), "object"),
    ]:
        with pytest.raises(TypeError, match=found) as caught:
            loss(**right | {name: wrong})
        want = right | ({"target": [0, -100]} if found == "masked" else {})
        assert_cured(loss, caught.value, right | {name: wrong}, want)


@pytest.mark.parametrize("make", [lambda t: t.to(torch.float8_e4m3fn), lambda t: t.to_sparse()])
def test_tensors_that_numpy_cannot_read(make):
    arguments = {"input": make(torch.tensor([[2.0, 1.0], [0.5, 4.0]])), "target": [0, 1]}
    with pytest.raises(TypeError, match="input is no ordinary tensor") as caught:
        losses.cross_entropy(**arguments)
    dense = torch.tensor([[2.0, 1.0], [0.5, 4.0]])
    assert_cured(losses.cross_entropy, caught.value, arguments, arguments | {"input": dense})
    with pytest.raises(TypeError, match="input is no ordinary tensor"):
        losses.cross_entropy(torch.ones(2, 3, device="meta"), [0, 1])


@pytest.mark.parametrize("container", CONTAINERS)
def test_elementwise_losses_do_not_broadcast(container):
    y = CONTAINERS[container](np.arange(3.0))
    for loss, more in ((losses.gaussian_nll_loss, {"var": 1.0}), (losses.poisson_nll_loss, {})):
        arguments = {"input": y, "target": CONTAINERS[container](np.arange(3.0)[:, None])} | more
        with pytest.raises(ValueError, match=r"input \(3,\) and target \(3, 1\)") as caught:
            loss(**arguments)
        assert_cured(loss, caught.value, arguments, arguments | {"target": y})
        with pytest.raises(ValueError, match=r"input \(3,\) and target \(2,\)") as caught:
            loss(**arguments | {"target": y[:2]})
        assert not cures(caught.value)


@pytest.mark.parametrize("function", [losses.logsumexp, losses.softmax, losses.log_softmax])
def test_which_axis_holds_the_classes(function):
    np.testing.assert_array_equal(function(Z), function(Z, axis=1))
    np.testing.assert_array_equal(function(Z[0]), function(Z[0], axis=0))
    with pytest.raises(ValueError, match="input has 3 axes") as caught:
        function(LOG_P3)
    assert cures(caught.value) == ["axis=1", "axis=-1"]
    for code in cures(caught.value):
        assert function(**follow(code, {"input": LOG_P3})).ndim >= 2


# --- errors without one -------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", CLASS_LOSSES)
@pytest.mark.parametrize(
    ("arguments", "error", "found"),
    [
        ({"target": [0, 3]}, IndexError, r"target\[1\] = 3 .* 3 classes \(0\.\.2\)\. Did you number .* 1\?$"),
        ({"target": [0.0, 0.5]}, TypeError, "got float64($|. Class probabilities would)"),
        ({"target": [0.0, np.nan]}, TypeError, "float64.* missing value"),
        ({"target": [0.0, np.inf]}, TypeError, "got float64"),
        ({"target": pd.array([1, None], dtype="Int64")}, TypeError, "missing value"),
        ({"target": [0, 1, 2]}, ValueError, r"shape \(2,\), got \(3,\)$"),
        ({"target": 0}, ValueError, r"shape \(2,\), got \(\)$"),
        ({"input": LOG_P3, "target": np.zeros(8, int)}, ValueError, r"shape \(2, 4\), got \(8,\)$"),
        ({"input": [0, 1], "target": LOG_P}, TypeError, r"float64\. Are input and target swapped\?$"),
        ({"weight": [1.0, 2.0]}, ValueError, r"per class: expected \(3,\), got \(2,\)"),
        ({"weight": 2.0}, ValueError, r"per class: expected \(3,\), got \(\)"),
        ({"weight": [-1.0, 1, 1]}, ValueError, r"weight\[0\] = -1.0, expected a finite number >= 0"),
        ({"weight": [1, np.nan, 1]}, ValueError, r"weight\[1\] = nan"),
        ({"weight": [1, 1, np.inf]}, ValueError, r"weight\[2\] = inf"),
        ({"weight": ["a", "b", "c"]}, TypeError, "weight must hold real numbers, got <U1$"),
        ({"reduction": "avg"}, ValueError, "reduction must be 'none', 'mean' or 'sum', got 'avg'"),
        ({"reduction": None}, ValueError, "reduction must .* got None"),
        ({"ignore_index": None}, ValueError, "ignore_index must be an integer, got None"),
        ({"ignore_index": 1.5}, ValueError, "ignore_index must be an integer, got 1.5"),
        ({"ignore_index": True}, ValueError, "ignore_index must be an integer, got True"),
        ({"input": 1.0}, ValueError, "input needs a class axis.* got one number"),
        ({"input": [[], []]}, ValueError, r"input has no classes.* got shape \(2, 0\)"),
        ({"input": Z + 0j}, TypeError, "input must hold real numbers, got complex128$"),
        ({"input": [["a", "b"]]}, TypeError, "input must hold real numbers, got <U1$"),
        ({"input": None}, TypeError, "input must hold real numbers, got object$"),
        ({"input": np.ma.masked_less(Z, 0)}, TypeError, "input has masked entries"),
    ],
)
def test_what_no_code_can_cure(loss, arguments, error, found):
    with pytest.raises(error, match=found) as caught:
        loss(**{"input": LOG_P, "target": [0, 1]} | arguments)
    assert not cures(caught.value)


def test_a_mask_that_hides_nothing_may_pass():
    masked = np.ma.array([0, 1], mask=[False, False])
    assert losses.cross_entropy(np.ma.array(Z), masked) == losses.cross_entropy(Z, [0, 1])


def test_positions_in_more_dimensions_and_late_in_a_large_batch():
    target = WORDS.copy()
    target[1, 2] = 7
    with pytest.raises(IndexError, match=r"^target\[1, 2\] = 7 is not a class index"):
        losses.cross_entropy(LOG_P3, target)
    with pytest.raises(IndexError, match=r"^target = 3 is not a class index"):
        losses.cross_entropy(Z[0], 3)
    target = np.zeros(200_000, int)
    target[0], target[150_001] = -100, 10
    with pytest.raises(IndexError, match=r"^target\[150001\] = 10 "):
        losses.nll_loss(np.zeros((200_000, 10)), target)


@pytest.mark.parametrize("loss", FROM_LOGITS)
@pytest.mark.parametrize(
    ("value", "error"),
    [(-0.1, ValueError), (1.5, ValueError), (np.nan, ValueError), ("0.1", TypeError), ([0.1], ValueError)],
)
def test_label_smoothing(loss, value, error):
    with pytest.raises(error, match=r"^label_smoothing "):
        loss(Z, [0, 1], label_smoothing=value)


@pytest.mark.parametrize("loss", FROM_LOGITS)
def test_class_probabilities_have_no_ignore_index(loss):
    with pytest.raises(ValueError, match=r"^ignore_index=0 has no meaning for class probabilities"):
        loss(Z, losses.softmax(Z), ignore_index=0)


@pytest.mark.parametrize("loss", [losses.nll_loss, losses.nll_loss_grad])
def test_nll_loss_has_no_class_probabilities(loss):
    with pytest.raises(TypeError, match="holds float64") as caught:
        loss(LOG_P, losses.softmax(Z))
    assert cures(caught.value) == ["target.argmax(axis=1)"]
    with pytest.raises(TypeError, match=r"got float64$"):
        loss(LOG_P, [0.0, 0.5])


@pytest.mark.parametrize("function", [losses.logsumexp, losses.softmax, losses.log_softmax])
def test_axis(function):
    with pytest.raises(ValueError, match=r"^axis must be between -2 and 1 for input with 2 axes, got 2$"):
        function(Z, axis=2)
    with pytest.raises(ValueError, match=r"^input needs at least one axis, got one number$"):
        function(1.0)
    for bad in ((0, 1), 0.5, True):
        with pytest.raises(ValueError, match=r"^axis must be an integer, got "):
            function(Z, axis=bad)


Y = np.zeros(3)


@pytest.mark.parametrize(
    ("call", "error", "found"),
    [
        (lambda: losses.gaussian_nll_loss(Y, Y, [1, -0.5, 1]), ValueError, r"var\[1\] = -0.5, expected"),
        (lambda: losses.gaussian_nll_loss(Y, Y, [1.0, 1.0]), ValueError, r"shape of input, \(3,\).* \(2,\)$"),
        (lambda: losses.gaussian_nll_loss(Y, Y, 1.0, eps=-1.0), ValueError, "eps = -1.0, expected"),
        (lambda: losses.gaussian_nll_loss(Y, Y, 1.0, eps="a"), TypeError, "eps must hold real numbers"),
        (lambda: losses.gaussian_nll_loss(Y, Y, 1.0, eps=[1e-6]), ValueError, "eps must be one number"),
        (lambda: losses.gaussian_nll_loss(Y, Y, 1.0, reduction="avg"), ValueError, "reduction must be"),
        (lambda: losses.poisson_nll_loss(Y, Y - 1), ValueError, r"target\[0\] = -1.0, expected counts"),
        (lambda: losses.poisson_nll_loss(Y - 1, Y, False), ValueError, r"input\[0\] = -1.0, expected rates"),
        (lambda: losses.poisson_nll_loss(Y, Y, eps=np.nan), ValueError, "eps = nan, expected"),
        (lambda: losses.poisson_nll_loss(Y, Y, reduction="avg"), ValueError, "reduction must be"),
    ],
)
def test_gaussian_and_poisson(call, error, found):
    with pytest.raises(error, match=found):
        call()


# --- warnings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("loss", [*FROM_LOGITS, losses.nll_loss])
def test_probabilities_given(loss, container):
    probabilities = CONTAINERS[container](np.exp(LOG_P))
    arguments = {"input": probabilities, "target": [0, 1]}
    with pytest.warns(UserWarning, match=r"^input looks like probabilities ") as caught:
        value = loss(**arguments)
    if loss is losses.nll_loss:
        assert value == pytest.approx(-np.exp(LOG_P)[[0, 1], [0, 1]].mean())  # the value is PyTorch's
        with pytest.warns(UserWarning, match=r"^input looks like probabilities "):
            loss(probabilities[0], 0)
    assert_cured(loss, caught[0].message, arguments, {"input": LOG_P, "target": [0, 1]})


@pytest.mark.parametrize("rows", [[[1.0, 0, 0], [0, 0.5, 0.5]], [[0.25, 0.25, 0.5]] * 9])
def test_certain_and_uncertain_probabilities(rows):
    for loss in FROM_LOGITS:
        with pytest.warns(UserWarning, match=r"^input looks like probabilities "):
            loss(rows, [0] * len(rows))


def test_logits_given_to_nll_loss():
    with pytest.warns(UserWarning, match=r"cannot be positive \(max 2.5\): did you pass logits\?"):
        assert losses.nll_loss(Z, [0, 1]) == pytest.approx(-2.25)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize(("log_p", "axis"), [(SQUARE, 2), (SQUARE, 0), (LOG_P[:, :2], 0)])
def test_log_probabilities_over_another_axis(log_p, axis, container):
    right = log_p - losses.logsumexp(log_p, axis=1, keepdims=True)
    target = np.zeros(right.shape[:1] + right.shape[2:], int)
    if axis == 0 and right.ndim == 3:
        right, target = np.concatenate([right, right[:1]]), target[:1].repeat(3, 0)
    moved = CONTAINERS[container](np.moveaxis(right, 1, axis))
    arguments = {"input": moved, "target": CONTAINERS[container](target)}
    with pytest.warns(UserWarning, match=rf"sums to 1 over axis {axis}, not over the class axis") as caught:
        losses.nll_loss(**arguments)
    assert_cured(losses.nll_loss, caught[0].message, arguments, {"input": right, "target": target})


@pytest.mark.parametrize("target", [[[0.9, 0.3, 0.1], [0.5, 0.5, 0]], [[1.5, -0.5, 0], [1, 0, 0]]])
def test_class_probabilities_that_are_none(target):
    with pytest.warns(UserWarning, match=r"^target rows should be class probabilities"):
        losses.cross_entropy(Z, target)


@pytest.mark.parametrize("loss", FROM_LOGITS)
def test_one_class(loss):
    with pytest.warns(UserWarning, match="one class, so the loss is always 0"):
        assert not np.any(loss(Z[:, :1], [0, 0]))


@pytest.mark.parametrize("loss", CLASS_LOSSES)
@pytest.mark.parametrize(
    ("n", "target", "weight", "what"),
    [
        (2, [-100, -100], None, "2 targets, all ignored"),
        (2, [0, -100], [0, 1, 1], "all that are kept have weight 0"),
        (0, [], None, "the batch is empty"),
    ],
)
def test_mean_over_nothing(loss, n, target, weight, what):
    arguments = {"input": LOG_P[:n], "target": target, "weight": weight}
    with pytest.warns(RuntimeWarning, match=rf"^mean over no targets \({what}\): the mean is nan") as caught:
        loss(**arguments)
    assert_cured(loss, caught[0].message, arguments, arguments | {"reduction": "sum"})


def test_warnings_point_at_the_caller():
    with pytest.warns(UserWarning) as record:
        losses.nll_loss(Z, [0, 1])
        losses.cross_entropy(losses.softmax(Z), [0, 1])
    assert [warning.filename for warning in record] == [__file__, __file__]


@pytest.mark.parametrize("scale", [1e-3, 1, 30])
def test_right_input_warns_of_nothing(scale):
    z = np.random.default_rng(0).standard_normal((50, 3)) * scale
    y = z.argmax(axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        losses.cross_entropy(z, y)
        losses.cross_entropy(np.log(losses.softmax(z)), y)
        losses.cross_entropy(z, losses.softmax(z))
        losses.cross_entropy(losses.softmax(z) * 2, y)
        losses.cross_entropy([[-0.5, 1.0, 0.5]], [0])  # a row of logits may well sum to 1
        for dtype in (np.float16, np.float32):
            losses.nll_loss(losses.log_softmax(z).astype(dtype), y)
        losses.nll_loss(z - np.log(np.exp(z.astype(np.float32)).sum(axis=1, keepdims=True)), y)
        losses.nll_loss(np.log(np.eye(3) + np.finfo(float).tiny), [0, 1, 2])
        losses.nll_loss(np.log(np.full((3, 3), 1 / 3)), [0, 1, 2])  # sums to 1 over both axes
        losses.nll_loss([[-0.1, -2.3, -4.6], [-3.0, -0.5, -2.0]], [0, 2])  # not normalised: as PyTorch


def test_torch_is_silent_or_obscure_where_nllutils_speaks():
    """Why these checks exist: what PyTorch does with the same mistakes."""
    z, log_p = torch.tensor(Z), torch.tensor(LOG_P)
    nll, ce = torch.nn.functional.nll_loss, torch.nn.functional.cross_entropy
    y = torch.tensor([0, 1])
    assert nll(torch.softmax(z, 1), y) < 0
    assert nll(z, y) < 0
    assert torch.isfinite(nll(torch.tensor(SQUARE).movedim(1, -1), torch.zeros(2, 3, dtype=torch.long)))
    assert torch.isfinite(ce(z, y, torch.tensor([-1.0, 2, 1], dtype=torch.float64)))
    assert ce(z, y, label_smoothing=-0.1) == ce(z, y)
    assert torch.isnan(nll(log_p, torch.tensor([-100, -100])))
    assert not ce(z[:, :1], torch.tensor([0, 0]))


@pytest.mark.parametrize(
    ("loss", "more"), [(losses.gaussian_nll_loss, {"var": [1.0, 2.0]}), (losses.poisson_nll_loss, {})]
)
def test_elementwise_losses_keep_the_type_and_name_what_is_no_number(loss, more):
    arguments = {"input": [0.5, 0.0], "target": [1.0, 2.0], **more}
    single = {name: np.float32(value) for name, value in arguments.items()}
    assert loss(**single, reduction="none").dtype == np.float32
    assert loss(**arguments, reduction="none").dtype == np.float64
    for name in arguments:
        with pytest.raises(TypeError, match=f"^{name} must hold real numbers"):
            loss(**arguments | {name: ["a", "b"]})


def test_a_rate_of_zero_is_one():
    assert np.isfinite(losses.poisson_nll_loss([0.0], [0.0], log_input=False))
