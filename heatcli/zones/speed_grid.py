"""How fast people walk in the cells of a floor plan."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heatcli.select.rows import Rows
from heatcli.zones.moments import RATE
from heatcli.zones.walkers import Walkers, Walking

LEAST_S = 1.0
"""Least time of all people together in a cell whose mean speed is told, in seconds."""


class SpeedGrid:
    """Sums up speeds in cells while rows that stand on a plan go by (an aggregator).

    Args:
        shape: number of rows and of columns of cells.
        cell_m: width and height of a cell in metres.
        metres_per_pixel: width in metres of a pixel of the plan, the unit of the rows' boxes.

    Attributes:
        moments: (rows, columns) int64 moments of people in each cell whose speed is known.
        speed_sum: (rows, columns) float64 sum of their speeds, in m/s.
    """

    def __init__(
        self, shape: tuple[int, int], cell_m: tuple[float, float], *, metres_per_pixel: float
    ) -> None:
        self._cell_m, self._walkers = cell_m, Walkers(metres_per_pixel)
        self.moments, self.speed_sum = np.zeros(shape, np.int64), np.zeros(shape)

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._sum_up(self._walkers.add(rows).new)

    def finish(self) -> None:
        """Sum up what was held back, once all rows have been taken."""
        self._sum_up(self._walkers.rest().new)

    def _sum_up(self, walking: Walking) -> None:
        column, row = np.floor(walking.moments.xy / self._cell_m).astype(np.intp).T
        rows, columns = self.moments.shape
        known = np.isfinite(walking.speed) & (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        at = (row[known], column[known])
        np.add.at(self.moments, at, 1)
        np.add.at(self.speed_sum, at, walking.speed[known])


def mean_speeds(grids: Sequence[SpeedGrid]) -> NDArray[np.float64]:
    """Compute the mean speed in each cell: every moment of every person weighs the same.

    It is PedPy's speed profile with `SpeedMethod.MEAN`, averaged over frames with the number of people in the
    cell as the weight.

    Args:
        grids: grids of one plan, one for each camera that sees it, at least one.

    Returns:
        (rows, columns) float64 mean speed in m/s; NaN in cells in which people were for less than `LEAST_S`.
    """
    moments, total = sum(one.moments for one in grids), sum(one.speed_sum for one in grids)
    result: NDArray[np.float64] = np.full(grids[0].moments.shape, np.nan)
    return np.divide(total, moments, out=result, where=np.asarray(moments) >= LEAST_S * RATE)
