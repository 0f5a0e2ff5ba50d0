"""Who is who: all trajectories of a camera, numbered by person."""

import polars as pl

from heatcli.store.files import live
from heatcli.store.joins import heads

# What is known of each trajectory, as the store has it.
_SUMMARY = (
    *("object_class", "present_us", "path_px", "range_px", "median_height_px"),
    *("first_x", "first_y", "last_x", "last_y", "median_x", "median_y"),
)


def persons(trajectories: pl.LazyFrame, clips: pl.DataFrame) -> pl.DataFrame:
    """Give everybody a number: a trajectory, or a group that is joined across files.

    Args:
        trajectories: rows of the table `trajectories`, of one camera, live or not.
        clips: all rows of `clips` of this camera, sorted by start and clip.

    Returns:
        One row per live trajectory, sorted by start of the clip, clip and track: `run`, `clip`, `track`;
        `person` (int64), from 0 in the order of their first trajectories; `first_us` and `last_us` (int64,
        UTC µs); `width` and `height` of the clip; and of the table those columns that tell class, size, stay
        and places.
    """
    covered = pl.col("coverage").list
    of_clip = clips.lazy().select(
        "run",
        "width",
        "height",
        from_us=covered.first().struct.field("from"),
        to_us=covered.last().struct.field("to"),
        step_us=pl.col("covered_us") / pl.col("frames_processed"),
        place=pl.int_range(pl.len()),
    )
    known = (
        live(trajectories, clips["run"])
        .join(of_clip, on="run")
        .with_columns(first_us=pl.col("first").cast(pl.Int64), last_us=pl.col("last").cast(pl.Int64))
        .sort("place", "track")
        .collect()
    )
    who = pl.coalesce("person", pl.concat_str(pl.lit("#"), pl.Series(heads(known))))
    return (
        known.with_columns(who=who)
        .with_row_index("number")
        .select(
            *("run", "clip", "track", "first_us", "last_us", "width", "height", *_SUMMARY),
            person=pl.col("number").min().over("who").rank("dense").cast(pl.Int64) - 1,
        )
    )
