"""Rewriting tables of version 1, which have other partitions, in one commit and in bounded memory.

deltalake can do so as well, but holds all partitions in memory until the last row is there. So the files are
written here, and the entry of the log that switches to them, as the Delta protocol has it.
"""

import json
import tempfile
import time
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from heatcli.files import create_file
from heatcli.store.durability import make_durable
from heatcli.store.faults import retried, store_errors
from heatcli.store.files import check_written, data_files, scan
from heatcli.store.schema import (
    HOOKS,
    PARTITIONS,
    PROPERTIES,
    ROW_GROUP,
    TABLES,
    TIMES,
    TableName,
    table_schema,
)
from heatcli.store.store import Store

# Rows of a file: for `tracks` some 16 MB, for `trajectories`, with waypoints and descriptors, some more.
_ROWS_OF_A_FILE: dict[TableName, int] = {"tracks": 600_000, "trajectories": 50_000}

_ENDS = (("minValues", pl.Expr.min), ("maxValues", pl.Expr.max))


def bring_up_to_date(store: Store) -> None:
    """Give all tables the properties and partitions of this version; most have them already.

    A kill leaves each table as it was or as it is to be. Whoever reads meanwhile has the old files for a day.

    Raises:
        StoreError: a file is damaged, the disk is full, or others write all the time.
    """
    with store_errors(store.path):
        for name in TABLES:
            known = store.table(name).metadata()
            if not PROPERTIES.items() <= known.configuration.items():
                # First: an older heatcli must not write into the new partitions.
                retried(partial(_set_properties, store, name))
            if known.partition_columns != PARTITIONS[name]:
                retried(partial(_rewrite, store, name))
            make_durable(store.path / name)


def _set_properties(store: Store, name: TableName) -> None:
    store.table(name).alter.set_table_properties(
        PROPERTIES, raise_if_not_exists=False, post_commithook_properties=HOOKS
    )


def _rewrite(store: Store, name: TableName) -> None:
    """Write all rows of a table into the partitions of this version, and switch to the new files.

    Raises:
        CommitFailedError: somebody has written to the table meanwhile.
    """
    folder, table = store.path / name, store.table(name)
    files = data_files(table, folder)
    check_written(files)
    now = time.time_ns() // 1_000_000
    actions: list[dict[str, Any]] = [{"metaData": _metadata(table, name)}]
    known = pl.DataFrame(table.get_add_actions())
    for path, size, partition in known.select("path", "size_bytes", "partition").iter_rows():
        values = {key: None if value is None else str(value) for key, value in partition.items()}
        removed = {"path": path, "size": size, "partitionValues": values, "extendedFileMetadata": True}
        actions.append({"remove": {**removed, "deletionTimestamp": now, "dataChange": True}})
    for (camera,), own in files.sort("camera", "period").group_by("camera", maintain_order=True):
        actions += (
            {"add": _written(folder, name, str(camera), month, rows, now)}
            for month, rows in _by_month(name, str(camera), own)
        )
    entry = "".join(f"{json.dumps(action)}\n" for action in actions).encode()
    try:
        create_file(folder / "_delta_log" / f"{table.version() + 1:020}.json", entry)
    except FileExistsError as error:
        raise CommitFailedError(f"{name} was written to meanwhile") from error


def _metadata(table: DeltaTable, name: TableName) -> dict[str, Any]:
    """Return the action that gives a table its new columns and partitions."""
    known = table.metadata()
    with tempfile.TemporaryDirectory() as folder:
        # deltalake does not say how it writes a schema, other than that of a table.
        schema = DeltaTable.create(folder, schema=table_schema(name)).schema().to_json()
    return {
        "id": known.id,
        "format": {"provider": "parquet", "options": {}},
        "schemaString": schema,
        "partitionColumns": PARTITIONS[name],
        "createdTime": known.created_time,
        "configuration": known.configuration,
    }


def _by_month(name: TableName, camera: str, files: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the rows of a camera in order of time, those of one month together, as many as a file is to have.

    Args:
        name: name of the table.
        camera: name of the camera.
        files: its files: those of each date or, where no date is known, all of them are read at once.
    """
    month = pl.col(TIMES[name]).dt.strftime("%Y-%m")
    waiting: dict[str, pl.DataFrame] = {}
    for _, own in files.group_by("period", maintain_order=True):
        rows = scan(name, own, camera)
        for this in rows.select(month.unique().sort()).collect(engine="streaming").to_series():
            found = rows.filter(month == this).sort(TIMES[name]).collect()
            for earlier in waiting.keys() - {this}:
                yield earlier, waiting.pop(earlier)
            found = pl.concat([waiting.pop(this), found]) if this in waiting else found
            while len(found) >= _ROWS_OF_A_FILE[name]:
                yield this, found.head(_ROWS_OF_A_FILE[name])
                found = found.slice(_ROWS_OF_A_FILE[name])
            waiting[this] = found
    yield from ((month, rows) for month, rows in waiting.items() if len(rows))


def _written(
    folder: Path, name: TableName, camera: str, month: str, rows: pl.DataFrame, now: int
) -> dict[str, Any]:
    """Write a data file, and return what the log has to say of it."""
    file = f"camera={quote(camera, safe='')}/month={month}/part-00000-{uuid.uuid4()}-c000.zstd.parquet"
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.drop("camera").write_parquet(path, compression="zstd", row_group_size=ROW_GROUP)
    time = pl.col(TIMES[name]).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    ends = {end: rows.select(bound(pl.col("run")), bound(time)).row(0, named=True) for end, bound in _ENDS}
    return {
        "path": quote(file, safe="/="),
        "partitionValues": {"camera": camera, "month": month},
        "size": path.stat().st_size,
        "modificationTime": now,
        "dataChange": True,
        "stats": json.dumps({"numRecords": len(rows), **ends}),
    }
