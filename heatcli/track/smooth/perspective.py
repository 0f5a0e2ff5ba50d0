"""How tall people look where they stand, learned from the tracks of a clip.

Each track is one person, so a robust fit with priors about how cameras hang will do. The motion detector
learns the same from blobs, most of which may be something else (`heatcli.detect.scene`).
"""

import numpy as np
from numpy.typing import NDArray

from heatcli.detect.perspective import Perspective
from heatcli.geometry import cut_by_edge, foot_points
from heatcli.track.observations import Observations

LEAST_TRACKS = 5
"""Fewest tracks to learn from: people differ in height by 7 %, and the mean of five is right to 3 %."""
PEOPLE_DIFFER = 0.1
"""Relative standard deviation of box heights at one place: 7 % from people, the rest from the detector."""
MOST_SPREAD = 0.2
"""Largest relative spread around the fit, twice `PEOPLE_DIFFER`: where boxes spread more, nothing fits,
as with stairs, several floors, or animals of all sizes."""
_SLOPE, _SLOPE_SPREAD = 0.4, 0.3
"""Mean and standard deviation of the prior of the slope, which is people's height divided by the camera's:
1.7 m below cameras that hang at 2.5 to 15 m."""
_ROLL_SPREAD = 0.05
"""Standard deviation of the prior of the slope across, which is the slope down times the camera's roll: about
half of 5 degrees, since cameras hang level."""
_SAMPLES = 20_000
_ROUNDS = 20
_TUKEY = 4.685
"""Number of standard deviations beyond which boxes do not count: Tukey's biweight with 95 % efficiency."""

Floats = NDArray[np.float64]


def learn_perspective(seen: Observations, class_id: int, *, width: int, height: int) -> Perspective | None:
    """Learn the perspective from the objects of a class.

    Boxes that the border of the frame cuts, or that the box of somebody nearer to the camera overlaps, do not
    count. All tracks have the same weight, however long they are.

    Args:
        seen: rows of all classes, of which some 20,000, spread evenly over the frames, are used.
        class_id: index of the class to learn from.
        width: width of the frame in pixels.
        height: height of the frame in pixels.

    Returns:
        The perspective; None where too few people are seen, or where their heights follow no perspective.
    """
    rows = _unhidden(seen, width=width, height=height)
    rows = rows[seen.class_id[rows] == class_id]
    tracks, track, count = np.unique(seen.track[rows], return_inverse=True, return_counts=True)
    if len(tracks) < LEAST_TRACKS:
        return None
    boxes = seen.boxes[rows].astype(np.float64)
    tall = boxes[:, 3] - boxes[:, 1]
    x, y = foot_points(boxes).T
    share = 1 / count[track]
    # x is measured from the middle of the frame, so that the two slopes are nearly uncorrelated.
    terms = np.column_stack([np.ones(len(rows)), y, x - width / 2])
    expected = np.full(len(rows), np.median(tall))
    weight = share
    for _ in range(_ROUNDS):
        scale = np.sqrt(weight) / (PEOPLE_DIFFER * expected)
        prior = np.array([[0, 1 / _SLOPE_SPREAD, 0], [0, 0, 1 / _ROLL_SPREAD]])
        found, *_ = np.linalg.lstsq(
            np.vstack([scale[:, None] * terms, prior]),
            np.concatenate([scale * tall, [_SLOPE / _SLOPE_SPREAD, 0]]),
            rcond=None,
        )
        expected = terms @ found
        if (expected < 1).any():
            return None
        off = tall / expected - 1
        spread = max(1.4826 * _weighted_median(np.abs(off), share), PEOPLE_DIFFER / 2)
        weight = share * np.maximum(1 - (off / (_TUKEY * spread)) ** 2, 0) ** 2
    if spread > MOST_SPREAD:
        return None
    base, down, across = found.tolist()
    return Perspective(base - across * width / 2, down, across)


def _unhidden(seen: Observations, *, width: int, height: int) -> NDArray[np.intp]:
    """Return rows of evenly spread frames whose boxes neither the frame's border nor anybody nearer cuts."""
    moments = np.unique(seen.frame)
    chosen = moments[:: -(-len(seen) // _SAMPLES) or 1]
    rows = []
    begins, ends = np.searchsorted(seen.frame, chosen), np.searchsorted(seen.frame, chosen, "right")
    for begin, end in zip(begins, ends, strict=True):
        boxes = seen.boxes[begin:end]
        low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
        high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
        nearer = boxes[None, :, 3] > boxes[:, None, 3]
        hidden = ((low < high).all(axis=2) & nearer).any(axis=1)
        rows.append(begin + np.flatnonzero(~hidden))
    shown = np.concatenate(rows) if rows else np.zeros(0, np.intp)
    return shown[~cut_by_edge(seen.boxes[shown], width=width, height=height).any(axis=1)]


def _weighted_median(values: Floats, weight: Floats) -> float:
    order = np.argsort(values)
    total = np.cumsum(weight[order])
    return float(values[order[np.searchsorted(total, total[-1] / 2)]])
