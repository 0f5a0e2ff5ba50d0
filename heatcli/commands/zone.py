"""The work behind `heatcli zone`: from a selection and zones to their figures."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from heatcli.answers.map_places import hottest
from heatcli.answers.zone_report import ZoneReading, ZoneReport
from heatcli.config.camera import CameraConfig
from heatcli.config.models import Config
from heatcli.config.named_shapes import areas_of, lines_of, zones_of
from heatcli.errors import UsageError, unknown
from heatcli.names import By
from heatcli.select.one_pass import OnePass
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.shapes import CountingLine, Shape, Zone, circle_of, polygon_of
from heatcli.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneQuery:
    """The zones that are asked for. An empty query asks for all zones and lines configured for a camera.

    Attributes:
        names: names of configured zones, lines and regions; those that a camera does not have are left out
            for it.
        circles: circles, `X,Y,R` each; they are named `circle-1`, `circle-2`, ….
        polygons: polygons, `X,Y,X,Y,...` each; they are named `polygon-1`, `polygon-2`, ….
        top: number of hottest places of the map to find; they are named `hot-1`, `hot-2`, ….
    """

    names: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    polygons: tuple[str, ...] = ()
    top: int = 0


def zone_report(
    *,
    store: Store,
    selection: Selection,
    query: ZoneQuery,
    by: By | None = None,
    evidence: bool = False,
    config: Config | None = None,
) -> list[ZoneReport]:
    """Compute the figures of zones and lines for each selected camera.

    Args:
        store: heat store to read from.
        selection: selection of cameras, time and people.
        query: zones that are asked for.
        by: buckets that the period is divided into; None for none.
        evidence: whether the report tells which trajectories are behind each stay.
        config: configuration (`heatcli.toml`), for the named zones and who counts; None for the defaults.

    Returns:
        Reports of the cameras, sorted by name.

    Raises:
        UsageError: the store holds no clips, the selection is invalid, no camera has a zone of that name (the
            nearest names are given), no zone is configured and none given, or two zones have one name.
        StoreError: the store cannot be read.
    """
    config = config or Config()
    drawn = _drawn(query)
    cameras = selected_cameras(store, selection, config)
    settings = {camera.name: config.camera(camera.name) for camera in cameras}
    named = _named(query, settings)
    reports = []
    for camera in cameras:
        zones = (*named[camera.name], *drawn, *(hottest(camera, query.top) if query.top else ()))
        twice = [name for name, count in Counter(zone.name for zone in zones).items() if count > 1]
        if twice:
            raise UsageError(f"two zones are called {twice[0]!r}; ask for each once")
        reading = OnePass(camera)
        figures = ZoneReading(reading, camera, zones, by, evidence=evidence)
        reading.run()
        reports.append(figures.report())
    return reports


def _drawn(query: ZoneQuery) -> tuple[Zone, ...]:
    """Return the zones that the query gives by coordinates."""
    drawn: list[Zone] = []
    kinds: tuple[tuple[str, tuple[str, ...], Callable[[str], Shape]], ...] = (
        ("circle", query.circles, circle_of),
        ("polygon", query.polygons, polygon_of),
    )
    for kind, texts, read in kinds:
        drawn += [Zone(f"{kind}-{place}", read(text)) for place, text in enumerate(texts, start=1)]
    return tuple(drawn)


def _named(
    query: ZoneQuery, settings: Mapping[str, CameraConfig]
) -> dict[str, tuple[Zone | CountingLine, ...]]:
    """Return the configured zones and lines that the query names, for each camera; all if it is empty.

    Raises:
        UsageError: no camera has a zone of that name; or all are asked for, and none is configured.
    """
    own: dict[str, tuple[Zone | CountingLine, ...]] = {
        camera: (*zones_of(configured.zones), *lines_of(configured.zones))
        for camera, configured in settings.items()
    }
    where = f"camera {next(iter(settings))!r}" if len(settings) == 1 else "the selected cameras"
    if query == ZoneQuery():
        if settings and not any(own.values()):
            raise UsageError(
                f"no zones are configured for {where}: give --circle X,Y,R, --polygon X,Y,X,Y,..., --top N, "
                "or name some in heatcli.toml under [cameras.NAME.zones]"
            )
        return own
    areas = {
        camera: {
            **{zone.name: zone for zone in own[camera]},
            **{name: Zone(name, shape) for name, shape in areas_of(configured).items()},
        }
        for camera, configured in settings.items()
    }
    known = {name for zones in areas.values() for name in zones}
    for name in query.names:
        if name not in known:
            raise unknown(name, known, kind="zone", where=where)
    return {
        camera: tuple(zones[name] for name in query.names if name in zones) for camera, zones in areas.items()
    }
