"""Privacy masks: parts of a picture that nobody is to see."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

_BLACK = (0, 0, 0)
# Corners are drawn to 1/256 of a pixel.
_SHIFT = 8
# Width in pixels of the line around a mask.
_LINE = 3


def black_out(
    image: NDArray[np.uint8 | np.float32],
    masks: Sequence[Sequence[tuple[float, float]]],
    *,
    line: int = _LINE,
) -> None:
    """Paint masks black, in the image itself, with a margin all around.

    Args:
        image: (height, width, 3) uint8 image, or (height, width) float32 brightness, writeable.
        masks: polygons, each as corners (x, y) in fractions of the frame.
        line: width in pixels of the line that is drawn around each.
    """
    height, width = image.shape[:2]
    for corners in masks:
        # OpenCV's whole numbers are the centres of pixels.
        points = np.array(corners) * (width, height) - 0.5
        outline = [np.rint(points * 2**_SHIFT).astype(np.int32)]
        cv2.fillPoly(image, outline, _BLACK, shift=_SHIFT)
        # Filling rounds edges to pixels, and a video's colours reach into the next one.
        cv2.polylines(image, outline, isClosed=True, color=_BLACK, thickness=line, shift=_SHIFT)
