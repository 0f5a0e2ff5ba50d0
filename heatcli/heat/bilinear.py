"""Points shared between the four cells around them, as in bilinear interpolation."""

import numpy as np
from numpy.typing import NDArray


def four_cells(
    positions: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Share each point between the four cells whose centres surround it: the nearer the centre, the more.

    Args:
        positions: (n, 2) float64 points across and down in cells; the centre of the first cell is at 0.5,
            0.5.

    Returns:
        Column (4, n) int64, row (4, n) int64 and share (4, n) float64 of the cells: upper left, upper right,
        lower left, lower right. The shares of a point add up to 1; near the edge of a grid, some of these
        cells lie outside it.
    """
    low = np.floor(positions - 0.5)
    right, below = (positions - 0.5 - low).T
    column, row = low.astype(np.int64).T
    columns = np.stack([column, column + 1, column, column + 1])
    rows = np.stack([row, row, row + 1, row + 1])
    left, above = 1 - right, 1 - below
    return columns, rows, np.stack([left * above, right * above, left * below, right * below])
