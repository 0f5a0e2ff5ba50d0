"""Zones, regions and lines in a picture: their outlines and names, and which pixels count."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.picture.text import draw_text, text_width
from heatcli.select.regions import Regions
from heatcli.shapes import Line, Shape, outline_of

# Fractions of the picture's shorter side, and the smallest font in pixels.
_LINE_PART, _FONT_PART, _SMALLEST_FONT = 0.003, 0.032, 10
# Distance between the baselines of names that stand below each other, in font sizes.
_NAME_LINE = 1.2
_DARK, _LIGHT = (25, 25, 25), (235, 235, 235)
# Binary digits after the point in the coordinates that OpenCV draws at.
_SHIFT = 4


def pixels_of_interest(
    regions: Regions | None, frame: tuple[int, int], *, width: int, height: int
) -> NDArray[np.bool_]:
    """Find the pixels of a picture whose centre is in a region of interest.

    Args:
        regions: regions of interest; None for the whole frame.
        frame: width and height of the camera's frame in stored pixels.
        width: width of the picture in pixels.
        height: height of the picture in pixels.

    Returns:
        (height, width) bool, whether each pixel is in a region.
    """
    if regions is None:
        return np.ones((height, width), np.bool_)
    y, x = np.mgrid[:height, :width] + 0.5
    points = np.column_stack([x.ravel() / width, y.ravel() / height]) * frame
    return regions.hold(points, np.broadcast_to(np.array(frame, np.int32), points.shape)).reshape(
        height, width
    )


def draw_outlines(
    picture: NDArray[np.uint8], outlines: Iterable[tuple[str, Shape | Line]]
) -> NDArray[np.uint8]:
    """Draw the outline of each zone, region or line, and its name above it.

    Args:
        picture: (height, width, 3) uint8 BGR picture with square pixels.
        outlines: name and shape of each; the name may be empty.

    Returns:
        Copy of the picture with the outlines.
    """
    result = picture.copy()
    height, width = picture.shape[:2]
    thickness = max(1, round(min(height, width) * _LINE_PART))
    size = max(_SMALLEST_FONT, round(min(height, width) * _FONT_PART))
    corners = [
        (name, np.array(outline_of(shape, width / height)) * (width, height)) for name, shape in outlines
    ]
    for _, at in corners:
        line = np.asarray(np.rint(at * 2**_SHIFT), np.int32)
        for color, extra in ((_DARK, 2), (_LIGHT, 0)):
            cv2.polylines(result, [line], True, color, thickness + extra, cv2.LINE_AA, _SHIFT)
    taken: list[tuple[int, int, int]] = []
    for name, at in corners:
        if name:
            _draw_name(result, name, at, size, taken)
    return result


def _draw_name(
    picture: NDArray[np.uint8],
    name: str,
    at: NDArray[np.float64],
    size: int,
    taken: list[tuple[int, int, int]],
) -> None:
    """Write a name at an outline, where no other name is.

    Args:
        picture: (height, width, 3) uint8 BGR picture to write into.
        name: text.
        at: (n, 2) corners of the outline in pixels.
        size: font size in pixels.
        taken: left end, right end and baseline of the names that are there, which this one is added to.
    """
    long = text_width(name, size, bold=True)
    left = max(0, min(round(float(at[:, 0].mean()) - long / 2), picture.shape[1] - long))
    # Above the middle of its upper edge, or below that where there is no room.
    top = float(at[:, 1].min())
    baseline = round(top - 0.5 * size if top > 1.5 * size else top + 1.3 * size)
    line = round(_NAME_LINE * size)
    while any(left < end and begin < left + long and abs(baseline - y) < line for begin, end, y in taken):
        baseline += 1
    taken.append((left, left + long, baseline))
    # A dark rim keeps light letters readable on any ground.
    around = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)]
    for grey, offsets in ((_DARK[0], around), (_LIGHT[0], [(0, 0)])):
        for x, y in offsets:
            draw_text(picture, name, x=left + x, baseline=baseline + y, size=size, grey=grey, bold=True)
