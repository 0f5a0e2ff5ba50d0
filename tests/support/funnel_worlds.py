"""A shop with an entrance, a shelf in an aisle and a till, and five hundred people who each have a plan.

Distances are in pixels of a picture of 640 x 360, where a body has 60. Two minutes is the longest time
between two steps.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from heatcli.store.store import Store
from tests.support.report_stores import put_people

START = datetime(2026, 3, 14, 10, tzinfo=UTC)
FPS, CLIP_S, CLIPS, SPEED = 4, 300, 12, 45.0
CONFIGURATION = """
[cameras.shop]
timezone = "Europe/Zagreb"
[cameras.shop.zones]
entrance = { polygon = [[0.0, 0.5], [0.15, 1.0]] }
aisle = { polygon = [[0.3, 0.4], [0.7, 0.85]] }
shelf = { polygon = [[0.4, 0.5], [0.6, 0.75]], passing = "aisle", min_stay_s = 5 }
till = { polygon = [[0.85, 0.2], [1.0, 0.6]], min_stay_s = 5 }
[cameras.shop.floor]
plan = "plan.png"
metres_per_pixel = 0.02898550724637681
points = [
    { image = [0.0, 0.0], plan = [0, 0] },
    { image = [1.0, 0.0], plan = [640, 0] },
    { image = [1.0, 1.0], plan = [640, 360] },
    { image = [0.0, 1.0], plan = [0, 360] },
]
[cameras.shop.funnels.buy]
steps = ["entrance", "shelf", "till"]
within_s = 120
"""
WITHIN_S = 120.0
DOOR, BACK = (4.0, 270.0), (300.0, 356.0)
ENTRANCE, SHELF, BEYOND, TILL, AWAY = (
    (60.0, 270.0),
    (320, 230.0),
    (500, 230.0),
    (590.0, 140.0),
    (330.0, 330.0),
)

# Where each plan leads and for how long people stay there, how many steps of the funnel it takes, and whether
# its people come by the shelf and stop there.
Stop = tuple[tuple[float, float], float]
PLANS: dict[str, tuple[list[Stop], int, bool, bool]] = {
    "buys": ([(DOOR, 0), (ENTRANCE, 2), (SHELF, 20), (TILL, 30), (DOOR, 0)], 3, True, True),
    "looks": ([(DOOR, 0), (ENTRANCE, 2), (SHELF, 25), (DOOR, 0)], 2, True, True),
    "walks past": ([(DOOR, 0), (ENTRANCE, 2), (BEYOND, 3), (TILL, 30), (DOOR, 0)], 1, True, False),
    "by the back": ([(BACK, 0), (AWAY, 3), (SHELF, 20), (TILL, 30), (BACK, 0)], 0, True, True),
    "first the till": (
        [(DOOR, 0), (ENTRANCE, 1), ((330, 100.0), 0), (TILL, 20), (SHELF, 15), (BACK, 0)], 2, True, True,
    ),
    "takes too long": (
        [(DOOR, 0), (ENTRANCE, 1), (SHELF, 15), ((600, 330.0), 150), (TILL, 20), (DOOR, 0)], 2, True, True,
    ),
    "turns back": ([(DOOR, 0), (ENTRANCE, 5), (DOOR, 0)], 1, False, False),
}  # fmt: skip
SHARES = (0.24, 0.2, 0.16, 0.1, 0.08, 0.08, 0.14)


@dataclass(frozen=True)
class Crowd:
    """What everybody did: plans, and where they were, a (n, 2) path from a frame on."""

    plans: list[str]
    first: list[int]
    paths: list[NDArray[np.float64]]

    def steps(self) -> list[int]:
        """Return how many people took each step of the funnel."""
        taken = [PLANS[plan][1] for plan in self.plans]
        return [sum(one >= step for one in taken) for step in (1, 2, 3)]

    def passers(self) -> tuple[int, int]:
        """Return how many people came by the shelf, and how many of them stopped."""
        came, stopped = zip(*(PLANS[plan][2:] for plan in self.plans), strict=True)
        return sum(came), sum(stopped)


def crowd(people: int = 500, seed: int = 0) -> Crowd:
    """Draw people who come within the hour and are gone before its end."""
    rng = np.random.default_rng(seed)
    plans = [str(plan) for plan in rng.choice(list(PLANS), people, p=SHARES)]
    first = np.sort(rng.integers(0, (CLIPS * CLIP_S - 330) * FPS, people)).tolist()
    paths = []
    for plan in plans:
        stops, *_ = PLANS[plan]
        path = [np.array(stops[0][0])]
        for place, stays in stops[1:]:
            # Nobody stands exactly where somebody else stood.
            end = np.array(place) + (rng.uniform(-12, 12, 2) if stays else 0)
            steps = max(1, round(float(np.linalg.norm(end - path[-1])) / SPEED * FPS))
            path += list(path[-1] + (end - path[-1]) * np.linspace(0, 1, steps + 1)[1:, None])
            path += [end] * round(stays * FPS * rng.uniform(1, 1.3))
        paths.append(np.array(path))
    return Crowd(plans, first, paths)


def store_crowd(store: Store, drawn: Crowd, *, detected: bool = False, seed: int = 1) -> None:
    """Store an hour in files of five minutes; `detected` as a detector and a tracker would find it.

    Then boxes waver, people are missed for up to two seconds at a time, and one in fifty is cut in two: what
    comes after is somebody new.
    """
    rng = np.random.default_rng(seed)
    frames = CLIP_S * FPS
    pieces = []
    for first, path in zip(drawn.first, drawn.paths, strict=True):
        found = path.copy()
        if detected:
            found += 1.5 * _wavering(rng, len(path))
            for gap in np.flatnonzero(rng.random(len(path)) < 0.01):
                found[gap : gap + int(rng.integers(1, 2 * FPS))] = np.nan
        if detected and rng.random() < 0.02:
            cut = int(rng.integers(1, len(path) - 1))
            pieces += [(first, found[:cut]), (first + cut, found[cut:])]
        else:
            pieces.append((first, found))
    step_us = 1_000_000 // FPS
    for clip in range(CLIPS):
        begin = clip * frames
        here = [(at - begin, path) for at, path in pieces if at < begin + frames and at + len(path) > begin]
        feet = np.full((len(here), frames, 2), np.nan)
        for row, (at, path) in zip(feet, here, strict=True):
            row[max(at, 0) : at + len(path)] = path[max(-at, 0) : frames - at]
        put_people(
            store,
            f"{clip:016x}",
            start=START + timedelta(seconds=clip * CLIP_S),
            times_us=[n * step_us for n in range(frames)],
            dt_us=[step_us] * frames,
            feet=feet[np.isfinite(feet[:, :, 0]).any(axis=1)],
        )


def _wavering(rng: np.random.Generator, frames: int) -> NDArray[np.float64]:
    """Errors that stay alike for 0.4 s (Ornstein-Uhlenbeck), of standard deviation 1."""
    keep = float(np.exp(-1 / FPS / 0.4))
    noise = rng.normal(size=(frames, 2))
    for frame in range(1, frames):
        noise[frame] = keep * noise[frame - 1] + np.sqrt(1 - keep**2) * noise[frame]
    return noise
