"""Figures who walk straight or stand, filmed in clips: what a store would have of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.analysis.run_rows import RunKey, trajectories_frame
from heatcli.clock import epoch_us
from heatcli.intervals import Intervals
from heatcli.select.persons import persons
from heatcli.store.clips import clips_frame
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames
from tests.support.store_runs import clip_row

START = datetime(2026, 3, 14, 10, tzinfo=UTC)

WIDTH, HEIGHT, TALL = 1280, 720, 60.0


@dataclass(frozen=True, slots=True)
class Figure:
    """Somebody who walks straight, or stands.

    Attributes:
        stays: seconds between which the person is seen.
        place: foot point at second 0.
        velocity: pixels per second.
        track: of the trajectory in each clip.
        appearance: descriptor; None for unknown.
    """

    stays: tuple[float, float]
    place: tuple[float, float]
    velocity: tuple[float, float] = (0.0, 0.0)
    appearance: bytes | None = None


def filmed(
    figures: Sequence[Figure],
    spans: Sequence[tuple[float, float]],
    *,
    fps: float | Sequence[float] = 10.0,
    late_s: Sequence[float] | None = None,
    jitter: float = 0.0,
    camera: str = "door",
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Film figures in clips: rows of `clips` and of `trajectories`, whose tracks are places in `figures`.

    Args:
        figures: whom to film.
        spans: seconds between which each clip is recorded.
        fps: frames a second, of all clips or of each.
        late_s: how many seconds late the clock of each clip is; None for clocks that are right.
        jitter: standard deviation of each edge of a box, in heights.
        camera: name of the camera.
    """
    clips, trajectories = [], []
    for number, (begin, end) in enumerate(spans):
        start = START + timedelta(seconds=begin + (late_s[number] if late_s else 0.0))
        rate = fps if isinstance(fps, float) else fps[number]
        frames, step_us = round((end - begin) * rate), round(1e6 / rate)
        start_us = epoch_us(start)
        row = clip_row(
            camera, f"{number:016x}", start=start, frames=frames, width=WIDTH, height=HEIGHT,
            duration_us=frames * step_us,
            coverage=Intervals.of([[start_us, start_us + frames * step_us]]),
        )  # fmt: skip
        time_s = begin + np.arange(frames) / rate
        timing = ProcessedFrames(
            np.arange(frames, dtype=np.int32), np.arange(frames) * step_us, np.full(frames, step_us, np.int32)
        )
        key = RunKey(row.camera, row.clip, row.run, row.start)
        appearance = {
            track: figure.appearance for track, figure in enumerate(figures) if figure.appearance is not None
        }
        clips.append(row)
        trajectories.append(
            trajectories_frame(key, timing, _seen(figures, time_s, jitter), ["person"], appearance)
        )
    return clips_frame(clips), pl.concat(trajectories)


def _seen(figures: Sequence[Figure], time_s: NDArray[np.float64], jitter: float) -> Observations:
    inside = [(time_s >= figure.stays[0]) & (time_s < figure.stays[1]) for figure in figures]
    frame, track = np.nonzero(np.array(inside).reshape(len(figures), -1).T)
    x, y = (
        np.array([figure.place[axis] for figure in figures])[track]
        + np.array([figure.velocity[axis] for figure in figures])[track] * time_s[frame]
        for axis in (0, 1)
    )
    # Errors that are the same each time, and other ones in each clip.
    errors = np.random.default_rng(len(frame)).normal(0, jitter * TALL, (len(frame), 4))
    return Observations(
        frame=frame.astype(np.int32),
        track=track.astype(np.int32),
        tracklet=track.astype(np.int32),
        boxes=(np.column_stack([x - 10, y - TALL, x + 10, y]) + errors).astype(np.float32),
        confidence=np.ones(len(frame), np.float32),
        class_id=np.zeros(len(frame), np.int32),
        filled=np.zeros(len(frame), np.bool_),
    )


def groups(clips: pl.DataFrame, trajectories: pl.DataFrame) -> list[list[tuple[int, int]]]:
    """Return the (clip, track) of each person, in order."""
    known = persons(trajectories.lazy(), clips.sort("start", "clip")).rows
    return [
        list(zip(*(part[name].to_list() for name in ("clip", "track")), strict=True))
        for _, part in known.group_by("person", maintain_order=True)
    ]
