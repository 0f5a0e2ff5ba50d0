"""Online association: detections of one processed frame after the other become tracklets.

In the manner of ByteTrack (Zhang et al., ECCV 2022): confident detections are assigned first and may found
tracklets, the others only continue tracklets that they fit well. The cost is the negative log likelihood under a
motion model in seconds and body lengths, so that any frame rate will do, and uneven frames, and gaps.
"""

from array import array

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from heatcli.config import TrackSettings
from heatcli.detect.base import Detections
from heatcli.geometry import iou_matrix
from heatcli.track.fill import fill_gaps
from heatcli.track.motion_model import MotionModel, box_coordinates
from heatcli.track.observations import Observations

GATE = 9.4877
"""Largest squared Mahalanobis distance of a match: the 95 % quantile of chi-squared with 4 degrees of freedom,
as in DeepSORT (Wojke et al., ICIP 2017)."""
SAME_BOX_IOU = 0.5
"""Boxes that overlap by more show one object: what detection benchmarks count as found (PASCAL VOC). Two people
seldom overlap as much, seen from above their heads."""

Indices = NDArray[np.intp]


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
        self._settings = settings
        self._confidence = confidence
        # The tracklets that are alive, in order of their ids.
        self._motion = MotionModel(speed=settings.speed_lengths_per_s)
        self._id = np.zeros(0, np.int32)
        self._class_id = np.zeros(0, np.int32)
        self._first_us = np.zeros(0, np.int64)
        self._last_us = np.zeros(0, np.int64)
        # Every tracklet by id, and every sighting, as compact arrays that grow.
        self._classes = array("i")
        self._confirmed = array("b")
        self._frames = array("i")
        self._pts_us = array("q")
        self._row_frame = array("i")
        self._row_id = array("i")
        self._row_box = array("f")
        self._row_confidence = array("f")

    def update(self, frame: int, pts_us: int, detections: Detections) -> None:
        """Take in the next processed frame.

        Args:
            frame: source frame index, larger than the last one.
            pts_us: media time in µs, not before the last frame's.
            detections: what was found in it, weak detections too; each is used at most once.

        Raises:
            ValueError: if the frame is not after the last one.
        """
        if self._frames:
            if frame <= self._frames[-1] or pts_us < self._pts_us[-1]:
                last = f"{self._frames[-1]} at {self._pts_us[-1]} µs"
                raise ValueError(f"frame {frame} at {pts_us} µs does not follow frame {last}")
            self._keep(pts_us - self._last_us <= self._settings.max_gap_s * 1e6)
            self._motion.predict((pts_us - self._pts_us[-1]) / 1e6)
        self._frames.append(frame)
        self._pts_us.append(pts_us)

        strong = self._strong(detections)
        tracks, found = self._assign(np.arange(len(self._id)), np.flatnonzero(strong), detections)
        free = np.setdiff1d(np.arange(len(self._id)), tracks)
        weak_tracks, weak_found = self._assign(free, np.flatnonzero(~strong), detections, overlapping=True)
        tracks = np.concatenate([tracks, weak_tracks])
        found = np.concatenate([found, weak_found])
        order = np.argsort(tracks)
        self._continue(tracks[order], found[order], pts_us, detections)

        new = np.setdiff1d(np.flatnonzero(strong), found)
        if len(new) and len(found):
            same = iou_matrix(detections.boxes[new], detections.boxes[found]) > SAME_BOX_IOU
            same &= detections.class_id[new, None] == detections.class_id[found]
            new = new[~same.any(axis=1)]
        self._found(new, pts_us, detections)

    def finish(self) -> Observations:
        """Give the rows of all tracklets that were seen for `min_seen_s`, with the gaps in them filled."""
        confirmed = np.array(self._confirmed, dtype=np.bool_)
        number = np.cumsum(confirmed, dtype=np.int32)
        ids = np.array(self._row_id, dtype=np.int32)
        kept = confirmed[ids]
        ids = ids[kept]
        seen = Observations(
            frame=np.array(self._row_frame, dtype=np.int32)[kept],
            tracklet=number[ids],
            boxes=np.array(self._row_box, dtype=np.float32).reshape(-1, 4)[kept],
            confidence=np.array(self._row_confidence, dtype=np.float32)[kept],
            class_id=np.array(self._classes, dtype=np.int32)[ids],
            filled=np.zeros(len(ids), np.bool_),
        )
        return fill_gaps(
            seen,
            frames=np.array(self._frames, dtype=np.int32),
            pts_us=np.array(self._pts_us, dtype=np.int64),
        )

    def _strong(self, detections: Detections) -> NDArray[np.bool_]:
        """Tell which detections may found tracklets: confident, and not a second box of one object."""
        strong = detections.confidence >= self._confidence
        same = iou_matrix(detections.boxes, detections.boxes) > SAME_BOX_IOU
        same &= detections.class_id[:, None] == detections.class_id
        for best in np.argsort(-detections.confidence, kind="stable"):
            if strong[best]:
                same[best, best] = False
                strong[same[best]] = False
        return strong

    def _assign(
        self, tracks: Indices, found: Indices, detections: Detections, *, overlapping: bool = False
    ) -> tuple[Indices, Indices]:
        """Find the likeliest pairs of `tracks` and `found`; with `overlapping`, only where boxes overlap.

        A pair outside the gate costs what the vaguest match at the gate does, not more: else one more match
        would be worth pushing somebody on to a neighbour's detection.
        """
        if not len(tracks) or not len(found):
            return np.zeros(0, np.intp), np.zeros(0, np.intp)
        boxes = detections.boxes[found]
        distance, vagueness = self._motion.surprise(box_coordinates(boxes))
        distance, vagueness = distance[tracks], vagueness[tracks]
        allowed = (distance <= GATE) & (self._class_id[tracks, None] == detections.class_id[found])
        if overlapping:
            allowed &= iou_matrix(self._motion.boxes()[tracks], boxes) > SAME_BOX_IOU
        unmatched = GATE + vagueness.max()
        cost = np.where(allowed, distance + vagueness[:, None], unmatched)
        row, column = linear_sum_assignment(cost)
        matched = allowed[row, column]
        return tracks[row[matched]], found[column[matched]]

    def _continue(self, tracks: Indices, found: Indices, pts_us: int, detections: Detections) -> None:
        """Give `tracks`, ascending, a sighting each; drop the unconfirmed that were unseen for too long."""
        min_seen_us = self._settings.min_seen_s * 1e6
        self._motion.correct(tracks, box_coordinates(detections.boxes[found]))
        self._last_us[tracks] = pts_us
        for track in tracks[pts_us - self._first_us[tracks] >= min_seen_us]:
            self._confirmed[self._id[track]] = 1
        self._record(self._id[tracks], found, detections)
        confirmed = np.array([self._confirmed[i] for i in self._id], dtype=np.bool_)
        self._keep(confirmed | (pts_us - self._last_us < min_seen_us))

    def _found(self, new: Indices, pts_us: int, detections: Detections) -> None:
        """Begin a tracklet with each of the `new` detections."""
        ids = np.arange(len(self._classes), len(self._classes) + len(new), dtype=np.int32)
        times = np.full(len(new), pts_us)
        self._motion.add(box_coordinates(detections.boxes[new]))
        self._id = np.concatenate([self._id, ids])
        self._class_id = np.concatenate([self._class_id, detections.class_id[new]])
        self._first_us = np.concatenate([self._first_us, times])
        self._last_us = np.concatenate([self._last_us, times])
        self._classes.extend(detections.class_id[new].tolist())
        self._confirmed.extend([0] * len(new))
        self._record(ids, new, detections)

    def _record(self, ids: NDArray[np.int32], found: Indices, detections: Detections) -> None:
        """Append one row per sighting; ids ascend within a frame, so that rows stay sorted."""
        self._row_frame.extend([self._frames[-1]] * len(ids))
        self._row_id.extend(ids.tolist())
        self._row_box.frombytes(detections.boxes[found].tobytes())
        self._row_confidence.frombytes(detections.confidence[found].tobytes())

    def _keep(self, alive: NDArray[np.bool_]) -> None:
        """Forget the tracklets that are False in `alive`; their rows stay."""
        self._motion.keep(alive)
        self._id = self._id[alive]
        self._class_id = self._class_id[alive]
        self._first_us = self._first_us[alive]
        self._last_us = self._last_us[alive]
