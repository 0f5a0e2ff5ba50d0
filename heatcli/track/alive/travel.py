"""Whether somebody has moved through the picture, and where they were meanwhile."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

# Time over which places are averaged: boxes tremble from frame to frame, and swing with each step.
_MEAN_S = 1.0
# Least way in widths of the box: a body that walks leaves its place. Boxes around a thing tremble by less,
# also where it is half hidden at times.
_WIDTHS = 1.0
# Least way in heights of the box, for boxes that an edge has made narrow.
_HEIGHTS = 0.3
# Largest share of the way that one step may be: who walks is seen on the way, and two things that were
# taken for one are not.
_STEP = 0.75


def has_travelled(time_s: NDArray[np.float64], boxes: NDArray[np.floating]) -> bool:
    """Tell whether a trajectory shows somebody who moved through the picture.

    Args:
        time_s: (n,) times of the boxes in seconds, ascending.
        boxes: (n, 4) detected boxes x1 y1 x2 y2 in pixels.
    """
    corners = boxes.astype(np.float64)
    size = np.median(corners[:, 2:] - corners[:, :2], axis=0)
    # Of the two sides of a box, an obstacle or the frame's edge may move one; a body moves both.
    centre = (corners[:, :2] + corners[:, 2:]) / 2
    short = min(_MEAN_S, (time_s[-1] - time_s[0]) / 3)
    begin = np.searchsorted(time_s, time_s - short / 2, "left")
    end = np.searchsorted(time_s, time_s + short / 2, "right")
    total = np.vstack([np.zeros(2), np.cumsum(centre, axis=0)])
    mean = (total[end] - total[begin]) / (end - begin)[:, None]
    low, high = mean.min(axis=0), mean.max(axis=0)
    way = float(np.hypot(*(high - low)))
    if way < max(_WIDTHS * size[0], _HEIGHTS * size[1]):
        return False
    steps = np.hypot(*np.diff(centre, axis=0).T)
    return bool(steps.max(initial=0) < _STEP * way)


def walking_past(
    moments_us: NDArray[np.int64], walkers: Iterable[tuple[NDArray[np.int64], NDArray[np.floating]]]
) -> list[NDArray[np.float64]]:
    """Return where those who walk are at some moments, also when they are not detected just then.

    Args:
        moments_us: (m,) media times in µs.
        walkers: for each walker, (n,) times in µs, ascending, and (n, 4) boxes.

    Returns:
        For each moment, (k, 4) boxes of the k walkers who are in the picture.
    """
    boxes: list[list[NDArray[np.float64]]] = [[] for _ in moments_us]
    for time_us, own in walkers:
        first = np.searchsorted(moments_us, time_us[0])
        last = np.searchsorted(moments_us, time_us[-1], "right")
        ways = [np.interp(moments_us[first:last], time_us, side) for side in own.T]
        for at, box in zip(range(first, last), np.transpose(ways), strict=True):
            boxes[at].append(box)
    return [np.reshape(own, (-1, 4)) for own in boxes]
