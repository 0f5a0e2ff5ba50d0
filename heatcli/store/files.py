"""The Parquet files that a version of a table consists of, and reading them.

polars' own reader of Delta tables fails where the path of the store has a space or a letter beyond ASCII, and
reads the log again for each query. Here the log is read once, and files that cannot hold what a query asks
for are left out by their statistics.
"""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable

from heatcli.store.schema import PARTITIONS, TABLES, TableName
from heatcli.store.sums import check_files, read_sums

_DAY_US = 86_400_000_000
_TIME = pl.Datetime("us", "UTC")


def data_files(table: DeltaTable, folder: Path) -> pl.DataFrame:
    """List the files of a table.

    Args:
        table: table at the version to read.
        folder: folder of the table.

    Returns:
        One row per file: `path`; `rows`, its number of rows; `bytes`, its size; `camera` and `period`, the
        partition that it belongs to, where `period` is a month or, in a table of version 1, a date;
        `earliest` and `latest`, UTC µs, between which each `time` in it is, or each `first`; `first_run` and
        `last_run`, the first and last run in it. Null where the table has no such column, or the writer has
        not noted it. Also its `sha256` when it was written; null where that was not noted.
    """
    actions = pl.DataFrame(table.get_add_actions(flatten=True))
    wanted = {
        "rows": (["num_records"], pl.Int64()),
        "bytes": (["size_bytes"], pl.Int64()),
        "camera": (["partition.camera"], pl.String()),
        "period": (["partition.month", "partition.date"], pl.String()),
        "earliest": (["min.time", "min.first"], _TIME),
        "latest": (["max.time", "max.first"], _TIME),
        "first_run": (["min.run"], pl.String()),
        "last_run": (["max.run"], pl.String()),
    }
    # The log holds the paths as URLs.
    names = [unquote(url) for url in actions["path"]]
    sums = read_sums(folder).files
    paths = pl.Series("path", [str(folder / name) for name in names], dtype=pl.String)
    sha256 = pl.Series("sha256", [sums.get(name) for name in names], dtype=pl.String)
    known = {
        name: pl.coalesce(pl.lit(None), *(pl.col(one) for one in sources if one in actions.columns)).cast(
            dtype
        )
        for name, (sources, dtype) in wanted.items()
    }
    # A writer may leave out the times, and cuts them to milliseconds.
    day = pl.concat_str(pl.col("period"), pl.lit("-01")).str.head(10)
    begin = day.str.to_date().cast(_TIME).cast(pl.Int64)
    longest = pl.when(pl.col("period").str.len_bytes() == len("2026-03")).then(31).otherwise(1) * _DAY_US
    return actions.select(paths, sha256, **known).with_columns(
        earliest=pl.col("earliest").cast(pl.Int64).fill_null(begin),
        latest=(pl.col("latest").cast(pl.Int64) + 1000).fill_null(begin + longest),
    )


def check_written(files: pl.DataFrame) -> None:
    """Make sure that files of a table, as `data_files` lists them, are as they were written.

    Raises:
        FileNotFoundError: a file is gone.
        StoreError: a file is not as it was written.
    """
    check_files(dict(files.select("path", "sha256").iter_rows()))


def scan(name: TableName, files: pl.DataFrame, camera: str | None) -> pl.LazyFrame:
    """Read files of a table, all of one partition by camera, once it is sure that they are as written.

    Args:
        name: name of the table.
        files: files, as `data_files` lists them.
        camera: camera of the partition; None for a table that has no partitions.

    Returns:
        Columns of the table, of its partition keys only `camera`; null where a file was written before the
        column existed. Columns that a later heatcli has added are left out.

    Raises:
        FileNotFoundError: a file is gone.
        StoreError: a file is not as it was written.
    """
    check_written(files)
    columns = {column: dtype for column, dtype in TABLES[name].items() if column not in PARTITIONS[name]}
    rows = (
        pl.scan_parquet(
            files["path"].to_list(),
            schema=columns,
            missing_columns="insert",
            extra_columns="ignore",
            glob=False,
            hive_partitioning=False,
        )
        if len(files)
        else pl.LazyFrame(schema=columns)
    )
    return rows if camera is None else rows.with_columns(camera=pl.lit(camera))


def live(rows: pl.LazyFrame, runs: Iterable[str]) -> pl.LazyFrame:
    """Keep the rows of live runs. Every reader of rows goes through this.

    Args:
        rows: rows of `tracks` or `trajectories`, of one camera.
        runs: runs that `clips` names for this camera in the same snapshot.

    Returns:
        Rows of live runs, whose `clip` is now the index of the run (int32).
    """
    number = pl.col("run").cast(pl.Enum(list(runs)), strict=False).to_physical().cast(pl.Int32)
    return rows.with_columns(clip=number).filter(pl.col("clip").is_not_null())
