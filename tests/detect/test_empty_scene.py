"""What stands for most of a clip: people are found and leave nothing behind, things are nobody."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest

from heatcli.detect.base import Detections
from heatcli.video.frame import Frame
from tests.support.drawn_scene import WIDTH, Figure, Image, clip, detect, height_at, matched

SECONDS = 120.0
Scene = Callable[[float], list[Figure]]


def stays(
    begin: float, end: float, *, x: float = 160, y: float = 180, grey: float = 50, sway: float = 0
) -> Scene:
    """Somebody who walks in from the left, stands from one second to another, and walks out to the right."""

    def scene(t: float) -> list[Figure]:
        if begin <= t < end:
            return [(x + sway * np.sin(2 * t), y, grey)]
        at = x + 25 * (t - end if t >= end else t - begin)
        return [(at, y, grey)] if 0 < at < WIDTH else []

    return scene


def hits_and_rates(frames: list[Frame], found: list[Detections], scene: Scene) -> tuple[float, float]:
    """Return the share of people who are found, and people found for each who is there."""
    truth = [scene(frame.pts_us / 1e6) for frame in frames]
    people = sum(map(len, truth))
    hits = sum(matched(one, figures, 0.4) for one, figures in zip(found, truth, strict=True))
    return hits / people, sum(map(len, found)) / people


def check(scene: Scene, fps: float) -> None:
    frames = clip(scene, seconds=SECONDS, fps=fps)
    hits, rate = hits_and_rates(frames, detect(frames), scene)
    assert hits > 0.96
    assert rate < 1.08


@pytest.mark.parametrize("sway", [0.0, 2.0])
@pytest.mark.parametrize(
    ("begin", "end"), [(-99, 90), (30, 999), (13, 103), (7, 115)], ids=["leaves", "comes", "middle", "sits"]
)
def test_who_stands_in_most_of_a_clip_is_one_person(begin: float, end: float, sway: float) -> None:
    check(stays(begin, end, sway=sway), fps=2.5)


@pytest.mark.slow
@pytest.mark.parametrize("fps", [10, 25])
def test_and_at_other_frame_rates(fps: float) -> None:
    check(stays(13, 103, sway=2), fps=fps)


@pytest.mark.parametrize("other", [{"x": 220, "y": 140}, {"x": 146, "y": 182}], ids=["apart", "side by side"])
def test_two_who_stand_in_most_of_a_clip_are_two_people(other: dict[str, float]) -> None:
    one, two = stays(10, 100, x=120), stays(14, 107, grey=210, **other)
    check(lambda t: one(t) + two(t), fps=2.5)


def test_who_stands_while_others_walk_by_is_one_person() -> None:
    one = stays(10, 100, y=140, grey=210)
    check(lambda t: [*one(t), (20 + 14 * t % 280, 215, 60)], fps=2.5)


def test_who_is_there_all_the_time_is_a_part_of_the_scene() -> None:
    frames = clip(stays(-99, 999, sway=2), seconds=60, fps=2)
    assert sum(map(len, detect(frames))) == 0


def box(begin: float, end: float, tall: int) -> Callable[[float, Image], Image]:
    def draw(t: float, image: Image) -> Image:
        if begin <= t < end:
            cv2.rectangle(image, (188, 190 - tall), (212, 190), (60, 80, 40), -1)
        return image

    return draw


def carrier(when: float) -> Scene:
    """Somebody who comes to the box from the left and goes back."""

    def scene(t: float) -> list[Figure]:
        x = 176 - 25 * abs(t - when)
        return [(x, 190, 40)] if x > 0 else []

    return scene


@pytest.mark.parametrize("tall", [34, round(height_at(190))], ids=["low", "as tall as people"])
@pytest.mark.parametrize("share", [0.3, 0.75])
@pytest.mark.parametrize("taken", [False, True], ids=["put down", "taken away"])
def test_a_box_is_nobody(tall: int, share: float, taken: bool) -> None:
    when = 60 * (share if taken else 1 - share)
    light = box(-1, when, tall) if taken else box(when, 99, tall)
    frames = clip(carrier(when), seconds=60, fps=2.5, light=light)
    hits, rate = hits_and_rates(frames, detect(frames), carrier(when))
    assert hits > 0.9
    assert rate < 1.1


def places_of(found: Sequence[Detections]) -> set[int]:
    """Tens of pixels across at which somebody is found."""
    return {round((x1 + x2) / 20) for one in found for x1, _, x2, _ in one.boxes}


def test_what_was_a_part_of_the_scene_and_goes_is_nobody_soon() -> None:
    """The clip was learned while it was there."""
    there = clip(stays(-99, 999), seconds=30, fps=2)
    frames = clip(stays(-99, 4), seconds=30, fps=5)
    found = detect(frames, there)
    assert places_of(found[: 4 * 5]) == set()
    assert places_of(found[5 * 5 : 7 * 5]) >= {16}
    assert sum(map(len, found[15 * 5 :])) == 0
