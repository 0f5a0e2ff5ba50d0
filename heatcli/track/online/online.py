"""Online association: detections, frame by frame, become tracklets, each of one person only.

Nothing is guessed: the tracklets of two people who could as well have changed places end, and new ones go on
from there. `heatcli.track.link.link`, which also knows what came after, decides which belong together.
"""

from array import array
from copy import copy

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import TrackSettings
from heatcli.detect.base import Detections
from heatcli.track.appearance.appearance import Appearance, Descriptors
from heatcli.track.appearance.gallery import Gallery
from heatcli.track.motion_model import Boxes, MotionModel
from heatcli.track.observations import Observations
from heatcli.track.online.association import Indices, Mask, associate
from heatcli.track.online.doubt import leaves_open
from heatcli.track.online.takeovers import Takeovers
from heatcli.video.steps import StepsSoFar


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

        association = associate(self._motion, self._class_id, detections, confidence=self._confidence)
        measured, new = association.measured, association.new
        self._end(association.swapped)
        seen = np.flatnonzero(association.match >= 0)
        found = association.match[seen]
        self._motion.update(seen, measured[found])
        self._last_us[seen] = pts_us
        confirmed = self._confirm()
        alive = confirmed | (pts_us - self._last_us < self._min_seen_us)
        self._record(seen, detections, found, appearance)
        self._keep(alive)
        self._begin(new, measured, detections, pts_us)
        self._record(np.arange(len(self._id) - len(new), len(self._id)), detections, new, appearance)

    def leaves_open(self, pts_us: int, detections: Detections) -> bool:
        """Tell whether the step to a frame leaves it open who went where; the frame is not taken in.

        Args:
            pts_us: media time of the frame in µs, after the last one's.
            detections: detections in the frame, weak ones too.
        """
        if not self._frame:
            return False
        last_us = self._pts_us[-1]
        motion = copy(self._motion)
        motion.predict((pts_us - last_us) / 1e6)
        return leaves_open(
            motion,
            associate(motion, self._class_id, detections, confidence=self._confidence),
            unseen_s=(pts_us - self._last_us) / 1e6,
            latest=self._last_us == last_us,
            young=(self._last_us > self._first_us) & (self._last_us - self._first_us < self._min_seen_us),
        )

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
