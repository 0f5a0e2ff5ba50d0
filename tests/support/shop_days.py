"""Days of a shop, with people and things whose stays and ways are given."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.analysis.run_rows import RunKey, tracks_frames, trajectories_frame
from heatcli.clock import epoch_us
from heatcli.intervals import Intervals
from heatcli.store.commit import commit_run
from heatcli.store.store import Store
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames
from tests.support.store_runs import clip_row

# A Monday; the camera's clock is an hour ahead.
OPENING = datetime(2026, 3, 16, 8, tzinfo=UTC)
WIDTH, HEIGHT, TALL = 640, 360, 100.0
Motion = Callable[[np.random.Generator, NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True)
class Figure:
    """Somebody, or something, before the camera: when, in seconds from opening, and where the foot is."""

    name: str
    stays: tuple[tuple[float, float], ...]
    motion: Motion
    tall: float = TALL


def walks(rng: np.random.Generator, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """From place to place, half a minute at each."""
    places = rng.uniform((40, 150), (600, 340), (len(time_s), 2))
    foot: NDArray[np.float64] = places[(time_s // 30).astype(int) - int(time_s[0] // 30)]
    return foot + rng.normal(0, 1, foot.shape)


def stays_at(x: float, y: float, tremble_px: float) -> Motion:
    """At one place, but for a tremble."""
    return lambda rng, time_s: np.array([x, y]) + rng.normal(0, tremble_px, (len(time_s), 2))


def film(
    store: Store, figures: Iterable[Figure], *, hours: float, step_s: float = 5.0, clip_hours: float = 1.0
) -> None:
    """Record figures with camera `shop` in clips; who is in several clips or stays is one group."""
    rng = np.random.default_rng(7)
    figures = list(figures)
    for number in range(int(np.ceil(hours / clip_hours))):
        begin_s = number * clip_hours * 3600
        frames = int(min(clip_hours, hours - number * clip_hours) * 3600 / step_s)
        start = OPENING + timedelta(seconds=begin_s)
        time_s = begin_s + np.arange(frames, dtype=np.float64) * step_s
        seen, who = _seen(rng, figures, time_s)
        start_us = epoch_us(start)
        row = clip_row(
            "shop",
            f"{number:016x}",
            start=start,
            frames=frames,
            width=WIDTH,
            height=HEIGHT,
            duration_us=int(frames * step_s * 1e6),
            coverage=Intervals.of([[start_us, start_us + int(frames * step_s * 1e6)]]),
        )
        step_us = int(step_s * 1e6)
        timing = ProcessedFrames(
            np.arange(frames, dtype=np.int32),
            np.arange(frames) * step_us,
            np.full(frames, step_us, np.int32),
        )
        key = RunKey(row.camera, row.clip, row.run, row.start)
        trajectories = trajectories_frame(key, timing, seen, ["person"], {})
        groups = pl.col("track").replace_strict(who, default=None, return_dtype=pl.String)
        commit_run(
            store,
            clip=row,
            tracks=tracks_frames(key, timing, seen),
            trajectories=trajectories.with_columns(person=groups),
            plate=None,
        )


def _seen(
    rng: np.random.Generator, figures: list[Figure], time_s: NDArray[np.float64]
) -> tuple[Observations, dict[int, str]]:
    """What is seen at these times, and whose each track is."""
    frame, track, foot, tall = [], [], [], []
    who: dict[int, str] = {}
    for figure in figures:
        for begin, end in figure.stays:
            at = np.flatnonzero((time_s >= begin) & (time_s < end))
            if len(at):
                who[len(who)] = figure.name
                frame.append(at)
                track.append(np.full(len(at), len(who) - 1))
                foot.append(figure.motion(rng, time_s[at]))
                tall.append(np.full(len(at), figure.tall))
    frames, tracks, heights = (
        np.concatenate([np.zeros(0), *part]) for part in (frame, track, tall)
    )  # fmt: skip
    x, y = np.concatenate([np.zeros((0, 2)), *foot]).T
    order = np.lexsort((tracks, frames))
    boxes = np.column_stack([x - heights / 6, y - heights, x + heights / 6, y])
    return Observations(
        frame=frames[order].astype(np.int32),
        track=tracks[order].astype(np.int32),
        tracklet=tracks[order].astype(np.int32),
        boxes=boxes[order].astype(np.float32),
        confidence=np.ones(len(order), np.float32),
        class_id=np.zeros(len(order), np.int32),
        filled=np.zeros(len(order), np.bool_),
    ), who


def visitors(count: int, *, hours: float, median_s: float, sigma: float, seed: int = 1) -> list[Figure]:
    """People whose stays are spread log-normally, spread over the day."""
    rng = np.random.default_rng(seed)
    stays = rng.lognormal(np.log(median_s), sigma, count)
    begins = rng.uniform(0, np.maximum(hours * 3600 - stays, 1))
    return [
        Figure(f"visitor {i}", ((begin, begin + stay),), walks)
        for i, (begin, stay) in enumerate(zip(begins.tolist(), stays.tolist(), strict=True))
    ]
