"""A fixed camera over a floor, and who and what stands on it, in metres and seconds.

The camera is a pinhole above the origin of the floor that looks along y, tilted down. Every figure and every
obstacle is flat and stands upright in a plane of constant y: who has the smaller y hides who has the larger.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Colour = tuple[int, int, int]

WIDTH, HEIGHT = 640, 360
_SWAY_M = 0.05
_SWAY_S = (2.3, 3.7)


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole.

    Attributes:
        height_m: above the floor.
        tilt_deg: below the horizon.
        focal_px: focal length; 450 is a field of view of 71 degrees across.
    """

    height_m: float
    tilt_deg: float
    focal_px: float = 450.0

    def project(self, x: Floats, y: float, z: Floats) -> Floats:
        """Give (n, 2) pixels of points in the plane y; they are before the camera."""
        tilt = math.radians(self.tilt_deg)
        down = self.height_m - z
        depth = y * math.cos(tilt) + down * math.sin(tilt)
        below = down * math.cos(tilt) - y * math.sin(tilt)
        return np.column_stack(
            [WIDTH / 2 + self.focal_px * x / depth, HEIGHT / 2 + self.focal_px * below / depth]
        )


FLAT = Camera(height_m=2.6, tilt_deg=12.0)
STEEP = Camera(height_m=4.5, tilt_deg=35.0)


@dataclass(frozen=True)
class Route:
    """Where somebody is when: straight from point to point.

    Attributes:
        times_s: (k,) ascending.
        points: (k, 2) x, y in metres.
    """

    times_s: tuple[float, ...]
    points: tuple[tuple[float, float], ...]

    @cached_property
    def _arrays(self) -> tuple[Floats, Floats, Floats]:
        points = np.array(self.points)
        steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        return np.array(self.times_s), points, np.concatenate([[0.0], np.cumsum(steps)])

    def place(self, time_s: float) -> tuple[float, float]:
        """Where."""
        times, points, _ = self._arrays
        x, y = (float(np.interp(time_s, times, points[:, axis])) for axis in (0, 1))
        return x, y

    def walked(self, time_s: float) -> float:
        """How far until then, in metres."""
        times, _, walked = self._arrays
        return float(np.interp(time_s, times, walked))

    @property
    def end_s(self) -> float:
        """When it ends."""
        return self.times_s[-1]


def route(begin_s: float, *steps: tuple[float, float] | float, speed: float = 1.3) -> Route:
    """Walk from point to point at `speed` metres per second; a number in between is a wait in seconds."""
    times = [begin_s]
    points: list[tuple[float, float]] = []
    for step in steps:
        if isinstance(step, tuple):
            if points:
                times.append(times[-1] + max(math.dist(points[-1], step) / speed, 1e-3))
            points.append(step)
        else:
            times.append(times[-1] + step)
            points.append(points[-1])
    return Route(tuple(times), tuple(points))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody.

    Attributes:
        route: from when to when, and where.
        upper: colour of what covers the chest, blue, green, red.
        lower: colour of what covers the legs.
        height_m: from the soles to the hair.
        sits_s: from when to when they sit.
    """

    route: Route
    upper: Colour
    lower: Colour
    height_m: float = 1.74
    sits_s: tuple[float, float] = (math.inf, math.inf)

    def present(self, time_s: float) -> bool:
        """Whether they are in the world."""
        return self.route.times_s[0] <= time_s <= self.route.end_s

    def place(self, time_s: float) -> tuple[float, float]:
        """Where they stand: nobody walks quite straight, or stands quite still."""
        x, y = self.route.place(time_s)
        phase = hash((self.route.times_s, self.route.points)) % 997
        sway = [_SWAY_M * math.sin(2 * math.pi * time_s / period + phase) for period in _SWAY_S]
        return x + sway[0], y + sway[1]

    def figure(self, time_s: float) -> list[tuple[Colour, Floats, Floats]]:
        """Head, chest and legs: colour, and the corners of a convex shape: across, from the foot, and up."""
        tall = self.height_m
        sits = self.sits_s[0] <= time_s < self.sits_s[1]
        hip = (0.27 if sits else 0.47) * tall
        walked = self.route.walked(time_s)
        walks = self.route.walked(time_s + 0.1) > walked
        swing = 0.14 * tall * math.sin(2 * math.pi * walked / (0.8 * tall)) if walks else 0.04 * tall
        shapes = [
            (
                self.lower,
                np.array([-0.1, 0.1, 0.0, 0.0]) * tall + np.array([0, 0, side * swing, side * swing])
                + np.array([0, 0, 0.05, -0.05]) * tall,
                np.array([hip, hip, 0.0, 0.0]),
            )
            for side in (-1, 1)
        ]  # fmt: skip
        shapes.append(
            (
                self.upper,
                np.array([-0.11, 0.11, 0.13, -0.13]) * tall,
                hip + np.array([0, 0, 0.38, 0.38]) * tall,
            )
        )
        turn = np.linspace(0, 2 * np.pi, 8, endpoint=False)
        shapes.append(((60, 80, 120), 0.06 * tall * np.cos(turn), hip + (0.45 + 0.08 * np.sin(turn)) * tall))
        return shapes


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A post, a counter, a wall: an upright rectangle on the floor, from `left_m` to `right_m` at `y_m`."""

    left_m: float
    right_m: float
    y_m: float
    height_m: float = 3.0
    colour: Colour = (120, 125, 130)


@dataclass(frozen=True, slots=True)
class World:
    """What one camera sees.

    Attributes:
        name: which.
        camera: it.
        people: everybody who ever is there; a person's number is the index.
        obstacles: what may hide them.
        duration_s: of the recording.
        fps: frames a second.
    """

    name: str
    camera: Camera
    people: tuple[Person, ...]
    obstacles: tuple[Obstacle, ...]
    duration_s: float
    fps: float

    def __str__(self) -> str:
        return self.name
