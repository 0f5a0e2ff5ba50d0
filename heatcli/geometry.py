"""Boxes and the points that stand for them. Pure arrays; y points down, pixels are those of the source."""

import numpy as np
from numpy.typing import NDArray

from heatcli.names import TrackingMode

# Position of each tracking point inside the box, as fractions of its width and height.
_ANCHORS: dict[TrackingMode, tuple[float, float]] = {
    TrackingMode.BOTTOM_CENTER: (0.5, 1.0),
    TrackingMode.CENTROID: (0.5, 0.5),
    TrackingMode.TOP_CENTER: (0.5, 0.0),
    TrackingMode.LEFT_CENTER: (0.0, 0.5),
    TrackingMode.RIGHT_CENTER: (1.0, 0.5),
}


def tracking_points(
    boxes: NDArray[np.floating],
    mode: TrackingMode,
    *,
    width: float | NDArray[np.int32],
    height: float | NDArray[np.int32],
) -> NDArray[np.float64]:
    """Tracking points of boxes, clipped to the frame.

    Args:
        boxes: (n, 4) x1 y1 x2 y2 in source pixels.
        mode: which point of the box.
        width: of the frame, in pixels; or (n,) of the frame that each box is in.
        height: of the frame, in pixels; or (n,) likewise.

    Returns:
        (n, 2) float64 x, y in source pixels, 0 <= x <= width and 0 <= y <= height.
    """
    corners = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    fx, fy = _ANCHORS[mode]
    x = corners[:, 0] * (1 - fx) + corners[:, 2] * fx
    y = corners[:, 1] * (1 - fy) + corners[:, 3] * fy
    return np.column_stack([np.clip(x, 0.0, width), np.clip(y, 0.0, height)])


def iou_matrix(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """Intersection over union of every box of `a` with every box of `b`.

    Args:
        a: (n, 4) x1 y1 x2 y2.
        b: (m, 4) x1 y1 x2 y2.

    Returns:
        (n, m) float64 in 0..1; 0 where either box has no area.
    """
    p = np.asarray(a, dtype=np.float64).reshape(-1, 1, 4)
    q = np.asarray(b, dtype=np.float64).reshape(1, -1, 4)
    size = np.minimum(p[..., 2:], q[..., 2:]) - np.maximum(p[..., :2], q[..., :2])
    overlap: NDArray[np.float64] = np.prod(np.clip(size, 0.0, None), axis=-1)
    area_p = np.prod(np.clip(p[..., 2:] - p[..., :2], 0.0, None), axis=-1)
    area_q = np.prod(np.clip(q[..., 2:] - q[..., :2], 0.0, None), axis=-1)
    union = area_p + area_q - overlap
    result = np.zeros_like(overlap)
    np.divide(overlap, union, out=result, where=union > 0)
    return result
