"""Feet that something hides: a counter, a post, somebody in front.

A detector draws the box around what it sees. Where that ends at the knees the foot point would stand too
far away, by metres where the camera hangs low.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from heatcli.detect.perspective import Perspective
from heatcli.geometry import cut_by_edge, foot_points
from heatcli.track.smooth.rts import most_likely_path

MISSING = 0.2
"""Boxes that lack this part of the person, all below the calf, lack legs. With less the foot point is hardly
wrong, and detectors err by as much."""
_NEAR_S = 1.0
"""How long the place of head and feet can be foretold to a fraction of the height: people need about a second
to stop or to start."""
_BY_TOP = 5.0
"""How much the error of the top may grow in the bottom that is told from it. It is 5 for a camera that hangs
a quarter higher than people are tall; from there downwards heads show no distance."""
_TALLEST = 90
"""Percentile of a track's relative heights that is never one of a box without legs."""

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def find_feet(
    times_s: Floats, boxes: Floats, perspective: Perspective, *, width: int, height: int, speed: float
) -> tuple[Floats, Floats]:
    """Tell where the feet are that a track's boxes do not show.

    A box lacks legs where it is much shorter than the scene makes this person at the place of its top, and
    the top, not the bottom, is where the rows around it foretell it. Who sits down or bends moves the top.
    Where the frame's border cuts a box, the legs are outside and stay there.

    Args:
        times_s: (n,) seconds, ascending.
        boxes: (n, 4) of one track.
        perspective: of the scene, for the track's class.
        width: of the frame in pixels.
        height: likewise.
        speed: as for `most_likely_path`.

    Returns:
        (n,) float64 bottoms, in pixels, those of the boxes where nothing is hidden; and (n,) weights for
        `most_likely_path`, below 1 where the bottom was told from the top.
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
    if nearer < 1 / _BY_TOP:
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
    """Take the median of each second around: one box that is whole by error parts no hidden stretch."""
    step_s = np.median(np.diff(times_s)) if len(times_s) > 1 else _NEAR_S
    size = 2 * round(_NEAR_S / 2 / max(step_s, 1e-3)) + 1
    steady: Floats = median_filter(values, size=size, mode="nearest")
    return steady


def _top_as_foretold(times_s: Floats, boxes: Floats, short: Mask, whole: Mask, *, speed: float) -> Mask:
    """Tell which rows belong to a run of short ones that began, or ended, by the bottom and not the top.

    Args:
        times_s: (n,) seconds.
        boxes: (n, 4).
        short: (n,) which rows are too short.
        whole: (n,) from which rows the others are foretold.
        speed: as for `most_likely_path`.
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
