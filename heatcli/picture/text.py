"""Text in pictures, in the scripts of OpenCV's built-in fonts.

They are Latin, Greek, Cyrillic, Chinese, Japanese and Korean. Hebrew and Arabic letters exist too, but are
written from left to right; a letter that the fonts lack is drawn as `?`.
"""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

_REGULAR, _SEMIBOLD = 400, 600


@cache
def _font() -> cv2.FontFace:
    """Load OpenCV's sans serif font, which falls back to another font for other scripts."""
    return cv2.FontFace("sans")


def text_width(text: str, size: int, *, bold: bool = False) -> int:
    """Return the width of a line of text, in pixels.

    Args:
        text: text of the line.
        size: font size in pixels.
        bold: whether the text is semibold.
    """
    x, _, width, _ = cv2.getTextSize((0, 0), text, (0, 0), _font(), size, _weight(bold))
    return int(x + width)


def draw_text(
    picture: NDArray[np.uint8],
    text: str,
    *,
    x: int,
    baseline: int,
    size: int,
    grey: int = 255,
    bold: bool = False,
) -> None:
    """Write a line of text into a picture, in place.

    Args:
        picture: (height, width, 3) uint8 BGR picture to write into.
        text: text of the line.
        x: x of the text's left edge in pixels.
        baseline: y of the line that the letters stand on, in pixels.
        size: font size in pixels.
        grey: brightness of the letters, 0..255.
        bold: whether the text is semibold.
    """
    cv2.putText(picture, text, (x, baseline), (grey, grey, grey), _font(), size, _weight(bold))


def _weight(bold: bool) -> int:
    return _SEMIBOLD if bold else _REGULAR
