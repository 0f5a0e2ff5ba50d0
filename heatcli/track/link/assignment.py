"""The best way to join things in pairs, where few pairs can be joined at all."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def assign(left: Indices, right: Indices, gain: Floats, count: int) -> NDArray[np.bool_]:
    """Choose pairs, none of which share a left or a right, whose gains add up to the most.

    Args:
        left: (p,) index below `count`.
        right: (p,) likewise; no pair occurs twice.
        gain: (p,) above 0.
        count: how many lefts and rights there are.

    Returns:
        (p,) whether a pair is chosen.
    """
    # A left may go without: it has a partner of its own that gains nothing. Weights must be positive.
    most = gain.max(initial=0) + 1
    lefts = np.concatenate([left, np.arange(count)])
    rights = np.concatenate([right, count + np.arange(count)])
    cost = np.concatenate([most - gain, np.full(count, most)])
    _, partner = min_weight_full_bipartite_matching(csr_array((cost, (lefts, rights)), (count, 2 * count)))
    chosen: NDArray[np.bool_] = partner[left] == right
    return chosen


def best_other(owner: Indices, gain: Floats, count: int) -> Floats:
    """Give for each pair the largest gain of the other pairs of the same owner, 0 if there is none.

    Args:
        owner: (p,) index below `count`.
        gain: (p,) above 0.
        count: how many owners there are.

    Returns:
        (p,) gains.
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
