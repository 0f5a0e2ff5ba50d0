"""Online association: detections, frame by frame, become tracklets, each of one person only.

Nothing is guessed: the tracklets of two people who could as well have changed places end, and new ones go on
from there. `heatcli.track.link.link`, which also knows what came after, decides which belong together.

Association follows ByteTrack (Zhang et al., ECCV 2022): confident detections are assigned first and may begin
tracklets; the others only continue tracklets that they fit well. The cost is the negative log likelihood
under a motion model in seconds and body lengths, so any frame rate, uneven frames and gaps will do.
"""

from array import array

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from heatcli.config.settings import TrackSettings
from heatcli.detect.base import Detections
from heatcli.geometry import iou_matrix
from heatcli.track.appearance.appearance import Appearance, Descriptors
from heatcli.track.appearance.gallery import Gallery
from heatcli.track.motion_model import Boxes, MotionModel, box_coordinates
from heatcli.track.observations import Observations
from heatcli.track.online.takeovers import Takeovers
from heatcli.video.steps import StepsSoFar

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


class OnlineTracker:
    """Follows the objects of one clip.

    `update` takes the frames in order; `finish` returns the rows of the tracklets, and `half_embeddings` what
    they look like. An object has several tracklets where there was doubt; all of them are kept once it was
    seen for long enough. A tracklet has one class. Memory grows by 28 bytes per row, 12 per frame, and what
    `Gallery` keeps per tracklet.
    """

    def __init__(self, settings: TrackSettings, *, confidence: float, idle_us: int = 0) -> None:
        """Start a clip.

        Args:
            settings: speed of people and how long they are followed unseen.
            confidence: least confidence of a detection that may begin a tracklet.
            idle_us: longest idle step of the clip in µs, which is no gap; 0 if it is not known beforehand.
        """
        self._max_gap_us = settings.max_gap_s * 1e6
        self._min_seen_us = settings.min_seen_s * 1e6
        self._confidence = confidence
        # The objects that are alive, and their tracklets.
        self._motion = MotionModel(speed=settings.speed_lengths_per_s)
        self._object = np.zeros(0, np.int32)
        self._id = np.zeros(0, np.int32)
        self._class_id = np.zeros(0, np.int32)
        self._first_us = np.zeros(0, np.int64)
        self._last_us = np.zeros(0, np.int64)
        self._gallery = Gallery()
        self._takeovers = Takeovers()
        self._steps = StepsSoFar(idle_us)
        # Every object, tracklet, frame and sighting, in compact arrays that grow.
        self._object_class = array("i")
        self._object_confirmed = bytearray()
        self._tracklet_object = array("i")
        self._frame = array("i")
        self._pts_us = array("q")
        self._row_frame = array("i")
        self._row_id = array("i")
        self._row_box = array("f")
        self._row_confidence = array("f")

    def update(self, frame: int, pts_us: int, detections: Detections, appearance: Appearance | None) -> None:
        """Take in the next processed frame.

        Args:
            frame: index of the source frame, larger than the last one.
            pts_us: media time of the frame in µs, not before the last frame's.
            detections: detections in the frame, weak ones too; each is used at most once.
            appearance: appearance of each of the detections; None where it is not described.

        Raises:
            ValueError: the frame is not after the last one.
        """
        if self._frame and (frame <= self._frame[-1] or pts_us < self._pts_us[-1]):
            last = f"{self._frame[-1]} at {self._pts_us[-1]} µs"
            raise ValueError(f"frame {frame} at {pts_us} µs does not follow frame {last}")
        self._frame.append(frame)
        self._pts_us.append(pts_us)
        if len(self._frame) > 1:
            self._step()

        measured = box_coordinates(detections.boxes)
        same_class = detections.class_id[:, None] == detections.class_id
        same_object = same_class & (iou_matrix(detections.boxes, detections.boxes) > SAME_BOX_IOU)
        strong = self._strong(detections.confidence, same_object)
        match = self._match(detections, measured, strong)

        seen = np.flatnonzero(match >= 0)
        found = match[seen]
        self._motion.update(seen, measured[found])
        self._last_us[seen] = pts_us
        new = np.flatnonzero(strong & ~same_object[:, found].any(axis=1))
        confirmed = self._confirm()
        alive = confirmed | (pts_us - self._last_us < self._min_seen_us)
        self._record(seen, detections, found, appearance)
        self._keep(alive)
        self._begin(new, measured, detections, pts_us)
        self._record(np.arange(len(self._id) - len(new), len(self._id)), detections, new, appearance)

    def finish(self) -> Observations:
        """End the clip.

        Returns:
            Rows of all tracklets of objects that were seen for `min_seen_s` or longer from first to last
            sighting; each tracklet is a track of its own, and no gap is filled.
        """
        confirmed = self._confirmed()
        ids = np.frombuffer(self._row_id, np.int32)
        kept = confirmed[ids]
        ids = ids[kept]
        tracklet = np.cumsum(confirmed, dtype=np.int32)[ids]
        self._row_id = array("i")
        frame = np.frombuffer(self._row_frame, np.int32)[kept]
        self._row_frame = array("i")
        boxes = np.frombuffer(self._row_box, np.float32).reshape(-1, 4)[kept]
        self._row_box = array("f")
        confidence = np.frombuffer(self._row_confidence, np.float32)[kept]
        self._row_confidence = array("f")
        class_id = np.frombuffer(self._object_class, np.int32)[np.frombuffer(self._tracklet_object, np.int32)]
        return Observations(
            frame=frame,
            track=tracklet,
            tracklet=tracklet,
            boxes=boxes,
            confidence=confidence,
            class_id=class_id[ids],
            filled=np.zeros(len(ids), np.bool_),
        )

    def half_embeddings(self) -> Descriptors:
        """Return `Gallery.half_embeddings` of the n tracklets that `finish` returns, (n, 2, D)."""
        return self._gallery.half_embeddings(np.flatnonzero(self._confirmed()))

    def _confirmed(self) -> Mask:
        """Return which tracklets are of objects that were seen for long enough, as a mask."""
        return np.frombuffer(self._object_confirmed, np.bool_)[np.frombuffer(self._tracklet_object, np.int32)]

    def _step(self) -> None:
        """Advance to the latest frame: drop objects lost too long ago, and predict the others."""
        last_us, now_us = self._pts_us[-2:]
        alive = now_us - self._last_us <= self._max_gap_us
        if now_us - last_us <= self._steps.add(now_us - last_us):
            # An object may be missed in one frame, however far apart frames are, as in a time lapse.
            alive |= self._last_us >= self._pts_us[-3:][0]
        self._keep(alive)
        self._motion.predict((now_us - last_us) / 1e6)

    def _strong(self, confidence: NDArray[np.float32], same_object: Mask) -> Mask:
        """Return which detections may begin tracklets: confident, and the most confident of their object.

        Args:
            confidence: (m,) confidence of the detections.
            same_object: (m, m) mask of the pairs of detections that show one object, the diagonal included.
        """
        strong = confidence >= self._confidence
        doubled = np.flatnonzero(strong & (same_object.sum(axis=1) > 1))
        for best in doubled[np.argsort(-confidence[doubled], kind="stable")]:
            if strong[best]:
                strong[same_object[best]] = False
                strong[best] = True
        return strong

    def _match(self, detections: Detections, measured: Boxes, strong: Mask) -> Indices:
        """Assign detections to the objects that are alive, and end the tracklets of those in doubt.

        Returns:
            (n,) index of each object's detection, or -1 for an object without one.
        """
        match = np.full(len(self._id), -1)
        if not len(match) or not len(measured):
            return match
        distance, log_det = self._motion.mahalanobis(measured)
        allowed = (distance <= GATE) & (self._class_id[:, None] == detections.class_id)
        # An object without a detection costs as much as the most uncertain match at the gate, not more: else
        # one more match would be worth moving somebody to a neighbour's detection.
        cost, unmatched = distance + log_det[:, None], GATE + log_det.max()
        self._assign(match, allowed & strong, cost, unmatched)
        weak = allowed & ~strong & (match < 0)[:, None]
        if weak.any():
            weak &= iou_matrix(self._motion.boxes(), detections.boxes) > SAME_BOX_IOU
            self._assign(match, weak, cost, unmatched)
        seen = np.flatnonzero(match >= 0)
        own = cost[:, match[seen]][seen]
        right = np.diag(own)
        # Costs are twice the negative log likelihood.
        doubt = own + own.T - right - right[:, None] < 2 * DOUBT
        doubt &= self._class_id[seen, None] == self._class_id[seen]
        np.fill_diagonal(doubt, False)
        self._end(seen[doubt.any(axis=1)])
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
        """Confirm the objects that were seen for long enough; return the mask of all confirmed ones."""
        confirmed = np.frombuffer(self._object_confirmed, np.bool_)
        confirmed[self._object[self._last_us - self._first_us >= self._min_seen_us]] = True
        return confirmed[self._object]

    def _begin(self, new: Indices, measured: Boxes, detections: Detections, pts_us: int) -> None:
        """Begin an object with a tracklet at each of the `new` detections."""
        objects = np.arange(len(self._object_class), len(self._object_class) + len(new), dtype=np.int32)
        times = np.full(len(new), pts_us)
        self._motion.add(measured[new])
        self._object = np.concatenate([self._object, objects])
        self._id = np.concatenate([self._id, self._tracklets(objects)])
        self._class_id = np.concatenate([self._class_id, detections.class_id[new]])
        self._first_us = np.concatenate([self._first_us, times])
        self._last_us = np.concatenate([self._last_us, times])
        self._object_class.frombytes(detections.class_id[new].tobytes())
        self._object_confirmed.extend(bytes(len(new)))

    def _end(self, objects: Indices) -> None:
        """End the tracklets of `objects` (indices among those alive), and begin new ones for them."""
        self._gallery.end(self._id[objects].tolist())
        self._id[objects] = self._tracklets(self._object[objects])

    def _tracklets(self, objects: NDArray[np.int32]) -> NDArray[np.int32]:
        """Begin a tracklet for each of the objects, and return the tracklets' numbers."""
        total = len(self._tracklet_object)
        self._tracklet_object.frombytes(objects.tobytes())
        return np.arange(total, total + len(objects), dtype=np.int32)

    def _record(
        self, objects: Indices, detections: Detections, found: Indices, appearance: Appearance | None
    ) -> None:
        """Append one row for each of `objects` (indices among those alive), and describe how they look."""
        if appearance is not None:
            self._describe(objects, detections.boxes[found], found, appearance)
        # The rows of a frame are sorted by tracklet, and tracklets are numbered in the order they begin.
        rows = np.argsort(self._id[objects])
        ids, found = self._id[objects][rows], found[rows]
        self._row_frame.extend([self._frame[-1]] * len(ids))
        self._row_id.frombytes(ids.tobytes())
        self._row_box.frombytes(detections.boxes[found].tobytes())
        self._row_confidence.frombytes(detections.confidence[found].tobytes())

    def _describe(
        self, objects: Indices, boxes: NDArray[np.float32], found: Indices, appearance: Appearance
    ) -> None:
        """Record the appearance of objects in boxes; end the tracklets that went over to somebody else."""
        now_us, clear = self._pts_us[-1], appearance.clear[found]
        self._takeovers.see(self._id[objects], boxes, now_us)
        due = self._gallery.due(self._id[objects], now_us, clear)
        if not len(due):
            return
        descriptors = appearance.describe(found[due])
        objects, boxes, clear = objects[due], boxes[due], clear[due]
        # A person who is half hidden looks like whoever is in front.
        shown = np.where(clear[:, None], descriptors, np.nan)
        known = self._gallery.means(self._id[objects])
        self._end(objects[self._takeovers.taken_over(boxes, now_us, shown, known)])
        ids = self._id[objects]
        self._gallery.add(ids, now_us, descriptors, clear)
        self._takeovers.remember(ids, boxes, now_us, self._gallery.means(ids))

    def _keep(self, alive: Mask) -> None:
        """Drop the objects that are False in `alive`; their rows stay."""
        if alive.all():
            return
        # The appearance of objects that were not seen for long enough is never needed.
        known = np.frombuffer(self._object_confirmed, np.bool_)[self._object]
        self._gallery.end(self._id[~alive & known].tolist())
        nobody = self._id[~alive & ~known].tolist()
        self._gallery.forget(nobody)
        self._takeovers.forget(nobody)
        self._motion.keep(alive)
        self._object = self._object[alive]
        self._id = self._id[alive]
        self._class_id = self._class_id[alive]
        self._first_us = self._first_us[alive]
        self._last_us = self._last_us[alive]
