"""Writing runs: rows first, then the switch that makes them live.

Rows of the runs that they replace stay until `heatcli.store.maintenance.compact`.
"""

import logging
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote

import numpy as np
import polars as pl
from deltalake import CommitProperties, DeltaTable, write_deltalake
from numpy.typing import NDArray

from heatcli.errors import StoreError, UsageError
from heatcli.store.clips import ClipRow, clips_frame
from heatcli.store.durability import make_checkpoint, needs_checkpoint
from heatcli.store.faults import retried, store_errors
from heatcli.store.identity import DEBRIS_AGE, run_time
from heatcli.store.merging import merge_many
from heatcli.store.plates import keep_plate
from heatcli.store.schema import HOOKS, TABLES, WRITER, TableName, laid_out
from heatcli.store.store import Store

_log = logging.getLogger(__name__)

# Rows of clips that are written together until there are so many: they fit in memory, and make a good file.
_ROWS_OF_A_FILE = 50_000

# Most bytes of a camera's name: what a folder's name may have, less `camera=`.
_LONGEST_NAME = 255 - len("camera=")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run that is not in the store yet.

    Attributes:
        clip: row of the clip, with a new `run` (`heatcli.store.identity.new_run`); fields that the commit
            sets are ignored.
        tracks: rows of the run with the columns of `tracks`, in chunks that fit in memory.
        trajectories: rows of the run with the columns of `trajectories`.
        plate: (height, width, 3) uint8 BGR picture of the empty scene; None where there is none.
    """

    clip: ClipRow
    tracks: Iterable[pl.DataFrame]
    trajectories: pl.DataFrame
    plate: NDArray[np.uint8] | None


def commit_run(
    store: Store,
    *,
    clip: ClipRow,
    tracks: Iterable[pl.DataFrame],
    trajectories: pl.DataFrame,
    plate: NDArray[np.uint8] | None,
) -> ClipRow:
    """Write a run and make it the live one of its clip; see `NewRun` and `commit_runs`."""
    (row,) = commit_runs(store, [NewRun(clip=clip, tracks=tracks, trajectories=trajectories, plate=plate)])
    return row


def commit_runs(store: Store, runs: Sequence[NewRun]) -> list[ClipRow]:
    """Write runs and make them the live ones of their clips: all of them or, after a kill, none.

    A kill at any moment leaves the store either as it was before, or as it is after. The rows that a killed
    run has written are never read; `heatcli.store.maintenance.compact` removes them. The runs share files, so
    that a hundred of them make no more files than one.

    Args:
        store: store to write to.
        runs: runs of different clips, at least one.

    Returns:
        Rows of the clips as they were written.

    Raises:
        UsageError: the camera's name cannot be stored.
        StoreError: the disk is full, the store is read-only, or other writers would not let this one in.
    """
    for run in runs:
        check_camera_name(run.clip.camera)
    clips: list[ClipRow] = []
    for run in runs:
        plate = None if run.plate is None else keep_plate(store, run.clip, run.plate, clips)
        clips.append(replace(run.clip, plate=plate))
    counts: Counter[str] = Counter()

    def tracks() -> Iterator[pl.DataFrame]:
        for run in runs:
            for chunk in run.tracks:
                counts[run.clip.run] += len(chunk)
                yield chunk.sort("frame", "track")

    append_rows(store, "tracks", _gathered(tracks()))
    append_rows(store, "trajectories", _gathered(run.trajectories for run in runs))
    now = datetime.now(UTC)
    rows = [
        replace(clip, rows=counts[clip.run], trajectories=len(run.trajectories), analysed_at=now)
        for run, clip in zip(runs, clips, strict=True)
    ]
    switch_runs(store, rows)
    return rows


def _gathered(chunks: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Put chunks together until they are worth a file."""
    waiting: list[pl.DataFrame] = []
    for chunk in chunks:
        waiting.append(chunk)
        if sum(map(len, waiting)) >= _ROWS_OF_A_FILE:
            yield pl.concat(waiting)
            waiting = []
    if waiting:
        yield pl.concat(waiting)


def append_rows(store: Store, name: TableName, chunks: Iterable[pl.DataFrame]) -> int:
    """Append rows of runs that are not live yet, and return how many.

    Raises:
        StoreError: the disk is full, the store is read-only, or other writers would not let this one in.
    """
    rows = 0
    for chunk in chunks:
        _append(store, name, chunk)
        rows += len(chunk)
    return rows


def switch_runs(store: Store, rows: Sequence[ClipRow], *, was: str | None = None) -> None:
    """Make runs, whose rows are all appended, the live ones of their clips: all of them in one commit.

    Args:
        store: store to write to.
        rows: rows of `clips`, at least one, each with its new run.
        was: camera that the clips have belonged to; None where each stays with its own.

    Raises:
        UsageError: a clip that changes its camera is there already.
        StoreError: the runs are so old that their rows may have been taken for debris, the disk is full, the
            store is read-only, or other writers would not let this one in.
    """
    oldest = min(rows, key=lambda row: row.run)
    if datetime.now(UTC) - run_time(oldest.run) > DEBRIS_AGE:
        raise StoreError(f"{store.path}: writing {oldest.path} took more than {DEBRIS_AGE}; run it again")
    # Otherwise a loss of power could leave the run live without its rows, or the run that it replaces live
    # once its rows are deleted.
    store.make_durable()
    with store_errors(store.path):
        retried(lambda: _switch(store, rows, was))
    store.make_durable()
    _tidy_up(store, {row.camera for row in rows})


def check_camera_name(camera: str) -> None:
    """Refuse a name that cannot be the name of a partition.

    Raises:
        UsageError: the name is empty, no text, too long, or means "no value" to readers of partitions.
    """
    try:
        length = len(quote(camera, safe=""))
    except UnicodeEncodeError:
        length = 0
    if length > _LONGEST_NAME:
        raise UsageError(
            f"{camera!r} is {length - _LONGEST_NAME} bytes too long for a camera's name: a folder is called "
            f"after it, with at most {_LONGEST_NAME} bytes, of which a letter beyond ASCII takes 6 to 12; "
            "give a shorter one with --camera"
        )
    if sys.platform == "win32" and camera.endswith("."):
        raise UsageError(
            f"{camera!r} ends in a full stop, which no folder on Windows may; give another with --camera"
        )
    if not length or camera == "__HIVE_DEFAULT_PARTITION__":
        raise UsageError(f"{camera!r} is no name for a camera: empty, or no text; give another with --camera")


def _append(store: Store, name: TableName, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    with store_errors(store.path):
        retried(lambda: _write(store.table(name), name, rows, CommitProperties()))


def _write(table: DeltaTable, name: TableName, rows: pl.DataFrame, properties: CommitProperties) -> None:
    write_deltalake(
        table,
        laid_out(name, rows, table.metadata().partition_columns),
        mode="append",
        schema_mode="merge",
        writer_properties=WRITER,
        commit_properties=properties,
        post_commithook_properties=HOOKS,
    )


def _switch(store: Store, rows: Sequence[ClipRow], was: str | None) -> None:
    """Make the rows the live ones of their clips.

    deltalake's own retries are off, so that the commit fails if anybody wrote after `clips` was loaded here:
    the rows that are replaced are those that were read.

    Raises:
        UsageError: a clip that changes its camera is there already.
    """
    clips, alone = store.table("clips"), CommitProperties(max_commit_retries=0)
    new = clips_frame(rows)
    known = store.scan_clips(clips)
    if was is not None:
        _refuse_doubles(known.join(new.lazy(), on=["camera", "clip"], how="semi").collect())
    new = new.with_columns(was=pl.col("camera") if was is None else pl.lit(was))
    before = known.join(new.lazy(), left_on=["camera", "clip"], right_on=["was", "clip"], how="semi")
    if before.select(pl.len()).collect().item() == 0:
        # To merge, deltalake would read all columns of a million clips.
        _write(clips, "clips", new, alone)
        return
    values = {column: f"new.{column}" for column in TABLES["clips"].names()}
    (
        clips.merge(
            new,
            predicate="old.camera = new.was AND old.clip = new.clip",
            source_alias="new",
            target_alias="old",
            writer_properties=WRITER,
            commit_properties=alone,
            post_commithook_properties=HOOKS,
        )
        .when_matched_update(values)
        .when_not_matched_insert(values)
        .execute()
    )


def _refuse_doubles(there: pl.DataFrame) -> None:
    """Refuse to give a camera clips that it has already.

    Raises:
        UsageError: there is such a clip.
    """
    for camera, clip, path in there.select("camera", "clip", "path").sort("clip").iter_rows():
        raise UsageError(
            f"camera {camera} already has clip {clip} ({path}); remove one of the two with `heatcli clips "
            f"--remove --clip {clip} --camera NAME`"
        )


def _tidy_up(store: Store, cameras: Collection[str]) -> None:
    """Keep the store quick to read. The runs are live already: a failure here does not affect them."""
    try:
        with store_errors(store.path):
            for name in TABLES:
                merge_many(store, name, cameras)
                if needs_checkpoint(store.path / name):
                    make_checkpoint(store.table(name), store.path / name)
        store.make_durable()
    except StoreError as error:
        _log.debug("merging files left to `heatcli clips --compact`: %s", error)
