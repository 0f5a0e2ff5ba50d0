"""What is shown of a camera in a report to give away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.names import Metric
from heatcli.report.camera_report import CameraReport
from heatcli.report.report import Report
from heatcli.report.share.days import told_day, told_notes
from heatcli.report.share.layout import Layout, layout_of
from heatcli.report.share.sums import Sums, added, class_of_median, sums_of_rows
from heatcli.report.share.suppress import hidden
from heatcli.select.days_told import gone_text
from heatcli.shapes import Shape, contains
from heatcli.store.kept_days import KeptDay

CELLS = RenderSettings(grid_resolution=32, reach=0.0, smoothing=0)
"""Grid of a map to give away: cells that do not overlap, so that nothing follows from their differences."""
METRICS = (Metric.DWELL_TIME, Metric.UNIQUE_VISITS)


@dataclass(frozen=True, slots=True)
class SharedRow:
    """The figures of a zone, or of the whole frame, in the period or a part of it.

    Attributes:
        place: name of the zone.
        time: name of the part of the period, or `WHOLE`.
        covered_s: covered time in seconds.
        visitors: distinct persons, of days that are told by their sums those of each; None where it is not
            shown, as the next ones, or nothing was watched.
        stays: number of stays.
        median_stay_s: median length of these in seconds; None also where there are fewer than k.
        median_class_s: in the place of the median, bounds of the class of length that it is in, the second
            None for no bound, where a part of the stays is told by sums.
        avg_occupancy: people at a time, on average over the covered time.
        occupancy_pct: part of the covered time with at least one person there, in percent.
        is_hidden: whether there are numbers that are not shown.
    """

    place: str
    time: str
    covered_s: float
    visitors: int | None = None
    stays: int | None = None
    median_stay_s: float | None = None
    median_class_s: tuple[int, int | None] | None = None
    avg_occupancy: float | None = None
    occupancy_pct: float | None = None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class SharedWay:
    """How many people went from one zone to the next, or across a line; None where it is not shown."""

    origin: str
    target: str
    count: int | None
    persons: int | None


@dataclass(frozen=True, slots=True, eq=False)
class SharedCamera:
    """What is shown of a camera.

    Attributes:
        name: name of the camera.
        covered_s: covered time in seconds.
        rows: figures of the whole frame and of each zone, in the period and then in each part of it.
        ways: transitions from zone to zone; all that are not shown are left out.
        hidden_ways: number of transitions that are not shown.
        crossings: crossings of each line, each way.
        cells: (rows, columns) float64 time that people spent in each cell of the picture, in seconds; NaN
            where it is not shown.
        aspect: width of the picture divided by its height, as it is shown.
        zones: name and shape of each zone.
        notes: what is to be known of the numbers.
    """

    name: str
    covered_s: float
    rows: tuple[SharedRow, ...]
    ways: tuple[SharedWay, ...]
    hidden_ways: int
    crossings: tuple[SharedWay, ...]
    cells: NDArray[np.float64]
    aspect: float
    zones: tuple[tuple[str, Shape], ...]
    notes: tuple[str, ...]


def shared_cameras(report: Report, least: int) -> list[SharedCamera]:
    """Return what is shown of each camera of a report whose maps are of `METRICS` with `CELLS`.

    Args:
        report: report that is given away.
        least: smallest number of people, k, of whom anything is told.
    """
    of_rows = {camera.name: camera for camera in report.cameras}
    return [
        _shared(name, of_rows.get(name), tuple(report.told.get(name, ())), report, least)
        for name in sorted(of_rows.keys() | report.told.keys())
    ]


def _shared(
    name: str, camera: CameraReport | None, days: tuple[KeptDay, ...], report: Report, least: int
) -> SharedCamera:
    layout = layout_of(name, camera, days, report.period, report.config)
    told = [told_day(day, layout) for day in days]
    parts = [(one.sums, one.day.over_midnight) for one in told]
    if camera is not None and (camera.selection.covered_us or not told):
        parts.insert(0, (sums_of_rows(camera), 0))
    sums = added(parts)
    hide, hide_cells = _hidden(sums, layout, least)
    medians = None
    if camera is not None and not told:
        medians = [[one.median_stay_s for one in (zone.total, *zone.buckets)] for zone in camera.zones]
    rows = tuple(
        _row(layout, sums, place, time, medians, is_hidden=bool(hide[place, time]), least=least)
        for place in range(len(layout.places))
        for time in range(len(layout.times))
    )
    ways = tuple(_ways(sums, layout, least))
    without = report.untold.get(name, ())
    notes = [*told_notes(told)]
    if without:
        notes.append(
            f"{gone_text(without)}; the sums that were kept are of everybody at all times, and are told only "
            "where no option chooses among people or hours."
        )
    return SharedCamera(
        name=name,
        covered_s=int(sums.covered_us[0, 0]) / 1e6,
        rows=rows,
        ways=ways,
        hidden_ways=len(sums.ways) - len(ways),
        crossings=tuple(_crossings(sums, layout, least)),
        cells=np.where(hide_cells, np.nan, sums.cells_us / 1e6),
        aspect=layout.aspect,
        zones=layout.zones,
        notes=tuple(notes),
    )


def _hidden(sums: Sums, layout: Layout, least: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which figures (places, times) and which cells (rows, columns) of the map are not shown.

    Parts of the period may add up to it, zones to the frame, and cells to the frame and to a zone.
    """
    people, visits, elsewhere = sums.people, sums.visits, sums.elsewhere
    at = np.arange(people.size).reshape(people.shape)
    cells = people.size + np.arange(visits.size).reshape(visits.shape)
    totals = [(int(row[0]), row[1:].tolist()) for row in at if len(row) > 1]
    totals += [(int(column[0]), column[1:].tolist()) for column in at.T if len(column) > 1]
    totals.append((0, cells.ravel().tolist()))
    down, across = ((np.arange(count) + 0.5) / count for count in visits.shape)
    centres = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    for place, (_, shape) in enumerate(layout.zones, start=1):
        # In a picture of one by one pixel, whose pixel has the shape that gives a circle its own.
        within = contains(shape, centres, size=(1, 1), sample_aspect=layout.aspect)
        totals.append((int(at[place, 0]), cells.ravel()[within].tolist()))
    # Who was elsewhere only is the frame less a zone, and few people there would be told by both.
    rest = people.size + visits.size + np.arange(elsewhere.size).reshape(elsewhere.shape)
    for place, row in enumerate(rest, start=1):
        totals += [(int(at[0, time]), [int(at[place, time]), one]) for time, one in enumerate(row.tolist())]
    hide = hidden(np.concatenate([people.ravel(), visits.ravel(), elsewhere.ravel()]), least, totals)
    hide = hide[: people.size + visits.size]
    return hide[: people.size].reshape(people.shape), hide[people.size :].reshape(visits.shape)


def _row(
    layout: Layout,
    sums: Sums,
    place: int,
    time: int,
    medians: Sequence[Sequence[float | None]] | None,
    *,
    is_hidden: bool,
    least: int,
) -> SharedRow:
    names, covered = (layout.places[place], layout.times[time]), int(sums.covered_us[place, time])
    if is_hidden or not covered:
        return SharedRow(*names, covered / 1e6, is_hidden=is_hidden)
    stays = sums.stays[place, time]
    count = int(stays.sum())
    enough = 0 < count >= least
    return SharedRow(
        *names,
        covered_s=covered / 1e6,
        visitors=int(sums.visitors[place, time]),
        stays=count,
        median_stay_s=medians[place][time] if enough and medians is not None else None,
        median_class_s=class_of_median(stays) if enough and medians is None else None,
        avg_occupancy=int(sums.present_us[place, time]) / covered,
        occupancy_pct=100 * int(sums.occupied_us[place, time]) / covered,
    )


def _ways(sums: Sums, layout: Layout, least: int) -> Iterator[SharedWay]:
    """Yield the transitions that are shown, the most frequent first.

    Nothing that is shown is a sum of transitions: whoever leaves a zone may also go nowhere else.
    """
    names = [name for name, _ in layout.zones]
    for (origin, target), (count, told, people) in sorted(
        sums.ways.items(), key=lambda way: (-way[1][0], way[0])
    ):
        # Somebody who came twice is one of the few people that may be behind a number.
        if people >= least:
            yield SharedWay(names[origin], names[target], count, told)


def _crossings(sums: Sums, layout: Layout, least: int) -> Iterator[SharedWay]:
    """Yield the crossings of lines, each way; nothing that is shown is their sum."""
    for line, (name, _) in enumerate(layout.lines):
        for side, way in enumerate(("left to right", "right to left")):
            count, people = int(sums.crossings[line, side]), int(sums.crossed[line, side])
            is_shown = people >= least or not people
            yield SharedWay(name, way, *((count, people) if is_shown else (None, None)))
