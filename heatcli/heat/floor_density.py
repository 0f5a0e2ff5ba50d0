"""The kernel density of where people stood on a floor plan."""

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.density import DensityEstimate
from heatcli.heat.extent import Extent
from heatcli.heat.floor import Floor
from heatcli.heat.heatmap import DENSITY, HeatMap
from heatcli.select.rows import Rows


class FloorDensity:
    """The density of people on a floor plan, from rows of `heatcli.heat.on_plan.OnPlan` (an aggregator).

    Each row weighs the time that it stands for, divided by the number of cameras that see its place: nobody
    counts twice where cameras overlap.

    Args:
        floor: floor plan and its cells.
        size: width and height of the plan in pixels.
        cameras: (rows, columns) int64 number of cameras that see each cell of the floor.
        bandwidth: standard deviation of the kernel in pixels of the plan; None for Scott's rule.
    """

    def __init__(
        self, floor: Floor, *, size: tuple[int, int], cameras: NDArray[np.int64], bandwidth: float | None
    ) -> None:
        self._floor, self._size, self._cameras, self._bandwidth = floor, size, cameras, bandwidth
        self._estimate = DensityEstimate(Extent(0, 0, *map(float, size)), columns=size[0])

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        points = rows.boxes[:, :2].astype(np.float64)
        column, row = self._floor.grid.cells_of(self._floor.grid.positions(points, rows.size)).T
        self._estimate.add(points, rows.weight_us / 1e6 / np.maximum(self._cameras[row, column], 1))

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
        known = self._cameras[np.ix_(down, across)] > 0
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
