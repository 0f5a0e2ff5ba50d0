"""Entries: when people come into zones and come back, and how near they are to each other there."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from heatcli.intervals import cut
from heatcli.optics.projection import FloorProjection
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import Circle, Shape, Zone, contains
from heatcli.zones.presence import Presence, Presences
from heatcli.zones.stays import GAP_US, Runs, Stays
from heatcli.zones.tally import sum_by

RIM = 0.25
"""Distance from a zone, in heights of the own body, up to which somebody who was in it has not left it."""

NEAR_M = (1.0, 2.0)
"""Distances in metres below which the next person is near."""

# The period as one piece of time, from before to after every calendar.
_ALL_TIME = np.array([[-(2**61), 2**61]])

# Pairs of people whose distances are computed at once.
_PAIRS = 1 << 21


@dataclass(frozen=True, slots=True, eq=False)
class ZoneEntries:
    """Who came into a zone when, and how near people in it were to others.

    Attributes:
        zone: zone that people entered.
        stays: time of each person in the zone from each entry on; `RIM` and `GAP_US` keep it in one piece.
        bounds_us: (k, 2) int64 start and end of pieces of time, UTC µs.
        known_us: (k,) int64 time of people in the zone, by piece, whose place on the floor is known, in µs;
            0 without a floor.
        near_us: (k, 2) int64 the same while the next person was nearer than each of `NEAR_M`.
        beside_us: (k,) int64 the same while there was another person at all.
        metres_us: (k,) float64 sum over that time of the distance to the next person, in metres × µs.
    """

    zone: Zone
    stays: Stays
    bounds_us: NDArray[np.int64]
    known_us: NDArray[np.int64]
    near_us: NDArray[np.int64]
    beside_us: NDArray[np.int64]
    metres_us: NDArray[np.float64]


class Entries:
    """The entries of zones, from the rows of one camera (an aggregator).

    Args:
        camera: camera and what is selected of it.
        zones: zones that people enter.
        bounds_us: (k, 2) int64 start and end of pieces of time that follow each other and hold all covered
            time, UTC µs; None for one piece.
        floor: map from tracking points, in fractions of the picture, to metres on the plan; None without.
    """

    def __init__(
        self,
        camera: SelectedCamera,
        zones: Sequence[Zone],
        bounds_us: NDArray[np.int64] | None = None,
        floor: FloorProjection | None = None,
    ) -> None:
        self._camera, self._floor = camera, floor
        self._bounds = _ALL_TIME if bounds_us is None or not len(bounds_us) else bounds_us
        self._presences = Presences(camera)
        self._doors = [_Door(zone, len(self._bounds)) for zone in zones]

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._take(self._presences.add(rows))

    def result(self) -> tuple[ZoneEntries, ...]:
        """Return the entries of each zone, in the order of the zones."""
        rest = self._presences.rest()
        if rest is not None:
            self._take(rest)
        return tuple(door.result(self._bounds) for door in self._doors)

    def _take(self, presence: Presence) -> None:
        if not len(presence):
            return
        next_m = None
        if self._floor is not None:
            next_m = _next_person_m(presence, self._floor.apply(presence.points / presence.size))
        for door in self._doors:
            there = door.add(presence, self._camera.sample_aspect)
            if next_m is not None:
                door.measure(presence, there, next_m, self._bounds)


class _Door:
    """The sums of one zone."""

    def __init__(self, zone: Zone, pieces: int) -> None:
        self._zone, self._runs = zone, Runs()
        # Who was in the zone at the end of what was taken so far, and until when.
        self._inside: dict[int, int] = {}
        self._known_us, self._beside_us = np.zeros((2, pieces), np.int64)
        self._near_us = np.zeros((pieces, len(NEAR_M)), np.int64)
        self._metres_us = np.zeros(pieces)

    def add(self, presence: Presence, sample_aspect: float) -> NDArray[np.bool_]:
        """Take parts of rows; return (n,) bool, true for those in the zone."""
        # Whoever does not come near is not in it.
        comes = np.zeros(int(presence.person.max()) + 1, np.bool_)
        comes[presence.person[_in_reach(self._zone.shape, presence, sample_aspect)]] = True
        comes[[who for who in self._inside if who < len(comes)]] = True
        order = np.flatnonzero(comes[presence.person])
        order = order[np.argsort(presence.person[order], kind="stable")]
        found = np.zeros(len(presence), np.bool_)
        if not len(order):
            return found
        sorted_ = presence[order]
        inside = contains(self._zone.shape, sorted_.points, size=sorted_.size, sample_aspect=sample_aspect)
        away = _distance(self._zone.shape, sorted_, sample_aspect) > RIM * sorted_.heights
        person, begin, end = sorted_.person, sorted_.begin_us, sorted_.end_us
        first = np.append(True, person[1:] != person[:-1])
        opens = first.copy()
        opens[1:] |= begin[1:] - end[:-1] > GAP_US
        # Who is neither inside nor away is where they were; after a gap, outside.
        value = inside.copy()
        for at in np.flatnonzero(first & ~inside & ~away).tolist():
            until = self._inside.get(int(person[at]))
            value[at] = until is not None and begin[at] - until <= GAP_US
        known = inside | away | opens
        there = value[np.maximum.accumulate(np.where(known, np.arange(len(person)), 0))]

        latest = int(presence.begin_us[-1])
        self._inside = {who: until for who, until in self._inside.items() if latest - until <= GAP_US}
        for at in np.flatnonzero(np.append(first[1:], True)).tolist():
            self._inside.pop(int(person[at]), None)
            if there[at]:
                self._inside[int(person[at])] = int(end[at])
        found[order] = there
        self._runs.add(presence.person[found], presence.begin_us[found], presence.end_us[found])
        return found

    def measure(
        self,
        presence: Presence,
        there: NDArray[np.bool_],
        next_m: NDArray[np.float64],
        bounds: NDArray[np.int64],
    ) -> None:
        """Sum up how near people in the zone are to the next person; NaN in `next_m` is not known."""
        which = np.flatnonzero(there & ~np.isnan(next_m))
        row, piece, begin, end = cut(presence.begin_us[which], presence.end_us[which], bounds)
        lasts, metres = end - begin, next_m[which][row]
        pieces = len(bounds)
        self._known_us += sum_by(piece, lasts, pieces)
        for place, limit in enumerate(NEAR_M):
            near = metres < limit
            self._near_us[:, place] += sum_by(piece[near], lasts[near], pieces)
        beside = np.isfinite(metres)
        self._beside_us += sum_by(piece[beside], lasts[beside], pieces)
        self._metres_us += np.bincount(piece[beside], lasts[beside] * metres[beside], pieces)

    def result(self, bounds: NDArray[np.int64]) -> ZoneEntries:
        """Return what was found."""
        person, begin, end = self._runs.merged()
        order = np.lexsort((person, begin))
        return ZoneEntries(
            self._zone,
            Stays(person[order], begin[order], end[order]),
            bounds,
            self._known_us,
            self._near_us,
            self._beside_us,
            self._metres_us,
        )


def _in_reach(shape: Shape, presence: Presence, sample_aspect: float) -> NDArray[np.bool_]:
    """(n,) bool, false for points that are surely further than `RIM` away from a shape."""
    rim = RIM * presence.heights[:, None] / [sample_aspect, 1.0]
    if isinstance(shape, Circle):
        middle = presence.size * [shape.x, shape.y]
        reach = shape.radius * presence.size[:, :1] / [1.0, 1 / sample_aspect]
        low, high = middle - reach, middle + reach
    else:
        low, high = (presence.size * end(shape.corners, axis=0) for end in (np.min, np.max))
    within: NDArray[np.bool_] = np.all(
        (presence.points >= low - rim - 1) & (presence.points <= high + rim + 1), axis=1
    )
    return within


def _distance(shape: Shape, presence: Presence, sample_aspect: float) -> NDArray[np.float64]:
    """(n,) distance in square pixels of each point from the outline of a shape."""
    square = np.array([sample_aspect, 1.0])
    points, size = presence.points * square, presence.size * square
    if isinstance(shape, Circle):
        offset = points - size * [shape.x, shape.y]
        from_rim: NDArray[np.float64] = np.abs(np.hypot(*offset.T) - shape.radius * size[:, 0])
        return from_rim
    nearest = np.full(len(points), np.inf)
    for one, other in pairwise([*shape.corners, shape.corners[0]]):
        begin, side = size * one, size * (np.array(other) - one)
        along = np.sum((points - begin) * side, axis=1) / np.maximum(np.sum(side**2, axis=1), 1e-12)
        foot = begin + np.clip(along, 0, 1)[:, None] * side
        nearest = np.minimum(nearest, np.hypot(*(points - foot).T))
    return nearest


def _next_person_m(presence: Presence, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find how far the next person is.

    Args:
        presence: who is there when.
        places: (n, 2) places x, y on the floor in metres; NaN where they are not known.

    Returns:
        (n,) distance in metres to the nearest other person at the same moment; inf where there is none, NaN
        where the own place is not known.
    """
    begins = np.flatnonzero(np.append(True, np.diff(presence.begin_us) != 0))
    counts = np.diff(np.append(begins, len(presence)))
    found = np.full(len(presence), np.inf)
    for count in np.unique(counts[counts > 1]).tolist():
        moments = begins[counts == count]
        for part in np.array_split(moments, max(1, len(moments) * count**2 // _PAIRS)):
            rows = part[:, None] + np.arange(count)
            at, who = places[rows], presence.person[rows]
            apart = np.hypot(*np.moveaxis(at[:, :, None] - at[:, None], -1, 0))
            apart[(who[:, :, None] == who[:, None]) | np.isnan(apart)] = np.inf
            found[rows] = apart.min(axis=2)
    found[np.isnan(places[:, 0])] = np.nan
    return found
