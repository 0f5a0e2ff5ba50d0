"""The background plate: the empty scene behind the people of a clip."""

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.video.frame import Frame

# Most frames to keep. Thinning leaves 11, whose median has four tenths of the noise of one; more would not be
# visible, and each takes its part of the time that a median takes.
_MAX_FRAMES = 21
# Most bytes of the kept frames: 21 frames of 1440p, or eight of 4K.
_MAX_BYTES = 192 * 2**20
# Samples compared at once: as much as a processor's cache holds.
_BAND_BYTES = 2**20
# Margin of boxes on every side, as a fraction of their size: for feet, hair and shadow.
_PADDING = 0.1


class PlateBuilder:
    """Keeps frames spread evenly over a clip of unknown length, for a temporal median without the people.

    Every k-th frame is kept; when there is room for no more, every second one is dropped and k doubles. So
    memory is bounded: 21 frames or 192 MiB, whichever is less, but at least three frames.
    """

    def __init__(self) -> None:
        # Of each kept frame: its number, picture and boxes.
        self._kept: list[tuple[int, NDArray[np.uint8], NDArray[np.float32]]] = []
        self._every = 1
        self._seen = 0

    def add(self, frame: Frame, boxes: NDArray[np.float32]) -> None:
        """Offer the next frame; its image must not change afterwards.

        Args:
            frame: next frame, of the same size as those before.
            boxes: (n, 4) bounding boxes of the people in the frame, x1 y1 x2 y2 in pixels; these people are
                left out of the plate.
        """
        if self._seen % self._every == 0:
            room = max(3, min(_MAX_FRAMES, _MAX_BYTES // frame.image.nbytes))
            if len(self._kept) == room:
                del self._kept[1::2]
                self._every *= 2
            if self._seen % self._every == 0:
                self._kept.append((self._seen, frame.image, boxes))
        self._seen += 1

    @property
    def seen(self) -> int:
        """Number of frames so far."""
        return self._seen

    def part(self, first: int) -> dict[str, NDArray[Any]]:
        """Return what `add_part` needs; of the first frames, only which of them are kept."""
        boxes = [boxes for _, _, boxes in self._kept]
        pictures = {
            _picture(number): cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1]
            for number, picture, _ in self._kept
            if number >= first
        }
        return {
            "seen": np.array([self._seen, self._every]),
            "numbers": np.array([number for number, _, _ in self._kept], np.int64),
            "counts": np.array([len(one) for one in boxes], np.int64),
            "boxes": np.concatenate([np.zeros((0, 4), np.float32), *boxes]),
            **pictures,
        }

    def add_part(self, part: Mapping[str, NDArray[Any]]) -> None:
        """Take over the `part` of another builder that comes after what this one has been shown."""
        known = {number: picture for number, picture, _ in self._kept}
        self._seen, self._every = part["seen"].tolist()
        boxes = np.split(part["boxes"], np.cumsum(part["counts"])[:-1])
        self._kept = []
        for number, own in zip(part["numbers"].tolist(), boxes, strict=False):
            if number not in known:
                decoded = cv2.imdecode(part[_picture(number)], cv2.IMREAD_COLOR)
                known[number] = np.asarray(decoded, np.uint8)
            self._kept.append((number, known[number], own))

    def plate(self) -> NDArray[np.uint8] | None:
        """Compute the median of each pixel over the frames in which nobody is in front of it.

        A pixel with somebody in front of it in every frame gets the median of all frames.

        Returns:
            (height, width, 3) uint8 BGR picture of the empty scene, or None if there was no frame.
        """
        if not self._kept:
            return None
        height, width, channels = self._kept[0][1].shape
        occupied = [_occupied(boxes, width, height) for _, _, boxes in self._kept]
        plate = np.empty((height, width, channels), dtype=np.uint8)
        rows = max(1, _BAND_BYTES // (len(self._kept) * width * channels))
        for top in range(0, height, rows):
            band = slice(top, top + rows)
            samples = np.stack([image[band] for _, image, _ in self._kept])
            plate[band] = _median(samples, np.stack([mask[band] for mask in occupied]))
        return plate


def _picture(number: int) -> str:
    return f"picture-{number}"


def _occupied(boxes: NDArray[np.float32], width: int, height: int) -> NDArray[np.bool_]:
    """(height, width) bool, true where somebody is."""
    mask = np.zeros((height, width), dtype=np.bool_)
    padding = _PADDING * (boxes[:, 2:] - boxes[:, :2])
    low = np.floor(boxes[:, :2] - padding).clip(0).astype(int)
    high = np.ceil(boxes[:, 2:] + padding).clip(0).astype(int)
    for (x1, y1), (x2, y2) in zip(low, high, strict=True):
        mask[y1:y2, x1:x2] = True
    return mask


def _median(samples: NDArray[np.uint8], occupied: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Compute the lower median over the first axis.

    Args:
        samples: (n, height, width, 3) samples, which are overwritten; n < 256.
        occupied: (n, height, width) bool, true for samples to leave out, unless that leaves none.

    Returns:
        (height, width, 3) medians.
    """
    left_out = occupied & ~occupied.all(axis=0)
    # At the upper end of the order, left-out samples do not count: the median of the others is below them.
    samples[left_out] = 255
    rank = ((len(samples) - left_out.sum(axis=0) + 1) // 2)[..., np.newaxis]
    median = np.zeros(samples.shape[1:], dtype=np.uint8)
    # From the highest bit down: the median reaches a value if fewer samples than its rank are below it. It is
    # several times faster than to sort, since it runs along rows and not across frames.
    for bit in (128, 64, 32, 16, 8, 4, 2, 1):
        trial = median + np.uint8(bit)
        below = (samples < trial).view(np.uint8).sum(axis=0, dtype=np.uint8)
        median = np.where(below < rank, trial, median)
    return median
