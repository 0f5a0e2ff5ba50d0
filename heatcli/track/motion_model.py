"""How boxes move between frames: a Kalman filter over all tracklets at once, in seconds and body lengths.

Each of centre x, centre y, width and height is a coordinate of its own whose velocity is an
Ornstein-Uhlenbeck process: it forgets itself within `STEADY_S` and keeps a known spread in the long run. So
a person who is not seen is expected to slow down, and no velocity grows without bounds. The discretisation
is exact (Särkkä & Solin, Applied Stochastic Differential Equations, 2019, ch. 6): one step of 0.4 s
predicts what four of 0.1 s do, whatever the frame rate and however uneven the frames.

Lengths are relative to the longer side of the box, which is the height of whoever stands: the same numbers
serve near and far, at any resolution.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

STEADY_S = 4.0
"""Time over which people keep their velocity: they change course or stop every few seconds."""
SIZE_SPEED = 0.07
"""Standard deviation of the rate at which width and height change, in lengths per second: at eight body
lengths (14 m) from the camera people grow by an eighth of the speed at which they walk towards it."""
POSITION_ERROR = 0.05
"""Standard deviation of a detected centre, in lengths. Good boxes overlap the true ones by an IoU of 0.8 to
0.9: an upright box 0.4 lengths wide that is shifted by this much across has 0.78, along 0.9."""
SIZE_ERROR = 0.1
"""Standard deviation of a detected width or height, in lengths: both edges err, and arms and legs swing."""

Floats = NDArray[np.float64]
Boxes = NDArray[np.float64]
_ERROR = np.array([POSITION_ERROR, POSITION_ERROR, SIZE_ERROR, SIZE_ERROR])


def box_coordinates(boxes: NDArray[np.floating]) -> Boxes:
    """Centre x, centre y, width, height of (n, 4) boxes x1 y1 x2 y2, as (n, 4) float64."""
    corners = np.asarray(boxes, dtype=np.float64)
    low, high = corners[:, :2], corners[:, 2:]
    return np.hstack([(low + high) / 2, high - low])


class Transition(NamedTuple):
    """One step of time for a coordinate and its velocity; arrays have the shape that steps and speeds make.

    The mean of (position, velocity) becomes [[1, `reach`], [0, `keep`]] times it, and its covariance that
    matrix times it times the matrix transposed, plus the process noise
    [[`position_noise`, `cross_noise`], [`cross_noise`, `velocity_noise`]].

    Attributes:
        keep: share of the velocity that is left.
        reach: seconds at the velocity before the step that make up the way to be expected.
        position_noise: variance that the step adds to the position.
        cross_noise: covariance that it adds to position and velocity.
        velocity_noise: variance that it adds to the velocity.
    """

    keep: Floats
    reach: Floats
    position_noise: Floats
    cross_noise: Floats
    velocity_noise: Floats

    def covariance(self, p: Floats, c: Floats, v: Floats) -> tuple[Floats, Floats, Floats]:
        """Carry a covariance over the step: variance of position, covariance, variance of velocity."""
        return (
            p + 2 * self.reach * c + self.reach**2 * v + self.position_noise,
            self.keep * (c + self.reach * v) + self.cross_noise,
            self.keep**2 * v + self.velocity_noise,
        )


def transition(dt_s: Floats | float, speed: Floats | float) -> Transition:
    """Discretise the motion of a coordinate.

    Args:
        dt_s: seconds, at least 0.
        speed: standard deviation of the velocity in the long run, in any unit of length per second.
    """
    dt_s, spread = np.asarray(dt_s, np.float64), np.asarray(speed, np.float64) ** 2
    keep = np.exp(-dt_s / STEADY_S)
    # Not 1 - keep, which has no digits left for steps of a millisecond.
    reach = -STEADY_S * np.expm1(-dt_s / STEADY_S)
    return Transition(
        keep,
        reach,
        position_noise=spread * (2 * STEADY_S * (dt_s - reach) - reach**2),
        cross_noise=spread * reach**2 / STEADY_S,
        velocity_noise=spread * (1 - keep**2),
    )


class MotionModel:
    """Where n tracklets are believed to be, and how surely.

    Attributes:
        position: (n, 4) float64 expected centre x, centre y, width, height in pixels.
        velocity: (n, 4) float64 their rates in pixels per second.
        covariance: (3, n, 4) float64, per coordinate the variance of position, its covariance with
            velocity, and the variance of velocity. Coordinates are independent of each other.
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
        """Move time on by `dt_s` seconds."""
        step = transition(dt_s, self._speed * self._length(self.position))
        self.position = self.position + step.reach * self.velocity
        self.velocity = step.keep * self.velocity
        self.covariance = np.stack(step.covariance(*self.covariance))

    def mahalanobis(self, measured: Boxes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How far measurements are from what is expected.

        Args:
            measured: (m, 4) as `box_coordinates` gives them.

        Returns:
            (n, m) squared Mahalanobis distances, chi-squared with 4 degrees of freedom for right pairs; and
            (n,) log determinants of the innovation's covariance, in lengths: the two add up to minus twice
            the log likelihood, and a vague expectation does not win against a sharp one.
        """
        length = self._length(self.position)
        variance = self.covariance[0] + (_ERROR * length) ** 2
        innovation = measured[None] - self.position[:, None]
        distance = np.einsum("nmk,nk->nm", innovation**2, 1 / variance)
        return distance, np.log(variance / length**2).sum(axis=1)

    def update(self, tracks: NDArray[np.intp], measured: Boxes) -> None:
        """Take in one measurement for each of `tracks` (indices, each at most once)."""
        p, c, v = self.covariance[:, tracks]
        variance = p + (_ERROR * self._length(self.position[tracks])) ** 2
        innovation = measured - self.position[tracks]
        self.position[tracks] += p / variance * innovation
        self.velocity[tracks] += c / variance * innovation
        self.covariance[:, tracks] = np.stack(
            [p - p**2 / variance, c - p * c / variance, v - c**2 / variance]
        )

    def add(self, measured: Boxes) -> None:
        """Append tracklets seen for the first time: their velocity is anybody's."""
        length = self._length(measured)
        error, spread = (_ERROR * length) ** 2, (self._speed * length) ** 2
        self.position = np.vstack([self.position, measured])
        self.velocity = np.vstack([self.velocity, np.zeros_like(measured)])
        self.covariance = np.hstack([self.covariance, np.stack([error, np.zeros_like(error), spread])])

    def keep(self, tracks: NDArray[np.bool_]) -> None:
        """Forget the tracklets that are False in `tracks` (n,)."""
        self.position = self.position[tracks]
        self.velocity = self.velocity[tracks]
        self.covariance = self.covariance[:, tracks]

    @staticmethod
    def _length(coordinates: Boxes) -> Boxes:
        """(n, 1) longer sides in pixels, at least one."""
        length: Boxes = coordinates[:, 2:].max(axis=1, keepdims=True)
        return np.maximum(length, 1.0)
