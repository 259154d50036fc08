"""Binder runs the chapters as they are here, and a page leads to Binder only where that is known to work."""

import ast
import re
import subprocess
import sys
import warnings
from types import SimpleNamespace

import nbformat
import pytest

from theme import launch
from tools import ROOT, refresh

with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of a module's old name
    from repo2docker.buildpacks import PythonBuildPack

# --- What Binder makes of the repository -----------------------------------------------------------------


@pytest.fixture
def image(monkeypatch):
    """How Binder's own program would build the repository; it needs no Docker to say so."""
    monkeypatch.chdir(ROOT)
    image = PythonBuildPack("buildpack-deps:24.04")
    image.platform = "linux/amd64"
    assert image.detect()
    return image


def test_binder_reads_our_files(image):
    assert image.python_version == "3.11"
    recipe = image.render({})
    ours = [
        "COPY --chown=1000:1000 src/.binder/requirements.txt",  # alone: a new commit does not install anew
        'pip install --no-cache-dir -r ".binder/requirements.txt"',
        "COPY --chown=1000:1000 src/ ",
        "RUN ./.binder/postBuild",
        'R2D_ENTRYPOINT="${REPO_DIR}/.binder/start"',
    ]
    places = [recipe.find(step) for step in ours]
    assert -1 not in places
    assert places == sorted(places)


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
        for path in refresh.CHAPTERS.glob("*.ipynb")
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
def home(monkeypatch):
    """An environment that knows nothing of GitHub."""
    for name in ("GITHUB_REPOSITORY", "GITHUB_SERVER_URL", "GITHUB_REF"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def checkout(folder, remote):
    """Make `folder` a repository whose origin is `remote`."""
    subprocess.run(["git", "init", "-q", folder], check=True)
    if remote:
        subprocess.run(["git", "-C", folder, "remote", "add", "origin", remote], check=True)
    return folder


@pytest.mark.parametrize(
    "remote",
    [
        "https://github.com/owner/course.git",
        "https://github.com/owner/course/",
        "https://token@github.com/owner/course",
        "git://github.com/owner/course.git",
        "git@github.com:owner/course.git",
        "ssh://git@github.com/owner/course.git",
        "ssh://git@ssh.github.com:443/owner/course.git",
    ],
)
def test_every_form_of_a_remote_on_github(tmp_path, home, remote):
    assert launch.repository(checkout(tmp_path, remote)) == "owner/course"


@pytest.mark.parametrize(
    "remote",
    [
        None,
        "/srv/git/course",
        "/srv/github.com/owner/course",
        "https://gitlab.com/owner/course.git",
        "git@gitlab.com:github.com/course.git",
        "https://notgithub.com/owner/course.git",
        "https://github.com.example.org/owner/course",
        "https://example.org/github.com/owner/course",
        "https://github.com/owner",
        "https://github.com/owner/course/wiki",
    ],
)
def test_no_dead_button_for_any_other_remote(tmp_path, home, remote):
    assert launch.repository(checkout(tmp_path, remote)) is None


def test_a_repository_around_the_book_is_not_the_books(tmp_path, home):
    checkout(tmp_path, "https://github.com/owner/other.git")
    (tmp_path / "book").mkdir()
    assert launch.repository(tmp_path / "book") is None


def test_the_environment_comes_before_the_remote(tmp_path, home):
    checkout(tmp_path, "https://github.com/owner/course.git")
    home.setenv("GITHUB_REPOSITORY", "someone/fork")
    assert launch.repository(tmp_path) == "someone/fork"
    home.setenv("GITHUB_SERVER_URL", "https://git.example.org")
    assert launch.repository(tmp_path) is None


@pytest.mark.parametrize(
    ("ref", "revision"),
    [
        (None, "HEAD"),
        ("refs/pull/7/merge", "HEAD"),
        ("refs/heads/main", "main"),
        ("refs/heads/fix/log", "fix%2Flog"),
        ("refs/tags/v1.0", "v1.0"),
    ],
)
def test_the_branch_or_tag_that_is_built(home, ref, revision):
    if ref:
        home.setenv("GITHUB_REF", ref)
    assert launch.revision() == revision


def links(source, repository):
    """Return what the layout is told about the page made from the file `source`."""
    env = SimpleNamespace(found_docs={"page"}, doc2path=lambda name, base: source)
    context = {"repository": repository, "sourcename": source, "pathto": lambda uri, resource: f"../{uri}"}
    launch.add_links(SimpleNamespace(env=env), "page", "page.html", context, None)
    return context.get("notebook"), context.get("binder")


def test_every_chapter_leads_to_itself(home):
    chapter = "chapters/02-log.ipynb"
    binder = f"https://mybinder.org/v2/gh/owner/course/HEAD?urlpath=lab/tree/{chapter}"
    assert links(chapter, "owner/course") == (f"../_sources/{chapter}", binder)
    assert links(chapter, None) == (f"../_sources/{chapter}", None)
    assert links("summary.md", "owner/course") == (None, None)
