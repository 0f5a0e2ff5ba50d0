"""Clips as recorders write them: a fixed camera with its noise, a key frame every two seconds, few people."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.support.drawn_scene import Figure, draw_figure, floor
from tests.support.make_clips import write_clip

FPS = 10
KEY_EVERY = 20
Image = NDArray[np.uint8]
Scene = Callable[[Image, float], Image]
"""What the empty picture becomes at a time in seconds."""

FAR = 12.0
"""Foot point y, at which people are 15 pixels tall."""


def nothing(image: Image, seconds: float) -> Image:
    return image


def people(*visits: tuple[float, float, Callable[[float], Figure]]) -> Scene:
    """Draw people, each from one time in seconds to another, where a function of the time has them."""

    def scene(image: Image, seconds: float) -> Image:
        for begin, end, figure in visits:
            if begin <= seconds < end:
                draw_figure(image, figure(seconds - begin))
        return image

    return scene


def crossing(begin: float, end: float, *, y: float = FAR, grey: float = 60) -> Scene:
    """Draw somebody who walks, a height each second, from the middle of the picture to the right."""
    return people((begin, end, lambda t: (160 + 15 * t, y, grey)))


def clock(image: Image, seconds: float) -> Image:
    """Burn a clock into the picture, as recorders do."""
    text = f"12:{int(seconds) // 60:02}:{int(seconds) % 60:02}"
    cv2.putText(image, text, (220, 230), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1, cv2.LINE_8)
    return image


def together(*scenes: Scene) -> Scene:
    def scene(image: Image, seconds: float) -> Image:
        for one in scenes:
            image = one(image, seconds)
        return image

    return scene


def still_clip(
    path: Path,
    scene: Scene,
    *,
    seconds: float,
    noise: float = 2.5,
    key_every: int = KEY_EVERY,
    codec: str = "libx264",
    b_frames: int = 0,
) -> Path:
    """Write a clip of a scene under a sensor's noise."""
    rng = np.random.default_rng(3)
    empty = floor()
    height, width = empty.shape[:2]
    grain = rng.normal(0, noise, (2 * height, 2 * width, 3)).round().astype(np.int16)

    def images() -> Iterator[Image]:
        for index in range(round(seconds * FPS)):
            y, x = rng.integers(0, (height, width))
            image = scene(empty.copy(), index / FPS)
            yield np.clip(image + grain[y : y + height, x : x + width], 0, 255).astype(np.uint8)

    return write_clip(path, images(), codec=codec, fps=FPS, key_every=key_every, b_frames=b_frames)


def stretches(flags: Sequence[bool]) -> list[tuple[float, float]]:
    """Return from when to when flags of a clip's frames are true, in seconds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.array(flags, np.int8), [0]]))) / FPS
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
