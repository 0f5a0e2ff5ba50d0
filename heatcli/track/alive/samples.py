"""Small pictures of the scene throughout a clip, and who was detected in each."""

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.video.frame import Frame

# Largest width of a small picture in pixels: a person who is a tenth of the frame high still has dozens of
# them, and a means of 16 pixels of 1080p has a quarter of their noise.
_WIDTH = 480
# Least time between two pictures: a person who stands has moved in half a second.
_PERIOD_US = 500_000
# Pixels over which pictures are averaged: the edges of a body are as wide, and noise becomes a third.
_BLUR = (3, 3)
# Most pictures to keep: 33 MB at 16:9. A picture every two seconds of an eight-minute clip.
_MOST = 256


class SceneSamples:
    """Keeps small grey pictures spread evenly over a clip of unknown length.

    One is kept each half second; when there is room for no more, every second one is dropped and the period
    doubles. So memory is bounded.

    Attributes:
        scale: width of a frame divided by that of a small picture.
        pts_us: media time of each picture in µs, ascending.
        pictures: grey pictures, (height, width) uint8.
        boxes: (n, 4) boxes of all that was detected in each frame, x1 y1 x2 y2 in source pixels.
        taken: number of pictures that were taken so far, kept or not.
    """

    def __init__(self) -> None:
        self.scale = 1.0
        self.pts_us: list[int] = []
        self.pictures: list[NDArray[np.uint8]] = []
        self.boxes: list[NDArray[np.float32]] = []
        self._period_us = _PERIOD_US
        # Number of each picture among all that were taken, kept or not.
        self._numbers: list[int] = []
        self.taken = 0

    def add(self, frame: Frame, boxes: NDArray[np.float32]) -> None:
        """Offer the next frame.

        Args:
            frame: next frame, of the same size as those before.
            boxes: (n, 4) bounding boxes of what was detected in it, x1 y1 x2 y2 in source pixels.
        """
        if self.pts_us and frame.pts_us < self.pts_us[-1] + self._period_us:
            return
        if len(self.pts_us) == _MOST:
            for kept in (self._numbers, self.pts_us, self.pictures, self.boxes):
                del kept[1::2]
            self._period_us *= 2
            if frame.pts_us < self.pts_us[-1] + self._period_us:
                return
        height, width = frame.image.shape[:2]
        self.scale = max(1.0, width / _WIDTH)
        size = (round(width / self.scale), max(1, round(height / self.scale)))
        # Grey first: to average three colours takes twice as long, or more.
        grey = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY)
        small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        self._numbers.append(self.taken)
        self.taken += 1
        self.pts_us.append(frame.pts_us)
        self.pictures.append(np.asarray(cv2.blur(small, _BLUR), np.uint8))
        self.boxes.append(boxes)

    def part(self, first: int) -> dict[str, NDArray[Any]]:
        """Return what `add_part` needs; of the first pictures, only which of them are kept."""
        own = [
            picture for number, picture in zip(self._numbers, self.pictures, strict=True) if number >= first
        ]
        return {
            "state": np.array([self.taken, self._period_us]),
            "scale": np.array(self.scale),
            "numbers": np.array(self._numbers, np.int64),
            "pts_us": np.array(self.pts_us, np.int64),
            "counts": np.array([len(one) for one in self.boxes], np.int64),
            "boxes": np.concatenate([np.zeros((0, 4), np.float32), *self.boxes]),
            "pictures": np.array(own, np.uint8),
        }

    def add_part(self, part: Mapping[str, NDArray[Any]]) -> None:
        """Take over the `part` of other samples that come after what these have been shown."""
        known = dict(zip(self._numbers, self.pictures, strict=True))
        self._numbers, self.pts_us = part["numbers"].tolist(), part["pts_us"].tolist()
        own = [number for number in self._numbers if number not in known]
        known |= dict(zip(own, part["pictures"], strict=True))
        self.pictures = [known[number] for number in self._numbers]
        self.boxes = np.split(part["boxes"], np.cumsum(part["counts"])[:-1]) if self._numbers else []
        self.taken, self._period_us = part["state"].tolist()
        self.scale = float(part["scale"])
