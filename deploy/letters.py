"""The letters of the small text fonts in ``deploy/fonts``, and those that whole fonts are for."""

# Letters of Europe and ȳ, Greek ones, raised ones, punctuation, currencies, arrows, mathematics.
LETTERS = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x233, 0x233), (0x2C6, 0x2DD), (0x304, 0x304), (0x370, 0x3FF),
    (0x1D2C, 0x1D6A), (0x2000, 0x20BF), (0x2100, 0x23FF), (0x25A0, 0x27BF),
)  # fmt: skip
_LAST = 0x10FFFF


def others() -> str:
    """Write all other letters as a ``unicode-range`` of CSS."""
    begins = [0, *(last + 1 for _, last in LETTERS)]
    ends = [*(first - 1 for first, _ in LETTERS), _LAST]
    return ", ".join(f"U+{low:X}-{high:X}" for low, high in zip(begins, ends, strict=True))
