"""Exposure: how many of those who come by a zone stop in it, and for how long."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.zones.found_in_zone import FoundInZone
from heatcli.zones.stays import Stays
from heatcli.zones.tally import group_at, percentile_by
from heatcli.zones.zone_tally import count_distinct

STOPS_S = 3.0
"""Least stay of somebody who stops, in seconds, where the zone does not say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureFigures:
    """The figures of a zone with a passing zone around it, over a period or bucket.

    Without covered time, all but `covered_s` are None. A stay belongs to the bucket in which it begins, and
    people to each bucket in which a stay of theirs begins.

    Attributes:
        covered_s: covered time T of the period or bucket, in seconds.
        passers: distinct people with a stay in the passing zone or in the zone itself.
        stopped: distinct people with a stay in the zone that is long enough for a stop.
        engagement_pct: 100 * stopped / passers; None if nobody came by.
        median_stop_s: median length of the stops in seconds; None if there is none.
        p90_stop_s: 90th percentile of the same, interpolated linearly.
    """

    covered_s: float
    passers: int | None = None
    stopped: int | None = None
    engagement_pct: float | None = None
    median_stop_s: float | None = None
    p90_stop_s: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FoundExposure(FoundInZone[ExposureFigures]):
    """The exposure of one zone of a camera.

    Attributes:
        passing: stays in the zone around it.
        stays: stays in the zone itself.
        stops: (len(stays),) bool, true for stays that are long enough for a stop.
    """

    passing: Stays
    stays: Stays
    stops: NDArray[np.bool_]

    @property
    def stops_s(self) -> NDArray[np.float64]:
        """(n,) length of each stop in seconds."""
        return self.stays.lengths_s[self.stops]


def stops_of(zone: Stays, least_s: float) -> NDArray[np.bool_]:
    """(len(zone),) bool, true for stays in a zone of `least_s` seconds or more."""
    stops: NDArray[np.bool_] = zone.end_us - zone.begin_us >= round(least_s * 1e6)
    return stops


def exposure_figures(
    zone: Stays,
    passing: Stays,
    least_s: float,
    bounds_us: NDArray[np.int64],
    group: NDArray[np.int64],
    covered_us: NDArray[np.int64],
) -> list[ExposureFigures]:
    """Compute the figures of each group of pieces of time.

    Args:
        zone: stays in the zone.
        passing: stays in the passing zone.
        least_s: least stay in the zone of somebody who stops, in seconds.
        bounds_us: (k, 2) start and end of each piece of time, UTC µs.
        group: (k,) group that each piece belongs to.
        covered_us: (groups,) covered time of each group in µs.
    """
    groups = len(covered_us)
    if not groups:
        return []

    def of_group(begin_us: NDArray[np.int64]) -> NDArray[np.int64]:
        return group_at(begin_us, bounds_us, group)

    near = np.append(zone.person, passing.person), np.append(zone.begin_us, passing.begin_us)
    passers = count_distinct(near[0], of_group(near[1]), groups)
    stops = stops_of(zone, least_s)
    at = of_group(zone.begin_us[stops])
    stopped, counts = count_distinct(zone.person[stops], at, groups), np.bincount(at, minlength=groups)
    medians, ninths = (percentile_by(zone.lengths_s[stops], at, counts, percent) for percent in (50, 90))
    return [
        ExposureFigures(
            covered_s=float(covered_us[i] / 1e6),
            passers=int(passers[i]),
            stopped=int(stopped[i]),
            engagement_pct=float(100 * stopped[i] / passers[i]) if passers[i] else None,
            median_stop_s=float(medians[i]) if counts[i] else None,
            p90_stop_s=float(ninths[i]) if counts[i] else None,
        )
        if covered_us[i]
        else ExposureFigures(covered_s=0.0)
        for i in range(groups)
    ]
