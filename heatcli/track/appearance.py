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


def _histograms(crops: list[NDArray[np.uint8] | None]) -> Descriptors:
    """Turn small pictures of people into descriptors."""
    descriptors = np.full((len(crops), DESCRIPTOR_SIZE), np.nan, np.float32)
    seen = [i for i, crop in enumerate(crops) if crop is not None]
    if seen:
        pixels = np.stack([crop for crop in crops if crop is not None]) >> (8 - _BITS)
        index = (pixels.astype(np.int32) << np.array([2 * _BITS, _BITS, 0])).sum(axis=3)
        rows = _bins_of_colours()[index].mean(axis=2)
        cuts = [round(_HEIGHT * part) for part in (bottom for _, bottom in _PARTS)]
        parts = np.stack([part.mean(axis=1) for part in np.split(rows, cuts[:-1], axis=1)], axis=1)
        descriptors[seen] = np.sqrt(parts / len(_PARTS)).reshape(len(seen), -1)
    return descriptors


@cache
def _bins_of_colours() -> NDArray[np.float32]:
    """Share of each bin in each colour: (2 ** (3 * _BITS), bins), rows sum to 1.

    Between two bins a colour belongs to both in part: a slight change of light changes a histogram slightly.
    """
    levels = (np.arange(2**_BITS, dtype=np.float32) + 0.5) / 2**_BITS
    bgr = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 1, 3)
    lightness, a, b = cv2.cvtColor(bgr, cv2.COLOR_BGR2Lab).reshape(-1, 3).T
    chroma2 = a**2 + b**2
    coloured = (chroma2 / (chroma2 + _CHROMA_HALF**2))[:, None]
    grey = _between(lightness / 100 * (_GREYS - 1), _GREYS)
    hue = _between(np.arctan2(b, a) / (2 * np.pi) * _HUES % _HUES, _HUES, wraps=True)
    shade = _between(lightness / 100 * (_SHADES - 1), _SHADES)
    colour = (hue[:, :, None] * shade[:, None]).reshape(len(hue), -1)
    return np.hstack([(1 - coloured) * grey, coloured * colour]).astype(np.float32)


def _between(position: NDArray[np.float32], bins: int, *, wraps: bool = False) -> NDArray[np.float32]:
    """Divide one among the two bins next to a position; (n,) in 0..bins - 1, or a circle, to (n, bins)."""
    gap = np.abs(position[:, None] - np.arange(bins))
    if wraps:
        gap = np.minimum(gap, bins - gap)
    return np.clip(1 - gap, 0, None).astype(np.float32)
