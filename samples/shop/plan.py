"""The floor plan of the shop: seen from above, the wall with the camera at the bottom."""

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.shop import scene

METRES_PER_PIXEL = 0.016

# What is drawn around the room, in metres, and how thick its walls are.
_MARGIN, _WALL = 0.4, 0.15
# RGB.
_PAPER, _FLOOR, _INK, _FURNITURE = (255, 255, 255), (250, 249, 246), (60, 64, 68), (214, 212, 206)

_NAMES = ("shelf", "", "", "gondola", "island", "fruit", "till", "")

# Places on the floor that are in the picture and on the plan, by what stands there.
PLACES: dict[str, tuple[float, float]] = {
    "fruit": (scene.FRUIT[1], scene.FRUIT[2]),
    "counter": (scene.COUNTER[0], scene.COUNTER[2]),
    "cupboard": (scene.CUPBOARD[0], scene.CUPBOARD[2]),
    "door": (scene.LEFT, scene.DOOR[0]),
    "gondola": (scene.GONDOLA[1], scene.GONDOLA[2]),
    "island": (scene.ISLAND[1], scene.ISLAND[2]),
    "left end of the shelf": (scene.BACK_SHELF[0], scene.BACK_SHELF[2]),
    "right end of the shelf": (scene.BACK_SHELF[1], scene.BACK_SHELF[2]),
}


def on_plan(place: tuple[float, float]) -> tuple[float, float]:
    """Return where a place of the shop, in metres, is on the plan, in pixels."""
    x, y = place
    return (
        (x - scene.LEFT + _MARGIN) / METRES_PER_PIXEL,
        (scene.BACK - y + _MARGIN) / METRES_PER_PIXEL,
    )


def draw() -> NDArray[np.uint8]:
    """Draw the plan: (rows, columns, 3) uint8 RGB."""
    columns, rows = (
        round((side + 2 * _MARGIN) / METRES_PER_PIXEL) for side in (scene.RIGHT - scene.LEFT, scene.BACK)
    )
    picture = np.full((rows, columns, 3), _PAPER, np.uint8)
    _box(picture, (scene.LEFT - _WALL, scene.RIGHT + _WALL, -_WALL, scene.BACK + _WALL), _INK)
    _box(picture, (scene.LEFT, scene.RIGHT, 0.0, scene.BACK), _FLOOR)
    _box(picture, (scene.LEFT - _WALL, scene.LEFT, *scene.DOOR), _FLOOR)
    for (x0, x1, y0, y1, _), name in zip(scene.FURNITURE, _NAMES, strict=True):
        _box(picture, (x0, x1, y0, y1), _FURNITURE)
        first, last = ([round(value) for value in on_plan(corner)] for corner in ((x0, y1), (x1, y0)))
        cv2.rectangle(picture, first, [last[0] - 1, last[1] - 1], _INK)
        (width, height), _ = cv2.getTextSize(name, cv2.FONT_HERSHEY_SIMPLEX, 0.4, 1)
        x, y = on_plan(((x0 + x1) / 2, (y0 + y1) / 2))
        corner = round(x - width / 2), round(y + height / 2)
        cv2.putText(picture, name, corner, cv2.FONT_HERSHEY_SIMPLEX, 0.4, _INK, 1, cv2.LINE_AA)
    x, y = (round(value) for value in on_plan(scene.CAMERA.position[:2]))
    cv2.fillPoly(picture, [np.array([(x, y), (x - 14, y - 22), (x + 14, y - 22)])], _INK, cv2.LINE_AA)
    return picture


def _box(
    picture: NDArray[np.uint8], area: tuple[float, float, float, float], colour: tuple[int, int, int]
) -> None:
    """Fill x from, x to, y from, y to, in metres."""
    x0, x1, y0, y1 = area
    (left, bottom), (right, top) = on_plan((x0, y0)), on_plan((x1, y1))
    picture[round(top) : round(bottom), round(left) : round(right)] = colour
