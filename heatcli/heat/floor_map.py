"""A heat map of a floor plan, by one camera or several that see it.

Sums are divided by the area of floor that the cells of the pictures show, which is spread over the plan in
the same way as the time in them: people who are spread evenly over the floor give a flat map. Where cameras
overlap, their sums are divided by the sum of their covered times: nobody is counted twice.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import DEFAULT_GRID_RESOLUTION, RenderSettings
from heatcli.heat.decay import Decay
from heatcli.heat.floor import Floor, View, share, spread
from heatcli.heat.grid import Grid
from heatcli.heat.metrics import UNITS, MetricGrids, Values
from heatcli.heat.reach import Disc, Reach, summed
from heatcli.heat.smoothing import smooth, smoothing_sigma
from heatcli.intervals import Intervals
from heatcli.names import AccumulationMode, Metric
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera

# Metres on the floor that stand for one cell of the default grid in `smoothing`: the default is then a
# Gaussian of 0.41 m, about the width of a person's shoulders.
_SMOOTHING_M = 0.1

# Metrics whose time is spread over the floor; without a reach they are per square metre. The others are
# counted in the cells of the plan.
_SPREAD = (Metric.DWELL_TIME, Metric.AVG_OCCUPANCY)

# Least width in metres of a cell in which something is counted: a person must have room in it. It does not
# hold where there is a reach.
_LEAST_CELL_M = 0.5

# Metrics that grow with the time watched; the others are rates.
_GROWING = (Metric.DWELL_TIME, Metric.UNIQUE_VISITS)


class FloorTally:
    """What one camera saw on a floor (an aggregator).

    A row counts if its tracking point shows where on the floor the person stands.

    Args:
        camera: camera and what is selected of it.
        view: view of the floor from the camera.
        floor: floor plan and its cells.
        reach: circle around the centre of each cell of the plan in which people count.
        metric: metric that is summed up.
        decay: decay of time, from `floor_decay`; None where all time weighs the same.

    Attributes:
        rows: number of rows on the plan.
        persons: (n,) int64 persons who have rows on the plan, sorted.
        above_horizon: number of rows whose tracking point is above the horizon, so not on the floor at all.
        cut_off: number of rows whose tracking point is below the horizon, but in an outermost cell of the
            picture or in another cell that does not count: where the feet were is not seen.
        off_plan: number of rows whose tracking point is beside the plan.
    """

    def __init__(
        self,
        camera: SelectedCamera,
        view: View,
        floor: Floor,
        reach: Reach,
        metric: Metric,
        decay: Decay | None,
    ) -> None:
        self.camera = camera
        self.rows = self.above_horizon = self.cut_off = self.off_plan = 0
        self.persons = np.zeros(0, np.int64)
        self._view, self._floor, self._metric = view, floor, metric
        self._decay = None if decay is None else replace(decay, owned_time=camera.owned_time)
        # Seconds in each cell of the picture.
        self._seconds = np.zeros(view.grid.shape)
        # Sums in each cell of the plan.
        self._grids = MetricGrids(
            [metric], reach=reach, tracking_mode=camera.tracking_mode, decay=self._decay
        )

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        view, points = self._view, rows.points(self.camera.tracking_mode)
        positions = view.grid.positions(points, rows.size)
        column, row = view.grid.cells_of(positions).T
        in_front, seen = view.in_front[row, column], view.seen[row, column]
        place = view.projection.apply(points / rows.size) / self._floor.cell_m
        on_plan = seen & self._floor.holds(place)
        self.rows += int(on_plan.sum())
        self.above_horizon += int((~in_front).sum())
        self.cut_off += int((in_front & ~seen).sum())
        self.off_plan += int((seen & ~on_plan).sum())
        self.persons = np.union1d(self.persons, rows.person[on_plan])
        if self._metric in _SPREAD:
            shown = rows.where(seen)
            weight_us = shown.weight_us if self._decay is None else self._decay.weights_us(shown)
            self._seconds += share(positions[seen], weight_us / 1e6, view)
        elif on_plan.any():
            self._grids.add(_on_plan(rows.where(on_plan), place[on_plan], self._floor.grid))

    def result(self, watched_s: float) -> tuple[Values, NDArray[np.float64]]:
        """Return what was seen on the floor.

        Args:
            watched_s: time that the camera watched, in seconds; where heat decays, the weight of that time.

        Returns:
            Seconds, visits or percent times seconds in each cell of the floor, and within reach of it: both
            are seconds in the cell where time is spread. And (rows, columns) float64 area in m² that the
            camera sees of each cell.
        """
        spread_s, seen_m2 = spread(self._seconds, self._view, self._floor)
        if self._metric in _SPREAD:
            return Values(spread_s, spread_s), seen_m2
        counts = self._grids.result(watched_s * 1e6)[self._metric]
        if self._metric is Metric.OCCUPANCY_PCT:
            in_cells, within = (np.nan_to_num(part) * watched_s for part in (counts.cells, counts.within))
            counts = Values(in_cells, within)
        return counts, seen_m2


@dataclass(frozen=True, slots=True, eq=False)
class FloorMap:
    """One metric over a floor plan.

    Attributes:
        raw: (rows, columns) float64 values of what is in each cell, not smoothed; per square metre where time
            is spread over the floor; NaN where no camera watches.
        value: (rows, columns) float64 values in `unit` of what is within reach of each cell's centre,
            smoothed; NaN where no camera watches.
        unit: unit of `value`.
        place: where people count for `value`, in words that end a sentence.
        covered_s: time in which at least one of the cameras watched, in seconds.
    """

    raw: NDArray[np.float64]
    value: NDArray[np.float64]
    unit: str
    place: str
    covered_s: float


def floor_of(
    width: int, height: int, metres_per_pixel: float, settings: RenderSettings, *, speed: bool = False
) -> Floor:
    """Divide a plan into `grid_resolution` cells across; for counts in cells none is under half a metre.

    Args:
        width: width of the plan in pixels.
        height: height of the plan in pixels.
        metres_per_pixel: size of a pixel of the plan in metres.
        settings: metric, reach and resolution.
        speed: whether speeds are averaged in the cells, instead of the metric.
    """
    columns = settings.grid_resolution
    if speed or (settings.metric not in _SPREAD and not settings.reach_m):
        columns = max(1, min(columns, math.floor(width * metres_per_pixel / _LEAST_CELL_M)))
    grid = Grid.over(columns=columns, width=width, height=height)
    return Floor(grid, width * metres_per_pixel, height * metres_per_pixel)


def floor_reach(floor: Floor, settings: RenderSettings) -> Reach:
    """Make the circles in which people count on a floor."""
    across, down = floor.cell_m
    return Reach.of(settings.reach_m / across, down / across, floor.grid)


def floor_decay(cameras: Iterable[SelectedCamera], settings: RenderSettings) -> Decay | None:
    """Return the decay on a floor, towards the last moment of all cameras; None where heat does not decay."""
    if settings.accumulation_mode is not AccumulationMode.DECAYING:
        return None
    everything = [one for camera in cameras for one in camera.owned_time]
    return Decay.towards_the_end(everything, settings.window_seconds)


def floor_map(
    tallies: Sequence[FloorTally], floor: Floor, settings: RenderSettings, decay: Decay | None
) -> FloorMap:
    """Make a map of a floor.

    Args:
        tallies: tally of each camera that sees the floor.
        floor: floor plan and its cells.
        settings: metric and smoothing; a cell of the default grid stands for 0.1 m here, so that plans of all
            sizes are smoothed alike.
        decay: decay of time, the same as in the tallies.
    """
    metric, reach_m = settings.metric, settings.reach_m
    raw, amount, extent = (np.zeros(floor.grid.shape) for _ in range(3))
    seen = []
    for tally in tallies:
        watched_s = _seconds(tally.camera.covered, decay)
        found, seen_m2 = tally.result(watched_s)
        # Where a camera sees less than half of a cell, it tells little of the cell.
        seen.append((watched_s > 0) & (seen_m2 >= 0.5 * floor.cell_m[0] * floor.cell_m[1]))
        part = np.ones(floor.grid.shape) if metric in _SPREAD else seen[-1]
        raw += found.cells * part
        amount += found.within * part
        extent += watched_s * (seen_m2 if metric in _SPREAD else seen[-1])
    times = [tally.camera.covered for tally in tallies]
    factor = _factor(metric, times, np.array(seen), decay)
    known = np.any(seen, axis=0)
    in_cells = _ratio(raw, extent, known) * factor
    place = f"within {reach_m:g} m"
    if metric in _SPREAD and reach_m:
        factor *= _circles_m2(floor, reach_m)
        disc = Disc.of(reach_m / floor.cell_m[0], floor.cell_m[1] / floor.cell_m[0], floor.grid)
        amount, extent = (np.asarray(summed(part, disc), np.float64) for part in (amount, extent))
    elif metric in _SPREAD:
        place = "per m²"
    elif not reach_m:
        place = "in a cell of {:.2g} × {:.2g} m".format(*floor.cell_m)
    if reach_m:
        sigma = smoothing_sigma(settings.smoothing, floor.grid.columns, reach_m / floor.width_m)
    else:
        sigma = (
            smoothing_sigma(settings.smoothing, DEFAULT_GRID_RESOLUTION, 0) * _SMOOTHING_M / floor.cell_m[0]
        )
    return FloorMap(
        raw=in_cells,
        value=_ratio(smooth(amount, sigma), smooth(extent, sigma), known) * factor,
        unit=f"{UNITS[metric]} per m²" if place == "per m²" else UNITS[metric],
        place=place,
        covered_s=Intervals.union_of(times).total_us / 1e6,
    )


def _on_plan(rows: Rows, place: NDArray[np.float64], grid: Grid) -> Rows:
    """Return rows with each box shrunk to the place where the person stands, in cells of the plan."""
    size = np.tile(np.array([[grid.columns, grid.rows]], np.int32), (len(rows), 1))
    return replace(rows, boxes=np.tile(place, 2).astype(np.float32), size=size)


def _factor(
    metric: Metric, times: Sequence[Intervals], seen: NDArray[np.bool_], decay: Decay | None
) -> NDArray[np.float64]:
    """(rows, columns): factor that turns amounts per watched second into the metric.

    It is 1 for a rate. For a metric that grows with time it is the time in which at least one of the cameras
    that see the cell watched.
    """
    factor = np.ones(seen[0].size)
    if metric in _GROWING:
        kinds, kind = np.unique(seen.reshape(len(seen), -1), axis=1, return_inverse=True)
        for number, watching in enumerate(kinds.T):
            together = [times[i] for i in np.flatnonzero(watching).tolist()]
            factor[kind == number] = _seconds(Intervals.union_of(together), decay)
    return factor.reshape(seen.shape[1:])


def _seconds(time: Intervals, decay: Decay | None) -> float:
    """Return the length of a time in seconds; where heat decays, its weight."""
    if decay is None:
        return time.total_us / 1e6
    return float(decay.lengths_us(*time.bounds.T).sum()) / 1e6


def _ratio(
    amount: NDArray[np.float64], extent: NDArray[np.float64], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Divide where something is known; return NaN elsewhere."""
    ratio: NDArray[np.float64] = np.full(amount.shape, np.nan)
    return np.divide(amount, extent, out=ratio, where=known)


def _circles_m2(floor: Floor, radius_m: float) -> NDArray[np.float64]:
    """(rows, columns) area in m² of the circle around each cell's centre, as far as it is on the plan."""
    across, down = floor.cell_m
    radius, squash = radius_m / across, down / across
    on_plan = summed(np.ones(floor.grid.shape), Disc.of(radius, squash, floor.grid))
    # A circle that is larger than the plan has lines and cells that never lie on it, which count here.
    whole = Disc.of(radius, squash, None)
    return on_plan / np.sum(2 * whole.half + 1) * (math.pi * radius_m**2)
