"""Kernel density: how thick points are at each place, smoothed as their own spread asks for.

The estimate is that of `scipy.stats.gaussian_kde`: a Gaussian around each point whose covariance is that of
all points, correlation included, times the square of a factor. It is not summed point by point, which takes
as many steps as there are points times cells: points are shared out among the nodes of a raster around them
(linear binning) and the raster is convolved with the kernel by FFT (Wand 1994, "Fast computation of
multivariate kernel estimators", doi:10.1080/10618600.1994.10474656). A point that is shared out spreads by a
variance of a sixth of a cell squared, on average; the kernel is made narrower by that.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.bilinear import four_cells
from heatcli.heat.grid import Grid

# A Gaussian is as good as 0 so many standard deviations out: 4e-6 of its peak.
_REACH_SIGMAS = 5.0
# Cells to the narrowest standard deviation of the kernel: straight lines from cell to cell then stay within a
# hundredth of even a lone point's peak, (1/4)²/8 of it.
_CELLS_PER_SIGMA = 4
# The finest raster has at most so many on its longer side, for the sake of memory: 100 MB in all.
_MOST_CELLS = 2048
# Points spread less than those of a single cell do, evenly filled, have no spread that a cell could show.
_LEAST_SPREAD_CELLS = 12**-0.5
# Points without any spread do not say how wide a kernel should be. It is then this part of the width: that of
# the default smoothing of heat maps, 4.1 of 160 cells.
_WIDTH_WITHOUT_SPREAD = 1 / 40
# What a file of points covers is drawn with so much of its longer side around it.
_MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class Extent:
    """The rectangle that a map shows, in pixels, or in whatever unit the points are in; y points down.

    Attributes:
        left: smallest x.
        top: smallest y.
        width: more than 0.
        height: more than 0.
    """

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """A kernel density over a raster of equal cells.

    Attributes:
        value: (rows, columns) float64, at the centre of each cell: what the points weigh per square pixel.
            Its integral over the plane is `total`; divided by `total` it is a probability density.
        raw: (rows, columns) float64 the same before the kernel: each point counts in the cells nearest to it.
        extent: what the cells cover.
        kernel: (2, 2) float64 covariance of the kernel, x and y, in square pixels.
        total: what the points in the extent weigh; their number where they have no weights.
        points: how many there are in the extent.
        missing: points left out because a coordinate is not a finite number.
        outside: points left out because they are not in the extent.
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


class ExtentOfPoints:
    """Finds the rectangle that holds all points, batch by batch."""

    def __init__(self) -> None:
        self._least = np.full(2, np.inf)
        self._most = np.full(2, -np.inf)

    def add(self, points: NDArray[np.float64]) -> Self:
        """Take points, (n, 2) x and y; those that are not finite count for nothing."""
        finite = points[np.isfinite(points).all(axis=1)]
        self._least = np.minimum(self._least, finite.min(axis=0, initial=np.inf))
        self._most = np.maximum(self._most, finite.max(axis=0, initial=-np.inf))
        return self

    def result(self) -> Extent | None:
        """Return the rectangle with a margin; None where all points are in one place, or there are none."""
        size = self._most - self._least
        margin = _MARGIN * float(size.max())
        if not 0 < margin < np.inf:
            return None
        left, top = (self._least - margin).tolist()
        width, height = (size + 2 * margin).tolist()
        return Extent(left, top, width, height)


class DensityEstimate:
    """Takes points batch by batch, in memory bounded by the raster, and estimates their density.

    Args:
        extent: what to show. Points outside of it count for nothing; those on its edges are in it.
        columns: pixels across, which are square. The finest raster has a cell for each, up to a limit.
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
            points: (n, 2) float64 x, y; NaN or infinite where not known.
            weights: (n,) float64, more than 0, what each counts for; None: 1 each.
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
                dimensions is Silverman's too: the covariance of the points times n ** (-1/3), where of
                weighted points n is (Σ w)² / Σ w². Where points do not spread along one direction, the
                kernel is as wide there as along the other, and where they do not spread at all, a fortieth
                of the width. In no direction is it narrower than a cell of the finest raster.

        Returns:
            The density; 0 everywhere without points. Its cells are as large as the kernel lets them be.
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
        """Return the unbiased (2, 2) covariance of the points in square pixels; zeros of fewer than two."""
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
    """Add points to a raster in place, each to the four nodes around it, the more the nearer they are.

    Args:
        raster: (rows + 2, columns + 2), as from `_raster`.
        x: (n,) across in cells, -0.5..columns + 0.5.
        y: (n,) down in cells, -0.5..rows + 0.5.
        weights: (n,)
    """
    # The rim's nodes come before the first cell's; on the outer edge of the rim the next node has no share.
    column, row, part = four_cells(np.column_stack([x + 1, y + 1]))
    rows, columns = raster.shape
    nodes = np.minimum(row, rows - 1) * columns + np.minimum(column, columns - 1)
    np.add.at(raster.reshape(-1), nodes, part * weights)


def _convolve(
    binned: NDArray[np.float64], kernel: NDArray[np.float64], cell: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Put a Gaussian in the place of each node.

    Args:
        binned: (rows + 2, columns + 2) weights, as from `_raster`.
        kernel: (2, 2) covariance of the Gaussian in square pixels.
        cell: (2,) width and height of a cell in pixels.

    Returns:
        (rows, columns) float64 weight per square pixel.
    """
    reach = np.ceil(_REACH_SIGMAS * np.sqrt(np.diag(kernel)) / cell).astype(int)[::-1].tolist()
    # An FFT wraps around: with so much room, what reaches over an edge does not come in at the other.
    shape = [_quick_length(n + min(n, far)) for n, far in zip(binned.shape, reach, strict=True)]
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
    """Return a length of at least n that an FFT is quick at: a small number times a power of two."""
    power = 1 << max(0, (n - 1).bit_length() - 4)
    return next(times * power for times in (8, 9, 10, 12, 15, 16) if times * power >= n)
