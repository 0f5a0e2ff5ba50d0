"""Kernel density: the weight of points per area at each place, with a bandwidth from their spread.

The estimate is that of `scipy.stats.gaussian_kde`: a Gaussian around each point, whose covariance is that of
all points, correlation included, times the square of a factor. A sum point by point would take points × cells
steps. Instead each point is shared between the nodes of a raster around it (linear binning), and the raster
is convolved with the kernel by FFT (Wand 1994, "Fast computation of multivariate kernel estimators",
doi:10.1080/10618600.1994.10474656). Linear binning adds a variance of cell² / 6 on average; the kernel is
made narrower by that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.bilinear import four_cells
from heatcli.heat.extent import Extent
from heatcli.heat.grid import Grid

# Standard deviations at which a Gaussian is as good as 0: 4e-6 of its peak.
_REACH_SIGMAS = 5.0
# Cells per standard deviation of the kernel where it is narrowest: linear interpolation between cells is then
# off by at most (1/4)² / 8, a hundredth, of the peak of even a single point.
_CELLS_PER_SIGMA = 4
# Most cells on the longer side of the finest raster, to limit memory: 100 MB in all.
_MOST_CELLS = 2048
# Least standard deviation, in cells, of points that count as spread out: that of points that fill a single
# cell evenly.
_LEAST_SPREAD_CELLS = 12**-0.5
# Standard deviation of the kernel for points without spread, as a fraction of the width: that of the default
# smoothing of heat maps, 4.1 of 160 cells.
_WIDTH_WITHOUT_SPREAD = 1 / 40


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """A kernel density over a raster of equal cells.

    Attributes:
        value: (rows, columns) float64 weight of the points per square pixel, at the centre of each cell. Its
            integral over the plane is `total`; divided by `total` it is a probability density.
        raw: (rows, columns) float64 weight of the points per square pixel before the kernel: each point
            counts in the cells nearest to it.
        extent: rectangle that the cells cover.
        kernel: (2, 2) float64 covariance of the kernel, x and y, in square pixels.
        total: weight of the points in the extent; their number where they have no weights.
        points: number of points in the extent.
        missing: number of points left out because a coordinate is not a finite number.
        outside: number of points left out because they are not in the extent.
    """

    value: NDArray[np.float64]
    raw: NDArray[np.float64]
    extent: Extent
    kernel: NDArray[np.float64]
    total: float
    points: int
    missing: int
    outside: int

    @property
    def bandwidths(self) -> tuple[float, float]:
        """Standard deviations of the kernel along its axes in pixels, the longer one first."""
        narrow, wide = np.sqrt(np.linalg.eigvalsh(self.kernel)).tolist()
        return wide, narrow


class DensityEstimate:
    """Takes points batch by batch, in memory bounded by the raster, and estimates their density.

    Args:
        extent: rectangle to show. Points outside of it are ignored; points on its edges are in it.
        columns: number of square pixels across. The finest raster has one cell per pixel, up to a limit.
    """

    def __init__(self, extent: Extent, *, columns: int) -> None:
        self._extent = extent
        longer = columns * max(1.0, extent.height / extent.width)
        self._grid = _grid(extent, max(1, round(columns * min(1.0, _MOST_CELLS / longer))))
        self._binned = _raster(self._grid)
        # Sums of w, w x, w y, w x², w x y and w y², as the matrix Σ w (1, x, y)ᵀ(1, x, y); x and y are parts
        # of the extent from its centre, where their squares lose no digits.
        self._moments = np.zeros((3, 3))
        self._squared_weights = 0.0
        self._points = self._missing = self._outside = 0

    def add(self, points: NDArray[np.float64], weights: NDArray[np.float64] | None = None) -> None:
        """Take points.

        Args:
            points: (n, 2) float64 points x, y; NaN or infinite where not known.
            weights: (n,) float64 weight of each point, more than 0; None for 1 each.
        """
        extent, grid = self._extent, self._grid
        parts = (points - (extent.left, extent.top)) / (extent.width, extent.height)
        finite = np.isfinite(points).all(axis=1)
        inside = ((parts >= 0) & (parts <= 1)).all(axis=1)
        self._missing += int(np.count_nonzero(~finite))
        self._outside += int(np.count_nonzero(finite & ~inside))
        x, y = np.compress(inside, parts.T, axis=1)
        weight = np.ones(len(x)) if weights is None else weights[inside]
        self._points += len(x)

        terms = np.stack([np.ones(len(x)), x - 0.5, y - 0.5])
        self._moments += (terms * weight) @ terms.T
        self._squared_weights += float(weight @ weight)
        _share_out(self._binned, x * grid.columns, y * grid.rows, weight)

    def density(self, bandwidth: float | None = None) -> Density:
        """Estimate the density of the points taken so far.

        Args:
            bandwidth: standard deviation of a round kernel in pixels; None for Scott's rule, which in two
                dimensions is Silverman's too: covariance of the points * n ** (-1/3), where n is the number
                of points, or (Σ w)² / Σ w² for points of weight w. Where points do not spread along one
                direction, the kernel is as wide there as along the other; where they do not spread at all, a
                fortieth of the width. In no direction is it narrower than a cell of the finest raster.

        Returns:
            Density on cells as large as the kernel allows; 0 everywhere without points.
        """
        extent, fine, binned = self._extent, self._grid, self._binned
        kernel = self._kernel(bandwidth)
        narrowest = float(np.sqrt(np.linalg.eigvalsh(kernel)[0]))
        correction = np.square(_cell(extent, fine)) / 6
        grid = _grid(extent, min(fine.columns, int(np.ceil(_CELLS_PER_SIGMA * extent.width / narrowest))))
        if grid.columns < fine.columns:
            row, column = np.argwhere(binned).T.astype(np.float64)
            x = (column - 0.5) * (grid.columns / fine.columns)
            y = (row - 0.5) * (grid.rows / fine.rows)
            coarse = _raster(grid)
            _share_out(coarse, x, y, binned[binned != 0])
            binned, correction = coarse, correction + np.square(_cell(extent, grid)) / 6
        cell = _cell(extent, grid)
        return Density(
            value=_convolve(binned, kernel - np.diag(correction), cell),
            raw=binned[1:-1, 1:-1] / cell.prod(),
            extent=extent,
            kernel=kernel,
            total=float(self._moments[0, 0]),
            points=self._points,
            missing=self._missing,
            outside=self._outside,
        )

    def _kernel(self, bandwidth: float | None) -> NDArray[np.float64]:
        """Return the (2, 2) covariance of the kernel in square pixels."""
        cell = float(_cell(self._extent, self._grid).max())
        if bandwidth is not None:
            return np.eye(2) * max(bandwidth, cell) ** 2
        variances, axes = np.linalg.eigh(self._covariance())
        spreads = variances >= (_LEAST_SPREAD_CELLS * cell) ** 2
        total = self._moments[0, 0]
        factor = (total**2 / self._squared_weights) ** (-1 / 6) if total else 1.0
        widths = np.sqrt(np.maximum(variances, 0)) * factor
        if not spreads[1]:
            widths[:] = _WIDTH_WITHOUT_SPREAD * self._extent.width
        elif not spreads[0]:
            widths[0] = widths[1]
        kernel: NDArray[np.float64] = axes * np.square(np.maximum(widths, cell)) @ axes.T
        return kernel

    def _covariance(self) -> NDArray[np.float64]:
        """Return the unbiased (2, 2) covariance of the points in square pixels; zeros for fewer than two."""
        if self._points < 2:
            return np.zeros((2, 2))
        total = self._moments[0, 0]
        moments = self._moments / total
        scatter = moments[1:, 1:] - np.outer(moments[0, 1:], moments[0, 1:])
        size = np.array([self._extent.width, self._extent.height])
        freedom = 1 - self._squared_weights / total**2
        unbiased: NDArray[np.float64] = scatter / freedom * np.outer(size, size)
        return unbiased


def _grid(extent: Extent, columns: int) -> Grid:
    """Divide an extent into cells as square as whole numbers allow."""
    return Grid(columns, max(1, round(columns * extent.height / extent.width)))


def _cell(extent: Extent, grid: Grid) -> NDArray[np.float64]:
    """Return width and height of a cell in pixels."""
    return np.array([extent.width / grid.columns, extent.height / grid.rows])


def _raster(grid: Grid) -> NDArray[np.float64]:
    """Make an empty raster with a node at the centre of each cell, and a rim of nodes around them."""
    return np.zeros((grid.rows + 2, grid.columns + 2))


def _share_out(
    raster: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> None:
    """Add points to a raster in place, each shared between the four nodes around it: the nearer, the more.

    Args:
        raster: (rows + 2, columns + 2) raster, as from `_raster`.
        x: (n,) x of the points in cells, -0.5..columns + 0.5.
        y: (n,) y of the points in cells, -0.5..rows + 0.5.
        weights: (n,) weights of the points.
    """
    # A rim of nodes comes before the first cell, hence + 1. On its outer edge the next node has no share.
    column, row, part = four_cells(np.column_stack([x + 1, y + 1]))
    rows, columns = raster.shape
    nodes = np.minimum(row, rows - 1) * columns + np.minimum(column, columns - 1)
    np.add.at(raster.reshape(-1), nodes, part * weights)


def _convolve(
    binned: NDArray[np.float64], kernel: NDArray[np.float64], cell: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Convolve a raster with a Gaussian.

    Args:
        binned: (rows + 2, columns + 2) weights at the nodes of a raster, as from `_raster`.
        kernel: (2, 2) covariance of the Gaussian in square pixels.
        cell: (2,) width and height of a cell in pixels.

    Returns:
        (rows, columns) float64 weight per square pixel.
    """
    reach = np.ceil(_REACH_SIGMAS * np.sqrt(np.diag(kernel)) / cell)[::-1].tolist()
    # An FFT wraps around: with this much padding, what leaves at one edge does not come in at the other.
    shape = [_quick_length(n + int(min(n, far))) for n, far in zip(binned.shape, reach, strict=True)]
    y, x = (np.fft.fftfreq(n, 1 / n) * length for n, length in zip(shape, cell[::-1].tolist(), strict=True))
    inverse = np.linalg.inv(kernel)
    exponent = inverse[0, 0] * x**2 + inverse[1, 1] * (y**2)[:, None] + 2 * inverse[0, 1] * np.outer(y, x)
    gaussian = np.exp(-0.5 * exponent) / (2 * np.pi * np.sqrt(np.linalg.det(kernel)))
    spectrum = np.fft.rfft2(binned, shape) * np.fft.rfft2(gaussian)
    rows, columns = binned.shape
    # Rounding leaves values of either sign where there is nothing.
    value: NDArray[np.float64] = np.fft.irfft2(spectrum, shape)[1 : rows - 1, 1 : columns - 1].clip(0)
    return value


def _quick_length(n: int) -> int:
    """Return a length of at least n for which an FFT is quick: a small number times a power of two."""
    power = 1 << max(0, (n - 1).bit_length() - 4)
    return next(times * power for times in (8, 9, 10, 12, 15, 16) if times * power >= n)
