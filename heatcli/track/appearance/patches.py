"""Pixels sampled from boxes, on a regular grid in each."""

import numpy as np
from numpy.typing import NDArray


def places(low: float, high: float, count: int) -> NDArray[np.float64]:
    """Return the middles of `count` equal parts of an interval, (count,)."""
    return low + (high - low) * (np.arange(count) + 0.5) / count


def sample_boxes(
    image: NDArray[np.uint8],
    boxes: NDArray[np.floating],
    *,
    across: NDArray[np.float64],
    down: NDArray[np.float64],
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Sample the nearest pixel at places in boxes; interpolation would mix colours.

    Args:
        image: (height, width, 3) uint8 image to sample from.
        boxes: (n, 4) boxes x1 y1 x2 y2 in pixels, finite.
        across: (k,) places from the left edge (0) to the right edge (1) of each box; or (n, k), for each box
            its own.
        down: (m,) places from the top edge (0) to the bottom edge (1) of each box; or (n, m), for each box
            its own.

    Returns:
        (n, m, k, 3) pixels; and (n, m, k) mask of the places in the image. Other pixels are of the image's
        edge.
    """
    height, width = image.shape[:2]
    x1, y1, x2, y2 = np.asarray(boxes, np.float64).reshape(-1, 4).T[..., None]
    x = np.floor(x1 + (x2 - x1) * across).astype(np.intp)[:, None, :]
    y = np.floor(y1 + (y2 - y1) * down).astype(np.intp)[:, :, None]
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return image[y.clip(0, height - 1), x.clip(0, width - 1)], inside
