"""Positions between two sightings."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatcli.track.observations import Observations


def fill_gaps(seen: Observations, *, frames: NDArray[np.int32], pts_us: NDArray[np.int64]) -> Observations:
    """Fill every gap between two rows of one track by linear interpolation in time.

    Args:
        seen: rows as `Observations` wants them.
        frames: (m,) the processed frames' indices, ascending; every frame of `seen` is among them.
        pts_us: (m,) their times in µs.

    Returns:
        `seen`, and one row for each processed frame that lies between two rows of a track and has none
        of it: `filled`, with NaN confidence, each corner of the box on the line between the two rows'
        corners.
    """
    order = np.argsort(seen.track, kind="stable")
    moment = np.searchsorted(frames, seen.frame).astype(np.int32)[order]
    missing = np.diff(moment) - 1
    gap = np.flatnonzero((missing > 0) & (np.diff(seen.track[order]) == 0))
    if not len(gap):
        return seen
    length = missing[gap]
    offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    at = np.repeat(moment[gap], length) + 1 + offset
    before, after = (np.repeat(order[row], length) for row in (gap, gap + 1))
    start, end = (np.repeat(pts_us[moment[row]], length) for row in (gap, gap + 1))
    part = ((pts_us[at] - start) / np.maximum(end - start, 1))[:, None]
    between = (1 - part) * seen.boxes[before] + part * seen.boxes[after]
    del order, moment, missing

    sequence = np.lexsort(
        (
            np.concatenate([seen.track, seen.track[before]]),
            np.concatenate([seen.frame, frames[at]]),
        )
    )
    filled = sequence >= len(seen)
    inserted = sequence[filled] - len(seen)
    del sequence

    def merge(column: NDArray[Any], insertion: NDArray[Any]) -> NDArray[Any]:
        """Put the filled rows in between; unlike indexing a concatenation, without a second copy."""
        merged = np.empty((len(filled), *column.shape[1:]), column.dtype)
        merged[~filled] = column
        merged[filled] = insertion[inserted]
        return merged

    return Observations(
        frame=merge(seen.frame, frames[at]),
        track=merge(seen.track, seen.track[before]),
        tracklet=merge(seen.tracklet, seen.tracklet[before]),
        boxes=merge(seen.boxes, between),
        confidence=merge(seen.confidence, np.full(len(at), np.nan)),
        class_id=merge(seen.class_id, seen.class_id[before]),
        filled=filled,
    )
