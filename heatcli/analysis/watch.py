"""Which sampled frames are looked at: those that show something new, and others now and then."""

from collections.abc import Iterator, Sequence

from heatcli.detect.base import Detections, Detector
from heatcli.geometry import iou_matrix
from heatcli.track.online.association import SAME_BOX_IOU
from heatcli.video.frame import Frame, Picture, Window
from heatcli.video.stillness import Blocks, Stillness

# Time in seconds after which a frame is looked at again though it shows nothing new: at first, to see whether
# the same is found, then ever longer, while somebody is there and while nobody is.
_FIRST_S = 0.5
_OCCUPIED_S = 5.0
_EMPTY_S = 20.0


class Watch:
    """Looks at the sampled frames of a clip, and says of those that show nothing new what was found last.

    Args:
        detector: detector that has learned from the clip.
        confidence: least confidence of a detection that may begin a tracklet.
        thrifty: whether frames may be passed over; else all are looked at.
    """

    def __init__(self, detector: Detector, *, confidence: float, thrifty: bool) -> None:
        self._detector, self._confidence, self._thrifty = detector, confidence, thrifty
        self._stillness = Stillness()
        self._reference: Blocks | None = None
        self._looked_us = 0
        self._patience_s = _FIRST_S
        self._found = Detections.empty()

    def found(self, windows: Sequence[Window]) -> Iterator[tuple[Window, Frame | None, Detections]]:
        """Look at the next sampled frames, several at once where it can be.

        Args:
            windows: the next sampled frames, later than all before.

        Yields:
            Each window, the frame if it was looked at, and what is in it.
        """
        waiting: list[tuple[Window, Frame, bool]] = []
        for window in windows:
            picture = window.picture
            is_still = self._is_still(picture)
            # How long to wait depends on what was found.
            if is_still and waiting:
                yield from self._look(waiting)
                waiting.clear()
            if picture.image is None or (is_still and not self._is_due(picture)):
                self._detector.pass_over(picture.pts_us)
                yield window, None, self._found
            else:
                self._reference, self._looked_us = picture.blocks, picture.pts_us
                waiting.append((window, picture.frame(), is_still))
        yield from self._look(waiting)

    def _is_still(self, picture: Picture) -> bool:
        """Tell whether a picture shows what the one that was looked at last has shown."""
        if not self._thrifty or picture.image is None:
            return self._thrifty
        if picture.blocks is None:
            return False
        self._stillness.learn(picture.blocks, picture.pts_us / 1e6, is_key=picture.is_key)
        return self._reference is not None and self._stillness.shows_same(picture.blocks, self._reference)

    def _is_due(self, picture: Picture) -> bool:
        return picture.pts_us - self._looked_us >= self._patience_s * 1e6

    def _look(
        self, waiting: Sequence[tuple[Window, Frame, bool]]
    ) -> Iterator[tuple[Window, Frame, Detections]]:
        if not waiting:
            return
        detections = self._detector.detect([frame for _, frame, _ in waiting])
        for (window, frame, is_still), found in zip(waiting, detections, strict=True):
            if is_still and self._is_alike(found):
                longest_s = _OCCUPIED_S if len(found) else _EMPTY_S
                self._patience_s = min(2 * self._patience_s, longest_s)
            else:
                self._patience_s = _FIRST_S
            self._found = found
            yield window, frame, found

    def _is_alike(self, found: Detections) -> bool:
        """Tell whether the same objects were found as last time, though the detector may doubt them once."""
        sure, other_sure = (each.confidence >= self._confidence for each in (self._found, found))
        same = iou_matrix(self._found.boxes, found.boxes) > SAME_BOX_IOU
        return bool(same[sure].any(axis=1).all() and same[:, other_sure].any(axis=0).all())
