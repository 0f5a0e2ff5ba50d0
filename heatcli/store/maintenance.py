"""Looking after a store: removing clips, merging small files, removing what no clip needs any more."""

import logging
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from deltalake import DeltaTable

from heatcli.errors import StoreError
from heatcli.store.clips import ClipRow
from heatcli.store.debris import delete_rows, delete_runs
from heatcli.store.durability import make_checkpoint, make_durable
from heatcli.store.faults import store_errors
from heatcli.store.files import check_written, data_files, scan
from heatcli.store.forgotten import ForgottenClip, note_forgotten
from heatcli.store.identity import DEBRIS_AGE, run_time
from heatcli.store.layout import bring_up_to_date
from heatcli.store.merging import merge_small
from heatcli.store.partials import remove_unasked
from heatcli.store.schema import TABLES, TableName
from heatcli.store.store import Snapshot, Store
from heatcli.store.writing import writing

_log = logging.getLogger(__name__)

# Names of what heatcli writes: data files by deltalake, plates by a run, and either half-written by a process
# that was killed. Plates were PNG once.
_DATA_FILE = r"part-\d{5}-[0-9a-f-]{36}-c\d{3}(\.\w+)?\.parquet(#\d+)?"
_PLATE = re.compile(r"\w+-\d{8}T\d{12}Z-[0-9a-f]{8}\.(png|webp)|\.[0-9a-f]{16}\.(png|webp)")


@dataclass(frozen=True, slots=True)
class Compaction:
    """What `compact` did.

    Attributes:
        files_before: number of Parquet files that the tables consisted of before.
        files_after: number of Parquet files that the tables consist of now.
        files_deleted: number of Parquet files that were deleted from the disk, as no version needs them any
            more.
        runs_deleted: number of runs that were killed or replaced, and whose left-over rows were deleted.
        plates_deleted: number of deleted pictures of the empty scene that belong to no clip.
        partials_deleted: number of deleted partial results that no question will ask for.
    """

    files_before: int
    files_after: int
    files_deleted: int
    runs_deleted: int
    plates_deleted: int
    partials_deleted: int


def remove_clips(store: Store, clips: Collection[ClipRow], *, for_good: bool = False) -> None:
    """Remove clips. A clip that was analysed again in the meantime is kept.

    Their rows are not read from here on; the files that held them leave the disk when `compact` runs a day
    later, and so do plates that no other clip has.

    Args:
        store: store with the clips.
        clips: clips as the store has them.
        for_good: whether `analyze` passes over them when it meets their recordings again.

    Raises:
        StoreError: the store cannot be written.
    """
    if not clips:
        return
    if for_good:
        note_forgotten(store.path, map(ForgottenClip.of, clips))
    cameras = {clip.camera for clip in clips}
    runs = {clip.run for clip in clips}
    with writing(store.path):
        delete_rows(store, "clips", cameras, runs)
        store.make_durable()
        try:
            delete_runs(store, cameras, runs)
            store.make_durable()
        except StoreError as error:
            _log.debug("rows of removed clips left to `heatcli clips --compact`: %s", error)


def compact(store: Store) -> Compaction:
    """Merge small files, sort rows by time, and remove what no clip needs any more.

    Tables of an earlier version get the partitions of this one. Whoever reads or writes meanwhile is not
    disturbed: rows of runs that may be in progress and files that a query may be reading are kept for a day.

    Raises:
        StoreError: the store cannot be read or written.
    """
    with writing(store.path):
        return _compacted(store)


def _compacted(store: Store) -> Compaction:
    # Nothing is deleted for the sake of what a loss of power may undo.
    store.make_durable()
    with store_errors(store.path):
        before = _count_files(store)
    bring_up_to_date(store)
    snapshot = store.snapshot()
    with store_errors(store.path):
        # With the clips that cannot be used: somebody may mend them.
        clips = store.scan_clips(store.table("clips")).collect()
        debris = _dead_runs(store, snapshot, set(clips["run"]))
    stirred = sorted({camera for camera, _ in debris})
    for camera in stirred:
        delete_runs(store, [camera], {run for of, run in debris if of == camera})
    with store_errors(store.path):
        deleted = sum(_tidy(store, name, stirred) for name in TABLES)
        plates = _delete_plates(store, clips["plate"])
        partials = remove_unasked(store.path, clips["run"])
        return Compaction(before, _count_files(store), deleted, len(debris), plates, partials)


def _dead_runs(store: Store, snapshot: Snapshot, live: Collection[str]) -> set[tuple[str, str]]:
    """Find (camera, run) that have rows, are not live, and are too old to be in progress."""
    names: dict[TableName, DeltaTable] = {"tracks": snapshot.tracks, "trajectories": snapshot.trajectories}
    dead = set()
    for name, table in names.items():
        for (camera,), files in data_files(table, store.path / name).group_by("camera"):
            runs = (
                scan(name, files, str(camera))
                .select(pl.col("run").unique())
                .collect(engine="streaming")["run"]
            )
            dead |= {(str(camera), run) for run in runs if run not in live and _is_old(run_time(run))}
    return dead


def _tidy(store: Store, name: TableName, stirred: Collection[str]) -> int:
    """Merge a table's small files, and delete those that no version needs; return how many.

    Args:
        store: store to tidy.
        name: name of the table.
        stirred: cameras of which rows were deleted: what deltalake has left of them is in any order.
    """
    folder = store.path / name
    check_written(data_files(store.table(name), folder))
    merge_small(store, name, stirred)
    make_durable(folder)
    table = store.table(name)
    ours = data_file_layout()
    deleted = [file for file in table.vacuum(dry_run=True, full=True) if ours.fullmatch(file)]
    for file in deleted:
        (folder / file).unlink(missing_ok=True)
    make_checkpoint(table, folder)
    return len(deleted)


def data_file_layout() -> re.Pattern[str]:
    """Return what the paths of data files look like within the folder of their table, also of version 1.

    What others have put into the folder is not ours to delete.
    """
    return re.compile(rf"((camera=[^/]+/)((month|date)=[^/]+/)?)?{_DATA_FILE}")


def plate_files(store: Path) -> list[Path]:
    """List the pictures of empty scenes in the folder of a store, those that are half-written too."""
    return [file for file in store.glob("plates/*") if _PLATE.fullmatch(file.name)]


def _count_files(store: Store) -> int:
    return sum(len(store.table(name).file_uris()) for name in TABLES)


def _delete_plates(store: Store, plates: pl.Series) -> int:
    """Delete pictures that no clip names, left over by runs that were killed or replaced."""
    named = {store.path / plate for plate in plates.drop_nulls()}
    dead = [
        file
        for file in plate_files(store.path)
        if file not in named and _is_old(datetime.fromtimestamp(file.stat().st_mtime, UTC))
    ]
    for file in dead:
        file.unlink(missing_ok=True)
    return len(dead)


def _is_old(time: datetime) -> bool:
    return datetime.now(UTC) - time > DEBRIS_AGE
