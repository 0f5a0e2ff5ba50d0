"""The sums of one zone, batch by batch."""

import numpy as np
from numpy.typing import NDArray

from heatcli.select.rows import unpaired
from heatcli.zones.stays import GAP_US, Runs, Stays, merge_runs


class Tally:
    """Sums of one zone over pieces of time that follow each other.

    Time is summed in whole µs: `numpy.bincount` adds in float64, which is exact below 2**53 µs, 285 years of
    presence in one batch. Memory grows with the pieces and with the runs of presence, not with the rows.

    Attributes:
        present_us: (k,) int64 time of all persons in each piece of time, in µs.
        occupied_us: (k,) int64 time with at least one person in each piece of time, in µs.
        most: (k,) int64 most persons at once in each piece of time.
    """

    def __init__(self, pieces: int) -> None:
        self.present_us = np.zeros(pieces, dtype=np.int64)
        self.occupied_us = np.zeros(pieces, dtype=np.int64)
        self.most = np.zeros(pieces, dtype=np.int64)
        nothing = np.zeros(0, dtype=np.int64)
        self._seen = [(nothing, nothing, nothing)]
        self._occupied = [(nothing, nothing, nothing)]
        self._stays = Runs()

    def add(
        self,
        person: NDArray[np.int64],
        tracklet: NDArray[np.int64],
        begin_us: NDArray[np.int64],
        end_us: NDArray[np.int64],
        piece: NDArray[np.int64],
    ) -> None:
        """Take the parts of rows in the zone, in the order of `Presence`, cut at the pieces of time.

        Args:
            person: (n,) number of the person, as in `Rows`.
            tracklet: (n,) number of the tracklet, as in `Rows`.
            begin_us: (n,) start of each part, UTC µs.
            end_us: (n,) end of each part, UTC µs.
            piece: (n,) index of the piece of time that each part is in.
        """
        if not len(person):
            return
        length = end_us - begin_us
        begins = np.append(True, begin_us[1:] != begin_us[:-1])
        moment = np.flatnonzero(begins)
        # Two trajectories of one person may be there at once.
        somebody_else = begins | np.append(True, person[1:] != person[:-1])
        persons = np.add.reduceat(somebody_else, moment, dtype=np.int64)
        self.present_us += sum_by(piece, length, len(self.most))
        self.occupied_us += sum_by(piece[moment], length[moment], len(self.most))
        np.maximum.at(self.most, piece[moment], persons)
        self._occupied.append(merge_runs(piece[moment], begin_us[moment], end_us[moment], gap_us=GAP_US))

        self._stays.add(person, begin_us, end_us)
        order = np.argsort(person, kind="stable")
        person, tracklet, piece = person[order], tracklet[order], piece[order]
        first = np.append(True, (tracklet[1:] != tracklet[:-1]) | (piece[1:] != piece[:-1]))
        self._seen.append((person[first], tracklet[first], piece[first]))

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
        person, tracklet, piece = (np.concatenate(values) for values in zip(*self._seen, strict=True))
        trajectory, _ = unpaired(tracklet)
        tracklets, trajectories, persons = (
            count_distinct(who, group[piece], groups) for who in (tracklet, trajectory, person)
        )
        return tracklets, trajectories, persons

    def seen(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return who was seen in which piece of time: (n,) persons and (n,) pieces, some more than once."""
        person, _, piece = (np.concatenate(values) for values in zip(*self._seen, strict=True))
        return person, piece

    def longest_us(self, group: NDArray[np.int64], groups: int, *, across: bool) -> NDArray[np.int64]:
        """Measure the longest stretch with at least one person in the zone.

        Args:
            group: (k,) group that each piece belongs to.
            groups: number of groups.
            across: whether a stretch goes on from one piece of time to the next.

        Returns:
            (groups,) longest stretch in µs.
        """
        piece, begin, end = (np.concatenate(values) for values in zip(*self._occupied, strict=True))
        key = np.zeros_like(piece) if across else piece
        key, begin, end = merge_runs(key, begin, end, gap_us=GAP_US)
        longest = np.zeros(groups, dtype=np.int64)
        np.maximum.at(longest, group[key], end - begin)
        return longest

    def stays(self) -> Stays:
        """Return the stays of each person in the zone."""
        person, begin, end = self._stays.merged()
        order = np.lexsort((person, begin))
        return Stays(person[order], begin[order], end[order])


def count_distinct(values: NDArray[np.int64], group: NDArray[np.int64], groups: int) -> NDArray[np.int64]:
    """Count the distinct values of each group, as `sum_by` sums them."""
    order = np.lexsort((values, group))
    values, group = values[order], group[order]
    first = np.append(True, (values[1:] != values[:-1]) | (group[1:] != group[:-1]))[: len(values)]
    return np.bincount(group[first], minlength=groups)


def percentile_by(
    values: NDArray[np.float64], group: NDArray[np.int64], counts: NDArray[np.int64], percent: float
) -> NDArray[np.float64]:
    """Find a percentile of each group, interpolated as numpy's `linear`.

    Args:
        values: (n,) values.
        group: (n,) group that each value belongs to.
        counts: (groups,) number of values in each group.
        percent: percentile to find, 0..100.

    Returns:
        (groups,) percentile of each group; NaN for a group without values.
    """
    result = np.full(len(counts), np.nan)
    some = np.flatnonzero(counts)
    ordered = values[np.lexsort((values, group))]
    first = (np.cumsum(counts) - counts)[some]
    place = (counts[some] - 1) * (percent / 100)
    below = np.floor(place).astype(np.int64)
    low = ordered[first + below]
    high = ordered[first + np.minimum(below + 1, counts[some] - 1)]
    result[some] = low + (high - low) * (place - below)
    return result


def sum_by(group: NDArray[np.int64], values: NDArray[np.int64], groups: int) -> NDArray[np.int64]:
    """Sum the values of each group, exact below 2**53.

    Args:
        group: (n,) group that each value belongs to.
        values: (n,) whole numbers to sum.
        groups: number of groups.

    Returns:
        (groups,) int64 sums.
    """
    return np.bincount(group, weights=values, minlength=groups).astype(np.int64)
