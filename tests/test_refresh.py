"""tools/refresh.py: one normal form, a second run that changes nothing, a check that sees changes."""

import base64
import io
import os
import re

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imsave
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, reads

from tools import refresh

DRAW = """
import matplotlib.pyplot as plt
from tqdm import tqdm
for i in tqdm(range(2)):
    print(i, round(0.1 + i, 4))
plt.plot([1, 2], [3, 4])
plt.show()
"""


def png(pixels, **metadata):
    file = io.BytesIO()
    imsave(file, np.asarray(pixels, dtype=np.uint8), metadata=metadata)
    return base64.b64encode(file.getvalue()).decode()


GRAY = np.full((40, 40, 4), 200, dtype=np.uint8)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A chapter that the tool has run once."""
    path = tmp_path_factory.mktemp("chapters") / "01-coin.ipynb"
    cells = [new_markdown_cell("# 동전  \n\n"), new_code_cell(DRAW), new_code_cell("2 + 2")]
    path.write_text(refresh.dump(new_notebook(cells=cells)), "utf8")
    assert refresh.main([str(path)]) == 0
    return path


@pytest.fixture
def chapter(done, tmp_path):
    """A copy of it to spoil."""
    path = tmp_path / done.name
    path.write_bytes(done.read_bytes())
    return path


def test_outputs_are_written_in_order(done):
    notebook = reads(done.read_text("utf8"))
    assert [cell.get("execution_count") for cell in notebook.cells] == [None, 1, 2]
    assert notebook.cells[1].outputs[0].text == "0 0.1\n1 1.1\n"
    assert "image/png" in notebook.cells[1].outputs[1].data
    assert notebook.cells[0].source == "# 동전"
    assert list(refresh.faults(notebook)) == []


def test_second_run_and_check_change_no_byte(chapter, capsys):
    before = chapter.read_bytes()
    assert refresh.main([str(chapter)]) == 0
    assert chapter.read_bytes() == before
    assert refresh.main(["--check", str(chapter)]) == 0
    assert chapter.read_bytes() == before
    assert capsys.readouterr().out == "01-coin.ipynb: same\n" * 2


def run_all(folder, notebooks, *options):
    """Run the tool once on several texts; return what it says of each, and that none was written."""
    for name, text in notebooks.items():
        (folder / f"{name}.ipynb").write_text(text, "utf8")
    paths = [folder / f"{name}.ipynb" for name in notebooks]
    status = refresh.main([*options, *map(str, paths)])
    assert [path.read_text("utf8") for path in paths] == list(notebooks.values())
    return status


def test_check_sees_each_change_and_writes_nothing(done, tmp_path, capsys):
    text = done.read_text("utf8")
    picture = reads(text).cells[1].outputs[1].data["image/png"]
    changes = {
        "number": ("1 1.1", "1 1.2"),
        "picture": (picture, png(GRAY)),
        "output": ('"text/plain": [', '"text/html": ['),
        "form": ('"# 동전"', '"# 동전 "'),
    }
    spoilt = {name: text.replace(*change) for name, change in changes.items()}
    assert text not in spoilt.values()
    assert run_all(tmp_path, spoilt, "--check") == 1
    said = capsys.readouterr().out
    assert re.search(r"number.ipynb: differs\n  code cell 1 .*stored '1 1.2', now '1 1.1'", said)
    assert re.search(r"picture.ipynb: differs\n  code cell 1 .*the picture looks different", said)
    assert re.search(r"output.ipynb: differs\n  code cell 1 .*stored", said)
    assert re.search(r"form.ipynb: differs\n  is not in normal form", said)


def test_faulty_notebooks_are_named_and_left_alone(tmp_path, capsys):
    sources = {
        "error": "1 / 0",
        "stderr": "import sys; print('x', file=sys.stderr)",
        "warning": "import warnings; warnings.warn('careful')",
        "address": "object()",
        "exit": "import os; os._exit(1)",
    }
    notebooks = {n: refresh.dump(new_notebook(cells=[new_code_cell(s)])) for n, s in sources.items()}
    assert run_all(tmp_path, notebooks) == 1
    said = capsys.readouterr().out
    assert said.count("NOT written") == len(sources)
    assert re.search(r"error.ipynb.*\n  code cell 1 .*: ZeroDivisionError: division by zero", said)
    assert re.search(r"stderr.ipynb.*\n  code cell 1 .*: writes to stderr", said)
    assert re.search(r"warning.ipynb.*\n  code cell 1 .*: writes to stderr", said)
    assert re.search(r"address.ipynb.*\n  code cell 1 .*: shows a memory address", said)
    assert re.search(r"exit.ipynb.*\n  Kernel died", said)


def test_format_undoes_what_an_editor_adds_and_keeps_the_rest(done, chapter, monkeypatch, capsys):
    monkeypatch.setattr(refresh, "execute", None)  # nothing is run
    edited = reads(done.read_text("utf8"))
    edited.metadata["language_info"] = {"name": "python", "version": "3.14.0", "mimetype": "text/x-python"}
    edited.cells[1].metadata["editable"] = True
    edited.cells[1].execution_count = 7
    edited.cells[0].source = "# 주화 "
    chapter.write_text(refresh.dump(edited), "utf8")
    assert refresh.main(["--format", str(chapter)]) == 0
    assert chapter.read_text("utf8") == done.read_text("utf8").replace("동전", "주화")
    assert refresh.main(["--format", str(chapter)]) == 0
    assert capsys.readouterr().out == "01-coin.ipynb: written\n01-coin.ipynb: same\n"


def test_format_says_where_a_notebook_edited_as_text_is_broken(chapter, capsys):
    broken = chapter.read_text("utf8").replace('"cells": [', '"cells": [,', 1)
    chapter.write_text(broken, "utf8")
    assert refresh.main(["--format", str(chapter)]) == 1
    assert re.search(r"NOT written\n  is no notebook: .*line \d+ column \d+", capsys.readouterr().out)
    assert chapter.read_text("utf8") == broken


def test_edits_made_during_the_run_are_kept(chapter, capsys, monkeypatch):
    async def edit(notebook, folder):
        chapter.write_text("{}")
        return []

    monkeypatch.setattr(refresh, "execute", edit)
    assert refresh.main([str(chapter)]) == 1
    assert "was edited while it ran" in capsys.readouterr().out
    assert chapter.read_text() == "{}"


def test_a_kill_while_writing_leaves_the_old_notebook(chapter, monkeypatch):
    def kill(*_):
        raise KeyboardInterrupt

    before = chapter.read_bytes()
    monkeypatch.setattr(os, "replace", kill)
    with pytest.raises(KeyboardInterrupt):
        refresh.write(chapter, "new")
    assert chapter.read_bytes() == before


def test_unknown_notebook_is_an_error(tmp_path, capsys):
    with pytest.raises(SystemExit):
        refresh.main([str(tmp_path / "99-none.ipynb")])
    assert "no such notebook" in capsys.readouterr().err


def test_ids_are_kept_or_made_the_same_way():
    def cells():
        made = [new_markdown_cell(str(i)) for i in range(5)]
        for cell, name in zip(made, ["kept", "kept", "not valid!", None, "also-kept"], strict=True):
            cell["id"] = name
        return made

    first, second = cells(), cells()
    refresh.give_ids(first, "01-coin")
    refresh.give_ids(second, "01-coin")
    ids = [cell["id"] for cell in first]
    assert ids == [cell["id"] for cell in second]
    assert (ids[0], ids[4], len(set(ids))) == ("kept", "also-kept", 5)
    assert all(re.fullmatch("[0-9a-f]{8}", name) for name in ids[1:4])


def test_an_id_made_before_a_cell_moved_is_not_made_twice():
    first = [new_markdown_cell("a")]
    first[0]["id"] = None
    refresh.give_ids(first, "01-coin")
    moved = [new_markdown_cell("new"), *first]
    moved[0]["id"] = None
    refresh.give_ids(moved, "01-coin")
    assert len({cell["id"] for cell in moved}) == 2


def test_normal_form_drops_what_differs_between_machines():
    cell = new_code_cell("x = 1  \n", metadata={"tags": ["a"], "collapsed": True})
    cell.outputs = [
        new_output("stream", name="stdout", text="a"),
        new_output("stream", name="stdout", text="b"),
        new_output("display_data", {"image/png": png(GRAY, Software="x")}, metadata={"needs": "light"}),
    ]
    notebook = new_notebook(cells=[cell], metadata={"language_info": {"name": "python", "version": "3.11.7"}})
    refresh.normalise(notebook, "01-coin")
    assert cell.source == "x = 1"
    assert cell.metadata == {"tags": ["a"]}
    assert [output.get("text") for output in cell.outputs] == ["ab", None]
    assert cell.outputs[1].metadata == {}
    assert cell.outputs[1].data["image/png"] == refresh.plain_png(png(GRAY))
    assert notebook.metadata == {"kernelspec": refresh.KERNEL, "language_info": {"name": "python"}}


def test_what_the_page_folds_is_collapsed_in_jupyterlab():
    cells = [
        new_code_cell("a", metadata={"tags": ["hide-input", "hide-output"]}),
        new_code_cell("b", metadata={"tags": ["hide-output"]}),
        new_code_cell("c", metadata={"tags": ["one-hour"], "jupyter": {"source_hidden": True}}),
    ]
    refresh.normalise(new_notebook(cells=cells), "01-coin")
    assert [cell.metadata.get("jupyter") for cell in cells] == [
        {"source_hidden": True, "outputs_hidden": True},
        {"outputs_hidden": True},
        None,
    ]


def draw(label="0.267", end=0.5, **options):
    figure = Figure(figsize=(6.4, 3.6), dpi=120)
    axes = figure.subplots()
    axes.plot([0, 1], [0, end])
    axes.annotate(label, (0.2, 0.3), fontsize=9)
    file = io.BytesIO()
    figure.savefig(file, **options)
    return base64.b64encode(file.getvalue()).decode()


def test_pictures_are_compared_as_the_eye_does():
    assert refresh.same_picture(draw(), draw(end=0.5 + 1e-9, metadata={"Software": "x"}))
    assert not refresh.same_picture(draw(), draw(label="0.287"))
    assert not refresh.same_picture(draw(), draw(end=0.503))
    assert not refresh.same_picture(png(GRAY), png(GRAY[:20]))
    edge = GRAY.copy()
    edge[:, 20] += 9  # one shade lighter
    assert refresh.same_picture(png(GRAY), png(edge))


def test_pictures_are_small_and_keep_their_looks():
    full = draw()
    plain = refresh.plain_png(full)
    assert len(plain) < len(full) / 2
    assert refresh.plain_png(plain) == plain
    assert refresh.same_picture(full, plain)
    assert refresh.tiles(refresh.plain_png(draw(transparent=True)))[0, 0].tolist() == [255, 255, 255]
