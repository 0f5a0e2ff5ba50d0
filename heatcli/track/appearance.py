"""What people look like: colour histograms of head, upper body and legs.

A descriptor is a unit vector: the square roots of a histogram, so that the product of two is their
Bhattacharyya coefficient, 1 for the same colours and 0 for none in common. Hue is told apart from lightness,
because light changes lightness first; colours with little chroma, whose hue is noise, are greys.
"""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Descriptors = NDArray[np.float32]

# Size of the picture of a person that is looked at: a histogram needs no detail.
_WIDTH, _HEIGHT = 12, 36
# Head, upper body and legs with feet, as (top, bottom) fractions of the box: a standing person's shoulders are
# at about five sixths of the height and the hips at a half.
_PARTS = ((0.0, 0.17), (0.17, 0.5), (0.5, 1.0))
# The background begins beside the body: about the middle half of the box is person.
_MIDDLE = (0.25, 0.75)
_GREYS, _HUES, _SHADES = 5, 8, 2
# CIELAB chroma of a colour that is half grey: the least that people call coloured is about twice as much.
_CHROMA_HALF = 10.0
_BITS = 5

DESCRIPTOR_SIZE = len(_PARTS) * (_GREYS + _HUES * _SHADES)
"""Numbers in a descriptor of colours."""


def describe(image: NDArray[np.uint8], boxes: NDArray[np.floating]) -> Descriptors:
    """Describe the colours of what is in boxes.

    Args:
        image: (height, width, 3) uint8 BGR.
        boxes: (n, 4) x1 y1 x2 y2 in pixels, finite.

    Returns:
        (n, DESCRIPTOR_SIZE) float32 unit vectors; NaN where less than two pixels of the middle of a box are in
        the image, either way.
    """
    return _histograms(_crops(image, np.asarray(boxes, np.float64).reshape(-1, 4)))


def _crops(image: NDArray[np.uint8], boxes: NDArray[np.float64]) -> list[NDArray[np.uint8] | None]:
    """Cut the middle of each box and make it small; None where there is nothing to see."""
    height, width = image.shape[:2]
    across = boxes[:, 2] - boxes[:, 0]
    left, right = (boxes[:, 0] + across * part for part in _MIDDLE)
    x = np.clip(np.rint([left, right]), 0, width).astype(int).T
    y = np.clip(np.rint(boxes[:, 1::2]), 0, height).astype(int)
    return [
        cv2.resize(image[y1:y2, x1:x2], (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
        if x2 - x1 > 1 and y2 - y1 > 1
        else None
        for (x1, x2), (y1, y2) in zip(x, y, strict=True)
    ]
