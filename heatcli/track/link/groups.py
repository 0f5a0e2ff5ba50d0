"""Groups of trajectories that are one person."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

Indices = NDArray[np.intp]


def joined(count: int, one: Indices, other: Indices) -> Indices:
    """Join trajectories, each pair of `one` and `other`, and whatever is joined with either.

    Returns:
        (count,) index of the first trajectory of the group that each belongs to.
    """
    head = np.arange(count)
    while True:
        lower = head.copy()
        np.minimum.at(lower, one, head[other])
        np.minimum.at(lower, other, head[one])
        lower = lower[lower]
        if (lower == head).all():
            return head
        head = lower


def same_name(names: pl.Series) -> tuple[Indices, Indices]:
    """Pair everybody who has a name with the first who has the same.

    Args:
        names: (n,) text; null for no name.

    Returns:
        (k,) indices of the first ones, and (k,) indices of all who have a name.
    """
    named = names.to_frame("name").with_row_index("row").filter(pl.col("name").is_not_null())
    first, own = named.select(pl.col("row").min().over("name"), own="row").cast(pl.Int64).to_numpy().T
    return first, own


class Groups:
    """Trajectories matched over the time that clips share: a group has at most one of each clip.

    Args:
        clip: (n,) clip of each trajectory.
        same: (k, 2) trajectories that are one person, the surest first. A pair is left out if its groups, by
            surer pairs, have a clip in common: nobody is there twice.

    Attributes:
        head: (n,) index of the first trajectory of each group.
    """

    def __init__(self, clip: NDArray[np.integer], same: Indices) -> None:
        self.head = np.arange(len(clip))
        self._clip = clip
        self._members: dict[int, list[int]] = {}
        for one, other in same.tolist():
            low, high = sorted((int(self.head[one]), int(self.head[other])))
            if self.may_join(low, high):
                self._members[low] = [*self._of(low), *self._of(high)]
                self.head[self._of(high)] = low

    def may_join(self, one: int, other: int) -> bool:
        """Tell whether the groups of two trajectories have no clip in common."""
        mine, theirs = ({int(self._clip[row]) for row in self._of(int(self.head[at]))} for at in (one, other))
        return not mine & theirs

    def latest(self, time: NDArray[np.float64]) -> NDArray[np.bool_]:
        """(n,) bool, true for the one trajectory of each group that has the largest of the (n,) times."""
        order = np.lexsort((time, self.head))
        last = np.append(np.diff(self.head[order]) != 0, True)[: len(order)]
        found = np.zeros(len(order), np.bool_)
        found[order[last]] = True
        return found

    def alone(self) -> NDArray[np.bool_]:
        """(n,) bool, true for trajectories that were matched with no other."""
        found: NDArray[np.bool_] = np.bincount(self.head, minlength=len(self.head))[self.head] == 1
        return found

    def _of(self, head: int) -> list[int]:
        return self._members.get(head, [head])
