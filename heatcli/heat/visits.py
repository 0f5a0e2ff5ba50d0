"""How many persons touched each cell, accumulated from batches of stored rows."""

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.decay import Decay
from heatcli.heat.grid import Grid
from heatcli.heat.path import cells_crossed
from heatcli.heat.steps import Stepper
from heatcli.select.rows import Rows

# Pairs of person and cell that wait to be merged into the sorted ones: 8 MiB.
_FEWEST_PENDING = 1 << 20

Touches = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Pairs of person and cell as one number each, distinct and sorted; and, where heat decays, the time of the
last touch of each, UTC µs (else empty)."""


class Visits:
    """Distinct persons whose path touches the cell; where heat decays, each weighs as its last touch."""

    def __init__(self, grid: Grid, decay: Decay | None) -> None:
        self._grid = grid
        self._decay = decay
        nothing = np.zeros(0, dtype=np.int64)
        self._seen: Touches = nothing, nothing
        self._pending: list[Touches] = []
        self._stepper = Stepper()

    def add(
        self,
        rows: Rows,
        weight_us: NDArray[np.int64] | NDArray[np.float64],
        positions: NDArray[np.float64],
        cells: NDArray[np.int64],
    ) -> None:
        """Take a batch: its rows, their (n,) weights, (n, 2) positions in cells, (n,) indices of cells."""
        steps = self._stepper.add(rows, positions)
        line, crossed = cells_crossed(steps.start, steps.stop, self._grid)
        self._remember(rows.person, cells, rows.time_us)
        self._remember(steps.person[line], crossed, steps.stop_us[line])

    def total(self) -> NDArray[np.int64] | NDArray[np.float64]:
        """Return the (cells,) counts so far; where heat decays, each visit by its weight."""
        self._merge()
        keys, last_us = self._seen
        cells = keys % self._grid.cells
        if self._decay is None:
            return np.bincount(cells, minlength=self._grid.cells)
        return np.bincount(cells, self._decay.of(last_us), self._grid.cells).astype(np.float64, copy=False)

    def _remember(
        self, person: NDArray[np.int64], cells: NDArray[np.int64], time_us: NDArray[np.int64]
    ) -> None:
        """Note that persons touch cells. Merged once as many wait as are sorted: n log n steps in all."""
        self._pending.append(self._distinct(person * self._grid.cells + cells, time_us))
        if sum(len(keys) for keys, _ in self._pending) > max(len(self._seen[0]), _FEWEST_PENDING):
            self._merge()

    def _merge(self) -> None:
        keys, last_us = zip(self._seen, *self._pending, strict=True)
        self._seen = self._distinct(np.concatenate(keys), np.concatenate(last_us))
        self._pending.clear()

    def _distinct(self, keys: NDArray[np.int64], time_us: NDArray[np.int64]) -> Touches:
        """Sort keys, none negative, and keep the last of equals; `numpy.unique`, which hashes, is slower."""
        if self._decay is None:
            ordered: NDArray[np.int64] = np.sort(keys)
            return ordered[np.diff(ordered, append=-1) != 0], keys[:0]
        order = np.lexsort((time_us, keys))
        last = order[np.diff(keys[order], append=-1) != 0]
        return keys[last], time_us[last]
