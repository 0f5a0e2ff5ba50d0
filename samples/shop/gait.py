"""How people get about: a plan of walks, turns and stops, and where body and feet are at any moment of it.

Feet never slide: steps are laid along the path first, a foot stays on its footprint while the body passes
over it, and the speed of the body says when it swings to the next one. Each foot is on the ground for 60 % of
a stride (Perry, Gait Analysis, 1992).
"""

from dataclasses import dataclass
from math import atan2, cos, exp, hypot, pi, sin

import numpy as np
from scipy.ndimage import gaussian_filter1d

from samples.shop.camera import Floats

Point = tuple[float, float]

_ACCELERATION = 1.3  # m/s², when a walk begins and ends
_SWING = 0.4  # of a stride (two steps), for which a foot is in the air
_FOOT_ASIDE = 0.052  # from the middle of the body to each foot, as a fraction of the height
_TICK = 0.02  # s, between samples of a path in time
_CORNER = 0.28  # m, how widely corners of a path are rounded


@dataclass(frozen=True, slots=True)
class Footprint:
    """Where a foot stands: x and y under the ankle in metres, and its heading in radians."""

    x: float
    y: float
    heading: float


@dataclass(frozen=True, slots=True)
class Step:
    """A foot that swings from one footprint to the next between two times in seconds."""

    begin: float
    end: float
    origin: Footprint
    target: Footprint

    def length(self) -> float:
        """Metres between the footprints."""
        return hypot(self.target.x - self.origin.x, self.target.y - self.origin.y)


@dataclass(frozen=True, slots=True)
class Reach:
    """A hand (0 left, 1 right) held forward, to the left and up by fractions of the height, for a time."""

    begin: float
    end: float
    hand: int
    target: tuple[float, float, float]

    def weight(self, time: float) -> float:
        """How far the hand has got: 0 hanging, 1 there."""
        return smooth((time - self.begin) / 0.5) * smooth((self.end - time) / 0.5)


@dataclass(frozen=True, slots=True)
class Foot:
    """A foot at a moment: where, how high in metres, and its roll in radians (heel up > 0 > toes up)."""

    place: Footprint
    lift: float
    roll: float


def smooth(x: float) -> float:
    """0 below 0, 1 above 1, and an S between them."""
    x = min(1.0, max(0.0, x))
    return x * x * (3 - 2 * x)


@dataclass(frozen=True, slots=True)
class Motion:
    """Everything that a person does, against time in seconds.

    Attributes:
        times: (n,) seconds, `_TICK` apart.
        places: (n, 2) x, y of the body in metres.
        headings: (n,) radians, unwrapped; 0 along x, pi/2 along y.
        steps: of the left and the right foot, in order.
        prints: where the left and the right foot stand before any step.
        reaches: what the hands do.
    """

    times: Floats
    places: Floats
    headings: Floats
    steps: tuple[tuple[Step, ...], tuple[Step, ...]]
    prints: tuple[Footprint, Footprint]
    reaches: tuple[Reach, ...]

    def place(self, time: float) -> Point:
        """X and y of the body."""
        x, y = (float(np.interp(time, self.times, self.places[:, k])) for k in (0, 1))
        return x, y

    def heading(self, time: float) -> float:
        """Where the body faces, in radians."""
        return float(np.interp(time, self.times, self.headings))

    def speed(self, time: float) -> float:
        """Of the body, in m/s."""
        (x0, y0), (x1, y1) = self.place(time - 0.1), self.place(time + 0.1)
        return hypot(x1 - x0, y1 - y0) / 0.2

    def foot(self, side: int, time: float) -> Foot:
        """Return the left (0) or right (1) foot."""
        steps = self.steps[side]
        index = sum(step.begin <= time for step in steps) - 1
        last = steps[index] if index >= 0 else None
        if last is not None and time < last.end:
            u = (time - last.begin) / (last.end - last.begin)
            e = smooth(u)
            turn = (last.target.heading - last.origin.heading + pi) % (2 * pi) - pi
            place = Footprint(
                last.origin.x + e * (last.target.x - last.origin.x),
                last.origin.y + e * (last.target.y - last.origin.y),
                last.origin.heading + e * turn,
            )
            return Foot(
                place, 0.03 * sin(pi * u) + 0.04 * last.length() * sin(pi * u) ** 2, _swing_roll(last, u)
            )
        following = steps[index + 1] if index + 1 < len(steps) else None
        roll = 0.0
        if following is not None:
            stood = following.begin - (last.end if last is not None else self.times[0])
            roll = _push_off(following) * smooth(1 - (following.begin - time) / min(0.3, 0.45 * stood))
        if last is not None:
            roll -= _heel_strike(last) * exp(-(time - last.end) / 0.04)
        return Foot(last.target if last is not None else self.prints[side], 0.0, roll)


def _push_off(step: Step) -> float:
    """Roll of a foot that is about to make a step: the heel comes up before the toes leave the ground."""
    return 0.8 * min(1.0, step.length() / 1.2)


def _heel_strike(step: Step) -> float:
    """How far the toes are up when a foot comes down on its heel."""
    return 0.3 * min(1.0, step.length() / 1.2)


def _swing_roll(step: Step, u: float) -> float:
    return _push_off(step) * (1 - smooth(u / 0.7)) - _heel_strike(step) * smooth((u - 0.4) / 0.6)


class Itinerary:
    """Builds a `Motion` act by act; `time`, `place` and `heading` say how far it has got."""

    def __init__(self, *, time: float, place: Point, heading: float, height: float, speed: float) -> None:
        self.time = time
        self.place = place
        self.heading = heading
        self._height = height
        self._speed = speed
        self._samples: list[tuple[float, float, float, float]] = [(time, *place, heading)]
        self._first = (self._footprint(0, place, heading), self._footprint(1, place, heading))
        self._steps: tuple[list[Step], list[Step]] = ([], [])
        self._reaches: list[Reach] = []

    def stay(self, seconds: float) -> None:
        """Stand still."""
        self.time += max(0.0, seconds)
        self._sample(self.place, self.heading)

    def turn(self, heading: float) -> None:
        """Turn on the spot, foot by foot, the shorter way round."""
        self.shift(self.place, heading)

    def shift(self, place: Point, heading: float) -> None:
        """Step aside, turn, or both: one foot after the other goes straight to where it will stand."""
        change = (heading - self.heading + pi) % (2 * pi) - pi
        dx, dy = place[0] - self.place[0], place[1] - self.place[1]
        if abs(change) < 0.1 and hypot(dx, dy) < 0.05:
            return
        begin, before, origin = self.time, self.heading, self.place
        duration = 0.45 + 0.35 * abs(change) + 0.6 * hypot(dx, dy)
        to_the_left = dy * cos(before) - dx * sin(before) + 0.2 * change
        first = 0 if to_the_left > 0 else 1
        for half, side in enumerate((first, 1 - first)):
            target = self._footprint(side, place, before + change)
            times = begin + half * duration / 2, begin + (half + 1) * duration / 2
            self._steps[side].append(Step(*times, self._print(side), target))
        for u in np.linspace(0, 1, max(2, round(duration / _TICK)))[1:].tolist():
            self.time = begin + u * duration
            e = smooth(u)
            self._sample((origin[0] + e * dx, origin[1] + e * dy), before + e * change)
        self.place, self.heading = place, before + change

    def walk(self, *points: Point) -> None:
        """Walk through points, rounding the corners, and stop at the last one."""
        path = _rounded([self.place, *points])
        tangent = np.gradient(path, axis=0)
        self.turn(atan2(tangent[0, 1], tangent[0, 0]))
        run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
        headings = np.unwrap(np.concatenate([[self.heading], np.arctan2(tangent[:, 1], tangent[:, 0])]))[1:]
        total = float(run[-1])
        clock, travelled = _speed_up_and_down(total, self._speed)
        begin = self.time
        where = np.column_stack([np.interp(travelled, run, column) for column in (*path.T, headings)])
        self._walk_steps(begin + clock, travelled, run, path, headings)
        for seconds, (x, y, heading) in zip(clock[1:], where[1:], strict=True):
            self.time = begin + float(seconds)
            self._sample((float(x), float(y)), float(heading))
        self.place = points[-1]
        self.heading = float(headings[-1])

    def reach(self, delay: float, seconds: float, hand: int, target: tuple[float, float, float]) -> None:
        """Hold a hand out, `delay` seconds from now, without standing still for it."""
        begin = self.time + delay
        self._reaches.append(Reach(begin, begin + seconds, hand, target))

    def motion(self) -> Motion:
        """All of it."""
        samples = np.array(self._samples)
        times = np.arange(samples[0, 0], samples[-1, 0] + _TICK, _TICK)
        x, y, heading = (np.interp(times, samples[:, 0], samples[:, k]) for k in (1, 2, 3))
        heading = gaussian_filter1d(heading, 0.12 / _TICK, mode="nearest")
        steps = (tuple(self._steps[0]), tuple(self._steps[1]))
        return Motion(times, np.column_stack([x, y]), heading, steps, self._first, tuple(self._reaches))

    def _walk_steps(
        self, clock: Floats, travelled: Floats, run: Floats, path: Floats, headings: Floats
    ) -> None:
        """Lays the footprints of a walk: one step from the stand, whole strides, one step into the stand."""
        total = float(run[-1])
        wanted = 0.35 * self._height * (self._speed / 1.15) ** 0.5
        count = max(1, round(total / wanted))
        step = total / count
        for number in range(1, count + 2):
            side = number % 2
            # The foot lands ahead of the body by as much as it was behind it when it left the ground.
            begin, end = (np.clip((number - 1 + k) * step, 0, total) for k in (-_SWING, _SWING))
            at = min(number * step, total)
            x, y, heading = (float(np.interp(at, run, column)) for column in (*path.T, headings))
            target = self._footprint(side, (x, y), heading)
            times = np.interp([begin, end], travelled, clock)
            self._steps[side].append(Step(float(times[0]), float(times[1]), self._print(side), target))

    def _print(self, side: int) -> Footprint:
        return self._steps[side][-1].target if self._steps[side] else self._first[side]

    def _footprint(self, side: int, place: Point, heading: float) -> Footprint:
        aside = (1 if side == 0 else -1) * _FOOT_ASIDE * self._height
        return Footprint(place[0] - aside * sin(heading), place[1] + aside * cos(heading), heading)

    def _sample(self, place: Point, heading: float) -> None:
        self._samples.append((self.time, *place, heading))


def _rounded(points: list[Point]) -> Floats:
    """(n, 2) points 2 cm apart along a polyline whose corners are rounded and whose ends stay."""
    corners = np.array(points)
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    at = np.linspace(0, run[-1], max(8, round(run[-1] / 0.02)))
    path = np.column_stack([np.interp(at, run, corners[:, k]) for k in (0, 1)])
    reach = len(path) - 1
    ends = 2 * path[0] - path[reach:0:-1], 2 * path[-1] - path[-2::-1]
    longer = np.concatenate([ends[0], path, ends[1]])
    spacing = max(float(run[-1]) / reach, 1e-6)
    return np.asarray(
        gaussian_filter1d(longer, _CORNER / spacing, axis=0, mode="nearest")[reach : reach + len(path)]
    )


def _speed_up_and_down(distance: float, speed: float) -> tuple[Floats, Floats]:
    """Seconds and metres travelled of a walk that begins and ends at a stand."""
    top = min(speed, (distance * _ACCELERATION) ** 0.5)
    ramp = top / _ACCELERATION
    duration = distance / top + ramp
    clock = np.append(np.arange(0, duration, _TICK), duration)
    left = duration - clock
    travelled = np.where(
        clock < ramp,
        _ACCELERATION * clock**2 / 2,
        np.where(left < ramp, distance - _ACCELERATION * left**2 / 2, top * (clock - ramp / 2)),
    )
    return clock, travelled
