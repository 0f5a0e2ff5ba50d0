"""Pixels of what is in boxes, on a regular grid in each."""

import numpy as np
from numpy.typing import NDArray


def places(low: float, high: float, count: int) -> NDArray[np.float64]:
    """Return the middles of equal parts of an interval, (count,)."""
    return low + (high - low) * (np.arange(count) + 0.5) / count


def sample_boxes(
    image: NDArray[np.uint8],
    boxes: NDArray[np.floating],
    *,
    across: NDArray[np.float64],
    down: NDArray[np.float64],
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Take the pixels that are nearest to places in boxes; averages would mix colours.

    Args:
        image: (height, width, 3) uint8.
        boxes: (n, 4) x1 y1 x2 y2 in pixels, finite.
        across: (k,) where to look in each box, 0 its left and 1 its right edge; or (n, k), for each its own.
        down: (m,) likewise, from its top to its bottom edge; or (n, m).

    Returns:
        (n, m, k, 3) pixels; and (n, m, k) whether each place is in the image: else the pixel is of its edge.
    """
    height, width = image.shape[:2]
    x1, y1, x2, y2 = np.asarray(boxes, np.float64).reshape(-1, 4).T[..., None]
    x = np.floor(x1 + (x2 - x1) * across).astype(np.intp)[:, None, :]
    y = np.floor(y1 + (y2 - y1) * down).astype(np.intp)[:, :, None]
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return image[y.clip(0, height - 1), x.clip(0, width - 1)], inside
