"""Correcting when clips were recorded, without their videos."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from heatcli.clock import is_plausible, read_offset, read_time, to_utc
from heatcli.errors import UsageError
from heatcli.store.clips import ClipRow
from heatcli.store.identity import new_run
from heatcli.store.rewrite import rewrite_clips
from heatcli.store.store import Store

_MICROSECOND = timedelta(microseconds=1)


def offset_to(clips: Sequence[ClipRow], *, start: str | None, shift: str | None) -> timedelta:
    """Return how much later clips were recorded than the store says.

    Args:
        clips: clips, at least one.
        start: ISO 8601 time at which the only clip starts; local in its camera's time zone, or with an
            offset.
        shift: offset to add, such as `+1h30m` or `-90s`.

    Raises:
        UsageError: both or neither of `start` and `shift` is given, the one given is impossible, or there are
            several clips for one start.
    """
    if shift is not None and start is None:
        return read_offset(shift)
    if start is None or shift is not None:
        raise UsageError("say either --set-start or --shift")
    if len(clips) > 1:
        raise UsageError(
            f"--set-start {start}: one start for {len(clips)} clips cannot be right; add --clip, or "
            "use --shift"
        )
    return to_utc(read_time(start), ZoneInfo(clips[0].timezone)) - clips[0].start


def shift_clips(store: Store, clips: Sequence[ClipRow], offset: timedelta) -> list[ClipRow]:
    """Move clips in time: all of them or, if the process is killed, none.

    They keep their settings, so that `analyze` skips them as before. Of a clip that another process analyses
    at the same moment, the run that is written last stays.

    Args:
        store: store with the clips.
        clips: clips, at least one, as the store has them.
        offset: time by which the clips were recorded later than the store says.

    Returns:
        Clips as they are in the store now.

    Raises:
        UsageError: a clip would start before 2000 or after 2100.
        StoreError: a clip was analysed again or removed since it was looked up, or the store cannot be read
            or written.
    """
    moved = [
        replace(
            clip,
            run=new_run(),
            start=_moved_start(clip, offset),
            start_source="option",
            coverage=clip.coverage.shift(offset // _MICROSECOND),
            analysed_at=datetime.now(UTC),
        )
        for clip in clips
    ]
    rewrite_clips(store, clips, moved)
    return moved


def restart_clips(store: Store, moves: Sequence[tuple[ClipRow, ClipRow]]) -> list[ClipRow]:
    """Give clips other starts and time zones: all of them or, if the process is killed, none.

    Args:
        store: store with the clips.
        moves: clips, at least one, as the store has them and as they are to be.

    Returns:
        Clips as they are in the store now.

    Raises:
        StoreError: a clip was analysed again or removed since it was looked up, or the store cannot be read
            or written.
    """
    moved = [replace(clip, run=new_run(), analysed_at=datetime.now(UTC)) for _, clip in moves]
    rewrite_clips(store, [clip for clip, _ in moves], moved)
    return moved


def _moved_start(clip: ClipRow, offset: timedelta) -> datetime:
    """Return the start of a clip after the move.

    Raises:
        UsageError: the clip would start before 2000 or after 2100.
    """
    try:
        start = clip.start + offset
    except OverflowError:
        start = datetime.min.replace(tzinfo=UTC)
    if not is_plausible(start):
        raise UsageError(
            f"clip {clip.clip} of {clip.camera} starts {clip.local_start}; it cannot be moved out of "
            "the years 2000 to 2100"
        )
    return start
