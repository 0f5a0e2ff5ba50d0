"""What is within reach of each place of a map: a disc of cells around the centre of each cell.

Whether a cell belongs to a disc is decided in whole numbers, so that the page, which computes the same in the
browser, agrees to the last cell.
"""

import math
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.grid import Grid

NumberT = TypeVar("NumberT", bound=np.generic)

Amounts = NDArray[np.int64] | NDArray[np.float64]
"""What is added up: whole µs or counts, or weights where heat decays."""

# Parts of the square of a cell's width: squares of distances are measured in them.
SCALE = 1 << 20

# Least number of cells in a radius: coarser cells are divided. The error of a position is then at most a
# sixteenth of the radius.
_LEAST_CELLS = 8.0

# Most columns of a grid whose cells are divided.
_MOST_COLUMNS = 1280


@dataclass(frozen=True, slots=True, eq=False)
class Disc:
    """The cells whose centres are at most a radius away from the centre of a cell, as lines of cells.

    Attributes:
        half: (2 * radius + 1,) int64 how many cells each line goes on to either side of its middle, from the
            uppermost line to the lowest one.
        limit: square of the radius, in `SCALE` parts of the square of a cell's width.
        tall: square of a cell's height, in the same parts.
    """

    half: NDArray[np.int64]
    limit: int
    tall: int

    @classmethod
    def of(cls, radius: float, squash: float, grid: Grid | None) -> Self:
        """Make a disc.

        Args:
            radius: radius in widths of a cell.
            squash: height of a cell divided by its width.
            grid: grid that the disc is used on; lines and cells that never lie in it are left out. None to
                leave out nothing.
        """
        limit = math.floor(radius**2 * SCALE + 0.5)
        tall = max(1, math.floor(squash**2 * SCALE + 0.5))
        lines = math.isqrt(limit // tall)
        if grid is not None:
            lines = min(lines, grid.rows - 1)
        half = [math.isqrt((limit - tall * down**2) // SCALE) for down in range(-lines, lines + 1)]
        most = None if grid is None else grid.columns - 1
        return cls(np.clip(np.array(half, np.int64), 0, most), limit, tall)

    @property
    def radius(self) -> int:
        """Number of lines above the middle one."""
        return len(self.half) // 2

    @property
    def is_one_cell(self) -> bool:
        """Whether there is no other cell in it than the middle one."""
        return len(self.half) == 1 and self.half[0] == 0

    def around(self, cells: NDArray[np.int64], grid: Grid) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Find the cells of the discs around some cells.

        Args:
            cells: (n,) indices of the cells in the middle.
            grid: grid that they are in.

        Returns:
            Index of the disc (m,) and index of the cell (m,), for every cell of every disc, disc by disc.
        """
        count = 2 * self.half + 1
        down = np.repeat(np.arange(-self.radius, self.radius + 1), count)
        across = np.concatenate([np.arange(-half, half + 1) for half in self.half.tolist()])
        row, column = (middle[:, None] for middle in np.divmod(cells, grid.columns))
        row, column = row + down, column + across
        inside = (row >= 0) & (row < grid.rows) & (column >= 0) & (column < grid.columns)
        return np.nonzero(inside)[0], grid.index(column[inside], row[inside])

    def lines(self) -> dict[int, list[int]]:
        """Return the lines as how far down they are, by how many cells they go on to either side."""
        found: dict[int, list[int]] = {}
        for down, half in enumerate(self.half.tolist(), start=-self.radius):
            found.setdefault(half, []).append(down)
        return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """The circle around the centre of each cell of a map whose people count for the cell.

    Attributes:
        grid: cells of the map.
        fine: cells in which positions are told apart: those of the map, or an odd number of times as many
            where the circle is small.
        disc: circle in cells of `fine`.
    """

    grid: Grid
    fine: Grid
    disc: Disc

    @classmethod
    def of(cls, radius: float, squash: float, grid: Grid) -> Self:
        """Make the circles of a map.

        Args:
            radius: radius in widths of a cell; 0 to count in the cells themselves.
            squash: height of a cell divided by its width.
            grid: cells of the map.
        """
        times = 1
        while 0 < radius * times < _LEAST_CELLS and grid.columns * (times + 2) <= _MOST_COLUMNS:
            times += 2
        fine = Grid(grid.columns * times, grid.rows * times)
        return cls(grid, fine, Disc.of(radius * times, squash, fine))

    @classmethod
    def in_picture(cls, reach: float, grid: Grid, *, width: int, height: int, sample_aspect: float) -> Self:
        """Make the circles of a frame, each round in square pixels.

        Args:
            reach: radius as a fraction of the frame's width; 0 to count in the cells themselves.
            grid: cells of the frame.
            width: width of the frame in stored pixels.
            height: height of the frame in stored pixels.
            sample_aspect: width of a pixel divided by its height.
        """
        squash = (height * grid.columns) / (grid.rows * width * sample_aspect)
        return cls.of(reach * grid.columns, squash, grid)

    @property
    def is_cell(self) -> bool:
        """Whether people count in the cells themselves."""
        return self.disc.limit == 0

    def at_centres(self, values: Amounts) -> Amounts:
        """Return the values at the centres of the map's cells, of values in all of the `fine` cells."""
        times = self.fine.columns // self.grid.columns
        return values[times // 2 :: times, times // 2 :: times]


def no_amount(shape: int | tuple[int, int], *, whole: bool) -> Amounts:
    """Return zeros: int64 for what is whole, else float64."""
    return np.zeros(shape, np.int64) if whole else np.zeros(shape, np.float64)


def summed(amount: Amounts, disc: Disc) -> Amounts:
    """Sum up what is in the disc around each cell.

    Args:
        amount: (rows, columns) int64 or float64, what is in each cell; int64 stays exact.
        disc: disc to sum up in.
    """
    rows, columns = amount.shape
    along = np.zeros((rows, columns + 1), amount.dtype)
    np.cumsum(amount, axis=1, out=along[:, 1:])
    column = np.arange(columns)
    total = np.zeros_like(amount)
    for half, lines in disc.lines().items():
        end, begin = np.minimum(column + half + 1, columns), np.maximum(column - half, 0)
        line = along[:, end] - along[:, begin]
        for down in lines:
            to, of = _shifted(rows, down)
            total[to] += line[of]
    # Sums of weights are not whole: what is left of a difference may be just below 0.
    return np.maximum(total, 0)


def dilated(value: NDArray[NumberT], disc: Disc, join: np.ufunc) -> NDArray[NumberT]:
    """Join the values in the disc around each cell, by a function that ignores zeros and repetitions.

    Args:
        value: (rows, columns) value of each cell.
        disc: disc to join values in.
        join: `numpy.bitwise_or` or `numpy.maximum`.
    """
    rows, columns = value.shape
    most = int(disc.half.max())
    beside = np.pad(value, ((0, 0), (most, most)))
    line, result = value.copy(), np.zeros_like(value)
    reached = 0
    for half, lines in disc.lines().items():
        while reached < half:
            reached += 1
            for begin in (most - reached, most + reached):
                join(line, beside[:, begin : begin + columns], out=line)
        for down in lines:
            to, of = _shifted(rows, down)
            join(result[to], line[of], out=result[to])
    return result


def _shifted(rows: int, down: int) -> tuple[slice, slice]:
    """Return the rows that get something from rows so far above them, and the rows that give it."""
    return slice(max(down, 0), rows + min(down, 0)), slice(max(-down, 0), rows - max(down, 0))
