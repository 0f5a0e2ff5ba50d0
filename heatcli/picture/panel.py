"""Dark translucent panels with round corners, which carry all text in pictures."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PANEL_GREY, _PANEL_OPACITY = 22, 0.8
# Font size as a fraction of the picture's shorter side, and the smallest legible one in pixels.
_FONT_PART, SMALLEST_FONT = 0.026, 9
# In font sizes: distance from the picture's edge, distance of text from the panel's edge, radius of corners.
MARGIN, PADDING, _RADIUS = 0.8, 0.75, 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A panel and its place in a picture.

    Attributes:
        x: x of the panel's left edge in pixels.
        y: y of the panel's top edge in pixels.
        pixels: (height, width, 3) float32 BGR colours of the panel.
        opacity: (height, width, 1) float32 opacity of the panel, 0..1.
    """

    x: int
    y: int
    pixels: NDArray[np.float32]
    opacity: NDArray[np.float32]

    def lay(self, picture: NDArray[np.uint8]) -> None:
        """Draw the panel into a picture, (height, width, 3) uint8 BGR, in place."""
        height, width = self.opacity.shape[:2]
        ground = picture[self.y : self.y + height, self.x : self.x + width]
        ground[:] = np.rint(ground + self.opacity * (self.pixels - ground)).astype(np.uint8)


def font_size(width: int, height: int) -> int:
    """Return the font size for a picture, in pixels."""
    return max(SMALLEST_FONT, round(min(width, height) * _FONT_PART))


def panel_of(drawn: NDArray[np.uint8], *, x: int, y: int, font: int) -> Panel:
    """Make a panel of a drawing on plain dark ground; only the ground is translucent.

    Args:
        drawn: (height, width, 3) uint8 BGR drawing on `PANEL_GREY`.
        x: x of the panel's left edge in pixels.
        y: y of the panel's top edge in pixels.
        font: font size in pixels.
    """
    pixels = drawn.astype(np.float32)
    half, radius = np.array(drawn.shape[:2]) / 2, _RADIUS * font
    down, across = (np.abs(np.arange(n) + 0.5 - n / 2) for n in drawn.shape[:2])
    outside_y, outside_x = np.maximum(down - half[0] + radius, 0), np.maximum(across - half[1] + radius, 0)
    inside = np.clip(radius + 0.5 - np.hypot(outside_y[:, None], outside_x), 0, 1)
    letters = np.abs(pixels - PANEL_GREY).max(axis=2) / (255 - PANEL_GREY)
    opacity = inside * (_PANEL_OPACITY + (1 - _PANEL_OPACITY) * np.minimum(letters * 4, 1))
    return Panel(x, y, pixels, opacity[..., None].astype(np.float32))
