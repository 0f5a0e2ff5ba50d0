"""A heat map at one moment after another, at each as if the selection ended there.

At each moment only what has changed since the one before is computed. Smoothing is linear, so the smoothed
sums grow by the smoothed change. The change is in a few cells, so that two products of slim matrices are
enough.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.heat.decay import Decay
from heatcli.heat.grid import Grid
from heatcli.heat.metrics import in_unit, positions_and_cells
from heatcli.heat.path import cells_crossed
from heatcli.heat.smoothing import reflecting_gaussian, smoothing_sigma
from heatcli.heat.steps import Stepper
from heatcli.intervals import Intervals
from heatcli.names import AccumulationMode, Metric
from heatcli.select.counted_parts import counted_parts
from heatcli.select.feed import RowFeed
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera

Changes = tuple[NDArray[np.int64], NDArray[np.float64]]
"""(n,) indices of cells, which may repeat, and (n,) amounts to add to their sums."""


class RunningMap:
    """The heat map of a selection that ends ever later (an aggregator).

    At each moment it equals the `HeatMap` of the selection that ends there, but for rounding. It holds the
    grid, the people who are present, the rows that were added and not reached yet, and for `unique_visits`
    some 100 bytes for each cell that each person touched.

    Args:
        camera: camera and what is selected of it.
        settings: metric, accumulation, grid and smoothing.
    """

    def __init__(self, camera: SelectedCamera, settings: RenderSettings) -> None:
        grid = Grid.over(columns=settings.grid_resolution, width=camera.width, height=camera.height)
        sigma = smoothing_sigma(settings.smoothing, grid.columns)
        self._feed = RowFeed()
        self._metric = settings.metric
        self._tracking_mode = camera.tracking_mode
        self._grid = grid
        self._gaussians = [reflecting_gaussian(n, sigma) for n in grid.shape] if sigma else None
        self._window_us: float | None = None
        if settings.accumulation_mode is AccumulationMode.DECAYING:
            self._window_us = settings.window_seconds * 1e6
        self._owned_time = camera.owned_time
        self._bounds = camera.covered
        self._heat: _Heat = (
            _Visits(grid) if self._metric is Metric.UNIQUE_VISITS else _Time(self._metric, self._owned_time)
        )
        self._raw = np.zeros(grid.shape)
        self._smoothed = self._raw if self._gaussians is None else np.zeros(grid.shape)
        self._covered_us = 0.0
        self._reached_us: int | None = None

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
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
            self._heat.add(rows, *positions_and_cells(rows, self._grid, self._tracking_mode))
        decay = None if self._window_us is None else Decay(self._owned_time, now_us, self._window_us)
        begin_us = int(self._bounds.bounds[0, 0]) if self._reached_us is None else self._reached_us
        if decay is not None:
            faded = float(decay.of(np.array([begin_us]))[0])
            self._raw *= faded
            if self._smoothed is not self._raw:
                self._smoothed *= faded
            self._covered_us *= faded
        watched = self._bounds.intersection(Intervals.of([[begin_us, now_us]])).bounds
        self._covered_us += float(_lengths_us(decay, *watched.T).sum())
        self._spread(*self._heat.until(now_us, decay))
        self._reached_us = now_us

    def _spread(self, cells: NDArray[np.int64], amounts: NDArray[np.float64]) -> None:
        """Add changes to the sums, and smoothed changes to the smoothed sums."""
        if not len(cells):
            return
        np.add.at(self._raw.ravel(), cells, amounts)
        if self._gaussians is None:
            return
        row, column = np.divmod(cells, self._grid.columns)
        rows, row = np.unique(row, return_inverse=True)
        columns, column = np.unique(column, return_inverse=True)
        change = np.zeros((len(rows), len(columns)))
        np.add.at(change, (row, column), amounts)
        down, across = self._gaussians
        self._smoothed += (down[:, rows] @ change) @ across[:, columns].T


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

    def until(self, now_us: int, decay: Decay | None) -> Changes:
        """Return the changes up to a moment; where heat decays, with their weights at that moment."""
        ...


class _Time:
    """Time of all persons in each cell; for `occupancy_pct`, time with at least one person in it."""

    def __init__(self, metric: Metric, owned_time: Sequence[Intervals]) -> None:
        self._metric = metric
        self._owned_time = owned_time
        # Stretches of time that are not over: cell, begin and end in UTC µs.
        self._open = np.zeros((0, 3), dtype=np.int64)

    def add(self, rows: Rows, positions: NDArray[np.float64], cells: NDArray[np.int64]) -> None:
        if self._metric is Metric.OCCUPANCY_PCT:
            # All rows of a moment have the same time and weight: any row of those in a cell will do.
            moment = np.column_stack([rows.clip, rows.frame, cells])
            _, first = np.unique(moment, axis=0, return_index=True)
            rows, cells = rows.where(np.sort(first)), cells[np.sort(first)]
        row, begin, end = counted_parts(rows, self._owned_time)
        self._open = np.concatenate([self._open, np.column_stack([cells[row], begin, end])])

    def until(self, now_us: int, decay: Decay | None) -> Changes:
        cell, begin, end = self._open.T
        begun = begin < now_us
        reached = np.minimum(end, now_us)
        changes = cell[begun], _lengths_us(decay, begin[begun], reached[begun])
        left = np.column_stack([cell, np.where(begun, reached, begin), end])
        self._open = left[left[:, 1] < end]
        return changes


class _Visits:
    """Distinct persons who touch a cell; where heat decays, each weighs as its last touch."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._stepper = Stepper()
        self._new: list[tuple[int, int]] = []
        # UTC µs of the last touch of each person and cell, as one number.
        self._last_us: dict[int, int] = {}

    def add(self, rows: Rows, positions: NDArray[np.float64], cells: NDArray[np.int64]) -> None:
        steps = self._stepper.add(rows, positions)
        line, crossed = cells_crossed(steps.start, steps.stop, self._grid)
        person = np.concatenate([rows.person, steps.person[line]])
        time_us = np.concatenate([rows.time_us, steps.stop_us[line]])
        keys = person * self._grid.cells + np.concatenate([cells, crossed])
        order = np.argsort(time_us, kind="stable")
        self._new += zip(keys[order].tolist(), time_us[order].tolist(), strict=True)

    def until(self, now_us: int, decay: Decay | None) -> Changes:
        latest = dict(self._new)
        self._new.clear()
        before = [self._last_us.get(key) for key in latest]
        self._last_us.update(latest)
        cells = np.array(list(latest), dtype=np.int64) % self._grid.cells
        known = np.array([us is not None for us in before], np.bool_)
        if decay is None:
            return cells[~known], np.ones(np.count_nonzero(~known))
        amounts = decay.of(np.array(list(latest.values()), dtype=np.int64))
        amounts[known] -= decay.of(np.array([us for us in before if us is not None], dtype=np.int64))
        return cells, amounts
