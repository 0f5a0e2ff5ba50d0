"""Three queues over half an hour, person by person: who joined when, who was served when, and who gave up.

Distances are in metres: x across, y towards the camera. Tills are at y of 2; people come from the sides,
stand 0.9 m apart, and leave at the far end. Queue `b` is longer than its zone and bends to the right beyond
it; somebody gives up in `a`; till `c` closes after a quarter of an hour, and its line goes over to `a`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FPS, LASTS_S, CLOSES_S, PATIENCE_S = 5, 1800.0, 900.0, 100.0
SPEED, APART = 1.3, 0.9
Point = tuple[float, float]
TILLS = {"a": 6.0, "b": 7.6, "c": 14.0}
# Far end and near end of the zones in which people stand in line: that of `b` holds three of them.
NEAR = {"a": 8.5, "b": 5.3, "c": 8.5}
BODY_PX = 60.0


def in_picture(x: float, y: float) -> Point:
    """Return where a place on the floor is in a picture of 640 x 360, in pixels; a body of 1.74 m has 60."""
    return 34.5 * x, 40 + 26 * y


def in_fractions(left: float, top: float, right: float, bottom: float) -> str:
    """Write a rectangle on the floor as the corners of a zone."""
    corners = [in_picture(left, top), in_picture(right, bottom)]
    return str([[round(x / 640, 4), round(y / 360, 4)] for x, y in corners])


def configuration() -> str:
    """Return `heatcli.toml` of the camera `shop`: staff stand behind the tills.

    The till of `c` is a point. A minute in `b` is long.
    """
    lines = ['[cameras.shop]\ntimezone = "Europe/Zagreb"\nstaff_zones = ["behind"]\n[cameras.shop.zones]']
    for name, x in TILLS.items():
        zone, till = (x - 0.6, 2.4, x + 0.6, NEAR[name]), (x - 0.5, 1.6, x + 0.5, 2.4)
        px, py = in_picture(x, 2)
        service = f"[{px / 640:.4f}, {py / 360:.4f}]" if name == "c" else f'"till_{name}"'
        target = ", target_s = 60" if name == "b" else ""
        lines += [
            f'{name} = {{ polygon = {in_fractions(*zone)}, kind = "queue", service = {service}{target} }}',
            f"till_{name} = {{ polygon = {in_fractions(*till)} }}",
        ]
    lines.append(f"[cameras.shop.regions]\nbehind = {in_fractions(5, 0.4, 16, 1.4)}\n")
    return "\n".join(lines)


def slot(queue: str, place: int) -> Point:
    """Return where the person stands who is so many places from the till; 0 is at the till."""
    x, y = TILLS[queue], 2 + APART * place
    beyond = place - 3
    return (x + APART * beyond, 2 + APART * 3) if queue == "b" and beyond > 0 else (x, y)


@dataclass
class Visitor:
    """Somebody in the drawn shop, and what is true of each of their waits."""

    at: Point
    way: list[Point]
    queue: str | None = None
    state: str = "comes"
    waits: list["TrueWait"] = field(default_factory=list)
    patience_s: float = float("inf")
    service_s: float = 0.0
    path: dict[int, Point] = field(default_factory=dict)


@dataclass
class TrueWait:
    """A wait as it was; None for what did not happen."""

    queue: str
    joined_s: float
    served_s: float | None = None
    left_s: float | None = None
    gave_up_s: float | None = None


def _step(one: Visitor) -> bool:
    """Walk for a frame; return whether the end of the way is reached."""
    left = SPEED / FPS
    while one.way:
        (x, y), (u, v) = one.at, one.way[0]
        far = float(np.hypot(u - x, v - y))
        if far > left:
            one.at = x + (u - x) * left / far, y + (v - y) * left / far
            return False
        left -= far
        one.at = one.way.pop(0)
    return True


def _in_zone(queue: str, at: Point) -> bool:
    return abs(at[0] - TILLS[queue]) < 0.6 and 2.4 < at[1] < NEAR[queue]


class Shop:
    """The half hour, frame by frame."""

    def __init__(self, seed: int = 0) -> None:
        self._rng = np.random.default_rng(seed)
        self._lines: dict[str, list[Visitor]] = {queue: [] for queue in TILLS}
        self._served: dict[str, Visitor | None] = dict.fromkeys(TILLS)
        self.everybody: list[Visitor] = []
        comes = {q: np.cumsum(self._rng.exponential(gap, 60)) for q, gap in (("a", 46), ("b", 37), ("c", 44))}
        arrivals = sorted((float(t), q) for q, times in comes.items() for t in times if t < LASTS_S - 200)
        arrivals = [(t, q) for t, q in arrivals if q != "c" or t < CLOSES_S - 15]
        passers = [60.0 * n + 7 for n in range(28)]
        for frame in range(int(LASTS_S * FPS)):
            now = frame / FPS
            while arrivals and arrivals[0][0] <= now:
                self._arrive(arrivals.pop(0)[1])
            while passers and passers[0] <= now:
                # Across all three lanes, or along one of them, without a stop.
                along = len(passers) % 3 == 0
                way = [(14.0, 9.5), (14.0, 1.8), (16.0, 1.0), (16.0, -0.5)] if along else [(18.4, 7.6)]
                self.everybody.append(Visitor((18.4, 9.5) if along else (0.1, 7.6), way))
                passers.pop(0)
            self._move(now)
            for one in self.everybody:
                if one.state != "gone":
                    one.path[frame] = one.at
        for x in TILLS.values():
            clerk = Visitor((x, 0.9), [])
            clerk.path = dict.fromkeys(range(int(LASTS_S * FPS)), (x, 0.9))
            self.everybody.append(clerk)

    def _arrive(self, queue: str) -> None:
        start, door = ((0.1, 10.5), (TILLS["a"], 10.5)) if queue == "a" else ((18.4, 9.5), (14.0, 9.5))
        one = Visitor(start, [door] if queue != "b" else [], queue)
        one.service_s = float(np.clip(self._rng.lognormal(3.6, 0.4), 8, 120))
        one.patience_s = PATIENCE_S if queue == "a" and len(self.everybody) % 9 == 4 else float("inf")
        self.everybody.append(one)

    def _tail(self, queue: str) -> Point:
        return slot(queue, len(self._lines[queue]) + 1)

    def _move(self, now: float) -> None:
        for one in self.everybody:
            queue = one.queue
            if one.state == "comes" and queue is not None:
                reached = _step(one) if one.way else self._go(one, self._tail(queue))
                if reached and one.way == [] and one.at != self._tail(queue):
                    reached = False
                if reached or _in_zone(queue, one.at):
                    one.state = "waits"
                    one.waits.append(TrueWait(queue, now))
                    self._lines[queue].append(one)
            elif one.state in ("comes", "leaves") and _step(one):
                one.state = "gone"
            elif one.state == "served" and queue is not None:
                wait = one.waits[-1]
                if wait.served_s is None and self._go(one, slot(queue, 0)):
                    wait.served_s = now
                elif wait.served_s is not None and now >= wait.served_s + one.service_s:
                    wait.left_s = now
                    self._served[queue] = None
                    self._leave(one, [(one.at[0] + 0.8, 1.0), (one.at[0] + 0.8, -0.5)])
        for queue, line in self._lines.items():
            is_closed = queue == "c" and now >= CLOSES_S
            for one in list(line):
                if is_closed:
                    self._give_up(one, now)
                    one.state, one.queue, one.way = "comes", "a", [(15.5, one.at[1]), (15.5, 10), (6.0, 10.5)]
                elif now - one.waits[-1].joined_s > one.patience_s:
                    self._give_up(one, now)
                    self._leave(one, [(3.0, one.at[1]), (3.0, 10.5), (0.1, 10.5)])
            for place, one in enumerate(line, start=1):
                self._go(one, slot(queue, place))
            if line and self._served[queue] is None and not is_closed and line[0].at == slot(queue, 1):
                self._served[queue] = line.pop(0)
                self._served[queue].state = "served"  # type: ignore[union-attr]  # it was just set

    def _give_up(self, one: Visitor, now: float) -> None:
        one.waits[-1].gave_up_s = now
        self._lines[one.waits[-1].queue].remove(one)

    @staticmethod
    def _leave(one: Visitor, way: list[Point]) -> None:
        one.state, one.way = "leaves", way

    @staticmethod
    def _go(one: Visitor, to: Point) -> bool:
        one.way = [to]
        reached = _step(one)
        one.way = []
        return reached

    def feet(self, noise: Callable[[int], NDArray[np.float64]] | None = None) -> NDArray[np.float64]:
        """Return (people, frames, 2) feet in pixels, NaN where somebody is away; noise is added to it."""
        feet = np.full((len(self.everybody), int(LASTS_S * FPS), 2), np.nan)
        for number, one in enumerate(self.everybody):
            frames = list(one.path)
            feet[number, frames] = [in_picture(*at) for at in one.path.values()]
            if noise is not None:
                feet[number, frames] += noise(len(frames))
        return feet


def wavering(seed: int, *, heights: float = 0.03) -> Callable[[int], NDArray[np.float64]]:
    """Make errors of a detector's boxes that stay alike for 0.4 s (Ornstein-Uhlenbeck)."""
    rng = np.random.default_rng(seed)
    keep = float(np.exp(-1 / FPS / 0.4))

    def errors(frames: int) -> NDArray[np.float64]:
        noise = np.empty((frames, 2))
        error = rng.normal(size=2)
        for frame in range(frames):
            noise[frame] = error
            error = keep * error + np.sqrt(1 - keep**2) * rng.normal(size=2)
        return heights * BODY_PX * noise

    return errors
