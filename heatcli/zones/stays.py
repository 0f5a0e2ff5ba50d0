"""Runs of presence: pieces of time, joined where the gap between them is short."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GAP_US = 2_000_000
"""Longest absence, or gap in what was covered, that a run of presence bridges, in µs. Detectors lose people
for about so long."""

STAY_EDGES_S = (0, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800)
"""Lower ends of the classes of length of stays, in seconds; each class ends where the next begins."""


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """Who stayed in a zone from when to when. Sorted by (begin_us, person).

    A stay is a run of one person in the zone. It lasts from the first moment in the zone to the end of the
    last one, absences that were bridged included.

    Attributes:
        person: (n,) int64 number of the person, as in `Rows`.
        begin_us: (n,) int64 start of the stay, UTC µs.
        end_us: (n,) int64 end of the stay, UTC µs.
    """

    person: NDArray[np.int64]
    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.person)

    @property
    def lengths_s(self) -> NDArray[np.float64]:
        """(n,) float64 length of each stay in seconds."""
        return (self.end_us - self.begin_us) / 1e6

    @property
    def distribution(self) -> NDArray[np.int64]:
        """(len(STAY_EDGES_S),) int64 number of stays in each class of length."""
        edges_us = np.array(STAY_EDGES_S, np.int64) * 1_000_000
        longest_begun = np.searchsorted(edges_us, self.end_us - self.begin_us, side="right") - 1
        return np.bincount(longest_begun, minlength=len(STAY_EDGES_S))


class Runs:
    """Stretches of time of persons, batch by batch. Memory grows with the stretches, not with the rows."""

    def __init__(self) -> None:
        nothing = np.zeros(0, dtype=np.int64)
        self._batches = [(nothing, nothing, nothing)]

    def add(self, person: NDArray[np.int64], begin_us: NDArray[np.int64], end_us: NDArray[np.int64]) -> None:
        """Take pieces in the order of `heatcli.zones.presence.Presence`.

        Args:
            person: (n,) number of the person, as in `Rows`.
            begin_us: (n,) start of each piece, UTC µs.
            end_us: (n,) end of each piece, UTC µs.
        """
        order = np.argsort(person, kind="stable")
        self._batches.append(merge_runs(person[order], begin_us[order], end_us[order], gap_us=GAP_US))

    def merged(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return person, start and end of each stretch, sorted by person and start; `GAP_US` is bridged."""
        person, begin, end = (np.concatenate(values) for values in zip(*self._batches, strict=True))
        order = np.lexsort((begin, person))
        return merge_runs(person[order], begin[order], end[order], gap_us=GAP_US)


def merge_runs(
    key: NDArray[np.int64], begin_us: NDArray[np.int64], end_us: NDArray[np.int64], *, gap_us: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Join pieces of the same key that follow each other within `gap_us`.

    Merging runs that were merged batch by batch gives the same as merging all pieces at once.

    Args:
        key: (n,) key of each piece, such as a person.
        begin_us: (n,) start of each piece in µs; pieces are sorted by key and start, and may overlap.
        end_us: (n,) end of each piece in µs.
        gap_us: longest gap that is bridged, in µs.

    Returns:
        Key, start and end of each run, in the same order.
    """
    if not len(key):
        return key, begin_us, end_us
    same = key[1:] == key[:-1]
    # Runs of two stretches of time may overlap where a row of the one counts later than rows of the other.
    while (longer := same & (end_us[:-1] > end_us[1:])).any():
        end_us = np.append(end_us[0], np.where(longer, end_us[:-1], end_us[1:]))
    opens = ~same | (begin_us[1:] - end_us[:-1] > gap_us)
    first = np.concatenate([[0], np.flatnonzero(opens) + 1])
    last = np.append(first[1:], len(key)) - 1
    return key[first], begin_us[first], end_us[last]
