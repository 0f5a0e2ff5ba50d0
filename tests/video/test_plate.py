"""The empty scene: people gone, exact medians, bounded memory."""

import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from heatcli.video.frame import Frame
from heatcli.video.plate import PlateBuilder

WIDTH, HEIGHT = 96, 64
NOBODY = np.zeros((0, 4), np.float32)

Image = NDArray[np.uint8]
Boxes = NDArray[np.float32]


def plate_of(images: list[Image], boxes: list[Boxes] | None = None) -> Image:
    builder = PlateBuilder()
    for index, image in enumerate(images):
        builder.add(Frame(index, index * 100_000, image), boxes[index] if boxes else NOBODY)
    plate = builder.plate()
    assert plate is not None
    return plate


def texture() -> Image:
    rng = np.random.default_rng(1)
    return rng.integers(40, 200, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def scene(count: int, left_edges: list[int]) -> tuple[list[Image], list[Boxes]]:
    """A walker 10 pixels wide over a noisy texture, and a box around him."""
    rng = np.random.default_rng(2)
    images, boxes = [], []
    for left in left_edges[:count]:
        image = texture().astype(np.float64) + rng.normal(0, 4, (HEIGHT, WIDTH, 3))
        image[20:50, left : left + 10] = (10, 20, 230)
        images.append(np.clip(image, 0, 255).astype(np.uint8))
        boxes.append(np.array([[left, 20, left + 10, 50]], np.float32))
    return images, boxes


def error(plate: Image) -> float:
    return float(np.abs(plate.astype(int) - texture()).max())


# Noise of 4 grey levels in a median of 16 samples or more: a deviation of 1.3, six of which none exceeds.
WITHIN_NOISE = 8


def test_a_walker_is_gone() -> None:
    images, _ = scene(200, [n % 80 for n in range(200)])
    assert error(plate_of(images)) <= WITHIN_NOISE


def test_somebody_who_stands_most_of_the_time_is_gone() -> None:
    images, boxes = scene(200, [30] * 120 + list(range(80)))
    assert error(plate_of(images, boxes)) <= 1.5 * WITHIN_NOISE
    assert error(plate_of(images)) > 50, "without boxes he would be part of the plate"


def test_somebody_who_never_leaves_stays() -> None:
    images, boxes = scene(40, [30] * 40)
    plate = plate_of(images, boxes)
    assert np.abs(plate[20:50, 30:40].astype(int) - (10, 20, 230)).max() == 0
    plate[20:50, 30:40] = texture()[20:50, 30:40]
    assert error(plate) <= WITHIN_NOISE


@given(
    hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.just(4), st.just(5), st.just(3))),
    st.data(),
)
@settings(deadline=None)
def test_median_of_the_unoccupied_samples(samples: Image, data: st.DataObject) -> None:
    cells = st.tuples(st.integers(0, 4), st.integers(0, 3))
    occupied = [data.draw(st.lists(cells, max_size=6)) for _ in samples]
    # So small that padding, rounded outwards, would reach the neighbours if it were more than a tenth.
    boxes = [
        np.array([[x + 0.3, y + 0.3, x + 0.7, y + 0.7] for x, y in o], np.float32).reshape(-1, 4)
        for o in occupied
    ]
    plate = plate_of(list(samples), boxes)
    for y in range(4):
        for x in range(5):
            free = [s[y, x] for s, o in zip(samples, occupied, strict=True) if (x, y) not in o]
            ordered = np.sort(np.array(free or [s[y, x] for s in samples]), axis=0)
            assert plate[y, x].tolist() == ordered[(len(ordered) - 1) // 2].tolist()


@pytest.mark.parametrize("count", [1, 21, 22, 100, 1000])
def test_kept_frames_are_spread_over_the_whole_clip(count: int) -> None:
    # Each frame's brightness is its place in the clip, so that the median tells where the kept ones lie.
    images = [np.full((2, 2, 3), 250 * n // count, np.uint8) for n in range(count)]
    assert abs(int(plate_of(images)[0, 0, 0]) - int(images[count // 2][0, 0, 0])) <= 250 // 16 + 1


@pytest.mark.parametrize(("height", "width", "most"), [(72, 128, 21), (2160, 3840, 8)])
def test_memory_is_bounded_in_frames_and_in_bytes(height: int, width: int, most: int) -> None:
    builder = PlateBuilder()
    offered = []
    for index in range(100):
        # Zeros that nobody reads take up no memory.
        image = np.zeros((height, width, 3), np.uint8)
        offered.append(weakref.ref(image))
        builder.add(Frame(index, index, image), NOBODY)
    del image
    assert most / 2 <= sum(image() is not None for image in offered) <= most


def test_no_frames_no_plate() -> None:
    assert PlateBuilder().plate() is None
