"""Numbers read back from what a page says."""


def as_number(text: str) -> float:
    """Read back what ``readable`` has written."""
    mantissa, _, power = text.replace(",", "").replace("−", "-").partition("×10")
    exponent = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(f"{mantissa}e{exponent or 0}")
