"""What people look like in one frame: who describes it, and whom one sees clearly."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import cut_by_edge

Descriptors = NDArray[np.float32]
"""Unit vectors along the last axis, the more alike the larger their product; NaN where unknown."""

DESCRIPTIONS_PER_S = 2.0
"""How often somebody is described: walkers take a step in half a second, so each time in another pose."""

# Share of a body that somebody in front may hide: less than an arm.
_HIDDEN = 0.1


def unit(vectors: NDArray[np.floating]) -> Descriptors:
    """Scale vectors (..., D) to length one; NaN where they have none."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled = np.full(vectors.shape, np.nan, np.float32)
    np.divide(vectors, length, out=scaled, where=(length > 0) & np.isfinite(length))
    return scaled


@dataclass(frozen=True, slots=True)
class Appearance:
    """The appearance of what was found in one frame, for those who ask: describing takes time.

    Attributes:
        clear: (n,) bool, whether the whole person is in view and nobody else is.
        describe: of indices (k,) gives (k, D) float32 unit vectors; NaN where it cannot be told.
    """

    clear: NDArray[np.bool_]
    describe: Callable[[NDArray[np.intp]], Descriptors]


class Describer(Protocol):
    """Turns pictures of people into descriptors."""

    @property
    def kind(self) -> bytes:
        """Eight bytes: what the numbers mean. Descriptors of different kinds never compare."""
        ...

    def describe(self, image: NDArray[np.uint8], boxes: NDArray[np.floating]) -> Descriptors:
        """Describe what is in boxes (n, 4), x1 y1 x2 y2 in pixels, of a BGR image; (n, D)."""
        ...


def appearance_of(describer: Describer, image: NDArray[np.uint8], boxes: NDArray[np.floating]) -> Appearance:
    """Tell the appearance of what was found in a frame.

    Args:
        describer: who describes it.
        image: (height, width, 3) uint8 BGR.
        boxes: (n, 4) x1 y1 x2 y2 of all that was found, in pixels.
    """
    height, width = image.shape[:2]
    return Appearance(
        clear_view(boxes, width=width, height=height), lambda found: describer.describe(image, boxes[found])
    )


def clear_view(boxes: NDArray[np.floating], *, width: int, height: int) -> NDArray[np.bool_]:
    """Tell who is in view as a whole.

    Args:
        boxes: (n, 4) x1 y1 x2 y2 of everything found in a frame, in pixels.
        width: of the frame, in pixels.
        height: of the frame, in pixels.

    Returns:
        (n,) bool, False where the frame's edge cuts the box, or where another box whose bottom edge is lower,
        as that of somebody nearer to the camera is, covers more than a tenth of its middle half.
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
