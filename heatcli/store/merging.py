"""Merging small files of the tables into fewer that are sorted by time, in bounded memory."""

from collections.abc import Collection, Iterator

import polars as pl
from deltalake import DeltaTable

from heatcli.store.faults import retried
from heatcli.store.files import check_written, data_files
from heatcli.store.schema import FILE_BYTES, HOOKS, TIMES, WRITER, TableName
from heatcli.store.store import Store

# A commit merges the files of a partition of its cameras, or of `clips`, when there are more than this: every
# question to the store has to read all of them.
_MANY_FILES = 50

# Bytes of memory in which rows are sorted; what is more goes to the disk meanwhile.
_MEMORY = 300_000_000


def merge_many(store: Store, name: TableName, cameras: Collection[str]) -> None:
    """Merge the files of each partition of some cameras, or of a table without partitions, that has many.

    Raises:
        StoreError: a file is not as it was written.
    """
    for camera, period, files in _partitions(store, name):
        if (camera is None or camera in cameras) and len(files) > _MANY_FILES:
            _merge(store, name, camera, period, files)


def merge_small(store: Store, name: TableName, stirred: Collection[str]) -> None:
    """Merge the files of all partitions that have small ones, or ones that overlap in time.

    Args:
        store: store to write to.
        name: name of the table.
        stirred: cameras whose files are sorted anew in any case.

    Raises:
        StoreError: a file is not as it was written.
    """
    for camera, period, files in _partitions(store, name):
        in_order = files.sort("earliest")
        # Rows of one time may lie in two files, and times in the log are cut to milliseconds.
        overlap = in_order["earliest"] + 1000 < in_order["latest"].shift(1)
        are_small = (files["bytes"] < FILE_BYTES // 2).sum() > 1
        if are_small or (name in TIMES and (overlap.any() or camera in stirred)):
            _merge(store, name, camera, period, files)


def _partitions(store: Store, name: TableName) -> Iterator[tuple[str | None, str | None, pl.DataFrame]]:
    """Yield camera, period and files of each partition; None for a key that the table does not have."""
    files = data_files(store.table(name), store.path / name)
    for (camera, period), own in files.group_by("camera", "period", maintain_order=True):
        yield camera, period, own


def _merge(
    store: Store, name: TableName, camera: str | None, period: str | None, files: pl.DataFrame
) -> None:
    check_written(files)
    retried(lambda: _rewrite(store.table(name), name, [camera, period]))


def _rewrite(table: DeltaTable, name: TableName, keys: list[str | None]) -> None:
    partition = list(zip(table.metadata().partition_columns, ["="] * 2, keys, strict=False)) or None
    if name in TIMES:
        table.optimize.z_order(
            [TIMES[name]],  # of a single column, it is the order of that column
            partition_filters=partition,
            target_size=FILE_BYTES,
            max_concurrent_tasks=1,
            max_spill_size=_MEMORY,
            writer_properties=WRITER,
            post_commithook_properties=HOOKS,
        )
    else:
        table.optimize.compact(
            partition_filters=partition,
            target_size=FILE_BYTES,
            writer_properties=WRITER,
            post_commithook_properties=HOOKS,
        )
