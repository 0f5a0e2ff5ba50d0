"""Online association: detections of one processed frame after the other become tracklets.

In the manner of ByteTrack (Zhang et al., ECCV 2022): confident detections are assigned first and may found
tracklets, the others only continue tracklets that they fit well. The cost is the negative log likelihood
under a motion model in seconds and body lengths, so that any frame rate will do, and uneven frames, and
gaps.
"""

import math
from array import array

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from heatcli.detect.base import Detections
from heatcli.geometry import iou_matrix
from heatcli.settings import TrackSettings
from heatcli.track.motion_model import Boxes, MotionModel, box_coordinates
from heatcli.track.observations import Observations

GATE = 9.4877
"""Largest squared Mahalanobis distance of a match: the 95 % quantile of chi-squared with 4 degrees of
freedom, as in DeepSORT (Wojke et al., ICIP 2017)."""
SAME_BOX_IOU = 0.5
"""Boxes that overlap by more show one object: what detection benchmarks count as found (PASCAL VOC). Two
people seldom overlap as much, seen from above their heads."""

Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]


class OnlineTracker:
    """Follows the objects of one clip.

    Frames go into `update` in order; `finish` then gives the rows of the tracklets that were seen for long
    enough. A tracklet has one class. Memory grows by 28 bytes per row and 12 per frame.
    """

    def __init__(self, settings: TrackSettings, *, confidence: float) -> None:
        """Start a clip.

        Args:
            settings: how people move and how long they are followed unseen.
            confidence: least confidence of a detection that may found a tracklet.
        """
        self._max_gap_us = settings.max_gap_s * 1e6
        self._min_seen_us = settings.min_seen_s * 1e6
        self._confidence = confidence
        self._least_step_us = math.inf
        # The tracklets that are alive, by ascending id.
        self._motion = MotionModel(speed=settings.speed_lengths_per_s)
        self._id = np.zeros(0, np.int32)
        self._class_id = np.zeros(0, np.int32)
        self._first_us = np.zeros(0, np.int64)
        self._last_us = np.zeros(0, np.int64)
        # Every tracklet, every frame and every sighting, in compact arrays that grow.
        self._tracklet_class = array("i")
        self._tracklet_confirmed = bytearray()
        self._frame = array("i")
        self._pts_us = array("q")
        self._row_frame = array("i")
        self._row_id = array("i")
        self._row_box = array("f")
        self._row_confidence = array("f")

    def update(
        self, frame: int, pts_us: int, detections: Detections, appearance: NDArray[np.float32] | None
    ) -> None:
        """Take in the next processed frame.

        Args:
            frame: source frame index, larger than the last one.
            pts_us: media time in µs, not before the last frame's.
            detections: what was found in it, weak detections too; each is used at most once.
            appearance: (n, d) what each of them looks like, rows of NaN where it cannot be told; None: nobody
                looked.

        Raises:
            ValueError: if the frame is not after the last one.
        """
        if self._frame:
            if frame <= self._frame[-1] or pts_us < self._pts_us[-1]:
                last = f"{self._frame[-1]} at {self._pts_us[-1]} µs"
                raise ValueError(f"frame {frame} at {pts_us} µs does not follow frame {last}")
            step_us = pts_us - self._pts_us[-1]
            self._least_step_us = min(self._least_step_us, step_us)
            # Where frames are further apart than that, as in a time lapse, one may still be missed.
            self._keep(pts_us - self._last_us <= max(self._max_gap_us, 2 * self._least_step_us))
            self._motion.predict(step_us / 1e6)
        self._frame.append(frame)
        self._pts_us.append(pts_us)

        measured = box_coordinates(detections.boxes)
        same_class = detections.class_id[:, None] == detections.class_id
        same_object = same_class & (iou_matrix(detections.boxes, detections.boxes) > SAME_BOX_IOU)
        strong = self._strong(detections.confidence, same_object)
        match = self._match(detections, measured, strong)

        seen = np.flatnonzero(match >= 0)
        found = match[seen]
        self._motion.correct(seen, measured[found])
        self._last_us[seen] = pts_us
        self._record(self._id[seen], detections, found)
        confirmed = self._confirm()
        self._keep(confirmed | (pts_us - self._last_us < self._min_seen_us))

        new = np.flatnonzero(strong & ~same_object[:, found].any(axis=1))
        self._begin(new, measured, detections, pts_us)

    def finish(self) -> Observations:
        """End the clip.

        Returns:
            The rows of the tracklets that were seen for `min_seen_s`; each is a track of its own, and no gap
            is filled.
        """
        confirmed = np.frombuffer(self._tracklet_confirmed, np.bool_)
        ids = np.frombuffer(self._row_id, np.int32)
        kept = confirmed[ids]
        ids = ids[kept]
        self._row_id = array("i")
        frame = np.frombuffer(self._row_frame, np.int32)[kept]
        self._row_frame = array("i")
        boxes = np.frombuffer(self._row_box, np.float32).reshape(-1, 4)[kept]
        self._row_box = array("f")
        confidence = np.frombuffer(self._row_confidence, np.float32)[kept]
        self._row_confidence = array("f")
        tracklet = np.cumsum(confirmed, dtype=np.int32)[ids]
        return Observations(
            frame=frame,
            track=tracklet,
            tracklet=tracklet,
            boxes=boxes,
            confidence=confidence,
            class_id=np.frombuffer(self._tracklet_class, np.int32)[ids],
            filled=np.zeros(len(ids), np.bool_),
        )

    def _strong(self, confidence: NDArray[np.float32], same_object: Mask) -> Mask:
        """Tell which detections may found tracklets: confident, and the best of their object.

        Args:
            confidence: (m,) of the detections.
            same_object: (m, m) which detections are of one object, each with itself too.
        """
        strong = confidence >= self._confidence
        doubled = np.flatnonzero(strong & (same_object.sum(axis=1) > 1))
        for best in doubled[np.argsort(-confidence[doubled], kind="stable")]:
            if strong[best]:
                strong[same_object[best]] = False
                strong[best] = True
        return strong

    def _match(self, detections: Detections, measured: Boxes, strong: Mask) -> Indices:
        """Assign detections to the tracklets that are alive.

        Returns:
            (n,) each tracklet's detection, or -1.
        """
        match = np.full(len(self._id), -1)
        if not len(match) or not len(measured):
            return match
        distance, vagueness = self._motion.surprise(measured)
        allowed = (distance <= GATE) & (self._class_id[:, None] == detections.class_id)
        # To go without costs as much as the vaguest match at the gate, not more: else one more match would be
        # worth pushing somebody on to a neighbour's detection.
        cost, unmatched = distance + vagueness[:, None], GATE + vagueness.max()
        self._assign(match, allowed & strong, cost, unmatched)
        weak = allowed & ~strong & (match < 0)[:, None]
        if weak.any():
            weak &= iou_matrix(self._motion.boxes(), detections.boxes) > SAME_BOX_IOU
            self._assign(match, weak, cost, unmatched)
        return match

    @staticmethod
    def _assign(match: Indices, allowed: Mask, cost: NDArray[np.float64], unmatched: float) -> None:
        """Write the cheapest assignment of `allowed` pairs into `match`."""
        rows, columns = np.flatnonzero(allowed.any(axis=1)), np.flatnonzero(allowed.any(axis=0))
        part = np.ix_(rows, columns)
        row, column = linear_sum_assignment(np.where(allowed[part], cost[part], unmatched))
        tracks, found = rows[row], columns[column]
        paired = allowed[tracks, found]
        match[tracks[paired]] = found[paired]

    def _confirm(self) -> Mask:
        """Confirm the tracklets that were seen for long enough, and tell which are confirmed."""
        confirmed = np.frombuffer(self._tracklet_confirmed, np.bool_)
        confirmed[self._id[self._last_us - self._first_us >= self._min_seen_us]] = True
        return confirmed[self._id]

    def _begin(self, new: Indices, measured: Boxes, detections: Detections, pts_us: int) -> None:
        """Begin a tracklet with each of the `new` detections."""
        total = len(self._tracklet_class)
        ids = np.arange(total, total + len(new), dtype=np.int32)
        times = np.full(len(new), pts_us)
        self._motion.add(measured[new])
        self._id = np.concatenate([self._id, ids])
        self._class_id = np.concatenate([self._class_id, detections.class_id[new]])
        self._first_us = np.concatenate([self._first_us, times])
        self._last_us = np.concatenate([self._last_us, times])
        self._tracklet_class.frombytes(detections.class_id[new].tobytes())
        self._tracklet_confirmed.extend(bytes(len(new)))
        self._record(ids, detections, new)

    def _record(self, ids: NDArray[np.int32], detections: Detections, found: Indices) -> None:
        """Append one row per sighting; ids ascend within a frame, so that rows stay sorted."""
        self._row_frame.extend([self._frame[-1]] * len(ids))
        self._row_id.frombytes(ids.tobytes())
        self._row_box.frombytes(detections.boxes[found].tobytes())
        self._row_confidence.frombytes(detections.confidence[found].tobytes())

    def _keep(self, alive: Mask) -> None:
        """Forget the tracklets that are False in `alive`; their rows stay."""
        if alive.all():
            return
        self._motion.keep(alive)
        self._id = self._id[alive]
        self._class_id = self._class_id[alive]
        self._first_us = self._first_us[alive]
        self._last_us = self._last_us[alive]
