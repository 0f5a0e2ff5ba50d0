"""Where people count: in a camera's detection area, and in regions of interest. Elsewhere nothing does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.config.camera import CameraConfig
from heatcli.config.named_shapes import areas_of
from heatcli.errors import check_known
from heatcli.select.selection import Selection
from heatcli.shapes import Line, Shape, contains, outline_of, polygon_of

# Points along each side of a shape's bounding box at which it is asked whether people count there.
_TRIED = 200


@dataclass(frozen=True, slots=True)
class Regions:
    """Shapes in the frame of one camera.

    Attributes:
        shapes: name and shape of each region, at least one; the name is empty where a region has none.
        sample_aspect: width of a pixel divided by its height.
        within: regions that points must be in as well: the camera's detection area; None where it has none.
    """

    shapes: tuple[tuple[str, Shape], ...]
    sample_aspect: float
    within: "Regions | None" = None

    @property
    def outlines(self) -> tuple[tuple[str, Shape], ...]:
        """Name and shape of each region, those of the detection area first."""
        return (() if self.within is None else self.within.outlines) + self.shapes

    def hold(self, points: NDArray[np.float64], size: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Tell which points are in any of the regions, and in the detection area.

        Args:
            points: (n, 2) float64 points x, y in stored pixels.
            size: (n, 2) int32 width and height in stored pixels of the frame that each point is in.

        Returns:
            (n,) bool, true for points that count.
        """
        inside = np.zeros(len(points), np.bool_)
        for _, shape in self.shapes:
            inside |= contains(shape, points, size=size, sample_aspect=self.sample_aspect)
        return inside if self.within is None else inside & self.within.hold(points, size)

    def reach(self, shape: Shape | Line, size: tuple[int, int]) -> bool:
        """Tell whether people count anywhere in a shape.

        Args:
            shape: zone or line, in fractions of the frame.
            size: width and height in pixels of the frame.
        """
        if isinstance(shape, Line):
            points = np.linspace(shape.start, shape.end, _TRIED) * size
        else:
            corners = outline_of(shape, size[0] * self.sample_aspect / size[1])
            begin, end = np.clip([np.min(corners, axis=0), np.max(corners, axis=0)], 0, 1)
            sides = np.linspace(begin, end, _TRIED)
            points = np.stack(np.meshgrid(*sides.T), axis=-1).reshape(-1, 2) * size
            points = points[contains(shape, points, size=size, sample_aspect=self.sample_aspect)]
        return bool(self.hold(points, np.broadcast_to(np.array(size, np.int32), points.shape)).any())


def regions_of(
    selection: Selection, configured: CameraConfig, *, camera: str, sample_aspect: float
) -> Regions | None:
    """Return where people count at a camera; None for the whole frame.

    Args:
        selection: question to the store, which may name regions or give their corners.
        configured: settings of the camera: its zones and regions, and which of them are its detection area.
        camera: name of the camera.
        sample_aspect: width of a pixel divided by its height.

    Raises:
        UsageError: the camera has no zone or region of that name, or the corners make no polygon.
    """
    areas = areas_of(configured)
    named = tuple((name, areas[name]) for name in configured.area)
    area = Regions(named, sample_aspect) if named else None
    wanted = tuple(_wanted(selection, areas, camera))
    return Regions(wanted, sample_aspect, within=area) if wanted else area


def _wanted(selection: Selection, areas: Mapping[str, Shape], camera: str) -> Iterator[tuple[str, Shape]]:
    """Yield name and shape of the regions of interest of a selection."""
    labels = iter(selection.roi_labels)
    check_known(selection.named_rois, areas, kind="zone or region", where=f"camera {camera!r}")
    for roi in selection.drawn_rois:
        yield next(labels, ""), polygon_of(roi)
    for name in selection.named_rois:
        yield name, areas[name]
