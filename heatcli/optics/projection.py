"""From a camera's picture to the floor: its lens, and the plane that the camera looks at. Pure arrays."""

import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.optics.lens import FisheyeLens, Lens, NoLens

# Pairs of points that fit several homographies about equally well do not determine one. This ratio of
# singular values is about 0.2 for points spread over a picture, and 0 for points on one line.
_LEAST_SPREAD = 1e-3

# Half the side, in fractions of the picture, of the piece by which the area around a point is measured.
_NEAR = 1e-5

# Points along the side of a polygon that a lens may bend.
_ALONG = 16

_NO_LENS = NoLens()


@dataclass(frozen=True, slots=True, eq=False)
class FloorProjection:
    """The map from points of a picture, in fractions of it, to places on a floor plan in metres.

    Attributes:
        matrix: (3, 3) float64 matrix that is applied to rays x, y, z of the lens. Its third row gives the
            depth of a ray, positive for rays that meet the floor.
        lens: lens that the camera looks through.
        body_m: height in metres of people around whose middle the points are; 0 for points on the floor.
    """

    matrix: NDArray[np.float64]
    lens: Lens = _NO_LENS
    body_m: float = 0.0

    @classmethod
    def fit(cls, image: NDArray[np.float64], plan_m: NDArray[np.float64], lens: Lens | None = None) -> Self:
        """Find the projection that maps points to others best, by least squares over all of them.

        The normalised direct linear transformation of Hartley and Zisserman, Multiple View Geometry, 2nd
        edition 2003, algorithm 4.2: both sets of points are moved and scaled to mean 0 and mean distance
        sqrt(2), so that the sum of squares does not depend on units.

        Args:
            image: (n, 2) points x, y in fractions of the picture, n at least 4.
            plan_m: (n, 2) x, y of the same points on the plan, in metres.
            lens: lens that the camera looks through; None for one that keeps straight lines straight.

        Raises:
            ValueError: the points do not determine one map, as too many of them are on one line.
        """
        lens = _NO_LENS if lens is None else lens
        rays = lens.rays(image)
        # A plane of projection that is before all rays, which may go to all sides of the camera.
        turn = _towards(rays.mean(axis=0)) if lens.true_angles else np.eye(3)
        turned = rays @ turn.T
        source = turned[:, :2] / turned[:, 2:]
        from_source, from_target = _normaliser(source), _normaliser(plan_m)
        p, q = (_homogeneous(xy) @ t.T for xy, t in ((source, from_source), (plan_m, from_target)))
        nothing = np.zeros_like(p)
        equations = np.vstack(
            [np.hstack([p, nothing, -q[:, :1] * p]), np.hstack([nothing, p, -q[:, 1:2] * p])]
        )
        _, singular, vectors = np.linalg.svd(equations)
        normalised = vectors[-1].reshape(3, 3)
        # Either several homographies fit, or only one that maps the whole plane to a line.
        if singular[7] < _LEAST_SPREAD * singular[0] or np.linalg.cond(normalised) > 1 / _LEAST_SPREAD:
            raise ValueError("too many points are on one line")
        matrix = np.linalg.inv(from_target) @ normalised @ from_source @ turn
        # A homography is known up to a factor: its sign is chosen to have most points in front of the
        # horizon.
        return cls(matrix * math.copysign(1.0, float(np.median(rays @ matrix[2]))), lens)

    def apply(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map points.

        Args:
            points: (n, 2) points x, y in fractions of the picture.

        Returns:
            (n, 2) float64 places x, y in metres on the plan; NaN for points on the horizon and above it, and
            for those that the lens does not show.
        """
        rays = self.lens.rays(points)
        if self.body_m:
            return self._standing(rays)
        mapped = rays @ self.matrix.T
        result: NDArray[np.float64] = mapped[:, :2] / np.where(mapped[:, 2:] > 0, mapped[:, 2:], np.nan)
        return result

    def outline(self, corners: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map the outline of a polygon, whose sides a lens may bend on the floor.

        Args:
            corners: (n, 2) corners x, y in fractions of the picture.

        Returns:
            (m, 2) float64 corners in metres on the plan, more if there is a lens; NaN as with `apply`.
        """
        if isinstance(self.lens, NoLens):
            return self.apply(corners)
        sides = np.roll(corners, -1, axis=0) - corners
        share = np.arange(_ALONG)[:, None] / _ALONG
        return self.apply((corners[:, None] + share * sides[:, None]).reshape(-1, 2))

    def depth(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the (n,) depths of points, above 0 for those that show the floor; NaN where nothing is."""
        result: NDArray[np.float64] = self.lens.rays(points) @ self.matrix[2]
        return result

    def area_scale(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute by which factor a small area around each point grows: the Jacobian's determinant.

        Without a lens it is det(matrix) / w³ for a point of depth w.

        Args:
            points: (n, 2) points x, y in fractions of the picture.

        Returns:
            (n,) float64 factors in m² for the whole picture, negative where the map mirrors; NaN where
            `apply` gives NaN.
        """
        if isinstance(self.lens, NoLens):
            depth = self.depth(points)
            scale: NDArray[np.float64] = np.linalg.det(self.matrix) / np.where(depth > 0, depth, np.nan) ** 3
            return scale
        sides = _NEAR * np.eye(2)
        across, down = (
            (self.apply(points + side) - self.apply(points - side)) / (2 * _NEAR) for side in sides
        )
        return np.asarray(across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0])

    def seen_at(self, places_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where places on the floor are seen.

        Args:
            places_m: (n, 2) places x, y in metres on the plan.

        Returns:
            (n, 2) float64 points in fractions of the picture, which may lie outside of it; NaN behind the
            camera, and where the lens shows nothing.
        """
        return self.lens.points(_homogeneous(places_m) @ np.linalg.inv(self.matrix).T)

    @property
    def camera_height_m(self) -> float | None:
        """Height of the camera above the floor, in metres; None unless the lens has true angles."""
        if not self.lens.true_angles:
            return None
        axes, foot = self._pose()
        return float(axes[2] @ foot)

    @property
    def steepness(self) -> float:
        """Cosine of the angle between the axis of a lens with true angles and the way straight down."""
        axes, _ = self._pose()
        return float(axes[2, 2])

    def of_people(self, body_m: float) -> Self:
        """Return the map for points that are in the middle of people who stand on the floor.

        Without true angles, or if the camera is not above their heads, how high the points are cannot be told
        from where they are, and they are taken for points on the floor.

        Args:
            body_m: height of people in metres.
        """
        height = self.camera_height_m
        return self if height is None or height <= body_m else replace(self, body_m=body_m)

    def _standing(self, rays: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2): where people stand whose middle is seen along rays; NaN above the horizon.

        With the camera c above the feet and d beside them, the feet are seen at the angle atan(d / c) from
        straight down, and the head at atan(d / (c - body)). The middle of the picture of a body is half way
        between these angles for a fisheye, and between their tangents for other lenses: exactly so for a
        camera that looks straight down, and nearly for others.
        """
        axes, origin = self._pose()
        feet = float(axes[2] @ origin)
        head = feet - self.body_m
        across, along, down = (rays / np.linalg.norm(rays, axis=1)[:, None] @ axes.T).T
        away = np.hypot(across, along)
        if isinstance(self.lens, FisheyeLens):
            # tan(2 angle) = d (1 / feet + 1 / head) / (1 - d² / (feet · head))
            both, product = 1 / feet + 1 / head, 1 / (feet * head)
            sine, cosine = 2 * away * down, down**2 - away**2
            root = np.sqrt((both * cosine) ** 2 + 4 * product * sine**2)
            near = np.divide(2 * sine, both * cosine + root, out=np.zeros_like(sine), where=cosine > 0)
            far = np.divide(root - both * cosine, 2 * product * sine, out=near, where=cosine <= 0)
            distance = np.where(down > 0, far, np.nan)
        else:
            distance = 2 * away / np.where(down > 0, down, np.nan) / (1 / feet + 1 / head)
        turned = np.column_stack([across, along])
        direction = np.divide(turned, away[:, None], out=np.zeros_like(turned), where=away[:, None] > 0)
        result: NDArray[np.float64] = direction * distance[:, None] - (axes @ origin)[:2]
        return result

    def _pose(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return how the camera stands, for a lens with true angles.

        Returns:
            (3, 3) directions of the plan's x and y and of the way into the floor, one a row, in the camera's
            axes; and (3,) the plan's origin in the camera's axes, in metres.
        """
        inverse = np.linalg.inv(self.matrix)
        x, y, origin = inverse.T / math.sqrt(np.linalg.norm(inverse[:, 0]) * np.linalg.norm(inverse[:, 1]))
        down = np.cross(x, y)
        return np.array([x, y, down / np.linalg.norm(down)]), origin


def _homogeneous(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3): x, y, 1."""
    return np.column_stack([points, np.ones(len(points))])


def _normaliser(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 3): moves and scales points to mean 0 and mean distance sqrt(2)."""
    centre = points.mean(axis=0)
    scale = math.sqrt(2) / np.linalg.norm(points - centre, axis=1).mean()
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])


def _towards(direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 3): turns a direction into the axis z."""
    forward = direction / np.linalg.norm(direction)
    aside = np.cross((0.0, 1.0, 0.0) if abs(forward[1]) < 0.9 else (0.0, 0.0, 1.0), forward)
    aside /= np.linalg.norm(aside)
    return np.array([aside, np.cross(forward, aside), forward])
