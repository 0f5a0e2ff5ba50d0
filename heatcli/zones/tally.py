"""The sums of zones, batch by batch."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heatcli.select.mergeable import State
from heatcli.zones.stays import GAP_US, merge_runs
from heatcli.zones.zone_tally import Columns, ZoneTally, changes, merged, stays_of

# Batches whose sums are added up at once: their memory is that of a few arrays.
_MANY_BATCHES = 64


class Tally:
    """Sums of zones over pieces of time that follow each other.

    Time is summed in whole µs: `numpy.bincount` adds in float64, which is exact below 2**53 µs, 285 years of
    presence in one batch. Memory grows with the pieces and with the runs of presence, not with the rows.

    Args:
        zones: number of zones.
        begins_us: (k,) beginning of each piece of time, UTC µs, ascending.
    """

    def __init__(self, zones: int, begins_us: NDArray[np.int64]) -> None:
        self._begins_us = begins_us
        self._zones = zones
        short, long = np.zeros(0, np.int32), np.zeros(0, np.int64)
        # Zone and piece, time of all persons in it, time with at least one, and most persons at once.
        self._sums: list[Columns] = [(long,) * 5]
        # Zone, piece, person and tracklet of those who were seen.
        self._seen: list[Columns] = [(short, short, long, long)]
        # Zone and piece, begin and end of the stretches with at least one person.
        self._occupied: list[Columns] = [(short, short, long, long)]
        # Zone, person, begin and end of stays.
        self._stays: list[Columns] = [(short, long, long, long)]

    def add(
        self,
        zone: NDArray[np.int64],
        person: NDArray[np.int64],
        tracklet: NDArray[np.int64],
        begin_us: NDArray[np.int64],
        end_us: NDArray[np.int64],
        piece: NDArray[np.int64],
    ) -> None:
        """Take parts of rows in zones, cut at the pieces of time; by zone, then in the order of `Presence`.

        Args:
            zone: (n,) index of the zone.
            person: (n,) number of the person, as in `Rows`.
            tracklet: (n,) number of the tracklet, as in `Rows`.
            begin_us: (n,) start of each part, UTC µs.
            end_us: (n,) end of each part, UTC µs.
            piece: (n,) index of the piece of time that each part is in.
        """
        if not len(person):
            return
        length = end_us - begin_us
        begins = changes(zone, begin_us)
        moment = np.flatnonzero(begins)
        # Two trajectories of one person may be there at once.
        somebody_else = begins | changes(person)
        persons = np.add.reduceat(somebody_else, moment, dtype=np.int64)
        first, last = int(piece.min()), int(piece.max()) + 1
        place = zone * (last - first) + (piece - first)
        places = self._zones * (last - first)
        present = sum_by(place, length, places)
        occupied = sum_by(place[moment], length[moment], places)
        most = np.zeros(places, np.int64)
        np.maximum.at(most, place[moment], persons)
        there = np.flatnonzero(most)
        in_zone, in_piece = np.divmod(there, last - first)
        self._sums.append((in_zone, in_piece + first, present[there], occupied[there], most[there]))
        if len(self._sums) > _MANY_BATCHES:
            self._add_up()
        key, begin, end = merge_runs(place[moment], begin_us[moment], end_us[moment], gap_us=GAP_US)
        in_zone, in_piece = np.divmod(key, last - first)
        self._occupied.append((_short(in_zone), _short(in_piece + first), begin, end))

        numbers = int(person.max()) + 1
        who = zone * numbers + person
        order = np.argsort(who, kind="stable")
        who, tracklet, piece = who[order], tracklet[order], piece[order]
        key, begin, end = merge_runs(who, begin_us[order], end_us[order], gap_us=GAP_US)
        in_zone, whose = np.divmod(key, numbers)
        self._stays.append((_short(in_zone), whose, begin, end))
        new = changes(who, tracklet, piece)
        in_zone, who = np.divmod(who[new], numbers)
        self._seen.append((_short(in_zone), _short(piece[new]), who, tracklet[new]))

    def state(self) -> State:
        """Return the sums, with the beginnings of pieces of time in the place of their indices."""
        zone, piece, present, occupied_us, most = self._add_up()
        seen = _joined(self._seen)
        seen = tuple(values[_distinct(*seen)] for values in seen)
        occupied, stays = merged(_joined(self._occupied), keys=2), merged(_joined(self._stays), keys=2)
        return {
            "sum_zone": zone,
            "sum_begin": self._begins_us[piece],
            "sum_present": present,
            "sum_occupied": occupied_us,
            "sum_most": most,
            **{f"seen_{name}": seen[i] for name, i in (("zone", 0), ("person", 2), ("tracklet", 3))},
            "seen_begin": self._begins_us[seen[1]],
            **dict(zip(("run_zone", "run_begin", "run_end"), (occupied[0], *occupied[2:]), strict=True)),
            **dict(zip(("stay_zone", "stay_person", "stay_begin", "stay_end"), stays, strict=True)),
        }

    def merge(self, state: State) -> None:
        """Take the sums of another stretch of time, whose pieces are parts of those of this tally."""
        sums = (state[f"sum_{name}"] for name in ("present", "occupied", "most"))
        self._sums.append((state["sum_zone"], self._piece(state["sum_begin"]), *sums))
        if len(self._sums) > _MANY_BATCHES:
            self._add_up()
        seen = (
            state["seen_zone"],
            self._piece(state["seen_begin"]),
            state["seen_person"],
            state["seen_tracklet"],
        )
        self._seen.append(tuple(values[_distinct(*seen)] for values in seen))
        begin = state["run_begin"]
        self._occupied.append((state["run_zone"], self._piece(begin), begin, state["run_end"]))
        self._stays.append(tuple(state[f"stay_{name}"] for name in ("zone", "person", "begin", "end")))

    def of_zones(self) -> "list[ZoneTally]":
        """Return the sums of each zone."""
        self._add_up()
        parts = [
            _by_zone(found, self._zones) for found in (self._sums, self._seen, self._occupied, self._stays)
        ]
        return [
            ZoneTally(*self._over_pieces(piece, sums), seen, occupied, stays_of(stays))
            for (piece, *sums), seen, occupied, stays in zip(*parts, strict=True)
        ]

    def _over_pieces(
        self, piece: NDArray[np.int64], sums: Sequence[NDArray[np.int64]]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return the three sums of all pieces, (k,) each, by the sums of those that have any."""
        present, occupied, most = np.zeros((3, len(self._begins_us)), np.int64)
        for values, found in zip((present, occupied, most), sums, strict=True):
            values[piece] = found
        return present, occupied, most

    def _add_up(self) -> Columns:
        """Add up the sums of each zone and piece so far."""
        zone, piece, present, occupied, most = _joined(self._sums)
        order = np.lexsort((piece, zone))
        first = np.flatnonzero(changes(zone[order], piece[order]))
        if len(first):
            present, occupied = (np.add.reduceat(sums[order], first) for sums in (present, occupied))
            most = np.maximum.reduceat(most[order], first)
        self._sums = [(zone[order][first], piece[order][first], present, occupied, most)]
        return self._sums[0]

    def _piece(self, begin_us: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.searchsorted(self._begins_us, begin_us, side="right") - 1


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


def group_at(
    time_us: NDArray[np.int64], bounds_us: NDArray[np.int64], group: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the (n,) group of the piece of time that each moment is in; what is before all, is in the first.

    Args:
        time_us: (n,) moments, UTC µs.
        bounds_us: (k, 2) start and end of each piece of time, UTC µs, without gaps.
        group: (k,) group that each piece belongs to.
    """
    return group[np.maximum(np.searchsorted(bounds_us[:, 0], time_us, side="right") - 1, 0)]


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


def _short(indices: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return indices of zones or pieces of time in half the memory: there is one for each visit to a zone."""
    return indices.astype(np.int32)


def _distinct(*columns: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the indices of rows of columns that are distinct."""
    order = np.lexsort(columns)
    return order[changes(*(values[order] for values in columns))]


def _joined(batches: list[Columns]) -> Columns:
    """Join the columns of batches, and keep them so."""
    batches[:] = [tuple(np.concatenate(values) for values in zip(*batches, strict=True))]
    return batches[0]


def _by_zone(batches: list[Columns], zones: int) -> list[Columns]:
    """Return the other columns of each zone, the first of batches; the batches keep them in that order."""
    columns = list(_joined(batches))
    order = np.argsort(columns[0], kind="stable")
    batches.clear()
    for number, values in enumerate(columns):
        columns[number] = values[order]
    batches.append(tuple(columns))
    cuts = np.searchsorted(columns[0], np.arange(1, zones))
    parts = (np.split(values, cuts) for values in columns[1:])
    return list(zip(*parts, strict=True))[:zones]
