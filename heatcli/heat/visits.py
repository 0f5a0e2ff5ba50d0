"""How many persons came within reach of each cell, accumulated from batches of stored rows."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.decay import Decay
from heatcli.heat.grid import Grid
from heatcli.heat.path import cells_crossed
from heatcli.heat.reach import Disc, dilated
from heatcli.heat.steps import Ends, Stepper, Steps
from heatcli.select.mergeable import State
from heatcli.select.rows import Rows

# Pairs of person and cell that wait to be merged into the sorted ones: 8 MiB.
_FEWEST_PENDING = 1 << 20

# Persons that one number stands for.
_BITS = 64

Touches = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Pairs of person and cell as one number each, distinct and sorted; and, where heat decays, the time of the
last touch of each, UTC µs (else empty)."""


class Visits:
    """Distinct persons whose path touches the disc; where heat decays, each weighs as its last touch.

    Args:
        grid: cells that paths run through.
        decay: decay of time; None where all visits weigh the same.
        discs: discs around each cell, each with counts of its own.
    """

    def __init__(self, grid: Grid, decay: Decay | None, discs: Sequence[Disc]) -> None:
        self._grid = grid
        self._decay = decay
        self._discs = discs
        nothing = np.zeros(0, dtype=np.int64)
        self._seen: Touches = nothing, nothing
        self._pending: list[Touches] = []
        self._stepper = Stepper()
        self._ends: list[Ends] = []

    def add(
        self,
        rows: Rows,
        weight_us: NDArray[np.int64] | NDArray[np.float64],
        positions: NDArray[np.float64],
        cells: NDArray[np.int64],
    ) -> None:
        """Take a batch: its rows, their (n,) weights, (n, 2) positions in cells, (n,) indices of cells."""
        self._remember(rows.person, cells, rows.time_us)
        self._walk(self._stepper.add(rows, positions))

    def state(self) -> State:
        """Return who touched which cell, and the points from which and to which steps may go on."""
        self._merge()
        person, cell = np.divmod(self._seen[0], self._grid.cells)
        ends = self._stepper.ends()
        return {
            "person": person,
            "cell": cell,
            "end_person": ends.person,
            "end_time": ends.time_us,
            "end_x": ends.position[:, 0],
            "end_y": ends.position[:, 1],
            "end_part": ends.part,
        }

    def merge(self, state: State) -> None:
        """Take what was kept of another stretch of time, where heat does not decay."""
        self._remember(state["person"], state["cell"], state["cell"])
        position = np.column_stack([state["end_x"], state["end_y"]])
        self._ends.append(Ends(state["end_person"], state["end_time"], position, state["end_part"]))

    def totals(self) -> list[NDArray[np.int64] | NDArray[np.float64]]:
        """Return the (rows, columns) counts so far in each disc; decaying visits count by their weight."""
        if self._ends:
            self._walk(Ends.joined(self._ends).steps())
        self._merge()
        return [self._total(disc) for disc in self._discs]

    def _total(self, disc: Disc) -> NDArray[np.int64] | NDArray[np.float64]:
        grid, (keys, last_us) = self._grid, self._seen
        weight = None if self._decay is None else self._decay.of(last_us)
        if disc.is_one_cell:
            return np.bincount(keys % grid.cells, weight, grid.cells).reshape(grid.shape)
        if weight is None:
            return _persons_near(keys, grid, disc)
        return _weights_near(keys, weight, grid, disc)

    def _walk(self, steps: Steps) -> None:
        """Note that persons touch the cells on their way."""
        line, crossed = cells_crossed(steps.start, steps.stop, self._grid)
        self._remember(steps.person[line], crossed, steps.stop_us[line])

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


def _persons_near(keys: NDArray[np.int64], grid: Grid, disc: Disc) -> NDArray[np.int64]:
    """(rows, columns) persons who touched the disc around each cell, by sorted keys of person and cell.

    The persons are bits of whole numbers, so that a cell holds as many of them as such a number has.
    """
    person, cell = np.divmod(keys, grid.cells)
    number = np.cumsum(np.diff(person, prepend=-1) != 0) - 1
    bit = np.left_shift(np.uint64(1), (number % _BITS).astype(np.uint64))
    count = np.zeros(grid.shape, np.int64)
    for some in _groups(number // _BITS):
        touched = np.zeros(grid.cells, np.uint64)
        np.bitwise_or.at(touched, cell[some], bit[some])
        count += np.bitwise_count(dilated(touched.reshape(grid.shape), disc, np.bitwise_or))
    return count


def _weights_near(
    keys: NDArray[np.int64], weight: NDArray[np.float64], grid: Grid, disc: Disc
) -> NDArray[np.float64]:
    """(rows, columns) weights of the last touches of the disc around each cell, by sorted keys."""
    # What has faded to nothing, in float64 too, is most of a long recording.
    keys, weight = keys[weight > 0], weight[weight > 0]
    person, cell = np.divmod(keys, grid.cells)
    total = np.zeros(grid.shape)
    for some in _groups(person):
        touched = np.zeros(grid.cells)
        touched[cell[some]] = weight[some]
        total += dilated(touched.reshape(grid.shape), disc, np.maximum)
    return total


def _groups(number: NDArray[np.int64]) -> Iterator[slice]:
    """Yield where each of some numbers is, which are sorted."""
    begins = np.flatnonzero(np.diff(number, prepend=-1, append=-1))
    return (slice(begin, end) for begin, end in pairwise(begins.tolist()))
