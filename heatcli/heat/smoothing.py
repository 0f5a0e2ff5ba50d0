"""Gaussian smoothing of a grid."""

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import DEFAULT_GRID_RESOLUTION

_TRUNCATE_SIGMAS = 4.0


# Parts of the reach that `smoothing` is measured in: the default, 4.1 of them, softens the rims of circles
# and hardly lowers a peak.
_PARTS_OF_REACH = 40


def smoothing_sigma(smoothing: int, columns: int, reach: float) -> float:
    """Return the standard deviation of the Gaussian that `smoothing` asks for.

    OpenCV's sigma for a kernel of `smoothing | 1` pixels, 0.3 * ((kernel - 1) / 2 - 1) + 0.8: 0.5 for 1, 4.1
    for the default 24. Without a reach its unit is a cell of the default grid, so that the picture does not
    change with the grid; with one it is a fortieth of the reach.

    Args:
        smoothing: amount of smoothing, 0..199; 0 for none.
        columns: number of columns of the grid that is smoothed.
        reach: radius of the circle around each place as a fraction of the grid's width; 0 for none.

    Returns:
        Standard deviation in cells of that grid; 0 for no smoothing.
    """
    if smoothing == 0:
        return 0.0
    kernel = smoothing | 1
    sigma = 0.3 * ((kernel - 1) / 2 - 1) + 0.8
    return sigma * columns * (reach / _PARTS_OF_REACH if reach else 1 / DEFAULT_GRID_RESOLUTION)


def smooth(grid: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Smooth a grid with a Gaussian that keeps the total: what crosses an edge is reflected.

    Equals `scipy.ndimage.gaussian_filter(grid, sigma, mode="reflect", truncate=4.0)`, as two products of
    matrices: importing `scipy.ndimage` alone takes longer than computing and drawing a heat map.

    Args:
        grid: (rows, columns) float64 values; NaN anywhere makes the result NaN.
        sigma: standard deviation of the Gaussian in cells; 0 for no smoothing.

    Returns:
        (rows, columns) float64 smoothed values.
    """
    if sigma == 0:
        return grid.copy()
    down, across = (reflecting_gaussian(n, sigma) for n in grid.shape)
    return down @ grid @ across.T


def reflecting_gaussian(n: int, sigma: float) -> NDArray[np.float64]:
    """Make the (n, n) matrix that smooths n cells in a row, mirrored at both ends: c b a | a b c | c b a.

    Args:
        n: number of cells.
        sigma: standard deviation of the Gaussian in cells, above 0.
    """
    radius = int(_TRUNCATE_SIGMAS * sigma + 0.5)
    offset = np.arange(-radius, radius + 1)
    weight = np.exp(-0.5 * (offset / sigma) ** 2)
    weight /= weight.sum()
    source = (np.arange(n)[:, None] + offset) % (2 * n)
    source = np.where(source < n, source, 2 * n - 1 - source)
    matrix = np.zeros((n, n))
    np.add.at(matrix, (np.arange(n)[:, None], source), weight)
    return matrix
