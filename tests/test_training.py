"""`fit` trains as a hand-written loop does, reports exact losses, and stops as it says."""

import functools
import math
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from nllutils.course.training import fit

FULL_CURVE = {"epochs": 5, "batch_size": 7}


def problem(n=50, dtype=torch.float64, seed=0):
    """Three overlapping classes in the plane."""
    generator = torch.Generator().manual_seed(seed)
    target = torch.randint(3, (n,), generator=generator)
    return torch.randn(n, 2, dtype=dtype, generator=generator) + target[:, None], target


INPUT, TARGET = problem()


def network(dtype=torch.float64, dropout=0.0, hidden=16):
    torch.manual_seed(0)
    layers = [
        torch.nn.Linear(2, hidden),
        torch.nn.Tanh(),
        torch.nn.Dropout(dropout),
        torch.nn.Linear(hidden, 3),
    ]
    return torch.nn.Sequential(*layers).to(dtype)


def weights(model):
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


# --- training -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_loss_falls_from_that_of_the_untrained_model(dtype):
    model, data = network(dtype), problem(dtype=dtype)
    before = F.cross_entropy(model(data[0]), data[1]).item()
    history = fit(model, F.cross_entropy, data, epochs=30)
    assert len(history.train) == 31 and history.validation == [] and history.stopped == "finished"
    assert history.train[0] == before
    assert history.train[-1] < 0.8 * before
    assert history.train[history.best_epoch] == min(history.train)
    assert not model.training


def test_same_steps_as_a_loop_by_hand():
    (input, target), model, by_hand = problem(), network(), network()
    fit(model, F.cross_entropy, (input, target), epochs=3, batch_size=8, lr=0.05, seed=4)

    adam = torch.optim.Adam(by_hand.parameters(), lr=0.05)
    order = torch.Generator().manual_seed(4)
    for _ in range(3):
        rows = torch.randperm(50, generator=order)
        for start in range(0, 50, 8):
            batch = rows[start : start + 8]
            adam.zero_grad()
            F.cross_entropy(by_hand(input[batch]), target[batch]).backward()
            adam.step()
    assert torch.equal(weights(model), weights(by_hand))


def test_the_optimizer_gets_the_learning_rate():
    momentum = functools.partial(torch.optim.SGD, momentum=0.9)
    fast, slow, data = network(), network(), problem()
    start = weights(fast)
    fit(fast, F.cross_entropy, data, epochs=1, batch_size=50, lr=0.1, optimizer=momentum)
    fit(slow, F.cross_entropy, data, epochs=1, batch_size=50, lr=0.001, optimizer=momentum)
    torch.testing.assert_close(weights(fast) - start, 100 * (weights(slow) - start))  # one step of SGD


def test_lbfgs_fits_logistic_regression_in_one_epoch():
    (input, target), model = problem(), torch.nn.Linear(2, 3).double()
    lbfgs = functools.partial(torch.optim.LBFGS, max_iter=100, line_search_fn="strong_wolfe")
    fit(model, F.cross_entropy, (input, target), epochs=1, batch_size=50, lr=1, optimizer=lbfgs)
    F.cross_entropy(model(input), target).backward()
    assert model.weight.grad.abs().max() < 1e-4


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8"])
def test_numpy_arrays_train_as_tensors_do(dtype):
    (input, target), ours, theirs = problem(), network(), network()
    fit(ours, F.cross_entropy, (input.numpy(), target.numpy().astype(dtype)), **FULL_CURVE)
    fit(theirs, F.cross_entropy, (input, target), **FULL_CURVE)
    assert torch.equal(weights(ours), weights(theirs))


# --- the history is exact -----------------------------------------------------------------------------


def test_losses_are_those_of_the_whole_set_with_weights_ignored_targets_and_uneven_batches():
    data, new = problem(), problem(seed=1)
    data[1][:6] = -100
    loss = torch.nn.CrossEntropyLoss(weight=torch.tensor([1.0, 5.0, 20.0], dtype=torch.float64))
    model = network()
    history = fit(model, loss, data, validation=new, **FULL_CURVE)
    whole = loss(model(data[0]), data[1]).item()
    assert history.train[-1] == whole
    assert history.validation[-1] == loss(model(new[0]), new[1]).item()

    # What the usual sum over batches would have reported, weighted by rows or not.
    batches = list(zip(data[0].split(7), data[1].split(7), strict=True))
    means = [loss(model(input), target).item() for input, target in batches]
    assert abs(np.mean(means) - whole) > 1e-3
    assert abs(np.average(means, weights=[len(target) for _, target in batches]) - whole) > 1e-3


def test_losses_are_measured_without_dropout():
    model, data = network(dropout=0.5), problem()
    history = fit(model, F.cross_entropy, data, **FULL_CURVE)
    assert history.train[-1] == F.cross_entropy(model(data[0]), data[1]).item()
    model.train()
    assert history.train[-1] != F.cross_entropy(model(data[0]), data[1]).item()


# --- seeds --------------------------------------------------------------------------------------------


def test_the_seed_alone_fixes_the_run():
    def run(seed, noise):
        model = network()
        torch.manual_seed(noise)
        return fit(model, F.cross_entropy, problem(), seed=seed, **FULL_CURVE).train

    assert run(seed=1, noise=1) == run(seed=1, noise=2)
    assert run(seed=1, noise=1) != run(seed=2, noise=1)


def test_the_global_generator_is_left_alone():
    model = network()
    before = torch.get_rng_state()
    fit(model, F.cross_entropy, problem(), **FULL_CURVE)
    assert torch.equal(torch.get_rng_state(), before)


def test_float64_curves_agree_whatever_the_number_of_threads():
    data = problem(n=3000)  # large enough that float32 curves would differ, in the seventh digit
    threads = torch.get_num_threads()
    try:
        curves = []
        for count in (1, 2):
            torch.set_num_threads(count)
            curves.append(fit(network(hidden=256), F.cross_entropy, data, epochs=3, batch_size=1024).train)
    finally:
        torch.set_num_threads(threads)
    np.testing.assert_allclose(*curves, rtol=1e-9)


# --- stopping -----------------------------------------------------------------------------------------


def overfit(loss=F.cross_entropy, **options):
    """Few rows and a wide network: the training loss falls, the validation loss falls and then rises."""
    new, model = problem(n=200, seed=1), network(hidden=64)
    history = fit(model, loss, problem(n=20), validation=new, lr=0.03, **options)
    return history, F.cross_entropy(model(new[0]), new[1]).item()


def test_patience_stops_and_restores_the_best_weights():
    history, loss_now = overfit(epochs=200, patience=5)
    assert history.stopped == "patience"
    assert history.best_epoch > 0
    assert len(history.train) == len(history.validation) == history.best_epoch + 6 < 201
    assert loss_now == min(history.validation) == history.validation[history.best_epoch]
    assert loss_now < history.validation[-1]


def test_patience_restores_the_best_weights_when_the_epochs_run_out():
    history, loss_now = overfit(epochs=30, patience=30)
    assert history.stopped == "finished"
    assert loss_now == min(history.validation) < history.validation[-1]


def test_without_patience_the_last_weights_stay():
    history, loss_now = overfit(epochs=30)
    assert history.stopped == "finished" and len(history.train) == 31
    assert loss_now == history.validation[-1] > history.validation[history.best_epoch]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_an_interrupt_is_passed_on_and_the_best_weights_are_restored(error):
    calls, model = iter(range(101)), network(hidden=64)
    seen, new = problem(n=20), problem(n=200, seed=1)

    def loss(input, target):
        if next(calls, None) is None:
            raise error
        return F.cross_entropy(input, target)

    # An epoch here is 2 steps and 2 measurements; the untrained model takes 2 measurements.
    options = {"validation": new, "lr": 0.03, "batch_size": 10}
    with pytest.raises(error):
        fit(model, loss, seen, epochs=100, patience=100, **options)
    whole = fit(network(hidden=64), F.cross_entropy, seen, epochs=24, **options)
    assert F.cross_entropy(model(new[0]), new[1]).item() == min(whole.validation) < whole.validation[-1]
    assert not model.training


def test_a_diverged_training_stops_with_a_warning():
    data = problem(dtype=torch.float32)
    line, pairs = torch.nn.Linear(2, 1), (data[0], data[1][:, None].float())
    with pytest.warns(RuntimeWarning, match=r"training loss is nan after \d+ epochs: try a smaller lr"):
        history = fit(line, F.mse_loss, pairs, lr=1e6, optimizer=torch.optim.SGD)
    assert history.stopped == "diverged" and len(history.train) < 101
    assert math.isnan(history.train[-1]) and not math.isnan(history.train[-2])


def test_a_validation_loss_that_is_nan_stops_with_a_warning():
    nobody = INPUT, torch.full_like(TARGET, -100)
    with pytest.warns(RuntimeWarning, match="validation loss is nan after 0 epochs: .* all targets ignored"):
        history = fit(network(), F.cross_entropy, (INPUT, TARGET), validation=nobody, patience=5)
    assert history.stopped == "diverged" and len(history.validation) == 1


@pytest.mark.parametrize(
    "loss", [torch.nn.NLLLoss(), F.nll_loss, functools.partial(F.nll_loss, weight=torch.ones(3).double())]
)
def test_a_negative_likelihood_of_classes_is_noticed(loss):
    with pytest.warns(UserWarning, match=r"reached -\d.*never negative.*LogSoftmax\(dim=1\)"):
        fit(network(), loss, (INPUT, TARGET), epochs=30)  # the network gives logits
    normalised = torch.nn.Sequential(network(), torch.nn.LogSoftmax(dim=1))
    # Neither of these warns: a warning would be an error here.
    fit(normalised, loss, (INPUT, TARGET), epochs=30)
    fit(network(), lambda output, target: output.mean(), (INPUT, TARGET), epochs=30)  # may be negative


# --- the progress bar ---------------------------------------------------------------------------------

# tqdm reads its environment when it is imported, so each of these runs in a process of its own.
SHORT_RUN = """
import torch
from nllutils.course.training import fit
data = torch.ones(4, 1), torch.tensor([0, 1, 0, 1])
fit(torch.nn.Linear(1, 2), torch.nn.functional.cross_entropy, data, epochs=3, **options);
"""


def run_python(code, **extra):
    environment = {name: value for name, value in os.environ.items() if name != "TQDM_DISABLE"} | extra
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=True)


def test_a_bar_in_a_terminal_but_none_in_a_pipe():
    run = run_python(f"""
import io, sys
class Terminal(io.StringIO):
    def isatty(self):
        return True
for stream, options in [(Terminal(), {{}}), (Terminal(), dict(progress=False)), (io.StringIO(), {{}})]:
    sys.stderr = stream
    exec({SHORT_RUN!r})
    print("3/3" in stream.getvalue(), len(stream.getvalue()) > 0)
""")
    assert run.stdout.splitlines() == ["True True", "False False", "False False"]
    assert run.stderr == ""


@pytest.mark.parametrize(
    ("extra", "streams"), [({}, "{'stderr'} True"), ({"TQDM_DISABLE": "1"}, "set() False")]
)
def test_a_bar_in_a_live_notebook_and_no_output_in_a_stored_one(extra, streams):
    run = run_python(
        f"""
import nbformat, nbclient
cell = nbformat.v4.new_code_cell("options = {{}}" + {SHORT_RUN!r})
nbclient.NotebookClient(nbformat.v4.new_notebook(cells=[cell]), kernel_name="python3").execute()
print({{output.name for output in cell.outputs}}, "3/3" in "".join(output.text for output in cell.outputs))
""",
        **extra,
    )
    assert run.stdout.strip() == streams


# --- bad input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"data": (INPUT, TARGET[:-1])}, ValueError, "data: input has 50 rows and target 49"),
        ({"data": (INPUT[:0], TARGET[:0])}, ValueError, "data: input has 0 rows .* at least 1"),
        ({"data": INPUT}, TypeError, r"data must be a pair \(input, target\), got Tensor"),
        ({"data": (INPUT, TARGET, TARGET)}, TypeError, r"data must be a pair \(input, target\)"),
        ({"data": (INPUT.float(), TARGET)}, TypeError, r"torch.float32 but .* torch.float64.* model.to"),
        ({"validation": (INPUT, TARGET[:3])}, ValueError, "validation: input has 50 rows and target 3"),
        ({"batch_size": 0}, ValueError, "batch_size must be an integer of at least 1, got 0"),
        ({"batch_size": 2.5}, ValueError, "batch_size must be an integer of at least 1, got 2.5"),
        ({"epochs": 0}, ValueError, "epochs must be an integer of at least 1, got 0"),
        ({"patience": 3}, ValueError, r"patience .*: give validation=\(input, target\)"),
        ({"patience": 0, "validation": (INPUT, TARGET)}, ValueError, "patience must be .* at least 1, got 0"),
        ({"model": F.relu}, TypeError, "model must be a torch.nn.Module, got function"),
        ({"model": torch.nn.ReLU()}, ValueError, "nothing to train"),
        ({"lr": -1.0}, ValueError, "learning rate"),
        ({"lr": "0.1"}, TypeError, "lr must hold real numbers"),
        ({"seed": None}, ValueError, "seed must be an integer of at least 0, got None"),
        ({"loss": None}, TypeError, r"loss must be a function of \(output, target\).*got None"),
        ({"loss": torch.nn.CrossEntropyLoss}, TypeError, r"got the class: use CrossEntropyLoss\(\)"),
        ({"loss": torch.nn.NLLLoss(reduction="none")}, ValueError, r"\(50,\): use reduction='mean'"),
        ({"loss": lambda *_: np.float64(1)}, TypeError, "loss must return a PyTorch tensor, got float64"),
        (
            {"optimizer": torch.optim.SGD([torch.zeros(1)], lr=0.1)},
            TypeError,
            r"a class such as torch\.optim\.SGD.*got a ready SGD",
        ),
    ],
)
def test_bad_arguments_are_named_and_the_model_is_left_as_it_was(change, error, message):
    model = network()
    before = weights(model)
    arguments = {"model": model, "loss": F.cross_entropy, "data": (INPUT, TARGET)} | change
    with pytest.raises(error, match=message):
        fit(**arguments)
    assert torch.equal(weights(model), before)
