"""Runs of presence: pieces of time that are bridged where little lies between them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """Who stayed in a zone from when to when. Sorted by (begin_us, person).

    A stay is a run of one person in the zone. It lasts from the first moment in the zone to the end of the
    last one, absences that were bridged included.

    Attributes:
        person: (n,) int64 as in `Rows`.
        begin_us: (n,) int64 UTC µs.
        end_us: (n,) int64 UTC µs.
    """

    person: NDArray[np.int64]
    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.person)

    @property
    def lengths_s(self) -> NDArray[np.float64]:
        """(n,) float64 how long each stay is, in seconds."""
        return (self.end_us - self.begin_us) / 1e6


def merge_runs(
    key: NDArray[np.int64], begin_us: NDArray[np.int64], end_us: NDArray[np.int64], *, gap_us: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Join pieces of the same key that follow each other within a gap.

    Merging what was merged before, piecewise, gives the same as merging all at once.

    Args:
        key: (n,) whose piece it is.
        begin_us: (n,) µs; pieces are sorted by key and begin.
        end_us: (n,) µs; pieces of a key overlap only if they begin and end together.
        gap_us: the longest gap that is bridged.

    Returns:
        Key, begin and end of each run, in the same order.
    """
    if not len(key):
        return key, begin_us, end_us
    opens = (key[1:] != key[:-1]) | (begin_us[1:] - end_us[:-1] > gap_us)
    first = np.concatenate([[0], np.flatnonzero(opens) + 1])
    last = np.append(first[1:], len(key)) - 1
    return key[first], begin_us[first], end_us[last]
