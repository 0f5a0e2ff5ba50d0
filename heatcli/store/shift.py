"""Correcting when clips were recorded, without their videos: the same rows at another time, as new runs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from deltalake import DeltaTable

from heatcli.clock import epoch_us, is_plausible, read_offset, read_time, to_utc
from heatcli.errors import StoreError, UsageError
from heatcli.store.clips import ClipRow
from heatcli.store.commit import append_rows, switch_runs
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, scan
from heatcli.store.identity import new_run
from heatcli.store.schema import TableName
from heatcli.store.store import Store

# Rows that are moved at once: some 50 MB.
_ROWS_AT_ONCE = 500_000

_MICROSECOND = timedelta(microseconds=1)


def offset_to(clips: Sequence[ClipRow], *, start: str | None, shift: str | None) -> timedelta:
    """Return how much later clips were recorded than the store says.

    Args:
        clips: clips of one camera.
        start: ISO 8601 time at which the only clip starts; local in its camera's time zone, or with an
            offset.
        shift: offset to add, such as `+1h30m` or `-90s`.

    Raises:
        UsageError: both or neither of `start` and `shift` is given, or the one given is impossible; or there
            are no clips, clips of several cameras, or several clips for one start.
    """
    cameras = sorted({clip.camera for clip in clips})
    if not clips:
        raise UsageError("no such clips; `heatcli clips` lists what there is")
    if len(cameras) > 1:
        raise UsageError(
            f"these clips are of cameras {cameras[0]!r} and {cameras[1]!r}; name one with --camera"
        )
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
    """Move clips of one camera in time: all of them or, if the process is killed, none.

    They keep their settings, so that `analyze` skips them as before. Of a clip that another process analyses
    at the same moment, the run that is written last stays.

    Args:
        store: store with the clips.
        clips: clips of one camera, at least one, as the store has them.
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
    snapshot = store.snapshot()
    gone = {clip.run for clip in clips}.difference(snapshot.clips["run"])
    if gone:
        raise StoreError(f"{store.path}: a clip was analysed again or removed in the meantime; run it again")
    runs = pl.LazyFrame({"run": [clip.run for clip in clips], "new_run": [clip.run for clip in moved]})
    append_rows(store, "tracks", _moved_rows(store, "tracks", snapshot.tracks, clips, runs, offset))
    append_rows(
        store, "trajectories", _moved_rows(store, "trajectories", snapshot.trajectories, clips, runs, offset)
    )
    switch_runs(store, moved)
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
            f"clip {clip.clip} of {clip.camera} starts {clip.start.isoformat()}; it cannot be moved out of "
            "the years 2000 to 2100"
        )
    return start


def _moved_rows(
    store: Store,
    name: TableName,
    table: DeltaTable,
    clips: Sequence[ClipRow],
    runs: pl.LazyFrame,
    offset: timedelta,
) -> Iterator[pl.DataFrame]:
    """Yield the rows of clips as they are when moved, a bounded number at once.

    Args:
        store: store with the clips.
        name: name of the table.
        table: table at the version to read.
        clips: clips of one camera.
        runs: columns `run` and `new_run`, the runs of each clip before and after the move.
        offset: offset to add to every time.
    """
    begin = min(epoch_us(clip.start) for clip in clips)
    end = max(epoch_us(clip.start) + clip.duration_us for clip in clips)
    with store_errors(store.path):
        files = (
            data_files(table, store.path / name)
            .filter(camera=clips[0].camera)
            .filter((pl.col("earliest") <= end).fill_null(True), (pl.col("latest") >= begin).fill_null(True))
            .sort("earliest", "path")
        )
        rows = scan(name, files, clips[0].camera)
        for at in range(0, int(files["rows"].sum()), _ROWS_AT_ONCE):
            chunk = (
                rows.slice(at, _ROWS_AT_ONCE)
                .join(runs, on="run", maintain_order="left")
                .with_columns(pl.selectors.datetime() + offset, run="new_run")
                .drop("new_run")
                .collect()
            )
            if name == "tracks":
                chunk = chunk.with_columns(date=pl.col("time").dt.date()).sort("run", "frame", "track")
            yield chunk
