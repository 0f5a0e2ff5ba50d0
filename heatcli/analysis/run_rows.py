"""From observations to the rows of the store: `tracks` and `trajectories` of one run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.store.schema import TRAJECTORIES
from heatcli.track.link.waypoints import waypoint_rows
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames
from heatcli.track.summary import PLACE, place_of

# Rows of `tracks` that are built and appended at once: few enough for memory, enough for good Parquet files.
_ROWS_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class RunKey:
    """What all rows of a run have in common.

    Attributes:
        start: time of the clip's first frame, UTC.
    """

    camera: str
    clip: str
    run: str
    start: datetime


def tracks_frames(key: RunKey, frames: ProcessedFrames, seen: Observations) -> Iterator[pl.DataFrame]:
    """Yield the rows of `tracks`, sorted by frame and track, in frames of a bounded number of rows."""
    for begin in range(0, len(seen), _ROWS_AT_ONCE):
        part = slice(begin, begin + _ROWS_AT_ONCE)
        at = np.searchsorted(frames.index, seen.frame[part])
        boxes = seen.boxes[part]
        time = pl.lit(key.start).cast(pl.Datetime("us", "UTC")) + pl.duration(microseconds="pts_us")
        yield pl.DataFrame(
            {
                "track": seen.track[part],
                "tracklet": seen.tracklet[part],
                "frame": seen.frame[part],
                "pts_us": frames.pts_us[at],
                "dt_us": frames.dt_us[at],
                **{name: boxes[:, i] for i, name in enumerate(("x1", "y1", "x2", "y2"))},
                "conf": seen.confidence[part],
                "filled": seen.filled[part],
            }
        ).with_columns(
            pl.col("conf").fill_nan(None),
            camera=pl.lit(key.camera),
            clip=pl.lit(key.clip),
            run=pl.lit(key.run),
            time=time,
        )


def trajectories_frame(
    key: RunKey,
    frames: ProcessedFrames,
    seen: Observations,
    classes: Sequence[str],
    descriptors: Mapping[int, bytes],
    attributes: Mapping[int, Sequence[str]] | None = None,
    alive: Mapping[int, float] | None = None,
) -> pl.DataFrame:
    """Return the rows of `trajectories`: one per track, in the order of their ids.

    Args:
        key: camera, clip and run of the rows.
        frames: times of all processed frames.
        seen: observations of all trajectories in these frames.
        classes: class names that `seen.class_id` indexes.
        descriptors: appearance of trajectories by `track`; those without one are missing.
        attributes: names of attributes of trajectories by `track`; None where no attributes were asked for.
        alive: probability of being a person by `track`; None, or missing, where nothing can be said.
    """
    order = np.argsort(seen.track, kind="stable")
    begins = np.flatnonzero(np.diff(seen.track[order])) + 1
    # One trajectory at a time, so that its rows are copied, not those of all.
    rows = [_trajectory(frames, seen, own, descriptors) for own in np.split(order, begins) if len(own)]
    time = pl.lit(key.start).cast(pl.Datetime("us", "UTC"))
    summary = pl.DataFrame(rows, schema=_SUMMARY)
    named = [list((attributes or {}).get(track, ())) for track in summary["track"]]
    living = [(alive or {}).get(track) for track in summary["track"]]
    return summary.select(
        pl.lit(key.camera).alias("camera"),
        pl.lit(key.clip).alias("clip"),
        pl.lit(key.run).alias("run"),
        pl.col("track", "present_us", "filled_us", "tracklets", *PLACE),
        pl.col("class_id")
        .replace_strict(range(len(classes)), classes, return_dtype=pl.String)
        .alias("object_class"),
        (time + pl.duration(microseconds="first_us")).alias("first"),
        (time + pl.duration(microseconds="last_us")).alias("last"),
        pl.Series("attributes", named, dtype=pl.List(pl.String)),
        "waypoints",
        "descriptor",
        pl.Series("alive", living, dtype=pl.Float32),
        *(pl.lit(None, dtype=pl.String).alias(name) for name in ("person", "known_visit", "known_person")),
        pl.lit(None, dtype=pl.Float32).alias("known_staff"),
    )


_SUMMARY = pl.Schema(
    {
        "track": pl.Int32(),
        "class_id": pl.Int32(),
        "first_us": pl.Int64(),
        "last_us": pl.Int64(),
        "present_us": pl.Int64(),
        "filled_us": pl.Int64(),
        "tracklets": pl.Int32(),
        "descriptor": pl.Binary(),
        "waypoints": TRAJECTORIES["waypoints"],
        **dict.fromkeys(PLACE, pl.Float64()),
    }
)


def _trajectory(
    frames: ProcessedFrames, seen: Observations, own: NDArray[np.intp], descriptors: Mapping[int, bytes]
) -> dict[str, object]:
    """Sum up one trajectory from its rows `own`, which are in order of time."""
    at = np.searchsorted(frames.index, seen.frame[own])
    dt_us = frames.dt_us[at].astype(np.int64)
    x1, y1, x2, y2 = seen.boxes[own].astype(np.float64).T
    foot = np.column_stack([(x1 + x2) / 2, y2])
    time_us, height = frames.pts_us[at], y2 - y1
    way = waypoint_rows(time_us)
    track = int(seen.track[own[0]])
    return {
        "track": track,
        "class_id": seen.class_id[own[0]],
        "first_us": time_us[0],
        "last_us": time_us[-1],
        "present_us": dt_us.sum(),
        "filled_us": dt_us[seen.filled[own]].sum(),
        "tracklets": len(np.unique(seen.tracklet[own])),
        "descriptor": descriptors.get(track),
        "waypoints": [
            {"us": us, "x": x, "y": y, "height_px": tall}
            for us, (x, y), tall in zip(
                (time_us[way] - time_us[0]).tolist(), foot[way].tolist(), height[way].tolist(), strict=True
            )
        ],
        **place_of(time_us, foot, height),
    }
