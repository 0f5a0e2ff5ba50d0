"""The part of a floor plan that a camera's picture shows, as a polygon."""

import numpy as np
import shapely
from numpy.typing import NDArray

from heatcli.heat.floor import Floor, View

# Least depth of what counts as floor, as a fraction of the largest in the picture: nearer to the horizon, a
# pixel is many metres.
_LEAST_DEPTH = 1e-3


def seen_floor(view: View, floor: Floor) -> shapely.Polygon:
    """Return the part of a plan that a picture shows: convex, and cut at the horizon.

    As for rows, the outermost cells of the picture do not count. Masks and regions of interest are not cut
    out: people there take room too.

    Args:
        view: view of the floor from the camera.
        floor: floor plan.

    Returns:
        Polygon in metres on the plan; empty where the picture shows nothing of it.
    """
    across, down = 1 / view.grid.columns, 1 / view.grid.rows
    left, top, right, bottom = across, down, 1 - across, 1 - down
    picture = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    depth = view.homography.matrix[2]
    deepest = float((picture @ depth[:2] + depth[2]).max())
    corners = _in_front(picture, depth - (0, 0, _LEAST_DEPTH * deepest))
    if len(corners) < 3:
        return shapely.Polygon()
    plan = shapely.box(0, 0, floor.width_m, floor.height_m)
    return shapely.intersection(shapely.Polygon(view.homography.apply(corners)), plan)


def _in_front(corners: NDArray[np.float64], line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut a polygon at a line: keep the side where `line`, applied to (x, y, 1), is not negative."""
    depth = corners @ line[:2] + line[2]
    kept: list[NDArray[np.float64]] = []
    for number in range(len(corners)):
        following = (number + 1) % len(corners)
        if depth[number] >= 0:
            kept.append(corners[number])
        if (depth[number] >= 0) != (depth[following] >= 0):
            share = depth[number] / (depth[number] - depth[following])
            kept.append(corners[number] + share * (corners[following] - corners[number]))
    return np.array(kept).reshape(-1, 2)
