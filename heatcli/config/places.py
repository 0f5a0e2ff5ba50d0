"""Places in a camera's picture, as `heatcli.toml` gives them: zones, corners, points of a floor plan.

Coordinates are fractions of the frame.
"""

import math
from collections.abc import Collection, Sequence
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, model_validator

from heatcli.config.bounds import FRACTION, LONGEST_STAY, PART, SECONDS
from heatcli.config.lens import LensConfig
from heatcli.config.mistakes import FieldError
from heatcli.config.settings import Settings
from heatcli.config.toml_lines import KeyPath
from heatcli.errors import did_you_mean
from heatcli.shapes import with_rectangles

Fraction01 = Annotated[float, Field(**FRACTION.limits)]
Point = tuple[Fraction01, Fraction01]


def _on_one_line(points: Sequence[tuple[float, float]]) -> bool:
    (x, y), *others = points
    sides = [(u - x, v - y) for u, v in others]
    across, down = max(sides, key=lambda side: math.hypot(*side))
    return all(abs(across * v - down * u) < 1e-12 for u, v in sides)


def _area(corners: tuple[Point, ...]) -> tuple[Point, ...]:
    """Complete a rectangle of which two corners are given; refuse corners that enclose no area."""
    corners = with_rectangles(corners)
    if _on_one_line(corners):
        raise ValueError("all its corners are on one line, so it has no area")
    crossing = _crossing_sides(corners)
    if crossing is not None:
        first, second = crossing
        raise ValueError(
            f"the side after corner {first} crosses the one after corner {second}; give the corners in the "
            "order in which they follow each other around it"
        )
    return corners


def _crossing_sides(corners: tuple[Point, ...]) -> tuple[int, int] | None:
    """Find two sides that cross, by the numbers of the corners at their begin; sides that touch do not."""
    begins = np.array(corners)
    ends = np.roll(begins, -1, axis=0)
    for number, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        apart = _turn(begin, end, begins) * _turn(begin, end, ends) < 0
        apart &= _turn(begins, ends, begin) * _turn(begins, ends, end) < 0
        if apart.any():
            return number + 1, int(apart.argmax()) + 1
    return None


def _turn(
    begin: NDArray[np.float64], end: NDArray[np.float64], point: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Tell on which side of lines points are, by the sign; less than rounding counts as on the line."""
    along, towards = end - begin, point - begin
    turn = along[..., 0] * towards[..., 1] - along[..., 1] * towards[..., 0]
    return np.where(np.abs(turn) < 1e-12, 0.0, turn)


Corners = Annotated[tuple[Point, ...], Field(min_length=2), AfterValidator(_area)]
"""Three or more corners of a polygon, or two opposite ones of a rectangle."""


def check_named(path: KeyPath, name: str, areas: Collection[str]) -> None:
    """Make sure that a key names one of some zones and regions.

    Args:
        path: path of the key.
        name: what it names.
        areas: names of the zones and regions.

    Raises:
        FieldError: none of them has this name.
    """
    if name not in areas:
        raise FieldError(path, f"no other zone is called {name!r}{did_you_mean(name, areas)}")


class ZoneConfig(Settings):
    """A named zone: one of a circle, a polygon or a line."""

    circle: tuple[Fraction01, Fraction01, Annotated[float, Field(**PART.limits)]] | None = None
    """Centre and radius; the radius is a fraction of the frame's width."""
    polygon: Corners | None = None
    line: tuple[Point, Point] | None = None
    """Its two ends. Seen from the first towards the second, people cross it from the left or the right."""
    kind: Literal["queue"] | None = None
    """`queue` where people stand in line."""
    service: str | Point | None = None
    """Place at which a queue is served: the name of a zone or region, or the point where the front is."""
    direction: tuple[Point, Point] | None = None
    """Arrow along which a queue moves up: a point at its tail and one at its front."""
    target_s: float | None = Field(None, **SECONDS.limits)
    """Longest wait in a queue that is not too long; None for any."""
    min_stay_s: float | None = Field(None, **SECONDS.limits)
    """Least stay of somebody who counts in a funnel, or as having stopped."""
    passing: str | None = None
    """Name of the zone around this one in which people come by."""

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        shapes = [key for key in ("circle", "polygon", "line") if getattr(self, key) is not None]
        if len(shapes) != 1:
            raise FieldError(tuple(shapes[1:2]), "a zone has exactly one of circle, polygon and line")
        if self.line is not None and self.line[0] == self.line[1]:
            raise FieldError(("line",), "a line needs two different ends")
        if self.kind is not None and self.line is not None:
            what = "a queue is a circle or a polygon; draw the place where people stand in line"
            raise FieldError(("kind",), what)
        for key in ("min_stay_s", "passing"):
            if self.line is not None and getattr(self, key) is not None:
                raise FieldError((key,), "is of a circle or a polygon; a line is only crossed")
        for key in ("service", "direction", "target_s"):
            if self.kind is None and getattr(self, key) is not None:
                raise FieldError((key,), 'is of a queue; add kind = "queue", or leave it out')
        if self.direction is not None and self.direction[0] == self.direction[1]:
            raise FieldError(("direction",), "needs two different points, at the tail and at the front")
        return self


class FunnelConfig(Settings):
    """Zones that people go through one after the other."""

    steps: tuple[str, ...] = Field(min_length=2)
    """Names of zones, in the order of the steps."""
    within_s: float | None = Field(None, **LONGEST_STAY.limits)
    """Longest time between two steps; None for any."""


class FloorPoint(Settings):
    """One place, in the camera's picture and on the floor plan."""

    image: Point
    plan: tuple[float, float]
    """Position on the plan, in pixels."""


class FloorConfig(Settings):
    """Where the camera's picture lies on a floor plan."""

    plan: str
    """Picture of the plan, relative to the configuration file."""
    metres_per_pixel: float = Field(gt=0, allow_inf_nan=False)
    """Width of a pixel of the plan, in metres."""
    points: tuple[FloorPoint, ...] = Field(min_length=4)
    """Places on the floor, far apart from each other."""
    lens: LensConfig | None = None
    """How the lens bends the picture; None for a picture in which straight lines are straight."""

    @model_validator(mode="after")
    def _spread(self) -> Self:
        for where in ("image", "plan"):
            if _on_one_line([getattr(point, where) for point in self.points]):
                what = f"all its points are on one line of the {where}; add some away from it"
                raise FieldError(("points",), what)
        return self
