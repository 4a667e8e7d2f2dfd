"""Set sums to 0 that are no larger than their rounding error.

A float64 has a relative rounding error of about 1.1e-16, so a sum has an absolute error of a few
times that, times the size of its terms. If the terms cancel to less, the result is rounding error
only: b = 2.2e-16 for points on y = 2·x. It is set to 0 where the sum is computed, so that no page
shows such digits. Small results of small terms are kept: y in units of 1e-15 has terms of 1e-15.

References
----------
N. J. Higham, "Accuracy and Stability of Numerical Algorithms", SIAM, 2002, sections 1.7 and 3.1.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROUNDING = 8 * float(np.finfo(np.float64).eps)  # relative to the size of the terms: a few roundings


def known(values: ArrayLike, size: ArrayLike, power: int = 1) -> NDArray[np.float64]:
    """Replace by 0 the results that are no larger than their rounding error.

    Parameters
    ----------
    values : array_like
        Sums of terms; with ``power`` 2, squares of such sums.
    size : array_like
        Size of the terms that were added, in the units of the sums.

    Returns
    -------
    ndarray
        Of the shape of ``values``.
    """
    values = np.asarray(values, dtype=np.float64)
    sums = np.abs(values) ** (1 / power)  # a root, as a power of the bound could overflow
    return np.where(sums <= ROUNDING * np.asarray(size), 0.0, values)
