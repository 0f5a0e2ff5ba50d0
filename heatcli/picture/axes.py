"""Axes around a picture: where in the frame, or on the floor, things are."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.heat.extent import Extent
from heatcli.picture.panel import font_size
from heatcli.picture.text import draw_text, text_width

_WHITE, _INK = 255, 40
# Lengths in font sizes: ticks, distances of text from them, margins without text.
_TICK, _GAP, _MARGIN = 0.4, 0.4, 1.0
# Distance between ticks in font sizes, at least.
_APART = 5.0


def with_axes(picture: NDArray[np.uint8], extent: Extent, unit: str) -> NDArray[np.uint8]:
    """Add axes to a picture, on a white margin.

    Args:
        picture: (height, width, 3) uint8 BGR picture.
        extent: rectangle that the picture shows, in `unit`; y points down.
        unit: unit of the axes; empty for none.

    Returns:
        Larger (height, width, 3) uint8 BGR picture; the picture itself is in it as it was.
    """
    height, width = picture.shape[:2]
    font = font_size(width, height)
    tick, gap, margin = (math.ceil(part * font) for part in (_TICK, _GAP, _MARGIN))
    across = axis_ticks(extent.left, extent.width, at_most=max(2, int(width / (_APART * font))))
    down = axis_ticks(extent.top, extent.height, at_most=max(2, int(height / (_APART * font))))
    left = margin + max((text_width(text, font) for _, text in down), default=0) + gap + tick
    below = tick + gap + 2 * font + margin
    framed = cv2.copyMakeBorder(
        picture, margin, below, left, 2 * margin, cv2.BORDER_CONSTANT, value=(_WHITE, _WHITE, _WHITE)
    )
    canvas = np.asarray(framed, np.uint8)
    cv2.rectangle(canvas, (left - 1, margin - 1), (left + width, margin + height), (_INK, _INK, _INK))
    for part, text in across:
        x = left + round(part * width)
        cv2.line(canvas, (x, margin + height), (x, margin + height + tick), (_INK, _INK, _INK))
        begin, baseline = x - text_width(text, font) // 2, margin + height + tick + gap + font
        draw_text(canvas, text, x=begin, baseline=baseline, size=font, grey=_INK)
    for part, text in down:
        y = margin + round(part * height)
        cv2.line(canvas, (left - 1 - tick, y), (left - 1, y), (_INK, _INK, _INK))
        begin = left - tick - gap - text_width(text, font)
        draw_text(canvas, text, x=begin, baseline=y + font // 3, size=font, grey=_INK)
    if unit:
        begin, baseline = left + width - text_width(unit, font), canvas.shape[0] - margin
        draw_text(canvas, unit, x=begin, baseline=baseline, size=font, grey=_INK)
    return canvas


def axis_ticks(begin: float, length: float, *, at_most: int) -> list[tuple[float, str]]:
    """Choose round numbers along an axis, in steps of 1, 2 or 5 times a power of ten.

    Args:
        begin: number at the beginning of the axis.
        length: length of the axis, more than 0.
        at_most: greatest number of ticks that fit, at least 2.

    Returns:
        Place of each tick as a fraction of the axis, 0..1, and its number.
    """
    magnitude = 10.0 ** math.floor(math.log10(length / at_most))
    for step in (factor * tens * magnitude for tens in (1, 10) for factor in (1, 2, 5)):
        first, last = math.ceil(begin / step - 1e-9), math.floor((begin + length) / step + 1e-9)
        if last - first < at_most:
            break
    decimals = max(0, -math.floor(math.log10(step)))
    return [
        (min(max((number * step - begin) / length, 0.0), 1.0), f"{number * step + 0.0:.{decimals}f}")
        for number in range(first, last + 1)
    ]
