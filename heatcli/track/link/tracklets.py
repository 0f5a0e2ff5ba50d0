"""Summaries of tracklets: where each begins and ends, how it moves there, and what it looks like."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import cut_by_edge
from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.motion_model import POSITION_ERROR
from heatcli.track.observations import Observations

END_S = 1.0
"""Time in seconds at the end of a tracklet over which its velocity is fitted: two steps of a walk, so that
the swing of one does not count, and too short to turn a corner."""
STEADY_ERROR_S = 0.3
"""Time in seconds for which the errors of boxes are correlated, since they come from the pose: half a step.
More frames within that time add no information."""

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Ends:
    """State at the first or at the last moment of each of n tracklets.

    Attributes:
        time_us: (n,) int64 media time of the moment in µs.
        box: (n, 4) float64 bounding box x1 y1 x2 y2 in pixels.
        length: (n,) float64 longer side of the box in pixels, averaged over `END_S`.
        position: (n, 2) float64 middle of the box's top edge in pixels: occluders hide heads last.
        velocity: (n, 2) float64 velocity of `position` in pixels per second.
        variance: (3, n) float64 variance of position, covariance of position and velocity, and variance of
            velocity, for either coordinate, in lengths and seconds.
    """

    time_us: NDArray[np.int64]
    box: Floats
    length: Floats
    position: Floats
    velocity: Floats
    variance: Floats

    def take(self, rows: Indices) -> "Ends":
        """Return the ends of the tracklets with indices `rows` (k,)."""
        return Ends(
            self.time_us[rows],
            self.box[rows],
            self.length[rows],
            self.position[rows],
            self.velocity[rows],
            self.variance[:, rows],
        )


@dataclass(frozen=True, slots=True)
class Tracklets:
    """Summaries of n tracklets, for linking.

    Attributes:
        first: state at the beginning of each tracklet.
        last: state at the end of each tracklet.
        seen_s: (n,) float64 time for which each tracklet was seen, in seconds; a detection with less than the
            clip's median confidence counts in proportion, since a detector is right in about that proportion.
        class_id: (n,) int32 index into the detector's classes.
        half_embeddings: (n, 2, D) float32 half embeddings, as `Gallery.half_embeddings` returns them; D may
            be 0.
    """

    first: Ends
    last: Ends
    seen_s: Floats
    class_id: NDArray[np.int32]
    half_embeddings: Descriptors

    def __len__(self) -> int:
        return len(self.class_id)


def summarise(
    seen: Observations,
    *,
    pts_us: NDArray[np.int64],
    dt_us: NDArray[np.int32],
    half_embeddings: Descriptors,
    width: int,
    height: int,
    speed: float,
) -> Tracklets:
    """Summarise tracklets.

    Args:
        seen: rows of n tracklets, none of them filled.
        pts_us: (len(seen),) media time of each row in µs.
        dt_us: (len(seen),) time that each row stands for, in µs.
        half_embeddings: (n, 2, D) half embeddings of the tracklets, by ascending number.
        width: width of the frame in pixels.
        height: height of the frame in pixels.
        speed: standard deviation of each component of an object's velocity, in its own lengths per second.

    Returns:
        Summaries of the tracklets, by ascending number.
    """
    order = np.lexsort((seen.frame, seen.tracklet))
    begin = np.flatnonzero(np.diff(seen.tracklet[order], prepend=-1))
    rows = np.diff(begin, append=len(order))
    owner = np.repeat(np.arange(len(begin)), rows)
    time_us, boxes = pts_us[order], seen.boxes[order]
    sure = np.minimum(seen.confidence / np.median(seen.confidence), 1)
    return Tracklets(
        first=_ends(time_us, boxes, owner, begin, (width, height), speed),
        last=_ends(time_us, boxes, owner, begin + rows - 1, (width, height), speed),
        seen_s=np.bincount(owner, (sure * dt_us)[order] / 1e6, len(begin)).astype(np.float64),
        class_id=seen.class_id[order][begin],
        half_embeddings=half_embeddings,
    )


def _ends(
    time_us: NDArray[np.int64],
    boxes: NDArray[np.float32],
    owner: Indices,
    end: Indices,
    frame: tuple[int, int],
    speed: float,
) -> Ends:
    """Fit a line through the rows within `END_S` of the rows `end`, one line for each tracklet `owner`.

    The fit is a Bayesian linear regression; the prior of velocities has the standard deviation `speed`.
    """
    since = (time_us - time_us[end][owner]) / 1e6
    near = np.abs(since) <= END_S
    which, since, box = owner[near], since[near], boxes[near].astype(np.float64)
    size = np.zeros((len(end), 2))
    np.maximum.at(size, which, box[:, 2:] - box[:, :2])
    box = _beyond(box, size[which], frame)

    def total(values: Floats) -> Floats:
        sums: Floats = np.bincount(which, values, len(end)).astype(np.float64)
        return sums

    count = total(np.ones(len(which)))
    longest = np.zeros(len(end))
    np.maximum.at(longest, which, np.abs(since))
    independent = np.minimum(count, 1 + longest / STEADY_ERROR_S)
    weight = (independent / count)[which] / POSITION_ERROR**2
    s0, s1, s2 = (total(weight * since**power) for power in (0, 1, 2))
    s2 += 1 / speed**2
    det = s0 * s2 - s1**2
    tops = np.column_stack([box[:, [0, 2]].mean(axis=1), box[:, 1]])
    m0, m1 = (np.column_stack([total(weight * since**k * x) for x in tops.T]) for k in (0, 1))
    return Ends(
        time_us=time_us[end],
        box=boxes[end].astype(np.float64),
        length=np.maximum(total((box[:, 2:] - box[:, :2]).max(axis=1)) / count, 1.0),
        position=(s2[:, None] * m0 - s1[:, None] * m1) / det[:, None],
        velocity=(s0[:, None] * m1 - s1[:, None] * m0) / det[:, None],
        variance=np.stack([s2, -s1, s0]) / det,
    )


def _beyond(boxes: Floats, size: Floats, frame: tuple[int, int]) -> Floats:
    """Extend boxes (n, 4) cut by the frame's edge to sizes (n, 2): else people who leave seem to slow."""
    low, high = boxes[:, :2], boxes[:, 2:]
    cut = cut_by_edge(boxes, width=frame[0], height=frame[1])
    whole_low = np.where(cut[:, :2], np.minimum(low, high - size), low)
    whole_high = np.where(cut[:, 2:], np.maximum(high, low + size), high)
    return np.hstack([whole_low, whole_high])
