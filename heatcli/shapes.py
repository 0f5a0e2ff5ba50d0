"""The shapes of zones and lines, and which points are in them. Coordinates are fractions of the frame."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from heatcli.errors import UsageError

# The last float64 before 1: the coordinate in polygons of a point on the frame's right or bottom border.
_JUST_BELOW_1 = math.nextafter(1.0, 0.0)

# Fraction of the frame: more than rounding can move an edge, far less than anybody can point at.
_ROUNDING = 1e-9

# Corners that make a circle look round at any size of picture.
_CIRCLE_CORNERS = 180


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle, round in square pixels; its rim belongs to it.

    Attributes:
        x: x of the centre, as a fraction of the frame's width.
        y: y of the centre, as a fraction of the frame's height.
        radius: radius as a fraction of the frame's width.

    Raises:
        ValueError: the radius is not positive.
    """

    x: float
    y: float
    radius: float

    def __post_init__(self) -> None:
        if not 0 < self.radius < math.inf:
            raise ValueError(f"a radius must be positive, got {self.radius:g}")


@dataclass(frozen=True, slots=True)
class Polygon:
    """The inside of a closed line, by the even-odd rule.

    Left and top edges belong to it, right and bottom ones do not, so that polygons which partition the frame
    count every point once. A point on the frame's own right or bottom border counts as just inside of it, as
    it belongs to the last cell of a heat map's grid.

    Attributes:
        corners: three or more corners (x, y), as fractions of the frame; the last is joined to the first.

    Raises:
        ValueError: fewer than three corners, or all of them on one line.
    """

    corners: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if len(self.corners) < 3:
            raise ValueError(f"a polygon needs at least three corners, got {len(self.corners)}")
        if np.linalg.matrix_rank(np.array(self.corners) - self.corners[0], tol=1e-12) < 2:
            raise ValueError("a polygon must have an area, but all its corners are on one line")


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line from `start` to `end`, each (x, y) as fractions of the frame.

    Raises:
        ValueError: the line has no length.
    """

    start: tuple[float, float]
    end: tuple[float, float]

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("a line must end elsewhere than it starts")


Shape = Circle | Polygon


@dataclass(frozen=True, slots=True)
class Zone:
    """A shape in the frame with a name.

    Attributes:
        name: name of the zone.
        shape: outline of the zone.
        peak: x and y of the hottest point of a hottest place, as fractions of the frame; None for other
            zones.
        min_stay_s: least stay in seconds of somebody who counts in a funnel, or as having stopped; None where
            nothing is said.
        passing: name of the zone around it in which people come by; None where there is none.
    """

    name: str
    shape: Shape
    peak: tuple[float, float] | None = None
    min_stay_s: float | None = None
    passing: str | None = None


def outline_of(shape: Shape | Line, aspect: float) -> list[tuple[float, float]]:
    """Return the corners of a shape's outline, or the ends of a line, in fractions of the frame.

    Args:
        shape: circle, polygon or line.
        aspect: width of the frame divided by its height, as it is shown; gives a circle its shape.
    """
    if isinstance(shape, Line):
        return [shape.start, shape.end]
    if isinstance(shape, Polygon):
        return list(shape.corners)
    turns = (2 * math.pi * corner / _CIRCLE_CORNERS for corner in range(_CIRCLE_CORNERS))
    return [
        (shape.x + shape.radius * math.cos(turn), shape.y + shape.radius * aspect * math.sin(turn))
        for turn in turns
    ]


def contains(
    shape: Shape,
    points: NDArray[np.float64],
    *,
    size: NDArray[np.int32] | tuple[int, int],
    sample_aspect: float,
) -> NDArray[np.bool_]:
    """Find the points that are in a shape.

    Args:
        shape: circle or polygon, in fractions of the frame.
        points: (n, 2) points x, y in stored pixels, within the frame: `heatcli.geometry.tracking_points`.
        size: (n, 2) width and height in stored pixels of the frame that each point is in; or one width and
            height for all points.
        sample_aspect: width of a pixel divided by its height.

    Returns:
        (n,) bool, true for points in the shape.
    """
    width, height = np.broadcast_to(size, points.shape).T
    x, y = points.T
    if isinstance(shape, Circle):
        # In pixels, where the decimals of the usual fractions come out as whole numbers.
        across, down = (x - shape.x * width) * sample_aspect, y - shape.y * height
        within: NDArray[np.bool_] = across**2 + down**2 <= (shape.radius * width * sample_aspect) ** 2
        return within
    return _inside(shape.corners, np.minimum(x / width, _JUST_BELOW_1), np.minimum(y / height, _JUST_BELOW_1))


def _inside(
    corners: Sequence[tuple[float, float]], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Find the points with an odd number of edges to their left, edges through the point itself included.

    An edge spans the heights from its upper end to just before its lower end. It is always followed from its
    upper end, so that two polygons which share it agree to the last bit on where it is.
    """
    inside = np.zeros(len(x), dtype=np.bool_)
    left, top = np.min(corners, axis=0)
    right, bottom = np.max(corners, axis=0)
    near = np.flatnonzero((x > left - _ROUNDING) & (x < right + _ROUNDING) & (y >= top) & (y < bottom))
    x, y = x[near], y[near]
    odd = np.zeros(len(near), dtype=np.bool_)
    for ends in pairwise([*corners, corners[0]]):
        (x1, y1), (x2, y2) = sorted(ends, key=lambda corner: corner[1])
        if y1 < y2:
            odd ^= (y1 <= y) & (y < y2) & (x1 + (y - y1) * ((x2 - x1) / (y2 - y1)) <= x)
    inside[near] = odd
    return inside


def circle_of(text: str) -> Circle:
    """Read a circle, `X,Y,R`.

    Raises:
        UsageError: the text is no circle.
    """
    numbers = _fractions(text, "a circle is X,Y,R")
    if len(numbers) != 3:
        raise UsageError(f"{text!r}: a circle is X,Y,R, three numbers, got {len(numbers)}")
    try:
        return Circle(*numbers)
    except ValueError as error:
        raise UsageError(f"{text!r}: {error}") from error


def polygon_of(text: str) -> Polygon:
    """Read a polygon, `X,Y,X,Y,...`; two corners are those of a rectangle.

    Raises:
        UsageError: the text is no polygon.
    """
    numbers = _fractions(text, "a polygon is X,Y,X,Y,...")
    if len(numbers) % 2:
        raise UsageError(f"{text!r}: a polygon is X,Y,X,Y,..., an even number of numbers, got {len(numbers)}")
    try:
        return Polygon(with_rectangles(tuple(zip(numbers[::2], numbers[1::2], strict=True))))
    except ValueError as error:
        raise UsageError(f"{text!r}: {error}") from error


def with_rectangles(corners: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """Return corners as they are; for two opposite ones of a rectangle, all four of it."""
    if len(corners) != 2:
        return corners
    (x1, y1), (x2, y2) = corners
    return ((x1, y1), (x2, y1), (x2, y2), (x1, y2))


def _fractions(text: str, form: str) -> list[float]:
    """Read numbers between 0 and 1."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise UsageError(f"{text!r}: {form}, numbers with commas between them") from error
    for number in numbers:
        if not 0 <= number <= 1:
            raise UsageError(
                f"{text!r}: {number:g} is not a fraction of the frame, from 0 to 1; divide pixels by the "
                "frame's width (x and a radius) or height (y)"
            )
    return numbers


@dataclass(frozen=True, slots=True)
class Queue:
    """A zone in which people stand in line.

    Attributes:
        zone: zone of the line.
        service: place at which people are served: a shape, or x and y of the point where the front is; None
            where it is not known.
        direction: arrow along which people move up, from the tail to the front; None where it is not known.
        target_s: wait in seconds beyond which somebody has waited too long; None for none.
        elsewhere: shapes in which nobody stands in this line: other queues and their service places.
        staff: shapes in which only staff begin and stay.
    """

    zone: Zone
    service: Shape | tuple[float, float] | None = None
    direction: Line | None = None
    target_s: float | None = None
    elsewhere: tuple[Shape, ...] = ()
    staff: tuple[Shape, ...] = ()


@dataclass(frozen=True, slots=True)
class Funnel:
    """Steps that people take one after the other.

    Attributes:
        name: name of the funnel.
        steps: names of the zones, at least two, in the order of the steps.
        within_s: longest time from the end of a stay in one step to the beginning of that in the next, in
            seconds; None for any time.
    """

    name: str
    steps: tuple[str, ...]
    within_s: float | None = None


@dataclass(frozen=True, slots=True)
class CountingLine:
    """A line with a name."""

    name: str
    line: Line
