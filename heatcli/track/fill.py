"""Positions between two sightings."""

import numpy as np
from numpy.typing import NDArray

from heatcli.track.observations import Observations


def fill_gaps(seen: Observations, *, frames: NDArray[np.int32], pts_us: NDArray[np.int64]) -> Observations:
    """Fill every gap between two rows of one tracklet by linear interpolation in time.

    Args:
        seen: rows as `Observations` wants them.
        frames: (m,) the processed frames' indices, ascending; every frame of `seen` is among them.
        pts_us: (m,) their times in µs.

    Returns:
        `seen`, and one row for each processed frame that lies between two rows of a tracklet and has none of
        it: `filled`, with NaN confidence, each corner of the box on the line between the two rows' corners.
    """
    order = np.argsort(seen.tracklet, kind="stable")
    moment = np.searchsorted(frames, seen.frame[order]).astype(np.int32)
    missing = np.where(np.diff(seen.tracklet[order]) == 0, np.diff(moment) - 1, 0)
    gap = np.flatnonzero(missing > 0)
    if not len(gap):
        return seen
    length = missing[gap]
    offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    at = np.repeat(moment[gap], length) + 1 + offset
    before, after = (np.repeat(order[row], length) for row in (gap, gap + 1))
    start, end = (np.repeat(pts_us[moment[row]], length) for row in (gap, gap + 1))
    part = ((pts_us[at] - start) / np.maximum(end - start, 1))[:, None]
    boxes = (1 - part) * seen.boxes[before] + part * seen.boxes[after]

    frame = np.concatenate([seen.frame, frames[at]])
    tracklet = np.concatenate([seen.tracklet, seen.tracklet[before]])
    order = np.lexsort((tracklet, frame))
    return Observations(
        frame=frame[order],
        tracklet=tracklet[order],
        boxes=np.concatenate([seen.boxes, boxes.astype(np.float32)])[order],
        confidence=np.concatenate([seen.confidence, np.full(len(at), np.nan, np.float32)])[order],
        class_id=np.concatenate([seen.class_id, seen.class_id[before]])[order],
        filled=np.concatenate([seen.filled, np.ones(len(at), np.bool_)])[order],
    )
