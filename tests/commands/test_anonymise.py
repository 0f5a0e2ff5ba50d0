"""`heatcli anonymise`: a drawn person walks through a scene, and nothing of them is left."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from heatcli.names import HidingStyle
from heatcli.picture.hiding import Hiding
from heatcli.select.rows import Rows
from tests.support.command_line import answer, done, refused, run
from tests.support.make_clips import write_clip

WIDTH, HEIGHT, FRAMES = 160, 120, 60
RED = (20, 20, 230)


def scene() -> NDArray[np.uint8]:
    rng = np.random.default_rng(1)
    smooth = rng.integers(60, 190, (6, 8, 3), dtype=np.uint8)
    return np.repeat(np.repeat(smooth, HEIGHT // 6, axis=0), WIDTH // 8, axis=1)


def place(frame: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the person, who walks to the right."""
    return 10 + 2 * frame, 40, 26 + 2 * frame, 90


@pytest.fixture(autouse=True)
def clip(folder: Path) -> None:
    """Record the walk."""
    images = []
    for number in range(FRAMES):
        image = scene()
        x1, y1, x2, y2 = place(number)
        image[y1:y2, x1:x2] = RED
        images.append(image)
    write_clip(Path("walk.mp4"), images, fps=10)
    done(run("analyze", "walk.mp4", "--detector", "motion", "--start", "2026-03-16T08:00:00"))


def frames(path: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        assert not container.streams.audio
        return [np.asarray(one.to_ndarray(format="bgr24"), np.uint8) for one in container.decode(video=0)]


def red_part(picture: NDArray[np.uint8]) -> float:
    """Part of the picture that is as red as the person."""
    near = np.abs(picture.astype(int) - np.array(RED)).max(axis=2) < 60
    return float(near.mean())


@pytest.mark.parametrize("style", ["scene", "silhouette", "pixels"])
def test_nothing_of_a_person_is_left(style: str) -> None:
    told = answer(run("anonymise", "walk.mp4", "-o", "nobody.mp4", "--style", style, "--json"))
    assert told["people"] >= 1
    before, after = frames(Path("walk.mp4")), frames(Path("nobody.mp4"))
    assert told["frames"] == len(after)
    assert min(map(red_part, before)) > 0.03
    most = max(map(red_part, after))
    assert most < (0.005 if style != HidingStyle.PIXELS else 0.06)
    if style == HidingStyle.SCENE:
        assert max(np.abs(one.astype(int) - scene()).mean() for one in after) < 8


def test_a_person_is_hidden_in_a_video_of_heat_too() -> None:
    done(run("render", "-o", "plain.mp4", "--no-display-legend"))
    drawn = done(run("render", "-o", "heat.mp4", "--anonymise", "--no-display-legend"))
    assert "people whom the detector never found are visible" in drawn.stderr
    middle = len(frames(Path("heat.mp4"))) // 2
    assert red_part(frames(Path("plain.mp4"))[middle]) > red_part(frames(Path("heat.mp4"))[middle])
    assert "--anonymise is for a video" in refused(run("render", "-o", "heat.png", "--anonymise"))


def test_what_cannot_be_done_is_said(folder: Path) -> None:
    write_clip(Path("other.mp4"), [scene()] * 5, fps=10)
    assert "analyse it first" in refused(run("anonymise", "other.mp4", "-o", "x.mp4"), 1)
    assert "is the recording itself" in refused(run("anonymise", "walk.mp4", "-o", "walk.mp4"))
    for plate in Path("heat-store/plates").iterdir():
        plate.unlink()
    assert "choose --style pixels" in refused(run("anonymise", "walk.mp4", "-o", "x.mp4"), 1)
    done(run("anonymise", "walk.mp4", "-o", "x.mp4", "--style", "pixels"))


def test_who_never_moves_is_in_the_scene_and_shown_coarsely() -> None:
    """The empty scene of this clip has the person in it."""
    image = scene()
    image[40:90, 60:76] = RED
    image[44:48, 64:72] = (250, 250, 250)  # a face
    hiding = Hiding(image, HidingStyle.SCENE)
    box = np.array([[60, 40, 76, 90]], np.float32)
    still = replace(
        Rows.none(),
        person=np.zeros(1, np.int64),
        tracklet=np.zeros(1, np.int64),
        clip=np.zeros(1, np.int32),
        frame=np.zeros(1, np.int32),
        time_us=np.zeros(1, np.int64),
        weight_us=np.full(1, 1_000_000),
        boxes=box,
        size=np.array([[WIDTH, HEIGHT]], np.int32),
        filled=np.zeros(1, np.bool_),
    )
    hiding.add(still)
    shown = hiding.hide(image, 0)
    assert np.abs(shown[44:48, 64:72, 0].astype(int) - 250).min() > 30


def test_where_people_were_erased_nothing_is_shown() -> None:
    time = ("--from", "2026-03-16T08:00:00", "--to", "2026-03-16T08:00:10")
    done(run("purge", "--camera", "walk", *time, "--roi", "0,0,0.5,1", "--yes"))
    assert "people were erased" in refused(run("anonymise", "walk.mp4", "-o", "x.mp4"), 1)
    assert "people were erased" in refused(run("render", "-o", "x.mp4", "--anonymise"), 1)
