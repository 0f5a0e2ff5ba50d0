"""Bounding boxes and their tracking points. Pure arrays; y points down."""

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

CUT_MARGIN = 0.02
"""Most distance from the frame's edge of a box that the edge cuts, in heights of the box: boxes are as exact
as that."""


def tracking_points(
    boxes: NDArray[np.floating],
    mode: TrackingMode,
    *,
    width: float | NDArray[np.int32],
    height: float | NDArray[np.int32],
) -> NDArray[np.float64]:
    """Compute the tracking points of bounding boxes, clipped to the frame.

    Args:
        boxes: (n, 4) bounding boxes, x1 y1 x2 y2 in source pixels.
        mode: point of a bounding box that stands for the object.
        width: width of the frame in pixels; or (n,) width of the frame that each box is in.
        height: height of the frame in pixels; or (n,) height of the frame that each box is in.

    Returns:
        (n, 2) float64 tracking points, x, y in source pixels, 0 <= x <= width and 0 <= y <= height.
    """
    corners = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    fx, fy = _ANCHORS[mode]
    x = corners[:, 0] * (1 - fx) + corners[:, 2] * fx
    y = corners[:, 1] * (1 - fy) + corners[:, 3] * fy
    return np.column_stack([np.clip(x, 0.0, width), np.clip(y, 0.0, height)])


def beyond_picture(
    points: NDArray[np.float64], *, width: float | NDArray[np.int32], height: float | NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Tell which tracking points were clipped to the frame: (n,) bool, true for points on its border.

    Somebody who is cut by the edge of the picture stands beyond it.

    Args:
        points: (n, 2) tracking points x, y in source pixels, as `tracking_points` returns them.
        width: width of the frame in pixels; or (n,) width of the frame that each point is in.
        height: height of the frame in pixels; or (n,) height of the frame that each point is in.
    """
    x, y = points.T
    return np.asarray((x <= 0) | (x >= width) | (y <= 0) | (y >= height))


def foot_points(boxes: NDArray[np.floating]) -> NDArray[np.float64]:
    """Compute the (n, 2) float64 middles x, y of the bottom edges of (n, 4) boxes, in the frame or not."""
    x1, _, x2, y2 = np.asarray(boxes, dtype=np.float64).reshape(-1, 4).T
    return np.column_stack([(x1 + x2) / 2, y2])


def cut_by_edge(boxes: NDArray[np.floating], *, width: float, height: float) -> NDArray[np.bool_]:
    """Tell which sides of boxes the frame's edge cuts: there a person goes on beyond the box.

    Args:
        boxes: (n, 4) bounding boxes, x1 y1 x2 y2, in pixels or any other unit of length.
        width: width of the frame in the unit of the boxes.
        height: height of the frame in the unit of the boxes.

    Returns:
        (n, 4) bool for x1 y1 x2 y2, true for sides at the frame's edge, to within `CUT_MARGIN`.
    """
    corners = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    margin = CUT_MARGIN * (corners[:, 3:] - corners[:, 1:2])
    return np.hstack([corners[:, :2] <= margin, corners[:, 2:] >= np.array([width, height]) - margin])


def iou_matrix(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """Compute the intersection over union of every box of `a` with every box of `b`.

    Args:
        a: (n, 4) bounding boxes, x1 y1 x2 y2.
        b: (m, 4) bounding boxes, x1 y1 x2 y2.

    Returns:
        (n, m) float64 intersection over union, in 0..1; 0 where either box has no area.
    """
    p = np.asarray(a, dtype=np.float64).reshape(-1, 1, 4)
    q = np.asarray(b, dtype=np.float64).reshape(1, -1, 4)
    overlap = _area(np.minimum(p[..., 2:], q[..., 2:]) - np.maximum(p[..., :2], q[..., :2]))
    union = _area(p[..., 2:] - p[..., :2]) + _area(q[..., 2:] - q[..., :2]) - overlap
    result = np.zeros_like(overlap)
    np.divide(overlap, union, out=result, where=union > 0)
    return result


def _area(size: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the area (...) of rectangles of width and height (..., 2); 0 where one is below 0."""
    least: NDArray[np.float64] = np.maximum(size, 0.0)
    return least[..., 0] * least[..., 1]
