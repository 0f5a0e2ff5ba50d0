"""Sparse assignment: the best way to join things in pairs, where few pairs can be joined at all."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def assign(left: Indices, right: Indices, gain: Floats, count: int) -> NDArray[np.bool_]:
    """Choose pairs with the largest sum of gains, no two with the same left or the same right.

    Args:
        left: (p,) index of each pair's left, below `count`.
        right: (p,) index of each pair's right, below `count`; no pair occurs twice.
        gain: (p,) gain of each pair, above 0.
        count: number of lefts, and of rights.

    Returns:
        (p,) mask of the chosen pairs.
    """
    # A left may stay unpaired: it has a dummy partner of its own with gain 0. Weights must be positive.
    most = gain.max(initial=0) + 1
    lefts = np.concatenate([left, np.arange(count)])
    rights = np.concatenate([right, count + np.arange(count)])
    cost = np.concatenate([most - gain, np.full(count, most)])
    _, partner = min_weight_full_bipartite_matching(csr_array((cost, (lefts, rights)), (count, 2 * count)))
    chosen: NDArray[np.bool_] = partner[left] == right
    return chosen


def best_other(owner: Indices, gain: Floats, count: int) -> Floats:
    """Return for each pair the largest gain among the other pairs of the same owner.

    Args:
        owner: (p,) index of each pair's owner, below `count`.
        gain: (p,) gain of each pair, above 0.
        count: number of owners.

    Returns:
        (p,) largest gain of the owner's other pairs; 0 where there are none.
    """
    best, second = np.zeros((2, count))
    order = np.argsort(gain, kind="stable")
    best[owner[order]] = gain[order]
    champion = np.zeros(len(gain), np.bool_)
    _, last = np.unique(owner[order][::-1], return_index=True)
    champion[order[::-1][last]] = True
    rest = order[~champion[order]]
    second[owner[rest]] = gain[rest]
    return np.where(champion, second[owner], best[owner])
