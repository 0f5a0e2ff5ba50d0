"""The four metrics, each accumulated from batches of stored rows.

Memory is bounded by the grid and a batch, except for `unique_visits`: anybody may come back to where they
were, so it takes 8 bytes for each cell that each person touched, 16 where heat decays, and several times that
while batches are merged.

Time is summed in whole µs. `numpy.bincount` adds weights in float64, which is exact below 2**53 µs, 285 years
of presence in one batch; totals are int64. Only decaying time is not whole, and is summed in float64.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.decay import Decay
from heatcli.heat.grid import Grid
from heatcli.heat.reach import Amounts, Disc, Reach, no_amount, summed
from heatcli.heat.union import UnionTime
from heatcli.heat.visits import Visits
from heatcli.names import Metric, TrackingMode
from heatcli.select.mergeable import State
from heatcli.select.rows import Rows

UNITS: dict[Metric, str] = {
    Metric.DWELL_TIME: "object-seconds",
    Metric.AVG_OCCUPANCY: "objects",
    Metric.OCCUPANCY_PCT: "percent",
    Metric.UNIQUE_VISITS: "count",
}


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """One metric over a grid. Rates are NaN everywhere where no time is covered.

    Attributes:
        cells: (rows, columns) float64 values in each cell.
        within: (rows, columns) float64 values within reach of the centre of each cell.
    """

    cells: NDArray[np.float64]
    within: NDArray[np.float64]


class MetricGrids:
    """Metrics over a grid, from the rows of one camera (an aggregator).

    Args:
        metrics: metrics to compute.
        reach: circle around each cell's centre in which people count.
        tracking_mode: point of a bounding box that stands for the object.
        decay: decay of time; None where all time weighs the same. A visit weighs as much as the last moment
            at which the person touched the place: the time of the point, or of the later point of a line.
    """

    def __init__(
        self,
        metrics: Collection[Metric],
        *,
        reach: Reach,
        tracking_mode: TrackingMode,
        decay: Decay | None = None,
    ) -> None:
        self._metrics = tuple(metrics)
        self._reach, self._tracking_mode, self._decay = reach, tracking_mode, decay
        self._kinds = {_SUMS[metric] for metric in self._metrics}
        discs: dict[Grid, list[Disc]] = {}
        for grid, disc in self._discs():
            discs.setdefault(grid, []).append(disc)
        self._sums = {
            grid: {kind: kind(grid, decay, of_grid) for kind in self._kinds}
            for grid, of_grid in discs.items()
        }

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        rows = rows.in_picture(self._tracking_mode)
        if not len(rows):
            return
        weight_us = rows.weight_us if self._decay is None else self._decay.weights_us(rows)
        for grid, kinds in self._sums.items():
            positions, cells = positions_and_cells(rows, grid, self._tracking_mode)
            for sums in kinds.values():
                sums.add(rows, weight_us, positions, cells)

    @property
    def key(self) -> str | None:
        """Text that decides what is kept of a stretch of time; None where heat decays."""
        if self._decay is not None:
            return None
        discs = [(grid, disc.half.tolist(), disc.limit, disc.tall) for grid, disc in self._discs()]
        return f"heat {discs} {sorted(kind.__name__ for kind in self._kinds)} {self._tracking_mode}"

    def part(self) -> "MetricGrids":
        """Return what computes the same from the rows of a stretch of time alone."""
        return MetricGrids(self._metrics, reach=self._reach, tracking_mode=self._tracking_mode)

    def state(self) -> State:
        """Return what was added up of all rows."""
        return {
            f"{kind.__name__} {grid.columns} {name}": values
            for grid, kinds in self._sums.items()
            for kind, sums in kinds.items()
            for name, values in sums.state().items()
        }

    def merge(self, state: State) -> None:
        """Take what was kept of a stretch of time."""
        for grid, kinds in self._sums.items():
            for kind, sums in kinds.items():
                begin = f"{kind.__name__} {grid.columns} "
                sums.merge(
                    {name.removeprefix(begin): state[name] for name in state if name.startswith(begin)}
                )

    def result(self, covered_us: float) -> dict[Metric, Values]:
        """Return the metrics of all rows so far, in the units that `UNITS` names.

        Args:
            covered_us: covered time T of the selection in µs; `Decay.covered_us` where heat decays.
        """
        totals = {
            kind: [total for kinds in self._sums.values() for total in kinds[kind].totals()]
            for kind in self._kinds
        }
        found = {}
        for metric in self._metrics:
            cells, within = totals[_SUMS[metric]][0], totals[_SUMS[metric]][-1]
            if within is not cells:
                within = self._reach.at_centres(within)
            found[metric] = Values(*(in_unit(metric, total, covered_us) for total in (cells, within)))
        return found

    def _discs(self) -> list[tuple[Grid, Disc]]:
        """Return the discs in which grids are summed up: the cells first, then what is within reach."""
        reach = self._reach
        cells = [(reach.grid, Disc.of(0, 1, reach.grid))]
        return cells if reach.is_cell else [*cells, (reach.fine, reach.disc)]


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


def in_unit(metric: Metric, total: Amounts, covered_us: float) -> NDArray[np.float64]:
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
    """Sums in discs around each cell, over batches that follow each other in time."""

    def __init__(self, grid: Grid, decay: Decay | None, discs: Sequence[Disc]) -> None: ...

    def add(
        self, rows: Rows, weight_us: Amounts, positions: NDArray[np.float64], cells: NDArray[np.int64]
    ) -> None:
        """Take a batch: its rows, their (n,) weights, (n, 2) positions in cells, (n,) indices of cells."""
        ...

    def state(self) -> State:
        """Return the sums so far, of rows among which no moment is cut."""
        ...

    def merge(self, state: State) -> None:
        """Add the sums of another stretch of time."""
        ...

    def totals(self) -> list[Amounts]:
        """Return the (rows, columns) sums so far in each of the discs."""
        ...


class _PresentTime:
    """Time of all rows in µs, each in the cell of its tracking point."""

    def __init__(self, grid: Grid, decay: Decay | None, discs: Sequence[Disc]) -> None:
        self._grid, self._discs = grid, discs
        self._sum_us: Amounts = no_amount(grid.cells, whole=decay is None)

    def add(
        self, rows: Rows, weight_us: Amounts, positions: NDArray[np.float64], cells: NDArray[np.int64]
    ) -> None:
        added = np.bincount(cells, weights=weight_us, minlength=len(self._sum_us))
        self._sum_us += added.astype(self._sum_us.dtype)

    def state(self) -> State:
        return {"us": self._sum_us}

    def merge(self, state: State) -> None:
        self._sum_us += state["us"]

    def totals(self) -> list[Amounts]:
        return [summed(self._sum_us.reshape(self._grid.shape), disc) for disc in self._discs]


class _OccupiedTime:
    """Time in µs of the moments in which at least one tracking point is in the disc."""

    def __init__(self, grid: Grid, decay: Decay | None, discs: Sequence[Disc]) -> None:
        self._grid, self._discs, self._whole = grid, discs, decay is None
        self._unions = self._nothing()
        # Clip, frame, weight and cell of the rows of the last moment: more of it may be in the next batch.
        self._last: list[NDArray[Any]] = []

    def add(
        self, rows: Rows, weight_us: Amounts, positions: NDArray[np.float64], cells: NDArray[np.int64]
    ) -> None:
        batch: list[NDArray[Any]] = [rows.clip, rows.frame, weight_us, cells]
        if self._last:
            batch = [np.concatenate(both) for both in zip(self._last, batch, strict=True)]
        clip, frame = batch[:2]
        begins = np.append(True, (np.diff(clip) != 0) | (np.diff(frame) != 0))
        last = int(np.flatnonzero(begins)[-1])
        self._last = [values[last:] for values in batch]
        self._count(self._unions, np.cumsum(begins)[:last], *(values[:last] for values in batch[2:]))

    def state(self) -> State:
        self._close()
        return {
            f"{place} {name}": values
            for place, union in enumerate(self._unions)
            for name, values in union.state().items()
        }

    def merge(self, state: State) -> None:
        for place, union in enumerate(self._unions):
            union.merge({name: state[f"{place} {name}"] for name in union.state()})

    def totals(self) -> list[Amounts]:
        self._close()
        return [union.total() for union in self._unions]

    def _close(self) -> None:
        """Count the last moment: no more of it follows."""
        if self._last:
            weight_us, cells = self._last[2:]
            self._count(self._unions, np.zeros(len(cells), np.int64), weight_us, cells)
            self._last = []

    def _nothing(self) -> list[UnionTime]:
        return [UnionTime(self._grid, disc, whole=self._whole) for disc in self._discs]

    def _count(
        self,
        unions: Sequence[UnionTime],
        moment: NDArray[np.int64],
        weight_us: Amounts,
        cells: NDArray[np.int64],
    ) -> None:
        for union in unions:
            union.add(moment, cells, weight_us)


_SUMS: dict[Metric, type[_CellSums]] = {
    Metric.DWELL_TIME: _PresentTime,
    Metric.AVG_OCCUPANCY: _PresentTime,
    Metric.OCCUPANCY_PCT: _OccupiedTime,
    Metric.UNIQUE_VISITS: Visits,
}
