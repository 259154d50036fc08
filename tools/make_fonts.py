"""Make nllutils/course/fonts from Pretendard: the syllables of everyday Korean, Latin, Greek and mathematics.

    npm pack pretendard@1.3.9 && tar xzf pretendard-1.3.9.tgz
    python -m tools.make_fonts package/dist/public/static nllutils/course/fonts

Pretendard is a reserved name under its licence (SIL Open Font License 1.1), so what is cut from it gets
a name of its own: "NLL Sans KR". The licence text travels beside the files.
"""

import sys
from pathlib import Path

from fontTools import subset

FAMILY = "NLL Sans KR"
COPYRIGHT, LICENCE, LICENCE_URL = 0, 13, 14
TIMESTAMP = 3_850_070_400  # the first second of 2026, always: the same input gives the same bytes


def characters():
    """Return KS X 1001 (2,350 syllables, what everyday text uses) and the signs of the figures."""
    pairs = (bytes([hi, lo]) for hi in range(0xA1, 0xFF) for lo in range(0xA1, 0xFF))
    korean = [pair.decode("euc-kr", "ignore") for pair in pairs]
    hangul = {c for c in korean if c and ("\uac00" <= c <= "\ud7a3" or "\u3131" <= c <= "\u3163")}
    ranges = [(0x20, 0x7E), (0xA0, 0x17F), (0x370, 0x3FF), (0x2010, 0x2026), (0x2070, 0x209C)]
    signs = {chr(i) for low, high in ranges for i in range(low, high + 1)}
    return hangul | signs | set("−×·÷±≈≠≤≥→←↑↓⇒∞√∑∏∫∂∇∈ℓ…○●△▲□■☆★✓①②③④⑤⑥⑦⑧⑨「」『』《》〈〉、。※₩")


def cut(source, style, target):
    """Write `source` reduced to `characters()` and renamed."""
    options = subset.Options(hinting=False, layout_features=["kern", "liga"], notdef_outline=True)
    options.name_IDs = [COPYRIGHT, LICENCE, LICENCE_URL]
    font = subset.load_font(source, options, lazy=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(characters()))
    cutter.subset(font)
    kept = {n.nameID: str(n) for n in font["name"].names}
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    names = {1: FAMILY, 2: style, 3: postscript, 4: f"{FAMILY} {style}", 5: "Version 1.0", 6: postscript}
    font["name"].names = []
    for name_id, text in {**kept, **names}.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    cff.topDictIndex[0].FamilyName, cff.topDictIndex[0].FullName = FAMILY, f"{FAMILY} {style}"
    font["head"].created = font["head"].modified = TIMESTAMP
    font.recalcTimestamp = False
    font.save(target)


def main(source_folder, target_folder):
    source_folder, target_folder = Path(source_folder), Path(target_folder)
    for style in ("Regular", "Bold"):
        target = target_folder / f"{FAMILY.replace(' ', '')}-{style}.otf"
        cut(source_folder / f"Pretendard-{style}.otf", style, target)
        print(f"{target}: {target.stat().st_size // 1024} KB")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
