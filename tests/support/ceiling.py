"""A hall under a fisheye camera that hangs from its ceiling, and people who walk through it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SIZE = (720, 720)
# Half a sphere is seen in the circle that fits into the picture.
FOCAL = 360 / (np.pi / 2)
CENTRE = (359.5, 359.5)
# The hall in metres, and where in it the camera hangs.
HALL = np.array([24.0, 24.0])
UNDER = HALL / 2
FPS = 10


def seen_at(places: Floats, height_m: Floats | float, camera_m: float) -> Floats:
    """(n, 2) pixels of (n, 2) places at a height above the floor, by OpenCV's fisheye model.

    The edges of the picture are at 0 and its width, as in boxes.
    """
    below = np.broadcast_to(camera_m - np.asarray(height_m), len(places))
    points = np.column_stack([places - UNDER, below])
    matrix = np.array([[FOCAL, 0, CENTRE[0]], [0, FOCAL, CENTRE[1]], [0, 0, 1]])
    pixels, _ = cv2.fisheye.projectPoints(points[:, None], np.zeros(3), np.zeros(3), matrix, np.zeros(4))
    return np.asarray(pixels[:, 0], np.float64) + 0.5


@dataclass(frozen=True, kw_only=True)
class Walkers:
    """People who walk straight across the hall at one speed, and their boxes.

    Attributes:
        places: (frames, people, 2) where they stand.
        boxes: (frames, people, 4) boxes around their bodies in the picture.
    """

    places: Floats
    boxes: Floats


def walkers(people: int, *, speed: float, camera_m: float = 3.0, seed: int = 1) -> Walkers:
    """Bodies are ellipsoids as wide as shoulders, from the floor to the hair, 1.55 to 1.85 m tall."""
    random = np.random.default_rng(seed)
    way, begin = random.uniform(0, 2 * np.pi, people), random.uniform(2, HALL - 2, (people, 2))
    seconds = np.arange(-60, 60) / FPS
    steps = speed * seconds[:, None, None] * np.column_stack([np.cos(way), np.sin(way)])
    places = begin + steps
    tall = random.uniform(1.55, 1.85, people)
    up, round_ = np.linspace(0, np.pi, 13), np.linspace(0, 2 * np.pi, 16, endpoint=False)
    height, across = (part.ravel() for part in np.meshgrid(0.5 - 0.5 * np.cos(up), round_, indexing="ij"))
    radius = 0.24 * np.repeat(np.sin(up), len(round_))
    outline = radius[:, None] * np.column_stack([np.cos(across), np.sin(across)])
    spots = (places[:, :, None] + outline).reshape(-1, 2)
    heights = np.broadcast_to(tall[:, None] * height, (*places.shape[:2], len(height))).ravel()
    pixels = seen_at(spots, heights, camera_m).reshape(*places.shape[:2], -1, 2)
    return Walkers(places=places, boxes=np.concatenate([pixels.min(axis=2), pixels.max(axis=2)], axis=2))


def mot_lines(walk: Walkers) -> list[str]:
    """Lines of a MOT file with those who are in the hall, frame for frame."""
    inside = ((walk.places >= 0) & (walk.places < HALL)).all(axis=2)
    size = walk.boxes[..., 2:] - walk.boxes[..., :2]
    return [
        "{},{},{:.2f},{:.2f},{:.2f},{:.2f},1".format(
            frame + 1, person + 1, *walk.boxes[frame, person, :2].tolist(), *size[frame, person].tolist()
        )
        for frame, person in np.argwhere(inside).tolist()
    ]
