"""Make Streamlit's fonts smaller: only the icons that its front end names, and usual letters.

Run ``make fonts`` after another version of Streamlit was installed. It writes ``deploy/fonts``,
which ``serving.py`` sends in place of Streamlit's fonts: 8 kB of icons for 375, and 63, 63 and
43 kB of letters for 170, 138 and 90.

The licence of the letters reserves their fonts' name, "Source", for whole ones.
"""

import re
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from deploy.letters import LETTERS

_ICONS = "MaterialSymbols-Rounded"
_TEXT = ("SourceSansVF-Upright", "SourceSansVF-Italic", "SourceCodeVF-Upright")
_COPYRIGHT, _LICENCE, _LICENCE_ADDRESS = 0, 13, 14


def main() -> None:
    """Write the fonts."""
    streamlit = find_spec("streamlit")
    assert streamlit is not None
    assert streamlit.origin is not None
    static = Path(streamlit.origin).parent / "static" / "static"
    scripts = "".join(file.read_text(encoding="utf-8") for file in static.glob("js/*.js"))
    names = set(re.findall(r":material/([a-z0-9_]+):", scripts))
    icons = _font(static, _ICONS)
    keep_icons(icons, names)
    write(icons, _ICONS, map(ord, "".join(names)), ["*"])
    letters = [letter for first, last in LETTERS for letter in range(first, last + 1)]
    for name in _TEXT:
        font = _font(static, name)
        for record in font["name"].names:
            if record.nameID not in (_COPYRIGHT, _LICENCE, _LICENCE_ADDRESS):
                record.string = record.toUnicode().replace("Source", "Lab")
        # Digits of one width are asked for by `tabular-nums`.
        write(font, name, letters, [*subset.Options().layout_features, "tnum"])


def _font(static: Path, name: str) -> TTFont:
    (file,) = static.glob(f"media/{name}.*.woff2")
    return TTFont(file)


def keep_icons(font: TTFont, names: set[str]) -> None:
    """Drop all icons but these; an icon is a ligature of the letters of its name."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            ligatures = getattr(table, "ExtSubTable", table).ligatures
            for first, some in list(ligatures.items()):
                ligatures[first] = [
                    one
                    for one in some
                    if "".join(letters[glyph] for glyph in (first, *one.Component)) in names
                ]


def write(font: TTFont, name: str, letters: Iterable[int], features: list[str]) -> None:
    """Write a font with these letters only."""
    options = subset.Options(flavor="woff2", layout_features=features, notdef_outline=True)
    options.name_IDs += [_LICENCE, _LICENCE_ADDRESS]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    subset.save_font(font, str(Path(__file__).parent / "fonts" / f"{name}.woff2"), options)


if __name__ == "__main__":
    main()
