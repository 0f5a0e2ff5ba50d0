"""Where a view lies on another one: a similarity, in fractions of the picture."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.video.registration import WIDTH


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a view lies on another one of the same scene.

    Attributes:
        a: cosine of its rotation times its change of size; 1 where it is not turned.
        b: sine of its rotation, clockwise, times its change of size; 0 where it is not turned.
        x: how far the middle of the picture has moved to the right, as a fraction of the picture's width.
        y: how far it has moved down, as a fraction of the picture's width too.
    """

    a: float = 1.0
    b: float = 0.0
    x: float = 0.0
    y: float = 0.0

    @classmethod
    def of(cls, matrix: NDArray[np.float64], height: int) -> "Placement":
        """Return the placement of a similarity, (3, 3) float64, of pixels at `WIDTH`."""
        middle = np.array([(WIDTH - 1) / 2, (height - 1) / 2, 1.0])
        x, y = (matrix @ middle - middle)[:2] / WIDTH
        return cls(float(matrix[0, 0]), float(matrix[1, 0]), float(x), float(y))

    def matrix(self, width: float, height: float, *, pixel: float = 0.5) -> NDArray[np.float64]:
        """Return the (3, 3) float64 matrix for pictures of a size with square pixels.

        Args:
            width: width of the picture.
            height: height of the picture.
            pixel: coordinate of the middle of the first pixel: 0.5 for places, 0 for the indices of an image.
        """
        middle = np.array([width / 2, height / 2]) - (0.5 - pixel)
        turn = np.array([[self.a, -self.b], [self.b, self.a]])
        moved = middle + np.array([self.x, self.y]) * width - turn @ middle
        return np.vstack([np.column_stack([turn, moved]), [0.0, 0.0, 1.0]])

    @property
    def is_none(self) -> bool:
        """Whether nothing is moved."""
        return self == Placement()

    @property
    def degrees(self) -> float:
        """Angle by which the view is turned on the other one, clockwise."""
        return math.degrees(math.atan2(self.b, self.a))

    def after(self, first: "Placement") -> "Placement":
        """Return the placement that does what `first` does, and then this one."""
        return Placement(
            self.a * first.a - self.b * first.b,
            self.a * first.b + self.b * first.a,
            self.a * first.x - self.b * first.y + self.x,
            self.b * first.x + self.a * first.y + self.y,
        )

    def inverse(self) -> "Placement":
        """Return the placement that undoes this one."""
        size = self.a**2 + self.b**2
        a, b = self.a / size, -self.b / size
        return Placement(a, b, -(a * self.x - b * self.y), -(b * self.x + a * self.y))

    def farthest(self, aspect: float) -> float:
        """Return how far the corner that moves most has moved, as a fraction of the diagonal.

        Args:
            aspect: height of the picture divided by its width.
        """
        found = [
            math.hypot(
                (self.a - 1) * x - self.b * y + self.x,
                self.b * x + (self.a - 1) * y + self.y,
            )
            for x in (-0.5, 0.5)
            for y in (-aspect / 2, aspect / 2)
        ]
        return max(found) / math.hypot(1, aspect)
