"""Days whose rows have gone: what is kept of them, and what it adds to a report to give away."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from heatcli.clock import days_text
from heatcli.names import By
from heatcli.report.camera_report import CameraReport
from heatcli.report.share.layout import Layout
from heatcli.report.share.sums import Counts, Sums, elsewhere_of, people_of, sums_of_rows
from heatcli.store.clips import ClipRow
from heatcli.store.kept_days import KeptDay, Table, clip_mark
from heatcli.version import __version__
from heatcli.zones.stays import STAY_EDGES_S


@dataclass(frozen=True, slots=True)
class Told:
    """The sums of a day, as a report tells them.

    Attributes:
        day: day that they are of.
        sums: sums at the places and times of the report.
        others: names of zones and lines that were elsewhere then, so that the day tells nothing of them.
        has_ways: whether the zones were all as they are, so that ways between them can be told.
        has_cells: whether the picture had these cells.
    """

    day: KeptDay
    sums: Sums
    others: tuple[str, ...]
    has_ways: bool
    has_cells: bool


def kept_day(
    camera: CameraReport, day: date, clips: Collection[ClipRow], *, over_midnight: int, erasures: int
) -> KeptDay:
    """Return what is kept of a day.

    Args:
        camera: numbers of the day from its rows, by the hour; with maps of `METRICS` with `CELLS`.
        day: day by the clock of the camera.
        clips: clips that the numbers are of.
        over_midnight: number of people who were there on another day too, or in other clips.
        erasures: number of times and places of this camera and day that were erased on request.
    """
    selection, figures, sums = camera.selection, camera.figures, sums_of_rows(camera)
    crossings = np.stack([sums.crossings, sums.crossed], axis=-1).reshape(len(figures.lines), 4)
    return KeptDay(
        camera=camera.name,
        day=day,
        timezone=selection.timezone,
        width=selection.width,
        height=selection.height,
        sample_aspect=selection.sample_aspect,
        version=__version__,
        settings=tuple(sorted({clip.settings_hash for clip in clips})),
        clips=tuple(sorted(clip_mark(clip.clip) for clip in clips)),
        erasures=erasures,
        over_midnight=over_midnight,
        hours=tuple(bucket.label for bucket in figures.buckets),
        covered_us=_row(sums.covered_us[0, 1:]),
        zones=tuple((zone.zone.name, zone.zone.shape) for zone in figures.zones),
        present_us=_table(sums.present_us[:, 1:]),
        occupied_us=_table(sums.occupied_us[:, 1:]),
        most=tuple(tuple(hour.max_occupancy or 0 for hour in zone.buckets) for zone in camera.zones),
        visitors=_table(sums.visitors),
        stays=tuple(_table(place) for place in sums.stays[:, 1:]),
        lines=tuple((line.line.name, line.line.line) for line in figures.lines),
        crossings=_table(crossings),
        ways=tuple((*way, *numbers) for way, numbers in sums.ways.items()),
        cells_us=_table(sums.cells_us),
        cells_people=_table(sums.visits),
    )


def told_day(day: KeptDay, layout: Layout) -> Told:
    """Return the sums of a day at the places and times of a report."""
    at = _times(day, layout)
    known = {zone: place for place, zone in enumerate(day.zones, start=1)}
    places = [0, *(known.get(zone, -1) for zone in layout.zones)]
    visitors = np.array(day.visitors, np.int64)
    by_hour = visitors[:, 1:]
    if layout.by is not By.HOUR:
        # Distinct people of the day, and of the part of the period that it is in.
        by_hour = np.zeros_like(by_hour)
        by_hour[:, :1] = visitors[:, :1]
    stays = np.array(day.stays, np.int64).reshape(len(day.zones) + 1, -1, len(STAY_EDGES_S))
    covered = np.broadcast_to(np.array(day.covered_us, np.int64), by_hour.shape)
    in_hours = [np.array(table, np.int64) for table in (day.present_us, day.occupied_us)]
    covered, present, occupied, came, stayed = (
        _at(values, places, at, len(layout.times)) for values in (covered, *in_hours, by_hour, stays)
    )
    came[:, 0] = np.where(np.array(places) >= 0, visitors[places, 0], 0)
    people = people_of(came, stayed)
    lines = dict(zip(day.lines, np.array(day.crossings, np.int64).reshape(-1, 2, 2), strict=True))
    nothing = np.zeros((2, 2), np.int64)
    crossings = np.array([lines.get(line, nothing) for line in layout.lines], np.int64).reshape(-1, 2, 2)
    has_ways = set(day.zones) == set(layout.zones)
    index = {known[zone] - 1: place for place, zone in enumerate(layout.zones) if zone in known}
    cells = [np.array(table, np.int64) for table in (day.cells_us, day.cells_people)]
    has_cells = cells[0].shape == layout.cells
    cells_us, visits = cells if has_cells else [np.zeros(layout.cells, np.int64)] * 2
    sums = Sums(
        covered_us=covered,
        present_us=present,
        occupied_us=occupied,
        visitors=came,
        stays=stayed,
        people=people,
        elsewhere=elsewhere_of(people),
        crossings=crossings[:, :, 0],
        crossed=crossings[:, :, 1],
        ways={(index[way[0]], index[way[1]]): (way[2], way[3], way[4]) for way in day.ways if has_ways},
        cells_us=cells_us,
        visits=visits,
    )
    others = (
        *(zone for zone in layout.zones if zone not in known),
        *(line for line in layout.lines if line not in lines),
    )
    return Told(day, sums, tuple(name for name, _ in others), has_ways, has_cells)


def told_notes(told: Sequence[Told]) -> Iterator[str]:
    """Say which days are told by their sums, and what these lack."""
    if not told:
        return
    yield (
        f"Rows of {_days(told)} have gone, and the sums that were kept are told. Whoever was there over "
        "midnight is a visitor of both days, and of a median the class of length is told that it is in."
    )
    for name in dict.fromkeys(name for one in told for name in one.others):
        lacking = [one for one in told if name in one.others]
        yield f"{name} was not where it is now on {_days(lacking)}, of which it tells nothing."
    if lacking := [one for one in told if not one.has_ways]:
        yield f"The zones were others on {_days(lacking)}: ways from zone to zone are not told of that."
    if lacking := [one for one in told if not one.has_cells]:
        yield f"The picture had another shape on {_days(lacking)}: the map of cells is without that."


def _days(told: Sequence[Told]) -> str:
    return days_text(sorted({one.day.day for one in told}))


def _times(day: KeptDay, layout: Layout) -> list[int]:
    """Return the part of the period that each hour of a day is in; -1 for none."""
    named = {
        By.HOUR: day.hours,
        By.DAY: [f"{day.day}"] * len(day.hours),
        By.MONTH: [f"{day.day:%Y-%m}"] * len(day.hours),
    }[layout.by]
    known = {label: place for place, label in enumerate(layout.times) if place}
    return [known.get(label, -1) for label in named]


def _at(values: Counts, places: Sequence[int], at: Sequence[int], times: int) -> Counts:
    """Put values of places and hours where a report has them.

    Args:
        values: (places, hours, ...) values of a day.
        places: place of the day for each place of the report; -1 for none.
        at: time of the report that each hour is in; -1 for none.
        times: number of times of the report.

    Returns:
        (places, times, ...) sums of the hours of each time, and of all of them.
    """
    found = np.zeros((len(places), times, *values.shape[2:]), np.int64)
    for target, source in enumerate(places):
        if source >= 0:
            found[target, 0] = values[source].sum(axis=0)
            for hour, time in enumerate(at):
                if time > 0:
                    found[target, time] += values[source, hour]
    return found


def _row(values: Counts) -> tuple[int, ...]:
    return tuple(values.tolist())


def _table(values: Counts) -> Table:
    return tuple(map(tuple, values.tolist()))
