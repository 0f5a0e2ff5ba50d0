"""From observations to the rows of the store: the frames of `tracks` and `trajectories` of one run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.clock import epoch_us
from heatcli.track.observations import Observations

# Rows of `tracks` that are built and appended at once: bounds memory, and makes Parquet files of a good size.
_ROWS_AT_ONCE = 500_000


@dataclass(frozen=True, slots=True)
class RunKey:
    """Whose rows they are.

    Attributes:
        start: UTC time of the clip's first frame.
    """

    camera: str
    clip: str
    run: str
    start: datetime


@dataclass(frozen=True, slots=True)
class ProcessedFrames:
    """The frames of a clip that were looked at, in order.

    Attributes:
        index: (m,) int32 source frame index, increasing.
        pts_us: (m,) int64 media time in µs.
        dt_us: (m,) int32 what each frame stands for, in µs.
    """

    index: NDArray[np.int32]
    pts_us: NDArray[np.int64]
    dt_us: NDArray[np.int32]


def tracks_frames(key: RunKey, frames: ProcessedFrames, seen: Observations) -> Iterator[pl.DataFrame]:
    """Yield the rows of `tracks`, sorted by frame and track, a bounded number at once."""
    for begin in range(0, len(seen), _ROWS_AT_ONCE):
        part = slice(begin, begin + _ROWS_AT_ONCE)
        at = np.searchsorted(frames.index, seen.frame[part])
        boxes = seen.boxes[part]
        time = pl.lit(key.start).cast(pl.Datetime("us", "UTC")) + pl.duration(microseconds="pts_us")
        yield (
            pl.DataFrame(
                {
                    "track": seen.tracklet[part],
                    "tracklet": seen.tracklet[part],
                    "frame": seen.frame[part],
                    "pts_us": frames.pts_us[at],
                    "dt_us": frames.dt_us[at],
                    **{name: boxes[:, i] for i, name in enumerate(("x1", "y1", "x2", "y2"))},
                    "conf": seen.confidence[part],
                    "filled": seen.filled[part],
                }
            )
            .with_columns(
                pl.col("conf").fill_nan(None),
                camera=pl.lit(key.camera),
                clip=pl.lit(key.clip),
                run=pl.lit(key.run),
                time=time,
            )
            .with_columns(date=pl.col("time").dt.date())
        )


def trajectories_frame(
    key: RunKey, frames: ProcessedFrames, seen: Observations, classes: Sequence[str]
) -> pl.DataFrame:
    """Return the rows of `trajectories`: one per track, in the order of their ids.

    Args:
        key: whose rows they are.
        frames: all that were processed.
        seen: what was followed in them.
        classes: names that `seen.class_id` indexes.
    """
    order = np.argsort(seen.tracklet, kind="stable")
    track = seen.tracklet[order]
    first = np.flatnonzero(np.diff(track, prepend=track[:1] - 1))
    last = np.append(first[1:], len(track))[: len(first)] - 1
    at = np.searchsorted(frames.index, seen.frame[order])
    dt_us = frames.dt_us[at].astype(np.int64)
    boxes = seen.boxes[order].astype(np.float64)
    foot = np.column_stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]])
    step = np.hypot(*np.diff(foot, axis=0, prepend=foot[:1]).T)
    step[first] = 0.0
    height = boxes[:, 3] - boxes[:, 1]
    start_us = epoch_us(key.start)

    def total(values: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.add.reduceat(values, first) if len(first) else values[:0]

    return pl.DataFrame(
        {
            "track": track[first],
            "object_class": [classes[c] for c in seen.class_id[order][first]],
            "first": start_us + frames.pts_us[at[first]],
            "last": start_us + frames.pts_us[at[last]],
            "present_us": total(dt_us),
            "filled_us": total(np.where(seen.filled[order], dt_us, 0)),
            "tracklets": np.ones(len(first), np.int32),
            "path_px": total(step),
            "median_height_px": [
                float(np.median(height[a : b + 1])) for a, b in zip(first, last, strict=True)
            ],
        },
        schema_overrides={"object_class": pl.String, "median_height_px": pl.Float64},
    ).with_columns(
        pl.col("first", "last").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
        camera=pl.lit(key.camera),
        clip=pl.lit(key.clip),
        run=pl.lit(key.run),
        attributes=pl.lit([], dtype=pl.List(pl.String)),
        descriptor=pl.lit(None, dtype=pl.Binary),
        person=pl.lit(None, dtype=pl.String),
    )
