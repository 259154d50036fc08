"""A book of three pages with the real one's theme, to plant faults in: it stays when chapters change."""

import base64
import io
import os
import subprocess
import sys

import nbformat
from nbformat import v4
from PIL import Image, ImageColor

from nllutils import explorables
from tools import ROOT

ADDRESS = "https://example.org/course/"
CONF = """
extensions, nb_execution_mode = ["myst_nb", "theme"], "off"
exclude_patterns = ["en/**"]
myst_enable_extensions, myst_heading_anchors = ["dollarmath"], 3
html_math_renderer, html_theme, language, html_use_index = "katex", "course", "ko", False
project, html_title, html_favicon, html_permalinks_icon = "책", "책", "curve.svg", "#"
"""
FILES = {
    "conf.py": CONF,
    "curve.svg": (ROOT / "theme" / "favicon.svg").read_text("utf-8"),
    "index.md": "# 책\n\n첫 문장입니다.\n\n```{toctree}\npart/cells\npart/broken\n```\n",
    # Of the English edition only the files: its pages are not built.
    "en/index.md": "# Book\n",
    "en/part/cells.md": "# The logarithm\n",
    "part/broken.md": "# 깨진 수식\n\n글과 $x$\n\n$$\\frac{1$$\n\n> 바로잡기 굵지 않은 말.\n",
}
# One of each kind of thing that a chapter has.
EVERYTHING = r"""# 로그

로그의 <뜻> & 쓰임입니다. 식 $\text{앞면} = 1$도 있고, [](broken.md)도 봅니다.

## 표와 목록

$$-\log\frac{a}{b} = \log b - \log a, \qquad \log(a \cdot b \cdot c) = \log a + \log b + \log c + 0 + 0$$

- 첫째 항목
- 둘째 항목

| 수 | 로그 |
|---|---|
| 1 | 0 |

> **바로잡기** 로그는 약수가 아닙니다.

**자기 점검** 맞는 것을 고르세요.

<details><summary>① 로그는 곱을 합으로 바꿉니다</summary>

맞습니다. 값은 `log(ab)`입니다.

```python
answer = "①"
```

</details>

### 그림
"""


def chart(colours):
    """Return the output of a cell that draws: a picture 200 pixels wide, of `colours` from left to right."""
    stripes = Image.new("RGB", (len(colours), 1))
    stripes.putdata([ImageColor.getrgb(colour) for colour in colours])
    stripes.resize((200, 100), Image.Resampling.NEAREST).save(picture := io.BytesIO(), "png")
    encoded = base64.b64encode(picture.getvalue()).decode()
    return v4.new_output("display_data", {"image/png": encoded, "text/plain": "<Figure>"})


def notebook():
    """Return a chapter with one of each kind of cell and output."""

    def drawn(alt, *colours, **image):
        metadata = {"mystnb": {"image": {"alt": alt, **image}}}
        return v4.new_code_cell(f"draw({alt!r})", outputs=[chart(colours)], metadata=metadata)

    figure = v4.new_output("execute_result", {"text/html": explorables.show("softmax-nll")._repr_html_()})
    printed = v4.new_output("stream", text="0.6931\n")
    code = "import math\nprint(round(math.log(2), 4))"
    cells = [
        v4.new_markdown_cell(EVERYTHING),
        v4.new_code_cell(code, outputs=[printed]),
        v4.new_code_cell(code, outputs=[printed], metadata={"tags": ["hide-output"]}),
        v4.new_markdown_cell("> **답** 배우지 않아도 *log 2*입니다."),
        drawn("흰 바탕에 검은 막대가 하나 있는 그림.", *["white"] * 9, "black"),
        drawn("네 가지 색이 이어지는 열지도 그림.", "navy", "teal", "olive", "yellow"),
        drawn(
            "거의 흰 등고선 그림으로, 쓴 사람이 색을 지킨다.", *["white"] * 9, "navy", classes="full-colour"
        ),
        v4.new_code_cell('explorables.show("softmax-nll")', outputs=[figure]),
    ]
    return v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})


def build(source):
    """Write the book into the folder `source`; return the folder of its pages and the warnings."""
    (source / "part").mkdir()
    (source / "en" / "part").mkdir(parents=True)
    for name, text in FILES.items():
        (source / name).write_text(text, "utf-8")
    nbformat.write(notebook(), source / "part" / "cells.ipynb")
    command = [sys.executable, "-m", "sphinx", "-q", source, source / "out"]
    environment = {**os.environ, "SITE_URL": ADDRESS.rstrip("/"), "GITHUB_REPOSITORY": "owner/course"}
    built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return source / "out", built.stderr
