"""The kernel density of where people stood on a floor plan."""

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.density import DensityEstimate
from heatcli.heat.extent import Extent
from heatcli.heat.floor import Floor
from heatcli.heat.heatmap import HeatMap
from heatcli.names import DENSITY
from heatcli.select.rows import Rows


class FloorDensity:
    """The density of people on a floor plan, from rows of `heatcli.heat.on_plan.OnPlan` (an aggregator).

    Each row weighs the time that it stands for, times what a second counts at its place: nobody counts twice
    where cameras overlap.

    Args:
        floor: floor plan and its cells.
        size: width and height of the plan in pixels.
        shares: (rows, columns) float64 what a second counts in each cell of the floor, as
            `heatcli.heat.on_plan.shares_of_time` has it.
        bandwidth: standard deviation of the kernel in pixels of the plan; None for Scott's rule.
    """

    def __init__(
        self, floor: Floor, *, size: tuple[int, int], shares: NDArray[np.float64], bandwidth: float | None
    ) -> None:
        self._floor, self._size, self._shares, self._bandwidth = floor, size, shares, bandwidth
        self._estimate = DensityEstimate(Extent(0, 0, *map(float, size)), columns=size[0])

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        points = rows.boxes[:, :2].astype(np.float64)
        column, row = self._floor.grid.cells_of(self._floor.grid.positions(points, rows.size)).T
        # A row may stand in a cell of which its camera sees less than half.
        share = np.nan_to_num(self._shares[row, column], nan=1.0)
        self._estimate.add(points, rows.weight_us / 1e6 * share)

    def result(self, *, covered_s: float, cameras: str) -> HeatMap:
        """Return the map in object-seconds per square metre; NaN where no camera watches.

        Args:
            covered_s: time in which at least one of the cameras watched, in seconds.
            cameras: names of the cameras.
        """
        density = self._estimate.density(self._bandwidth)
        rows, columns = density.value.shape
        # The cell of the floor that the middle of each cell of the density is in.
        down, across = (
            ((np.arange(n) + 0.5) * cells / n).astype(np.intp)
            for n, cells in zip((rows, columns), self._floor.grid.shape, strict=True)
        )
        known = np.isfinite(self._shares[np.ix_(down, across)])
        pixels_per_m2 = self._size[0] * self._size[1] / (self._floor.width_m * self._floor.height_m)
        value, raw = (np.where(known, part * pixels_per_m2, np.nan) for part in (density.value, density.raw))
        return HeatMap(
            raw=raw,
            value=value,
            metric=DENSITY,
            unit="object-seconds per m²",
            covered_s=covered_s,
            width=self._size[0],
            height=self._size[1],
            camera=cameras,
        )
