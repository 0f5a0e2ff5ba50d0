"""Deleting the rows of runs that are not live."""

from collections.abc import Collection
from pathlib import Path

import polars as pl

from heatcli.errors import StoreError
from heatcli.store.faults import retried, store_errors
from heatcli.store.files import check_written, data_files
from heatcli.store.schema import HOOKS, WRITER, TableName, sql_text
from heatcli.store.store import Store


def delete_runs(store: Store, cameras: Collection[str], runs: Collection[str]) -> None:
    """Delete the rows of runs that `clips` does not name.

    Args:
        store: store to delete from.
        cameras: cameras of the runs; other partitions are not looked at.
        runs: ids of the runs.

    Raises:
        StoreError: the rows could not be deleted; they are never read, and only take up space.
    """
    delete_rows(store, "tracks", cameras, runs)
    delete_rows(store, "trajectories", cameras, runs)


def delete_rows(store: Store, name: TableName, cameras: Collection[str], runs: Collection[str]) -> None:
    """Delete the rows of some runs from one table.

    Raises:
        StoreError: the rows could not be deleted.
    """
    predicate = f"camera IN ({_texts(cameras)}) AND run IN ({_texts(runs)})"
    with store_errors(store.path):
        files = data_files(store.table(name), store.path / name).filter(
            pl.col("camera").is_in(list(cameras)).fill_null(True),
            (pl.col("first_run") <= max(runs)).fill_null(True),
            (pl.col("last_run") >= min(runs)).fill_null(True),
        )
        _drop_damaged(store, name, files)
        retried(
            lambda: store.table(name).delete(
                predicate, writer_properties=WRITER, post_commithook_properties=HOOKS
            )
        )


def _drop_damaged(store: Store, name: TableName, files: pl.DataFrame) -> None:
    """Take damaged files without live rows out of a table, as deltalake would have to read them.

    Raises:
        FileNotFoundError: a file with live rows is gone.
        StoreError: a file with live rows is not as it was written; deltalake would give its rows a new file.
    """
    live = store.scan_clips(store.table("clips")).select("run").collect()["run"]
    dropped = False
    for file in files.iter_slices(1):
        try:
            check_written(file)
        except (FileNotFoundError, StoreError):
            if name == "clips" or live.is_between(file["first_run"], file["last_run"]).fill_null(True).any():
                raise
            Path(file["path"].item()).unlink(missing_ok=True)
            dropped = True
    if dropped:
        store.table(name).repair(post_commithook_properties=HOOKS)


def _texts(values: Collection[str]) -> str:
    return ", ".join(sql_text(value) for value in values)
