"""Tracklets in short: where each begins and ends, how it moves there, and what it looks like."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import cut_by_edge
from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.motion_model import POSITION_ERROR
from heatcli.track.observations import Observations

END_S = 1.0
"""How much of a tracklet tells how it moves at its end: two steps of a walk, so that the swing of one does
not count, and too short to turn a corner."""
STEADY_ERROR_S = 0.3
"""For how long boxes err the same way, as their error comes from the pose: half a step. More frames in that
time tell nothing more."""

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Ends:
    """The first or the last moment of each of n tracklets.

    Attributes:
        time_us: (n,) int64 media time in µs.
        box: (n, 4) float64 x1 y1 x2 y2 in pixels.
        length: (n,) float64 longer side of the boxes thereabouts, in pixels.
        position: (n, 2) float64 middle of the box's top edge, in pixels: what hides people hides heads last.
        velocity: (n, 2) float64 in pixels per second.
        variance: (3, n) float64 of either coordinate, in lengths and seconds: of the position, its covariance
            with the velocity, and of the velocity.
    """

    time_us: NDArray[np.int64]
    box: Floats
    length: Floats
    position: Floats
    velocity: Floats
    variance: Floats

    def take(self, rows: Indices) -> "Ends":
        """Return the given rows (k,)."""
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
    """What linking wants to know of n tracklets.

    Attributes:
        first: how each begins.
        last: how each ends.
        seen_s: (n,) float64 for how long it was seen; a sighting with less confidence than half of the clip's
            counts in proportion, as a detector is about as often right.
        class_id: (n,) int32.
        half_embeddings: (n, 2, D) float32 as `Gallery.half_embeddings` gives them; D may be 0.
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
    """Sum up tracklets.

    Args:
        seen: rows of n tracklets, none of them filled.
        pts_us: (len(seen),) media time of each row.
        dt_us: (len(seen),) what each row stands for.
        half_embeddings: (n, 2, D) what the tracklets look like, by ascending number.
        width: of the frame in pixels.
        height: likewise.
        speed: standard deviation of each component of an object's velocity, in its own lengths per second.

    Returns:
        The tracklets, by ascending number.
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
    """Fit a line through the rows within `END_S` of the rows `end`, one for each owner.

    Bayesian linear regression: of the velocity it is known how large it is on the whole.
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
    """Let boxes (n, 4) that the frame's edge cuts have a size (n, 2): else who leaves seems to slow down."""
    low, high = boxes[:, :2], boxes[:, 2:]
    cut = cut_by_edge(boxes, width=frame[0], height=frame[1])
    whole_low = np.where(cut[:, :2], np.minimum(low, high - size), low)
    whole_high = np.where(cut[:, 2:], np.maximum(high, low + size), high)
    return np.hstack([whole_low, whole_high])
