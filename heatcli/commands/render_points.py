"""The work behind `heatcli render --density --points`: from a file of points to a map of their density."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.config.bounds import check_size
from heatcli.config.settings import RenderSettings
from heatcli.errors import PointsError
from heatcli.formats.points import PointFile
from heatcli.heat.density import Density, DensityEstimate
from heatcli.heat.extent import Extent, ExtentOfPoints
from heatcli.names import DENSITY, TRANSPARENT
from heatcli.picture.axes import with_axes
from heatcli.picture.colour import color_table
from heatcli.picture.draw import fit, heat_over
from heatcli.picture.files import (
    check_output,
    default_output,
    is_picture,
    read_picture,
    write_picture,
    write_values,
)
from heatcli.picture.legend import draw_legend, scale_legend
from heatcli.picture.transparent import see_through

# Longer side in pixels of a picture whose size is not given.
_LONGER_SIDE = 1280


@dataclass(frozen=True, slots=True)
class RenderedPoints:
    """A rendered map of the density of points.

    Attributes:
        points: path of the file of points.
        output: path of the written file.
        density: density of the points.
        unit: unit of the density's values.
    """

    points: Path
    output: Path
    density: Density
    unit: str


def render_points(
    *,
    points: Path,
    settings: RenderSettings,
    bandwidth: float | None = None,
    background: str = "none",
    axes: bool = False,
    size: tuple[int, int] | None = None,
    output: Path | None = None,
) -> RenderedPoints:
    """Estimate the density of the points in a file and write it to a file.

    The map begins at 0, 0 and is `size` large; without a size, it is as large as the background, one pixel
    per unit; without both, it holds all points and goes on beyond them for three standard deviations of the
    kernel. Points outside of it, and those that are not finite, are left out and counted.

    Args:
        points: file of lines of x and y; y points down.
        settings: scale, threshold, opacity, colours and legend.
        bandwidth: standard deviation of the kernel in units of the points; None for Scott's rule.
        background: picture to draw on, such as a floor plan, resampled to `size`; `none` for plain white, and
            `plate` too, as points have none; `transparent`.
        axes: whether axes are drawn around the map, in units of the points.
        size: width and height in pixels of the frame that the points are in; None for the background's, if
            any.
        output: file to write, a picture or numbers by its extension; None for `heat-<points>-density.png` in
            the current folder.

    Raises:
        UsageError: the size is too large, or the output cannot be written.
        PointsError: the file cannot be read, or none of its points can be shown.
        InputError: the background file is no picture.
        OutputError: the file cannot be written.
    """
    output = output or default_output(points.stem, DENSITY)
    check_output(output)
    if size is not None:
        check_size(*size)
    file = PointFile.open(points)
    has_picture = background not in ("plate", "none", TRANSPARENT)
    ground = read_picture(Path(background)) if has_picture else None
    frame = size if ground is None or size is not None else (ground.shape[1], ground.shape[0])
    extent = Extent(0, 0, *frame) if frame is not None else _extent(file, bandwidth)
    width, height = frame or _picture_size(extent)

    estimate = DensityEstimate(extent, columns=width)
    for batch in file.batches():
        estimate.add(batch)
    density = estimate.density(bandwidth)
    if not density.points:
        raise PointsError(_nothing_to_show(points, density))
    unit = "points per px²" if frame is not None else "points per unit²"
    if is_picture(output):
        words = points.name, f"{density.points:,} points", f"density, {unit}"

        def draw(ground: NDArray[np.uint8]) -> NDArray[np.uint8]:
            picture = _draw(density, words, ground, settings)
            return with_axes(picture, extent, "px" if frame is not None else "") if axes else picture

        if background == TRANSPARENT:
            picture = see_through(draw, width=width, height=height)
        else:
            picture = draw(_white(width, height) if ground is None else fit(ground, width, height))
        write_picture(output, picture)
    else:
        _write_numbers(output, density, unit)
    return RenderedPoints(points, output, density, unit)


def _extent(file: PointFile, bandwidth: float | None) -> Extent:
    """Return the rectangle that holds all points of a file and their kernels."""
    extent = ExtentOfPoints()
    for batch in file.batches():
        extent.add(batch)
    found = extent.result(bandwidth)
    if found is None:
        raise PointsError(
            f"{file.path}: holds no two points apart, so nothing says how large the map is to be; "
            "give --size WxH or --background"
        )
    return found


def _picture_size(extent: Extent) -> tuple[int, int]:
    scale = _LONGER_SIDE / max(extent.width, extent.height)
    return max(1, round(extent.width * scale)), max(1, round(extent.height * scale))


def _draw(
    density: Density, words: tuple[str, str, str], ground: NDArray[np.uint8], settings: RenderSettings
) -> NDArray[np.uint8]:
    picture, fraction, end = heat_over(ground, density.value, settings)
    if not settings.display_legend:
        return picture
    table, threshold = color_table(settings.color_map), settings.min_display_threshold
    legend = scale_legend(words, density.value, end, table=table, threshold=threshold)
    return draw_legend(picture, legend, heat=fraction)


def _white(width: int, height: int) -> NDArray[np.uint8]:
    return np.full((height, width, 3), 255, dtype=np.uint8)


def _nothing_to_show(points: Path, density: Density) -> str:
    if not density.outside:
        return f"{points}: holds no points; give it a line x,y for each"
    width, height = density.extent.width, density.extent.height
    return (
        f"{points}: none of its {density.outside:,} points is in the frame of {width:g}x{height:g}; "
        "give the size of theirs with --size"
    )


def _write_numbers(path: Path, density: Density, unit: str) -> None:
    extent = density.extent
    write_values(
        path,
        archive={
            "value": density.value,
            "raw": density.raw,
            "metric": DENSITY,
            "unit": unit,
            "kernel": density.kernel,
            "total": density.total,
            "left": extent.left,
            "top": extent.top,
            "width": extent.width,
            "height": extent.height,
        },
        columns={DENSITY: density.value, f"{DENSITY}_raw": density.raw},
        x=extent.left + (np.arange(density.value.shape[1]) + 0.5) * extent.width / density.value.shape[1],
        y=extent.top + (np.arange(density.value.shape[0]) + 0.5) * extent.height / density.value.shape[0],
    )
