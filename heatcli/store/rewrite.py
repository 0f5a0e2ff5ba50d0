"""Changing what the store says of clips, without their videos: the same rows as new runs, in one commit."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
from deltalake import DeltaTable

from heatcli.clock import epoch_us
from heatcli.errors import StoreError
from heatcli.store.clips import ClipRow
from heatcli.store.commit import append_rows, check_camera_name, switch_runs
from heatcli.store.erasures import moved_with, note_erasures, read_erasures
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, scan
from heatcli.store.forgotten import note_forgotten, read_forgotten
from heatcli.store.identity import new_run
from heatcli.store.kept_days import rename_days
from heatcli.store.schema import TableName
from heatcli.store.store import Store
from heatcli.store.writing import writing

# Rows that are rewritten at once: some 50 MB.
_ROWS_AT_ONCE = 500_000


def rename_camera(store: Store, clips: Sequence[ClipRow], name: str) -> list[ClipRow]:
    """Give clips of one camera to another: all of them or, if the process is killed, none.

    They keep their settings, so that `analyze` skips them where the configuration has the new name.

    Args:
        store: store with the clips.
        clips: clips of one camera, at least one, as the store has them.
        name: name of the camera that they are of.

    Returns:
        Clips as they are in the store now.

    Raises:
        UsageError: the name cannot be stored, or that camera has one of the clips already.
        StoreError: a clip was analysed again or removed since it was looked up, or the store cannot be read
            or written.
    """
    check_camera_name(name)
    was, now = clips[0].camera, datetime.now(UTC)
    is_all = len(clips) == len(store.clips(was))
    renamed = [replace(clip, run=new_run(), camera=name, analysed_at=now) for clip in clips]
    rewrite_clips(store, clips, renamed, was=was)
    # What has been removed for good, or erased whole, stays so under the new name.
    gone = [replace(clip, camera=name) for clip in read_forgotten(store.path) if clip.camera == was]
    if gone:
        note_forgotten(store.path, gone)
    note_erasures(
        store.path, [replace(one, camera=name) for one in read_erasures(store.path) if one.camera == was]
    )
    if is_all:
        with writing(store.path):
            rename_days(store.path, was, name)
    return renamed


def rewrite_clips(
    store: Store, clips: Sequence[ClipRow], new: Sequence[ClipRow], *, was: str | None = None
) -> None:
    """Write all rows of clips anew, at the start and of the camera that their new rows have.

    Of a clip that another process analyses at the same moment, the run that is written last stays. What was
    erased of a clip is noted for its new time first: it stays erased when the clip is analysed again.

    Args:
        store: store with the clips.
        clips: clips, at least one, as the store has them.
        new: clips as they are to be, in the same order, each with a new run.
        was: camera that all clips have belonged to; None where each stays with its own.

    Raises:
        UsageError: a clip that changes its camera is there already.
        StoreError: a clip was analysed again or removed since it was looked up, or the store cannot be read
            or written.
    """
    with writing(store.path):
        snapshot = store.snapshot()
        gone = {clip.run for clip in clips}.difference(snapshot.clips["run"])
        if gone:
            raise StoreError(
                f"{store.path}: a clip was analysed again or removed in the meantime; run it again"
            )
        changes = pl.LazyFrame(
            {
                "run": [clip.run for clip in clips],
                "new_run": [clip.run for clip in new],
                "new_camera": [clip.camera for clip in new],
                "offset": [after.start - clip.start for clip, after in zip(clips, new, strict=True)],
            },
            schema_overrides={"offset": pl.Duration("us")},
        )
        append_rows(store, "tracks", _rows(store, "tracks", snapshot.tracks, clips, changes))
        append_rows(
            store, "trajectories", _rows(store, "trajectories", snapshot.trajectories, clips, changes)
        )
        erased = read_erasures(store.path)
        pairs = zip(clips, new, strict=True)
        note_erasures(
            store.path, [one for before, after in pairs for one in moved_with(erased, before, after)]
        )
        switch_runs(store, new, was=was)


def _rows(
    store: Store, name: TableName, table: DeltaTable, clips: Sequence[ClipRow], changes: pl.LazyFrame
) -> Iterator[pl.DataFrame]:
    """Yield the rows of clips as they are to be, a bounded number at once.

    Args:
        store: store with the clips.
        name: name of the table.
        table: table at the version to read.
        clips: clips as the store has them.
        changes: for each `run`, its `new_run` and `new_camera`, and the `offset` to add to every time.
    """
    begin = min(epoch_us(clip.start) for clip in clips)
    end = max(epoch_us(clip.start) + clip.duration_us for clip in clips)
    with store_errors(store.path):
        files = (
            data_files(table, store.path / name)
            .filter(pl.col("camera").is_in({clip.camera for clip in clips}))
            .filter((pl.col("earliest") <= end).fill_null(True), (pl.col("latest") >= begin).fill_null(True))
            .sort("camera", "earliest", "path")
        )
        for (camera,), of_camera in files.group_by("camera", maintain_order=True):
            rows = scan(name, of_camera, str(camera))
            for at in range(0, int(of_camera["rows"].sum()), _ROWS_AT_ONCE):
                chunk = (
                    rows.slice(at, _ROWS_AT_ONCE)
                    .join(changes, on="run", maintain_order="left")
                    .with_columns(
                        pl.selectors.datetime() + pl.col("offset"), run="new_run", camera="new_camera"
                    )
                    .drop("new_run", "new_camera", "offset")
                    .collect()
                )
                if name == "tracks":
                    chunk = chunk.sort("run", "frame", "track")
                yield chunk
