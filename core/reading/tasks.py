"""A teacher's task, as a link carries it: one sentence of plain text."""

from core.datasets import DataError, one_line

MAX_TASK = 200


def read_task(text: str) -> str:
    """Take a task from an address, where it may be anything.

    Control characters, those that turn the direction of writing, and others that have no picture
    are left out; line breaks and other white space become single spaces.

    Parameters
    ----------
    text : str
        As it stands in the address.

    Returns
    -------
    str
        Up to 200 characters, to be shown as text; empty where nothing is left.

    Raises
    ------
    DataError
        If it is longer.
    """
    # The first look keeps a text of any size from costing anything.
    sentence = one_line(text) if len(text) <= 10 * MAX_TASK else text
    if len(sentence) > MAX_TASK:
        raise DataError("errors.long_task", length=len(sentence), most=MAX_TASK)
    return sentence
