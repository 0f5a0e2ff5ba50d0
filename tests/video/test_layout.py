"""Clips whose picture changes its size or its view on the way."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
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


def in_two_parts(
    folder: Path,
    first: list[Image],
    second: list[Image],
    aspects: tuple[Fraction, Fraction] = (Fraction(1), Fraction(1)),
) -> Path:
    later = range(len(first), len(first) + len(second))
    one = write_clip(folder / "1.ts", first, sample_aspect=aspects[0])
    other = write_clip(folder / "2.ts", second, pts=later, sample_aspect=aspects[1])
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


@pytest.mark.parametrize(("change", "fits"), [(scaled, True), (stretched, True), (padded, False)])
@pytest.mark.parametrize("first_is_wanted", [True, False])
def test_what_fits_is_known_where_a_pass_begins_behind_the_change(
    tmp_path: Path, change: Callable[[Image], Image], fits: bool, first_is_wanted: bool
) -> None:
    images = scene(6 * FRAMES)
    clip = in_two_parts(tmp_path, images[: 3 * FRAMES], [change(image) for image in images[3 * FRAMES :]])
    height, width = images[0].shape[:2] if first_is_wanted else change(images[0]).shape[:2]
    # A second is decoded before what is wanted, from a key frame on, and the change is before that.
    begin = 5 * FRAMES if first_is_wanted else 0
    with VideoReader(clip, size=(width, height)) as video:
        frames = []
        for frame in video.frames(from_us=begin * 40 * MS):
            if frame.index >= begin + FRAMES:
                break
            frames.append(frame)
        assert [frame.index for frame in frames] == (list(range(begin, begin + FRAMES)) if fits else [])
        assert {frame.image.shape[:2] for frame in frames} <= {(height, width)}


ONE = Fraction(1)


@pytest.mark.parametrize(
    ("change", "aspects", "expected"),
    [
        # Whatever the file says of the second part, what is shown has kept its shape.
        (stretched, (Fraction(12, 11), Fraction(1)), Fraction(12, 11) * Fraction(320 * 240, 240 * 352)),
        (stretched, (ONE, Fraction(320, 352)), Fraction(320, 352)),
        (stretched, (ONE, Fraction(0)), Fraction(320, 352)),
        (scaled, (Fraction(4, 3), Fraction(1)), Fraction(4, 3)),
        (padded, (Fraction(4, 3), Fraction(12, 11)), Fraction(12, 11)),
        (padded, (Fraction(4, 3), Fraction(0)), ONE),
    ],
)
def test_pixels_have_the_aspect_of_the_size_that_most_have(
    tmp_path: Path,
    change: Callable[[Image], Image],
    aspects: tuple[Fraction, Fraction],
    expected: Fraction,
) -> None:
    images = scene(3 * FRAMES)
    changed = [change(image) for image in images[FRAMES:]]
    with VideoReader(in_two_parts(tmp_path, images[:FRAMES], changed, aspects)) as video:
        assert video.info.sample_aspect == aspects[0]
        sizes_of(video)
        assert video.learn_size()
        assert video.info.sample_aspect == expected


def test_pixels_of_a_picture_that_is_turned_keep_the_shape_of_what_is_shown(tmp_path: Path) -> None:
    images = scene(3 * FRAMES)
    changed = [stretched(image) for image in images[FRAMES:]]
    clip = in_two_parts(tmp_path, images[:FRAMES], changed, (Fraction(12, 11), ONE))
    with av.open(str(clip)) as old, av.open(str(tmp_path / "turned.mp4"), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        stream.set_display_rotation(-90)
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    with VideoReader(tmp_path / "turned.mp4") as video:
        assert (video.info.width, video.info.height) == (240, 320)
        sizes_of(video)
        assert video.learn_size()
        assert (video.info.width, video.info.height) == (240, 352)
        assert video.info.sample_aspect == Fraction(11, 12) * Fraction(352, 320)
