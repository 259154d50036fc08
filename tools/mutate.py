"""Plant each small mistake of tests/mutants.py in a copy of nllutils and see whether the tests notice it.

    python tools/mutate.py                 all of them, two at a time: about 20 minutes
    python tools/mutate.py accumulate 3    those of one module, or those with these numbers

A mutant that no test notices is a survivor: a missing test, or code that does nothing. Exit status 1 if less
than 95 % of a module's mutants are noticed, not counting those that are explained as harmless.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from install import ROOT

sys.path.insert(0, str(ROOT / "tests"))
from mutants import HARMLESS, MUTANTS

GOAL = 0.95
# The module's own examples, then its tests: those that are quick and notice most come first.
CHECKS = {
    "losses": ["test_validation", "test_wrong_losses", "test_losses_properties", "test_losses"],
    "likelihood": ["test_likelihood"],
    "accumulate": ["test_accumulate"],
}


def planted(text, old, new):
    if text.count(old) != 1:
        raise ValueError(f"must occur once in the module, occurs {text.count(old)} times: {old!r}")
    return text.replace(old, new)


def survives(mutant):
    """Whether the tests of the module pass with it: run in a copy, so that nothing else is touched."""
    module, old, new = mutant
    with tempfile.TemporaryDirectory() as folder:
        for part in ("nllutils", "tests", "tools"):
            shutil.copytree(ROOT / part, Path(folder, part), ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        path = Path(folder, "nllutils", f"{module}.py")
        path.write_text(planted(path.read_text("utf8"), old, new), "utf8")
        files = [f"nllutils/{module}.py", *(f"tests/{name}.py" for name in CHECKS[module])]
        command = [sys.executable, "-m", "pytest", "--exitfirst", "--quiet", *files]
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
        run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if run.returncode not in (
        0,
        1,
        2,
    ):  # 1: a test fails, 2: not even importable, others: pytest could not run
        raise RuntimeError(f"pytest ended with {run.returncode} for {mutant}:\n{run.stdout}{run.stderr}")
    return run.returncode == 0


def main(chosen):
    picked = [m for i, m in enumerate(MUTANTS) if not chosen or m[0] in chosen or str(i) in chosen]
    noticed, all_of = Counter(), Counter()
    for module in sorted({mutant[0] for mutant in picked}):
        if not survives((module, "import math", "import math")):
            raise SystemExit(f"the tests of {module} fail without any mutant: mend that first")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for mutant, survived in zip(picked, pool.map(survives, picked), strict=True):
            module = mutant[0]
            if survived:
                print(f"survives [{MUTANTS.index(mutant)}] in {module}: {mutant[1]!r} -> {mutant[2]!r}")
                print(f"    {HARMLESS.get(mutant, 'NOT EXPLAINED: a test is missing')}", flush=True)
            if not survived or mutant not in HARMLESS:
                noticed[module] += not survived
                all_of[module] += 1
    for module, count in all_of.items():
        print(f"{module}: {noticed[module]} of {count} mutants noticed ({noticed[module] / count:.0%})")
    return int(any(noticed[module] < GOAL * count for module, count in all_of.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
