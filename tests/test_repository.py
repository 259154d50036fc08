"""The pages around the book say what is true: commands, chapters, links, pins, versions."""

import re
import subprocess

import pytest
import yaml
from edition import CHAPTERS
from edition import read as read_notebook

import nllutils
from tools import ROOT

READMES = ["README.md", "README.ko.md"]
PAGES = [*READMES, "CONTRIBUTING.md", "CONTRIBUTING.ko.md", "CHANGELOG.md", "index.md"]
PINNED = ["requirements.txt", "tests/requirements.txt"]
# Where the machine of whoever wrote a file, or ran a notebook, shows through.
MACHINE = re.compile(r"/(?:root|home/\w+|Users/\w+|work)/")
MOST_MEGABYTES = 1  # in one file: whoever clones, clones all of its versions


def read(name):
    return (ROOT / name).read_text("utf8")


def commands(page):
    """All X of `make X` in a page."""
    return set(re.findall(r"(?:^|`)make ([a-z-]+)", page, re.MULTILINE))


def table(page):
    """(number or nothing, title, file) of every row of a chapter table."""
    return re.findall(r"^\| (\d*) ?\| \[(.+?)\]\((?:en/)?chapters/([\w-]+)\.ipynb\)", page, re.MULTILINE)


def unknown_links(page):
    links = re.findall(r"(?:\]\(|src=\")([^)\s\"#]+)", page)
    return [link for link in links if ":" not in link and not (ROOT / link).exists()]


PIN = re.compile(r"([A-Za-z0-9._-]+==[0-9][\w.]*)( ; .+)?")


def loose_pins(requirements):
    lines = [line for line in requirements.splitlines() if line and not line.startswith(("#", "-e ", "-c "))]
    return [line for line in lines if not PIN.fullmatch(line)]


def pins(requirements):
    return {match[1].lower() for line in requirements.splitlines() if (match := PIN.fullmatch(line))}


@pytest.fixture(scope="module")
def tracked():
    """All files that are committed, or would be: name -> content."""
    git = ["git", "ls-files", "-z", "-co", "--exclude-standard"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return {str(file.relative_to(ROOT)): file.read_bytes() for file in files if file.is_file()}


@pytest.mark.parametrize("page", PAGES)
def test_commands_exist(page):
    described = set(re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.MULTILINE))  # what `make help` shows
    assert commands(read(page)) <= described


@pytest.mark.parametrize("page", READMES)
def test_chapter_table_is_the_toc(page):
    rows = table(read(page))
    assert [file for _, _, file in rows] == [path.stem for path in CHAPTERS]
    assert all(file.startswith(f"{int(number):02}-") for number, _, file in rows if number)


def test_korean_table_has_the_chapters_titles():
    headings = [f"# {title}" for _, title, _ in table(read("README.ko.md"))]
    assert headings == [read_notebook(path).cells[0].source.partition("\n")[0] for path in CHAPTERS]


@pytest.mark.parametrize("page", PAGES[:-1])
def test_links_lead_somewhere(page):
    assert unknown_links(read(page)) == []


@pytest.mark.parametrize("name", [*PINNED, "requirements.lock"])
def test_requirements_are_exact(name):
    assert loose_pins(read(name)) == []


def test_the_lock_has_every_pin():
    asked = set().union(*(pins(read(name)) for name in PINNED))
    build = re.search(r'^requires = \["(.+?)"\]', read("pyproject.toml"), re.MULTILINE)[1]
    assert asked | {build} <= pins(read("requirements.lock")), "run `make lock`"


def test_the_version_is_the_same_everywhere():
    assert yaml.safe_load(read("CITATION.cff"))["version"] == nllutils.__version__
    assert f"## {nllutils.__version__}" in read("CHANGELOG.md")


def test_no_file_tells_of_a_machine(tracked):
    texts = {name: content.decode("utf8", "ignore") for name, content in tracked.items()}
    assert {name: match[0] for name, text in texts.items() if (match := MACHINE.search(text))} == {}


def test_no_file_is_too_big_to_clone(tracked):
    assert [name for name, content in tracked.items() if len(content) > 1e6 * MOST_MEGABYTES] == []


def test_planted_faults_are_seen():
    assert commands("`make bok`\nmake tset") == {"bok", "tset"}
    assert table("| 7 | [A](chapters/07-a.ipynb) | x |") == [("7", "A", "07-a")]
    assert unknown_links("[a](none.md) [b](README.md) [c](https://example.org/d)") == ["none.md"]
    assert loose_pins("a==1.2\nb>=1\nc\nd==1.* \n# e\n-e .") == ["b>=1", "c", "d==1.* "]
    assert pins("A==1.2\nb==2 ; sys_platform == 'linux'\nc>=3") == {"a==1.2", "b==2"}
    assert MACHINE.search("/ho" + "me/kim/x") and not MACHINE.search("https://py" + "pi.org/simple")
