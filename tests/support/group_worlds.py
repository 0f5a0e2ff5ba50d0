"""A hall in which sixty groups of one to five people walk, stand, queue and part for a moment.

Distances are in metres on a floor of 20 x 12 m, seen in perspective by a camera 5 m high. Groups cross it,
some fast enough to overtake others, look at shelves, stand in a ring, or queue at a till behind strangers.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.optics.projection import FloorProjection
from heatcli.select.rows import Rows
from heatcli.store.store import Store
from tests.support.report_stores import put_people

FPS = 5
START = datetime(2026, 3, 14, 10, tzinfo=UTC)
# Of a metre in the picture of the hall from above.
PIXELS = 30.0
CONFIGURATION = """
[cameras.shop]
timezone = "Europe/Zagreb"
[cameras.shop.zones]
hall = { polygon = [[0.0, 0.0], [1.0, 1.0]] }
left = { polygon = [[0.0, 0.0], [0.3, 1.0]] }
nobody = { circle = [0.99, 0.01, 0.001] }
gate = { line = [[0.5, 0.0], [0.5, 1.0]] }
"""
PLAN = """
[cameras.shop.floor]
plan = "plan.png"
metres_per_pixel = 0.03333333333333333
points = [
    { image = [0.0, 0.0], plan = [0, 0] },
    { image = [1.0, 0.0], plan = [640, 0] },
    { image = [1.0, 1.0], plan = [640, 360] },
    { image = [0.0, 1.0], plan = [0, 360] },
]
"""

WIDTH, HEIGHT = 1280, 720
DOORS = [(0.0, 3.0), (0.0, 9.0), (20.0, 3.0), (20.0, 9.0), (10.0, 12.0)]
SHELVES = [(6.0, 2.0), (13.0, 2.0), (7.0, 9.5), (14.0, 9.0), (10.0, 6.0)]
TILL, IN_LINE = np.array([16.0, 5.5]), np.array([-1.2, 0.0])
# Where people of a group of each size walk: across and ahead.
ABREAST = {
    1: [(0.0, 0.0)],
    2: [(-0.38, 0.0), (0.38, 0.0)],
    3: [(-0.7, 0.1), (0.0, -0.25), (0.7, 0.1)],
    4: [(-0.4, 0.45), (0.4, 0.45), (-0.4, -0.5), (0.4, -0.5)],
    5: [(-0.7, 0.45), (0.0, 0.35), (0.7, 0.45), (-0.4, -0.55), (0.4, -0.55)],
}  # fmt: skip
# A body of 1.7 m at a place on the floor: the camera looks along y, downwards, from (10, -6, 5).
_TILT, _FOCAL = np.deg2rad(25), 480.0


@dataclass(frozen=True)
class Hall:
    """Who was where: a (n, 2) path in metres from a frame on, for each person, and the group of each."""

    group: NDArray[np.int64]
    first: list[int]
    paths: list[NDArray[np.float64]]


def hall(groups: int = 60, seed: int = 0, lasts_s: int = 900) -> Hall:
    """Draw groups who come within so many seconds."""
    rng = np.random.default_rng(seed)
    sizes = rng.permutation(np.resize([1, 2, 1, 3, 2, 4, 1, 5, 2, 3], groups))
    begins = np.sort(rng.integers(0, lasts_s * FPS, groups))
    free_at = np.zeros(8)
    of, first, paths = [], [], []
    for number, (size, begin) in enumerate(zip(sizes.tolist(), begins.tolist(), strict=True)):
        plan = str(rng.choice(["cross", "look", "stand", "part", "queue"]))
        for one in _members(plan, size, begin, free_at, rng):
            of.append(number)
            first.append(begin)
            paths.append(one)
    return Hall(np.array(of), first, paths)


def _members(
    plan: str, size: int, begin: int, free_at: NDArray[np.float64], rng: np.random.Generator
) -> list[NDArray[np.float64]]:
    """Return the path of each person of a group."""
    enters, leaves = (np.array(DOORS[at]) for at in rng.choice(len(DOORS), 2, replace=False))
    enters, leaves = (door + rng.uniform(-1.2, 1.2, 2) * (door % 20 != 0) for door in (enters, leaves))
    speed = rng.uniform(0.9, 1.6)
    rings = {}
    if plan == "queue":
        path = _in_line(enters, leaves, begin, free_at, speed, rng)
    else:
        path = [enters]
        for shelf in [] if plan == "cross" else rng.permutation(SHELVES)[: 1 if plan == "stand" else 2]:
            _walk(path, shelf + rng.uniform(-0.8, 0.8, 2), speed)
            stays = int(FPS * rng.uniform(8, 30) * (3 if plan == "stand" else 1))
            rings[len(path)] = stays
            path += [path[-1]] * stays
        _walk(path, leaves, speed)
    middle = np.array(path)
    # Heading of the last second, which turns slowly.
    ahead = np.gradient(middle, axis=0) + np.array([1e-6, 0.0])
    ahead = np.column_stack([_smooth(ahead[:, 0], FPS), _smooth(ahead[:, 1], FPS)])
    ahead /= np.linalg.norm(ahead, axis=1)[:, None]
    across = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    ring = np.zeros(len(middle))
    for at, stays in rings.items():
        ring[at : at + stays] = 1.0
    ring = _smooth(ring, 2 * FPS)[:, None]
    turn = rng.uniform(0, 2 * np.pi)
    found = []
    for place, (side, front) in enumerate(ABREAST[size]):
        walking = side * across + front * ahead
        angle = turn + 2 * np.pi * place / size
        radius = 0.0 if size == 1 else 0.35 + 0.12 * size
        standing = radius * np.array([np.cos(angle), np.sin(angle)])
        found.append(middle + (1 - ring) * walking + ring * standing + _wander(rng, len(middle), 0.08, 3.0))
    if plan == "part" and size > 1 and len(rings):
        # One of them goes to look at something else for a moment.
        at, stays = next(iter(rings.items()))
        away = np.zeros(len(middle))
        away[at : at + stays] = 1.0
        found[-1] = found[-1] + _smooth(away, 4 * FPS)[:, None] * (rng.choice([-1, 1], 2) * [2.5, 1.5])
    return found


def _in_line(
    enters: NDArray[np.float64],
    leaves: NDArray[np.float64],
    begin: int,
    free_at: NDArray[np.float64],
    speed: float,
    rng: np.random.Generator,
) -> list[NDArray[np.float64]]:
    """Return the way to the end of the queue, step by step to the till, and out."""
    path = [enters]
    arrives = begin + np.linalg.norm(enters - TILL) / speed * FPS
    place = int(np.count_nonzero(free_at > arrives))
    _walk(path, TILL + place * IN_LINE, speed)
    for leave in np.sort(free_at[free_at > arrives]):
        path += [path[-1]] * max(0, int(leave) - begin - len(path) + int(FPS * 0.8 * place))
        place -= 1
        _walk(path, TILL + place * IN_LINE, 0.9)
    path += [path[-1]] * int(FPS * rng.uniform(10, 30))
    free_at[int(np.argmin(free_at))] = begin + len(path)
    _walk(path, leaves, speed)
    return path


def _walk(path: list[NDArray[np.float64]], end: NDArray[np.float64], speed: float) -> None:
    steps = max(1, round(float(np.linalg.norm(end - path[-1])) / speed * FPS))
    begin = path[-1]
    path += list(begin + (end - begin) * np.linspace(0, 1, steps + 1)[1:, None])


def _smooth(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    return np.convolve(np.pad(values, width, mode="edge"), np.full(width, 1 / width), "same")[width:-width]


def _wander(rng: np.random.Generator, frames: int, size: float, time_s: float) -> NDArray[np.float64]:
    """Errors that stay alike for some time (Ornstein-Uhlenbeck)."""
    keep = float(np.exp(-1 / FPS / time_s))
    noise = rng.normal(size=(frames, 2))
    for frame in range(1, frames):
        noise[frame] = keep * noise[frame - 1] + np.sqrt(1 - keep**2) * noise[frame]
    return size * noise


def _seen(place: NDArray[np.float64], height: float) -> NDArray[np.float64]:
    """(n, 2) pixels of points at a height above places on the floor."""
    x, y, z = place[:, 0] - 10, place[:, 1] + 6, height - 5.0
    depth = y * np.cos(_TILT) - z * np.sin(_TILT)
    down = -y * np.sin(_TILT) - z * np.cos(_TILT)
    return np.column_stack([WIDTH / 2 + _FOCAL * x / depth, HEIGHT / 2 + _FOCAL * down / depth])


def floor() -> FloorProjection:
    """Return the map from the picture to the floor."""
    corners = np.array([(0.0, 0.0), (20.0, 0.0), (20.0, 12.0), (0.0, 12.0)])
    return FloorProjection.fit(_seen(corners, 0.0) / [WIDTH, HEIGHT], corners)


def rows_of(drawn: Hall, *, detected: bool = False, seed: int = 1) -> tuple[Rows, NDArray[np.int64]]:
    """Return the rows, and the (persons,) group of each person in them.

    As a detector and a tracker would find them if `detected`: boxes waver by a fiftieth of the body, people
    are missed for up to two seconds, and one in fifty is cut in two: what comes after is somebody new.
    """
    rng = np.random.default_rng(seed)
    person, frame, boxes = [], [], []
    of: list[int] = []
    for group, first, path in zip(drawn.group.tolist(), drawn.first, drawn.paths, strict=True):
        feet, head = _seen(path, 0.0), _seen(path, 1.7)
        tall = feet[:, 1] - head[:, 1]
        kept = np.ones(len(path), np.bool_)
        if detected:
            feet = feet + 0.02 * tall[:, None] * _wander(rng, len(path), 1.0, 0.4)
            tall = tall * (1 + 0.02 * _wander(rng, len(path), 1.0, 0.4)[:, 0])
            for gap in np.flatnonzero(rng.random(len(path)) < 0.005):
                kept[gap : gap + int(rng.integers(1, 2 * FPS))] = False
        number = np.full(len(path), len(of))
        of.append(group)
        if detected and rng.random() < 0.02:
            number[int(rng.integers(1, len(path))) :] = len(of)
            of.append(group)
        at = np.flatnonzero(kept)
        person.append(number[at])
        frame.append(first + at)
        wide = 0.2 * tall
        boxes.append(
            np.column_stack([feet[:, 0] - wide, feet[:, 1] - tall, feet[:, 0] + wide, feet[:, 1]])[at]
        )
    who, when, where = np.concatenate(person), np.concatenate(frame), np.concatenate(boxes)
    order = np.lexsort((who, when))
    who, when, where = who[order], when[order], where[order]
    step_us = 1_000_000 // FPS
    rows = Rows(
        person=who.astype(np.int64),
        tracklet=who.astype(np.int64) << 32,
        clip=np.zeros(len(who), np.int32),
        frame=when.astype(np.int32),
        time_us=when.astype(np.int64) * step_us,
        weight_us=np.full(len(who), step_us, np.int64),
        boxes=where.astype(np.float32),
        size=np.tile(np.array([[WIDTH, HEIGHT]], np.int32), (len(who), 1)),
        filled=np.zeros(len(who), np.bool_),
    )
    return rows, np.array(of)


def write_groups(folder: Path, drawn: Hall) -> None:
    """Write the hall as a camera right above sees it: its configuration, and a store with one file."""
    (folder / "heatcli.toml").write_text(CONFIGURATION + PLAN)
    frames = max(first + len(path) for first, path in zip(drawn.first, drawn.paths, strict=True))
    feet = np.full((len(drawn.paths), frames, 2), np.nan)
    for row, first, path in zip(feet, drawn.first, drawn.paths, strict=True):
        row[first : first + len(path)] = np.clip(PIXELS * path, 1, [639, 359])
    step_us = 1_000_000 // FPS
    put_people(
        Store.create_or_open(folder / "heat-store"),
        "0" * 16,
        start=START,
        times_us=[n * step_us for n in range(frames)],
        dt_us=[step_us] * frames,
        feet=feet,
    )
