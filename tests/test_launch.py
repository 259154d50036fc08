"""Binder runs the chapters as they are here, and a page leads to Binder only where that is known to work."""

import ast
import re
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest

from theme import launch
from tools import ROOT, refresh

# --- What Binder installs and starts -----------------------------------------------------------------------


def pins(requirements):
    """Return the version of every pinned package; which build of it (`+cpu`) does not matter here."""
    return dict(re.findall(r"^([\w-]+)==([\w.]+)", requirements, re.MULTILINE))


def imported(code):
    """Return the packages that `code` imports and Python does not have itself."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"nllutils"}


def code_that_binder_runs():
    """Return the code of all chapters and of the package."""
    cells = [
        cell.source
        for path in refresh.all_notebooks()
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
    ]
    return cells + [path.read_text("utf8") for path in (ROOT / "nllutils").rglob("*.py")]


def test_binder_installs_what_the_chapters_import_at_the_books_versions():
    ours, binders = (
        pins((ROOT / name).read_text()) for name in ("requirements.txt", ".binder/requirements.txt")
    )
    assert set(binders) == set().union(*map(imported, code_that_binder_runs()))
    assert binders.items() <= ours.items()


def test_planted_faults_in_the_lists_are_seen():
    assert pins("# torch==1\nnumpy==2.4.6\ntorch==2.13.0+cpu\n-e .") == {"numpy": "2.4.6", "torch": "2.13.0"}
    assert not pins("numpy==2.4.5").items() <= pins("numpy==2.4.6 ; sys_platform").items()
    assert imported("import os, numpy.linalg\nfrom scipy import stats\nfrom . import x\nimport nllutils") == {
        "numpy",
        "scipy",
    }


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_scripts_can_run(name):
    mode = subprocess.run(
        ["git", "ls-files", "--stage", f".binder/{name}"], cwd=ROOT, capture_output=True, text=True
    )
    if mode.returncode:
        pytest.skip("not a git checkout")
    assert mode.stdout.startswith("100755")
    subprocess.run(["bash", "-n", ROOT / ".binder" / name], check=True)


def test_start_gives_way_to_the_server_with_one_thread():
    show = [ROOT / ".binder" / "start", "sh", "-c", 'echo "$0 $1 $OMP_NUM_THREADS"', "a b", "c"]
    assert subprocess.run(show, capture_output=True, text=True, check=True).stdout == "a b c 1\n"


# --- Where the pages lead --------------------------------------------------------------------------------


@pytest.fixture
def environment(monkeypatch):
    """A function that sets what a workflow on GitHub knows, and nothing else."""

    def environment(**names):
        for name in ("GITHUB_REPOSITORY", "GITHUB_SERVER_URL", "GITHUB_REF", "SITE_URL"):
            monkeypatch.delenv(name, raising=False)
        for name, value in names.items():
            monkeypatch.setenv(name, value)

    return environment


def links(source, language="ko"):
    """Return what the layout is told about the page made from the file `source`."""
    env = SimpleNamespace(found_docs={"page"}, doc2path=lambda name, base: source)
    context = {"sourcename": source, "pathto": lambda uri, resource: f"../{uri}"}
    app = SimpleNamespace(env=env, config=SimpleNamespace(language=language))
    launch.add_links(app, "page", "page.html", context, None)
    return {name: context[name] for name in ("notebook", "binder", "colab", "edit_url") if name in context}


CHAPTER = "chapters/02-log.ipynb"


def test_a_build_at_home_links_nowhere(environment):
    environment()
    assert links(CHAPTER) == {"notebook": f"../_sources/{CHAPTER}"}
    assert links("summary.md") == {}


def test_every_page_leads_to_its_source(environment):
    environment(GITHUB_REPOSITORY="owner/course")
    assert links("summary.md") == {"edit_url": "https://github.com/owner/course/edit/HEAD/summary.md"}
    assert links(CHAPTER) == {
        "notebook": f"../_sources/{CHAPTER}",
        "binder": f"https://mybinder.org/v2/gh/owner/course/HEAD?urlpath=lab/tree/{CHAPTER}",
        "edit_url": f"https://github.com/owner/course/edit/HEAD/{CHAPTER}",
    }


def test_the_source_of_a_translated_page_is_in_its_folder(environment):
    environment(GITHUB_REPOSITORY="owner/course", SITE_URL="https://example.org/course")
    found = links(CHAPTER, language="en")
    assert all(found[kind].endswith(f"/en/{CHAPTER}") for kind in ("binder", "colab", "edit_url"))


def test_colab_is_given_notebooks_that_run_alone(environment):
    environment(GITHUB_REPOSITORY="owner/course", SITE_URL="https://example.org/course")
    assert links(CHAPTER)["colab"].endswith("/github/owner/course/blob/notebooks/chapters/02-log.ipynb")
    environment(SITE_URL="https://example.org/course")
    assert "colab" not in links(CHAPTER)


def test_binder_cannot_read_another_server(environment):
    environment(GITHUB_REPOSITORY="owner/course", GITHUB_SERVER_URL="https://git.example.org")
    assert links(CHAPTER).keys() == {"notebook", "edit_url"}
    assert links(CHAPTER)["edit_url"].startswith("https://git.example.org/owner/course/edit/")


@pytest.mark.parametrize(
    ("ref", "on_binder", "to_edit"),
    [
        ("refs/pull/7/merge", "HEAD", "HEAD"),
        ("refs/heads/main", "main", "main"),
        ("refs/heads/fix/log", "fix%2Flog", "fix/log"),
        ("refs/tags/v1.0", "v1.0", "HEAD"),
    ],
)
def test_the_branch_or_tag_that_is_built(environment, ref, on_binder, to_edit):
    environment(GITHUB_REPOSITORY="owner/course", GITHUB_REF=ref)
    assert f"/{on_binder}?urlpath" in links(CHAPTER)["binder"]
    assert f"/edit/{to_edit}/chapters" in links(CHAPTER)["edit_url"]
