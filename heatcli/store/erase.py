"""Taking things out of the tables for good: no file, old version or entry of a log has them afterwards."""

import re
from collections.abc import Iterable
from pathlib import Path

import polars as pl
from deltalake import CommitProperties

from heatcli.store.debris import delete_runs
from heatcli.store.durability import Log, make_durable
from heatcli.store.faults import retried, store_errors
from heatcli.store.files import check_written, data_files, scan
from heatcli.store.maintenance import data_file_layout, plate_files
from heatcli.store.schema import HOOKS, PROPERTIES, TABLES, WRITER, TableName
from heatcli.store.store import Store
from heatcli.store.sums import note_sums, read_sums, rewrite_sums

# Time for which a table keeps files that no version needs, while older versions are forgotten: then a
# checkpoint does not name them.
_RETENTION = "delta.deletedFileRetentionDuration"
_NONE = "interval 0 seconds"

# Files that were being written by a process that was killed.
_HALF_WRITTEN = re.compile(r"\.[0-9a-f]{16}\.\w+")


def set_values(store: Store, name: TableName, new: pl.DataFrame, *, column: str) -> None:
    """Give one column of some rows other values, in one commit.

    Args:
        store: store to write to.
        name: name of the table.
        new: new values of the column `column`, and the columns that say of which rows.
        column: name of the column.

    Raises:
        StoreError: the store cannot be written.
    """
    if new.is_empty():
        return
    keys = [key for key in new.columns if key != column]
    with store_errors(store.path):
        check_written(data_files(store.table(name), store.path / name))
        retried(
            lambda: (
                store.table(name)
                .merge(
                    new,
                    predicate=" AND ".join(f"old.{key} = new.{key}" for key in keys),
                    source_alias="new",
                    target_alias="old",
                    writer_properties=WRITER,
                    commit_properties=CommitProperties(max_commit_retries=0),
                    post_commithook_properties=HOOKS,
                )
                .when_matched_update({column: f"new.{column}"})
                .execute()
            )
        )


def erase_leftovers(store: Store) -> None:
    """Remove whatever the tables do not need now: rows of other runs, old versions, pictures, unnamed files.

    Nobody else may be writing: see `heatcli.store.writing.alone`. Whoever reads an older version meanwhile
    has to ask again.

    Raises:
        StoreError: the store cannot be read or written.
    """
    with store_errors(store.path):
        clips = store.scan_clips(store.table("clips")).select("plate").collect()
    erase_dead_runs(store)
    store.make_durable()
    with store_errors(store.path):
        for name in TABLES:
            _forget_versions(store, name)
        named = {store.path / plate for plate in clips["plate"].drop_nulls()}
        for file in [*set(plate_files(store.path)).difference(named), *_half_written(store.path)]:
            file.unlink(missing_ok=True)


def erase_dead_runs(store: Store) -> None:
    """Delete the rows of runs that are not live: nobody else is writing, so that none is in progress.

    Raises:
        StoreError: the store cannot be read or written.
    """
    dead: set[tuple[str, str]] = set()
    names: tuple[TableName, ...] = ("tracks", "trajectories")
    with store_errors(store.path):
        live = set(store.scan_clips(store.table("clips")).select("run").collect()["run"])
        for name in names:
            files = data_files(store.table(name), store.path / name)
            for (camera,), own in files.group_by("camera"):
                runs = scan(name, own, str(camera)).select(pl.col("run").unique()).collect()["run"]
                dead |= {(str(camera), run) for run in runs if run not in live}
    if dead:
        delete_runs(store, {camera for camera, _ in dead}, {run for _, run in dead})


def _forget_versions(store: Store, name: TableName) -> None:
    """Forget all versions of a table but the newest, with their files and their entries of the log."""
    folder = store.path / name
    _set_property(store, name, _NONE)
    table = store.table(name)
    table.create_checkpoint()
    log, newest = Log.list(folder), table.version()
    note_sums(folder, read_sums(folder).version, [log.checkpoints[newest]])
    old = [
        file for kind in (log.entries, log.checkpoints) for version, file in kind.items() if version < newest
    ]
    live = set(data_files(table, folder)["path"])
    layout = data_file_layout()
    unnamed = [
        file
        for file in folder.rglob("*.parquet*")
        if layout.fullmatch(file.relative_to(folder).as_posix()) and str(file) not in live
    ]
    for file in [*old, *unnamed]:
        file.unlink(missing_ok=True)
    _set_property(store, name, PROPERTIES[_RETENTION])
    rewrite_sums(folder, version=None, without=())


def _set_property(store: Store, name: TableName, value: str) -> None:
    """Say for how long a table keeps files that no version needs; this is on the disk afterwards."""
    retried(lambda: store.table(name).alter.set_table_properties({_RETENTION: value}))
    make_durable(store.path / name)


def _half_written(store: Path) -> Iterable[Path]:
    found = (file for pattern in ("*", "*/*", "*/*/*") for file in store.glob(pattern))
    return [file for file in found if _HALF_WRITTEN.fullmatch(file.name) and file.is_file()]
