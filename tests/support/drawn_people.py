"""People drawn in clothes that are known, and descriptors drawn at random."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.appearance.colours import Colours

Colour = tuple[int, int, int]
SKIN: Colour = (140, 160, 200)
# Coats and trousers, BGR.
RED_BLUE = ((50, 40, 190), (120, 70, 50))
BLACK_BLUE = ((35, 35, 35), (120, 70, 50))
BLACK_BLACK = ((35, 35, 35), (30, 30, 32))
WHITE_GREY = ((225, 225, 225), (128, 128, 128))
GREEN_BROWN = ((60, 130, 60), (50, 70, 100))
CLOTHES = (RED_BLUE, BLACK_BLUE, BLACK_BLACK, WHITE_GREY, GREEN_BROWN)


def draw(
    clothes: tuple[Colour, Colour],
    *,
    floor: int = 150,
    light: float = 1.0,
    box: Sequence[float] = (60, 20, 100, 120),
    seed: int = 0,
) -> NDArray[np.uint8]:
    """Draw somebody into a box: head, coat and trousers, under some light, with the camera's noise."""
    rng = np.random.default_rng(seed)
    picture = np.full((144, 176, 3), floor, np.float64)
    x1, y1, x2, y2 = box
    wide, high = x2 - x1, y2 - y1
    for colour, half, top, bottom in (
        (SKIN, 0.15, 0, 1 / 6),
        (clothes[0], 0.3, 1 / 6, 0.5),
        (clothes[1], 0.25, 0.5, 1),
    ):
        rows = slice(round(y1 + top * high), round(y1 + bottom * high))
        columns = slice(round(x1 + (0.5 - half) * wide), round(x1 + (0.5 + half) * wide))
        picture[rows, columns] = colour
    noisy = picture * light + rng.normal(0, 4, picture.shape)
    return noisy.clip(0, 255).astype(np.uint8)


def described(
    clothes: tuple[Colour, Colour], *, floor: int = 150, light: float = 1.0, seed: int = 0
) -> Descriptors:
    """Return the descriptor (60,) of somebody drawn."""
    image = draw(clothes, floor=floor, light=light, seed=seed)
    descriptor: Descriptors = Colours().describe(image, np.array([[60.0, 20, 100, 120]]))[0]
    return descriptor


def crowd(
    people: int, *, apart: float, change: float, pieces: int = 4, lasted_s: float = 8.0, seed: int = 0
) -> tuple[Descriptors, NDArray[np.intp], NDArray[np.intp]]:
    """Draw descriptors of pieces of people, whose pictures change as an Ornstein-Uhlenbeck process does.

    Args:
        people: how many; all are in view all the time.
        apart: deviation of people from each other, each dimension.
        change: deviation of a person from itself in the long run, likewise.
        pieces: tracklets of each, far apart in time.
        lasted_s: length of each.
        seed: of the random numbers.

    Returns:
        (people * pieces, 2, 16) halves, whose each is, and (p, 2) pairs that are in view together.
    """
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), pieces)
    mean = np.abs(rng.normal(1, apart, (people, 16)))[person]
    begin = rng.normal(0, change, (len(person), 16))
    keep = np.exp(-lasted_s / 2 / 4)
    end = keep * begin + np.sqrt(1 - keep**2) * rng.normal(0, change, begin.shape)
    halves = np.stack([mean + begin, mean + end], axis=1)
    halves /= np.linalg.norm(halves, axis=2, keepdims=True)
    piece = np.tile(np.arange(pieces), people)
    one, other = np.triu_indices(len(person), 1)
    together = (piece[one] == piece[other]) & (person[one] != person[other])
    return halves.astype(np.float32), person, np.column_stack([one, other])[together]
