"""Which numbers are not shown, so that nobody learns of few people: neither directly, nor by subtracting.

Numbers of fewer than k people are hidden (primary suppression). Whoever knows a total and all but one of its
parts can subtract: so more are hidden, until no sum says anything of fewer than k people (complementary
suppression; Willenborg and de Waal, Elements of Statistical Disclosure Control, 2001, chapter 4).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Sums = Sequence[tuple[int, Sequence[int]]]
"""Index of each total, and of its parts."""

# Difference from 1 up to which a leverage counts as 1, which it is exactly for a number that can be computed.
_ROUNDING = 1e-7


def hidden(people: NDArray[np.int64], least: int, sums: Sums) -> NDArray[np.bool_]:
    """Tell which numbers are not shown.

    Args:
        people: (n,) people behind each number. Where there is nobody, nobody is told of: 0 is always shown.
        least: smallest number of people, k, of whom anything is told.
        sums: totals and their parts, as far as they may add up.

    Returns:
        (n,) bool, true for numbers that are not shown.
    """
    hide = (people > 0) & (people < least)
    groups = [np.array([total, *parts], np.intp) for total, parts in sums]
    while True:
        more = {one for group in groups if (one := _another(group, people, hide, least)) is not None}
        if not more:
            known = np.flatnonzero(_computable(hide, groups, len(people)))
            more = {
                one
                for group in groups
                if np.isin(group, known).any() and (one := _smallest(group, people, hide)) is not None
            }
        if not more:
            return hide
        hide[list(more)] = True


def _another(
    group: NDArray[np.intp], people: NDArray[np.int64], hide: NDArray[np.bool_], least: int
) -> int | None:
    """Return what else of a total and its parts is to be hidden; None where they give nothing away."""
    theirs = group[hide[group]]
    if not len(theirs):
        return None
    if not hide[group[0]] and hide[group[1:]].sum() == (people[group[1:]] > 0).sum():
        return None  # what is left over is the total itself, which may be shown
    if len(theirs) > 1 and (people[theirs] >= least).any():
        return None
    return _smallest(group, people, hide)


def _smallest(group: NDArray[np.intp], people: NDArray[np.int64], hide: NDArray[np.bool_]) -> int | None:
    """Return the part with the fewest people that is still shown, or else the total; None where none is."""
    shown = group[~hide[group] & (people[group] > 0)]
    if not len(shown):
        return None
    parts = shown[shown != group[0]]
    return int(parts[people[parts].argmin()] if len(parts) else group[0])


def _computable(hide: NDArray[np.bool_], groups: Sequence[NDArray[np.intp]], count: int) -> NDArray[np.bool_]:
    """Tell which hidden numbers follow from all that is shown: (n,) bool.

    The sums are linear equations in the hidden numbers. One of these follows from them exactly if its
    leverage in their matrix is 1.
    """
    found = np.zeros(count, np.bool_)
    column = np.full(count, -1, np.intp)
    where = np.flatnonzero(hide)
    column[where] = np.arange(len(where))
    if not len(where) or not groups:
        return found
    gram = np.zeros((len(groups), len(groups)))
    entries: list[list[tuple[int, float]]] = [[] for _ in where]
    for row, group in enumerate(groups):
        for place, cell in enumerate(group.tolist()):
            if hide[cell]:
                entries[column[cell]].append((row, -1.0 if place == 0 else 1.0))
    for own in entries:
        for row, value in own:
            for other, factor in own:
                gram[row, other] += value * factor
    inverse = np.linalg.pinv(gram, hermitian=True)
    for cell, own in zip(where.tolist(), entries, strict=True):
        leverage = sum(value * inverse[row, other] * factor for row, value in own for other, factor in own)
        found[cell] = leverage > 1 - _ROUNDING
    return found
