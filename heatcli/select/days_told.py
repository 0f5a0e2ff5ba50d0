"""Days of a camera of which rows have gone, and what that means for those who ask."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from heatcli.clock import local_time
from heatcli.config.models import Config
from heatcli.errors import UsageError
from heatcli.intervals import Intervals
from heatcli.names import counted
from heatcli.select.cameras import matching_cameras
from heatcli.select.selection import Limits, Selection
from heatcli.store.clips import ClipRow
from heatcli.store.kept_days import (
    KeptDay,
    cameras_with_days,
    clip_mark,
    date_of,
    day_files,
    is_as_written,
    read_day,
)
from heatcli.store.store import Snapshot, Store

ToldDays = Mapping[str, Sequence[KeptDay]]
"""Days that are told by their sums, by camera: rows of their clips do not count as well."""


def days_without_rows(
    store: Store,
    snapshot: Snapshot,
    camera: str,
    *,
    first: date | None = None,
    last: date | None = None,
    only_sound: bool = False,
) -> list[KeptDay]:
    """Return the sums of the days of a camera of which rows have gone.

    Args:
        store: heat store.
        snapshot: snapshot of the store.
        camera: name of the camera.
        first: first local day that is meant; None for no limit.
        last: last local day that is meant; None for no limit.
        only_sound: whether damaged files are passed over.

    Raises:
        StoreError: a file of sums is damaged or cannot be read.
    """
    found = [
        read_day(store.path, file)
        for file in day_files(store.path, camera)
        if (first is None or first <= date_of(file))
        and (last is None or date_of(file) <= last)
        and (not only_sound or is_as_written(file))
    ]
    live = live_marks(snapshot.clips, camera) if found else frozenset()
    return [day for day in found if day.stands_for_rows(live)]


def days_to_tell(
    store: Store, snapshot: Snapshot, selection: Selection, config: Config, *, first: date, last: date
) -> tuple[ToldDays, Mapping[str, Collection[date]]]:
    """Return which days can be told by their sums only.

    Args:
        store: heat store.
        snapshot: snapshot of the store.
        selection: question, which sums answer only where it chooses among nothing but cameras.
        config: configuration, which has locations and labels of cameras.
        first: first local day that is meant.
        last: last local day that is meant.

    Returns:
        Sums of the days by camera; and days by camera of which rows have gone, but that the sums do not
        answer. Both have only cameras that have such days.

    Raises:
        UsageError: the selection names a camera that nobody knows.
        StoreError: a file of sums is damaged or cannot be read.
    """
    cameras = matching_cameras(
        {*snapshot.clips["camera"], *cameras_with_days(store.path)},
        config,
        names=selection.cameras,
        locations=selection.locations,
        labels=selection.labels,
    )
    found = {
        camera: days
        for camera in cameras
        if (days := days_without_rows(store, snapshot, camera, first=first, last=last))
    }
    if replace(selection, cameras=(), locations=(), labels=()) == Selection():
        return found, {}
    return {}, {camera: sorted({day.day for day in days}) for camera, days in found.items()}


def live_marks(clips: pl.DataFrame, camera: str) -> frozenset[str]:
    """Return the marks of a camera's clips, of all rows of `clips`."""
    return frozenset(map(clip_mark, clips.filter(camera=camera)["clip"]))


def without_told(
    owned: Sequence[Intervals], clips: Sequence[ClipRow], told: Iterable[KeptDay]
) -> list[Intervals]:
    """Return the time that each clip owns, less the days that are told by sums in which it is."""
    days = [(frozenset(day.clips), Intervals.of([day.bounds_us])) for day in told]
    if not days:
        return list(owned)
    found = []
    for clip, time in zip(clips, owned, strict=True):
        mark = clip_mark(clip.clip)
        gone = Intervals.union_of(bounds for marks, bounds in days if mark in marks)
        found.append(time.difference(gone) if len(gone.bounds) else time)
    return found


def gone_note(store: Store, snapshot: Snapshot, camera: str, limits: Limits) -> Iterator[str]:
    """Say that rows of the time that was asked for have gone; nothing where all time was asked for."""
    begin, end = limits.begin_us, limits.end_us
    if begin is None and end is None:
        return
    first, last = (None if time is None else local_time(time, limits.zone).date() for time in (begin, end))
    # An answer from rows needs no sums, and is not refused where these are damaged.
    found = days_without_rows(store, snapshot, camera, first=first, last=last, only_sound=True)
    asked = {day.day for day in found if Intervals.of([day.bounds_us]).intersection(limits.period).total_us}
    if asked:
        yield f"{gone_text(asked)}: `heatcli export --share` has their sums"


def no_clips(store: Store) -> UsageError:
    """Return the error about a store without clips, which may have sums of days."""
    kept = len(day_files(store.path))
    remedy = "fill it with `heatcli analyze`"
    if kept:
        remedy = f"its rows have gone, and `heatcli export --share` has the sums of {counted(kept, 'day')}"
    return UsageError(f"{store.path}: the store holds no clips; {remedy}")


def gone_text(days: Collection[date]) -> str:
    """Say of which days, at least one, rows have gone."""
    first, last = min(days), max(days)
    when = f"{first}" if first == last else f"{len(days)} days from {first} to {last}"
    return f"rows of {when} have gone, as they were purged"
