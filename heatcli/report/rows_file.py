"""The rows behind a report's numbers as Parquet, for further analysis."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from heatcli.files import file_name
from heatcli.select.persons import PERSON
from heatcli.select.rows import Rows, unpaired
from heatcli.select.selected_camera import SelectedCamera

SCHEMA = pl.Schema(
    {
        "camera": pl.String(),
        "clip": pl.String(),
        "track": pl.Int32(),
        "tracklet": pl.Int32(),
        "person": pl.String(),
        "object_class": pl.String(),
        "frame": pl.Int32(),
        "time": pl.Datetime("us", "UTC"),
        "weight_us": pl.Int64(),
        "x": pl.Float64(),
        "y": pl.Float64(),
        "x1": pl.Float32(),
        "y1": pl.Float32(),
        "x2": pl.Float32(),
        "y2": pl.Float32(),
        "filled": pl.Boolean(),
        "width": pl.Int32(),
        "height": pl.Int32(),
    }
)
"""Columns of the file; docs/reports.md describes them."""

# Least number of rows in a row group, which a reader of the file loads at once.
_GROUP_ROWS = 250_000


def rows_path(folder: Path, camera: str) -> Path:
    """Return the path of the file of a camera's rows, `tracks-<camera>.parquet`."""
    return folder / f"tracks-{file_name(camera)}.parquet"


def write_rows(path: Path, camera: SelectedCamera, batches: Iterator[Rows]) -> None:
    """Write the rows of a camera that count, in order of time, in batches of a bounded number.

    Args:
        path: file to write.
        camera: selected time and people of the camera.
        batches: batches of the camera's rows, which are used up.

    Raises:
        StoreError: the store cannot be read.
        OSError: the file cannot be written.
    """

    def source(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        # The query asks for all rows, so that these arguments need not be applied.
        return _tables(camera, batches)

    rows = register_io_source(source, schema=SCHEMA)
    try:
        # Polars opens no path that is not UTF-8.
        with path.open("wb") as file:
            rows.sink_parquet(file, compression="zstd", row_group_size=_GROUP_ROWS)
    except pl.exceptions.ComputeError as error:
        # What polars calls a full disk; errors of the source come through as they are.
        raise OSError(f"{error}") from error


def _tables(camera: SelectedCamera, batches: Iterator[Rows]) -> Iterator[pl.DataFrame]:
    """Yield the rows of a camera as frames of `SCHEMA`."""
    known = camera.known.select("clip_id", "track", "object_class", PERSON)
    for rows in batches:
        points = rows.points(camera.tracking_mode)
        trajectory, tracklet = unpaired(rows.tracklet)
        of = known[trajectory]
        columns = {
            "camera": pl.repeat(camera.name, len(rows), eager=True),
            "clip": of["clip_id"],
            "track": of["track"],
            "tracklet": tracklet,
            "person": of["person"],
            "object_class": of["object_class"],
            "frame": rows.frame,
            "time": pl.Series(rows.time_us).cast(pl.Datetime("us", "UTC")),
            "weight_us": rows.weight_us,
            **dict(zip(("x", "y"), points.T, strict=True)),
            **dict(zip(("x1", "y1", "x2", "y2"), rows.boxes.T, strict=True)),
            "filled": rows.filled,
            **dict(zip(("width", "height"), rows.size.T, strict=True)),
        }
        yield pl.DataFrame(columns).cast(SCHEMA)
