"""What stands out in the report of a day: the busiest hour, the hottest place, the largest change.

A sentence says nothing that its numbers do not: where nothing was recorded, or nobody came, it says that.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from heatcli.answers.hot_places import where
from heatcli.report.camera_report import CameraReport
from heatcli.report.report import Report
from heatcli.zones.statistics import Figures

_LEAST_S = 600.0
"""Least recorded part of the busiest hour, in seconds: less shows who chanced to pass."""
_BEYOND_CHANCE = 1.96
"""Number of standard deviations beyond which chance goes in one of 20 cases only."""


@dataclass(frozen=True, slots=True)
class _Change:
    """How the visitors of a place differ from those of an earlier day.

    Attributes:
        place: place, in words that begin a sentence.
        now: figures of the day.
        before: figures of the earlier day.
        surprise: number of standard deviations by which the visitors of an hour differ, if people come
            independently of each other (Poisson).
    """

    place: str
    now: Figures
    before: Figures
    surprise: float


def standing_out(report: Report, before: Report) -> tuple[str, str, str]:
    """Tell what stands out in a day.

    Args:
        report: report of the day, with hottest places.
        before: report of the same weekday before.

    Returns:
        Sentences on the busiest hour, the hottest place and the largest change.
    """
    return _busiest_hour(report), _hottest_place(report), _largest_change(report, before)


def _busiest_hour(report: Report) -> str:
    """Say when there were most people in a camera's picture, on average."""
    hours = [
        (figures.avg_occupancy, bucket.label.rpartition(" ")[2], camera)
        for camera in report.cameras
        for bucket, figures in zip(camera.figures.buckets, camera.frame.buckets, strict=True)
        if figures.avg_occupancy is not None and figures.covered_s >= _LEAST_S
    ]
    people, hour, camera = max(hours, key=lambda one: one[0], default=(0.0, "", None))
    if camera is None:
        return "Busiest hour: none was recorded for ten minutes or more."
    if not people:
        return "Busiest hour: nobody came in any."
    there = f"{_people(people)} in the picture on average"
    return f"Busiest hour: the one from {hour} at {camera.name}, with {there}."


def _hottest_place(report: Report) -> str:
    """Say around which place there were most people, on average."""
    places = [
        (zone.total.avg_occupancy or 0.0, zone, camera)
        for camera in report.cameras
        for zone in camera.hot[:1]
    ]
    if not places:
        return "Hottest place: none, as nobody came."
    people, zone, camera = max(places, key=lambda one: one[0])
    x, y, *_ = where(zone.zone) or (math.nan, math.nan)
    return (
        f"Hottest place: at {camera.name}, {100 * x:.0f} % from the left and {100 * y:.0f} % from the top of "
        f"the picture, with {_people(people)} there on average."
    )


def _largest_change(report: Report, before: Report) -> str:
    """Say where the number of visitors differs most from that of the same weekday before."""
    day = f"{before.period.first:%A}, {before.period.first}"
    earlier = {camera.name: camera for camera in before.cameras}
    changes = [
        change
        for camera in report.cameras
        if camera.name in earlier
        for change in _changes(camera, earlier[camera.name])
    ]
    if not changes:
        return f"Largest change: unknown, as no camera recorded {day} too."
    most = max(changes, key=lambda one: abs(one.surprise))
    if abs(most.surprise) < _BEYOND_CHANCE:
        return f"Largest change: none beyond chance since {day}."
    rates = [(one.unique_visits or 0) / one.covered_s * 3600 for one in (most.before, most.now)]
    return (
        f"Largest change: {most.place} had {rates[1]:.1f} visitors an hour, after {rates[0]:.1f} on {day}, "
        "which is beyond chance."
    )


def _changes(now: CameraReport, before: CameraReport) -> Iterator[_Change]:
    """Yield how the whole picture and each zone that both days have differ."""
    earlier = {zone.zone: zone.total for zone in before.zones}
    for number, zone in enumerate(now.zones):
        a, b = earlier.get(zone.zone), zone.total
        if a is None or not a.covered_s or not b.covered_s:
            continue
        rates = [(one.unique_visits or 0) / one.covered_s for one in (a, b)]
        spread = math.sqrt(rates[0] / a.covered_s + rates[1] / b.covered_s)
        place = f"{zone.zone.name} at {now.name}" if number else now.name
        yield _Change(place, b, a, (rates[1] - rates[0]) / spread if spread else 0.0)


def _people(number: float) -> str:
    return f"{number:.1f} people" if number >= 0.1 else f"{number:.2g} people"
