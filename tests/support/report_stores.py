"""Stores to make reports of: who was where and when is given, exactly."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.analysis.run_rows import RunKey, tracks_frames, trajectories_frame
from heatcli.clock import epoch_us
from heatcli.intervals import Intervals
from heatcli.store.clips import ClipRow
from heatcli.store.commit import commit_run
from heatcli.store.store import Store
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames
from tests.support.store_runs import clip_row

WIDTH, HEIGHT = 640, 360


def put_people(
    store: Store,
    clip: str,
    *,
    start: datetime,
    times_us: Sequence[int],
    dt_us: Sequence[int],
    feet: NDArray[np.float64],
    camera: str = "shop",
    timezone: str = "Europe/Zagreb",
    plate: NDArray[np.uint8] | None = None,
    alive: Sequence[float | None] = (),
) -> ClipRow:
    """Commit a clip; people are 20 x 60 pixels large.

    Args:
        store: to write to.
        clip: its id, 16 hexadecimal digits.
        start: with its offset.
        times_us: (m,) of the frames, from 0, ascending.
        dt_us: (m,) what each of them stands for; no more than up to the next one.
        feet: (people, m, 2) x and y in pixels; NaN where somebody is not there.
        camera: its name.
        timezone: of the camera.
        plate: (360, 640, 3) uint8 BGR, its empty scene; None for none.
        alive: (people,) the probability that each is a person, None where it is unknown; empty for unknown.
    """
    pts, dt = np.array(times_us, np.int64), np.array(dt_us, np.int32)
    coverage = Intervals.of(np.column_stack([pts, pts + dt])).shift(epoch_us(start))
    row = clip_row(
        camera,
        clip,
        start=start,
        frames=len(pts),
        coverage=coverage,
        duration_us=int(pts[-1] + dt[-1]),
        timezone=timezone,
        width=WIDTH,
        height=HEIGHT,
    )
    frame, person = np.nonzero(np.isfinite(feet[:, :, 0]).T)
    x, y = feet[person, frame].T
    seen = Observations(
        frame=frame.astype(np.int32),
        track=(person + 1).astype(np.int32),
        tracklet=(person + 1).astype(np.int32),
        boxes=np.column_stack([x - 10, y - 60, x + 10, y]).astype(np.float32),
        confidence=np.full(len(x), 0.5, np.float32),
        class_id=np.zeros(len(x), np.int32),
        filled=np.zeros(len(x), np.bool_),
    )
    frames = ProcessedFrames(np.arange(len(pts), dtype=np.int32), pts, dt)
    key = RunKey(camera, clip, row.run, start)
    trajectories = trajectories_frame(key, frames, seen, ["person"], {})
    if alive:
        trajectories = trajectories.with_columns(alive=pl.Series(alive, dtype=pl.Float32))
    return commit_run(
        store,
        clip=row,
        tracks=tracks_frames(key, frames, seen),
        trajectories=trajectories,
        plate=plate,
    )
