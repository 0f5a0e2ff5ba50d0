"""How boxes move between frames: a Kalman filter over all tracklets at once, in seconds and body lengths.

Each of centre x, centre y, width and height is a coordinate of its own whose velocity is an
Ornstein-Uhlenbeck process: it decays with the time constant `STEADY_S`, and its standard deviation in the
long run is known. So a person who is not seen is expected to slow down, and the uncertainty of the velocity
does not grow without bounds. The discretisation is exact (Särkkä & Solin, Applied Stochastic Differential
Equations, 2019, ch. 6): one step of 0.4 s predicts the same as four of 0.1 s, so any frame rate will do, and
uneven frames too.

One length is the longer side of the box, which is the height of a person who stands: the same numbers hold
near and far, at any resolution.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

STEADY_S = 4.0
"""Time constant with which the velocity decays: people change course or stop every few seconds."""
SIZE_SPEED = 0.07
"""Standard deviation of the rate at which width and height change, in lengths per second: at eight body
lengths (14 m) from the camera people grow by an eighth of the speed at which they walk towards it."""
POSITION_ERROR = 0.05
"""Standard deviation of a detected centre, in lengths. Good boxes overlap the true ones with an IoU of 0.8 to
0.9: an upright box 0.4 lengths wide that is shifted by this much has an IoU of 0.78 if shifted sideways, 0.9
if shifted up or down."""
SIZE_ERROR = 0.1
"""Standard deviation of a detected width or height, in lengths: both edges err, and arms and legs swing."""

Floats = NDArray[np.float64]
Boxes = NDArray[np.float64]
_ERROR = np.array([POSITION_ERROR, POSITION_ERROR, SIZE_ERROR, SIZE_ERROR])


def box_coordinates(boxes: NDArray[np.floating]) -> Boxes:
    """Convert boxes (n, 4), x1 y1 x2 y2, to (n, 4) float64 centre x, centre y, width, height."""
    corners = np.asarray(boxes, dtype=np.float64)
    low, high = corners[:, :2], corners[:, 2:]
    return np.hstack([(low + high) / 2, high - low])


class Transition(NamedTuple):
    """Transition of one coordinate and its velocity over a step of time.

    With F = [[1, `reach`], [0, `keep`]], the mean m of (position, velocity) becomes F m and its covariance P
    becomes F P Fᵀ plus the process noise [[`position_noise`, `cross_noise`], [`cross_noise`,
    `velocity_noise`]]. All arrays have the shape to which the steps and speeds broadcast.

    Attributes:
        keep: share of the velocity that is left after the step.
        reach: expected displacement divided by the velocity before the step, in seconds.
        position_noise: variance that the step adds to the position.
        cross_noise: covariance of position and velocity that the step adds.
        velocity_noise: variance that the step adds to the velocity.
    """

    keep: Floats
    reach: Floats
    position_noise: Floats
    cross_noise: Floats
    velocity_noise: Floats

    def covariance(self, p: Floats, c: Floats, v: Floats) -> tuple[Floats, Floats, Floats]:
        """Propagate variance of position `p`, covariance `c` and variance of velocity `v` over the step."""
        return (
            p + 2 * self.reach * c + self.reach**2 * v + self.position_noise,
            self.keep * (c + self.reach * v) + self.cross_noise,
            self.keep**2 * v + self.velocity_noise,
        )


def transition(dt_s: Floats | float, speed: Floats | float) -> Transition:
    """Discretise the motion of a coordinate.

    Args:
        dt_s: duration of the step in seconds, at least 0.
        speed: standard deviation of the velocity in the long run, in any unit of length per second.
    """
    dt_s, spread = np.asarray(dt_s, np.float64), np.asarray(speed, np.float64) ** 2
    keep = np.exp(-dt_s / STEADY_S)
    # expm1, since 1 - keep loses its digits for steps of a millisecond.
    reach = -STEADY_S * np.expm1(-dt_s / STEADY_S)
    return Transition(
        keep,
        reach,
        position_noise=spread * (2 * STEADY_S * (dt_s - reach) - reach**2),
        cross_noise=spread * reach**2 / STEADY_S,
        velocity_noise=spread * (1 - keep**2),
    )


class MotionModel:
    """Kalman filter over n tracklets: expected boxes, velocities and their covariances.

    Attributes:
        position: (n, 4) float64 expected centre x, centre y, width, height in pixels.
        velocity: (n, 4) float64 expected rates of the coordinates in `position`, in pixels per second.
        covariance: (3, n, 4) float64 variance of position, covariance of position and velocity, and variance
            of velocity, for each coordinate. Coordinates are independent of each other.
    """

    def __init__(self, *, speed: float) -> None:
        """Start without tracklets.

        Args:
            speed: standard deviation of each component of people's velocity, in body lengths per second.
        """
        self._speed = np.array([speed, speed, SIZE_SPEED, SIZE_SPEED])
        self.position = np.zeros((0, 4))
        self.velocity = np.zeros((0, 4))
        self.covariance = np.zeros((3, 0, 4))

    def boxes(self) -> Boxes:
        """Give the expected boxes, (n, 4) x1 y1 x2 y2."""
        half = np.maximum(self.position[:, 2:], 0) / 2
        return np.hstack([self.position[:, :2] - half, self.position[:, :2] + half])

    def predict(self, dt_s: float) -> None:
        """Predict the state `dt_s` seconds later."""
        step = transition(dt_s, self._speed * self._length(self.position))
        self.position = self.position + step.reach * self.velocity
        self.velocity = step.keep * self.velocity
        self.covariance = np.stack(step.covariance(*self.covariance))

    def mahalanobis(self, measured: Boxes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Compute how far measurements are from what is expected.

        Args:
            measured: (m, 4) box coordinates, as `box_coordinates` gives them.

        Returns:
            (n, m) squared Mahalanobis distances, chi-squared with 4 degrees of freedom for right pairs; and
            (n,) log determinants of the innovation's covariance, in lengths. Their sum is minus twice the
            log likelihood up to a constant, so that an uncertain prediction does not win against a sharp one.
        """
        length = self._length(self.position)
        variance = self.covariance[0] + (_ERROR * length) ** 2
        innovation = measured[None] - self.position[:, None]
        distance = np.einsum("nmk,nk->nm", innovation**2, 1 / variance)
        return distance, np.log(variance / length**2).sum(axis=1)

    def update(self, tracks: NDArray[np.intp], measured: Boxes) -> None:
        """Update the tracklets with indices `tracks`, each at most once, with one measurement each."""
        p, c, v = self.covariance[:, tracks]
        variance = p + (_ERROR * self._length(self.position[tracks])) ** 2
        innovation = measured - self.position[tracks]
        self.position[tracks] += p / variance * innovation
        self.velocity[tracks] += c / variance * innovation
        self.covariance[:, tracks] = np.stack(
            [p - p**2 / variance, c - p * c / variance, v - c**2 / variance]
        )

    def add(self, measured: Boxes) -> None:
        """Append tracklets seen for the first time: their velocity has the long-run distribution."""
        length = self._length(measured)
        error, spread = (_ERROR * length) ** 2, (self._speed * length) ** 2
        self.position = np.vstack([self.position, measured])
        self.velocity = np.vstack([self.velocity, np.zeros_like(measured)])
        self.covariance = np.hstack([self.covariance, np.stack([error, np.zeros_like(error), spread])])

    def keep(self, tracks: NDArray[np.bool_]) -> None:
        """Keep the tracklets that are True in the mask `tracks` (n,), and forget the others."""
        self.position = self.position[tracks]
        self.velocity = self.velocity[tracks]
        self.covariance = self.covariance[:, tracks]

    @staticmethod
    def _length(coordinates: Boxes) -> Boxes:
        """Return the longer sides of boxes, (n, 1) in pixels, at least one pixel."""
        length: Boxes = coordinates[:, 2:].max(axis=1, keepdims=True)
        return np.maximum(length, 1.0)
