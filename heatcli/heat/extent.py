"""The rectangle that a map of points shows."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

# Standard deviations of the kernel that a map of all points goes on beyond them, on each side: the kernel of
# the outermost point then loses a thousandth there.
_MARGIN_SIGMAS = 3.0
# Least margin around points that are apart, as a fraction of their coordinates: what float64 still divides.
_LEAST_EXTENT = 1e-10


@dataclass(frozen=True, slots=True)
class Extent:
    """The rectangle that a map shows, in pixels, or in whatever unit the points are in; y points down.

    Attributes:
        left: smallest x of the rectangle.
        top: smallest y of the rectangle.
        width: width of the rectangle, more than 0.
        height: height of the rectangle, more than 0.
    """

    left: float
    top: float
    width: float
    height: float


class ExtentOfPoints:
    """Finds the rectangle that holds all points and their kernels, batch by batch."""

    def __init__(self) -> None:
        self._least = np.full(2, np.inf)
        self._most = np.full(2, -np.inf)
        self._count = 0
        # Mean, and sum of squared distances from it, which batches are added to without losing digits
        # (Chan, Golub and LeVeque 1983, doi:10.1080/00031305.1983.10483115).
        self._mean, self._scatter = np.zeros(2), np.zeros(2)

    def add(self, points: NDArray[np.float64]) -> Self:
        """Take points, (n, 2) x and y; points that are not finite are ignored."""
        finite = points[np.isfinite(points).all(axis=1)]
        self._least = np.minimum(self._least, finite.min(axis=0, initial=np.inf))
        self._most = np.maximum(self._most, finite.max(axis=0, initial=-np.inf))
        if len(finite):
            mean, total = finite.mean(axis=0), self._count + len(finite)
            between = np.square(mean - self._mean) * (self._count * len(finite) / total)
            self._scatter += np.square(finite - mean).sum(axis=0) + between
            self._mean += (mean - self._mean) * (len(finite) / total)
            self._count = total
        return self

    def result(self, bandwidth: float | None = None) -> Extent | None:
        """Return the rectangle; None where all points are in one place, or there are none.

        Args:
            bandwidth: standard deviation of the kernel in units of the points; None for Scott's rule.
        """
        farthest = max(1.0, float(np.abs([self._least, self._most]).max()))
        if not _LEAST_EXTENT * farthest < float((self._most - self._least).max()) < np.inf:
            return None
        sigma = np.sqrt(self._scatter / (self._count - 1)) * self._count ** (-1 / 6)
        if bandwidth is not None:
            sigma[:] = bandwidth
        # Where points do not spread along one direction, the kernel is as wide there as along the other.
        margin = _MARGIN_SIGMAS * np.where(sigma > _LEAST_EXTENT * farthest, sigma, sigma.max())
        left, top = (self._least - margin).tolist()
        width, height = (self._most - self._least + 2 * margin).tolist()
        return Extent(left, top, width, height)
