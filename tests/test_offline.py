"""`nllutils` never uses the network, and importing a part of it loads no more than that part needs."""

import doctest
import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest

import nllutils

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
MODULES = ["nllutils", *(module.name for module in pkgutil.walk_packages(nllutils.__path__, "nllutils."))]
NETWORK = {"http.client", "requests", "socket", "ssl", "urllib.request"}
HEAVY = {"matplotlib", "pandas", "scipy", "torch", "tqdm"}


def python(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


def loaded(code, modules):
    """Those of `modules` that a new interpreter has loaded after running `code`."""
    said = python(f"import sys\n{code}\nprint(*(sys.modules.keys() & set(sys.argv[1:])))", *modules)
    assert said.returncode == 0, said.stderr
    return set(said.stdout.split())


def test_every_example_runs_without_a_network():
    said = python(NO_NETWORK + RUN_EXAMPLES, *MODULES)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize(
    "code",
    ["socket.create_connection(('127.0.0.1', 9))", "socket.getaddrinfo('localhost', 80)", "socket.socket()"],
)
def test_network_is_really_refused(code):
    said = python(f"{NO_NETWORK}import socket\n{code}")
    assert "has to work without a network" in said.stderr


def test_every_public_function_has_an_example():
    finder = doctest.DocTestFinder(exclude_empty=True)
    tests = [test for name in MODULES for test in finder.find(import_module(name))]
    public = {f"nllutils.{module}.{name}" for module, names in nllutils._HOME.items() for name in names}
    assert public <= {test.name for test in tests if test.examples}


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import nllutils", {"numpy"} | NETWORK | HEAVY),
        ("import nllutils; nllutils.cross_entropy([[2.0, 1.0]], [0])", NETWORK | HEAVY),
        ("import nllutils; nllutils.load_penguins()", NETWORK | HEAVY),
        ("import nllutils; nllutils.explorables.show('softmax-nll')", NETWORK | HEAVY),
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
