"""The pages around the book say what is true: commands, chapters, links, pins, licences."""

import re
import subprocess

import nbformat
import pytest
import yaml

import nllutils
from tools import ROOT

READMES = ["README.md", "README.ko.md"]
PAGES = [*READMES, "CONTRIBUTING.md", "CONTRIBUTING.ko.md", "CHANGELOG.md", "index.md"]
# Where someone's machine or a package index shows through.
PRIVATE = re.compile(r"/(?:root|home/\w+|Users/\w+|opt|work|tmp)/|\bpypi\.(?:org|python)")


def read(name):
    return (ROOT / name).read_text("utf8")


def targets(makefile):
    return set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def commands(page):
    """The targets of all `make ...` in a page."""
    return set(re.findall(r"(?:^|`)make ([a-z-]+)", page, re.MULTILINE))


def toc_chapters(toc):
    entries = toc.get("chapters", []) + [e for part in toc.get("parts", []) for e in part["chapters"]]
    return [
        entry["file"].removesuffix(".ipynb") for entry in entries if entry["file"].startswith("chapters/")
    ]


def table(page):
    """(number or nothing, title, file) of every row of a chapter table."""
    return re.findall(r"^\| (\d*) ?\| \[(.+?)\]\((chapters/[\w-]+)\.ipynb\)", page, re.MULTILINE)


def unknown_links(page):
    links = re.findall(r"(?:\]\(|src=\")([^)\s\"#]+)", page)
    return [link for link in links if ":" not in link and not (ROOT / link).exists()]


PIN = re.compile(r"([A-Za-z0-9._-]+==[0-9][\w.]*)( ; .+)?")


def loose_pins(requirements):
    lines = [line for line in requirements.splitlines() if line and not line.startswith(("#", "-e ", "-c "))]
    return [line for line in lines if not PIN.fullmatch(line)]


def pins(requirements):
    return {match[1].lower() for line in requirements.splitlines() if (match := PIN.fullmatch(line))}


def tracked_texts():
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, listed.stdout.decode().split("\0")):
        try:
            yield name, read(name)
        except (UnicodeDecodeError, FileNotFoundError):  # a binary file, or one just removed
            continue


@pytest.mark.parametrize("page", PAGES)
def test_commands_exist(page):
    assert commands(read(page)) <= targets(read("Makefile"))


def test_help_lists_every_command():
    helped = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"make ([\w-]+)", helped)) == targets(read("Makefile"))


@pytest.mark.parametrize("page", READMES)
def test_chapter_table_is_the_toc(page):
    rows = table(read(page))
    files = toc_chapters(yaml.safe_load(read("_toc.yml")))
    assert [file for _, _, file in rows] == files
    assert [number.zfill(2) for number, _, file in rows if number] == re.findall(
        r"chapters/(\d+)", str(files)
    )


def test_korean_table_has_the_chapters_titles():
    for _, title, file in table(read("README.ko.md")):
        heading = nbformat.read(ROOT / f"{file}.ipynb", as_version=4).cells[0].source.splitlines()[0]
        assert heading == f"# {title}"


@pytest.mark.parametrize("page", PAGES[:-1])
def test_links_lead_somewhere(page):
    assert unknown_links(read(page)) == []


LISTS = ["requirements.txt", "tests/requirements.txt"]


@pytest.mark.parametrize("name", [*LISTS, "requirements.lock"])
def test_requirements_are_exact(name):
    assert loose_pins(read(name)) == []


def test_the_lock_has_every_pin():
    asked = set().union(*(pins(read(name)) for name in LISTS))
    build = re.search(r'^requires = \["(.+?)"\]', read("pyproject.toml"), re.MULTILINE)[1]
    assert asked | {build} <= pins(read("requirements.lock")), "run `make lock`"


def test_citation():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["version"] == nllutils.__version__
    assert f"## {nllutils.__version__}" in read("CHANGELOG.md")


def test_licences_are_whole():
    assert "Section 8 -- Interpretation." in read("LICENSE")
    assert 'THE SOFTWARE IS PROVIDED "AS IS"' in read("LICENSE-CODE")


def test_nothing_private_in_any_file():
    found = {name: match[0] for name, text in tracked_texts() if (match := PRIVATE.search(text))}
    assert found == {}


def test_planted_faults_are_seen():
    assert commands("`make bok`\nmake tset") == {"bok", "tset"}
    assert table("| 7 | [A](chapters/07-a.ipynb) | x |") == [("7", "A", "chapters/07-a")]
    assert toc_chapters({"chapters": [{"file": "chapters/07-a"}]}) == ["chapters/07-a"]
    assert unknown_links("[a](none.md) [b](README.md) [c](https://example.org/d)") == ["none.md"]
    assert loose_pins("a==1.2\nb>=1\nc\nd==1.* \n# e\n-e .") == ["b>=1", "c", "d==1.* "]
    assert pins("A==1.2\nb==2 ; sys_platform == 'linux'\nc>=3") == {"a==1.2", "b==2"}
    assert PRIVATE.search("/ho" + "me/kim/x") and PRIVATE.search("https://py" + "pi.org/simple")
