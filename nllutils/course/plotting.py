"""How the figures of the course look: one style, and a Korean font that travels with the package."""

from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager

__all__ = ["use_course_style"]

FONTS = Path(__file__).parent / "fonts"
FAMILY = "NLL Sans KR"

# Okabe and Ito's colours, told apart with any kind of colour vision; the order is that of use.
BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"

STYLE = {
    # DejaVu Sans comes with Matplotlib and has the signs that the Korean font lacks.
    "font.family": [FAMILY, "DejaVu Sans"],
    "mathtext.fontset": "custom",
    "mathtext.rm": FAMILY,
    "mathtext.bf": f"{FAMILY}:bold",
    "mathtext.it": "DejaVu Sans:italic",
    "mathtext.cal": "DejaVu Sans:italic",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.prop_cycle": mpl.cycler(color=[BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#D9D9D9",
    "grid.linewidth": 0.7,
    "lines.linewidth": 2,
    "legend.frameon": False,
    "image.cmap": "cividis",
    "figure.figsize": (6.4, 3.6),
    "figure.dpi": 120,
    "figure.constrained_layout.use": True,
}


def use_course_style():
    """Give all figures of this session the style of the course, Korean text included.

    The Korean font is part of the package, so labels render on a machine without any Korean font, and
    minus signs, exponents of logarithmic axes and formulas render too. Matplotlib's own
    ``matplotlib.rcdefaults()`` undoes it.

    Examples
    --------
    >>> import matplotlib
    >>> from nllutils import use_course_style
    >>> use_course_style()
    >>> matplotlib.rcParams["font.family"]
    ['NLL Sans KR', 'DejaVu Sans']
    >>> matplotlib.rcdefaults()
    """
    known = {font.fname for font in font_manager.fontManager.ttflist}
    for path in sorted(FONTS.glob("*.otf")):
        if str(path) not in known:
            font_manager.fontManager.addfont(path)
    mpl.rcParams.update(STYLE)
