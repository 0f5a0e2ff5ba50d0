"""Somebody who is found twice, as a whole and as a half, is one; people who hide each other stay two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.track.link.doubles import split_doubles
from heatcli.track.observations import Observations

FPS, FRAMES = 10, 60
Floats = NDArray[np.float64]


def walker(x: float, y: float, tall: float, *, speed: float = 20.0) -> Floats:
    """Boxes (FRAMES, 4) of somebody who walks to the right, with feet at (x, y) first."""
    at = x + speed * np.arange(FRAMES) / FPS
    return np.column_stack([at - 0.2 * tall, np.full(FRAMES, y - tall), at + 0.2 * tall, np.full(FRAMES, y)])


def upper_half(boxes: Floats) -> Floats:
    """Box of head, shoulders and arms of each."""
    wide, tall = (boxes[:, 2:] - boxes[:, :2]).T
    inset = np.column_stack([0.05 * wide, 0.01 * tall, -0.05 * wide, -0.55 * tall])
    half: Floats = boxes + inset
    return half


def found(*tracklets: tuple[Floats, range], error: float = 0.02, seed: int = 0) -> Observations:
    """Detect each in some frames, with errors in heights."""
    rng = np.random.default_rng(seed)
    rows = [
        (frame, number, boxes[frame] + error * (boxes[frame, 3] - boxes[frame, 1]) * rng.normal(size=4))
        for number, (boxes, frames) in enumerate(tracklets, start=1)
        for frame in frames
    ]
    rows.sort(key=lambda row: row[:2])
    number = np.array([row[1] for row in rows], np.int32)
    return Observations(
        frame=np.array([row[0] for row in rows], np.int32),
        track=number,
        tracklet=number,
        boxes=np.array([row[2] for row in rows], np.float32),
        confidence=np.full(len(rows), 0.6, np.float32),
        class_id=np.zeros(len(rows), np.int32),
        filled=np.zeros(len(rows), np.bool_),
    )


def split(seen: Observations) -> tuple[list[tuple[int, int]], list[int]]:
    """Return the first and the last frame of each tracklet that is left, and what each is a part of."""
    left, part_of = split_doubles(seen, seen.frame.astype(np.int64) * 1_000_000 // FPS, least_us=5e5)
    assert left.tracklet.tolist() == left.track.tolist()
    assert (np.diff(left.frame) >= 0).all()
    spans = [
        (int(own.min()), int(own.max()))
        for own in (left.frame[left.tracklet == one] for one in range(1, len(part_of) + 1))
    ]
    return spans, part_of.tolist()


EVERY = range(FRAMES)


@given(st.integers(0, 1000), st.booleans())
def test_a_half_that_goes_with_its_whole_is_nobody(seed: int, is_first: bool) -> None:
    whole = walker(300, 500, 200)
    both = [(whole, EVERY), (upper_half(whole), range(10, 50))]
    spans, part_of = split(found(*(both if is_first else both[::-1]), seed=seed))
    assert spans == [(0, FRAMES - 1)]
    assert part_of == [0 if is_first else 1]


def test_a_half_goes_on_where_the_whole_is_lost() -> None:
    whole = walker(300, 500, 200)
    spans, part_of = split(found((whole, range(10, 40)), (upper_half(whole), EVERY)))
    assert spans == [(10, 39), (0, 9), (40, FRAMES - 1)]
    assert part_of == [0, 1, 1]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(walker(300, 495, 90), id="a child before an adult"),
        pytest.param(walker(330, 480, 180), id="side by side"),
        pytest.param(walker(220, 470, 150, speed=48), id="who passes behind"),
        pytest.param(walker(300, 470, 150), id="who follows, with the head at the other one's shoulder"),
    ],
)
def test_people_who_hide_each_other_stay_two(other: Floats) -> None:
    seen = found((walker(300, 500, 200), EVERY), (other, EVERY))
    left, part_of = split_doubles(seen, seen.frame.astype(np.int64) * 100_000, least_us=5e5)
    assert left is seen
    assert part_of.tolist() == [0, 1]


def test_heads_above_the_picture_prove_nothing() -> None:
    one, other = walker(300, 120, 200), walker(300, 60, 180)
    seen = found((one.clip(0), EVERY), (other.clip(0), EVERY), error=0.0)
    assert split(seen)[1] == [0, 1]


def test_what_is_doubled_for_an_instant_stays() -> None:
    whole = walker(300, 500, 200)
    assert split(found((whole, EVERY), (upper_half(whole), range(20, 24))))[1] == [0, 1]
