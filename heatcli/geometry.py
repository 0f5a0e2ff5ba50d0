"""Bounding boxes, their tracking points, and homographies to the floor. Pure arrays; y points down."""

import math
from dataclasses import dataclass
from typing import Self

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

# Pairs of points that fit several homographies about equally well do not determine one. This ratio of
# singular values is about 0.2 for points spread over a picture, and 0 for points on one line.
_LEAST_SPREAD = 1e-3


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


@dataclass(frozen=True, slots=True, eq=False)
class Homography:
    """A map of one plane to another that keeps straight lines straight, as a camera maps the floor.

    Attributes:
        matrix: (3, 3) float64 matrix that is applied to (x, y, 1). Its third row gives the depth of a point,
            positive for points in front of the horizon.
    """

    matrix: NDArray[np.float64]

    @classmethod
    def fit(cls, source: NDArray[np.float64], target: NDArray[np.float64]) -> Self:
        """Find the homography that maps points to others best, by least squares over all of them.

        The normalised direct linear transformation of Hartley and Zisserman, Multiple View Geometry, 2nd
        edition 2003, algorithm 4.2: both sets of points are moved and scaled to mean 0 and mean distance
        sqrt(2), so that the sum of squares does not depend on units.

        Args:
            source: (n, 2) points x, y in the first plane, n at least 4.
            target: (n, 2) x, y of the same points in the other plane.

        Raises:
            ValueError: the points do not determine one homography, as too many of them are on one line.
        """
        from_source, from_target = _normaliser(source), _normaliser(target)
        p, q = (_homogeneous(xy) @ t.T for xy, t in ((source, from_source), (target, from_target)))
        nothing = np.zeros_like(p)
        equations = np.vstack(
            [np.hstack([p, nothing, -q[:, :1] * p]), np.hstack([nothing, p, -q[:, 1:2] * p])]
        )
        _, singular, vectors = np.linalg.svd(equations)
        normalised = vectors[-1].reshape(3, 3)
        # Either several homographies fit, or only one that maps the whole plane to a line.
        if singular[7] < _LEAST_SPREAD * singular[0] or np.linalg.cond(normalised) > 1 / _LEAST_SPREAD:
            raise ValueError("too many points are on one line")
        matrix = np.linalg.inv(from_target) @ normalised @ from_source
        # A homography is known up to a factor: its sign is chosen to have most points in front of the
        # horizon.
        return cls(matrix * math.copysign(1.0, float(np.median(_homogeneous(source) @ matrix[2]))))

    def apply(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map points.

        Args:
            points: (n, 2) points x, y in the first plane.

        Returns:
            (n, 2) float64 points x, y in the other plane; NaN for points on the horizon and above it.
        """
        mapped = _homogeneous(points) @ self.matrix.T
        depth = np.where(mapped[:, 2:] > 0, mapped[:, 2:], np.nan)
        result: NDArray[np.float64] = mapped[:, :2] / depth
        return result

    def area_scale(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute by which factor a small area around each point grows: the Jacobian's determinant.

        For a point of depth w it is det(matrix) / w³.

        Args:
            points: (n, 2) points x, y in the first plane.

        Returns:
            (n,) float64 factors, negative where the map mirrors; NaN on the horizon and above it.
        """
        depth = _homogeneous(points) @ self.matrix[2]
        scale: NDArray[np.float64] = np.linalg.det(self.matrix) / np.where(depth > 0, depth, np.nan) ** 3
        return scale

    def inverse(self) -> "Homography":
        """Return the inverse map, which gives NaN for points that are not in front of the camera."""
        return Homography(np.linalg.inv(self.matrix).astype(np.float64, copy=False))


def _homogeneous(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3): x, y, 1."""
    return np.column_stack([points, np.ones(len(points))])


def _normaliser(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 3): moves and scales points to mean 0 and mean distance sqrt(2)."""
    centre = points.mean(axis=0)
    scale = math.sqrt(2) / np.linalg.norm(points - centre, axis=1).mean()
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])
