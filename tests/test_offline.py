"""Examples in docstrings run, without a network; a part of `nllutils` loads no more than it needs."""

import doctest
import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest

import nllutils
import theme
import tools

# Every attempt to make a socket or to look an address up ends here, however deep the library that tries.
NO_NETWORK = """
import sys

def refuse(event, args):
    if event.startswith(("socket.", "urllib.")):
        raise ConnectionError(f"{event} {args}: this has to work without a network")

sys.addaudithook(refuse)
"""
RUN_EXAMPLES = """
import doctest, importlib
sys.exit(sum(doctest.testmod(importlib.import_module(name)).failed for name in sys.argv[1:]))
"""
NETWORK = {"http.client", "requests", "socket", "ssl", "urllib.request"}
HEAVY = {"matplotlib", "pandas", "scipy", "torch", "tqdm"}


def modules(package):
    inner = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [package.__name__, *(module.name for module in inner)]


def python(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


def loaded(code, modules):
    """Those of `modules` that a new interpreter has loaded after running `code`."""
    said = python(f"import sys\n{code}\nprint(*(sys.modules.keys() & set(sys.argv[1:])))", *modules)
    assert said.returncode == 0, said.stderr
    return set(said.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("package", [nllutils, theme, tools], ids=lambda package: package.__name__)
def test_every_example_runs_without_a_network(package):
    said = python(NO_NETWORK + RUN_EXAMPLES, *modules(package))
    assert said.returncode == 0, said.stdout + said.stderr


def test_faults_of_examples_and_the_network_are_noticed(tmp_path, monkeypatch):
    (tmp_path / "wrong.py").write_text("'''\n>>> 1 + 1\n3\n'''")
    (tmp_path / "online.py").write_text("import socket\nsocket.getaddrinfo('localhost', 80)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "Expected:" in python(NO_NETWORK + RUN_EXAMPLES, "wrong").stdout
    assert "has to work without a network" in python(NO_NETWORK + RUN_EXAMPLES, "online").stderr


def test_every_public_function_has_an_example():
    finder = doctest.DocTestFinder(exclude_empty=True)
    tests = [test for name in modules(nllutils) for test in finder.find(import_module(name))]
    public = {f"nllutils.{module}.{name}" for module, names in nllutils._HOME.items() for name in names}
    assert public <= {test.name for test in tests if test.examples}


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import nllutils", {"numpy"} | NETWORK | HEAVY),
        ("import nllutils; nllutils.cross_entropy([[2.0, 1.0]], [0])", NETWORK | HEAVY),
        ("import nllutils; nllutils.load_penguins()", NETWORK | HEAVY),
        ("import nllutils; nllutils.explorables.show('softmax-nll')", NETWORK | HEAVY),
        ("import nllutils; nllutils.check('log-2', 1)", NETWORK | HEAVY),
        ("import nllutils; nllutils.explain([[2.0, 1.0]], [2])", NETWORK | HEAVY),
        ("import nllutils; nllutils.NLLAccumulator().add(1.0, 2)", NETWORK | HEAVY),
        ("import nllutils; nllutils.binomial_logpmf(7, 10, 0.7)", NETWORK | HEAVY),
        ("from nllutils import fit", {"matplotlib", "torch"}),
        ("from nllutils import use_course_style", {"torch"}),
    ],
)
def test_loads_only_what_it_needs(code, unwanted):
    assert loaded(code, unwanted) == set()


def test_what_is_loaded_is_noticed():
    assert loaded("import nllutils, socket; nllutils.softmax([1.0])", {"numpy", "socket", "torch"}) == {
        "numpy",
        "socket",
    }
