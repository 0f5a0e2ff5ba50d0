"""Lenses: from which direction the light of each point of a picture comes. Pure arrays; y points down.

Points are fractions of the picture. Directions are rays x, y, z from the camera: x to the right, y down and
z forward along its axis. The length of a ray means nothing.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Entries of a table of angles, from which Newton's method begins.
_ENTRIES = 4096
# Steps of Newton's method, each of which doubles the number of right digits.
_STEPS = 6
# Largest distance, in focal lengths, between a point and what the direction found for it is seen at.
_FOUND = 1e-9
# Largest angle from the axis that a lens without fisheye shows, and largest distance from the middle of the
# picture, in half diagonals, that a lens known from straight lines is asked about.
_WIDEST, _FARTHEST = np.radians(89.5), 4.0


class Lens(Protocol):
    """What a camera looks through."""

    @property
    def true_angles(self) -> bool:
        """Whether rays are at their true angles to each other, not only straight lines straight."""

    def rays(self, points: Floats) -> Floats:
        """Return the (n, 3) float64 rays of (n, 2) points; NaN where the lens shows nothing."""

    def points(self, rays: Floats) -> Floats:
        """Return the (n, 2) float64 points of (n, 3) rays; NaN for rays that the lens does not show."""


@dataclass(frozen=True, slots=True)
class NoLens:
    """A lens that keeps straight lines straight, of unknown focal length."""

    @property
    def true_angles(self) -> bool:
        """No: the focal length is not known."""
        return False

    def rays(self, points: Floats) -> Floats:
        """Return the (n, 3) rays of (n, 2) points, at a depth of 1."""
        return np.column_stack([points, np.ones(len(points))])

    def points(self, rays: Floats) -> Floats:
        """Return the (n, 2) points of (n, 3) rays; NaN for rays to what is not in front of the camera."""
        depth = np.where(rays[:, 2:] > 0, rays[:, 2:], np.nan)
        result: Floats = rays[:, :2] / depth
        return result


@dataclass(frozen=True, kw_only=True)
class _Calibrated:
    """A lens that was measured, in pixels of OpenCV: (0, 0) is the middle of the first one.

    Attributes:
        size: width and height in pixels of the picture in which the lens was measured.
        focal: focal lengths across and down, in pixels.
        centre: x and y of the point on the axis of the lens, in pixels.
    """

    size: tuple[float, float]
    focal: tuple[float, float]
    centre: tuple[float, float]

    @property
    def true_angles(self) -> bool:
        """Yes."""
        return True

    def _focal_lengths(self, points: Floats) -> Floats:
        """(n, 2): fractions of the picture as distances from the axis, in focal lengths."""
        return np.asarray((points * self.size - 0.5 - self.centre) / self.focal)

    def _fractions(self, places: Floats) -> Floats:
        """(n, 2): distances from the axis in focal lengths as fractions of the picture."""
        return np.asarray((places * self.focal + self.centre + 0.5) / self.size)


@dataclass(frozen=True, kw_only=True)
class BrownLens(_Calibrated):
    """Radial and tangential distortion: Brown (1966) and Conrady, as OpenCV's `calibrateCamera` finds it.

    A model whose distortion folds the picture over, so that points further from the axis come nearer again,
    shows nothing from there on.

    Attributes:
        radial: k1, k2 and k3.
        tangential: p1 and p2.
    """

    radial: tuple[float, float, float] = (0.0, 0.0, 0.0)
    tangential: tuple[float, float] = (0.0, 0.0)

    def rays(self, points: Floats) -> Floats:
        """Return the (n, 3) rays of (n, 2) points, at a depth of 1; NaN where the lens shows nothing."""
        seen_at = self._focal_lengths(points)
        length = np.linalg.norm(seen_at, axis=1)
        angle, far = self._table
        begin = np.tan(np.interp(length, far, angle, right=np.nan))
        found = seen_at * np.divide(begin, length, out=np.ones_like(length), where=length > 0)[:, None]
        for _ in range(_STEPS):
            (x, y), (off_x, off_y) = found.T, (self._distorted(found) - seen_at).T
            radial, growth = self._radial(found)
            p1, p2 = self.tangential
            across = radial + x**2 * growth + 2 * p1 * y + 6 * p2 * x
            both = x * y * growth + 2 * p1 * x + 2 * p2 * y
            down = radial + y**2 * growth + 6 * p1 * y + 2 * p2 * x
            determinant = across * down - both**2
            determinant = np.where(determinant > 0, determinant, np.nan)
            step = np.column_stack([down * off_x - both * off_y, across * off_y - both * off_x])
            found = found - step / determinant[:, None]
        wrong = ~(np.linalg.norm(self._distorted(found) - seen_at, axis=1) < _FOUND * (1 + length))
        rays = np.column_stack([found, np.ones(len(found))])
        rays[wrong] = np.nan
        return rays

    def points(self, rays: Floats) -> Floats:
        """Return the (n, 2) points of (n, 3) rays; NaN for rays that the lens does not show."""
        angle = np.arctan2(np.hypot(rays[:, 0], rays[:, 1]), rays[:, 2])
        shown = angle <= self._table[0][-1]
        depth = np.where(shown, rays[:, 2], np.nan)[:, None]
        return self._fractions(self._distorted(rays[:, :2] / depth))

    def _radial(self, places: Floats) -> tuple[Floats, Floats]:
        """(n,) factors of the distortion of places, and (n,) twice their derivatives by squared distance."""
        k1, k2, k3 = self.radial
        s = (places**2).sum(axis=1)
        return 1 + s * (k1 + s * (k2 + s * k3)), 2 * (k1 + s * (2 * k2 + s * 3 * k3))

    def _distorted(self, places: Floats) -> Floats:
        """(n, 2): where (n, 2) places in the plane at a depth of 1 are seen, in focal lengths."""
        (x, y), (p1, p2) = places.T, self.tangential
        s = (places**2).sum(axis=1)
        radial, _ = self._radial(places)
        return np.column_stack(
            [
                x * radial + 2 * p1 * x * y + p2 * (s + 2 * x**2),
                y * radial + p1 * (s + 2 * y**2) + 2 * p2 * x * y,
            ]
        )

    @cached_property
    def _table(self) -> tuple[Floats, Floats]:
        """Angles from the axis up to the last that is shown, and how far from it they are seen."""
        angle = np.linspace(0, _WIDEST, _ENTRIES)
        r = np.tan(angle)
        far = r * polynomial.polyval(r**2, [1, *self.radial])
        end = _growing(far)
        return angle[:end], far[:end]


@dataclass(frozen=True, kw_only=True)
class FisheyeLens(_Calibrated):
    """A fisheye: Kannala and Brandt (2006), as OpenCV's `fisheye.calibrate` finds it.

    Light at the angle t from the axis is seen t + k1 t³ + k2 t⁵ + k3 t⁷ + k4 t⁹ focal lengths from it. With
    all of them 0 that is an equidistant lens, whose focal length is the radius of the picture of half a
    sphere, by π / 2.

    Attributes:
        radial: k1, k2, k3 and k4.
    """

    radial: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    def rays(self, points: Floats) -> Floats:
        """Return the (n, 3) rays of (n, 2) points, 1 long; NaN where the lens shows nothing."""
        seen_at = self._focal_lengths(points)
        length = np.linalg.norm(seen_at, axis=1)
        angles, far = self._table
        angle = np.interp(length, far, angles, right=np.nan)
        series = [1.0, *self.radial]
        slopes = np.arange(1, 10, 2) * series
        for _ in range(_STEPS):
            slope = polynomial.polyval(angle**2, slopes)
            off = angle * polynomial.polyval(angle**2, series) - length
            angle = angle - np.divide(off, slope, out=np.zeros_like(off), where=slope > 0)
        sine = np.divide(np.sin(angle), length, out=np.ones_like(length), where=length > 0)
        return np.column_stack([seen_at * sine[:, None], np.cos(angle)])

    def points(self, rays: Floats) -> Floats:
        """Return the (n, 2) points of (n, 3) rays; NaN for rays that the lens does not show."""
        away = np.hypot(rays[:, 0], rays[:, 1])
        angle = np.arctan2(away, rays[:, 2])
        angle = np.where(angle <= self._table[0][-1], angle, np.nan)
        length = angle * polynomial.polyval(angle**2, [1, *self.radial])
        # On the axis there is no direction, and none is needed.
        scale = np.divide(length, away, out=np.where(np.isnan(length), np.nan, 0.0), where=away > 0)
        return self._fractions(rays[:, :2] * scale[:, None])

    @cached_property
    def _table(self) -> tuple[Floats, Floats]:
        """Angles from the axis up to the last that is shown, and how far from it they are seen."""
        angle = np.linspace(0, np.pi, _ENTRIES)
        far = angle * polynomial.polyval(angle**2, [1, *self.radial])
        end = _growing(far)
        return angle[:end], far[:end]


@dataclass(frozen=True, kw_only=True)
class DivisionLens:
    """Radial distortion around the middle of the picture, of unknown focal length: what straight lines tell.

    A point that is seen r from the middle would be r / (1 + l1 r² + l2 r⁴) away from it without distortion
    (the division model; Fitzgibbon, Simultaneous linear estimation of multiple view geometry and lens
    distortion, 2001), all in half diagonals of the picture.

    Attributes:
        size: width and height of the picture, in any unit.
        l1: first coefficient, below 0 for barrel distortion.
        l2: second coefficient.
    """

    size: tuple[float, float]
    l1: float
    l2: float = 0.0

    @property
    def true_angles(self) -> bool:
        """No: the focal length is not known."""
        return False

    def rays(self, points: Floats) -> Floats:
        """Return the (n, 3) rays of (n, 2) points; NaN where the lens shows nothing."""
        places = (points - 0.5) * self._scale
        length = np.linalg.norm(places, axis=1)
        rays = np.column_stack([places, self._depth(length)])
        rays[length > self._table[1][-1]] = np.nan
        return rays

    def points(self, rays: Floats) -> Floats:
        """Return the (n, 2) points of (n, 3) rays; NaN for rays that the lens does not show."""
        away, (angles, lengths) = np.hypot(rays[:, 0], rays[:, 1]), self._table
        angle = np.arctan2(away, rays[:, 2])
        length = np.interp(angle, angles, lengths, right=np.nan)
        for _ in range(_STEPS):
            off = length * np.cos(angle) - np.sin(angle) * self._depth(length)
            slope = np.cos(angle) - np.sin(angle) * length * (2 * self.l1 + 4 * self.l2 * length**2)
            length = length - np.divide(off, slope, out=np.zeros_like(off), where=slope > 0)
        scale = np.divide(length, away, out=np.where(np.isnan(length), np.nan, 0.0), where=away > 0)
        return np.asarray(rays[:, :2] * scale[:, None] / self._scale + 0.5)

    @property
    def _scale(self) -> Floats:
        """(2,): width and height of the picture in half diagonals."""
        return np.asarray(np.array(self.size) * 2 / np.hypot(*self.size))

    def _depth(self, length: Floats) -> Floats:
        return np.asarray(1 + length**2 * (self.l1 + self.l2 * length**2))

    @cached_property
    def _table(self) -> tuple[Floats, Floats]:
        """Angles of rays up to the last that is shown, and the distances at which they are seen."""
        length = np.linspace(0, _FARTHEST, _ENTRIES)
        depth = self._depth(length)
        angle = np.arctan2(length, depth)
        end = _growing(angle, positive=depth)
        return angle[:end], length[:end]


def _growing(shown_at: Floats, *, positive: Floats | None = None) -> int:
    """Count the entries of a table up to where it ends to grow, or where other values are not positive."""
    ends = np.append(np.diff(shown_at) <= 0, True)
    if positive is not None:
        ends |= np.append(positive[1:], 0.0) <= 0
    return int(ends.argmax()) + 1
