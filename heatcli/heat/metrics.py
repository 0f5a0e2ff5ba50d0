"""The four metrics, each accumulated from batches of stored rows.

Memory is bounded by the grid and a batch, except for `unique_visits`: anybody may come back to where they
were, so it takes 8 bytes for each cell that each person touched, 16 where heat decays, and several times that
while batches are merged.

Time is summed in whole µs. `numpy.bincount` adds weights in float64, which is exact below 2**53 µs, 285 years
of presence in one batch; totals are int64. Only decaying time is not whole, and is summed in float64.
"""

from collections.abc import Collection
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.decay import Decay
from heatcli.heat.grid import Grid
from heatcli.heat.visits import Visits
from heatcli.names import Metric, TrackingMode
from heatcli.select.rows import Rows

UNITS: dict[Metric, str] = {
    Metric.DWELL_TIME: "object-seconds",
    Metric.AVG_OCCUPANCY: "objects",
    Metric.OCCUPANCY_PCT: "percent",
    Metric.UNIQUE_VISITS: "count",
}


class MetricGrids:
    """Metrics over a grid, from the rows of one camera (an aggregator).

    Args:
        metrics: metrics to compute.
        grid: cells of the grid.
        tracking_mode: point of a bounding box that stands for the object.
        decay: decay of time; None where all time weighs the same. A visit weighs as much as the last moment
            at which the person touched the cell: the time of the point, or of the later point of a line.
    """

    def __init__(
        self,
        metrics: Collection[Metric],
        *,
        grid: Grid,
        tracking_mode: TrackingMode,
        decay: Decay | None = None,
    ) -> None:
        self._metrics = tuple(metrics)
        self._grid, self._tracking_mode, self._decay = grid, tracking_mode, decay
        self._sums = {kind: kind(grid, decay) for kind in {_SUMS[metric] for metric in self._metrics}}

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        positions, cells = positions_and_cells(rows, self._grid, self._tracking_mode)
        weight_us = rows.weight_us if self._decay is None else self._decay.weights_us(rows)
        for sums in self._sums.values():
            sums.add(rows, weight_us, positions, cells)

    def result(self, covered_us: float) -> dict[Metric, NDArray[np.float64]]:
        """Return the metrics of all rows so far.

        Args:
            covered_us: covered time T of the selection in µs; `Decay.covered_us` where heat decays.

        Returns:
            Per metric (rows, columns) float64 in the unit that `UNITS` names. Where T is 0, `avg_occupancy`
            and `occupancy_pct` are NaN everywhere: nothing was watched, so nothing is known.
        """
        totals = {kind: sums.total().reshape(self._grid.shape) for kind, sums in self._sums.items()}
        return {metric: in_unit(metric, totals[_SUMS[metric]], covered_us) for metric in self._metrics}


def positions_and_cells(
    rows: Rows, grid: Grid, tracking_mode: TrackingMode
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Find where on a grid the tracking points of rows are.

    Returns:
        (n, 2) float64 positions as from `Grid.positions`, and (n,) int64 indices of cells as from
        `Grid.index`.
    """
    positions = grid.positions(rows.points(tracking_mode), rows.size)
    column, row = grid.cells_of(positions).T
    return positions, grid.index(column, row)


Sums = NDArray[np.int64] | NDArray[np.float64]
"""Sums in µs, or counts: int64, and float64 where heat decays."""


def in_unit(metric: Metric, total: Sums, covered_us: float) -> NDArray[np.float64]:
    """Convert sums into the unit of a metric.

    Args:
        metric: metric that the sums are of.
        total: sums in µs, or counts for `unique_visits`, in any shape.
        covered_us: covered time T in µs.

    Returns:
        float64 values of that shape; NaN where T is 0 and the metric is a rate.
    """
    if metric is Metric.UNIQUE_VISITS:
        return total.astype(np.float64)
    if metric is Metric.DWELL_TIME:
        return total / 1e6
    if covered_us == 0:
        return np.full(total.shape, np.nan)
    return total / covered_us * (100 if metric is Metric.OCCUPANCY_PCT else 1)


class _CellSums(Protocol):
    """A sum in each cell over batches that follow each other in time."""

    def __init__(self, grid: Grid, decay: Decay | None) -> None: ...

    def add(
        self, rows: Rows, weight_us: Sums, positions: NDArray[np.float64], cells: NDArray[np.int64]
    ) -> None:
        """Take a batch: its rows, their (n,) weights, (n, 2) positions in cells, (n,) indices of cells."""
        ...

    def total(self) -> Sums:
        """Return the (cells,) sums so far."""
        ...


class _PresentTime:
    """Time of all rows in µs, each in the cell of its tracking point."""

    def __init__(self, grid: Grid, decay: Decay | None) -> None:
        self._sum_us = _no_time(grid, decay)

    def add(
        self, rows: Rows, weight_us: Sums, positions: NDArray[np.float64], cells: NDArray[np.int64]
    ) -> None:
        _add_time(self._sum_us, cells, weight_us)

    def total(self) -> Sums:
        return self._sum_us


class _OccupiedTime:
    """Time in µs of the moments in which at least one tracking point is in the cell."""

    def __init__(self, grid: Grid, decay: Decay | None) -> None:
        self._sum_us = _no_time(grid, decay)
        self._moment = (-1, -1)
        self._occupied = np.zeros(0, dtype=np.int64)

    def add(
        self, rows: Rows, weight_us: Sums, positions: NDArray[np.float64], cells: NDArray[np.int64]
    ) -> None:
        begins = np.empty(len(rows), dtype=np.bool_)
        begins[0] = self._moment != (rows.clip[0], rows.frame[0])
        begins[1:] = (np.diff(rows.clip) != 0) | (np.diff(rows.frame) != 0)
        # Moment 0 is the moment in which the batch before ended: its cells are counted already.
        moment = np.cumsum(begins)
        count = len(self._sum_us)
        keys, row = np.unique(moment * count + cells, return_index=True)
        new = np.isin(keys, self._occupied, invert=True)
        _add_time(self._sum_us, keys[new] % count, weight_us[row[new]])

        self._moment = (int(rows.clip[-1]), int(rows.frame[-1]))
        in_last = keys[keys // count == moment[-1]] % count
        self._occupied = np.union1d(self._occupied, in_last) if moment[-1] == 0 else in_last

    def total(self) -> Sums:
        return self._sum_us


_SUMS: dict[Metric, type[_CellSums]] = {
    Metric.DWELL_TIME: _PresentTime,
    Metric.AVG_OCCUPANCY: _PresentTime,
    Metric.OCCUPANCY_PCT: _OccupiedTime,
    Metric.UNIQUE_VISITS: Visits,
}


def _no_time(grid: Grid, decay: Decay | None) -> Sums:
    """(cells,) zeros: int64 µs, and float64 where heat decays."""
    return np.zeros(grid.cells, np.int64) if decay is None else np.zeros(grid.cells, np.float64)


def _add_time(sum_us: Sums, cells: NDArray[np.int64], weight_us: Sums) -> None:
    """Add µs to the sums of the cells, in place."""
    sum_us += np.bincount(cells, weights=weight_us, minlength=len(sum_us)).astype(sum_us.dtype)
