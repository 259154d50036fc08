"""What PyTorch's losses say to bad arguments stands on the pages of symptoms, and a cell there raises it."""

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

from tools import EDITIONS

PATHS = {language: folder / "chapters" / "symptoms.ipynb" for language, folder in EDITIONS.items()}
PAGES = {language: edition.read(path) for language, path in PATHS.items()}
CELLS = {
    language: [cell for cell in page.cells if cell.cell_type == "code"] for language, page in PAGES.items()
}
SETUP = 3  # so many cells the page tells the reader to run first, and then any one of the others
SHOWN = {language: "\n".join(map(shown_text, cells)) for language, cells in CELLS.items()}
LISTED = {
    language: re.findall(r"^(?:-|\d\.) \[?`(.+?)`(?:\]|:)", edition.markdown(page), re.MULTILINE)
    for language, page in PAGES.items()
}
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


@pytest.fixture(scope="module")
def messages():
    """What the losses say in 2000 calls."""
    fuzzer, found = Fuzzer(0), set()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for _ in range(2000):
            try:
                fuzzer.call()
            except Exception as error:
                found.add(str(error))
    return found | {str(warning.message) for warning in warned}


@pytest.mark.parametrize("language", PAGES)
def test_every_message_is_on_the_page(language, messages):
    assert not {message for message in messages if not any(says(text, message) for text in LISTED[language])}


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, listed in LISTED.items() for text in listed]
)
def test_a_cell_of_the_page_raises_it(language, text):
    assert says(text, SHOWN[language])


@pytest.mark.parametrize(
    ("language", "cell"),
    [(language, cell) for language, cells in CELLS.items() for cell in cells[SETUP:]],
    ids=lambda value: getattr(value, "id", value),
)
def test_a_cell_runs_alone(language, cell, capsys):
    names = {}
    for each in [*CELLS[language][:SETUP], cell]:
        exec(each.source, names)
