"""What PyTorch's losses say to bad arguments stands on the page of symptoms, and a cell there raises it."""

import random
import re
import warnings

import edition
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from prose import shown_text
from torch import nn

PAGE = edition.read(edition.ROOT / "chapters" / "symptoms.ipynb")
CELLS = [cell for cell in PAGE.cells if cell.cell_type == "code"]
SETUP = CELLS[:3]  # the page tells the reader to run these first, and then any one of the others
SHOWN = "\n".join(map(shown_text, CELLS))
LISTED = re.findall(r"^(?:-|\d\.) \[?`(.+?)`(?:\]|:)", edition.markdown(PAGE), re.MULTILINE)
# Where a listed text has one of these, PyTorch may say another.
VARIES = re.compile(
    r"\[.*?\]|Float8_e4m3fn|0x\w+|\d+|aten::\w+|\b(?:Byte|Double|Float|Long|NoneType|SparseCPU|cpu|meta|numpy\.ndarray|list)\b"
)


def says(text, message):
    return re.search(".*?".join(map(re.escape, VARIES.split(text))), message, re.DOTALL)


class Fuzzer:
    """Calls of the four losses with arguments of which some are wrong."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        torch.manual_seed(seed)

    def rarely(self, *wrong, otherwise=None):
        return self.random.choice(wrong) if self.random.random() < 0.1 else otherwise

    def tensor(self, shape, dtype, high=3):
        numbers = torch.randint(0, high, shape) - self.rarely(1, otherwise=0)
        return numbers.to(self.rarely(torch.double, torch.half, torch.int32, torch.bool, otherwise=dtype))

    def spoiled(self, tensor):
        makes = [
            torch.Tensor.tolist,
            lambda tensor: tensor.detach().numpy(),
            lambda tensor: tensor.to("meta"),
            torch.Tensor.to_sparse,
            lambda tensor: None,
        ]
        return self.rarely(*makes, otherwise=lambda tensor: tensor)(tensor)

    def weight(self):
        shape = [self.random.choice([1, 2, 3])] * self.random.choice([0, 1, 1, 2])
        return self.rarely([1.0, 2.0, 3.0], np.ones(3), otherwise=self.tensor(shape, torch.float))

    def call(self):
        pick = self.random.choice
        shape = [pick([1, 2, 3]) for _ in range(pick([0, 1, 2, 2, 3, 4, 5]))]
        others = shape[:1] + shape[2:] if len(shape) > 1 else []
        shapes = [others, others, shape, shape[:-1], [*others[:1], 1, *others[1:]], [2]]
        input = self.tensor(shape, self.rarely(torch.long, otherwise=torch.float))
        target = self.tensor(
            pick(shapes), pick([torch.long, torch.long, torch.float, torch.uint8]), high=pick([2, 5])
        )
        options = {
            "weight": self.rarely(self.weight()),
            "ignore_index": self.rarely(0, None, 1.5, "a", True, 2**70, otherwise=-100),
            "reduction": self.rarely("none", "sum", "avg", None, "elementwise_mean", otherwise="mean"),
            "size_average": self.rarely(True, False),
            "label_smoothing": self.rarely(0.1, 1.0, 1.5, None, "a", otherwise=0.0),
        }
        name = pick(["cross_entropy", "nll_loss", "CrossEntropyLoss", "NLLLoss"])
        if "nll" in name.lower() and options["label_smoothing"] == 0.0:
            del options["label_smoothing"]
        if input.is_floating_point():
            input.requires_grad_()
        pair = self.spoiled(input), self.spoiled(target)
        loss = getattr(F, name)(*pair, **options) if name.islower() else getattr(nn, name)(**options)(*pair)
        if loss.device.type == "cpu" and loss.requires_grad:
            loss.backward()


def test_every_message_is_on_the_page():
    fuzzer, messages = Fuzzer(0), set()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for _ in range(2000):
            try:
                fuzzer.call()
            except Exception as error:
                messages.add(str(error))
    messages |= {str(warning.message) for warning in warned}
    assert not {message for message in messages if not any(says(text, message) for text in LISTED)}


@pytest.mark.parametrize("text", LISTED)
def test_a_cell_of_the_page_raises_it(text):
    assert says(text, SHOWN)


@pytest.mark.parametrize("cell", CELLS[len(SETUP) :], ids=lambda cell: cell.id)
def test_a_cell_runs_alone(cell, capsys):
    names = {}
    for each in [*SETUP, cell]:
        exec(each.source, names)
