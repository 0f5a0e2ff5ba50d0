"""The grid that a frame is divided into, and which of its cells a point is in."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Grid:
    """Equal cells over a frame.

    Attributes:
        columns: number of cells across.
        rows: number of cells down.
    """

    columns: int
    rows: int

    @classmethod
    def over(cls, *, columns: int, width: int, height: int) -> Self:
        """Make the grid of a frame, with cells as square as whole numbers allow.

        There are `max(1, round(columns * height / width))` rows, halves rounded to even as Python does.

        Args:
            columns: number of cells across, `grid_resolution`.
            width: width of the frame in stored pixels.
            height: height of the frame in stored pixels.
        """
        return cls(columns, max(1, round(columns * height / width)))

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns: the shape of an array over the grid."""
        return self.rows, self.columns

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.rows * self.columns

    def positions(self, points: NDArray[np.float64], size: NDArray[np.int32]) -> NDArray[np.float64]:
        """Measure points in cells: x / width * columns, y / height * rows, in this order of operations.

        Args:
            points: (n, 2) points x, y in source pixels, within the frame.
            size: (n, 2) width and height of the frame that each point is in.

        Returns:
            (n, 2) float64 positions across and down in cells, 0..columns and 0..rows.
        """
        return points / size * (self.columns, self.rows)

    def cells_of(self, positions: NDArray[np.float64]) -> NDArray[np.int64]:
        """Find the cell of each position: its floor; the far edge belongs to the last cell.

        Args:
            positions: (n, 2) positions in cells, as from `positions`.

        Returns:
            (n, 2) int64 column and row of each cell.
        """
        return np.minimum(positions.astype(np.int64), (self.columns - 1, self.rows - 1))

    def index(self, column: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the index of cells into a flattened grid: from 0, row by row."""
        return row * self.columns + column
