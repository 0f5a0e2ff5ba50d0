"""The sums of one zone, by piece of time, and what is counted in them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatcli.select.rows import unpaired
from heatcli.zones.stays import GAP_US, Stays, merge_runs

Columns = tuple[NDArray[Any], ...]
"""Columns of whole numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class ZoneTally:
    """The sums of one zone, by piece of time.

    Attributes:
        present_us: (k,) int64 time of all persons in each piece of time, in µs.
        occupied_us: (k,) int64 time with at least one person in each piece of time, in µs.
        most: (k,) int64 most persons at once in each piece of time.
        seen: piece of time, person and tracklet of those who were seen, (n,) int64 each.
        occupied: piece of time, begin and end of the stretches with at least one person, (m,) int64 each.
        stays: stays of each person in the zone.
    """

    present_us: NDArray[np.int64]
    occupied_us: NDArray[np.int64]
    most: NDArray[np.int64]
    seen: Columns
    occupied: Columns
    stays: Stays

    def visits(
        self, group: NDArray[np.int64], groups: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Count the distinct tracklets, trajectories and persons of each group of pieces.

        Args:
            group: (k,) group that each piece belongs to.
            groups: number of groups.

        Returns:
            (groups,) number of tracklets, of trajectories and of persons.
        """
        piece, person, tracklet = self.seen
        trajectory, _ = unpaired(tracklet)
        tracklets, trajectories, persons = (
            count_distinct(who, group[piece], groups) for who in (tracklet, trajectory, person)
        )
        return tracklets, trajectories, persons

    def persons(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return who was seen in which piece of time: (n,) persons and (n,) pieces, each pair once."""
        piece, person, _ = self.seen
        order = np.lexsort((person, piece))
        piece, person = piece[order], person[order]
        new = changes(piece, person)
        return person[new], piece[new].astype(np.int64)

    def longest_us(self, group: NDArray[np.int64], groups: int, *, across: bool) -> NDArray[np.int64]:
        """Measure the longest stretch with at least one person in the zone.

        Args:
            group: (k,) group that each piece belongs to.
            groups: number of groups.
            across: whether a stretch goes on from one piece of time to the next.

        Returns:
            (groups,) longest stretch in µs.
        """
        piece, begin, end = self.occupied
        key, begin, end = merged((np.zeros_like(piece) if across else piece, begin, end), keys=1)
        longest = np.zeros(groups, dtype=np.int64)
        np.maximum.at(longest, group[key], end - begin)
        return longest


def count_distinct(values: NDArray[np.int64], group: NDArray[np.int64], groups: int) -> NDArray[np.int64]:
    """Count the distinct values of each group, as `sum_by` sums them."""
    order = np.lexsort((values, group))
    values, group = values[order], group[order]
    return np.bincount(group[changes(values, group)], minlength=groups)


def stays_of(found: Columns) -> Stays:
    """Return the stays of persons, of person, begin and end of parts of them in any order."""
    person, begin, end = merged(found, keys=1)
    order = np.lexsort((person, begin))
    return Stays(person[order], begin[order], end[order])


def merged(runs: Columns, *, keys: int) -> Columns:
    """Join runs of the same first columns that follow each other, in any order of the runs."""
    *key, begin, end = (values[np.lexsort(runs[keys::-1])] for values in runs)
    # Runs of different keys are told apart by a number.
    number = np.cumsum(changes(*key)) - 1
    same, first, last = merge_runs(number, begin, end, gap_us=GAP_US)
    at = np.searchsorted(number, same)
    return (*(values[at] for values in key), first, last)


def changes(*columns: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n,) bool, true where a row of columns is not that before it; the first one is none."""
    found = np.ones(len(columns[0]), np.bool_)
    found[1:] = False
    for values in columns:
        found[1:] |= values[1:] != values[:-1]
    return found
