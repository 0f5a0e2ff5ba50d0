"""Places in a camera's picture, as `heatcli.toml` gives them: zones, corners, points of a floor plan.

Coordinates are fractions of the frame.
"""

import math
from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from heatcli.config.bounds import FRACTION, PART
from heatcli.config.settings import Settings
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
    return corners


Corners = Annotated[tuple[Point, ...], Field(min_length=2), AfterValidator(_area)]
"""Three or more corners of a polygon, or two opposite ones of a rectangle."""


class ZoneConfig(Settings):
    """A named zone: one of a circle, a polygon or a line."""

    circle: tuple[Fraction01, Fraction01, Annotated[float, Field(**PART.limits)]] | None = None
    """Centre and radius; the radius is a fraction of the frame's width."""
    polygon: Corners | None = None
    line: tuple[Point, Point] | None = None
    """Its two ends. Seen from the first towards the second, people cross it from the left or the right."""

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if sum(shape is not None for shape in (self.circle, self.polygon, self.line)) != 1:
            raise ValueError("a zone has exactly one of circle, polygon and line")
        if self.line is not None and self.line[0] == self.line[1]:
            raise ValueError("a line needs two different ends")
        return self


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

    @model_validator(mode="after")
    def _spread(self) -> Self:
        for where in ("image", "plan"):
            if _on_one_line([getattr(point, where) for point in self.points]):
                raise ValueError(f"all its points are on one line of the {where}; add some away from it")
        return self
