"""Descriptors of appearance: colour histograms of head, upper body and legs.

A descriptor is a unit vector, the square roots of a histogram. So the dot product of two descriptors is their
Bhattacharyya coefficient, 1 for the same colours and 0 for none in common. Hue is separate from lightness,
because a change of light changes lightness first; colours with little chroma, whose hue is noise, are greys.
"""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.appearance.patches import places, sample_boxes

# Lower ends of head, upper body and legs, as fractions of a standing person's height: shoulders, hips,
# ankles. Between the feet there is mostly floor.
_PARTS = (1 / 6, 1 / 2, 9 / 10)
# Part of a box, across, that is sampled: about the middle half is person, the rest background.
_MIDDLE = (0.25, 0.75)
# Number of pixels sampled in each box, across and down: a histogram needs no more.
_ACROSS, _DOWN = 8, 27
# Lightness of 0..255; pixels are scaled by the square root of its ratio to the mean of the person's middle.
# That halves each change of light and still tells black coats from white ones.
_EXPOSURE = 90.0
_GREYS, _HUES = 8, 12
# CIELAB chroma at which a colour counts as half grey: a difference of 2 can be seen, and sensors and video
# codecs shift a grey by twice as much.
_HALF_GREY = 5.0
# Bits kept of each colour channel.
_BITS = 5


class Colours:
    """Describes people by the colours of their head, upper body and legs, as the module describes."""

    kind = b"\x01" + bytes(7)

    def describe(self, image: NDArray[np.uint8], boxes: NDArray[np.floating]) -> Descriptors:
        """Describe the colours of what is in boxes.

        Args:
            image: (height, width, 3) uint8 BGR image of the frame.
            boxes: (n, 4) boxes x1 y1 x2 y2 in pixels, finite.

        Returns:
            (n, 60) float32 unit vectors; NaN where less than half of the middle of a box is in the image.
        """
        pixels, inside = sample_boxes(
            image, boxes, across=places(*_MIDDLE, _ACROSS), down=places(0, _PARTS[-1], _DOWN)
        )
        descriptors = _histograms(pixels, inside.astype(np.float32))
        descriptors[inside.mean(axis=(1, 2)) < 0.5] = np.nan
        return descriptors


def _histograms(pixels: NDArray[np.uint8], weights: NDArray[np.float32]) -> Descriptors:
    """Turn pixels of people from head to ankles, (n, down, across, 3), and their weights, (n, down, across),
    into descriptors.
    """
    total = np.maximum(weights.sum(axis=(1, 2)), 1)
    light = np.einsum("nyxc,nyx->n", pixels, weights, dtype=np.float32) / (3 * total)
    factor = np.sqrt(_EXPOSURE / np.maximum(light, 1))[:, None, None, None]
    levels = np.minimum(pixels * factor, 255).astype(np.intp) >> (8 - _BITS)
    colour = (levels[..., 0] << 2 * _BITS) | (levels[..., 1] << _BITS) | levels[..., 2]
    rows = np.einsum("nyxb,nyx->nyb", _bins_of_colours().take(colour, axis=0), weights)
    begins = np.searchsorted(places(0, _PARTS[-1], _DOWN), (0, *_PARTS[:-1]))
    parts = np.add.reduceat(rows, begins, axis=1) / total[:, None, None]
    descriptors: Descriptors = np.sqrt(parts).reshape(len(pixels), parts.shape[1] * parts.shape[2])
    return descriptors


@cache
def _bins_of_colours() -> NDArray[np.float32]:
    """Return the share of each bin in each colour, (2 ** (3 * _BITS), bins), each row with the sum 1.

    A colour between two bins belongs to both in part, so that a slight change of light changes little.
    """
    levels = (np.arange(2**_BITS, dtype=np.float32) + 0.5) / 2**_BITS
    bgr = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 1, 3)
    lightness, a, b = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2Lab), np.float64).reshape(-1, 3).T
    chroma2 = a**2 + b**2
    coloured = (chroma2 / (chroma2 + _HALF_GREY**2))[:, None]
    grey_gap = np.abs(lightness[:, None] / 100 * (_GREYS - 1) - np.arange(_GREYS))
    hue_gap = np.abs(np.arctan2(b, a)[:, None] / (2 * np.pi) * _HUES - np.arange(_HUES)) % _HUES
    hue_gap = np.minimum(hue_gap, _HUES - hue_gap)
    grey, hue = np.clip(1 - grey_gap, 0, None), np.clip(1 - hue_gap, 0, None)
    return np.hstack([(1 - coloured) * grey, coloured * hue]).astype(np.float32)
