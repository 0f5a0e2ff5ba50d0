"""The motion detector on drawn clips, where the truth is exact."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from heatcli.config.settings import MotionSettings
from heatcli.detect.base import Detections
from heatcli.detect.motion import MotionDetector
from heatcli.geometry import iou_matrix
from heatcli.video.frame import Frame
from tests.support.drawn_scene import (
    HEIGHT,
    WIDTH,
    Figure,
    Image,
    box_of,
    clip,
    detect,
    height_at,
    learn,
    matched,
)


def walkers(t: float) -> list[Figure]:
    """Three people who cross the picture at different depths, each at a body height per second or less."""
    return [
        (20 + 9 * t % 280, 90, 40),
        (300 - 14 * t % 280, 150, 220),
        (20 + 18 * t % 280, 215, 60),
    ]


def nobody(_: float) -> list[Figure]:
    return []


WALK = clip(walkers, seconds=32, fps=4)
"""What most tests learn the scene from."""


def test_walkers_at_all_depths_are_found_and_nothing_else() -> None:
    found = detect(WALK)
    truth = [walkers(frame.pts_us / 1e6) for frame in WALK]
    hits = sum(matched(one, figures) for one, figures in zip(found, truth, strict=True))
    assert hits >= 0.97 * sum(map(len, truth))
    assert hits >= 0.97 * sum(map(len, found))


def test_foot_points_are_exact_to_a_twentieth_of_the_height() -> None:
    off = []
    for frame, one in zip(WALK, detect(WALK), strict=True):
        for figure in walkers(frame.pts_us / 1e6):
            x1, _, x2, y2 = one.boxes[iou_matrix(one.boxes, box_of(figure)[None])[:, 0].argmax()]
            foot = np.hypot((x1 + x2) / 2 - figure[0], y2 - figure[1])
            off.append(foot / height_at(figure[1]))
    assert np.median(off) < 0.05


@pytest.mark.slow
def test_camera_noise_alone_is_nobody() -> None:
    assert sum(map(len, detect(clip(nobody, seconds=20, noise=6)))) == 0


def test_boxes_are_in_the_pixels_of_the_source() -> None:
    """Frames of 1280 x 960 are analysed at half their size."""
    large = [
        Frame(f.index, f.pts_us, np.kron(f.image, np.ones((4, 4, 1), np.uint8)).astype(np.uint8))
        for f in WALK[::8]
    ]
    hits = []
    for frame, one in zip(large, detect(large), strict=True):
        quarter = Detections(one.boxes / np.float32(4), one.confidence, one.class_id)
        hits.append(matched(quarter, walkers(frame.pts_us / 1e6)))
    assert np.mean(hits) > 2.8


def rests(t: float) -> list[Figure]:
    """Walks in for ten seconds and stays."""
    return [(min(20 + 14 * t, 160), 180, 50)]


REST = clip(rests, seconds=160, fps=1)


def seen_resting(settings: MotionSettings) -> NDArray[np.bool_]:
    found = detect(REST, WALK, settings)
    return np.array([matched(one, rests(f.pts_us / 1e6)) == 1 for f, one in zip(REST, found, strict=True)])


@pytest.mark.slow
def test_who_stands_for_minutes_stays() -> None:
    assert seen_resting(MotionSettings())[10:].mean() > 0.98


def test_a_gap_is_no_time_to_rest() -> None:
    """The camera was off for an hour: who stands there before and after it is no part of the scene."""
    rest = clip(rests, seconds=40, fps=5)
    gap_us = 3_600_000_000
    gappy = [Frame(f.index, f.pts_us + gap_us * (f.pts_us >= 20_000_000), f.image) for f in rest]
    for one, other in zip(detect(gappy, WALK)[50:], detect(rest, WALK)[50:], strict=True):
        assert len(one) == len(other) == 1


@pytest.mark.slow
def test_update_rate_says_when_a_resting_thing_becomes_background() -> None:
    slow = seen_resting(MotionSettings(background_update_rate=0))
    middle = seen_resting(MotionSettings(background_update_rate=75))
    fast = seen_resting(MotionSettings(background_update_rate=100))
    # Rest begins after 10 s. It takes 25 h, 600 / sqrt(150) = 49 s or 4 s to count as background, and as much
    # as 14 s to be learned.
    assert slow[10:].all()
    assert middle[10:55].all()
    assert not middle[80:].any()
    assert not fast[25:].any()


@pytest.mark.parametrize("apart", [0.36, 0.45])
def test_pair_side_by_side_is_two_people(apart: float) -> None:
    def pair(t: float) -> list[Figure]:
        x = 60 + 10 * t
        return [(x, 180, 50), (x + apart * height_at(180), 180, 60)]

    frames = clip(pair, seconds=15)
    for frame, one in zip(frames, detect(frames, WALK), strict=True):
        assert len(one) == 2
        assert matched(one, pair(frame.pts_us / 1e6)) == 2


def test_one_behind_another_are_two_people() -> None:
    def pair(t: float) -> list[Figure]:
        x = 60 + 10 * t
        return [(x, 180, 50), (x + 5, 180 - 0.5 * height_at(180), 70)]

    frames = clip(pair, seconds=10)
    hits = [
        matched(one, pair(frame.pts_us / 1e6))
        for frame, one in zip(frames, detect(frames, WALK), strict=True)
    ]
    assert np.mean(hits) > 1.9


def test_shadow_does_not_move_the_box() -> None:
    def walker(t: float) -> list[Figure]:
        return [(80 + 10 * t, 190, 40)]

    def shade(t: float, image: Image) -> Image:
        x, y, _ = walker(t)[0]
        mask = np.zeros(image.shape[:2], np.uint8)
        tall = height_at(y)
        cv2.ellipse(
            mask, (round(x + 0.5 * tall), round(y)), (round(0.5 * tall), round(0.08 * tall)), 0, 0, 360, 1, -1
        )
        lit = (mask > 0) & (np.abs(image.astype(int) - 40).max(axis=2) > 2)
        image[lit] = (image[lit] * 0.75).astype(np.uint8)
        return image

    frames = clip(walker, seconds=12, light=shade)
    for frame, one in zip(frames, detect(frames, WALK), strict=True):
        figure = walker(frame.pts_us / 1e6)[0]
        assert len(one) == 1
        x1, _, x2, _ = one.boxes[0]
        assert abs((x1 + x2) / 2 - figure[0]) < 0.08 * height_at(figure[1])


def test_counter_that_hides_legs_does_not_move_the_foot_point() -> None:
    def counter(image: Image) -> None:
        image[158:195, 110:210] = (60, 90, 120)

    def behind(t: float) -> list[Figure]:
        return [(20 + 14 * t % 280, 190, 230)]

    frames = clip(behind, seconds=20, fps=2, cover=counter)
    scene = clip(lambda t: [*walkers(t)[:2], *behind(t)], seconds=40, fps=3, cover=counter)
    off = []
    for frame, one in zip(frames, detect(frames, scene), strict=True):
        x, y, _ = behind(frame.pts_us / 1e6)[0]
        if 125 < x < 195:
            assert len(one) == 1
            off.append((one.boxes[0, 3] - y) / height_at(y))
    assert abs(np.median(off)) < 0.15


def test_slow_change_of_light_is_followed() -> None:
    def dusk(t: float, image: Image) -> Image:
        return (image * (1 - 0.5 * t / 200)).astype(np.uint8)

    frames = clip(walkers, seconds=200, fps=0.5, light=dusk)
    found = detect(frames, WALK)
    truth = [walkers(frame.pts_us / 1e6) for frame in frames]
    hits = sum(matched(one, figures) for one, figures in zip(found, truth, strict=True))
    assert hits >= 0.95 * sum(map(len, truth))
    assert hits >= 0.95 * sum(map(len, found))


def switch(t: float, image: Image) -> Image:
    """Half of the light goes out after ten seconds."""
    return image if t < 10 else (image * 0.5).astype(np.uint8)


def test_sudden_change_of_light_is_nobody_and_forgotten_soon() -> None:
    frames = clip(walkers, seconds=30, light=switch)
    found = detect(frames, WALK)
    counts = np.array([len(one) for one in found])
    assert (counts[:50] == 3).mean() > 0.9
    assert not counts[50:60].any()
    # Six seconds after the change everything is as before, the ghosts of those who stood there are gone.
    late = [matched(one, walkers(f.pts_us / 1e6)) for f, one in zip(frames[110:], found[110:], strict=True)]
    assert np.mean(late) > 2.8
    assert counts[110:].mean() < 3.1


def test_scene_change_level_says_how_much_must_change() -> None:
    def half(t: float, image: Image) -> Image:
        image[:, : WIDTH // 2] = switch(t, image)[:, : WIDTH // 2]
        return image

    frames = clip(nobody, seconds=13, light=half)
    taken_for_light = detect(frames, WALK, MotionSettings(scene_change_level=80))
    taken_for_people = detect(frames, WALK, MotionSettings(scene_change_level=20))
    assert sum(map(len, taken_for_light)) == 0
    assert sum(map(len, taken_for_people[50:])) > 0


def test_sensitivity_says_how_faint_a_figure_may_be() -> None:
    def faint(t: float) -> list[Figure]:
        return [(60 + 10 * t, 180, 150)]

    frames = clip(faint, seconds=10, noise=1)
    counts = [
        sum(map(len, detect(frames, WALK, MotionSettings(sensitivity=level)))) for level in (0, 50, 100)
    ]
    assert counts[0] < 0.2 * len(frames) < 0.8 * len(frames) < counts[2]
    assert counts[0] <= counts[1] <= counts[2]


def test_min_target_size_says_how_small_an_object_may_be() -> None:
    def child(t: float, image: Image) -> Image:
        x, tall = round(60 + 10 * t), round(height_at(180) / 2)
        cv2.rectangle(image, (x, 180 - tall), (x + round(tall / 3), 180), (30, 30, 30), -1)
        return image

    frames = clip(nobody, seconds=10, light=child)
    counts = [
        sum(map(len, detect(frames, WALK, MotionSettings(min_target_size=size)))) for size in (20, 50, 80)
    ]
    assert counts[0] == len(frames)
    assert counts[2] == 0
    assert counts[0] >= counts[1] >= counts[2]


def test_settings_are_a_scale_where_average_people_pass() -> None:
    """At the far end of the size scale an average person is dropped only where something hides it."""
    found = detect(WALK, settings=MotionSettings(min_target_size=75))
    assert sum(map(len, found)) > 2.5 * len(WALK)


def test_without_reading_ahead_the_first_seconds_settle_the_background() -> None:
    def late(t: float) -> list[Figure]:
        return walkers(t) if t > 5 else []

    frames = clip(late, seconds=20)
    detector = MotionDetector(MotionSettings())
    detector.learn([], width=WIDTH, height=HEIGHT)
    found = [one for frame in frames for one in detector.detect([frame])]
    assert sum(map(len, found[:10])) == 0
    hits = [matched(one, late(f.pts_us / 1e6), 0.3) for f, one in zip(frames[50:], found[50:], strict=True)]
    assert np.mean(hits) > 1.8


def test_same_clip_gives_the_same_boxes_also_after_another_clip() -> None:
    detector = MotionDetector(MotionSettings())
    runs = []
    for frames in (WALK, clip(rests, seconds=10), WALK):
        learn(detector, frames[::4])
        runs.append(detector.detect(frames))
    for one, other in zip(runs[0], runs[2], strict=True):
        np.testing.assert_array_equal(one.boxes, other.boxes)
        np.testing.assert_array_equal(one.confidence, other.confidence)
