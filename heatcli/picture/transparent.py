"""Pictures of heat alone, to be laid over anything: what is not drawn on is transparent."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


def see_through(
    draw: Callable[[NDArray[np.uint8]], NDArray[np.uint8]], *, width: int, height: int
) -> NDArray[np.uint8]:
    """Draw on nothing.

    What is drawn on black and what is drawn on white differ by as much of the ground as shows through. So
    every drawing becomes transparent where it is translucent.

    Args:
        draw: function that draws over a (height, width, 3) uint8 BGR ground, and returns a BGR picture of any
            size.
        width: width of the ground in pixels.
        height: height of the ground in pixels.

    Returns:
        (height, width, 4) uint8 BGRA picture, of the size that `draw` returns.
    """
    black, white = (
        draw(np.full((height, width, 3), level, np.uint8)).astype(np.float32) for level in (0, 255)
    )
    opacity = np.clip(1 - (white - black).mean(axis=2, keepdims=True) / 255, 0, 1)
    color = np.divide(black, opacity, out=np.zeros_like(black), where=opacity > 0)
    picture: NDArray[np.uint8] = np.rint(np.dstack([color.clip(0, 255), 255 * opacity])).astype(np.uint8)
    return picture
