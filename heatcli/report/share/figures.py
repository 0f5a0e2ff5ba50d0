"""What is shown of a camera in a report to give away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.answers.transitions import by_visit
from heatcli.config.settings import RenderSettings
from heatcli.names import Metric
from heatcli.report.camera_report import CameraReport
from heatcli.report.report import Report
from heatcli.report.share.suppress import hidden
from heatcli.shapes import Shape, contains
from heatcli.zones.statistics import Figures
from heatcli.zones.transitions import transitions_of

CELLS = RenderSettings(grid_resolution=32, reach=0.0, smoothing=0)
"""Grid of a map to give away: cells that do not overlap, so that nothing follows from their differences."""
METRICS = (Metric.DWELL_TIME, Metric.UNIQUE_VISITS)

WHOLE = "whole period"


@dataclass(frozen=True, slots=True)
class SharedRow:
    """The figures of a zone, or of the whole frame, in the period or a part of it.

    Attributes:
        place: name of the zone.
        time: name of the part of the period, or `WHOLE`.
        covered_s: covered time in seconds.
        visitors: distinct persons; None where it is not shown, as the next four, or nothing was watched.
        stays: number of stays.
        median_stay_s: median length of these in seconds; None also where there are fewer than k.
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


def shared_cameras(report: Report, least: int) -> list[SharedCamera]:
    """Return what is shown of each camera of a report whose maps are of `METRICS` with `CELLS`.

    Args:
        report: report that is given away.
        least: smallest number of people, k, of whom anything is told.
    """
    return [_shared(camera, least) for camera in report.cameras]


def _shared(camera: CameraReport, least: int) -> SharedCamera:
    times = [WHOLE, *(bucket.label for bucket in camera.figures.buckets)]
    table = [[zone.total, *zone.buckets] for zone in camera.zones]
    hide, hide_cells = _hidden(camera, table, least)
    rows = tuple(
        _row(zone.zone.name, times[time], figures, is_hidden=bool(hide[place, time]), least=least)
        for place, zone in enumerate(camera.zones)
        for time, figures in enumerate(table[place])
    )
    cells = np.nan_to_num(camera.heat[Metric.DWELL_TIME].raw)
    ways, hidden_ways = _ways(camera, least)
    selection = camera.selection
    return SharedCamera(
        name=camera.name,
        covered_s=selection.covered_us / 1e6,
        rows=rows,
        ways=ways,
        hidden_ways=hidden_ways,
        crossings=tuple(_crossings(camera, least)),
        cells=np.where(hide_cells, np.nan, cells),
        aspect=selection.width * selection.sample_aspect / selection.height,
        zones=tuple((found.zone.name, found.zone.shape) for found in camera.figures.zones),
    )


def _hidden(
    camera: CameraReport, table: Sequence[Sequence[Figures]], least: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which figures (places, times) and which cells (rows, columns) of the map are not shown.

    Parts of the period may add up to it, zones to the frame, and cells to the frame and to a zone.
    """
    people = np.array([[_people(figures) for figures in row] for row in table], np.int64)
    visits = np.nan_to_num(camera.heat[Metric.UNIQUE_VISITS].raw).astype(np.int64)
    at = np.arange(people.size).reshape(people.shape)
    cells = people.size + np.arange(visits.size).reshape(visits.shape)
    sums = [(int(row[0]), row[1:].tolist()) for row in at if len(row) > 1]
    sums += [(int(column[0]), column[1:].tolist()) for column in at.T if len(column) > 1]
    sums.append((0, cells.ravel().tolist()))
    down, across = ((np.arange(count) + 0.5) / count for count in visits.shape)
    centres = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    for place, zone in enumerate(camera.figures.zones, start=1):
        # In a picture of one by one pixel, whose pixel has the shape that gives a circle its own.
        aspect = camera.selection.width * camera.selection.sample_aspect / camera.selection.height
        within = contains(zone.zone.shape, centres, size=(1, 1), sample_aspect=aspect)
        sums.append((int(at[place, 0]), cells.ravel()[within].tolist()))
    # Who was elsewhere only is the frame less a zone, and few people there would be told by both.
    elsewhere = np.maximum(people[:1] - people[1:], 0)
    rest = people.size + visits.size + np.arange(elsewhere.size).reshape(elsewhere.shape)
    for place, row in enumerate(rest, start=1):
        sums += [(int(at[0, time]), [int(at[place, time]), one]) for time, one in enumerate(row.tolist())]
    hide = hidden(np.concatenate([people.ravel(), visits.ravel(), elsewhere.ravel()]), least, sums)
    hide = hide[: people.size + visits.size]
    return hide[: people.size].reshape(people.shape), hide[people.size :].reshape(visits.shape)


def _people(figures: Figures) -> int:
    """Return how many people are behind figures; of several who were there, one stay is of one."""
    visitors, stays = figures.unique_visits or 0, figures.stays or 0
    return min(visitors, stays) if stays else visitors


def _row(place: str, time: str, figures: Figures, *, is_hidden: bool, least: int) -> SharedRow:
    if is_hidden:
        return SharedRow(place, time, figures.covered_s, is_hidden=True)
    return SharedRow(
        place,
        time,
        figures.covered_s,
        figures.unique_visits,
        figures.stays,
        figures.median_stay_s if (figures.stays or 0) >= least else None,
        figures.avg_occupancy,
        figures.occupancy_pct,
    )


def _ways(camera: CameraReport, least: int) -> tuple[tuple[SharedWay, ...], int]:
    """Return the transitions that are shown, and the number of others.

    Nothing that is shown is a sum of transitions: whoever leaves a zone may also go nowhere else.
    """
    names = [zone.zone.name for zone in camera.figures.zones]
    stays = [zone.stays for zone in camera.figures.zones]
    found = transitions_of([by_visit(camera.selection, one) for one in stays]).transitions
    # Somebody who came twice is one of the few people that may be behind a number.
    people = {(one.origin, one.target): one.persons for one in transitions_of(stays).transitions}
    shown = [one for one in found if people.get((one.origin, one.target), 0) >= least]
    ways = (SharedWay(names[one.origin], names[one.target], one.count, one.persons) for one in shown)
    return tuple(ways), len(found) - len(shown)


def _crossings(camera: CameraReport, least: int) -> Iterator[SharedWay]:
    """Yield the crossings of lines, each way; nothing that is shown is their sum."""
    for line in camera.figures.lines:
        for way, count, to_right in (
            ("left to right", line.total.left_to_right, True),
            ("right to left", line.total.right_to_left, False),
        ):
            persons = len(np.unique(line.crossings.person[line.crossings.to_right == to_right]))
            is_shown = persons >= least or not persons
            yield SharedWay(line.line.name, way, *((count, persons) if is_shown else (None, None)))
