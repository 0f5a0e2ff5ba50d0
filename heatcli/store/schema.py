"""The three tables of the store: their columns, partition keys and properties.

Version 2. A change that an older heatcli would misread raises `SCHEMA_VERSION`. Adding a column does not: it
is null in older rows. Version 1 had `tracks` by camera and date, and `trajectories` by camera; such tables
are read and written as they are until `heatcli.store.layout` rewrites them.
"""

from collections.abc import Sequence
from typing import Literal

import polars as pl
from deltalake import PostCommitHookProperties, WriterProperties

TableName = Literal["clips", "trajectories", "tracks"]

SCHEMA_VERSION = 2
VERSION_PROPERTY = "heatcli.schema_version"

_TIME = pl.Datetime("us", "UTC")

# One row per camera and clip; this row is what makes a clip exist.
CLIPS = pl.Schema(
    {
        "camera": pl.String(),
        "clip": pl.String(),
        "run": pl.String(),
        "path": pl.String(),
        "bytes": pl.Int64(),
        "mtime": pl.Int64(),  # ns since 1970, as the file system gives it: part of the key of the hash cache
        "start": _TIME,
        "start_source": pl.String(),
        "timezone": pl.String(),
        "duration_us": pl.Int64(),
        "width": pl.Int32(),
        "height": pl.Int32(),
        "sample_aspect": pl.Float64(),
        "rotation": pl.Int32(),
        "fps": pl.Float64(),
        "sample_fps": pl.Float64(),
        "frames_decoded": pl.Int64(),
        "frames_failed": pl.Int64(),
        "frames_processed": pl.Int64(),
        "frames_looked_at": pl.Int64(),
        "frames_quiet": pl.Int64(),
        "coverage": pl.List(pl.Struct({"from": pl.Int64(), "to": pl.Int64()})),  # UTC, µs since 1970
        "covered_us": pl.Int64(),
        "detector": pl.String(),
        "weights": pl.String(),
        "weights_sha256": pl.String(),
        "settings": pl.String(),
        "settings_hash": pl.String(),
        "heatcli_version": pl.String(),
        "rows": pl.Int64(),
        "trajectories": pl.Int64(),
        "plate": pl.String(),
        "analysed_at": _TIME,
    }
)

# One row per trajectory.
TRAJECTORIES = pl.Schema(
    {
        "camera": pl.String(),
        "clip": pl.String(),
        "run": pl.String(),
        "track": pl.Int32(),
        "object_class": pl.String(),
        "first": _TIME,
        "last": _TIME,
        "present_us": pl.Int64(),
        "filled_us": pl.Int64(),
        "tracklets": pl.Int32(),
        "attributes": pl.List(pl.String()),
        "path_px": pl.Float64(),
        "range_px": pl.Float64(),
        "first_x": pl.Float64(),
        "first_y": pl.Float64(),
        "last_x": pl.Float64(),
        "last_y": pl.Float64(),
        "median_x": pl.Float64(),
        "median_y": pl.Float64(),
        "median_height_px": pl.Float64(),
        "first_height_px": pl.Float64(),
        "last_height_px": pl.Float64(),
        "first_vx": pl.Float64(),
        "first_vy": pl.Float64(),
        "last_vx": pl.Float64(),
        "last_vy": pl.Float64(),
        # µs since the first row, foot point and height in pixels.
        "waypoints": pl.List(
            pl.Struct({"us": pl.Int64(), "x": pl.Float32(), "y": pl.Float32(), "height_px": pl.Float32()})
        ),
        "descriptor": pl.Binary(),
        "person": pl.String(),
        "alive": pl.Float32(),
        "known_visit": pl.String(),
        "known_person": pl.String(),
        "known_staff": pl.Float32(),
    }
)

# One row per person and processed frame.
TRACKS = pl.Schema(
    {
        "camera": pl.String(),
        "clip": pl.String(),
        "run": pl.String(),
        "track": pl.Int32(),
        "tracklet": pl.Int32(),
        "frame": pl.Int32(),
        "pts_us": pl.Int64(),
        "time": _TIME,
        "dt_us": pl.Int32(),
        "x1": pl.Float32(),
        "y1": pl.Float32(),
        "x2": pl.Float32(),
        "y2": pl.Float32(),
        "conf": pl.Float32(),
        "filled": pl.Boolean(),
    }
)

# `clips` comes last: a store exists once that table does.
TABLES: dict[TableName, pl.Schema] = {"tracks": TRACKS, "trajectories": TRAJECTORIES, "clips": CLIPS}

PARTITIONS: dict[TableName, list[str]] = {
    "tracks": ["camera", "month"],
    "trajectories": ["camera", "month"],
    "clips": [],
}

# The column by which a table that has partitions is cut into months, and its files are sorted.
TIMES: dict[TableName, str] = {"tracks": "time", "trajectories": "first"}

PROPERTIES = {
    VERSION_PROPERTY: str(SCHEMA_VERSION),
    # Time for which files stay on the disk that no version needs any more: longer than any query takes.
    "delta.deletedFileRetentionDuration": "interval 1 days",
    # Each checkpoint lists all files of the table: those of a month of nightly runs would outweigh the rows.
    "delta.logRetentionDuration": "interval 1 days",
}

# Rows that are read or passed over together.
ROW_GROUP = 65_536

WRITER = WriterProperties(compression="ZSTD", max_row_group_size=ROW_GROUP)

# Bytes of a data file, as far as there are rows for it. A reader compares whole files with their checksums:
# an hour of one camera must not need those of a month.
FILE_BYTES = 16_000_000

# Checkpoints, and the removal of entries that they make useless, wait until all is on the disk: see
# `heatcli.store.durability.make_checkpoint`.
HOOKS = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)


def table_schema(name: TableName) -> pl.Schema:
    """Return the columns of a table together with its partition keys."""
    keys = {key: pl.String() for key in PARTITIONS[name]}
    return pl.Schema({**TABLES[name], **keys})


def conform(name: TableName, frame: pl.DataFrame) -> pl.DataFrame:
    """Bring a frame into a table's columns, order and types.

    Raises:
        polars.exceptions.PolarsError: a column is missing, or holds values that do not fit its type.
    """
    return frame.select(pl.col(column).cast(dtype) for column, dtype in TABLES[name].items())


def laid_out(name: TableName, frame: pl.DataFrame, partitions: Sequence[str]) -> pl.DataFrame:
    """Bring a frame into the form in which it is appended to a table: in order of time, with its keys.

    Args:
        name: name of the table.
        frame: rows with the columns of the table.
        partitions: partition keys that the table on the disk has.

    Raises:
        polars.exceptions.PolarsError: a column is missing, or holds values that do not fit its type.
    """
    columns = conform(name, frame)
    if name not in TIMES:
        return columns
    time = pl.col(TIMES[name])
    keys = {"month": time.dt.strftime("%Y-%m"), "date": time.dt.date()}
    in_order = columns.sort("camera", time, maintain_order=True)
    return in_order.with_columns(**{key: keys[key] for key in partitions if key in keys})


def sql_text(value: str) -> str:
    """Return text as a literal for deltalake's predicates."""
    return "'" + value.replace("'", "''") + "'"
