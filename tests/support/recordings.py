"""Stored clips of one person who stands still, with the recordings that they are of."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.clock import epoch_us
from heatcli.intervals import Intervals
from heatcli.store.clips import ClipRow
from heatcli.store.commit import commit_run
from heatcli.store.identity import clip_id
from heatcli.store.store import Store, stored_path
from tests.support.make_clips import write_clip
from tests.support.store_runs import clip_row, track_rows, trajectory_rows

START = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
WIDTH, HEIGHT = 160, 96
GREY = 100
# What two codecs do to a grey.
CLEAR = 10


@dataclass(frozen=True)
class Recorded:
    """A stored clip: one person who stands still, in its first frames or in all of them."""

    file: Path
    row: ClipRow


def grey(count: int, *, width: int = WIDTH, height: int = HEIGHT) -> list[NDArray[np.uint8]]:
    return [np.full((height, width, 3), GREY, np.uint8) for _ in range(count)]


def record(
    store: Path,
    file: Path,
    images: Sequence[NDArray[np.uint8]],
    *,
    pts_ms: Sequence[int] | None = None,
    start: datetime = START,
    camera: str = "door",
    masks: Sequence[Sequence[tuple[float, float]]] = (),
    feet: tuple[float, float] = (80.0, 72.0),
    sample_aspect: Fraction = Fraction(1),
    rotation: int = 0,
    key_every: int = 12,
    codec: str = "libx264",
    seen: int | None = None,
) -> Recorded:
    """Write a clip, 10 frames a second unless `pts_ms` says otherwise, and store it as analysed."""
    pts = list(pts_ms or range(0, 100 * len(images), 100))
    write_clip(
        file,
        images,
        codec=codec,
        fps=10,
        pts=pts,
        time_base=Fraction(1, 1000),
        sample_aspect=sample_aspect,
        rotation=rotation,
        key_every=key_every,
    )
    pts_us = np.array(pts, np.int64) * 1000
    steps = np.diff(pts_us, append=pts_us[-1] + 100_000)
    dt_us = np.where(steps > 1_000_000, 100_000, steps)
    height, width = images[0].shape[:2]
    if rotation in (90, 270):
        width, height = height, width
    stat = file.stat()
    row = clip_row(
        camera,
        clip_id(file),
        start=start,
        frames=len(pts),
        path=stored_path(file),
        bytes=stat.st_size,
        mtime=stat.st_mtime_ns,
        width=width,
        height=height,
        sample_aspect=float(sample_aspect),
        rotation=rotation,
        fps=10.0,
        coverage=Intervals.of(np.column_stack([pts_us, pts_us + dt_us])).shift(epoch_us(start)),
        duration_us=int(pts_us[-1] + dt_us[-1]),
        settings=json.dumps({"masks": masks}),
    )
    x, y = feet
    tracks = track_rows(row, 1).with_columns(pts_us=pl.Series(pts_us))
    tracks = tracks.with_columns(
        dt_us=pl.Series(dt_us.astype(np.int32)),
        time=pl.lit(start).cast(pl.Datetime("us", "UTC")) + pl.duration(microseconds="pts_us"),
        x1=pl.lit(x - 8, pl.Float32),
        x2=pl.lit(x + 8, pl.Float32),
        y1=pl.lit(y - 40, pl.Float32),
        y2=pl.lit(y, pl.Float32),
    )
    tracks = tracks.head(len(pts) if seen is None else seen)
    last = start + timedelta(microseconds=int(pts_us[-1]))
    trajectories = trajectory_rows(row, 1).with_columns(
        last=pl.lit(last).cast(pl.Datetime("us", "UTC")), present_us=int(dt_us.sum())
    )
    opened = Store.create_or_open(store)
    return Recorded(
        file, commit_run(opened, clip=row, tracks=[tracks], trajectories=trajectories, plate=None)
    )
