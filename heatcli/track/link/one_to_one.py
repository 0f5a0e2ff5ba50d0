"""Greedy choice of pairs, one to one: quick, and as good as an assignment where few pairs are in doubt."""

import numpy as np
from numpy.typing import NDArray


def one_to_one(
    one: NDArray[np.integer], other: NDArray[np.integer], cost: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Choose pairs, the least cost first; nobody is used twice on either side.

    Args:
        one: (p,) who is on the one side of each pair.
        other: (p,) who is on the other side.
        cost: (p,) cost of each pair.

    Returns:
        (k,) indices of the chosen pairs.
    """
    left = np.lexsort((other, one, cost))
    chosen = [np.zeros(0, np.intp)]
    while len(left):
        best_of_one, best_of_other = np.zeros((2, len(left)), np.bool_)
        best_of_one[np.unique(one[left], return_index=True)[1]] = True
        best_of_other[np.unique(other[left], return_index=True)[1]] = True
        best = left[best_of_one & best_of_other]
        chosen.append(best)
        left = left[~np.isin(one[left], one[best]) & ~np.isin(other[left], other[best])]
    return np.concatenate(chosen)
