"""Which of many points are in a shape, without looking at all of them."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from heatcli.shapes import Circle, Shape, contains

# Squares along each side of the frame: a zone such as a till covers a few of them.
_SIDE = 64

# Fraction of the frame: more than rounding can move a point.
_ROUNDING = 1e-9

# Fewest shapes for which points are sorted: sorting takes as long as testing all points for so many shapes.
_WORTH_SORTING = 4


def points_inside(
    shapes: Sequence[Shape], points: NDArray[np.float64], *, size: NDArray[np.int32], sample_aspect: float
) -> Iterator[NDArray[np.intp]]:
    """Yield for each shape the indices of the points that are in it, ascending.

    Args:
        shapes: circles and polygons, in fractions of the frame.
        points: (n, 2) points x, y in stored pixels, within the frame.
        size: (n, 2) width and height in stored pixels of the frame that each point is in.
        sample_aspect: width of a pixel divided by its height.
    """
    if len(shapes) < _WORTH_SORTING:
        for shape in shapes:
            yield np.flatnonzero(contains(shape, points, size=size, sample_aspect=sample_aspect))
        return
    index = PointIndex(points, size=size, sample_aspect=sample_aspect)
    yield from map(index.inside, shapes)


class PointIndex:
    """Points sorted by the square of the frame that they are in, so that a shape tests only those near it."""

    def __init__(self, points: NDArray[np.float64], *, size: NDArray[np.int32], sample_aspect: float) -> None:
        """Sort points; the arguments are those of `points_inside`."""
        self._points, self._size, self._sample_aspect = points, size, sample_aspect
        column, row = np.minimum(points * (_SIDE / size), _SIDE - 1).astype(np.uint16).T
        square = row * _SIDE + column
        # Sorting short numbers is one pass over them.
        self._order = np.argsort(square, kind="stable")
        counts = np.bincount(square, minlength=_SIDE**2)
        ends = np.cumsum(counts)
        self._begins, self._ends = ((ends - counts).reshape(_SIDE, _SIDE), ends.reshape(_SIDE, _SIDE))
        self._widest = float((size[:, 0] / size[:, 1]).max(initial=0.0)) * sample_aspect

    def inside(self, shape: Shape) -> NDArray[np.intp]:
        """(k,) indices of the points that are in a shape, ascending."""
        left, top, right, bottom = self._reach(shape)
        lines = slice(top, bottom + 1)
        spans = list(zip(self._begins[lines, left].tolist(), self._ends[lines, right].tolist(), strict=True))
        # Where most points are near the shape, putting them in order again costs more than it saves.
        if 2 * sum(end - begin for begin, end in spans) > len(self._points):
            return np.flatnonzero(self._contains(shape, slice(None)))
        near = np.concatenate([self._order[begin:end] for begin, end in spans])
        near.sort()
        return near[self._contains(shape, near)]

    def _contains(self, shape: Shape, which: NDArray[np.intp] | slice) -> NDArray[np.bool_]:
        size = self._size[which]
        return contains(shape, self._points[which], size=size, sample_aspect=self._sample_aspect)

    def _reach(self, shape: Shape) -> tuple[int, int, int, int]:
        """Return the first and the last columns and rows of squares that a shape can have a point in."""
        if isinstance(shape, Circle):
            reach = np.array([shape.radius, shape.radius * self._widest])
            low, high = (np.array([shape.x, shape.y]) + side * reach for side in (-1, 1))
        else:
            low, high = np.min(shape.corners, axis=0), np.max(shape.corners, axis=0)
        ends = np.floor(np.array([low - _ROUNDING, high + _ROUNDING]) * _SIDE)
        (left, top), (right, bottom) = np.clip(ends, 0, _SIDE - 1).astype(np.intp).tolist()
        return left, top, right, bottom
