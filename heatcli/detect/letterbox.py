"""Fit a frame into a network's input, and boxes back into the frame."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# Grey level of the padding around a frame whose shape is not the network's: what ultralytics trains with.
_PADDING = 114


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Letterbox of a frame: scaled as a whole, centred and padded, pixel for pixel as ultralytics does it.

    Attributes:
        network: height and width of the network's input, in network pixels.
        size: width and height of the scaled frame, in network pixels.
        scale: network pixels per source pixel, across and down; they differ by the rounding of `size`.
        left: padding on the left, in network pixels; the rest of the network's width is padded on the right.
        top: padding at the top, in network pixels; the rest of the network's height is padded below.
    """

    network: tuple[int, int]
    size: tuple[int, int]
    scale: tuple[float, float]
    left: int
    top: int

    @classmethod
    def fit(cls, *, source: tuple[int, int], network: tuple[int, int]) -> "Letterbox":
        """Fit a frame with height and width `source` into a network with height and width `network`."""
        ratio = min(network[0] / source[0], network[1] / source[1])
        height, width = (max(round(side * ratio), 1) for side in source)
        return cls(
            network=network,
            size=(width, height),
            scale=(width / source[1], height / source[0]),
            left=round((network[1] - width) / 2 - 0.1),
            top=round((network[0] - height) / 2 - 0.1),
        )

    def apply(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Scale and pad a (height, width, 3) frame to (*network, 3)."""
        width, height = self.size
        padded = np.full((*self.network, 3), _PADDING, dtype=np.uint8)
        padded[self.top : self.top + height, self.left : self.left + width] = cv2.resize(
            image, self.size, interpolation=cv2.INTER_LINEAR
        )
        return padded

    def to_source(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Convert boxes (n, 4), x1 y1 x2 y2, from network pixels to source pixels."""
        offset = np.array([self.left, self.top] * 2, dtype=np.float32)
        scale = np.array(self.scale * 2, dtype=np.float32)
        return np.asarray((boxes - offset) / scale, dtype=np.float32)
