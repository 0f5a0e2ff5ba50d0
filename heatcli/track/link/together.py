"""Who is in view at the same time: different people for sure."""

import numpy as np
from numpy.typing import NDArray

# Number of others that each is compared with.
_COMPARED = 20

Indices = NDArray[np.intp]


def in_view_together(first_us: NDArray[np.int64], last_us: NDArray[np.int64]) -> Indices:
    """Return pairs of n tracklets or tracks that are in view at the same time, (p, 2).

    Args:
        first_us: (n,) time at which each begins.
        last_us: (n,) time at which each ends.
    """
    order = np.argsort(first_us, kind="stable")
    pairs = [np.zeros((0, 2), np.intp)]
    for step in range(1, min(_COMPARED, len(order) - 1) + 1):
        one, other = order[:-step], order[step:]
        pairs.append(np.column_stack([one, other])[first_us[other] <= last_us[one]])
    return np.concatenate(pairs)
