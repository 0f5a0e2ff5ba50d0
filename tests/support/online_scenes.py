"""Drawn scenes for online association, whose truth is exact."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import TrackSettings
from heatcli.detect.base import Detections
from heatcli.track.link.whole_clip import link_tracklets
from heatcli.track.observations import Observations
from heatcli.track.online.online import OnlineTracker

CONFIDENCE = 0.25
HEIGHT = 100.0
Moment = tuple[int, int, Detections]
Floats = NDArray[np.float64]


def box(x: float, y: float, height: float = HEIGHT) -> tuple[float, float, float, float]:
    """Draw an upright person with the feet at x, y."""
    return x - 0.2 * height, y - height, x + 0.2 * height, y


def detections(
    boxes: Sequence[Sequence[float]], confidence: float | Sequence[float] = 0.7, class_id: Sequence[int] = ()
) -> Detections:
    n = len(boxes)
    return Detections(
        np.array(boxes, np.float32).reshape(n, 4),
        np.broadcast_to(np.array(confidence, np.float32), n).copy(),
        np.array(class_id or [0] * n, np.int32),
    )


def track(moments: Sequence[Moment], **changed: float) -> Observations:
    tracker = OnlineTracker(TrackSettings.model_validate(changed), confidence=CONFIDENCE)
    for frame, pts_us, found in moments:
        tracker.update(frame, pts_us, found, None)
    return tracker.finish()


def link(rows: Observations, moments: Sequence[Moment]) -> Observations:
    """Join tracklets as is done once a clip has ended; what nobody can tell apart online is told then."""
    frames, times = np.array([moment[:2] for moment in moments], np.int64).T
    linked, _ = link_tracklets(
        rows,
        np.zeros((int(rows.tracklet.max()), 2, 0), np.float32),
        frames=frames.astype(np.int32),
        pts_us=times,
        dt_us=np.gradient(times).astype(np.int32),
        width=2000,
        height=1000,
        settings=TrackSettings(),
    )
    return linked


def walk(times: Floats, *paths: Floats, jitter: float = 0.0, missed: float = 0.0) -> list[Moment]:
    """Detect people at `paths`, each (n, 2) feet, NaN while hidden."""
    rng = np.random.default_rng(1)
    moments = []
    for frame, time in enumerate(times):
        boxes = [
            np.array(box(*path[frame])) + rng.normal(0, jitter * HEIGHT, 4)
            for path in paths
            if np.isfinite(path[frame]).all() and rng.random() >= missed
        ]
        moments.append((frame, round(time * 1e6), detections([list(b) for b in boxes])))
    return moments


def line(times: Floats, x: float, y: float, vx: float, vy: float = 0.0) -> Floats:
    """Walk straight, at lengths per second."""
    return np.column_stack([x + vx * HEIGHT * times, y + vy * HEIGHT * times])


def owners(rows: Observations, *paths: Floats) -> list[list[int]]:
    """Give, per person, the tracks whose boxes are nearest to that person, in order of time."""
    middle = np.column_stack([rows.boxes[:, [0, 2]].mean(axis=1), rows.boxes[:, 3]])
    away = np.stack([np.linalg.norm(middle - path[rows.frame], axis=1) for path in paths])
    nearest = np.where(np.isfinite(away), away, np.inf).argmin(axis=0)
    return [list(dict.fromkeys(rows.track[nearest == i].tolist())) for i in range(len(paths))]


def seconds(duration: float, fps: float) -> Floats:
    return np.arange(round(duration * fps)) / fps
