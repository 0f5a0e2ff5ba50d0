"""Which detection in a frame is which object: the most likely assignment, and where it is in doubt.

Association follows ByteTrack (Zhang et al., ECCV 2022): confident detections are assigned first and may begin
tracklets; the others only continue tracklets that they fit well. The cost is the negative log likelihood
under a motion model in seconds and body lengths, so any frame rate, uneven frames and gaps will do.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from heatcli.detect.base import Detections
from heatcli.geometry import iou_matrix
from heatcli.track.motion_model import Boxes, MotionModel, box_coordinates

GATE = 9.4877
"""Largest squared Mahalanobis distance of a match: the 95 % quantile of chi-squared with 4 degrees of
freedom, as in DeepSORT (Wojke et al., ICIP 2017)."""
SAME_BOX_IOU = 0.5
"""IoU above which two boxes show one object: what detection benchmarks count as found (PASCAL VOC). Boxes of
two people seldom overlap as much, seen from above their heads."""

DOUBT = 3.0
"""Nats by which a match must beat the one in which two people have changed places: one error in twenty."""

Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Association:
    """What becomes of the n objects that are alive, and of the m detections in the next frame.

    Attributes:
        measured: (m, 4) box coordinates of the detections.
        match: (n,) index of each object's detection, or -1 for an object without one.
        swapped: indices of the objects that may have changed places with another one.
        new: indices of the detections that begin an object.
    """

    measured: Boxes
    match: Indices
    swapped: Indices
    new: Indices


def associate(
    motion: MotionModel, class_id: NDArray[np.int32], detections: Detections, *, confidence: float
) -> Association:
    """Assign detections to objects.

    Args:
        motion: motion model of the n objects, which expects them at the time of the frame.
        class_id: (n,) classes of the objects.
        detections: detections in the frame, weak ones too; each is used at most once.
        confidence: least confidence of a detection that may begin a tracklet.
    """
    measured = box_coordinates(detections.boxes)
    same_class = detections.class_id[:, None] == detections.class_id
    same_object = same_class & (iou_matrix(detections.boxes, detections.boxes) > SAME_BOX_IOU)
    strong = _strong(detections.confidence, same_object, least=confidence)
    match, swapped = _match(motion, class_id, detections, measured, strong)
    new = np.flatnonzero(strong & ~same_object[:, match[match >= 0]].any(axis=1))
    return Association(measured, match, swapped, new)


def _strong(confidence: NDArray[np.float32], same_object: Mask, *, least: float) -> Mask:
    """Return which detections may begin tracklets: confident, and the most confident of their object.

    Args:
        confidence: (m,) confidence of the detections.
        same_object: (m, m) mask of the pairs of detections that show one object, the diagonal included.
        least: least confidence of such a detection.
    """
    strong = confidence >= least
    doubled = np.flatnonzero(strong & (same_object.sum(axis=1) > 1))
    for best in doubled[np.argsort(-confidence[doubled], kind="stable")]:
        if strong[best]:
            strong[same_object[best]] = False
            strong[best] = True
    return strong


def _match(
    motion: MotionModel, class_id: NDArray[np.int32], detections: Detections, measured: Boxes, strong: Mask
) -> tuple[Indices, Indices]:
    """Find the detection of each object.

    Returns:
        (n,) index of each object's detection, or -1 for an object without one; and the indices of the objects
        that may have changed places with another one.
    """
    match = np.full(len(class_id), -1)
    if not len(match) or not len(measured):
        return match, np.zeros(0, np.intp)
    distance, log_det = motion.mahalanobis(measured)
    allowed = (distance <= GATE) & (class_id[:, None] == detections.class_id)
    # An object without a detection costs as much as the most uncertain match at the gate, not more: else
    # one more match would be worth moving somebody to a neighbour's detection.
    cost, unmatched = distance + log_det[:, None], GATE + log_det.max()
    _assign(match, allowed & strong, cost, unmatched)
    weak = allowed & ~strong & (match < 0)[:, None]
    if weak.any():
        weak &= iou_matrix(motion.boxes(), detections.boxes) > SAME_BOX_IOU
        _assign(match, weak, cost, unmatched)
    seen = np.flatnonzero(match >= 0)
    own = cost[:, match[seen]][seen]
    right = np.diag(own)
    # Costs are twice the negative log likelihood.
    doubt = own + own.T - right - right[:, None] < 2 * DOUBT
    doubt &= class_id[seen, None] == class_id[seen]
    np.fill_diagonal(doubt, False)
    return match, seen[doubt.any(axis=1)]


def _assign(match: Indices, allowed: Mask, cost: NDArray[np.float64], unmatched: float) -> None:
    """Write the cheapest assignment of `allowed` pairs into `match`."""
    rows, columns = np.flatnonzero(allowed.any(axis=1)), np.flatnonzero(allowed.any(axis=0))
    part = np.ix_(rows, columns)
    row, column = linear_sum_assignment(np.where(allowed[part], cost[part], unmatched))
    tracks, found = rows[row], columns[column]
    paired = allowed[tracks, found]
    match[tracks[paired]] = found[paired]
