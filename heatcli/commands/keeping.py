"""Keeping the sums of days, before the rows that they are of leave the store."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter, itemgetter
from zoneinfo import ZoneInfo

import polars as pl

from heatcli.clock import local_time
from heatcli.config.models import Config
from heatcli.names import PeriodKind
from heatcli.report.camera_report import camera_report
from heatcli.report.periods import Period
from heatcli.report.share.days import kept_day
from heatcli.report.share.figures import CELLS, METRICS
from heatcli.select.days_told import live_marks
from heatcli.select.recorded import recorded
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.clips import ClipRow
from heatcli.store.kept_days import (
    KeptDay,
    clip_mark,
    date_of,
    day_bounds_us,
    day_files,
    forget_files,
    is_as_written,
    keep_day,
    meeting,
    read_day,
)
from heatcli.store.store import Snapshot, Store


def keep_days(store: Store, config: Config, clips: Sequence[ClipRow], *, since: date | None) -> int:
    """Keep the sums of all days that clips are of; they are on the disk when their rows may go.

    The first clip of a day that goes takes the sums of all clips of the day with it: from then on these tell
    of the day. What comes later has sums of its own. Killed halfway, it can be done again.

    Args:
        store: store that has the clips; nobody else may be writing to it.
        config: configuration, which has the zones, lines and limits by which people count.
        clips: clips that are about to go.
        since: first day that is kept; None for all.

    Returns:
        Number of days that were kept.

    Raises:
        StoreError: the store cannot be read or written.
    """
    snapshot, count = store.snapshot(), 0
    everything = groupby(store.clips(), attrgetter("camera"))
    for camera, own in ((camera, list(own)) for camera, own in everything):
        going = {clip.clip for clip in clips if clip.camera == camera}
        zone = ZoneInfo(own[-1].timezone)
        of_days: dict[date, list[ClipRow]] = {}
        for clip in own if going else ():
            for day in dict.fromkeys(_days(clip, zone)):
                of_days.setdefault(day, []).append(clip)
        for day, of_day in sorted(of_days.items(), key=itemgetter(0)):
            if (since is None or day >= since) and not going.isdisjoint(clip.clip for clip in of_day):
                count += _keep(store, snapshot, config, day, of_day, going)
    return count


def _keep(
    store: Store,
    snapshot: Snapshot,
    config: Config,
    day: date,
    clips: Sequence[ClipRow],
    going: Collection[str],
) -> bool:
    """Keep the sums of the clips of a day that have none yet, if one of them is about to go."""
    camera = clips[0].camera
    live = live_marks(snapshot.clips, camera)
    kept = [
        (file, read_day(store.path, file))
        for file in day_files(store.path, camera)
        # What is damaged tells nothing, and must not keep old rows from going.
        if date_of(file) == day and is_as_written(file)
    ]
    told = {mark for _, one in kept if one.stands_for_rows(live) for mark in one.clips}
    untold = [clip for clip in clips if clip_mark(clip.clip) not in told]
    if not any(clip.clip in going for clip in untold):
        return False
    keep_day(store.path, _sums(store, snapshot, config, day, untold))
    # What a purge kept that was killed before any rows went.
    forget_files(store.path, [file for file, one in kept if not one.stands_for_rows(live)])
    return True


def _sums(store: Store, snapshot: Snapshot, config: Config, day: date, clips: Sequence[ClipRow]) -> KeptDay:
    camera = clips[0].camera
    selection = Selection(cameras=(camera,), clips=tuple(clip.clip for clip in clips), dates=((day, day),))
    (selected,) = selected_cameras(store, selection, config, snapshot=snapshot)
    (everybody,) = recorded(store, selection, config, snapshot, {})
    bounds = day_bounds_us(day, ZoneInfo(selected.timezone))
    begin, end = bounds
    # Of these trajectories, those of other clips have no index.
    elsewhen = everybody.trajectories.filter(
        (pl.col("clip") < 0) | (pl.col("first_us") < begin) | (pl.col("last_us") >= end)
    )
    return kept_day(
        camera_report(selected, Period(PeriodKind.DAILY, day, day), CELLS, METRICS, config),
        day,
        clips,
        over_midnight=elsewhen["person"].n_unique(),
        erasures=meeting(snapshot.erasures, camera, bounds),
    )


def _days(clip: ClipRow, zone: ZoneInfo) -> Iterator[date]:
    """Yield the local days on which a clip was watched."""
    for begin, end in clip.coverage.bounds.tolist():
        first, last = local_time(begin, zone).date(), local_time(end - 1, zone).date()
        for number in range((last - first).days + 1):
            yield first + timedelta(days=number)
