"""Density, speed and flow of the people on a floor (an aggregator), for whatever is told of them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from heatcli.select.rows import Rows
from heatcli.zones.moments import RATE
from heatcli.zones.voronoi import voronoi_cells, voronoi_density
from heatcli.zones.walkers import Walkers, Walking
from heatcli.zones.walking import crossing_steps


@dataclass(frozen=True, slots=True, eq=False)
class FloorArea:
    """A zone on the floor.

    Attributes:
        name: name of the zone.
        area: part of it that is on the plan and in the picture, in metres; None where the zone reaches above
            the horizon, or nothing of it is seen.
    """

    name: str
    area: shapely.Polygon | shapely.MultiPolygon | None


@dataclass(frozen=True, slots=True, eq=False)
class FloorLine:
    """A counting line on the floor.

    Attributes:
        name: name of the line.
        ends: (2, 2) float64 both ends, x and y in metres; NaN where an end is above the horizon.
    """

    name: str
    ends: NDArray[np.float64]

    @property
    def length_m(self) -> float:
        """Length in metres; NaN where an end is above the horizon."""
        return float(np.linalg.norm(self.ends[1] - self.ends[0]))


@dataclass(frozen=True, slots=True, eq=False)
class DensitySeries:
    """What was measured in a zone, at each full second in which somebody was on the floor.

    Attributes:
        moment: (n,) int64 sorted moments, as in `Moments`.
        people: (n,) int64 people in the zone.
        voronoi: (n,) float64 Voronoi density in people per m².
        speed: (n,) float64 mean speed of the people in the zone, in m/s; NaN where none is known.
    """

    moment: NDArray[np.int64]
    people: NDArray[np.int64]
    voronoi: NDArray[np.float64]
    speed: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class WalkedSeries:
    """How far people walked in a zone, at each moment in which the speed of somebody in it is known.

    Attributes:
        moment: (n,) int64 sorted moments, as in `Moments`.
        people: (n,) int64 people in the zone whose speed is known.
        speed_sum: (n,) float64 sum of their speeds, in m/s.
    """

    moment: NDArray[np.int64]
    people: NDArray[np.int64]
    speed_sum: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FirstCrossings:
    """When each person first crossed a line, either way. Sorted by moment.

    Attributes:
        moment: (n,) int64 moments, as in `Moments`.
        person: (n,) int64 persons, as in `Rows`.
        speed: (n,) float64 speed then, in m/s; NaN where it is not known.
    """

    moment: NDArray[np.int64]
    person: NDArray[np.int64]
    speed: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class WalkedByPerson:
    """How far each person walked. Sorted by person.

    Attributes:
        person: (n,) int64 persons, as in `Rows`.
        seconds: (n,) float64 time on the floor in which the speed is known.
        walked_m: (n,) float64 metres walked in that time.
    """

    person: NDArray[np.int64]
    seconds: NDArray[np.float64]
    walked_m: NDArray[np.float64]


class PedestrianFlow:
    """Measures density, speed and flow while rows that stand on a plan go by (an aggregator).

    Memory grows with the seconds in which somebody is on the floor, and with the people, not with the rows.

    Args:
        areas: zones to measure in.
        lines: lines to measure at.
        floor: convex part of the plan that the picture shows, in metres: the room that people share.
        metres_per_pixel: width in metres of a pixel of the plan, the unit of the rows' boxes.
    """

    def __init__(
        self,
        areas: Sequence[FloorArea],
        lines: Sequence[FloorLine],
        *,
        floor: shapely.Polygon,
        metres_per_pixel: float,
    ) -> None:
        self._areas, self._lines, self._floor = tuple(areas), tuple(lines), floor
        self._walkers = Walkers(metres_per_pixel)
        nothing = np.zeros(0, np.int64)
        self._density = [[DensitySeries(nothing, nothing, nothing / 1.0, nothing / 1.0)] for _ in areas]
        self._walked = [[WalkedSeries(nothing, nothing, nothing / 1.0)] for _ in areas]
        self._crossings = [FirstCrossings(nothing, nothing, nothing / 1.0) for _ in lines]
        self._persons = WalkedByPerson(nothing, nothing / 1.0, nothing / 1.0)

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._take(self._walkers.add(rows))

    def finish(self) -> None:
        """Measure what was held back, once all rows have been taken."""
        self._take(self._walkers.rest())

    def density(self) -> list[DensitySeries]:
        """Return what was measured in each zone."""
        return [_joined(parts) for parts in self._density]

    def walked(self) -> list[WalkedSeries]:
        """Return how far people walked in each zone."""
        return [_joined(parts) for parts in self._walked]

    def crossings(self) -> list[FirstCrossings]:
        """Return the first crossings of each line."""
        return self._crossings

    def persons(self) -> WalkedByPerson:
        """Return how far each person walked."""
        return self._persons

    def _take(self, walking: Walking) -> None:
        if len(walking.speed):
            # A step of a path leads here from the moment before, which was measured in the last batch.
            self._cross(walking)
            self._measure(walking.new)

    def _measure(self, walking: Walking) -> None:
        moments, speed = walking.moments, walking.speed
        known = np.isfinite(speed)
        person, of = np.unique(np.append(self._persons.person, moments.person[known]), return_inverse=True)
        seconds = np.append(self._persons.seconds, np.full(known.sum(), 1 / RATE))
        walked_m = np.append(self._persons.walked_m, speed[known] / RATE)
        self._persons = WalkedByPerson(
            person,
            *(np.bincount(of, values, len(person)).astype(np.float64) for values in (seconds, walked_m)),
        )
        inside = [
            np.zeros(len(speed), np.bool_)
            if one.area is None
            else np.asarray(shapely.contains_xy(one.area, *moments.xy.T))
            for one in self._areas
        ]
        for number, there in enumerate(inside):
            moment, at = np.unique(moments.moment[there & known], return_inverse=True)
            people = np.bincount(at, minlength=len(moment))
            total = np.bincount(at, speed[there & known], len(moment)).astype(np.float64)
            self._walked[number].append(WalkedSeries(moment, people, total))
        self._divide(walking, inside)

    def _divide(self, walking: Walking, inside: Sequence[NDArray[np.bool_]]) -> None:
        """Measure the density at full seconds."""
        moments = walking.moments
        full, first = np.unique(moments.moment, return_index=True)
        ends = np.append(first[1:], len(moments))
        measured = full % RATE == 0
        parts = [slice(*ends) for ends in zip(first[measured], ends[measured], strict=True)]
        cells = [voronoi_cells(moments.xy[part], self._floor) for part in parts]
        for number, one in enumerate(self._areas):
            if one.area is None:
                continue
            area = one.area
            speed = np.where(inside[number], walking.speed, np.nan)
            self._density[number].append(
                DensitySeries(
                    full[measured],
                    np.array([inside[number][part].sum() for part in parts], np.int64),
                    np.array([voronoi_density(own, area) for own in cells], np.float64),
                    np.array([_mean(speed[part]) for part in parts], np.float64),
                )
            )

    def _cross(self, walking: Walking) -> None:
        moments = walking.moments
        for number, line in enumerate(self._lines):
            if not np.isfinite(line.ends).all():
                continue
            at = crossing_steps(moments, line.ends)
            at = at[moments.moment[at] > walking.done]
            known = self._crossings[number]
            person = np.append(known.person, moments.person[at])
            moment = np.append(known.moment, moments.moment[at])
            _, first = np.unique(person, return_index=True)
            first = first[np.lexsort((person[first], moment[first]))]
            self._crossings[number] = FirstCrossings(
                moment[first], person[first], np.append(known.speed, walking.speed[at])[first]
            )


def _mean(values: NDArray[np.float64]) -> float:
    """Return the mean of what is known; NaN where nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


SeriesT = TypeVar("SeriesT", DensitySeries, WalkedSeries)


def _joined(parts: Sequence[SeriesT]) -> SeriesT:
    """Make one series of parts that follow each other."""
    kind = type(parts[0])
    return kind(*(np.concatenate([getattr(one, field.name) for one in parts]) for field in fields(kind)))
