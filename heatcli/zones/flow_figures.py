"""The figures of density, speed and flow over a period, from what was measured moment by moment."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from heatcli.intervals import Intervals
from heatcli.zones.moments import RATE
from heatcli.zones.pedestrians import DensitySeries, FirstCrossings, WalkedSeries

_SECOND_US = 1_000_000
_SQUARE_FOOT_M2 = 0.3048**2

# Part of a period that may be too dense to be measured before means over it are not told.
_HARDLY = 0.01

LEVELS = "ABCDEF"
"""Levels of service, the best first."""

LEVEL_DENSITIES = tuple(1 / (feet * _SQUARE_FOOT_M2) for feet in (35, 25, 15, 10, 5))
"""Densities in people per m² above which a walkway is on level B to F: 35, 25, 15, 10 and 5 square feet for
each person, Fruin, Pedestrian Planning and Design, 1971."""

PEAK_S = 60
"""Length in seconds of the time with the most crossings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFlow:
    """Density and speed in a zone over a period or bucket. What is not known is None.

    Densities are measured at each full second that was covered, and are 0 where nobody was there.

    Attributes:
        covered_s: covered time of the period or bucket, in seconds.
        area_m2: area of the zone on the floor, as far as it is seen and on the plan, in m².
        walked_m: metres that people walked in the zone.
        mean_speed: mean speed of the people in the zone, each moment of each weighing the same, in m/s; None
            where nobody was.
        mean_density: mean classic density: people in the zone by its area, per m².
        max_density: largest classic density, per m².
        mean_voronoi: mean Voronoi density, per m².
        max_voronoi: largest Voronoi density, per m².
        above_2_s: time with a Voronoi density above 2 people per m², in seconds.
        above_3_s: time with a Voronoi density above 3 people per m², in seconds.
        above_4_s: time with a Voronoi density above 4 people per m², in seconds.
        level_s: time on each level of service, A to F, by Voronoi density, in seconds.
        measurable_up_to: density in people per m² above which people hide each other from the detector; None
            where that is not known.
        beyond_s: time with a Voronoi density above that, in seconds.
    """

    covered_s: float
    area_m2: float | None = None
    walked_m: float | None = None
    mean_speed: float | None = None
    mean_density: float | None = None
    max_density: float | None = None
    mean_voronoi: float | None = None
    max_voronoi: float | None = None
    above_2_s: int | None = None
    above_3_s: int | None = None
    above_4_s: int | None = None
    level_s: tuple[int, ...] | None = None
    measurable_up_to: float | None = None
    beyond_s: int | None = None

    @property
    def worst_level(self) -> str | None:
        """The worst level of service that was reached; None where it is not known."""
        if self.level_s is None:
            return None
        return LEVELS[max(number for number, time in enumerate(self.level_s) if time)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFlow:
    """Flow over a line in a period or bucket. What is not known is None.

    Attributes:
        covered_s: covered time of the period or bucket, in seconds.
        length_m: length of the line on the floor, in metres.
        persons: people who crossed it for the first time, either way.
        mean_speed: mean of their speeds as they crossed it, in m/s; None where nobody did.
        specific_flow: persons by covered time and length, per metre and second.
        peak_specific_flow: the same in those `PEAK_S` seconds in which most crossed; None if less was
            covered.
        beyond_s: time in which it was too dense near the line to count everybody, in seconds; None where no
            limit is known.
    """

    covered_s: float
    length_m: float | None = None
    persons: int | None = None
    mean_speed: float | None = None
    specific_flow: float | None = None
    peak_specific_flow: float | None = None
    beyond_s: int | None = None


def area_flow(
    density: DensitySeries,
    walked: WalkedSeries,
    *,
    area_m2: float | None,
    covered_s: float,
    seconds: int,
    limit: float | None = None,
) -> AreaFlow:
    """Compute the figures of a zone.

    Args:
        density: what was measured in the period.
        walked: how far people walked in it.
        area_m2: area of the zone in m²; None where it cannot be told.
        covered_s: covered time of the period in seconds.
        seconds: number of full seconds that were covered, of which those without a measurement had nobody.
        limit: density in people per m² above which it cannot be measured; None for none.
    """
    if area_m2 is None or not seconds:
        return AreaFlow(covered_s=covered_s, area_m2=area_m2)
    people = int(walked.people.sum())
    metres = float(walked.speed_sum.sum()) / RATE
    above = (int((density.voronoi > limit).sum()) for limit in (2, 3, 4))
    level = np.searchsorted(LEVEL_DENSITIES, density.voronoi, side="left")
    level_s = np.bincount(level, minlength=len(LEVELS))
    level_s[0] += seconds - len(level)
    found = AreaFlow(
        covered_s=covered_s,
        area_m2=area_m2,
        walked_m=metres,
        mean_speed=metres * RATE / people if people else None,
        mean_density=float(density.people.sum()) / seconds / area_m2,
        max_density=float(density.people.max(initial=0)) / area_m2,
        mean_voronoi=float(density.voronoi.sum()) / seconds,
        max_voronoi=float(density.voronoi.max(initial=0.0)),
        **dict(zip(("above_2_s", "above_3_s", "above_4_s"), above, strict=True)),
        level_s=tuple(level_s.tolist()),
        measurable_up_to=limit,
        beyond_s=None if limit is None else _beyond_s(density, limit),
    )
    return found if limit is None else _without_beyond(found, limit, seconds)


def _beyond_s(density: DensitySeries, limit: float) -> int:
    """Count the full seconds in which a density was above a limit."""
    return int((density.voronoi > limit).sum())


def _without_beyond(found: AreaFlow, limit: float, seconds: int) -> AreaFlow:
    """Leave out what cannot be told since it was too dense at times.

    Time above a density that can be measured stays: what seems to be above it is. So do means if hardly any
    time was beyond the limit.
    """
    beyond_s = found.beyond_s
    if not beyond_s:
        return found
    found = replace(
        found,
        max_density=None,
        max_voronoi=None,
        level_s=None,
        above_2_s=found.above_2_s if limit >= 2 else None,
        above_3_s=found.above_3_s if limit >= 3 else None,
        above_4_s=found.above_4_s if limit >= 4 else None,
    )
    if beyond_s > _HARDLY * seconds:
        found = replace(found, mean_density=None, mean_voronoi=None)
    return found


def line_flow(
    crossed: FirstCrossings,
    *,
    length_m: float,
    covered_s: float,
    near: DensitySeries | None = None,
    limit: float | None = None,
) -> LineFlow:
    """Compute the figures of a line.

    Args:
        crossed: first crossings in the period.
        length_m: length of the line in metres; NaN where it cannot be told.
        covered_s: covered time of the period in seconds.
        near: what was measured near the line in the period; None where that does not matter.
        limit: density in people per m² there above which it cannot be measured; None for none.
    """
    length = length_m if np.isfinite(length_m) else None
    if length is None or not covered_s:
        return LineFlow(covered_s=covered_s, length_m=length)
    known = crossed.speed[np.isfinite(crossed.speed)]
    persons = len(crossed.moment)
    # The busiest minute begins with a crossing.
    ends = np.searchsorted(crossed.moment, crossed.moment + PEAK_S * RATE)
    most = int((ends - np.arange(persons)).max(initial=0))
    beyond_s = None if near is None or limit is None else _beyond_s(near, limit)
    if beyond_s and beyond_s > _HARDLY * covered_s:
        return LineFlow(covered_s=covered_s, length_m=length, beyond_s=beyond_s)
    return LineFlow(
        covered_s=covered_s,
        length_m=length,
        persons=persons,
        mean_speed=float(known.mean()) if len(known) else None,
        specific_flow=persons / covered_s / length,
        peak_specific_flow=most / PEAK_S / length if covered_s >= PEAK_S and not beyond_s else None,
        beyond_s=beyond_s,
    )


def full_seconds(covered: Intervals, bounds_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the full seconds of the clock in covered time.

    Args:
        covered: covered time, UTC µs.
        bounds_us: (n, 2) int64 beginning and end of pieces of time, UTC µs.

    Returns:
        (n,) int64 full seconds in each piece that were covered.
    """
    begin, end = bounds_us.T
    counts = np.zeros(len(bounds_us), np.int64)
    for first, last in covered.bounds.tolist():
        low, high = np.maximum(begin, first), np.minimum(end, last)
        counts += np.maximum(-(-high // _SECOND_US) - -(-low // _SECOND_US), 0)
    return counts
