"""The pinhole camera on the wall: floor metres to pixels, and back along a ray.

The world is right-handed and in metres: x to the right along the wall under the camera, y away from it, z up.
Image coordinates are in pixels with y down; the centre of the first pixel is at (0.5, 0.5).
"""

from dataclasses import dataclass
from math import cos, sin

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera without lens distortion.

    Attributes:
        width: of the image, in pixels.
        height: of the image, in pixels.
        focal: focal length, in pixels.
        position: x, y, z of the pinhole, in metres.
        pitch: how far it looks down, in radians.
        yaw: how far it looks to the right, in radians.
    """

    width: int
    height: int
    focal: float
    position: tuple[float, float, float]
    pitch: float
    yaw: float

    def scaled(self, factor: int) -> "Camera":
        """Return the same view with `factor` times as many pixels across and down."""
        return Camera(
            self.width * factor,
            self.height * factor,
            self.focal * factor,
            self.position,
            self.pitch,
            self.yaw,
        )

    def axes(self) -> Floats:
        """(3, 3): the unit vectors to the right, down and forward of the image, one a row."""
        (sy, cy), (sp, cp) = ((sin(angle), cos(angle)) for angle in (self.yaw, self.pitch))
        return np.array([[cy, -sy, 0.0], [-sy * sp, -cy * sp, -cp], [sy * cp, cy * cp, -sp]])

    def project(self, points: Floats) -> Floats:
        """Where points are in the image.

        Args:
            points: (n, 3) metres, in front of the camera.

        Returns:
            (n, 3): x and y in pixels, and the depth along the optical axis in metres.
        """
        right, down, depth = self.axes() @ (np.asarray(points, dtype=np.float64) - self.position).T
        scale = self.focal / depth
        return np.column_stack([self.width / 2 + scale * right, self.height / 2 + scale * down, depth])

    def rays(self, x0: int, y0: int, x1: int, y1: int) -> Floats:
        """Directions from the pinhole through the pixels of a window, one metre deep.

        Args:
            x0: first column.
            y0: first row.
            x1: one past the last column.
            y1: one past the last row.

        Returns:
            (y1 - y0, x1 - x0, 3): `position + depth * ray` is the point at that depth along the optical axis.
        """
        right, down, forward = self.axes()
        across = (np.arange(x0, x1) + 0.5 - self.width / 2) / self.focal
        along = (np.arange(y0, y1) + 0.5 - self.height / 2) / self.focal
        return np.asarray(forward + across[None, :, None] * right + along[:, None, None] * down)
