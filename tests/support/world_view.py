"""What the camera of a drawn world sees: pictures, and exactly who is where in them and shows how much."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.support.world_floor import HEIGHT, WIDTH, Camera, Colour, Floats, Obstacle, Person, World

Image = NDArray[np.uint8]
_OBSTACLE = 255
_NOISES = 8


@dataclass(frozen=True, slots=True)
class Truth:
    """Who is where in one frame: a row for everybody who would be in the picture if nothing hid them.

    Attributes:
        frame: index from 0.
        pts_us: its time in µs.
        person: (n,) numbers.
        boxes: (n, 4) float64 x1 y1 x2 y2 in pixels of the whole figure, clipped to the picture.
        seen: (n, 4) float64 extent of what shows; NaN where nothing does.
        visibility: (n,) share of the figure that shows: the rest is hidden, or outside the picture.
    """

    frame: int
    pts_us: int
    person: NDArray[np.intp]
    boxes: Floats
    seen: Floats
    visibility: Floats


def film(world: World, *, seed: int = 0) -> Iterator[tuple[Image, Truth]]:
    """Film a world: (HEIGHT, WIDTH, 3) BGR, and what is in it."""
    rng = np.random.default_rng(seed)
    empty = _floor(rng)
    noises = [rng.integers(0, 9, empty.shape, dtype=np.uint8) for _ in range(_NOISES)]
    for frame in range(round(world.duration_s * world.fps)):
        image, truth = _draw(world, frame, empty)
        cv2.add(image, noises[rng.integers(_NOISES)], dst=image)
        yield image, truth


def _floor(rng: np.random.Generator) -> Image:
    """Draw a floor that is blotched and lighter in front."""
    coarse = rng.normal(0, 6, (HEIGHT // 8, WIDTH // 8)).astype(np.float32)
    blotches = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    grey = blotches + np.linspace(130, 175, HEIGHT, dtype=np.float32)[:, None]
    return (grey[..., None] * np.array([0.95, 1.0, 1.02], np.float32)).clip(0, 255).astype(np.uint8)


def _light(x: float, y: float) -> float:
    """How bright the lamps are there: nobody has the same colour everywhere."""
    return float(1 + 0.15 * np.sin(0.9 * x + 0.5) * np.cos(0.7 * y))


def _draw(world: World, frame: int, empty: Image) -> tuple[Image, Truth]:
    time_s = frame / world.fps
    image = empty.copy()
    owner = np.zeros((HEIGHT, WIDTH), np.uint8)
    present = [number for number, person in enumerate(world.people) if person.present(time_s)]
    places = {number: world.people[number].place(time_s) for number in present}
    by_depth: list[tuple[float, int | Obstacle]] = [(places[number][1], number) for number in present]
    by_depth += [(obstacle.y_m, obstacle) for obstacle in world.obstacles]
    outlines = {}
    for _, thing in sorted(by_depth, key=lambda pair: -pair[0]):
        if isinstance(thing, Obstacle):
            _fill(image, owner, _rectangle(world.camera, thing), thing.colour, _OBSTACLE)
        else:
            x, y = places[thing]
            outlines[thing] = _outline(world.camera, world.people[thing], time_s, x, y)
            for colour, corners in outlines[thing]:
                lit = tuple(min(int(channel * _light(x, y)), 255) for channel in colour)
                _fill(image, owner, corners, lit, thing + 1)
    rows = [(number, *_measure(owner, outlines[number], number + 1)) for number in present]
    rows = [row for row in rows if row[1][0] < row[1][2] and row[1][1] < row[1][3]]
    return image, Truth(
        frame,
        round(time_s * 1e6),
        np.array([row[0] for row in rows], np.intp),
        np.array([row[1] for row in rows], np.float64).reshape(-1, 4),
        np.array([row[2] for row in rows], np.float64).reshape(-1, 4),
        np.array([row[3] for row in rows], np.float64),
    )


def _outline(
    camera: Camera, person: Person, time_s: float, x: float, y: float
) -> list[tuple[Colour, Floats]]:
    return [(colour, camera.project(x + across, y, up)) for colour, across, up in person.figure(time_s)]


def _rectangle(camera: Camera, obstacle: Obstacle) -> Floats:
    x = np.array([obstacle.left_m, obstacle.right_m, obstacle.right_m, obstacle.left_m])
    return camera.project(x, obstacle.y_m, np.array([0, 0, obstacle.height_m, obstacle.height_m]))


def _fill(image: Image, owner: Image, corners: Floats, colour: tuple[int, ...], number: int) -> None:
    points = np.rint(corners).astype(np.int32)
    cv2.fillConvexPoly(image, points, colour)
    cv2.fillConvexPoly(owner, points, number)


def _measure(owner: Image, outline: list[tuple[Colour, Floats]], number: int) -> tuple[Floats, Floats, float]:
    """Box of the whole figure within the picture, of what shows of it, and the share that shows."""
    shapes = [np.rint(corners).astype(np.int32) for _, corners in outline]
    low = np.concatenate(shapes).min(axis=0)
    high = np.concatenate(shapes).max(axis=0) + 1
    alone = np.zeros((high - low)[::-1], np.uint8)
    for shape in shapes:
        cv2.fillConvexPoly(alone, shape - low, 1)
    limits = [WIDTH, HEIGHT]
    (x1, y1), (x2, y2) = np.clip(low, 0, limits), np.clip(high, 0, limits)
    box = np.array([x1, y1, x2, y2], np.float64)
    mask = owner[y1:y2, x1:x2] == number
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return box, np.full(4, np.nan), 0.0
    seen = np.array([x1 + columns[0], y1 + rows[0], x1 + columns[-1] + 1, y1 + rows[-1] + 1], np.float64)
    return box, seen, int(mask.sum()) / int(alone.sum())
