"""What the surfaces of the shop look like, painted flat: shelves full of goods, tiles, crates, signs.

Every function returns a (rows, columns, 3) float32 RGB picture, 0..255, at `PIXELS_PER_METRE`.
"""

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
Colour = tuple[float, float, float]

PIXELS_PER_METRE = 200

# Packaging: muted enough that a shelf reads as one thing and not as confetti.
_GOODS: tuple[Colour, ...] = (
    (176, 58, 50), (206, 142, 62), (214, 188, 96), (104, 138, 76), (62, 108, 92), (66, 110, 152),
    (52, 70, 118), (120, 82, 122), (198, 190, 176), (150, 110, 78), (224, 218, 206), (92, 92, 98),
)  # fmt: skip


def plain(width: float, height: float, colour: Colour) -> Picture:
    """One colour over `width` by `height` metres."""
    shape = (max(2, round(height * PIXELS_PER_METRE)), max(2, round(width * PIXELS_PER_METRE)), 3)
    return np.full(shape, colour, dtype=np.float32)


def shaded(picture: Picture, top: float, bottom: float) -> Picture:
    """Multiply the brightness of a picture by a ramp from `top` to `bottom`."""
    ramp = np.linspace(top, bottom, picture.shape[0], dtype=np.float32)
    return picture * ramp[:, None, None]


def planks(rng: np.random.Generator, width: float, height: float, colour: Colour) -> Picture:
    """Wooden boards, one above the other."""
    picture = plain(width, height, colour)
    board = round(0.15 * PIXELS_PER_METRE)
    for top in range(0, picture.shape[0], board):
        picture[top : top + board] *= rng.uniform(0.9, 1.06)
        picture[top : top + 2] *= 0.72
    grain = rng.normal(1.0, 0.03, (picture.shape[0], 1, 1)).astype(np.float32)
    return picture * grain


def shelf(rng: np.random.Generator, width: float, height: float, boards: int) -> Picture:
    """Paint the open side of a shelf: `boards` rows of goods, a price rail under each, a plinth."""
    picture = plain(width, height, (58, 54, 52))
    rows, columns = picture.shape[:2]
    plinth = round(0.12 * PIXELS_PER_METRE)
    rail = round(0.045 * PIXELS_PER_METRE)
    picture[rows - plinth :] = (74, 74, 78)
    edges = np.linspace(0.03 * PIXELS_PER_METRE, rows - plinth, boards + 1).astype(int)
    for top, bottom in pairwise(edges.tolist()):
        _fill_row(rng, picture[top : bottom - rail])
        picture[bottom - rail : bottom] = (206, 206, 202)
        for left in range(round(0.1 * PIXELS_PER_METRE), columns, round(0.22 * PIXELS_PER_METRE)):
            tag = (236, 216, 92) if rng.random() < 0.25 else (246, 246, 242)
            picture[bottom - rail + 2 : bottom - 1, left : left + 14] = tag
    return picture


def _fill_row(rng: np.random.Generator, row: Picture) -> None:
    """Stands runs of equal packages into one compartment, darker towards the board above."""
    height, columns = row.shape[:2]
    left = 3
    while left < columns - 10:
        colour = np.array(_GOODS[rng.integers(len(_GOODS))]) * rng.uniform(0.85, 1.1)
        label = np.array(_GOODS[rng.integers(len(_GOODS))])
        width = int(rng.uniform(0.07, 0.2) * PIXELS_PER_METRE)
        tall = int(height * rng.uniform(0.58, 0.92))
        band = sorted(rng.uniform(0.15, 0.85, 2) * tall)
        for _ in range(rng.integers(2, 6)):
            pack = row[height - tall :, left : min(left + width, columns)]
            pack[:] = colour
            pack[int(band[0]) : int(band[1])] = label
            pack *= np.linspace(1.08, 0.84, pack.shape[1], dtype=np.float32)[None, :, None]
            left += width + 2
        left += int(rng.uniform(0.0, 0.06) * PIXELS_PER_METRE)
    # Dim, as goods between boards are: people stand out against them.
    row *= np.linspace(0.42, 0.84, height, dtype=np.float32)[:, None, None]


def crates(rng: np.random.Generator, width: float, height: float, across: int, down: int) -> Picture:
    """Open crates of fruit, seen from above."""
    picture = plain(width, height, (122, 90, 60))
    rows, columns = picture.shape[:2]
    fruit = ((196, 52, 40), (226, 138, 40), (108, 152, 52), (226, 196, 70), (150, 40, 70), (168, 178, 76))
    for index in range(across * down):
        x0, x1 = (int(columns * (index % across + k) / across) for k in (0, 1))
        y0, y1 = (int(rows * (index // across + k) / down) for k in (0, 1))
        picture[y0 + 5 : y1 - 5, x0 + 5 : x1 - 5] = (60, 44, 34)
        for _ in range((x1 - x0) * (y1 - y0) // 70):
            centre = int(rng.integers(x0 + 11, x1 - 10)), int(rng.integers(y0 + 11, y1 - 10))
            colour = np.array(fruit[index % len(fruit)]) * rng.uniform(0.75, 1.12)
            cv2.circle(picture, centre, 8, colour.tolist(), -1, cv2.LINE_AA)
            cv2.circle(
                picture, (centre[0] - 2, centre[1] - 3), 2, (colour * 1.25 + 15).tolist(), -1, cv2.LINE_AA
            )
    return picture


def tiles(rng: np.random.Generator, width: float, height: float, colour: Colour) -> Picture:
    """Floor tiles of 0.6 m with their joints, no two quite alike, and the wear of a shop that is open."""
    picture = plain(width, height, colour)
    size = round(0.6 * PIXELS_PER_METRE)
    rows, columns = picture.shape[:2]
    for top in range(0, rows, size):
        for left in range(0, columns, size):
            picture[top : top + size, left : left + size] *= rng.uniform(0.965, 1.035)
    picture[::size] *= 0.8
    picture[1::size] *= 0.86
    picture[:, ::size] *= 0.8
    picture[:, 1::size] *= 0.86
    wear = rng.normal(0, 1, (rows // 40, columns // 40)).astype(np.float32)
    return picture * (1 + 0.022 * cv2.resize(wear, (columns, rows), interpolation=cv2.INTER_CUBIC))[..., None]


def sign(width: float, height: float, colour: Colour, words: tuple[str, ...]) -> Picture:
    """Paint a board with words spread evenly over it."""
    picture = plain(width, height, colour).astype(np.uint8)
    rows, columns = picture.shape[:2]
    scale = rows / 44
    for index, word in enumerate(words):
        (size, _), _ = cv2.getTextSize(word, cv2.FONT_HERSHEY_DUPLEX, scale, 3)
        place = int(columns * (index + 0.5) / len(words) - size / 2), int(rows * 0.72)
        cv2.putText(picture, word, place, cv2.FONT_HERSHEY_DUPLEX, scale, (244, 240, 228), 3, cv2.LINE_AA)
    return picture.astype(np.float32)


def street(rng: np.random.Generator, width: float, height: float) -> Picture:
    """Daylight through the open door: pale houses, over-exposed as a camera set for indoors sees them."""
    picture = shaded(plain(width, height, (236, 242, 250)), 1.0, 0.86)
    rows, columns = picture.shape[:2]
    left = 0
    while left < columns:
        house = int(rng.uniform(1.5, 3.0) * PIXELS_PER_METRE)
        picture[int(rows * rng.uniform(0.1, 0.4)) :, left : left + house] *= rng.uniform(0.78, 0.92)
        left += house
    return cv2.blur(picture, (31, 31)).astype(np.float32)
