"""One training loop for the PyTorch models of the course: `fit`."""

import copy
import math
import sys
from dataclasses import dataclass

from nllutils._arguments import integer_from, number, warn


@dataclass(frozen=True)
class History:
    """What `fit` returns. Entry e of a curve is the loss after e epochs, so entry 0 is the untrained model.

    Attributes
    ----------
    train, validation : list of float
        The two curves; `validation` is empty if `fit` was given no validation data.
    best_epoch : int
        Where the last curve that there is (validation, else train) is least.
    stopped : str
        "finished" all epochs were run, "patience" no better for that long, "diverged" one of the two losses
        became NaN (with a warning).
    """

    train: list[float]
    validation: list[float]
    best_epoch: int
    stopped: str


def fit(
    model,
    loss,
    data,
    *,
    validation=None,
    epochs=100,
    batch_size=32,
    lr=0.01,
    optimizer=None,
    patience=None,
    seed=0,
    progress=True,
):
    """Train a PyTorch module by mini-batches and record its loss after every epoch.

    Both curves are measured after the epoch, at the same parameters, in evaluation mode, by one call of
    `loss` on the whole set. So they are exact for every loss, class weights and ignored targets included;
    the mean of the batches' means is not, once two batches weigh differently.

    Parameters
    ----------
    model : torch.nn.Module
        Trained in place and left in evaluation mode.
    loss : callable
        `loss(model(input), target)` is a tensor with one number, the mean in nats:
        `torch.nn.NLLLoss()`, `torch.nn.functional.cross_entropy`, ...
    data, validation : (input, target)
        A pair of arrays or tensors with one row for each sample; moved to the model's device. Integer
        targets of any width become int64, which is what PyTorch's losses take.
    epochs, batch_size : int
        The last batch of an epoch has the rows that are left.
    lr, optimizer
        The optimizer is `optimizer(model.parameters(), lr=lr)`, by default `torch.optim.Adam`; also
        `torch.optim.LBFGS`, best with all rows in one batch. The learning rate stays the same: for a
        schedule, for clipped gradients or for a loader write the loop yourself.
    patience : int, optional
        Stop once the validation loss has not improved for this many epochs, and put the weights of the
        best epoch back, however the training ended, by an error or Ctrl-C too. Without it the last stay.
    seed : int
        Fixes the order of the rows, by a generator of its own. Initial weights and dropout draw from
        PyTorch's global generator as ever: call `torch.manual_seed` before making the model.
    progress : bool
        Show a bar, in a terminal or a notebook only; `TQDM_DISABLE=1` in the environment hides it too.

    Returns
    -------
    History

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit, before the first step.
    KeyboardInterrupt
        By Ctrl-C or a notebook's stop button: a loop of several trainings stops as a whole. The model is
        left as by any other end of the training.

    Warns
    -----
    UserWarning
        If a negative log likelihood of classes (`NLLLoss`, `nll_loss`) is negative: the model's output is
        then no log-probabilities. PyTorch computes in silence.
    RuntimeWarning
        If a loss is NaN.

    Examples
    --------
    >>> import torch
    >>> coin = torch.nn.Linear(1, 2, dtype=torch.float64)
    >>> tosses = torch.ones(10, 1, dtype=torch.float64), torch.tensor([1] * 7 + [0] * 3)
    >>> history = fit(coin, torch.nn.functional.cross_entropy, tosses, epochs=300, batch_size=10)
    >>> history.stopped, round(history.train[-1], 4)  # the entropy of 0.7: no coin does better
    ('finished', 0.6109)
    """
    import torch

    _trainable(model)
    _loss_function(loss)
    epochs = integer_from(1, "epochs", epochs)
    batch_size = integer_from(1, "batch_size", batch_size)
    data = _tensor_pair("data", data, model)
    if validation is not None:
        validation = _tensor_pair("validation", validation, model)
    if patience is not None:
        integer_from(1, "patience", patience)
        if validation is None:
            raise ValueError("patience watches the validation loss: give validation=(input, target) too")
    descent = _optimizer_class(optimizer or torch.optim.Adam)(model.parameters(), lr=number("lr", lr))
    shuffle = torch.Generator().manual_seed(integer_from(0, "seed", seed))

    def weights():
        return copy.deepcopy(model.state_dict()) if patience else None

    curve, stopped = [], "finished"
    best_loss, best_epoch, best_weights = math.inf, 0, weights()
    try:
        with _progress_bar(epochs, progress) as bar:
            for epoch in range(epochs + 1):
                if epoch > 0:
                    batches = torch.randperm(len(data[1]), generator=shuffle).split(batch_size)
                    _descend(model, loss, data, batches, descent)
                losses = [_measure(model, loss, pair) for pair in (data, validation) if pair is not None]
                if losses[-1] < best_loss:
                    best_loss, best_epoch, best_weights = losses[-1], epoch, weights()
                curve.append(losses)
                bar.set_postfix_str("loss " + ", ".join(f"{value:.4f}" for value in losses), refresh=False)
                bar.update(epoch - bar.n)
                if any(map(math.isnan, losses)):
                    stopped = "diverged"
                    break
                if patience and epoch - best_epoch >= patience:
                    stopped = "patience"
                    break
    finally:
        if patience:
            model.load_state_dict(best_weights)
        model.eval()
    _warn_of_impossible_losses(loss, curve)
    return History(
        [losses[0] for losses in curve], [losses[1] for losses in curve if validation], best_epoch, stopped
    )


def _descend(model, loss, data, batches, descent):
    """One epoch: a step of the optimizer for each batch of row numbers."""
    input, target = data
    model.train()
    for rows in batches:

        def measure(rows=rows):  # LBFGS wants the loss at several places for one step
            descent.zero_grad()
            value = _scalar_loss(loss(model(input[rows]), target[rows]))
            value.backward()
            return value

        descent.step(measure)


def _measure(model, loss, data):
    """The loss of the whole set in one call: the only way that is exact whatever `loss` averages over."""
    import torch

    input, target = data
    model.eval()
    with torch.no_grad():
        return _scalar_loss(loss(model(input), target)).item()


def _progress_bar(epochs, progress):
    from tqdm import tqdm  # not tqdm.auto: in a notebook it wants ipywidgets

    # A notebook's stderr is no terminal but shows a bar; other streams are files and pipes.
    visible = progress and (sys.stderr.isatty() or "ipykernel" in sys.modules)
    # Passed only to hide the bar: any value given here, False and None too, overrules TQDM_DISABLE.
    hide = {} if visible else {"disable": True}
    return tqdm(total=epochs, unit="epoch", **hide)


def _trainable(model):
    """A PyTorch module with something to train."""
    import torch

    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
    if not any(parameter.requires_grad for parameter in model.parameters()):
        raise ValueError("model has no parameters that require a gradient: there is nothing to train")
    return model


def _tensor_pair(name, pair, model):
    """(input, target) as tensors on the model's device, with as many rows each and the model's precision."""
    import torch

    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise TypeError(f"{name} must be a pair (input, target), got {type(pair).__name__}")
    like = next(model.parameters())
    input, target = (torch.as_tensor(part, device=like.device) for part in pair)
    if target.dtype in (torch.uint8, torch.int8, torch.int16, torch.int32):
        target = target.long()
    rows = [len(part) if part.dim() else 0 for part in (input, target)]
    if rows[0] != rows[1] or rows[0] == 0:
        raise ValueError(
            f"{name}: input has {rows[0]} rows and target {rows[1]}; expected the same number, at least 1"
        )
    if input.is_floating_point() and input.dtype != like.dtype:
        raise TypeError(
            f"{name}: input is {input.dtype} but the model's parameters are {like.dtype}:"
            f" convert one of them, such as model.to({input.dtype})"
        )
    return input, target


def _loss_function(loss):
    """What computes a loss; its class in place of an object is a common slip, with an obscure error."""
    if isinstance(loss, type):
        raise TypeError(f"loss must be a function or an object, got the class: use {loss.__name__}()")
    if not callable(loss):
        raise TypeError(
            "loss must be a function of (output, target) such as torch.nn.functional.cross_entropy,"
            f" got {loss!r}"
        )


def _warn_of_impossible_losses(loss, curve):
    """What PyTorch computes in silence: NaN, and negative losses where none can be."""
    from torch import nn

    for epoch, losses in enumerate(curve):
        for name, value in zip(("training", "validation"), losses, strict=False):
            if math.isnan(value):
                cause = "try a smaller lr" if epoch else "is NaN in the input, or are all targets ignored?"
                warn(f"the {name} loss is nan after {epoch} epochs: {cause}", RuntimeWarning)
    least = min((value for losses in curve for value in losses if value < 0), default=None)
    loss = getattr(loss, "func", loss)  # of a functools.partial
    if least is not None and (isinstance(loss, nn.NLLLoss) or loss is nn.functional.nll_loss):
        warn(
            f"the loss reached {least:.4g}, but a negative log likelihood of classes is never negative: the"
            " model must give log-probabilities. End it with torch.nn.LogSoftmax(dim=1), or train it with"
            " torch.nn.functional.cross_entropy"
        )


def _scalar_loss(value):
    """What a loss gave for one batch: a tensor with a single number."""
    import torch

    if not isinstance(value, torch.Tensor):
        raise TypeError(
            f"loss must return a PyTorch tensor, got {type(value).__name__}:"
            " training needs its gradient, use a loss of torch.nn"
        )
    if value.dim() != 0:
        raise ValueError(
            f"loss must return one number for a batch, got shape {tuple(value.shape)}: use reduction='mean'"
        )
    return value


def _optimizer_class(value):
    """What makes an optimizer; a ready optimizer may hold another model's parameters."""
    if not callable(value):
        raise TypeError(
            "optimizer must be a class such as torch.optim.SGD (or a functools.partial of one), called with"
            f" the model's parameters and lr; got a ready {type(value).__name__}"
        )
    return value
