"""Every mistake that the losses do not let pass in silence: the error or warning and its words."""

import re
import warnings

import numpy as np
import pytest
import torch

from nllutils import losses

Z = np.array([[2.0, 1.0, 0.1], [0.5, 2.5, -1.0]])
Z3 = np.zeros((2, 3, 4))
LOG_P = losses.log_softmax(Z)
CLASS_LOSSES = [losses.cross_entropy, losses.cross_entropy_grad, losses.nll_loss, losses.nll_loss_grad]
FROM_LOGITS = [losses.cross_entropy, losses.cross_entropy_grad]


def raises(error, message):
    """The whole message, from its first word to its last."""
    return pytest.raises(error, match=f"^{re.escape(message)}$")


@pytest.mark.parametrize("loss", CLASS_LOSSES)
@pytest.mark.parametrize(
    ("target", "options", "error", "message"),
    [
        (
            [0, 3],
            {},
            IndexError,
            "target[1] = 3 is not a class index: input has 3 classes (0..2)."
            " Did you number the classes from 1?",
        ),
        (
            [0, -1],
            {},
            IndexError,
            "target[1] = -1 is not a class index: input has 3 classes (0..2)."
            " To skip it pass ignore_index=-1.",
        ),
        (
            [-100, 255],
            {"ignore_index": 255, "weight": None},
            IndexError,
            "target[0] = -100 is not a class index: input has 3 classes (0..2)."
            " To skip it pass ignore_index=-100.",
        ),
        (
            [0.0, 2.0],
            {},
            TypeError,
            "target must hold integers (got float64). Class probabilities need the shape of input, (2, 3);"
            " class indices: target.astype(int)",
        ),
        (
            [True, False],
            {},
            TypeError,
            "target must hold integers (got bool). Class probabilities need the shape of input, (2, 3);"
            " class indices: target.astype(int)",
        ),
        (
            ["cat", "dog"],
            {},
            TypeError,
            "target must hold integers (got <U3). Class probabilities need the shape of input, (2, 3);"
            " class indices: target.astype(int)",
        ),
        (
            [[1, 0, 0], [0, 1, 0]],
            {},
            TypeError,
            "target has the shape of input, (2, 3), and dtype int64: for class indices use"
            " target.argmax(axis=1), for class probabilities target.astype(float) with cross_entropy",
        ),
        (
            [[0], [1]],
            {},
            ValueError,
            "input (2, 3) needs target of shape (2,), got (2, 1): use target.ravel()",
        ),
        ([0, 1, 2], {}, ValueError, "input (2, 3) needs target of shape (2,), got (3,)"),
        (0, {}, ValueError, "input (2, 3) needs target of shape (2,), got ()"),
        (
            [0, 1],
            {"weight": [1.0, 2.0]},
            ValueError,
            "weight must have one entry per class: expected (3,), got (2,)",
        ),
        (
            [0, 1],
            {"weight": 2.0},
            ValueError,
            "weight must have one entry per class: expected (3,), got ()",
        ),
        (
            [0, 1],
            {"weight": [-1.0, 1, 1]},
            ValueError,
            "weight[0] = -1.0 is negative: expected weights >= 0",
        ),
        ([0, 1], {"weight": [1, np.nan, 1]}, ValueError, "weight[1] = nan, expected a finite number"),
        ([0, 1], {"weight": [1, 1, np.inf]}, ValueError, "weight[2] = inf, expected a finite number"),
        ([0, 1], {"weight": ["a", "b", "c"]}, TypeError, "weight must hold real numbers, got <U1"),
        (
            [0, 1],
            {"reduction": "avg"},
            ValueError,
            "reduction must be 'none', 'mean' or 'sum', got 'avg'",
        ),
        ([0, 1], {"reduction": None}, ValueError, "reduction must be 'none', 'mean' or 'sum', got None"),
        ([0, 1], {"ignore_index": None}, TypeError, "ignore_index must be an integer, got None"),
        ([0, 1], {"ignore_index": 1.5}, TypeError, "ignore_index must be an integer, got 1.5"),
    ],
)
def test_target_and_options(loss, target, options, error, message):
    with raises(error, message):
        loss(LOG_P, target, **options)


@pytest.mark.parametrize("loss", CLASS_LOSSES)
@pytest.mark.parametrize(
    ("input", "error", "message"),
    [
        (
            1.0,
            ValueError,
            "input needs a class axis: expected (C), (N, C) or (N, C, d1, ...), got one number",
        ),
        ([[], []], ValueError, "input has no classes: expected C >= 1 in (N, C, ...), got shape (2, 0)"),
        (Z + 0j, TypeError, "input must hold real numbers, got complex128"),
        ([["a", "b"]], TypeError, "input must hold real numbers, got <U1"),
        (Z > 0, TypeError, "input must hold real numbers, got bool"),
        (None, TypeError, "input must hold real numbers, got object"),
    ],
)
def test_input(loss, input, error, message):
    with raises(error, message):
        loss(input, [0, 1])


def test_position_and_hint_in_more_dimensions():
    target = np.zeros((2, 4), int)
    target[1, 2] = 7
    with pytest.raises(IndexError, match=r"^target\[1, 2\] = 7 is not a class index: input has 3 classes"):
        losses.cross_entropy(Z3, target)
    with pytest.raises(IndexError, match=r"^target = 3 is not a class index"):
        losses.cross_entropy(Z[0], 3)
    with raises(ValueError, "input (2, 3, 4) needs target of shape (2, 4), got (8,)"):
        losses.cross_entropy(Z3, np.zeros(8, int))
    with raises(
        ValueError, "input (2, 3, 4) needs target of shape (2, 4), got (2, 1, 4): use target.reshape((2, 4))"
    ):
        losses.cross_entropy(Z3, np.zeros((2, 1, 4), int))
    with raises(
        ValueError,
        "input (2, 3, 4) needs target of shape (2, 4), got (2, 3): the class axis of input is axis 1, not the"
        " last: use np.moveaxis(input, -1, 1)",
    ):
        losses.cross_entropy(Z3, np.zeros((2, 3), int))


def test_a_bad_target_late_in_a_large_batch_is_found():
    target = np.zeros(200_000, int)
    target[0], target[150_001] = -100, 10
    with pytest.raises(IndexError, match=r"^target\[150001\] = 10 "):
        losses.nll_loss(np.zeros((200_000, 10)), target)


@pytest.mark.parametrize("loss", FROM_LOGITS)
@pytest.mark.parametrize("value", [-0.1, 1.5, np.nan])
def test_label_smoothing(loss, value):
    with raises(ValueError, f"label_smoothing must be between 0 and 1, got {value!r}"):
        loss(Z, [0, 1], label_smoothing=value)


@pytest.mark.parametrize("loss", FROM_LOGITS)
def test_class_probabilities_have_no_ignore_index(loss):
    message = "ignore_index=0 has no meaning for class probabilities: leave those samples out"
    with raises(ValueError, message):
        loss(Z, losses.softmax(Z), ignore_index=0)


@pytest.mark.parametrize("loss", [losses.nll_loss, losses.nll_loss_grad])
def test_nll_loss_has_no_class_probabilities(loss):
    with pytest.raises(TypeError, match=r"dtype float64: for class indices use target.argmax\(axis=1\)"):
        loss(LOG_P, losses.softmax(Z))


@pytest.mark.parametrize("function", [losses.logsumexp, losses.softmax, losses.log_softmax])
def test_axis(function):
    with raises(ValueError, "axis must be between -2 and 1 for input with 2 axes, got 2"):
        function(Z, axis=2)
    with raises(ValueError, "input needs at least one axis, got one number"):
        function(1.0)
    for bad in (None, (0, 1), 0.5):
        with raises(TypeError, f"axis must be an integer, got {bad!r}"):
            function(Z, axis=bad)
    with raises(TypeError, "input must hold real numbers, got bool"):
        function(Z > 0)


def test_gaussian_and_poisson():
    g, p = losses.gaussian_nll_loss, losses.poisson_nll_loss
    y = np.zeros(3)
    with raises(
        ValueError, "input (3,) and target (3, 1) must have the same shape: use target.reshape(input.shape)"
    ):
        g(y, y[:, None], 1.0)
    with raises(ValueError, "input (3,) and target (2,) must have the same shape"):
        p(y, y[:2])
    with raises(ValueError, "var[1] = -0.5 is negative"):
        g(y, y, [1, -0.5, 1])
    with raises(ValueError, "eps = -1.0 is negative"):
        g(y, y, 1.0, eps=-1.0)
    with raises(ValueError, "target[2] = -1.0 is negative: expected counts"):
        p(y, [0.0, 1.0, -1.0])
    with raises(ValueError, "input[0] = -1.0 is negative: expected rates (log_input=True takes log-rates)"):
        p(y - 1, y, log_input=False)
    with raises(
        ValueError,
        "var must be one number or have the shape of input, (3,), perhaps without its last axis or with one"
        " axis of length 1; got (2,)",
    ):
        g(y, y, [1.0, 1.0])
    for loss in (lambda **k: g(y, y, 1.0, **k), lambda **k: p(y, y, **k)):
        with raises(ValueError, "reduction must be 'none', 'mean' or 'sum', got 'avg'"):
            loss(reduction="avg")


# --- warnings -----------------------------------------------------------------------------------------


def warns(category, message):
    return pytest.warns(category, match=f"^{re.escape(message)}$")


def test_probabilities_given_to_nll_loss():
    message = (
        "input looks like probabilities, not log-probabilities (rows sum to 1): use np.log(p) or"
        " cross_entropy(logits, target)"
    )
    with warns(UserWarning, message):
        value = losses.nll_loss([[0.7, 0.2, 0.1], [0.1, 0.7, 0.2]], [0, 1])
    assert value == pytest.approx(-0.7)  # the value is PyTorch's


def test_logits_given_to_nll_loss():
    with warns(
        UserWarning,
        "log-probabilities cannot be positive (max 2.5): did you pass logits? use cross_entropy",
    ):
        assert losses.nll_loss(Z, [0, 1]) == pytest.approx(-2.25)


@pytest.mark.parametrize("loss", FROM_LOGITS)
def test_probabilities_given_to_cross_entropy(loss):
    message = (
        "input looks like probabilities (rows lie in [0, 1] and sum to 1): cross_entropy expects logits, the"
        " scores before softmax; from probabilities p pass np.log(p)"
    )
    with warns(UserWarning, message):
        loss(losses.softmax(Z), [0, 1])


@pytest.mark.parametrize("target", [[[0.9, 0.3, 0.1], [0.5, 0.5, 0]], [[1.5, -0.5, 0], [1, 0, 0]]])
def test_class_probabilities_that_are_none(target):
    message = "target rows should be class probabilities: not negative, with sum 1; give each class its share"
    with warns(UserWarning, message):
        losses.cross_entropy(Z, target)


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
    message = f"mean over no targets ({what}): the mean is nan; use reduction='sum' or an accumulator"
    with warns(RuntimeWarning, message):
        loss(LOG_P[:n], target, weight)
    for reduction in ("sum", "none"):
        loss(LOG_P[:n], target, weight, reduction=reduction)


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


def test_torch_is_silent_or_obscure_where_nllutils_speaks():
    """Why these checks exist: what PyTorch does with the same mistakes."""
    z, log_p = torch.tensor(Z), torch.tensor(LOG_P)
    nll, ce = torch.nn.functional.nll_loss, torch.nn.functional.cross_entropy
    y = torch.tensor([0, 1])
    assert nll(torch.softmax(z, 1), y) < 0
    assert nll(z, y) < 0
    assert torch.isfinite(ce(z, y, torch.tensor([-1.0, 2, 1], dtype=torch.float64)))
    assert ce(z, y, label_smoothing=-0.1) == ce(z, y)
    assert torch.isnan(nll(log_p, torch.tensor([-100, -100])))
