"""Clips drawn of people on a floor, where the truth is exact, and what the motion detector finds in them."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from heatcli.config.settings import MotionSettings
from heatcli.detect.base import Detections
from heatcli.detect.motion import MotionDetector
from heatcli.geometry import iou_matrix
from heatcli.video.frame import Frame

WIDTH, HEIGHT = 320, 240
HORIZON, SLOPE = -40.0, 0.3
Image = NDArray[np.uint8]
Figure = tuple[float, float, float]
"""Foot point x and y in pixels, and grey level."""


def height_at(y: float) -> float:
    return SLOPE * (y - HORIZON)


def box_of(figure: Figure) -> NDArray[np.float64]:
    x, y, _ = figure
    tall = height_at(y)
    return np.array([x - 0.17 * tall, y - tall, x + 0.17 * tall, y])


def floor() -> Image:
    """A floor with a soft pattern, brighter towards the camera."""
    pattern = np.random.default_rng(1).normal(0, 12, (HEIGHT, WIDTH, 3))
    plain = np.linspace(110, 150, HEIGHT)[:, None, None]
    return np.clip(cv2.GaussianBlur(pattern, (0, 0), 3) * 3 + plain, 0, 255).astype(np.uint8)


def draw_figure(image: Image, figure: Figure) -> None:
    x, y, grey = figure
    tall = height_at(y)
    colour = (grey, grey, grey)

    def at(dx: float, dy: float) -> tuple[int, int]:
        return round(x + dx * tall), round(y + dy * tall)

    cv2.ellipse(image, at(0, -0.92), (round(0.06 * tall), round(0.08 * tall)), 0, 0, 360, colour, -1)
    cv2.rectangle(image, at(-0.15, -0.84), at(0.15, -0.45), colour, -1)
    cv2.rectangle(image, at(-0.11, -0.45), at(-0.02, 0), colour, -1)
    cv2.rectangle(image, at(0.02, -0.45), at(0.11, 0), colour, -1)


def clip(
    scene: Callable[[float], Sequence[Figure]],
    *,
    seconds: float,
    fps: float = 5,
    light: Callable[[float, Image], Image] | None = None,
    cover: Callable[[Image], None] | None = None,
    noise: float = 3,
) -> list[Frame]:
    """Draw a clip: figures as a function of the time, under some light, behind some cover, with noise."""
    rng = np.random.default_rng(2)
    grains = [cv2.GaussianBlur(rng.normal(0, 2 * noise, (HEIGHT, WIDTH, 3)), (0, 0), 0.6) for _ in range(8)]
    empty = floor()
    frames = []
    for index in range(round(seconds * fps)):
        image = empty.copy()
        for figure in sorted(scene(index / fps), key=lambda figure: figure[1]):
            draw_figure(image, figure)
        if cover is not None:
            cover(image)
        if light is not None:
            image = light(index / fps, image)
        grain = np.roll(grains[rng.integers(8)], rng.integers(HEIGHT), axis=0)
        noisy = np.clip(image + grain, 0, 255).astype(np.uint8)
        frames.append(Frame(index, round(index * 1e6 / fps), noisy))
    return frames


def learn(detector: MotionDetector, frames: list[Frame]) -> None:
    height, width = frames[0].image.shape[:2]
    detector.learn(frames, width=width, height=height)


def detect(
    frames: list[Frame], learned: list[Frame] | None = None, settings: MotionSettings | None = None
) -> list[Detections]:
    """Detect in frames after learning from 60 of them, or from other ones."""
    detector = MotionDetector(settings or MotionSettings())
    spread = frames if learned is None else learned
    places = np.unique(np.linspace(0, len(spread) - 1, 60).astype(int))
    learn(detector, [spread[k] for k in places])
    return detector.detect(frames)


def matched(found: Detections, truth: Sequence[Figure], least: float = 0.5) -> int:
    iou = iou_matrix(found.boxes, np.array([box_of(figure) for figure in truth]).reshape(-1, 4))
    rows, columns = linear_sum_assignment(-iou)
    return int((iou[rows, columns] >= least).sum())
