"""Reads the lines at a room's doors, and tells how many people were in it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from heatcli.answers.area_report import AreaReport, area_figures
from heatcli.answers.zone_report import ZoneReading, ZoneReport, tell_unreachable
from heatcli.clock import duration_text, epoch_us, local_time
from heatcli.config.area import AreaConfig, DoorConfig, place_of, time_of_day
from heatcli.config.models import Config
from heatcli.config.named_shapes import shapes_of
from heatcli.intervals import Intervals
from heatcli.names import By, Direction
from heatcli.select.one_pass import OnePass
from heatcli.select.selection import Limits, Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Snapshot, Store
from heatcli.zones.buckets import Bucket, Buckets, buckets_of
from heatcli.zones.room import Door, Occupancy, occupancy_of
from heatcli.zones.room_steps import SeenInside

# Far beyond every recording, UTC µs.
_FAR_US = 2**60


def read_areas(
    store: Store,
    selection: Selection,
    names: Iterable[str],
    by: By | None,
    config: Config,
    *,
    snapshot: Snapshot | None = None,
    evidence: bool = False,
) -> list[AreaReport]:
    """Tell how many people were in rooms.

    Args:
        store: heat store to read from.
        selection: selection of time and people; the doors say which cameras.
        names: rooms to tell of.
        by: buckets that the period is divided into; None for none.
        config: configuration (`heatcli.toml`), which has the rooms.
        snapshot: snapshot of the store; None for the store as it is now.
        evidence: whether the reports tell which trajectories crossed the doors.

    Returns:
        Reports of the rooms, in the order of the names.

    Raises:
        UsageError: the store holds no clips, the selection is invalid, or the store has no clips of the
            camera of a door.
        StoreError: the store cannot be read.
    """
    snapshot = snapshot or store.snapshot()
    return [
        _report(store, snapshot, selection, name, config.areas[name], by, config, evidence=evidence)
        for name in names
    ]


def _report(
    store: Store,
    snapshot: Snapshot,
    selection: Selection,
    name: str,
    area: AreaConfig,
    by: By | None,
    config: Config,
    *,
    evidence: bool,
) -> AreaReport:
    """Tell how many people were in one room."""
    lines = [place_of(door.line, config.cameras, line=True) for door in area.doors]
    inside = [place_of(zone, config.cameras, line=False) for zone in area.inside]
    timezone = config.cameras[lines[0][0]].timezone or config.timezone
    zone, limits = ZoneInfo(timezone), selection.limits(timezone)
    widened = _widened(selection, limits, area, zone)
    reports = _read(store, snapshot, widened, [*lines, *inside], config, evidence=evidence)
    doors = tuple(
        _door(reports[camera], line, door) for (camera, line), door in zip(lines, area.doors, strict=True)
    )
    watched = Intervals.union_of(door.watched for door in doors)
    first, last = (int(watched.bounds.min(initial=_FAR_US)), int(watched.bounds.max(initial=-_FAR_US)))
    told = limits.within(first, last).intersection(watched) if first < last else watched
    occupancy = None
    if told.total_us and all(door.watched.total_us for door in doors):
        empty_us = _empty_us(area, zone, first, last)
        occupancy = occupancy_of(
            doors,
            begin_us=max((at for at in empty_us if at <= first), default=first),
            end_us=min((at for at in empty_us if at >= last), default=last),
            empty_us=empty_us,
            seen=_seen([(reports[camera], place) for camera, place in inside]) if inside else None,
            capacity=area.capacity,
        )
    whole = Buckets(np.array([[-_FAR_US, _FAR_US]]), np.zeros(1, np.int64), (Bucket("total", None, None),))
    divided = None
    if by is not None:
        ends = {"begin_us": limits.begin_us, "end_us": limits.end_us}
        divided = buckets_of(by, covered=told, zone=zone, **ends)
    (total,) = area_figures(occupancy, doors, told, whole)
    return AreaReport(
        name=name,
        timezone=timezone,
        capacity=area.capacity,
        told=told,
        occupancy=occupancy,
        divided=divided,
        total=total,
        buckets=() if divided is None else area_figures(occupancy, doors, told, divided),
        notes=tuple(_notes(area, doors, told, occupancy)),
        reports=tuple(reports.values()),
    )


def _read(
    store: Store,
    snapshot: Snapshot,
    selection: Selection,
    places: Sequence[tuple[str, str]],
    config: Config,
    *,
    evidence: bool,
) -> dict[str, ZoneReport]:
    """Return the figures of zones and lines, given as camera and name, by camera."""
    reports = {}
    for name in dict.fromkeys(camera for camera, _ in places):
        own = replace(selection, cameras=(name,))
        (camera,) = selected_cameras(store, own, config, snapshot=snapshot)
        known = shapes_of(config.camera(name))
        shapes = [known[place] for place in dict.fromkeys(place for of, place in places if of == name)]
        tell_unreachable(camera, shapes)
        reading = OnePass(camera)
        figures = ZoneReading(reading, camera, shapes, None, evidence=evidence)
        reading.run()
        reports[name] = figures.report()
    return reports


def _widened(selection: Selection, limits: Limits, area: AreaConfig, zone: ZoneInfo) -> Selection:
    """Select all the time between the empty moments around the selected one: who came before it counts."""
    begin, end = limits.begin_us, limits.end_us
    before = [] if begin is None else [at for at in _empty_us(area, zone, begin, begin) if at <= begin]
    behind = [] if end is None else [at for at in _empty_us(area, zone, end, end) if at >= end]
    return replace(
        selection,
        dates=(),
        hours=(),
        weekdays=None,
        start=local_time(max(before), zone) if before else None,
        end=local_time(min(behind), zone) if behind else None,
    )


def _empty_us(area: AreaConfig, zone: ZoneInfo, first_us: int, last_us: int) -> list[int]:
    """Return when the room is known to be empty, UTC µs, from a day before a time to a day after another."""
    first, last = (local_time(at, zone).date() for at in (first_us, last_us))
    days = [first + timedelta(number) for number in range(-1, (last - first).days + 2)]
    times = [time_of_day(text) for text in area.empty_at]
    return sorted(epoch_us(datetime.combine(day, at, zone)) for day in days for at in times)


def _door(report: ZoneReport, line: str, configured: DoorConfig) -> Door:
    """Return who passed a door; what an audit of its camera found missing holds for the door as well."""
    (found,) = [one for one in report.lines if one.line.name == line]
    crossings, audit = found.crossings, report.camera.audit
    missed = configured.missed
    if missed is None and audit is not None:
        # People spent so many times the time that was counted; the rest was missed.
        missed = max(0.0, 1 - 1 / (sum(audit.dwell) / 2))
    inward = crossings.to_right == (configured.inward is Direction.LEFT_TO_RIGHT)
    return Door(crossings.time_us, inward, report.camera.covered, missed)


def _seen(inside: Sequence[tuple[ZoneReport, str]]) -> SeenInside:
    """Return how many people are seen in zones at once."""
    stays = [found.stays for report, name in inside for found in report.zones if found.zone.name == name]
    begins = np.sort(np.concatenate([one.begin_us for one in stays]))
    ends = np.sort(np.concatenate([one.end_us for one in stays]))
    times = np.unique(np.append(begins, ends))
    people = np.searchsorted(begins, times, side="right") - np.searchsorted(ends, times, side="right")
    watched = inside[0][0].camera.covered
    for report, _ in inside[1:]:
        watched = watched.intersection(report.camera.covered)
    return SeenInside(times, people, watched)


def _notes(
    area: AreaConfig, doors: Sequence[Door], told: Intervals, occupancy: Occupancy | None
) -> Iterator[str]:
    """Yield what a reader must know of the figures of a room."""
    for door, configured in zip(doors, area.doors, strict=True):
        dark_us = told.difference(door.watched).total_us
        if not door.watched.total_us:
            yield f"{configured.line} was not recorded: how many were inside cannot be told"
        elif dark_us:
            yield f"{configured.line} was not recorded for {duration_text(dark_us / 1e6)}: less certain then"
    if occupancy is not None and occupancy.contradicted:
        yield "who came and who left differ by more than doors miss: is an `inward` wrong, or a door missing?"
    if not area.empty_at:
        yield 'it is not known when nobody is inside: add empty_at, such as "03:00"'
