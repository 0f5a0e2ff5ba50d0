"""The time of day in a picture, on the camera's clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.picture.panel import MARGIN, PADDING, PANEL_GREY, Panel, font_size, panel_of
from heatcli.picture.text import draw_text, text_width

# Height of capital letters, in font sizes.
_ASCENT = 0.8


class Timestamp:
    """Draws date and time, to the second, into an upper corner of pictures of one size.

    Args:
        timezone: IANA name of the camera's time zone.
        width: width of the pictures in pixels.
        height: height of the pictures in pixels.
        avoid: panel that must not be covered; None if there is none.
    """

    def __init__(self, timezone: str, *, width: int, height: int, avoid: Panel | None) -> None:
        self._zone = ZoneInfo(timezone)
        self._width = width
        self._font = font_size(width, height)
        self._margin = round(MARGIN * self._font)
        self._at_right = avoid is not None and avoid.x < width // 2 and avoid.y < height // 2
        self._text = ""
        self._panel: Panel | None = None

    def draw(self, picture: NDArray[np.uint8], time_us: int) -> None:
        """Draw a time, UTC µs, into a picture, (height, width, 3) uint8 BGR, in place."""
        text = f"{datetime.fromtimestamp(time_us // 1_000_000, self._zone):%Y-%m-%d %H:%M:%S}"
        if self._panel is None or text != self._text:
            self._text, self._panel = text, self._drawn(text)
        height, width = self._panel.opacity.shape[:2]
        if width + 2 * self._margin <= picture.shape[1] and height + 2 * self._margin <= picture.shape[0]:
            self._panel.lay(picture)

    def _drawn(self, text: str) -> Panel:
        padding = round(PADDING * self._font)
        width = text_width(text, self._font, bold=True) + 2 * padding
        height = round(_ASCENT * self._font) + 2 * padding
        drawn = np.full((height, width, 3), PANEL_GREY, np.uint8)
        draw_text(drawn, text, x=padding, baseline=height - padding, size=self._font, bold=True)
        x = self._width - self._margin - width if self._at_right else self._margin
        return panel_of(drawn, x=x, y=self._margin, font=self._font)
