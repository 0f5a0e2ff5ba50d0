"""How much room people have, as Voronoi cells on the floor."""

import numpy as np
import shapely
from numpy.typing import NDArray

# Distance of points that close the outermost cells, in diagonals of the floor: cells meet theirs half way,
# far outside of the floor.
_FAR = 100.0


def voronoi_cells(points: NDArray[np.float64], floor: shapely.Polygon) -> NDArray[np.object_]:
    """Divide a floor between the people on it: each place belongs to the person who is nearest.

    Steffen and Seyfried, Methods for measuring pedestrian density, flow, speed and direction with minimal
    scatter, Physica A 389, 2010. People at the very same point share a cell, which both get.

    Args:
        points: (n, 2) float64 positions in metres, n at least 1.
        floor: convex floor, in metres.

    Returns:
        (n,) cells, cut at the end of the floor; empty for a person beside it whose cell does not reach it.
    """
    # Loading it takes longer than a whole report without a floor.
    from scipy.spatial import Voronoi

    distinct, own = np.unique(points, axis=0, return_inverse=True)
    low, high = np.array(floor.bounds).reshape(2, 2)
    low, high = np.minimum(low, distinct.min(axis=0)), np.maximum(high, distinct.max(axis=0))
    reach = _FAR * float(np.linalg.norm(high - low))
    far = (low + high) / 2 + reach * np.array([(1, 0), (0, 1), (-1, 0), (0, -1)])
    diagram = Voronoi(np.vstack([distinct, far]))
    regions = [diagram.regions[number] for number in diagram.point_region[: len(distinct)]]
    corners = np.concatenate([diagram.vertices[region] for region in regions])
    ring = np.repeat(np.arange(len(regions)), [len(region) for region in regions])
    cells = shapely.polygons(shapely.linearrings(corners, indices=ring))
    return np.asarray(shapely.intersection(cells, floor))[own.reshape(-1)]


def voronoi_density(cells: NDArray[np.object_], area: shapely.Polygon) -> float:
    """Compute the Voronoi density in an area: the people in it, each divided over the own cell, per m².

    Args:
        cells: (n,) cells from `voronoi_cells`.
        area: area, in metres.

    Returns:
        Density in people per m².
    """
    size = shapely.area(cells)
    inside = shapely.area(shapely.intersection(cells, area))
    return float(np.divide(inside, size, out=np.zeros(len(cells)), where=size > 0).sum() / area.area)
