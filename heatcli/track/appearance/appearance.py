"""Appearance of people in one frame: the interface of describers, and who is in clear view."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import cut_by_edge

Descriptors = NDArray[np.float32]
"""Embeddings: unit vectors along the last axis, the more alike the larger their dot product; NaN where
unknown."""

DESCRIPTIONS_PER_S = 2.0
"""Descriptions of a person per second: walkers take a step in half a second, so each shows another pose."""

# Share of a body that somebody in front may hide in a clear view: less than an arm.
_HIDDEN = 0.1


def unit(vectors: NDArray[np.floating]) -> Descriptors:
    """Scale vectors (..., D) to unit length; NaN where the length is 0 or not finite."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled = np.full(vectors.shape, np.nan, np.float32)
    np.divide(vectors, length, out=scaled, where=(length > 0) & np.isfinite(length))
    return scaled


@dataclass(frozen=True, slots=True)
class Appearance:
    """Appearance of the n detections in one frame, computed on demand, because describing takes time.

    Attributes:
        clear: (n,) bool, True where the whole person is in view and nobody covers it.
        describe: function from indices of detections, (k,), to descriptors, (k, D) float32 unit vectors; NaN
            where a detection cannot be described.
    """

    clear: NDArray[np.bool_]
    describe: Callable[[NDArray[np.intp]], Descriptors]


class Describer(Protocol):
    """Turns pictures of people into descriptors."""

    @property
    def kind(self) -> bytes:
        """Eight bytes that say what the numbers mean: descriptors of different kinds are never compared."""
        ...

    def describe(self, image: NDArray[np.uint8], boxes: NDArray[np.floating]) -> Descriptors:
        """Return descriptors (n, D) of what is in boxes (n, 4), x1 y1 x2 y2 in pixels, of a BGR image."""
        ...


def appearance_of(describer: Describer, image: NDArray[np.uint8], boxes: NDArray[np.floating]) -> Appearance:
    """Prepare the appearance of the detections in a frame.

    Args:
        describer: describer that turns boxes of the image into descriptors.
        image: (height, width, 3) uint8 BGR image of the frame.
        boxes: (n, 4) boxes x1 y1 x2 y2 of all detections in the frame, in pixels.
    """
    height, width = image.shape[:2]
    return Appearance(
        clear_view(boxes, width=width, height=height), lambda found: describer.describe(image, boxes[found])
    )


def clear_view(boxes: NDArray[np.floating], *, width: int, height: int) -> NDArray[np.bool_]:
    """Find the detections that are in view as a whole.

    Args:
        boxes: (n, 4) boxes x1 y1 x2 y2 of all detections in a frame, in pixels.
        width: width of the frame in pixels.
        height: height of the frame in pixels.

    Returns:
        (n,) bool, False where the frame's edge cuts the box, or where the box of somebody nearer to the
        camera, whose bottom edge is lower, covers more than a tenth of its middle half.
    """
    x1, y1, x2, y2 = np.asarray(boxes, np.float64).reshape(-1, 4).T
    left, right = 0.75 * x1 + 0.25 * x2, 0.25 * x1 + 0.75 * x2
    across = np.minimum(right[:, None], x2) - np.maximum(left[:, None], x1)
    down = np.minimum(y2[:, None], y2) - np.maximum(y1[:, None], y1)
    hidden = across.clip(0) * down.clip(0) / ((right - left) * (y2 - y1))[:, None]
    hidden[y2 <= y2[:, None]] = 0
    whole = ~cut_by_edge(boxes, width=width, height=height).any(axis=1)
    clear: NDArray[np.bool_] = whole & (hidden <= _HIDDEN).all(axis=1)
    return clear
