"""The four metrics, each accumulated from batches of stored rows in one pass.

Memory is bounded by the grid and a batch, except for `unique_visits`: anybody may come back to where they
were, so it takes 8 bytes for each cell that each person touched, and several times that while it merges them.

Time is summed in whole µs. `numpy.bincount` adds weights in float64, which is exact below 2**53 µs, 285 years
of presence in one batch; totals are int64.
"""

from collections.abc import Collection, Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import tracking_points
from heatcli.heat.grid import Grid
from heatcli.heat.path import cells_crossed
from heatcli.names import Metric, TrackingMode
from heatcli.store.rows import Rows

UNITS: dict[Metric, str] = {
    Metric.DWELL_TIME: "object-seconds",
    Metric.AVG_OCCUPANCY: "objects",
    Metric.OCCUPANCY_PCT: "percent",
    Metric.UNIQUE_VISITS: "count",
}

# Two points of a person further apart in time say nothing of the way between them.
_LONGEST_STEP_US = 1_000_000

# Pairs of person and cell that wait to be merged into the sorted ones: 8 MiB.
_FEWEST_PENDING = 1 << 20


def metric_grids(
    batches: Iterable[Rows],
    *,
    metrics: Collection[Metric],
    grid: Grid,
    tracking_mode: TrackingMode,
    covered_us: int,
) -> dict[Metric, NDArray[np.float64]]:
    """Compute metrics over a grid, several in one pass over the rows.

    Args:
        batches: selected rows of one camera, as `CameraSelection.batches` yields them.
        metrics: which to compute.
        grid: the cells.
        tracking_mode: which point of a box stands for the object.
        covered_us: covered time T of the selection in µs.

    Returns:
        Per metric (rows, columns) float64 in the unit that `UNITS` names. Where T is 0, `avg_occupancy` and
        `occupancy_pct` are NaN everywhere: nothing was watched, so nothing is known.
    """
    kinds = {_ACCUMULATORS[metric] for metric in metrics}
    accumulators = {kind: kind(grid) for kind in kinds}
    for rows in batches:
        if len(rows) == 0:
            continue
        frame_width, frame_height = rows.size[:, 0], rows.size[:, 1]
        points = tracking_points(rows.boxes, tracking_mode, width=frame_width, height=frame_height)
        positions = grid.positions(points, rows.size)
        column, row = grid.cells_of(positions).T
        cells = grid.index(column, row)
        for accumulator in accumulators.values():
            accumulator.add(rows, positions, cells)
    totals = {kind: accumulator.total().reshape(grid.shape) for kind, accumulator in accumulators.items()}
    return {metric: _in_unit(metric, totals[_ACCUMULATORS[metric]], covered_us) for metric in metrics}


def _in_unit(metric: Metric, total: NDArray[np.int64], covered_us: int) -> NDArray[np.float64]:
    """Convert a sum of µs, or a count, into the unit of the metric."""
    if metric is Metric.UNIQUE_VISITS:
        return total.astype(np.float64)
    if metric is Metric.DWELL_TIME:
        return total / 1e6
    if covered_us == 0:
        return np.full(total.shape, np.nan)
    return total / covered_us * (100 if metric is Metric.OCCUPANCY_PCT else 1)


class _Accumulator(Protocol):
    """Something that is summed up over batches that follow each other in time."""

    def __init__(self, grid: Grid) -> None: ...

    def add(self, rows: Rows, positions: NDArray[np.float64], cells: NDArray[np.int64]) -> None:
        """Take a batch: its rows, (n, 2) positions in cells and (n,) indices of the cells."""
        ...

    def total(self) -> NDArray[np.int64]:
        """Return the sum so far, (cells,) int64."""
        ...


class _PresentTime:
    """µs of all rows, each in the cell of its point."""

    def __init__(self, grid: Grid) -> None:
        self._sum_us = np.zeros(grid.cells, dtype=np.int64)

    def add(self, rows: Rows, positions: NDArray[np.float64], cells: NDArray[np.int64]) -> None:
        self._sum_us += _time_per_cell(cells, rows.weight_us, len(self._sum_us))

    def total(self) -> NDArray[np.int64]:
        return self._sum_us


class _OccupiedTime:
    """µs of the moments in which at least one point is in the cell."""

    def __init__(self, grid: Grid) -> None:
        self._sum_us = np.zeros(grid.cells, dtype=np.int64)
        self._moment = (-1, -1)
        self._occupied = np.zeros(0, dtype=np.int64)

    def add(self, rows: Rows, positions: NDArray[np.float64], cells: NDArray[np.int64]) -> None:
        begins = np.empty(len(rows), dtype=np.bool_)
        begins[0] = self._moment != (rows.clip[0], rows.frame[0])
        begins[1:] = (np.diff(rows.clip) != 0) | (np.diff(rows.frame) != 0)
        # Moment 0 is the one in which the batch before ended: its cells are counted already.
        moment = np.cumsum(begins)
        count = len(self._sum_us)
        keys, row = np.unique(moment * count + cells, return_index=True)
        new = np.isin(keys, self._occupied, invert=True)
        self._sum_us += _time_per_cell(keys[new] % count, rows.weight_us[row[new]], count)

        self._moment = (int(rows.clip[-1]), int(rows.frame[-1]))
        in_last = keys[keys // count == moment[-1]] % count
        self._occupied = np.union1d(self._occupied, in_last) if moment[-1] == 0 else in_last

    def total(self) -> NDArray[np.int64]:
        return self._sum_us


class _Visits:
    """Distinct persons whose path touches the cell."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._seen = np.zeros(0, dtype=np.int64)
        self._pending: list[NDArray[np.int64]] = []
        # The last point of each person who may still take a step.
        self._person = np.zeros(0, dtype=np.int64)
        self._time_us = np.zeros(0, dtype=np.int64)
        self._position = np.zeros((0, 2))

    def add(self, rows: Rows, positions: NDArray[np.float64], cells: NDArray[np.int64]) -> None:
        person = np.concatenate([self._person, rows.person])
        order = np.argsort(person, kind="stable")
        person = person[order]
        time_us = np.concatenate([self._time_us, rows.time_us])[order]
        position = np.concatenate([self._position, positions])[order]

        goes_on = person[1:] == person[:-1]
        step = np.flatnonzero(goes_on & (np.diff(time_us) <= _LONGEST_STEP_US))
        line, crossed = cells_crossed(position[step], position[step + 1], self._grid)
        self._remember(rows.person, cells)
        self._remember(person[step[line]], crossed)

        last = np.append(~goes_on, True) & (time_us >= rows.time_us[-1] - _LONGEST_STEP_US)
        self._person, self._time_us, self._position = person[last], time_us[last], position[last]

    def total(self) -> NDArray[np.int64]:
        self._merge()
        return np.bincount(self._seen % self._grid.cells, minlength=self._grid.cells)

    def _remember(self, person: NDArray[np.int64], cells: NDArray[np.int64]) -> None:
        """Note that persons touch cells. Merged only once as many wait as are sorted: n log n in all."""
        self._pending.append(_distinct(person * self._grid.cells + cells))
        if sum(map(len, self._pending)) > max(len(self._seen), _FEWEST_PENDING):
            self._merge()

    def _merge(self) -> None:
        self._seen = _distinct(np.concatenate([self._seen, *self._pending]))
        self._pending.clear()


_ACCUMULATORS: dict[Metric, type[_Accumulator]] = {
    Metric.DWELL_TIME: _PresentTime,
    Metric.AVG_OCCUPANCY: _PresentTime,
    Metric.OCCUPANCY_PCT: _OccupiedTime,
    Metric.UNIQUE_VISITS: _Visits,
}


def _time_per_cell(cells: NDArray[np.int64], weight_us: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Sum µs by cell, (count,) int64."""
    return np.bincount(cells, weights=weight_us, minlength=count).astype(np.int64)


def _distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort keys, none negative, and drop repeated ones; `numpy.unique`, which hashes, is far slower."""
    ordered: NDArray[np.int64] = np.sort(keys)
    is_new: NDArray[np.bool_] = np.diff(ordered, prepend=-1) != 0
    return ordered[is_new]
