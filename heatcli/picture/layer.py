"""Heat over many pictures of one size: like `overlay`, but faster, with colours in 256 steps."""

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.heat.scale import scale_fraction
from heatcli.picture.colour import color_table, colorize
from heatcli.picture.overlay import upsample, visibility

_LEVELS = 256


class HeatLayer:
    """Draws values over pictures, in the colours of a fixed scale.

    Args:
        settings: threshold, opacity and colours.
        end: value at the end of the scale; 0 for an empty scale.
        width: width of the pictures in pixels.
        height: height of the pictures in pixels.
        shown: (height, width) bool whether heat may be drawn on a pixel.
    """

    def __init__(
        self, settings: RenderSettings, *, end: float, width: int, height: int, shown: NDArray[np.bool_]
    ) -> None:
        fraction = np.linspace(0, 1, _LEVELS)
        alpha = settings.opacity * visibility(fraction, settings.min_display_threshold)
        color = colorize(fraction, color_table(settings.color_map)) * alpha[:, None]
        self._keep = np.rint(255 * (1 - alpha)).astype(np.uint8)
        self._color = np.rint(color).astype(np.uint8)
        self._end = end
        self._size = width, height
        self._hidden = None if shown.all() else ~shown
        self._value: NDArray[np.float64] | None = None
        self._drawn = self._of(np.zeros((1, 1)))

    def over(self, picture: NDArray[np.uint8], value: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Draw values over a picture.

        Args:
            picture: (height, width, 3) uint8 BGR picture to draw over.
            value: (rows, columns) float64 grid over the whole picture; NaN, where nothing is known, stays
                clear.

        Returns:
            (height, width, 3) uint8 BGR copy with the heat.
        """
        if self._value is None or not np.array_equal(self._value, value):
            self._value, self._drawn = value, self._of(value)
        keep, color = self._drawn
        return np.asarray(cv2.add(cv2.multiply(picture, keep, scale=1 / 255), color), dtype=np.uint8)

    def _of(self, value: NDArray[np.float64]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return the share of each pixel to keep, in units of 1 / 255, and the BGR to add to it."""
        width, height = self._size
        fraction = upsample(scale_fraction(value, self._end), width=width, height=height)
        level = cv2.convertScaleAbs(fraction, alpha=_LEVELS - 1)
        keep = cv2.LUT(level, self._keep)
        colors = [cv2.LUT(level, channel.copy()) for channel in self._color.T]
        if self._hidden is not None:
            keep[self._hidden] = 255
            for color in colors:
                color[self._hidden] = 0
        return (
            np.asarray(cv2.merge([keep, keep, keep]), dtype=np.uint8),
            np.asarray(cv2.merge(colors), dtype=np.uint8),
        )
