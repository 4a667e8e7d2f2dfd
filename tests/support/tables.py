"""Tables of charts, as tests sort and group them."""

import pandas as pd

from core.figures.registry import Table, as_columns


def frame(table: Table) -> pd.DataFrame:
    """Make a DataFrame of a table that a chart draws."""
    return pd.DataFrame(as_columns(table))
