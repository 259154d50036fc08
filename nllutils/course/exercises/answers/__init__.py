"""What the exercises' answers are compared with: the right one and the typical wrong ones.

A chapter has one module here, with one function per exercise: `log_softmax_1` is the exercise
``"log-softmax-1"``. It runs only when that exercise is checked. Right answers are found in another way than
in the chapter's solution; where one comes from a model that the chapter trains, it is the number found there,
and `within` is its precision.
"""

import pkgutil
import re
from importlib import import_module

EXERCISES = {
    name.replace("_", "-"): make
    for chapter in pkgutil.iter_modules(__path__)
    for name, make in vars(import_module(f"{__name__}.{chapter.name}")).items()
    if re.fullmatch(rf"{chapter.name}_\d+", name)
}
