"""Time in which at least one person is within reach of a place: the union of discs, moment by moment.

Discs that meet no other of their moment are summed up as they are. Of those that meet, each line of the grid
gets the stretches that at least one of them covers.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.grid import Grid
from heatcli.heat.reach import SCALE, Amounts, Disc, no_amount, summed
from heatcli.select.mergeable import State

# Lines of discs that are computed at once: some 100 MB.
_LINES_AT_ONCE = 1 << 21


class UnionTime:
    """Time in which some point is in the disc around each cell.

    Args:
        grid: cells that points are in.
        disc: disc around each cell.
        whole: whether time is in whole µs, which are added up in int64.
    """

    def __init__(self, grid: Grid, disc: Disc, *, whole: bool) -> None:
        self._grid, self._disc = grid, disc
        self._alone = no_amount(grid.cells, whole=whole)
        self._edges = no_amount((grid.rows, grid.columns + 1), whole=whole)

    def add(self, moment: NDArray[np.int64], cells: NDArray[np.int64], weight: Amounts) -> None:
        """Add points.

        Args:
            moment: (n,) number of the moment of each point, ascending; all points of a moment come at once.
            cells: (n,) index of the cell that each point is in.
            weight: (n,) length of each moment, the same for all of its points.
        """
        count = self._grid.cells
        base = moment[0] if len(moment) else 0
        keys, first = np.unique((moment - base) * count + cells, return_index=True)
        moment, cells = np.divmod(keys, count)
        weight = weight[first]
        for part in _parts(moment, max(1, _LINES_AT_ONCE // len(self._disc.half))):
            self._add(moment[part], cells[part], weight[part])

    def state(self) -> State:
        """Return the time so far: of discs alone in their moments, and the edges of the others."""
        return {"alone": self._alone, "edges": self._edges.ravel()}

    def merge(self, state: State) -> None:
        """Add the time of other moments."""
        self._alone += state["alone"]
        self._edges += state["edges"].reshape(self._edges.shape)

    def total(self) -> Amounts:
        """Return the (rows, columns) time so far."""
        alone = summed(self._alone.reshape(self._grid.shape), self._disc)
        return alone + filled(self._edges)

    def _add(self, moment: NDArray[np.int64], cells: NDArray[np.int64], weight: Amounts) -> None:
        meets = _meeting(moment, cells, self._grid, self._disc)
        alone = np.bincount(cells[~meets], weight[~meets], self._grid.cells)
        self._alone += alone.astype(self._alone.dtype)
        if meets.any():
            edges = union_edges(moment[meets], cells[meets], weight[meets], grid=self._grid, disc=self._disc)
            self._edges += edges.astype(self._edges.dtype)


def edges_of(cells: NDArray[np.int64], weight: Amounts, *, grid: Grid, disc: Disc) -> NDArray[np.float64]:
    """Lay the discs of points over a grid, as edges of their lines.

    Args:
        cells: (n,) index of the cell that each point is in.
        weight: (n,) weight of each disc.
        grid: cells that points are in.
        disc: disc around each cell.

    Returns:
        (rows, columns + 1) float64 change of the weight from each cell to the next, for `filled`.
    """
    point, begin, end = _lines(cells, grid, disc)
    return _edges(begin, end, weight[point], grid)


def union_edges(
    moment: NDArray[np.int64],
    cells: NDArray[np.int64],
    weight: Amounts,
    *,
    grid: Grid,
    disc: Disc,
) -> NDArray[np.float64]:
    """Lay the union of the discs of each moment over a grid, as edges of stretches of its lines.

    Args:
        moment: (n,) number of the moment of each point, ascending.
        cells: (n,) index of the cell that each point is in.
        weight: (n,) weight of each disc, the same in all of a moment.
        grid: cells that points are in.
        disc: disc around each cell.

    Returns:
        (rows, columns + 1) float64 change of the weight from each cell to the next, for `filled`.
    """
    if not len(moment):
        return np.zeros((grid.rows, grid.columns + 1))
    first = np.flatnonzero(np.diff(moment, prepend=moment[:1] - 1))
    # The grids of all moments, one after the other: lines of different ones do not touch.
    size = grid.rows * (grid.columns + 1)
    point, begin, end = _lines(cells, grid, disc)
    behind = (np.repeat(np.arange(len(first)), np.diff(first, append=len(moment))) * size)[point]
    # As one number each, lines are sorted several times as fast.
    bits = (grid.columns + 1).bit_length()
    line = np.sort((begin + behind) << bits | (end - begin))
    begin = line >> bits
    reached = np.maximum.accumulate(begin + (line & (1 << bits) - 1))
    is_gap = begin[1:] > reached[:-1]
    number, begin = np.divmod(begin[np.append(True, is_gap)], size)
    end = reached[np.append(is_gap, True)] - number * size
    return _edges(begin, end, weight[first][number], grid)


def filled(edges: Amounts) -> Amounts:
    """(rows, columns) weight in each cell, of (rows, columns + 1) changes from each cell to the next."""
    # Sums of weights are not whole: what is left of a difference may be just below 0.
    return np.maximum(np.cumsum(edges, axis=1)[:, :-1], 0)


def _meeting(
    moment: NDArray[np.int64], cells: NDArray[np.int64], grid: Grid, disc: Disc
) -> NDArray[np.bool_]:
    """Find the points whose disc has cells in common with that of another one of their moment.

    Args:
        moment: (n,) number of the moment of each point, ascending.
        cells: (n,) index of the cell that each point is in, ascending and distinct within a moment.
        grid: cells that points are in.
        disc: disc around each cell.

    Returns:
        (n,) whether each meets another.
    """
    meets = np.zeros(len(cells), np.bool_)
    row, column = np.divmod(cells, grid.columns)
    first, ahead = np.arange(max(0, len(cells) - 1)), 1
    while len(first):
        # Those further ahead are in later moments or rows.
        second = first + ahead
        down = row[second] - row[first]
        near = (moment[second] == moment[first]) & (down <= 2 * disc.radius)
        first, second, down = first[near], second[near], down[near]
        apart = SCALE * (column[second] - column[first]) ** 2 + disc.tall * down**2
        meet = apart <= 4 * disc.limit
        meets[first[meet]] = meets[second[meet]] = True
        ahead += 1
        first = first[first + ahead < len(cells)]
    return meets


def _lines(
    cells: NDArray[np.int64], grid: Grid, disc: Disc
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Find the lines of discs, as far as they are in the grid.

    Returns:
        (m,) index of the disc of each line, and (m,) begin and (m,) end of each among the edges of the grid.
    """
    row, column = (middle[:, None] for middle in np.divmod(cells, grid.columns))
    down = row + np.arange(-disc.radius, disc.radius + 1)
    there = (down >= 0) & (down < grid.rows)
    left, right = np.maximum(column - disc.half, 0), np.minimum(column + disc.half + 1, grid.columns)
    before = (down * (grid.columns + 1))[there]
    return np.nonzero(there)[0], before + left[there], before + right[there]


def _edges(
    begin: NDArray[np.int64], end: NDArray[np.int64], weight: Amounts, grid: Grid
) -> NDArray[np.float64]:
    """(rows, columns + 1) change of the weight from each cell to the next, of stretches of lines."""
    size = grid.rows * (grid.columns + 1)
    change = np.bincount(begin, weight, size) - np.bincount(end, weight, size)
    return change.astype(np.float64).reshape(grid.rows, grid.columns + 1)


def _parts(moment: NDArray[np.int64], most: int) -> Iterator[slice]:
    """Cut points, in order of their moments, into parts; points of one moment stay together."""
    begin = 0
    while begin < len(moment):
        end = begin + most
        if end < len(moment):
            end = max(
                int(moment.searchsorted(moment[end])), int(moment.searchsorted(moment[begin], side="right"))
            )
        yield slice(begin, end)
        begin = end
