"""The part of a floor plan that a camera's picture shows, as a polygon."""

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray

from heatcli.heat.floor import Floor, View

# Points on each side of the picture, which a lens may bend on the floor; and how often the way to the horizon
# is halved.
_POINTS, _HALVINGS = 64, 50

# Distance in metres from a straight line up to which a corner of the outline is none.
_STRAIGHT_M = 1e-9

# Least depth of what counts as floor, as a fraction of the largest in the picture: nearer to the horizon, a
# pixel is many metres.
_LEAST_DEPTH = 1e-3


def seen_floor(view: View, floor: Floor) -> shapely.Polygon:
    """Return the part of a plan that a picture shows, cut at the horizon; convex unless a lens bends its rim.

    As for rows, the outermost cells of the picture do not count. Masks and regions of interest are not cut
    out: people there take room too.

    Args:
        view: view of the floor from the camera.
        floor: floor plan.

    Returns:
        Polygon in metres on the plan; empty where the picture shows nothing of it.
    """
    across, down = 1 / view.grid.columns, 1 / view.grid.rows
    corners = np.array([(across, down), (1 - across, down), (1 - across, 1 - down), (across, 1 - down)])
    sides = zip(corners, np.roll(corners, -1, axis=0), strict=True)
    rim = np.concatenate([_between(*side) for side in sides])
    depth = view.projection.depth
    deepest = float(np.nanmax(np.append(depth(rim), depth(_centres(view))), initial=0.0))

    def shown(points: NDArray[np.float64]) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = depth(points) >= _LEAST_DEPTH * deepest
        return found

    inside = _centres(view)
    inside = inside[shown(inside)]
    if not len(inside):
        return shapely.Polygon()
    # What is seen of the rim, the places where it meets the horizon, and the horizon as seen from the middle.
    following = np.roll(rim, -1, axis=0)
    seen = shown(rim)
    ends = [seen & ~np.roll(seen, -1), ~seen & np.roll(seen, -1)]
    middle = np.tile(inside.mean(axis=0), (len(rim), 1))
    places = np.where(seen[:, None], rim, _last(middle, rim, shown))
    meets = np.full(rim.shape, np.nan)
    meets[ends[0]] = _last(rim[ends[0]], following[ends[0]], shown)
    meets[ends[1]] = _last(following[ends[1]], rim[ends[1]], shown)
    corners = np.stack([places, meets], axis=1).reshape(-1, 2)
    corners = corners[np.isfinite(corners[:, 0])]
    # Without a lens, most of the points are on straight lines.
    outline = shapely.Polygon(view.projection.apply(corners)).simplify(_STRAIGHT_M)
    outline = shapely.make_valid(outline)
    return shapely.intersection(outline, shapely.box(0, 0, floor.width_m, floor.height_m))


def _centres(view: View) -> NDArray[np.float64]:
    """(n, 2): centres of the cells of a picture, in fractions of it."""
    grid = view.grid
    row, column = np.indices(grid.shape).reshape(2, -1)
    return np.column_stack([(column + 0.5) / grid.columns, (row + 0.5) / grid.rows])


def _between(begin: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """(_POINTS, 2): points from one, included, to another, excluded."""
    share = np.arange(_POINTS)[:, None] / _POINTS
    return begin + share * (end - begin)


def _last(
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    shown: Callable[[NDArray[np.float64]], NDArray[np.bool_]],
) -> NDArray[np.float64]:
    """(n, 2): the last points that are shown on the way from (n, 2) points that are to (n, 2) others."""
    for _ in range(_HALVINGS):
        half = (begin + end) / 2
        there = shown(half)[:, None]
        begin, end = np.where(there, half, begin), np.where(there, end, half)
    return begin
