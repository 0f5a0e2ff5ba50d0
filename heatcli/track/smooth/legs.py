"""Foot points of people whose legs are hidden by an occluder: a counter, a post, somebody in front.

A detector draws the box around what it sees. Where the box ends at the knees, its foot point is too far away
from the camera: by metres, where the camera hangs low.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from heatcli.detect.perspective import Perspective
from heatcli.geometry import cut_by_edge, foot_points
from heatcli.track.smooth.rts import most_likely_path

MISSING = 0.2
"""Least share of a person's height that must be missing for the legs to count as hidden: all below the calf.
With less missing the foot point is hardly wrong, and detectors err by as much."""
_NEAR_S = 1.0
"""Time in seconds over which head and feet can be predicted to a fraction of the height: people need about a
second to stop or to start."""
BY_TOP = 5.0
"""Largest factor by which an error of the box's top may grow in the bottom computed from it. The factor is 5
for a camera that hangs a quarter higher than people are tall; for lower ones heads do not show distance."""
_TALLEST = 90
"""Percentile of a track's relative heights that is taken for the height of a box with legs."""

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def find_feet(
    times_s: Floats, boxes: Floats, perspective: Perspective, *, width: int, height: int, speed: float
) -> tuple[Floats, Floats]:
    """Compute where the feet are that a track's boxes do not show.

    Legs are hidden in a box that is much shorter than the perspective makes this person where the top of the
    box is, if the top, and not the bottom, is where the rows before and after predict it: a person who sits
    down or bends moves the top. Boxes that the frame's border cuts stay as they are.

    Args:
        times_s: (n,) time of each row in seconds, ascending.
        boxes: (n, 4) bounding boxes x1 y1 x2 y2 of one track, in pixels.
        perspective: perspective of the scene, for the track's class.
        width: width of the frame in pixels.
        height: height of the frame in pixels.
        speed: standard deviation of the coordinates' velocity, in lengths per second.

    Returns:
        (n,) float64 bottoms in pixels, unchanged where nothing is hidden; and (n,) weights for
        `most_likely_path`, below 1 where the bottom was computed from the top.
    """
    bottom, weight = boxes[:, 3].copy(), np.ones(len(boxes))
    inner = ~cut_by_edge(boxes, width=width, height=height).any(axis=1)
    tall = boxes[:, 3] - boxes[:, 1]
    feet = foot_points(boxes)
    expected = perspective.heights(feet)
    usable = inner & (expected > 0)
    if not usable.any():
        return bottom, weight
    ratios = tall[usable] / expected[usable]
    own = float(np.median(ratios[ratios > (1 - MISSING) * np.percentile(ratios, _TALLEST)]))
    nearer = 1 - own * perspective.down
    if nearer < 1 / BY_TOP:
        return bottom, weight
    heads = np.column_stack([feet[:, 0], boxes[:, 1]])
    told = np.minimum(boxes[:, 1] + own * perspective.heights(heads) / nearer, height)
    missing = (told - boxes[:, 3]) / np.maximum(told - boxes[:, 1], 1.0)
    if missing.max() <= MISSING:
        return bottom, weight
    most = np.maximum(missing, _steady(times_s, missing))
    short, whole = usable & (most > MISSING), usable & (most < MISSING / 2)
    hidden = _top_as_foretold(times_s, boxes, short, whole, speed=speed) & (told > boxes[:, 3])
    bottom[hidden], weight[hidden] = told[hidden], nearer**2
    return bottom, weight


def _steady(times_s: Floats, values: Floats) -> Floats:
    """Filter by the median of a second: one box that is whole by error does not split a hidden stretch."""
    step_s = np.median(np.diff(times_s)) if len(times_s) > 1 else _NEAR_S
    size = 2 * round(_NEAR_S / 2 / max(step_s, 1e-3)) + 1
    steady: Floats = median_filter(values, size=size, mode="nearest")
    return steady


def _top_as_foretold(times_s: Floats, boxes: Floats, short: Mask, whole: Mask, *, speed: float) -> Mask:
    """Find the rows in runs of short boxes that began or ended because the bottom moved, not the top.

    Args:
        times_s: (n,) time of each row in seconds.
        boxes: (n, 4) bounding boxes x1 y1 x2 y2 in pixels.
        short: (n,) mask of the rows whose boxes are too short.
        whole: (n,) mask of the rows from which the others are predicted.
        speed: standard deviation of the coordinates' velocity, in lengths per second.
    """
    if not short.any() or not whole.any():
        return np.zeros(len(boxes), np.bool_)
    path = most_likely_path(times_s, boxes[:, [1, 3]], whole.astype(np.float64), speed=speed)
    off = (boxes[:, [1, 3]] - path.position) ** 2
    seen_s = times_s[whole]
    after = np.searchsorted(seen_s, times_s)
    since = times_s - seen_s[np.maximum(after - 1, 0)]
    until = seen_s[np.minimum(after, len(seen_s) - 1)] - times_s
    near = short & (np.minimum(np.abs(since), np.abs(until)) <= _NEAR_S)
    run = np.cumsum(np.diff(short, prepend=False) & short) * short
    top, bottom = (np.bincount(run[near], off[near, side], run.max() + 1) for side in (0, 1))
    hidden: Mask = short & (2 * top < bottom)[run]
    return hidden
