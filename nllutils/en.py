"""What `nllutils` offers, speaking English: the chapters of the English edition import from here.

>>> from nllutils.en import check
>>> check("negation-1", 1.386)
Correct.
"""

from functools import partial
from types import SimpleNamespace

import nllutils

check = partial(nllutils.check, language="en")
explain = partial(nllutils.explain, language="en")
explorables = SimpleNamespace(show=partial(nllutils.explorables.show, language="en"))


def __getattr__(name):
    return getattr(nllutils, name)
