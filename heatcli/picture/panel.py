"""What is written into pictures stands on dark translucent panels with round corners."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PANEL_GREY, _PANEL_OPACITY = 22, 0.8
# Size of the font against the shorter side of the picture; smaller letters than the least are not legible.
_FONT_PART, SMALLEST_FONT = 0.026, 9
# Lengths in sizes of the font: to the picture's edge, to the panel's edge, and of the corners.
MARGIN, PADDING, _RADIUS = 0.8, 0.75, 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A panel and its place in pictures.

    Attributes:
        x: of its left edge, in pixels.
        y: of its top edge.
        pixels: (height, width, 3) float32 BGR.
        opacity: (height, width, 1) float32, 0..1.
    """

    x: int
    y: int
    pixels: NDArray[np.float32]
    opacity: NDArray[np.float32]

    def lay(self, picture: NDArray[np.uint8]) -> None:
        """Draw it into a picture, (height, width, 3) uint8 BGR, in place."""
        height, width = self.opacity.shape[:2]
        ground = picture[self.y : self.y + height, self.x : self.x + width]
        ground[:] = np.rint(ground + self.opacity * (self.pixels - ground)).astype(np.uint8)


def font_size(width: int, height: int) -> int:
    """Return the size of the font for a picture, in pixels."""
    return max(SMALLEST_FONT, round(min(width, height) * _FONT_PART))


def panel_of(drawn: NDArray[np.uint8], *, x: int, y: int, font: int) -> Panel:
    """Make a panel of what was drawn on plain dark ground; only the ground is translucent.

    Args:
        drawn: (height, width, 3) uint8 BGR on `PANEL_GREY`.
        x: of its left edge, in pixels.
        y: of its top edge.
        font: size of the font, in pixels.
    """
    pixels = drawn.astype(np.float32)
    half, radius = np.array(drawn.shape[:2]) / 2, _RADIUS * font
    down, across = (np.abs(np.arange(n) + 0.5 - n / 2) for n in drawn.shape[:2])
    outside_y, outside_x = np.maximum(down - half[0] + radius, 0), np.maximum(across - half[1] + radius, 0)
    inside = np.clip(radius + 0.5 - np.hypot(outside_y[:, None], outside_x), 0, 1)
    letters = np.abs(pixels - PANEL_GREY).max(axis=2) / (255 - PANEL_GREY)
    opacity = inside * (_PANEL_OPACITY + (1 - _PANEL_OPACITY) * np.minimum(letters * 4, 1))
    return Panel(x, y, pixels, opacity[..., None].astype(np.float32))
