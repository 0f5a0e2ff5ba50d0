"""The path of each track, from all its detections: gaps filled, jitter smoothed, hidden sides found."""

import numpy as np
from numpy.typing import NDArray

from heatcli.detect.perspective import Perspective
from heatcli.track.observations import Observations
from heatcli.track.smooth.edges import beyond_edge
from heatcli.track.smooth.legs import find_feet
from heatcli.track.smooth.perspective import learn_perspective
from heatcli.track.smooth.rts import most_likely_path, path_between

Floats = NDArray[np.float64]


def smooth(
    seen: Observations,
    *,
    frames: NDArray[np.int32],
    pts_us: NDArray[np.int64],
    steps: NDArray[np.int32],
    width: int,
    height: int,
    speed: float,
) -> Observations:
    """Replace the boxes of each track by the most likely ones, and fill the gaps between them.

    Every edge of a box moves as `heatcli.track.motion_model` says, and is measured with the standard error
    `POSITION_ERROR` (`rts` beside this module). Sides that the frame's edge cuts off are computed from those
    opposite (`edges`), and bottoms of boxes that an occluder hides from the tops (`legs`).

    Besides `seen` and the result, memory is 8 bytes per row and some 300 bytes for each row of the longest
    track, since tracks are smoothed one after the other.

    Args:
        seen: rows of the tracks, none of them filled.
        frames: (m,) indices of the processed frames, ascending.
        pts_us: (m,) media times of the processed frames in µs.
        steps: (s,) indices of those in which objects were followed; every frame of `seen` is among them. In
            the others nobody looked: who was found in the step that is nearer in time, was there.
        width: width of the frame in pixels; boxes of people whom its edges cut go on beyond them.
        height: height of the frame in pixels.
        speed: standard deviation of each component of an object's velocity, in its own lengths per second.

    Returns:
        One row of each track for each processed frame from its first detection to its last, and for those
        beyond that are nearer to it than to another step; `filled`, with NaN confidence, where the nearest
        step did not detect the track.
    """
    perspectives = {
        class_id: learn_perspective(seen, class_id, width=width, height=height)
        for class_id in np.unique(seen.class_id).tolist()
    }
    order = np.argsort(seen.track, kind="stable")
    tracks = [own for own in np.split(order, np.flatnonzero(np.diff(seen.track[order])) + 1) if len(own)]
    # `free` is the next free row of each frame in the result. Tracks come by ascending number and each takes
    # the next row of its frames, so the result is sorted.
    nearest = _nearest(pts_us, np.searchsorted(frames, steps))
    step = np.searchsorted(steps, seen.frame)
    first = np.searchsorted(nearest, step[[own[0] for own in tracks]], "left")
    last = np.searchsorted(nearest, step[[own[-1] for own in tracks]], "right") - 1
    present = np.bincount(first, minlength=len(frames) + 1) - np.bincount(last + 1, minlength=len(frames) + 1)
    rows = np.cumsum(present)[:-1]
    free = np.cumsum(rows) - rows
    result = _empty(int(rows.sum()))
    for own, begin, end in zip(tracks, first, last, strict=True):
        moment = np.searchsorted(frames, seen.frame[own])
        every = np.arange(begin, end + 1)
        latest = (np.searchsorted(moment, every, "right") - 1).clip(0)
        found = np.searchsorted(step[own], nearest[every], "right") - 1
        filled = step[own][found] != nearest[every]
        path = _path(
            (pts_us[every] - pts_us[every[0]]) / 1e6,
            seen.boxes[own].astype(np.float64),
            latest,
            moment - begin,
            perspectives[int(seen.class_id[own[0]])],
            width=width,
            height=height,
            speed=speed,
        )
        into = free[every]
        free[every] += 1
        result.frame[into] = frames[every]
        result.track[into] = seen.track[own[0]]
        result.tracklet[into] = seen.tracklet[own[latest]]
        result.boxes[into] = path
        result.confidence[into] = np.where(filled, np.nan, seen.confidence[own[found]])
        result.class_id[into] = seen.class_id[own[0]]
        result.filled[into] = filled
    return result


def _path(
    every_s: Floats,
    boxes: Floats,
    latest: NDArray[np.intp],
    detected: NDArray[np.intp],
    perspective: Perspective | None,
    *,
    width: int,
    height: int,
    speed: float,
) -> Floats:
    """Return a track's smoothed boxes in every frame, (m, 4).

    Args:
        every_s: (m,) times of the frames in seconds.
        boxes: (n, 4) detected boxes x1 y1 x2 y2 in pixels.
        latest: (m,) index into `boxes` of the last detected box at each frame; the first one before that.
        detected: (n,) index into `every_s` of each detected box.
        perspective: perspective of the scene; None where unknown.
        width: width of the frame in pixels.
        height: height of the frame in pixels.
        speed: standard deviation of each component of an object's velocity, in its own lengths per second.
    """
    seen_s = every_s[detected]
    boxes, weight = beyond_edge(seen_s, boxes, perspective, width=width, height=height)
    if perspective is not None:
        boxes[:, 3], shown = find_feet(seen_s, boxes, perspective, width=width, height=height, speed=speed)
        weight[:, 3] *= shown
    states = most_likely_path(seen_s, boxes, np.ones(len(boxes)), speed=speed)
    for side in np.flatnonzero((weight < 1).any(axis=0)):
        own = most_likely_path(seen_s, boxes[:, [side]], weight[:, side], speed=speed)
        states.position[:, [side]], states.velocity[:, [side]] = own
    # Beyond the first and the last detection, by half a step at most, nobody comes far.
    path = states.position[latest]
    between = np.arange(detected[0], detected[-1])
    between = between[~np.isin(between, detected)]
    if len(between):
        path[between] = path_between(seen_s, states, every_s[between], latest[between], speed=speed)
    one, other = path[:, :2], path[:, 2:]
    return np.hstack([np.minimum(one, other), np.maximum(one, other)])


def _nearest(pts_us: NDArray[np.int64], steps: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the step that is the nearest to each frame in time, (m,); the earlier one of two.

    Args:
        pts_us: (m,) media times of the frames in µs.
        steps: (s,) indices of the steps among the frames, ascending.
    """
    middle = pts_us[steps[:-1]] + pts_us[steps[1:]]
    return np.searchsorted(middle, 2 * pts_us, "left")


def _empty(rows: int) -> Observations:
    return Observations(
        frame=np.empty(rows, np.int32),
        track=np.empty(rows, np.int32),
        tracklet=np.empty(rows, np.int32),
        boxes=np.empty((rows, 4), np.float32),
        confidence=np.empty(rows, np.float32),
        class_id=np.empty(rows, np.int32),
        filled=np.empty(rows, np.bool_),
    )
