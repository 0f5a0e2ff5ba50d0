"""Runs of presence: pieces of time that are bridged where little lies between them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GAP_US = 2_000_000
"""The longest absence, or gap in what was covered, that a run of presence bridges, in µs. Detectors lose
people for about so long."""

STAY_EDGES_S = (0, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800)
"""Where the classes of the distribution of stays begin, in seconds; each ends where the next begins."""


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

    @property
    def distribution(self) -> NDArray[np.int64]:
        """(len(STAY_EDGES_S),) int64 how many stays are of each class of length."""
        edges_us = np.array(STAY_EDGES_S, np.int64) * 1_000_000
        longest_begun = np.searchsorted(edges_us, self.end_us - self.begin_us, side="right") - 1
        return np.bincount(longest_begun, minlength=len(STAY_EDGES_S))


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
