"""Clips whose picture changes its size or its view on the way."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from heatcli.video.reader import VideoReader
from tests.support.make_clips import Image, joined, write_clip
from tests.support.reading import MS

FRAMES = 20


def scaled(image: Image) -> Image:
    return np.asarray(cv2.resize(image, (160, 120), interpolation=cv2.INTER_AREA), np.uint8)


def stretched(image: Image) -> Image:
    return np.asarray(cv2.resize(image, (352, 240)), np.uint8)


def padded(image: Image) -> Image:
    return cv2.copyMakeBorder(image, 0, 0, 56, 56, cv2.BORDER_CONSTANT).astype(np.uint8)


def turned(image: Image) -> Image:
    return np.ascontiguousarray(np.rot90(image))


def scene(count: int) -> list[Image]:
    """A still scene of 320x240, in which a small box moves."""
    rng = np.random.default_rng(7)
    empty = cv2.resize(rng.integers(40, 200, (12, 16, 3), dtype=np.uint8), (320, 240)).astype(np.uint8)
    images = []
    for number in range(count):
        image = empty.copy()
        image[100:140, 20 + 5 * number : 40 + 5 * number] = 255
        images.append(image)
    return images


def in_two_parts(folder: Path, first: list[Image], second: list[Image]) -> Path:
    one = write_clip(folder / "1.ts", first)
    other = write_clip(folder / "2.ts", second, pts=range(len(first), len(first) + len(second)))
    return joined(folder / "both.ts", one, other)


def sizes_of(video: VideoReader) -> list[tuple[int, int]]:
    return [(frame.image.shape[1], frame.image.shape[0]) for frame in video.frames()]


@pytest.mark.parametrize("change", [scaled, stretched])
@pytest.mark.parametrize("first_is_longer", [True, False])
def test_the_same_view_in_another_size_is_scaled_to_that_of_most(
    tmp_path: Path, change: Callable[[Image], Image], first_is_longer: bool
) -> None:
    images = scene(3 * FRAMES)
    at = 2 * FRAMES if first_is_longer else FRAMES
    clip = in_two_parts(tmp_path, images[:at], [change(image) for image in images[at:]])
    with VideoReader(clip) as video:
        assert set(sizes_of(video)) == {(320, 240)}
        assert video.learn_size() is not first_is_longer
        height, width = images[0].shape[:2] if first_is_longer else change(images[0]).shape[:2]
        assert sizes_of(video) == [(width, height)] * 3 * FRAMES
        assert not video.learn_size()
        assert (video.info.width, video.info.height) == (width, height)
        assert (video.layout.scaled, video.layout.left_out) == (FRAMES, 0)


@pytest.mark.parametrize("change", [padded, turned])
@pytest.mark.parametrize("first_is_longer", [True, False])
def test_another_view_is_left_out(
    tmp_path: Path, change: Callable[[Image], Image], first_is_longer: bool
) -> None:
    images = scene(3 * FRAMES)
    at = 2 * FRAMES if first_is_longer else FRAMES
    clip = in_two_parts(tmp_path, images[:at], [change(image) for image in images[at:]])
    with VideoReader(clip) as video:
        sizes_of(video)
        assert video.learn_size() is not first_is_longer
        height, width = images[0].shape[:2] if first_is_longer else change(images[0]).shape[:2]
        assert sizes_of(video) == [(width, height)] * 2 * FRAMES
        assert (video.layout.scaled, video.layout.left_out) == (0, FRAMES)
        assert video.timeline.coverage().total_us == pytest.approx(2 * FRAMES * 40 * MS, abs=MS)
