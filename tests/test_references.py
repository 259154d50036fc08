"""The list of references has what the chapters cite, and says which chapters those are."""

import re

import pytest
from edition import CHAPTERS, SOURCES_SECTION, markdown, read
from pybtex.database import parse_file

from tools import ROOT

ENTRIES = {key: entry.fields for key, entry in parse_file(ROOT / "references.bib").entries.items()}
LINK = re.compile(r"\]\((https?://(?:[^()\s]|\([^()]*\))+)\)")
WHOLE_BOOKS = {"goodfellow2016"}  # cited by the page of one chapter


def address(entry):
    return entry.get("url") or ("doi" in entry and f"https://doi.org/{entry['doi']}")


def plain(title):
    return re.sub(r"[{}\\]", "", title).casefold()


def cited(line):
    """Return the entries that a line of sources cites: by their addresses, or by title if they have none."""
    links = LINK.findall(line)
    return {
        key
        for key, entry in ENTRIES.items()
        if address(entry) in links
        or (key in WHOLE_BOOKS and any(link.startswith(address(entry)) for link in links))
        or (not address(entry) and plain(entry["title"]) in line.casefold())
    }


def lines(notebook):
    section = SOURCES_SECTION.search(markdown(notebook))
    return re.findall(r"^- .+", section[0], re.MULTILINE) if section else []


def unlisted(line):
    """Return what of a line of sources is not in references.bib: its links, or the line itself."""
    found = cited(line)
    known = tuple(filter(None, (address(ENTRIES[key]) for key in found)))
    return [link for link in LINK.findall(line) if not link.startswith(known)] if found else [line]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_sources_are_listed(path):
    assert [fault for line in lines(read(path)) for fault in unlisted(line)] == []


def name(path):
    return str(int(path.stem[:2])) if path.stem[:2].isdigit() else path.stem


def test_entries_name_the_chapters_that_cite_them():
    right = {key: [] for key in ENTRIES}
    for path in CHAPTERS:
        for key in set().union(*map(cited, lines(read(path)))):
            right[key].append(name(path))
    found = {key: entry["chapters"].split(", ") for key, entry in ENTRIES.items()}
    assert found == {key: names or ["summary"] for key, names in right.items()}


def test_planted_sources_are_noticed():
    assert unlisted('- A. Nobody (2001), "Nothing"') == ['- A. Nobody (2001), "Nothing"']
    known = "- [`CrossEntropyLoss`](https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html)"
    assert unlisted(known) == []
    assert unlisted(f"{known}, [1](https://example.org/1)") == ["https://example.org/1"]
