"""Clips that cannot be used: other hands have changed their rows, or a loss of power has taken some."""

import functools
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from heatcli.clock import time_zone
from heatcli.errors import UsageError
from heatcli.store.files import scan
from heatcli.store.schema import CLIPS, TableName

_log = logging.getLogger(__name__)

# Columns that may be empty, or that are computed anew from the others.
_OPTIONAL = (
    *("fps", "sample_fps", "weights", "weights_sha256", "plate", "analysed_at", "covered_us"),
    *("frames_looked_at", "frames_quiet"),
)
# Column with the number of a clip's rows in each of the other tables.
_COUNTS: dict[TableName, str] = {"tracks": "rows", "trajectories": "trajectories"}
_TEXTS = ("camera", "clip", "run", "detector")
_ABOVE_ZERO = ("width", "height", "sample_aspect", "fps")
_NOT_NEGATIVE = (
    *("duration_us", "sample_fps", "frames_decoded", "frames_failed", "frames_processed"),
    *("frames_looked_at", "frames_quiet"),
)


def sound_clips(clips: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Keep the rows of `clips` that can be used; each of the others is told once, in one line.

    Args:
        clips: rows of the table `clips`, with all columns.
        path: folder of the store.
    """
    columns = faulty_columns(clips)
    odd = clips.with_columns(columns).filter(columns.is_not_null())
    for camera, clip, column in odd.select("camera", "clip", "fault").iter_rows():
        _tell(f"{path}: clip {clip} of {camera} is left out: its {column}; analyse it again")
    return clips.filter(columns.is_null())


def faulty_columns(clips: pl.DataFrame) -> pl.Series:
    """Say what is wrong with each row of `clips`: the first column at fault, and how; null if all is well."""
    start = pl.col("start").cast(pl.Int64)
    begin, end = (pl.element().struct.field(name) for name in ("from", "to"))
    pieces = pl.col("coverage").list
    faults = [
        *((name, pl.col(name).is_null(), "is missing") for name in CLIPS.names() if name not in _OPTIONAL),
        *((name, pl.col(name) == "", "is missing") for name in _TEXTS),
        *((name, ~((pl.col(name) > 0) & (pl.col(name) < 1e9)), "is no size or rate") for name in _ABOVE_ZERO),
        *((name, ~((pl.col(name) >= 0) & (pl.col(name) < 2**62)), "is negative") for name in _NOT_NEGATIVE),
        ("rotation", ~pl.col("rotation").is_in([0, 90, 180, 270]), "is no quarter turn"),
        ("start", ~pl.col("start").dt.year().is_between(1970, 2200), "is no time of a recording"),
        ("timezone", _is_not(clips["timezone"], _is_zone), "is unknown"),
        ("settings", _is_not(clips["settings"], _is_settings), "are no JSON of settings"),
        ("coverage", pieces.eval(begin.is_null() | end.is_null() | (begin >= end)).list.any(), "is no time"),
        ("coverage", pieces.eval(begin <= end.shift(1)).list.any(), "is not in order"),
        ("coverage", pieces.eval(begin).list.min() < start, "begins before the clip"),
    ]
    told = [pl.when(wrong).then(pl.lit(f"{name} {what}")) for name, wrong, what in faults]
    return clips.select(pl.coalesce(told).alias("fault"))["fault"]


def incomplete_clips(clips: pl.DataFrame, files: Mapping[TableName, pl.DataFrame]) -> pl.DataFrame:
    """Return the clips that have fewer or more rows in the other tables than their commit has counted.

    Args:
        clips: rows of the table `clips`.
        files: files of each table, as `heatcli.store.files.data_files` lists them.
    """
    clips = clips.drop_nulls("run")
    for name, column in _COUNTS.items():
        counted = scan(name, files[name], None).group_by("run").agg(pl.len().cast(pl.Int64).alias("there"))
        is_whole = pl.col("there").fill_null(0) == pl.col(column)
        there = clips.join(counted.collect(), on="run", how="left")
        clips = there.with_columns(is_whole.alias(f"all {name}")).drop("there")
    return clips.filter(~pl.all_horizontal("all tracks", "all trajectories"))


@functools.cache
def _tell(message: str) -> None:
    """Warn of a clip, once in the life of a process."""
    _log.warning(message)


def _is_not(texts: pl.Series, is_right: Callable[[str], bool]) -> pl.Expr:
    wrong = [text for text in texts.unique().drop_nulls() if not is_right(text)]
    return pl.col(texts.name).is_in(wrong)


@functools.cache
def _is_zone(name: str) -> bool:
    try:
        time_zone(name)
    except UsageError:
        return False
    return True


@functools.cache
def _is_settings(text: str) -> bool:
    """Tell whether a text is JSON of settings, as far as readers look into it."""
    try:
        settings = json.loads(text)
        names = [*settings.get("objects_to_track", ()), *settings.get("attributes", {}).get("names", ())]
        points = [point for mask in settings.get("masks", ()) for point in mask]
        return all(isinstance(name, str) for name in names) and all(len(point) == 2 for point in points)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return False
