"""What rounding leaves of a number: nothing, where the number is smaller than its rounding error.

A float64 holds each term of a sum to about 1.1e-16 of its size, and so a sum is known to a few
times that of the size of its terms. Where they cancel down to less, the digits that are left are
rounding alone: b = 2.2e-16 for points on y = 2·x. They are 0 here, once, where the sum is made, so
that no page shows them as digits. What is small beside nothing larger is kept: y in units of 1e-15
has terms of 1e-15.

References
----------
N. J. Higham, "Accuracy and Stability of Numerical Algorithms", SIAM, 2002, sections 1.7 and 3.1.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROUNDING = 8 * float(np.finfo(np.float64).eps)  # of the size of the terms; a few roundings of them


def known(values: ArrayLike, size: ArrayLike, power: int = 1) -> NDArray[np.float64]:
    """Replace by 0 the results that are no larger than their rounding error.

    Parameters
    ----------
    values : array_like
        Sums of terms; with ``power`` 2, squares of such sums.
    size : array_like
        How large the terms are that were added, in the units of the sums.

    Returns
    -------
    ndarray
        Of the shape of ``values``.
    """
    values = np.asarray(values, dtype=np.float64)
    sums = np.abs(values) ** (1 / power)  # the bound's power could overflow
    return np.where(sums <= ROUNDING * np.asarray(size), 0.0, values)
