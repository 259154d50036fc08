"""Draw the picture that goes with a shared link: the page's title beside the book's curve, −log p."""

import functools
import math
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parent.parent / "nllutils" / "course" / "fonts"
SIZE = 1200, 630
MARGIN = 84
TEXT_WIDTH = 690
PAPER, INK, FAINT, GRID = "#2456c5", "#ffffff", "#d3defa", "#4a74d2"
LINE_HEIGHT = 1.35
LINES_OF_SUMMARY = 3
TWICE = 2  # drawn at twice the size and halved: Pillow's own lines have rough edges


@functools.cache
def _font(weight, size):
    return ImageFont.truetype(FONTS / f"NLLSansKR-{weight}.otf", size * TWICE)


def wrapped(text, font):
    """Return `text` in lines that fit the width, broken between words."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if font.getlength(longer) <= TEXT_WIDTH * TWICE:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _draw_curve(paint):
    """Draw −log p on the right, over its axes, as a row of dots so close that it looks like one stroke."""
    edges = (SIZE[0] - 340, SIZE[0] - MARGIN, SIZE[1] - 130, 130)
    left, right, bottom, top = (TWICE * edge for edge in edges)
    paint.line([(left, top), (left, bottom), (right, bottom)], fill=GRID, width=3 * TWICE)
    highest, steps = 4, 1000
    for step in range(steps + 1):
        loss = highest * step / steps
        point = left + (right - left) * math.exp(-loss), bottom + (top - bottom) * loss / highest
        paint.circle(point, 4.5 * TWICE, fill=INK)


def draw(title, above, below):
    """Return the picture: `title` large, with a line `above` and up to three lines `below` it."""
    image = Image.new("RGB", (SIZE[0] * TWICE, SIZE[1] * TWICE), PAPER)
    paint = ImageDraw.Draw(image)
    _draw_curve(paint)
    parts = [
        (above, _font("Bold", 30), FAINT),
        (title, _font("Bold", 68), INK),
        (below, _font("Regular", 28), FAINT),
    ]
    y = MARGIN * TWICE
    for text, font, colour in parts:
        for line in wrapped(text, font)[:LINES_OF_SUMMARY]:
            paint.text((MARGIN * TWICE, y), line, fill=colour, font=font)
            y += font.size * LINE_HEIGHT
        y += 28 * TWICE
    return image.resize(SIZE, Image.Resampling.LANCZOS).quantize(64)
