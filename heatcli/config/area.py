"""What `heatcli.toml` says of a room: its doors, and when nobody is in it."""

from collections.abc import Mapping
from datetime import time
from typing import Annotated

from pydantic import BeforeValidator, Field

from heatcli.config.bounds import COUNT
from heatcli.config.camera import CameraConfig
from heatcli.config.settings import IN_LIST, Settings, checked
from heatcli.errors import UsageError, did_you_mean
from heatcli.names import Direction


def time_of_day(text: str) -> time:
    """Read a time of day, `03:00`.

    Raises:
        UsageError: the text is no time of day.
    """
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise UsageError(f"{text!r} is no time of day; write it as 03:00") from error


def _door(value: object) -> object:
    """Make a door of the name of its line."""
    return {"line": value} if isinstance(value, str) else value


class DoorConfig(Settings):
    """A door of a room: a counting line."""

    line: str
    """Camera and line, `north.door`."""
    inward: Direction = Direction.LEFT_TO_RIGHT
    """Direction in which people come in, as seen from the line's first end towards its second."""
    missed: float | None = Field(None, ge=0, le=0.4)
    """Share of the people passing whom this camera does not count; None where nobody has counted."""


_NAMED_DOOR = BeforeValidator(_door, json_schema_input_type=str | DoorConfig)


class AreaConfig(Settings):
    """A room whose doors cameras watch."""

    doors: Annotated[tuple[Annotated[DoorConfig, _NAMED_DOOR], ...], Field(min_length=1)]
    inside: Annotated[tuple[str, ...], IN_LIST] = ()
    """Zones and regions that show the inside of the room, `hall.floor`; no two of them the same place."""
    capacity: int | None = Field(None, **COUNT.limits)
    """Number of people that the room is for."""
    empty_at: Annotated[tuple[Annotated[str, checked(time_of_day)], ...], IN_LIST] = ()
    """Local times at which nobody is in the room."""


def cameras_of(area: AreaConfig, cameras: Mapping[str, CameraConfig]) -> set[str]:
    """Return the cameras that see the doors of a room or its inside, by name."""
    doors = {place_of(door.line, cameras, line=True)[0] for door in area.doors}
    return doors | {place_of(name, cameras, line=False)[0] for name in area.inside}


def place_of(name: str, cameras: Mapping[str, CameraConfig], *, line: bool) -> tuple[str, str]:
    """Find the camera and the zone that `camera.zone` names; both may have dots in their names.

    Args:
        name: what is looked for.
        cameras: configured cameras.
        line: whether a line is looked for, and not a zone or region.

    Returns:
        Names of the camera and of the zone, region or line.

    Raises:
        ValueError: nothing is called so.
    """
    known = {
        f"{camera}.{zone}": (camera, zone)
        for camera, configured in cameras.items()
        for zone in (*configured.zones, *(() if line else configured.regions))
        if (zone in configured.zones and configured.zones[zone].line is not None) == line
    }
    if name not in known:
        kind = "line" if line else "zone"
        raise ValueError(
            f"no {kind} is called {name!r}; write CAMERA.{kind.upper()}{did_you_mean(name, known)}"
        )
    return known[name]
