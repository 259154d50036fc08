"""Run the chapters and write their outputs in one normal form: a second run changes no byte.

    python -m tools.refresh                    every chapter, in all languages
    python -m tools.refresh chapters/02-*.ipynb
    python -m tools.refresh --check            run everything, write nothing, say what differs; exit status 1
    python -m tools.refresh --format           run nothing, keep the outputs: what a changed sentence needs

It is the only way outputs get into a notebook. A notebook that fails, writes to stderr or shows something
that another machine cannot repeat is left as it is, and the cell is named. What a cell shows must not depend
on when, where or how fast it runs: print rounded numbers, seed everything, end plots with `plt.show()`.
To show an error, catch it and print it: a traceback holds paths of the machine that ran it. Trailing spaces
are cut, so a line break inside a Markdown paragraph is a backslash.
"""

import argparse
import asyncio
import base64
import hashlib
import io
import json
import os
import re
import sys
from itertools import zip_longest
from pathlib import Path

import nbformat
import numpy as np
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from PIL import Image

from tools import EDITIONS, ROOT, lessons

CHAPTERS = ROOT / "chapters"
SECONDS_PER_CELL = 300
AT_ONCE = min(2, os.cpu_count() or 1)  # kernels; one with PyTorch takes some 350 MB
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
CELL_METADATA = {"tags", "mystnb", "translated_from"}  # the last is kept by tools/translated.py
FOLDED = {"hide-input": "source_hidden", "hide-output": "outputs_hidden"}  # by JupyterLab, as the page does
PORTABLE = {"text/plain", "text/html", "text/markdown", "text/latex", "image/png"}
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
# Of 255, for the mean colour of 8 x 8 pixels. Another processor may shade an edge or choose a palette
# differently (measured: by up to 4); another digit in a label changes its tile by 10 to 40.
TOLERANCE = 7

# What the kernels of this tool and of the tests see, whatever the reader's shell has set.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",  # sums in the same order on any number of cores
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",  # sets print in one order
    "PYTHONUTF8": "1",  # files are read alike in locale C and on Windows
    "TQDM_DISABLE": "1",  # a progress bar shows times and writes to stderr
    "COLUMNS": "80",
    "TZ": "UTC",
    "JUPYTER_PREFER_ENV_PATH": "1",  # this environment's kernel, not one of the same name in the home folder
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # silences the debugger's advice on frozen modules
}


def set_environment():
    """Give the kernels that this process starts the settings above."""
    os.environ.update(ENVIRONMENT)
    os.environ.pop("MPLBACKEND", None)  # another backend than the kernel's own would show no figure


async def execute(notebook, folder):
    """Run all cells in `folder`; return what went wrong as a list of sentences."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name=KERNEL["name"],
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],  # one warning per kernel about its TCP port says nothing here
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        await client.async_execute()
    except CellExecutionError:
        return []  # the error stands in the cell's outputs, where `faults` finds it
    except (CellTimeoutError, DeadKernelError) as error:
        return [str(error).strip().splitlines()[0]]
    return []


def plain_png(text):
    """The same picture (base64) in at most 256 colours, a third of the size, without date and version."""
    picture = Image.open(io.BytesIO(base64.b64decode(text)))
    if picture.mode == "P":  # has been here before
        return text
    picture = picture.convert("RGBA")
    on_white = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    file = io.BytesIO()
    on_white.quantize(256, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode("ascii")


def merge_streams(outputs):
    """One stdout for a run of prints: where the pieces were cut depends on timing."""
    merged = []
    for output in outputs:
        last = merged[-1] if merged else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            merged.append(output)
    return merged


def give_ids(cells, slug):
    """Keep valid, unique cell ids; make the others from the chapter's name and the cell's place."""
    taken = set()
    for cell in cells:
        if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(cell.get("id"))) and cell["id"] not in taken:
            taken.add(cell["id"])
        else:
            cell["id"] = None
    for place, cell in enumerate(cells):
        attempt = 0
        while cell["id"] is None:
            made = hashlib.sha256(f"{slug}/{place}/{attempt}".encode()).hexdigest()[:8]
            attempt += 1
            if made not in taken:
                cell["id"] = made
                taken.add(made)


def normalise(notebook, slug):
    """Bring a notebook into the one form that is committed, in place."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    give_ids(notebook.cells, slug)
    for n, (_, cell) in enumerate(code_cells(notebook), start=1):
        cell.execution_count = n  # an editor counts on, however often a cell has been run
    for cell in notebook.cells:
        cell.metadata = {key: value for key, value in cell.metadata.items() if key in CELL_METADATA}
        cell.source = "\n".join(line.rstrip() for line in cell.source.strip("\n").split("\n"))
        if cell.cell_type != "code":
            continue
        if folded := {key: True for tag, key in FOLDED.items() if tag in cell.metadata.get("tags", [])}:
            cell.metadata["jupyter"] = folded
        cell.outputs = merge_streams(cell.outputs)
        for output in cell.outputs:
            if "data" in output:
                output["metadata"] = {}
                if "image/png" in output["data"]:
                    output["data"]["image/png"] = plain_png(output["data"]["image/png"])
    lessons.set_minutes(notebook)


def dump(notebook):
    return nbformat.v4.writes(notebook) + "\n"


def code_cells(notebook):
    """Pairs of a name to show and a code cell."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [(f"code cell {n} ({cell['id']})", cell) for n, cell in enumerate(code, start=1)]


def faults(notebook):
    """What a committed notebook must not have, one sentence each."""
    for n, (where, cell) in enumerate(code_cells(notebook), start=1):
        if not cell.source.strip():
            yield f"{where}: is empty"
        for output in cell.outputs:
            if output["output_type"] == "error":
                yield f"{where}: {output['ename']}: {output['evalue']}"
                return  # the cells below did not run
            if output.get("name") == "stderr":
                yield f"{where}: writes to stderr: {output['text'].strip().splitlines()[:1]}"
            text = [output.get("text", ""), *map(str, output.get("data", {}).values())]
            if any(map(ADDRESS.search, text)):
                yield f"{where}: shows a memory address: end the last line with `;` or call plt.show()"
            for kind in sorted(output.get("data", {}).keys() - PORTABLE):
                yield f"{where}: output of type {kind}; allowed are {', '.join(sorted(PORTABLE))}"
        if cell.execution_count != n:
            yield f"{where}: has execution count {cell.execution_count}, expected {n}"


def tiles(text):
    """The mean colours of a PNG's (base64) tiles of 8 x 8 pixels."""
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB"), dtype=float)
    rows, columns = pixels.shape[0] // 8, pixels.shape[1] // 8
    return pixels[: 8 * rows, : 8 * columns].reshape(rows, 8, columns, 8, 3).mean(axis=(1, 3))


def same_picture(stored, fresh):
    """Do two PNGs (base64) look the same, up to the shade of a few edge pixels?"""
    if stored == fresh:
        return True
    stored, fresh = tiles(stored), tiles(fresh)
    return stored.shape == fresh.shape and np.abs(stored - fresh).max() <= TOLERANCE


def shown(output):
    """An output as lines of text, and its picture or None."""
    output = dict(output)
    output["data"] = dict(output.get("data", {}))
    picture = output["data"].pop("image/png", None)
    return json.dumps(output, sort_keys=True, ensure_ascii=False, indent=1).replace("\\n", "\n"), picture


def differences(stored, fresh):
    """How a fresh run of the same cells differs from the stored outputs, one sentence each."""
    for (where, old), (_, new) in zip(code_cells(stored), code_cells(fresh), strict=True):
        if len(old.outputs) != len(new.outputs):
            yield f"{where}: {len(old.outputs)} outputs stored, {len(new.outputs)} now"
            continue
        for (old_text, old_picture), (new_text, new_picture) in zip(
            map(shown, old.outputs), map(shown, new.outputs), strict=True
        ):
            lines = zip_longest(old_text.split("\n"), new_text.split("\n"), fillvalue="")
            changed = next(((a, b) for a, b in lines if a != b), None)
            if changed:
                yield f"{where}: stored {changed[0].strip()!r}, now {changed[1].strip()!r}"
            elif (old_picture is None) != (new_picture is None):
                yield f"{where}: a picture appears or disappears"
            elif old_picture and not same_picture(old_picture, new_picture):
                yield f"{where}: the picture looks different"


def write(path, text):
    """Replace a file as a whole: an interrupted run leaves the old one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    draft.write_bytes(text.encode())
    os.replace(draft, path)


def reformat(path):
    """Bring one notebook into normal form without running it. Return (state, faults)."""
    before = path.read_bytes()
    try:
        notebook = nbformat.v4.reads(before.decode())
    except ValueError as error:  # edited as text, say, and now a comma is missing
        return "NOT written", [f"is no notebook: {error}"]
    normalise(notebook, path.stem)
    after = dump(notebook).encode()
    if after == before:
        return "same", []
    write(path, after.decode())
    return "written", []


async def refresh(path, check):
    """Run one notebook and write it (or, with `check`, compare it). Return (state, faults)."""
    before = path.read_bytes()
    notebook = nbformat.v4.reads(before.decode())
    stored = nbformat.v4.reads(before.decode())
    said = await execute(notebook, path.parent)
    normalise(notebook, path.stem)
    said += faults(notebook)
    after = dump(notebook)
    if not said and check:
        normalise(stored, path.stem)
        said = list(differences(stored, notebook))
        if dump(stored).encode() != before:
            said.append("is not in normal form: run `make format`")
    elif path.read_bytes() != before:
        said.append("was edited while it ran: run again")
    if said:
        return "differs" if check else "NOT written", said
    if after.encode() == before or check:
        return "same", []
    write(path, after)
    return "written", []


def report(path, state, said):
    """Print what became of one notebook; return whether anything is wrong with it."""
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
    print(f"{name}: {state}", *said, sep="\n  ", flush=True)
    return bool(said)


async def refresh_all(paths, check):
    """Run notebooks side by side, report in order, and return the exit status."""
    places = asyncio.Semaphore(AT_ONCE)

    async def in_turn(path):
        async with places:
            return await refresh(path, check)

    failed = False
    tasks = [asyncio.create_task(in_turn(path)) for path in paths]
    for path, task in zip(paths, tasks, strict=True):
        failed |= report(path, *await task)
    return int(failed)


def all_notebooks():
    return [path for folder in EDITIONS.values() for path in sorted(folder.glob("chapters/*.ipynb"))]


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="write nothing; say what differs")
    how.add_argument("--format", action="store_true", help="run nothing; only bring into normal form")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all")
    options = parser.parse_args(arguments)
    paths = [path.resolve() for path in options.notebooks] or all_notebooks()
    if missing := [str(path) for path in paths if not path.is_file()]:
        parser.error(f"no such notebook: {', '.join(missing)}")
    if options.format:
        broken = [path for path in paths if report(path, *reformat(path))]
        return int(bool(broken))
    set_environment()
    return asyncio.run(refresh_all(paths, options.check))


if __name__ == "__main__":
    sys.exit(main())
