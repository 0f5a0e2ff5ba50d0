"""Time in which at least one person is within reach of a place: the union of discs, moment by moment.

Discs that meet no other of their moment are summed up as they are. Those that meet are kept apart: each cell
belongs to the disc with the nearest centre, so that each line of a disc stays one piece (the cells of a
Voronoi diagram are convex, and so are discs). Which centre is nearer is decided in whole numbers.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.grid import Grid
from heatcli.heat.reach import SCALE, Amounts, Disc, no_amount, summed

# Lines of discs that are computed at once: some 100 MB.
_LINES_AT_ONCE = 1 << 21

# Beyond any column.
_FAR = 1 << 40

Pair = tuple[NDArray[np.int64], NDArray[np.int64]]


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

    def total(self) -> Amounts:
        """Return the (rows, columns) time so far."""
        alone = summed(self._alone.reshape(self._grid.shape), self._disc)
        return alone + filled(self._edges)

    def _add(self, moment: NDArray[np.int64], cells: NDArray[np.int64], weight: Amounts) -> None:
        pairs = [] if self._disc.is_one_cell else list(meeting(moment, cells, self._grid, self._disc))
        meets = np.zeros(len(cells), np.bool_)
        for pair in pairs:
            for one in pair:
                meets[one] = True
        alone = np.bincount(cells[~meets], weight[~meets], self._grid.cells)
        self._alone += alone.astype(self._alone.dtype)
        if not meets.any():
            return
        number = np.cumsum(meets) - 1
        edges = edges_of(
            cells[meets],
            weight[meets],
            [(number[i], number[j]) for i, j in pairs],
            grid=self._grid,
            disc=self._disc,
        )
        self._edges += edges.astype(self._edges.dtype)


def meeting(moment: NDArray[np.int64], cells: NDArray[np.int64], grid: Grid, disc: Disc) -> Iterator[Pair]:
    """Find the points of one moment whose discs have cells in common.

    Args:
        moment: (n,) number of the moment of each point, ascending.
        cells: (n,) index of the cell that each point is in, ascending and distinct within a moment.
        grid: cells that points are in.
        disc: disc around each cell.

    Yields:
        Pairs of points, as indices (m,) of the earlier ones and (m,) of the later ones. No point is twice on
        one side of what is yielded at once.
    """
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
        if meet.any():
            yield first[meet], second[meet]
        ahead += 1
        first = first[first + ahead < len(cells)]


def edges_of(
    cells: NDArray[np.int64],
    weight: Amounts,
    pairs: list[Pair],
    *,
    grid: Grid,
    disc: Disc,
) -> NDArray[np.float64]:
    """Lay the discs of points over a grid, as edges of their lines; where some meet, each cell is in one.

    Args:
        cells: (n,) index of the cell that each point is in.
        weight: (n,) weight of each disc.
        pairs: points whose discs may not overlap, as `meeting` yields them.
        grid: cells that points are in.
        disc: disc around each cell.

    Returns:
        (rows, columns + 1) float64 change of the weight from each cell to the next, for `filled`.
    """
    row, column = np.divmod(cells, grid.columns)
    left, right = column[:, None] - disc.half, column[:, None] + disc.half
    for first, second in pairs:
        _divide(left, right, row, column, first, second, disc)
    down = row[:, None] + np.arange(-disc.radius, disc.radius + 1)
    left, right = np.maximum(left, 0), np.minimum(right, grid.columns - 1)
    there = (left <= right) & (down >= 0) & (down < grid.rows)
    begin = (down * (grid.columns + 1))[there]
    amount = np.broadcast_to(weight[:, None], there.shape)[there]
    size = grid.rows * (grid.columns + 1)
    opened = np.bincount(begin + left[there], amount, size)
    closed = np.bincount(begin + right[there] + 1, amount, size)
    return (opened - closed).astype(np.float64).reshape(grid.rows, grid.columns + 1)


def filled(edges: Amounts) -> Amounts:
    """(rows, columns) weight in each cell, of (rows, columns + 1) changes from each cell to the next."""
    # Sums of weights are not whole: what is left of a difference may be just below 0.
    return np.maximum(np.cumsum(edges, axis=1)[:, :-1], 0)


def _divide(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    disc: Disc,
) -> None:
    """Shorten the lines of discs in place, so that each cell is left to the nearer centre.

    Of two that are equally near, it is left to that further left, or else further up.
    """
    down = row[second] - row[first]
    pair, line = np.nonzero(np.arange(len(disc.half)) >= down[:, None])
    # The same line of the grid, seen from the first and from the second centre.
    above, below = line - disc.radius, line - disc.radius - down[pair]
    lines = (first[pair], line), (second[pair], line - down[pair])
    is_left = (column[second] >= column[first])[pair]
    for chosen, (one, other), (near, far) in (
        (is_left, lines, (above, below)),
        (~is_left, lines[::-1], (below, above)),
    ):
        of_left, of_right = (tuple(index[chosen] for index in side) for side in (one, other))
        at_left, at_right = column[of_left[0]], column[of_right[0]]
        # Positive where the left centre is nearer to this line of the grid.
        nearer = disc.tall * (far[chosen] ** 2 - near[chosen] ** 2)
        across = at_right - at_left
        upright = across == 0
        last = (SCALE * across * (at_right + at_left) + nearer) // (2 * SCALE * np.maximum(across, 1))
        last[upright] = np.where(nearer[upright] >= 0, _FAR, -_FAR)
        right[of_left] = np.minimum(right[of_left], last)
        left[of_right] = np.maximum(left[of_right], last + 1)


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
