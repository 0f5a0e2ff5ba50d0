"""Boxes of people whom the frame's edge cuts: where the sides are that lie outside the picture.

A detector draws the box around what it sees. Where the picture's edge cuts a person, that side of the box is
the edge, and stays there while the person walks on: feet would seem to stand at the edge. A person's size
is known from when they were whole and, where the perspective of the scene is known, from where they are.
"""

import numpy as np
from numpy.typing import NDArray

from heatcli.detect.perspective import Perspective
from heatcli.geometry import cut_by_edge, foot_points
from heatcli.track.motion_model import POSITION_ERROR, SIZE_ERROR, SIZE_SPEED
from heatcli.track.smooth.legs import BY_TOP
from heatcli.track.smooth.rts import most_likely_path

INFERRED = 0.25
"""Weight of a side that was computed from the one opposite, for `most_likely_path`: twice the error of one
that was seen, as people's heights differ by 7 % and their widths swing by more."""
_ASPECT = 0.4
"""Width of a person's box divided by its height, for people who are never seen whole."""
_GROWTH = SIZE_SPEED * POSITION_ERROR / SIZE_ERROR
"""Standard deviation of the rate at which a height changes, for `most_likely_path`, which takes the error of
what it is given for `POSITION_ERROR`."""

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def beyond_edge(
    times_s: Floats, boxes: Floats, perspective: Perspective | None, *, width: int, height: int
) -> tuple[Floats, Floats]:
    """Extend the boxes of one track that the frame's edge cuts to the whole person.

    A box with two opposite sides at the frame's edge stays between them.

    Args:
        times_s: (n,) time of each box in seconds, ascending.
        boxes: (n, 4) detected boxes x1 y1 x2 y2, in pixels.
        perspective: perspective of the scene, for the track's class; None where unknown.
        width: width of the frame in pixels.
        height: height of the frame in pixels.

    Returns:
        (n, 4) float64 boxes, which may reach out of the frame; and (n, 4) weights of their sides for
        `most_likely_path`, below 1 where a side was computed.
    """
    weight, extended = np.ones(boxes.shape), boxes.copy()
    cut = cut_by_edge(boxes, width=width, height=height)
    if not cut.any():
        return extended, weight
    whole = ~cut.any(axis=1)
    size = boxes[:, 2:] - boxes[:, :2]
    aspect = float(np.median(size[whole, 0] / np.maximum(size[whole, 1], 1.0))) if whole.any() else _ASPECT
    tall = _heights(times_s, boxes, cut, perspective)
    for low, full in ((1, tall), (0, aspect * tall)):
        high = low + 2
        before, after = cut[:, low] & ~cut[:, high], cut[:, high] & ~cut[:, low]
        extended[before, low] = np.minimum(boxes[:, low], boxes[:, high] - full)[before]
        extended[after, high] = np.maximum(boxes[:, high], boxes[:, low] + full)[after]
        weight[before, low] = weight[after, high] = INFERRED
    return extended, weight


def _heights(times_s: Floats, boxes: Floats, cut: Mask, perspective: Perspective | None) -> Floats:
    """Return how tall somebody is in each box whose top or bottom is cut, (n,) in pixels; else the box is.

    Args:
        times_s: (n,) time of each box in seconds.
        boxes: (n, 4) detected boxes in pixels.
        cut: (n, 4) mask of the sides that the frame's edge cuts.
        perspective: perspective of the scene; None where unknown.
    """
    wide, tall = (boxes[:, 2:] - boxes[:, :2]).T
    whole = ~cut.any(axis=1)
    if perspective is not None:
        feet = foot_points(boxes)
        expected = perspective.heights(feet)
        own = float(np.median(tall[whole] / np.maximum(expected[whole], 1.0))) if whole.any() else 1.0
        heads = np.column_stack([feet[:, 0], boxes[:, 1]])
        by_head = perspective.heights(heads) / max(1 - own * perspective.down, 1 / BY_TOP)
        full = own * np.where(cut[:, 3], by_head, expected)
    elif whole.any():
        path = most_likely_path(times_s[whole], tall[whole, None], np.ones(whole.sum()), speed=_GROWTH)
        full = path.position[_nearest(times_s, times_s[whole]), 0]
    else:
        full = np.where(cut[:, 0] | cut[:, 2], tall, wide / _ASPECT)
    heights: Floats = np.where(cut[:, 1] | cut[:, 3], np.maximum(full, tall), tall)
    return heights


def _nearest(times_s: Floats, known_s: Floats) -> NDArray[np.intp]:
    """Return the index of the known time that is the nearest to each time, (n,); both ascend."""
    middle = (known_s[1:] + known_s[:-1]) / 2
    return np.searchsorted(middle, times_s)
