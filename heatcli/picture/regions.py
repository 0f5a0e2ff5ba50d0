"""Zones, regions and lines in a picture: their outlines and names, and which pixels count."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.picture.text import draw_text, text_width
from heatcli.select.regions import Regions
from heatcli.shapes import Circle, Line, Shape

# Fractions of the picture's shorter side, and the smallest font in pixels.
_LINE_PART, _FONT_PART, _SMALLEST_FONT = 0.003, 0.032, 10
_DARK, _LIGHT = (25, 25, 25), (235, 235, 235)
# Binary digits after the point in the coordinates that OpenCV draws at.
_SHIFT = 4
# Corners that make a circle look round at any size of picture.
_CIRCLE_CORNERS = 180


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
    for name, shape in outlines:
        at = _corners(shape, width, height)
        line = np.asarray(np.rint(at * 2**_SHIFT), np.int32)
        for color, extra in ((_DARK, 2), (_LIGHT, 0)):
            cv2.polylines(result, [line], True, color, thickness + extra, cv2.LINE_AA, _SHIFT)
        # Above the middle of its upper edge, or below that where there is no room.
        top = float(at[:, 1].min())
        baseline = round(top - 0.5 * size if top > 1.5 * size else top + 1.3 * size)
        left = round(float(at[:, 0].mean()) - text_width(name, size, bold=True) / 2)
        for shift, grey in ((1, _DARK[0]), (0, _LIGHT[0])):
            draw_text(
                result,
                name,
                x=max(0, left) + shift,
                baseline=baseline + shift,
                size=size,
                grey=grey,
                bold=True,
            )
    return result


def _corners(shape: Shape | Line, width: int, height: int) -> NDArray[np.float64]:
    """Return the corners of an outline in a picture with square pixels, (n, 2) x and y in pixels."""
    if isinstance(shape, Circle):
        angle = np.linspace(0, 2 * np.pi, _CIRCLE_CORNERS, endpoint=False)
        around = np.column_stack([np.cos(angle), np.sin(angle)]) * shape.radius * width
        middle: NDArray[np.float64] = np.array([shape.x * width, shape.y * height])
        return around + middle
    corners = (shape.start, shape.end) if isinstance(shape, Line) else shape.corners
    return np.array(corners) * (width, height)
