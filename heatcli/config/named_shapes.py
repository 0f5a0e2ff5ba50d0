"""The zones, regions and lines that a camera's configuration names, as shapes."""

from collections.abc import Mapping

from heatcli.config.camera import CameraConfig
from heatcli.config.places import ZoneConfig
from heatcli.shapes import Circle, CountingLine, Funnel, Line, Polygon, Queue, Shape, Zone

# Zone in which only staff are first seen, where the configuration does not name the staff zones.
_STAFF = "staff"


def zones_of(configured: Mapping[str, ZoneConfig]) -> tuple[Zone, ...]:
    """Make the zones that a camera's configuration names; lines are left out."""
    zones: list[Zone] = []
    for name, zone in configured.items():
        shape: Shape | None = None if zone.circle is None else Circle(*zone.circle)
        if zone.polygon is not None:
            shape = Polygon(zone.polygon)
        if shape is not None:
            zones.append(Zone(name, shape, min_stay_s=zone.min_stay_s, passing=zone.passing))
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


def shapes_of(configured: CameraConfig) -> dict[str, Zone | CountingLine]:
    """Make all that a camera's configuration names, by name: regions, zones and lines."""
    known: dict[str, Zone | CountingLine] = {
        name: Zone(name, shape) for name, shape in areas_of(configured).items()
    }
    known.update((zone.name, zone) for zone in zones_of(configured.zones))
    known.update((line.name, line) for line in lines_of(configured.zones))
    return known


def staff_areas(configured: CameraConfig) -> tuple[Shape, ...]:
    """Make the zones and regions in which only staff begin and stay."""
    named = configured.staff_zones or (_STAFF,)
    return tuple(shape for name, shape in areas_of(configured).items() if name in named)


def queues_of(configured: CameraConfig) -> tuple[Queue, ...]:
    """Make the queues that a camera's configuration names."""
    areas = areas_of(configured)
    lines = {name: zone for name, zone in configured.zones.items() if zone.kind == "queue"}
    places = {
        name: areas[line.service] if isinstance(line.service, str) else line.service
        for name, line in lines.items()
    }
    # The two places of each queue, as far as they are shapes.
    own = {
        name: [areas[name], *([place] if isinstance(place, Circle | Polygon) else [])]
        for name, place in places.items()
    }
    return tuple(
        Queue(
            Zone(name, areas[name]),
            service=places[name],
            direction=None if line.direction is None else Line(*line.direction),
            target_s=line.target_s,
            elsewhere=tuple(shape for other, shapes in own.items() if other != name for shape in shapes),
            staff=staff_areas(configured),
        )
        for name, line in lines.items()
    )


def funnels_of(configured: CameraConfig) -> tuple[Funnel, ...]:
    """Make the funnels that a camera's configuration names."""
    return tuple(Funnel(name, one.steps, one.within_s) for name, one in configured.funnels.items())
