"""The work behind `heatcli zone`: from a selection and zones to their figures."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from heatcli.answers.flow_report import FlowReading
from heatcli.answers.map_places import hottest
from heatcli.answers.zone_report import ZoneReading, ZoneReport, tell_unreachable
from heatcli.config.calibration import calibration_of
from heatcli.config.camera import CameraConfig
from heatcli.config.models import Config
from heatcli.config.named_shapes import funnels_of, lines_of, queues_of, shapes_of, zones_of
from heatcli.errors import UsageError, did_you_mean, unknown
from heatcli.names import By
from heatcli.select.one_pass import OnePass
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.shapes import CountingLine, Funnel, Queue, Shape, Zone, circle_of, polygon_of
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
    queues: bool = False,
    target_s: float | None = None,
    funnel: Funnel | None = None,
    exposure: bool = False,
    entries: bool = False,
    groups: bool = False,
    flow: bool = False,
    evidence: bool = False,
    config: Config | None = None,
) -> list[ZoneReport]:
    """Compute the figures of zones and lines for each selected camera.

    Args:
        store: heat store to read from.
        selection: selection of cameras, time and people.
        query: zones that are asked for.
        by: buckets that the period is divided into; None for none.
        queues: whether the report has the queues that are configured, of those zones that are asked for.
        target_s: wait in seconds beyond which somebody has waited too long; None for what the
            configuration says of each queue.
        funnel: funnel whose steps take the place of the zones that are asked for; cameras that do not have
            all of them have no report. Its only step is the name of a configured one. None for none.
        exposure: whether the zones are those that have a passing zone around them, and these.
        entries: whether the report has the entries of the zones, and how near people are to each other.
        groups: whether the report tells who belongs together.
        flow: whether the report has density, speed and flow on the floor, for cameras that have one.
        evidence: whether the report tells which trajectories are behind each stay.
        config: configuration (`heatcli.toml`), for the named zones and who counts; None for the defaults.

    Returns:
        Reports of the cameras, sorted by name.

    Raises:
        UsageError: the store holds no clips, the selection is invalid, no camera has a zone of that name (the
            nearest names are given), no zone is configured and none given, two zones have one name, queues
            are asked for and none of the zones is one, no camera has all steps of the funnel, exposure is
            asked for and no zone has a passing zone, groups are asked for and all are lines, or flow is asked
            for and no camera has a floor.
        ConfigError: distances, groups or flow are asked for, and the points of a camera's floor contradict
            each other, or lie outside its plan.
        InputError: flow is asked for, and the file of a plan does not exist or is no picture.
        StoreError: the store cannot be read.
    """
    config = config or Config()
    drawn = _drawn(query)
    cameras = selected_cameras(store, selection, config)
    settings = {camera.name: config.camera(camera.name) for camera in cameras}
    if funnel is not None:
        funnel = _with_steps(funnel, settings)
        query = ZoneQuery(names=tuple(dict.fromkeys(funnel.steps)))
    named = _named(query, settings)
    if funnel is not None:
        cameras = _with_all_steps(funnel, cameras, named)
    if exposure:
        named = _exposed(query, named, settings)
    if groups and not (drawn or query.top):
        _need_zones(named)
    lines = _lines_up(query, settings, target_s) if queues else {}
    measured = entries or groups or flow
    floors = {camera.name: calibration_of(camera.name, config) for camera in cameras if measured}
    if flow and not any(floors.values()):
        raise UsageError(
            "--flow: none of these cameras has a floor, which gives metres; say in heatcli.toml where it "
            "lies on a plan, under [cameras.NAME.floor]"
        )
    reports = []
    for camera in cameras:
        zones = (*named[camera.name], *drawn, *(hottest(camera, query.top) if query.top else ()))
        twice = [name for name, count in Counter(zone.name for zone in zones).items() if count > 1]
        if twice:
            raise UsageError(f"two zones are called {twice[0]!r}; ask for each once")
        tell_unreachable(camera, zones)
        calibration = floors.get(camera.name)
        reading = OnePass(camera)
        figures = ZoneReading(
            reading,
            camera,
            zones,
            by,
            queues=lines.get(camera.name, ()),
            entered=[zone for zone in zones if entries and isinstance(zone, Zone)],
            floor=None if calibration is None else calibration.of_people(camera.tracking_mode),
            funnels=() if funnel is None else (funnel,),
            grouped=groups,
            evidence=evidence,
        )
        walking = None
        if flow and calibration is not None:
            walking = FlowReading(reading, camera, zones, calibration, settings[camera.name])
        reading.run()
        report = figures.report()
        reports.append(report if walking is None else replace(report, flow=walking.report(report.divided)))
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


def _with_steps(funnel: Funnel, settings: Mapping[str, CameraConfig]) -> Funnel:
    """Return a funnel with its steps: of one that is only named, as the configuration has it.

    Raises:
        UsageError: no camera has a funnel of that name, or two have different ones.
    """
    if len(funnel.steps) > 1:
        return funnel
    (name,) = funnel.steps
    known = [one for configured in settings.values() for one in funnels_of(configured)]
    found = list(dict.fromkeys(one for one in known if one.name == name))
    if not found:
        near = did_you_mean(name, {one.name for one in known})
        raise UsageError(
            f"--funnel {name}: no camera has a funnel of that name{near}; or name two or more zones with "
            "commas between"
        )
    if len(found) > 1:
        raise UsageError(f"--funnel {name}: it is not the same for all cameras; choose one with --camera")
    return found[0] if funnel.within_s is None else replace(found[0], within_s=funnel.within_s)


def _with_all_steps(
    funnel: Funnel, cameras: Sequence[SelectedCamera], named: Mapping[str, Sequence[Zone | CountingLine]]
) -> list[SelectedCamera]:
    """Return the cameras that have all steps of a funnel.

    Raises:
        UsageError: there is none, or a step is a line.
    """
    lines = {shape.name for shapes in named.values() for shape in shapes if isinstance(shape, CountingLine)}
    for name in funnel.steps:
        if name in lines:
            raise UsageError(f"--funnel: {name!r} is a line; name zones in which people can be")
    found = [one for one in cameras if {shape.name for shape in named[one.name]} == {*funnel.steps}]
    if not found:
        where = "; ".join(
            f"{camera} has {', '.join(shape.name for shape in shapes)}"
            for camera, shapes in named.items()
            if shapes
        )
        raise UsageError(
            f"--funnel {','.join(funnel.steps)}: no camera has all of these zones ({where}), and people are "
            "not matched across cameras; name zones of one camera"
        )
    return found


def _need_zones(named: Mapping[str, Sequence[Zone | CountingLine]]) -> None:
    """Refuse to tell groups of lines alone.

    Raises:
        UsageError: there are lines, and no zones.
    """
    shapes = [shape for own in named.values() for shape in own]
    if shapes and not any(isinstance(shape, Zone) for shape in shapes):
        names = ", ".join(dict.fromkeys(shape.name for shape in shapes))
        raise UsageError(
            f"{names}: lines, and groups are of zones; name a zone, or give --circle or --polygon"
        )


def _exposed(
    query: ZoneQuery,
    named: Mapping[str, Sequence[Zone | CountingLine]],
    settings: Mapping[str, CameraConfig],
) -> dict[str, tuple[Zone | CountingLine, ...]]:
    """Return the zones that have a passing zone, of those that are asked for, each camera's with these.

    Raises:
        UsageError: no zone has one.
    """
    found: dict[str, tuple[Zone | CountingLine, ...]] = {}
    for camera, configured in settings.items():
        own = {zone.name: zone for zone in zones_of(configured.zones)}
        asked = {shape.name for shape in named[camera]}
        names = [name for name, zone in own.items() if zone.passing is not None and name in asked]
        passing = [zone.passing for name, zone in own.items() if name in names and zone.passing is not None]
        found[camera] = tuple(own[name] for name in dict.fromkeys([*names, *passing]))
    if not any(found.values()):
        asked_for = f"none of {', '.join(query.names)}" if query.names else "no zone"
        raise UsageError(
            f"{asked_for} has a passing zone: in heatcli.toml, give it passing = the name of the zone around "
            "it"
        )
    return found


def _lines_up(
    query: ZoneQuery, settings: Mapping[str, CameraConfig], target_s: float | None
) -> dict[str, tuple[Queue, ...]]:
    """Return the queues of each camera: those that the query names, or all if it names none.

    Raises:
        UsageError: there is no queue, or a zone that is asked for is none.
    """
    own = {camera: queues_of(configured) for camera, configured in settings.items()}
    known = {queue.zone.name for queues in own.values() for queue in queues}
    if not known:
        raise UsageError(
            'no zone is a queue: in heatcli.toml, give one kind = "queue" and service = the name of the '
            "zone where people are served"
        )
    for name in query.names:
        if name not in known:
            raise unknown(name, known, kind="queue", where="the selected cameras")
    return {
        camera: tuple(
            queue if target_s is None else replace(queue, target_s=target_s)
            for queue in queues
            if not query.names or queue.zone.name in query.names
        )
        for camera, queues in own.items()
    }


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
    areas = {camera: shapes_of(configured) for camera, configured in settings.items()}
    known = {name for zones in areas.values() for name in zones}
    for name in query.names:
        if name not in known:
            raise unknown(name, known, kind="zone", where=where)
    return {
        camera: tuple(zones[name] for name in query.names if name in zones) for camera, zones in areas.items()
    }
