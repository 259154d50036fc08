"""The mutants of tests/mutants.py fit the code as it is, and one that nothing notices is found."""

from collections import Counter

import mutate
import pytest
from install import ROOT
from mutants import HARMLESS, MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant[0]}-{mutant[1][:40]}")
def test_mutant_can_be_planted(mutant):
    module, old, new = mutant
    text = (ROOT / "nllutils" / f"{module}.py").read_text("utf8")
    assert mutate.planted(text, old, new) != text


def test_mutants_cover_the_modules():
    assert len(set(MUTANTS)) == len(MUTANTS) >= 40
    assert Counter(module for module, _, _ in MUTANTS).keys() == mutate.CHECKS.keys()
    assert set(HARMLESS) <= set(MUTANTS)


@pytest.mark.parametrize("text", ["a = 1", "x = 1\nx = 1"])
def test_mutant_that_does_not_fit_is_refused(text):
    with pytest.raises(ValueError, match=r"must occur once in the module, occurs (0|2) times: 'x = 1'"):
        mutate.planted(text, "x = 1", "x = 2")


def test_survivor_is_told_from_a_noticed_mutant(monkeypatch):
    monkeypatch.setitem(mutate.CHECKS, "likelihood", [])  # the module's own examples alone: quick
    assert mutate.survives(("likelihood", "import math", "import math"))
    assert not mutate.survives(("likelihood", "possible = k <= n", "possible = k < n - 5"))
