"""Regions of interest: parts of a camera's frame outside of which nothing counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.errors import check_known
from heatcli.shapes import Polygon, contains, polygon_of

Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Regions:
    """Polygons in the frame of one camera.

    Attributes:
        polygons: name and polygon of each region; the name is empty where a region has none.
        sample_aspect: width of a pixel divided by its height.
    """

    polygons: tuple[tuple[str, Polygon], ...]
    sample_aspect: float

    @property
    def outlines(self) -> tuple[tuple[str, Corners], ...]:
        """Name, and corners as fractions of the frame, of each region."""
        return tuple((name, polygon.corners) for name, polygon in self.polygons)

    def hold(self, points: NDArray[np.float64], size: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Tell which points are in any of the regions.

        Args:
            points: (n, 2) float64 points x, y in stored pixels.
            size: (n, 2) int32 width and height in stored pixels of the frame that each point is in.

        Returns:
            (n,) bool, true for points in any region.
        """
        inside = np.zeros(len(points), np.bool_)
        for _, polygon in self.polygons:
            inside |= contains(polygon, points, size=size, sample_aspect=self.sample_aspect)
        return inside


def regions_of(
    rois: Sequence[str], configured: Mapping[str, Corners], *, camera: str, sample_aspect: float
) -> Regions | None:
    """Return the regions of interest of a camera; None for the whole frame.

    Args:
        rois: names of configured regions, or corners as `X,Y,X,Y,...`.
        configured: corners of the camera's regions, by name.
        camera: name of the camera.
        sample_aspect: width of a pixel divided by its height.

    Raises:
        UsageError: the camera has no region of that name, or the corners make no polygon.
    """
    if not rois:
        return None
    drawn = [roi for roi in rois if "," in roi]
    named = [roi for roi in rois if "," not in roi]
    check_known(named, configured, kind="region", where=f"camera {camera!r}")
    polygons = [("", polygon_of(roi)) for roi in drawn]
    polygons += [(name, Polygon(configured[name])) for name in named]
    return Regions(tuple(polygons), sample_aspect)
