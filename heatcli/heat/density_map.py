"""The kernel density of stored tracking points, as a heat map."""

from collections.abc import Iterable

from heatcli.geometry import tracking_points
from heatcli.heat.density import DensityEstimate, Extent
from heatcli.heat.heatmap import DENSITY, HeatMap
from heatcli.names import TrackingMode
from heatcli.select.rows import Rows


def density_map(
    batches: Iterable[Rows],
    *,
    bandwidth: float | None,
    tracking_mode: TrackingMode,
    camera: str,
    width: int,
    height: int,
    sample_aspect: float,
    covered_us: int,
) -> HeatMap:
    """Estimate the density of where people were, each row weighted by the time that it stands for.

    Args:
        batches: selected rows of one camera, as `read_rows` yields them.
        bandwidth: standard deviation of the kernel in pixels; None for Scott's rule.
        tracking_mode: which point of a box stands for a person.
        camera: name of the camera.
        width: of its frame in stored pixels.
        height: of its frame in stored pixels.
        sample_aspect: width of these pixels divided by their height. A pixel of the unit and of the bandwidth
            is square: the shorter side is stretched.
        covered_us: covered time of the selection in µs.

    Returns:
        The map in object-seconds per square pixel, on as many cells as the kernel needs; `raw` is before the
        kernel.
    """
    extent = Extent(0, 0, width * max(sample_aspect, 1.0), height * max(1 / sample_aspect, 1.0))
    estimate = DensityEstimate(extent, columns=round(extent.width))
    for rows in batches:
        points = tracking_points(rows.boxes, tracking_mode, width=rows.size[:, 0], height=rows.size[:, 1])
        estimate.add(points / rows.size * (extent.width, extent.height), rows.weight_us / 1e6)
    density = estimate.density(bandwidth)
    return HeatMap(
        raw=density.raw,
        value=density.value,
        metric=DENSITY,
        unit="object-seconds per px²",
        covered_s=covered_us / 1e6,
        width=width,
        height=height,
        camera=camera,
    )
