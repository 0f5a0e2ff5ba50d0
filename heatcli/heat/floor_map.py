"""A heat map of a floor plan, by one camera or several that see it.

What is divided by is the floor that the cells of the pictures show, spread as the time in them is: people who
are spread evenly over the floor give a flat map. Where cameras overlap, their sums are divided by the sum of
their covered times: nobody is counted twice.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import DEFAULT_GRID_RESOLUTION, RenderSettings
from heatcli.geometry import tracking_points
from heatcli.heat.decay import Decay
from heatcli.heat.floor import Floor, View, share, spread
from heatcli.heat.grid import Grid
from heatcli.heat.metrics import UNITS, metric_grids
from heatcli.heat.smoothing import smooth, smoothing_sigma
from heatcli.intervals import Intervals
from heatcli.names import AccumulationMode, Metric, TrackingMode
from heatcli.select.rows import Rows

# Metres on the floor for each cell of the default grid that `smoothing` asks for: its default is a Gaussian
# of 0.41 m, about the width of a person's shoulders.
_SMOOTHING_M = 0.1

# The time of these is spread, and they are per square metre. The others are of a cell of the plan.
_SPREAD = (Metric.DWELL_TIME, Metric.AVG_OCCUPANCY)

# What is counted in a cell needs a cell in which a person has room.
_LEAST_CELL_M = 0.5

# These grow with the time that is watched; the others are rates.
_GROWING = (Metric.DWELL_TIME, Metric.UNIQUE_VISITS)


class Passage:
    """Lets the rows pass whose tracking point shows where on the floor they stand, and counts all.

    Attributes:
        rows: that are on the plan.
        persons: whose rows these are, sorted.
        above_horizon: rows whose point is not on the floor at all.
        cut_off: rows whose point is in the outermost cells of the picture, or in none that counts: where the
            feet were is not seen.
        off_plan: rows whose point is beside the plan.
    """

    def __init__(self, view: View, floor: Floor, tracking_mode: TrackingMode) -> None:
        self._view, self._floor, self._tracking_mode = view, floor, tracking_mode
        self.rows = self.above_horizon = self.cut_off = self.off_plan = 0
        self.persons = np.zeros(0, np.int64)

    def passing(
        self, batches: Iterable[Rows]
    ) -> Iterator[tuple[Rows, NDArray[np.float64], NDArray[np.float64]]]:
        """Yield rows that show floor, and where they are in cells, (n, 2) of the picture and of the plan."""
        view = self._view
        for rows in batches:
            width, height = rows.size.T
            points = tracking_points(rows.boxes, self._tracking_mode, width=width, height=height)
            positions = view.grid.positions(points, rows.size)
            column, row = view.grid.cells_of(positions).T
            in_front, seen = view.in_front[row, column], view.seen[row, column]
            place = view.homography.apply(points / rows.size) / self._floor.cell_m
            on_plan = seen & self._floor.holds(place)
            self.rows += int(on_plan.sum())
            self.above_horizon += int((~in_front).sum())
            self.cut_off += int((in_front & ~seen).sum())
            self.off_plan += int((seen & ~on_plan).sum())
            self.persons = np.union1d(self.persons, rows.person[on_plan])
            yield rows.where(seen), positions[seen], place[seen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """A camera that watches a floor.

    Attributes:
        view: how it sees the floor.
        batches: its selected rows, as `read_rows` yields them.
        own: for each clip the time that it alone counts for, UTC µs: `SelectedCamera.own`.
        tracking_mode: which point of a box stands for a person.
    """

    view: View
    batches: Iterable[Rows]
    own: Sequence[Intervals]
    tracking_mode: TrackingMode


@dataclass(frozen=True, slots=True, eq=False)
class FloorMap:
    """One metric over a floor plan.

    Attributes:
        raw: (rows, columns) float64 in `unit`, before smoothing; NaN where no camera watches.
        value: (rows, columns) float64 in `unit`, smoothed; NaN likewise.
        unit: of the values.
        covered_s: time in which at least one of the cameras watched, in seconds.
        passages: of each camera, what came of its rows.
    """

    raw: NDArray[np.float64]
    value: NDArray[np.float64]
    unit: str
    covered_s: float
    passages: list[Passage]


def floor_of(width: int, height: int, metres_per_pixel: float, settings: RenderSettings) -> Floor:
    """Divide a plan into `grid_resolution` cells across; for counts in cells, none smaller than half a metre.

    Args:
        width: of the plan in pixels.
        height: of the plan in pixels.
        metres_per_pixel: of the plan.
        settings: metric and resolution.
    """
    columns = settings.grid_resolution
    if settings.metric not in _SPREAD:
        columns = max(1, min(columns, math.floor(width * metres_per_pixel / _LEAST_CELL_M)))
    grid = Grid.over(columns=columns, width=width, height=height)
    return Floor(grid, width * metres_per_pixel, height * metres_per_pixel)


def floor_unit(metric: Metric, floor: Floor) -> str:
    """Name the unit of a metric on a floor: per square metre, or with the size of a cell."""
    if metric in _SPREAD:
        return f"{UNITS[metric]} per m²"
    across, down = floor.cell_m
    return f"{UNITS[metric]} in cells of {across:.2g} × {down:.2g} m"


def floor_map(cameras: Sequence[Watching], floor: Floor, settings: RenderSettings) -> FloorMap:
    """Compute a map of a floor.

    Args:
        cameras: that watch it.
        floor: the plan and its cells.
        settings: metric, accumulation and smoothing; the latter is in metres here, 0.1 for each cell of the
            default grid, so that plans of all sizes are smoothed alike.
    """
    decay = None
    if settings.accumulation_mode is AccumulationMode.DECAYING:
        everything = [one for camera in cameras for one in camera.own]
        decay = Decay.towards_the_end(everything, settings.window_seconds)
    amount, extent = np.zeros(floor.grid.shape), np.zeros(floor.grid.shape)
    passages, seen = [], []
    for camera in cameras:
        passage = Passage(camera.view, floor, camera.tracking_mode)
        own_s = _seconds(Intervals.union_of(camera.own), decay)
        found, seen_m2 = _amount(camera, floor, settings.metric, passage, decay, own_s)
        passages.append(passage)
        # A cell of which it sees less than half tells little.
        seen.append((own_s > 0) & (seen_m2 >= 0.5 * floor.cell_m[0] * floor.cell_m[1]))
        if settings.metric in _SPREAD:
            amount += found
            extent += own_s * seen_m2
        else:
            amount += found * seen[-1]
            extent += own_s * seen[-1]
    factor = _factor(settings.metric, cameras, np.array(seen), decay)
    sigma = smoothing_sigma(settings.smoothing, DEFAULT_GRID_RESOLUTION) * _SMOOTHING_M / floor.cell_m[0]
    known = np.any(seen, axis=0)
    return FloorMap(
        raw=_ratio(amount, extent, known) * factor,
        value=_ratio(smooth(amount, sigma), smooth(extent, sigma), known) * factor,
        unit=floor_unit(settings.metric, floor),
        covered_s=Intervals.union_of([one for camera in cameras for one in camera.own]).total_us / 1e6,
        passages=passages,
    )


def _amount(
    camera: Watching, floor: Floor, metric: Metric, passage: Passage, decay: Decay | None, own_s: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum up what a camera saw in each cell of the floor, seconds or visits, and the m² that it sees."""
    if decay is not None:
        decay = replace(decay, own=camera.own)
    seconds = np.zeros(camera.view.grid.shape)
    if metric in _SPREAD:
        for rows, positions, _ in passage.passing(camera.batches):
            weight_us = rows.weight_us if decay is None else decay.weights_us(rows)
            seconds += share(positions, weight_us / 1e6, camera.view)
        return spread(seconds, camera.view, floor)
    counts = metric_grids(
        (_on_plan(rows, place, floor) for rows, _, place in passage.passing(camera.batches)),
        metrics=[metric],
        grid=floor.grid,
        tracking_mode=camera.tracking_mode,
        covered_us=own_s * 1e6,
        decay=decay,
    )[metric]
    if metric is Metric.OCCUPANCY_PCT:
        counts = np.nan_to_num(counts) * own_s
    return counts, spread(seconds, camera.view, floor)[1]


def _on_plan(rows: Rows, place: NDArray[np.float64], floor: Floor) -> Rows:
    """Return the rows on the plan, each box shrunk to the place where it stands, in cells of the plan."""
    kept = floor.holds(place)
    rows, place = rows.where(kept), place[kept]
    size = np.tile(np.array([[floor.grid.columns, floor.grid.rows]], np.int32), (len(rows), 1))
    return replace(rows, boxes=np.tile(place, 2).astype(np.float32), size=size)


def _factor(
    metric: Metric, cameras: Sequence[Watching], seen: NDArray[np.bool_], decay: Decay | None
) -> NDArray[np.float64]:
    """(rows, columns): what turns amounts per watched second into the metric.

    Of a metric that grows with time it is the time in which any of the cameras that see the cell watched.
    """
    factor = np.ones(seen[0].size)
    if metric in _GROWING:
        kinds, kind = np.unique(seen.reshape(len(seen), -1), axis=1, return_inverse=True)
        for number, watching in enumerate(kinds.T):
            together = [one for i in np.flatnonzero(watching).tolist() for one in cameras[i].own]
            factor[kind == number] = _seconds(Intervals.union_of(together), decay)
    return factor.reshape(seen.shape[1:])


def _seconds(time: Intervals, decay: Decay | None) -> float:
    """Measure a time; where heat decays, what it weighs."""
    if decay is None:
        return time.total_us / 1e6
    return float(decay.lengths_us(*time.bounds.T).sum()) / 1e6


def _ratio(
    amount: NDArray[np.float64], extent: NDArray[np.float64], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Divide where something is known; elsewhere NaN."""
    ratio: NDArray[np.float64] = np.full(amount.shape, np.nan)
    return np.divide(amount, extent, out=ratio, where=known)
