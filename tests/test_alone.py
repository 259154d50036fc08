"""A notebook that a page offers runs alone, with the package from the site and nothing of the repository."""

import os
import subprocess
import sysconfig
import venv

import browsing
import nbformat
import pytest
from nbformat import v4

from theme import alone
from tools import book

# With training in PyTorch and data of the package, with an interactive figure, with an exercise alone.
NAMES = ["07-classifier", "01-likelihood", "00-start"]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The folder of the pages as they are published at an address of this machine."""
    place = tmp_path_factory.mktemp("published")
    folder = place / "_build" / "html"
    folder.mkdir(parents=True)
    with browsing.served(folder) as address:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SITE_URL", address)
            status, _ = book.build(place)
        assert status == 0
        yield folder


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """The Python of an environment that has what the notebooks need, but nothing of this repository."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, with_pip=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    # The packages of this environment, but not what their .pth files add, such as this repository.
    (packages / "more.pth").write_text(sysconfig.get_path("purelib"))
    python = folder / "bin" / "python"
    tried = subprocess.run(
        [python, "-c", "import nllutils"], cwd=folder, capture_output=True, text=True, env=plain()
    )
    assert "ModuleNotFoundError" in tried.stderr
    return python


def plain():
    """The environment of a process that knows nothing of this repository."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@pytest.mark.usefixtures("execute")
@pytest.mark.parametrize("name", NAMES)
def test_a_downloaded_notebook_runs_in_an_empty_folder(published, empty, tmp_path, name):
    source = published / "_sources" / "chapters" / f"{name}.ipynb"
    (tmp_path / "notebook.ipynb").write_bytes(source.read_bytes())
    run = [empty, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", "notebook.ipynb"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, env=plain())
    assert done.returncode == 0, done.stderr
    ran, stored = (nbformat.read(path, as_version=4).cells for path in (tmp_path / "notebook.ipynb", source))
    assert "%pip install" in ran[0].source

    def texts(cells):
        return [[output.get("text") for output in cell.get("outputs", [])] for cell in cells[1:]]

    assert texts(ran) == texts(stored)


def test_links_lead_to_the_site():
    text = "[3장](03-negation.ipynb#부호), [용어](../glossary.md#nll), [밖](https://example.org/a.md)"
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell(text), v4.new_code_cell("f(x)[0](y.md)")])
    site, wheel = "https://example.org/course/", "nllutils-1-py3-none-any.whl"
    install, prose, code = alone.standing_alone(notebook, f"{site}chapters/", site + wheel, "why").cells
    assert install.source == f"# why\n%pip install --quiet {site}{wheel}"
    chapters = f"{site}chapters/"
    assert f"[3장]({chapters}03-negation.html), [용어]({chapters}../glossary.html)" in prose.source
    assert prose.source.endswith("[밖](https://example.org/a.md)") and code.source == "f(x)[0](y.md)"
