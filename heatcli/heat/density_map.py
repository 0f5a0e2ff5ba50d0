"""The kernel density of stored tracking points, as a heat map."""

from heatcli.heat.density import DensityEstimate
from heatcli.heat.extent import Extent
from heatcli.heat.heatmap import HeatMap
from heatcli.names import DENSITY
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera


class DensityMap:
    """The density of where the people of one camera were (an aggregator).

    Each row weighs the time that it stands for. Unit and bandwidth refer to square pixels: where stored
    pixels are not square, their shorter side is stretched.

    Args:
        camera: camera and what is selected of it.
        bandwidth: standard deviation of the kernel in pixels; None for Scott's rule.
    """

    def __init__(self, camera: SelectedCamera, bandwidth: float | None) -> None:
        self._camera, self._bandwidth = camera, bandwidth
        width = camera.width * max(camera.sample_aspect, 1.0)
        height = camera.height * max(1 / camera.sample_aspect, 1.0)
        self._size = width, height
        self._estimate = DensityEstimate(Extent(0, 0, width, height), columns=round(width))

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        rows = rows.in_picture(self._camera.tracking_mode)
        points = rows.points(self._camera.tracking_mode)
        self._estimate.add(points / rows.size * self._size, rows.weight_us / 1e6)

    def result(self) -> HeatMap:
        """Return the map in object-seconds per square pixel, on as many cells as the kernel needs.

        Its `raw` is the density before the kernel.
        """
        camera, density = self._camera, self._estimate.density(self._bandwidth)
        return HeatMap(
            raw=density.raw,
            value=density.value,
            metric=DENSITY,
            unit="object-seconds per px²",
            covered_s=camera.covered_us / 1e6,
            width=camera.width,
            height=camera.height,
            camera=camera.name,
        )
