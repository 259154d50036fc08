"""Run the cells of a page in Pyodide; `live-worker.js` calls `run`."""

import ast
import base64
import contextlib
import io
import logging
import os
import sys
import traceback
import warnings

os.environ["MPLBACKEND"] = "agg"
# Pictures are taken when a cell ends: `plt.show()` need not say that it shows none, nor Matplotlib that it
# looks for fonts.
warnings.filterwarnings("ignore", message=".*non-interactive")
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
page = {"__name__": "__main__"}


def run(code):
    """Return what a cell prints, the HTML of its last value, its pictures (base64), whether it failed."""
    printed, html, failed = io.StringIO(), "", False
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            value = _value_of(code)
            if hasattr(value, "_repr_html_"):
                html = value._repr_html_()
            elif value is not None:
                print(repr(value))
        except BaseException as error:
            failed = True
            where = (
                error.__traceback__ and error.__traceback__.tb_next and error.__traceback__.tb_next.tb_next
            )
            traceback.print_exception(type(error), error, where)
        pictures = _take_pictures()
    return printed.getvalue(), html, pictures, failed


def _value_of(code):
    """Run a cell; return the value of its last line, if that is an expression."""
    tree = ast.parse(code, "<cell>")
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), page)
    return last and eval(compile(ast.Expression(last.value), "<cell>", "eval"), page)


def _take_pictures():
    plt = sys.modules.get("matplotlib.pyplot")
    pictures = []
    for number in plt.get_fignums() if plt else []:
        figure, file = plt.figure(number), io.BytesIO()
        figure.savefig(file, format="png", dpi=figure.dpi, bbox_inches="tight")
        pictures.append(base64.b64encode(file.getvalue()).decode())
    if plt:
        plt.close("all")
    return pictures
