"""A heat map at one moment after another, at each as if the selection ended there.

At each moment only what has changed since the one before is computed. Smoothing is linear, so the smoothed
sums grow by the smoothed change. The change is around a few people, so that two products of slim matrices
are enough.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.heat.decay import Decay
from heatcli.heat.grid import Grid
from heatcli.heat.heatmap import reach_in
from heatcli.heat.metrics import in_unit, positions_and_cells
from heatcli.heat.path import cells_crossed
from heatcli.heat.reach import Disc, Reach
from heatcli.heat.smoothing import reflecting_gaussian, smoothing_sigma
from heatcli.heat.steps import Stepper
from heatcli.heat.union import edges_of, filled, union_edges
from heatcli.intervals import Intervals
from heatcli.names import AccumulationMode, Metric
from heatcli.select.counted_parts import counted_parts
from heatcli.select.feed import RowFeed
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera

# Cells and times of a person who has touched none.
_NOTHING = np.zeros(0, np.int64), np.zeros(0, np.int64)


class RunningMap:
    """The heat map of a selection that ends ever later (an aggregator).

    At each moment it equals the `HeatMap` of the selection that ends there, but for rounding. It holds the
    grid, the people who are present, the rows that were added and not reached yet, and for `unique_visits`
    16 bytes for each cell that each person came within reach of.

    Args:
        camera: camera and what is selected of it.
        settings: metric, accumulation, grid and smoothing.
    """

    def __init__(self, camera: SelectedCamera, settings: RenderSettings) -> None:
        reach = reach_in(camera, settings)
        grid = reach.grid
        sigma = smoothing_sigma(settings.smoothing, grid.columns, settings.reach)
        self._feed = RowFeed()
        self._metric = settings.metric
        self._tracking_mode = camera.tracking_mode
        self._reach = reach
        self._gaussians = [reflecting_gaussian(n, sigma) for n in grid.shape] if sigma else None
        self._window_us: float | None = None
        if settings.accumulation_mode is AccumulationMode.DECAYING:
            self._window_us = settings.window_seconds * 1e6
        self._owned_time = camera.owned_time
        self._bounds = camera.covered
        self._heat: _Heat = (
            _Visits(reach)
            if self._metric is Metric.UNIQUE_VISITS
            else _Time(self._metric, self._owned_time, reach.fine, reach.disc)
        )
        self._smoothed = np.zeros(grid.shape)
        self._covered_us = 0.0
        self._reached_us: int | None = None

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        rows = rows.in_picture(self._tracking_mode)
        if len(rows):
            self._feed.add(rows)

    def at(self, end_us: int) -> NDArray[np.float64]:
        """Return the map at a moment. All rows whose time is before it must have been added.

        Args:
            end_us: end of the selection, UTC µs, not before that of an earlier call.

        Returns:
            (rows, columns) float64 values in the metric's unit, smoothed; NaN everywhere if no time was
            covered so far and the metric is a rate.
        """
        now_us = self._last_covered(end_us)
        if now_us is not None and now_us != self._reached_us:
            self._go_on(now_us)
        return in_unit(self._metric, self._smoothed, self._covered_us)

    def _last_covered(self, end_us: int) -> int | None:
        """Return the last covered moment not after another; None where there is none."""
        bounds = self._bounds.bounds
        number = int(np.searchsorted(bounds[:, 0], end_us)) - 1
        return None if number < 0 else min(int(bounds[number, 1]), end_us)

    def _go_on(self, now_us: int) -> None:
        rows = self._feed.before(now_us)
        if rows is not None:
            self._heat.add(rows, *positions_and_cells(rows, self._reach.fine, self._tracking_mode))
        decay = None if self._window_us is None else Decay(self._owned_time, now_us, self._window_us)
        begin_us = int(self._bounds.bounds[0, 0]) if self._reached_us is None else self._reached_us
        if decay is not None:
            faded = float(decay.of(np.array([begin_us]))[0])
            self._smoothed *= faded
            self._covered_us *= faded
        watched = self._bounds.intersection(Intervals.of([[begin_us, now_us]])).bounds
        self._covered_us += float(_lengths_us(decay, *watched.T).sum())
        change = self._reach.at_centres(self._heat.until(now_us, decay))
        self._spread(np.asarray(change, np.float64))
        self._reached_us = now_us

    def _spread(self, change: NDArray[np.float64]) -> None:
        """Add a change to the sums, smoothed. Most of it is zeros, so slim matrices are enough."""
        if self._gaussians is None:
            self._smoothed += change
            return
        rows, columns = (np.flatnonzero(change.any(axis=axis)) for axis in (1, 0))
        down, across = self._gaussians
        self._smoothed += (down[:, rows] @ change[np.ix_(rows, columns)]) @ across[:, columns].T


def _lengths_us(
    decay: Decay | None, begin_us: NDArray[np.int64], end_us: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(n,) weights in µs of stretches of time."""
    if decay is not None:
        return decay.lengths_us(begin_us, end_us)
    return (end_us - begin_us).astype(np.float64)


class _Heat(Protocol):
    """The changes of a metric's sums from one moment to the next."""

    def add(self, rows: Rows, positions: NDArray[np.float64], cells: NDArray[np.int64]) -> None:
        """Take a batch: its rows, (n, 2) positions in cells, (n,) indices of cells."""
        ...

    def until(self, now_us: int, decay: Decay | None) -> NDArray[np.float64]:
        """(rows, columns) changes up to a moment; where heat decays, with their weights at that moment."""
        ...


class _Time:
    """Time of all persons in each disc; for `occupancy_pct`, time with at least one person in it."""

    def __init__(self, metric: Metric, owned_time: Sequence[Intervals], grid: Grid, disc: Disc) -> None:
        self._once = metric is Metric.OCCUPANCY_PCT
        self._owned_time = owned_time
        self._grid, self._disc = grid, disc
        # Stretches of time that are not over: cell, begin and end in UTC µs.
        self._open = np.zeros((0, 3), dtype=np.int64)

    def add(self, rows: Rows, positions: NDArray[np.float64], cells: NDArray[np.int64]) -> None:
        row, begin, end = counted_parts(rows, self._owned_time)
        parts = np.column_stack([begin, cells[row], end])
        if self._once:
            # All parts of a moment begin and end together: any of those in a cell will do.
            parts = np.unique(parts, axis=0)
        self._open = np.concatenate([self._open, parts[:, [1, 0, 2]]])

    def until(self, now_us: int, decay: Decay | None) -> NDArray[np.float64]:
        cell, begin, end = self._open.T
        begun = begin < now_us
        reached = np.minimum(end, now_us)
        left = np.column_stack([cell, np.where(begun, reached, begin), end])
        self._open = left[left[:, 1] < end]
        begin, cell = begin[begun], cell[begun]
        weight = _lengths_us(decay, begin, reached[begun])
        if self._once:
            edges = union_edges(begin, cell, weight, grid=self._grid, disc=self._disc)
        else:
            edges = edges_of(cell, weight, grid=self._grid, disc=self._disc)
        return np.asarray(filled(edges), np.float64)


class _Visits:
    """Distinct persons who touch a disc; where heat decays, each weighs as its last touch."""

    def __init__(self, reach: Reach) -> None:
        self._grid, self._disc = reach.fine, reach.disc
        # Whether each cell is in the middle of one of the map: only those are shown.
        self._is_centre = np.zeros(reach.fine.cells, np.bool_)
        self._is_centre[reach.at_centres(np.arange(reach.fine.cells).reshape(reach.fine.shape))] = True
        self._stepper = Stepper()
        # Person, cell and UTC µs of each new touch.
        self._new = np.zeros((0, 3), np.int64)
        # Cells whose discs a person has touched, sorted, and UTC µs of the last touch of each.
        self._touched: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}

    def add(self, rows: Rows, positions: NDArray[np.float64], cells: NDArray[np.int64]) -> None:
        steps = self._stepper.add(rows, positions)
        line, crossed = cells_crossed(steps.start, steps.stop, self._grid)
        there = np.column_stack([rows.person, cells, rows.time_us])
        on_the_way = np.column_stack([steps.person[line], crossed, steps.stop_us[line]])
        self._new = np.concatenate([self._new, there, on_the_way])

    def until(self, now_us: int, decay: Decay | None) -> NDArray[np.float64]:
        change = np.zeros(self._grid.cells)
        for person in np.unique(self._new[:, 0]).tolist():
            _, cell, time_us = self._new[self._new[:, 0] == person].T
            latest_first = np.argsort(-time_us, kind="stable")
            touch, near = self._disc.around(cell[latest_first], self._grid)
            shown = self._is_centre[near]
            near, first = np.unique(near[shown], return_index=True)
            now = time_us[latest_first][touch[shown][first]]
            cells, last_us = self._touched.get(person, _NOTHING)
            at = cells.searchsorted(near)
            known = np.isin(near, cells, assume_unique=True)
            again = known.copy()
            again[known] = now[known] > last_us[at[known]]
            if decay is None:
                change[near] += ~known
            else:
                change[near[~known]] += decay.of(now[~known])
                change[near[again]] += decay.of(now[again]) - decay.of(last_us[at[again]])
            last_us[at[again]] = now[again]
            self._touched[person] = (
                np.insert(cells, at[~known], near[~known]),
                np.insert(last_us, at[~known], now[~known]),
            )
        self._new = self._new[:0]
        return change.reshape(self._grid.shape)
