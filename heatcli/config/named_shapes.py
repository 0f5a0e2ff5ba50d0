"""The zones, regions and lines that a camera's configuration names, as shapes."""

from collections.abc import Mapping

from heatcli.config.camera import CameraConfig
from heatcli.config.places import ZoneConfig
from heatcli.shapes import Circle, CountingLine, Line, Polygon, Shape, Zone


def zones_of(configured: Mapping[str, ZoneConfig]) -> tuple[Zone, ...]:
    """Make the zones that a camera's configuration names; lines are left out."""
    zones = []
    for name, zone in configured.items():
        if zone.circle is not None:
            zones.append(Zone(name, Circle(*zone.circle)))
        elif zone.polygon is not None:
            zones.append(Zone(name, Polygon(zone.polygon)))
    return tuple(zones)


def lines_of(configured: Mapping[str, ZoneConfig]) -> tuple[CountingLine, ...]:
    """Make the lines that a camera's configuration names among its zones."""
    return tuple(
        CountingLine(name, Line(*zone.line)) for name, zone in configured.items() if zone.line is not None
    )


def areas_of(configured: CameraConfig) -> dict[str, Shape]:
    """Make the zones and regions that a camera's configuration names, by name; lines are left out."""
    zones: dict[str, Shape] = {zone.name: zone.shape for zone in zones_of(configured.zones)}
    return zones | {name: Polygon(corners) for name, corners in configured.regions.items()}
