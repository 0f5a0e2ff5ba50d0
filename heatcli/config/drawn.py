"""What was drawn onto a camera's picture, as a page sends it."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from heatcli.config.bounds import check_text
from heatcli.config.settings import Settings, checked

# Most of anything that a page sends: more than anybody draws.
_MOST = 10_000

Numbers = tuple[float, ...]
Corners = Annotated[tuple[Numbers, ...], Field(max_length=_MOST)]
Name = Annotated[str, checked(check_text)]


class DrawnShape(Settings):
    """A shape with its name. Whether it can be used, the configuration says that it becomes part of."""

    name: Name
    was: str | None = None
    """Name in the configuration that the page was made of; None for a new one."""
    circle: Numbers | None = None
    polygon: Corners | None = None
    line: Corners | None = None
    keys: dict[str, Any] = Field(default_factory=dict)
    """Other keys of a zone. Those of one that the configuration has stay as they are there."""

    @property
    def shape(self) -> tuple[str, list[Any]]:
        """Key of the shape in a zone, and its value."""
        (found,) = (
            (key, [list(one) if isinstance(one, tuple) else one for one in value])
            for key, value in (("circle", self.circle), ("polygon", self.polygon), ("line", self.line))
            if value is not None
        )
        return found

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if sum(shape is not None for shape in (self.circle, self.polygon, self.line)) != 1:
            raise ValueError(f"{self.name!r} has not exactly one of circle, polygon and line")
        return self


class DrawnPoint(Settings):
    """One place, in the camera's picture and on the floor plan."""

    image: Numbers
    plan: Numbers


class DrawnFloor(Settings):
    """Where the camera's picture lies on a floor plan."""

    plan: Name
    metres_per_pixel: float
    points: Annotated[tuple[DrawnPoint, ...], Field(max_length=_MOST)]
    keys: dict[str, Any] = Field(default_factory=dict)
    """Other keys, such as `lens`. Those of a floor that the configuration has stay as they are there."""


Shapes = Annotated[tuple[DrawnShape, ...], Field(max_length=_MOST)]
Names = Annotated[tuple[Name, ...], Field(max_length=_MOST)]


class Drawn(Settings):
    """All that is drawn onto the picture of a camera."""

    zones: Shapes = ()
    """Circles, polygons and lines."""
    regions: Shapes = ()
    masks: Shapes = ()
    area: Names = ()
    staff_zones: Names = ()
    floor: DrawnFloor | None = None

    @property
    def renamed(self) -> dict[str, str]:
        """New names of zones and regions by those in the configuration."""
        both = (*self.zones, *self.regions)
        return {one.was: one.name for one in both if one.was is not None and one.was != one.name}

    @model_validator(mode="after")
    def _each_name_once(self) -> Self:
        for shapes in ((*self.zones, *self.regions), self.masks):
            names = [one.name for one in shapes]
            for name in names:
                if names.count(name) > 1:
                    raise ValueError(f"{name!r} is there twice; give one of them another name")
        return self
