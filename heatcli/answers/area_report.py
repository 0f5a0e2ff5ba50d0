"""The figures of a room, over a period and in its buckets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.answers.zone_report import ZoneReport
from heatcli.intervals import Intervals, cut
from heatcli.zones.buckets import Bucket, Buckets
from heatcli.zones.room import Door, Occupancy
from heatcli.zones.tally import sum_by


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFigures:
    """The figures of a room over a period or bucket. Where no door was watched, all but `covered_s` are None.

    Attributes:
        covered_s: time in which all doors were watched, in seconds.
        avg_occupancy: average number of people in the room, in the time in which a door was watched.
        low: average of the lower end of the band that holds their number in 95 of 100 cases.
        high: average of the upper end of that band.
        peak: most people at once, expected number.
        peak_low: lower end of the band at that moment.
        peak_high: upper end of the band at that moment.
        peak_us: that moment, the first if there are several, UTC µs.
        above_capacity_s: expected time with more people than the capacity, in seconds; None without one.
        person_hours: time that all people spent in the room, summed, in hours.
        arrivals: people who were counted coming in.
        departures: people who were counted leaving.
    """

    covered_s: float
    avg_occupancy: float | None = None
    low: float | None = None
    high: float | None = None
    peak: float | None = None
    peak_low: int | None = None
    peak_high: int | None = None
    peak_us: int | None = None
    above_capacity_s: float | None = None
    person_hours: float | None = None
    arrivals: int | None = None
    departures: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AreaReport:
    """How many people were in a room.

    Attributes:
        name: name of the room.
        timezone: time zone of its first door's camera, IANA name.
        capacity: number of people that it is for; None where none is configured.
        told: selected time in which a door was watched, UTC µs: what the figures are of.
        occupancy: how many people were in it, moment by moment; None where no door was watched.
        divided: division of the selected time into buckets; None where none were asked for.
        total: figures of the whole selected time.
        buckets: figures of each bucket, in the order of `divided.buckets`.
        notes: what a reader must know of these figures, in sentences.
        reports: zone reports of the cameras, which have the evidence.
    """

    name: str
    timezone: str
    capacity: int | None
    told: Intervals
    occupancy: Occupancy | None
    divided: Buckets | None
    total: AreaFigures
    buckets: tuple[AreaFigures, ...]
    notes: tuple[str, ...]
    reports: tuple[ZoneReport, ...]

    @property
    def bucket_names(self) -> tuple[Bucket, ...]:
        """Buckets of the selected time; empty where none were asked for."""
        return () if self.divided is None else self.divided.buckets


def area_figures(
    occupancy: Occupancy | None, doors: tuple[Door, ...], told: Intervals, divided: Buckets
) -> tuple[AreaFigures, ...]:
    """Return the figures of each bucket.

    Args:
        occupancy: how many people were in the room; None where no door was watched.
        doors: doors of the room.
        told: selected time in which a door was watched, UTC µs.
        divided: buckets.
    """
    count = len(divided.buckets)
    covered = told
    for door in doors:
        covered = covered.intersection(door.watched)
    begin, end = divided.bounds_us.T
    covered_us = sum_by(divided.bucket, covered.overlap_us(begin, end - begin), count)
    told_us = sum_by(divided.bucket, told.overlap_us(begin, end - begin), count)
    if occupancy is None:
        return tuple(AreaFigures(covered_s=0.0) for _ in range(count))
    passed = [_passed(doors, told, divided, inward=inward) for inward in (True, False)]
    piece, bucket, begins, lasts_us = _pieces(occupancy, told, divided)
    sums = {
        name: np.bincount(bucket, getattr(occupancy, name)[piece] * lasts_us, count)
        for name in ("people", "low", "high", "above")
    }
    found = []
    for at in range(count):
        if not told_us[at]:
            found.append(AreaFigures(covered_s=0.0))
            continue
        here = np.flatnonzero(bucket == at)
        first = here[np.argmax(occupancy.people[piece[here]])]
        most = int(piece[first])
        above_us = float(sums["above"][at])
        found.append(
            AreaFigures(
                covered_s=float(covered_us[at] / 1e6),
                avg_occupancy=float(sums["people"][at] / told_us[at]),
                low=float(sums["low"][at] / told_us[at]),
                high=float(sums["high"][at] / told_us[at]),
                peak=float(occupancy.people[most]),
                peak_low=int(occupancy.low[most]),
                peak_high=int(occupancy.high[most]),
                peak_us=int(begins[first]),
                above_capacity_s=None if np.isnan(above_us) else above_us / 1e6,
                person_hours=float(sums["people"][at] / 3.6e9),
                arrivals=int(passed[0][at]),
                departures=int(passed[1][at]),
            )
        )
    return tuple(found)


def _pieces(
    occupancy: Occupancy, told: Intervals, divided: Buckets
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return piece of occupancy, bucket, start and length in µs of all parts that are told of."""
    piece, _, begin, end = cut(occupancy.begin_us, occupancy.end_us, told.bounds)
    part, bound, begin, end = cut(begin, end, divided.bounds_us)
    return piece[part], divided.bucket[bound], begin, end - begin


def _passed(doors: tuple[Door, ...], told: Intervals, divided: Buckets, *, inward: bool) -> NDArray[np.int64]:
    """(buckets,) number of people who were counted going in, or out."""
    times = np.concatenate([door.time_us[door.inward == inward] for door in doors])
    times = times[told.contains(times)]
    if not len(times):
        return np.zeros(len(divided.buckets), np.int64)
    bound = np.searchsorted(divided.bounds_us[1:, 0], times, side="right")
    return np.bincount(divided.bucket[bound], minlength=len(divided.buckets))
