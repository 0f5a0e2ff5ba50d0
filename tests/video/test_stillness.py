"""What is new in a picture is told from noise, from light, and from what never rests."""

from collections.abc import Iterator

import numpy as np
import pytest
from av.video.frame import VideoFrame

from heatcli.video.stillness import Blocks, Stillness, blocks_of
from tests.support.drawn_scene import draw_figure, floor
from tests.support.still_clips import FAR, Image, Scene, clock, nothing, together

STEP_S = 0.4
LEARNED_S = 60.0


def seen(scene: Scene, *, noise: float, seconds: float = LEARNED_S) -> Iterator[tuple[float, Blocks]]:
    """Yield what a camera sees of a scene, by seconds."""
    rng = np.random.default_rng(4)
    empty = floor()
    for at in np.arange(0, seconds, STEP_S):
        noisy = scene(empty.copy(), float(at)) + rng.normal(0, noise, empty.shape)
        image = np.clip(noisy.round(), 0, 255).astype(np.uint8)
        yield float(at), blocks_of(VideoFrame.from_ndarray(image, "bgr24").reformat(format="yuv420p"))


def new_at(scene: Scene, *, noise: float = 2.5, seconds: float = LEARNED_S) -> list[float]:
    """Return at which seconds something is new, compared with what was seen when that last was so."""
    stillness = Stillness()
    reference: Blocks | None = None
    new = []
    for at, blocks in seen(scene, noise=noise, seconds=seconds):
        stillness.learn(blocks, at, is_key=False)
        if reference is None or not stillness.shows_same(blocks, reference):
            reference = blocks
            new.append(at)
    return new


def from_second(begin: float, new: list[float]) -> list[float]:
    return [at for at in new if at >= begin]


@pytest.mark.parametrize("noise", [0.0, 1.0, 2.5, 8.0, 12.0])
def test_noise_is_nothing_new(noise: float) -> None:
    assert from_second(15, new_at(nothing, noise=noise)) == []


def test_nothing_is_called_the_same_before_noise_is_known() -> None:
    new = new_at(nothing, seconds=5)
    assert new == [at for at, _ in seen(nothing, noise=0, seconds=5)]


@pytest.mark.parametrize(("noise", "grey"), [(0.0, 110), (1.0, 105), (2.5, 100), (8.0, 60)])
def test_a_far_person_is_new_wherever_it_stands(noise: float, grey: float) -> None:
    """A tenth of the floor's brightness is enough by day."""

    def comes(image: Image, seconds: float) -> Image:
        if seconds >= 30:
            draw_figure(image, (10 + 8 * (seconds - 30), FAR, grey))
        return image

    assert len(from_second(30, new_at(comes, noise=noise))) > 40


def test_light_that_drifts_or_comes_and_goes_is_hardly_ever_new() -> None:
    def cloudy(image: Image, seconds: float) -> Image:
        return np.asarray(image * (0.8 + 0.2 * np.cos(seconds / 5)), np.uint8)

    assert len(from_second(15, new_at(cloudy))) < 12


def never_rests(image: Image, seconds: float) -> Image:
    """Draw a screen that shows something else each time."""
    rng = np.random.default_rng(round(seconds * 10))
    image[40:80, 40:100] = rng.integers(0, 255, (8, 12, 1)).repeat(5, axis=0).repeat(5, axis=1)
    return image


@pytest.mark.parametrize("restless", [clock, never_rests])
def test_a_place_that_never_rests_is_nothing_new_but_who_passes_is(restless: Scene) -> None:
    new = new_at(restless, seconds=90)
    # Of the clock, the tens of seconds.
    assert len(from_second(45, new)) < 8

    def passer(image: Image, seconds: float) -> Image:
        if 60 <= seconds < 64:
            draw_figure(image, (40 + 60 * (seconds - 60), 130, 60))
            draw_figure(image, (200 + 25 * (seconds - 60), 239, 60))
        return image

    new = new_at(together(passer, restless), seconds=90)
    assert len([at for at in new if 60 <= at < 64]) == 10


def test_people_who_move_all_the_time_do_not_pass_for_noise() -> None:
    """Most of the picture is learned from beside them, and they cross ever other places."""

    def walkers(image: Image, seconds: float) -> Image:
        for number in range(6):
            x = (47 * number + 30 * seconds) % 320
            draw_figure(image, (x, 60 + 30 * number, 60 + 20 * number))
        return image

    assert len(from_second(15, new_at(walkers))) > 110


def test_a_camera_that_is_moved_shows_something_new_and_is_learned_anew() -> None:
    def moved(image: Image, seconds: float) -> Image:
        return image if seconds < 30 else np.ascontiguousarray(image[::-1])

    new = from_second(15, new_at(moved))
    assert new[0] == 30
    assert from_second(45, new) == []
