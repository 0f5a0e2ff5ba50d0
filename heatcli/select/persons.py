"""Who is who: all trajectories of a camera, numbered by person."""

import numpy as np
import polars as pl

from heatcli.store.clips import coverage_of
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, live, scan
from heatcli.store.store import Store
from heatcli.track.link.across_clips import heads
from heatcli.track.link.clip_pairs import overlapping_pairs
from heatcli.track.link.shared_time import SharedTime, shared_time

# Columns of `trajectories` that are returned as they are.
_SUMMARY = (
    *("object_class", "attributes", "present_us", "path_px", "range_px", "median_height_px", "alive"),
    *("first_x", "first_y", "last_x", "last_y", "median_x", "median_y"),
)
# Columns of `trajectories` that only joining across files needs.
_ENDS = ("first_height_px", "last_height_px", "first_vx", "first_vy", "last_vx", "last_vy")


PERSON = pl.concat_str("person_clip", pl.lit(":"), "person_track").alias("person")
"""Name of a person that holds outside of one selection: `CLIP:TRACK` of the first trajectory."""


def persons(trajectories: pl.LazyFrame, clips: pl.DataFrame) -> pl.DataFrame:
    """Give everybody a number. A person is a trajectory, or a group of them joined across files.

    Args:
        trajectories: rows of the table `trajectories` of one camera, live or not.
        clips: all rows of `clips` of this camera, sorted by start and clip.

    Returns:
        One row per live trajectory, sorted by clip and track: `clip` (int32, index into `clips`) and `track`;
        `clip_id` and `run` (text); `person` (int64), from 0 in the order of their first trajectories;
        `person_clip` (text) and `person_track` of that one; `first_us` and `last_us` (int64, UTC µs); `width`
        and `height` of the clip; and of the table those columns that tell class, attributes, size, stay,
        places and how likely it is a person.
    """
    known, shared = known_and_shared(trajectories, clips)
    head = heads(known, shared)
    _, person = np.unique(head, return_inverse=True)
    return known.select(
        *("clip", "track", "clip_id", "run", "first_us", "last_us", "width", "height", *_SUMMARY),
        person=pl.Series(person, dtype=pl.Int64),
        person_clip=known["clip_id"][head],
        person_track=known["track"][head],
    )


def known_and_shared(
    trajectories: pl.LazyFrame, clips: pl.DataFrame
) -> tuple[pl.DataFrame, SharedTime | None]:
    """Return the trajectories as `heads` takes them, and who is who where clips overlap, if any do.

    Args:
        trajectories: rows of the table `trajectories` of one camera, live or not.
        clips: rows of `clips` of this camera, sorted by start and clip.
    """
    covered = pl.col("coverage").list
    of_clip = clips.select(
        *("run", "width", "height"),
        clip_id="clip",
        from_us=covered.first().struct.field("from"),
        to_us=covered.last().struct.field("to"),
        step_us=pl.col("covered_us") / pl.col("frames_processed"),
    )
    span_us = of_clip.select(pl.col("from_us", "to_us").fill_null(0)).to_numpy()
    pairs = overlapping_pairs(*span_us.T)
    known = (
        live(trajectories, clips["run"])
        .select(
            *("clip", "track", *_SUMMARY, *_ENDS, "descriptor", "person"),
            *(("waypoints",) if len(pairs) else ()),
            first_us=pl.col("first").cast(pl.Int64),
            last_us=pl.col("last").cast(pl.Int64),
        )
        .sort("clip", "track")
        .collect()
    )
    known = known.hstack(of_clip[known["clip"]])
    if not len(pairs):
        return known, None
    broken = clips.select(coverage="coverage", at=pl.int_range(pl.len())).filter(covered.len() > 1)
    gaps = {at: coverage_of(pieces) for pieces, at in broken.iter_rows()}
    return known, shared_time(known, span_us, gaps, pairs)


def who_is_who(store: Store) -> pl.DataFrame:
    """List all live trajectories with the person of each, to be joined with rows of the tables.

    Returns:
        One row per trajectory: `camera`, `clip`, `run`, `track`, as in the tables, and `person` (text), the
        `CLIP:TRACK` of the person's first trajectory; persons are of one camera.

    Raises:
        StoreError: the store cannot be read.
    """
    snapshot = store.snapshot()
    with store_errors(store.path):
        files = data_files(snapshot.trajectories, store.path / "trajectories")
        known = [
            persons(scan("trajectories", files.filter(camera=camera), str(camera)), clips).select(
                pl.lit(camera).alias("camera"),
                pl.col("clip_id").alias("clip"),
                "run",
                "track",
                PERSON,
            )
            for (camera,), clips in snapshot.clips.sort("camera", "start", "clip").group_by(
                "camera", maintain_order=True
            )
        ]
    nobody = pl.DataFrame(schema=dict.fromkeys(("camera", "clip", "run", "track", "person"), pl.String))
    return pl.concat(known) if known else nobody.cast({"track": pl.Int32})
