"""Several pictures in one, each under its name."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.picture.text import draw_text, text_width

# Width in pixels to which wider pictures are scaled down: two of them fill a large screen.
_WIDEST = 1280
_GROUND_GREY, _NAME_GREY, _NOTE_GREY = 22, 235, 170
# Fractions of a picture's width, and the smallest font in pixels.
_GAP_PART, _FONT_PART, _DETAIL_PART, _SMALLEST_FONT = 0.012, 0.03, 0.024, 11
# In font sizes: height of a line, and of the letters' baseline in it.
_LINE, _BASELINE = 1.9, 1.3


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One picture of a contact sheet.

    Attributes:
        name: text above the picture.
        picture: (height, width, 3) uint8 BGR.
        note: text across the picture, for a camera that has nothing to show; None for none.
        detail: smaller text under the name; None for none.
    """

    name: str
    picture: NDArray[np.uint8]
    note: str | None = None
    detail: str | None = None


def nothing_to_show(covered_s: float, seen: int) -> str | None:
    """Return why a map has nothing to show, for `Tile.note`; None where it has something.

    Args:
        covered_s: time that was watched, in seconds.
        seen: number of rows or trajectories that count in the map.
    """
    if not covered_s:
        return "recorded nothing in that time"
    return None if seen else "nobody came"


def contact_sheet(tiles: Sequence[Tile], columns: int) -> NDArray[np.uint8]:
    """Lay out pictures in columns, from left to right and from top to bottom, all of one width.

    Args:
        tiles: pictures with their texts, at least one.
        columns: number of pictures side by side.

    Returns:
        (height, width, 3) uint8 BGR picture of all tiles.
    """
    columns = min(columns, len(tiles))
    width = min(_WIDEST, max(tile.picture.shape[1] for tile in tiles))
    gap = max(2, round(width * _GAP_PART))
    drawn = [_tile(tile, width) for tile in tiles]
    lines = [drawn[begin : begin + columns] for begin in range(0, len(drawn), columns)]
    heights = [max(len(one) for one in line) for line in lines]
    shape = sum(heights) + gap * (len(lines) + 1), columns * width + gap * (columns + 1), 3
    sheet = np.full(shape, _GROUND_GREY, np.uint8)
    y = gap
    for line, height in zip(lines, heights, strict=True):
        for number, one in enumerate(line):
            x = gap + number * (width + gap)
            sheet[y : y + len(one), x : x + width] = one
        y += height + gap
    return sheet


def _tile(tile: Tile, width: int) -> NDArray[np.uint8]:
    """Scale a picture to a width, and write its name above it."""
    font = max(_SMALLEST_FONT, round(width * _FONT_PART))
    height = round(tile.picture.shape[0] * width / tile.picture.shape[1])
    shrinks = width < tile.picture.shape[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    picture = np.asarray(cv2.resize(tile.picture, (width, height), interpolation=how), np.uint8)
    if tile.note is not None:
        # Pale, so that it is not taken for a place that nobody came to.
        grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        picture = np.asarray(grey // 3 + _GROUND_GREY, np.uint8)
        x = max(0, (width - text_width(tile.note, font)) // 2)
        draw_text(picture, tile.note, x=x, baseline=height // 2, size=font, grey=_NOTE_GREY)
    lines = [_line(tile.name, width, font, grey=_NAME_GREY, bold=True)]
    if tile.detail is not None:
        font = max(_SMALLEST_FONT, round(width * _DETAIL_PART))
        lines.append(_line(tile.detail, width, font, grey=_NOTE_GREY))
    return np.concatenate([*lines, picture])


def _line(text: str, width: int, font: int, *, grey: int, bold: bool = False) -> NDArray[np.uint8]:
    """Write a line of text; what does not fit into the width is cut off."""
    line = np.full((round(_LINE * font), width, 3), _GROUND_GREY, np.uint8)
    while len(text) > 1 and text_width(text, font, bold=bold) > width:
        text = text.rstrip("…")[:-1] + "…"
    draw_text(line, text, x=0, baseline=round(_BASELINE * font), size=font, grey=grey, bold=bold)
    return line
