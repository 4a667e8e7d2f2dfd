"""Make the icon font smaller: only the icons that Streamlit's own front end names.

Run ``make icons`` after another version of Streamlit was installed. It writes ``icons.woff2``,
which ``serving.py`` sends (8 kB) in place of Streamlit's font of 4,000 icons (375 kB).
"""

import re
from importlib.util import find_spec
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]


def main() -> None:
    """Write the font."""
    streamlit = find_spec("streamlit")
    assert streamlit is not None
    assert streamlit.origin is not None
    static = Path(streamlit.origin).parent / "static" / "static"
    scripts = "".join(file.read_text(encoding="utf-8") for file in static.glob("js/*.js"))
    names = set(re.findall(r":material/([a-z0-9_]+):", scripts))
    (source,) = static.glob("media/MaterialSymbols-Rounded.*.woff2")
    font = TTFont(source)
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    # An icon is a ligature of the letters of its name.
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            ligatures = getattr(table, "ExtSubTable", table).ligatures
            for first, some in list(ligatures.items()):
                ligatures[first] = [
                    one
                    for one in some
                    if "".join(letters[glyph] for glyph in (first, *one.Component)) in names
                ]
    options = subset.Options(flavor="woff2", layout_features=["*"], notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(names))
    subsetter.subset(font)
    subset.save_font(font, str(Path(__file__).with_name("icons.woff2")), options)


if __name__ == "__main__":
    main()
