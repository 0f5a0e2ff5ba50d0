"""From the tracklets of a clip to its tracks: links are decided once the whole clip has been seen."""

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import TrackSettings
from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.appearance.gallery import whole
from heatcli.track.link.link import MISSED_S, link
from heatcli.track.link.tracklets import summarise
from heatcli.track.observations import Observations


def link_tracklets(
    seen: Observations,
    half_embeddings: Descriptors,
    *,
    frames: NDArray[np.int32],
    pts_us: NDArray[np.int64],
    dt_us: NDArray[np.int32],
    width: int,
    height: int,
    settings: TrackSettings,
) -> tuple[Observations, Descriptors]:
    """Join the tracklets of each person to a track, and leave out false tracklets.

    Args:
        seen: rows of n tracklets, none of them filled.
        half_embeddings: (n, 2, D) half embeddings of the tracklets, by ascending number.
        frames: (m,) indices of the processed frames, ascending; every frame of `seen` is among them.
        pts_us: (m,) media times of the processed frames in µs.
        dt_us: (m,) time that each processed frame stands for, in µs.
        width: width of the frame in pixels.
        height: height of the frame in pixels.
        settings: speed of people, and how long they must be seen.

    Returns:
        Rows of k tracks; and (k, 2, D) half embeddings of the tracks, of their beginning and their end.
    """
    if not len(seen):
        return seen, half_embeddings[:0]
    at = np.searchsorted(frames, seen.frame)
    tracklets = summarise(
        seen,
        pts_us=pts_us[at],
        dt_us=dt_us[at],
        half_embeddings=half_embeddings,
        width=width,
        height=height,
        speed=settings.speed_lengths_per_s,
    )
    labels = link(
        tracklets,
        width=width,
        height=height,
        watched_us=_watched(pts_us, dt_us),
        settings=settings,
    )
    appearance = np.full((int(labels.max()) + 1, *half_embeddings.shape[1:]), np.nan, np.float32)
    order = np.argsort(tracklets.first.time_us, kind="stable")
    for track in range(len(appearance)):
        own = order[labels[order] == track]
        appearance[track] = _half_embeddings(half_embeddings[own], tracklets.seen_s[own])
    return _relabelled(seen, labels), appearance


def _watched(pts_us: NDArray[np.int64], dt_us: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the times in µs of the first and the last frame of each stretch without a hole, (k, 2)."""
    # Detectors miss people for as long anyway: in a shorter hole nobody comes or goes unseen.
    holes = np.flatnonzero(np.diff(pts_us) - dt_us[:-1] > MISSED_S * 1e6)
    return np.column_stack([pts_us[np.append(0, holes + 1)], pts_us[np.append(holes, -1)]])


def _half_embeddings(half_embeddings: Descriptors, seen_s: NDArray[np.float64]) -> Descriptors:
    """Combine the half embeddings (k, 2, D) of one track's tracklets, in order of time, to (2, D)."""
    half_embeddings = half_embeddings.reshape(2 * len(half_embeddings), -1)
    seen_s = np.repeat(seen_s / 2, 2)
    first = 2 * np.cumsum(seen_s) - seen_s <= seen_s.sum()
    weighted = (half_embeddings * seen_s[:, None]).astype(np.float32)
    return np.stack([whole(weighted[first]), whole(weighted[~first])])


def _relabelled(seen: Observations, labels: NDArray[np.int32]) -> Observations:
    """Set the track of each row by its tracklet, and leave out the rows of tracklets without a track."""
    track = labels[seen.tracklet - 1] + 1
    rows = np.lexsort((track, seen.frame))
    rows = rows[track[rows] > 0]
    return Observations(
        frame=seen.frame[rows],
        track=track[rows],
        tracklet=seen.tracklet[rows],
        boxes=seen.boxes[rows],
        confidence=seen.confidence[rows],
        class_id=seen.class_id[rows],
        filled=seen.filled[rows],
    )
