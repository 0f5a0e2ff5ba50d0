"""Frames that show nothing new are not looked at, and nobody is lost by it."""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame

from heatcli.analysis.watch import Watch
from heatcli.detect.base import Detections, DetectorIdentity
from heatcli.video.frame import Frame, Picture, Window
from heatcli.video.reader import VideoReader
from heatcli.video.stillness import blocks_of
from tests.support.drawn_scene import Figure, box_of, draw_figure, floor
from tests.support.still_clips import FPS, people, still_clip

STEP_US = 400_000
Found = tuple[int, bool, int]
"""Media time in µs, whether the frame was looked at, and how many are said to be in it."""


class Knower:
    """Finds whoever is drawn, in the frames that it is shown."""

    identity = DetectorIdentity("knower", None, None)
    classes = ("person",)
    base_fps = 2.5
    reads_ahead = False

    def __init__(self, people: dict[int, list[Figure]], batch_size: int) -> None:
        self.batch_size = batch_size
        self.passed_over: list[int] = []
        self._people = people

    def learn(self, frames: Iterable[Frame], *, width: int, height: int) -> None: ...

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        found = []
        for frame in frames:
            boxes = [box_of(figure) for figure in self._people[frame.pts_us]]
            n = len(boxes)
            found.append(
                Detections(
                    np.array(boxes, np.float32).reshape(-1, 4),
                    np.full(n, 0.9, np.float32),
                    np.zeros(n, np.int32),
                )
            )
        return found

    def pass_over(self, pts_us: int) -> None:
        self.passed_over.append(pts_us)

    def close(self) -> None: ...


def watched(
    people: list[list[Figure]], *, batch: int = 1, thrifty: bool = True, undecoded: Sequence[int] = ()
) -> list[Found]:
    """Draw who is there in each sampled frame, and watch."""
    rng = np.random.default_rng(5)
    grain = rng.normal(0, 2.5, (16, *floor().shape)).round()
    empty = floor()
    windows = []
    for number, figures in enumerate(people):
        image = empty.copy()
        for figure in figures:
            draw_figure(image, figure)
        image = np.clip(image + grain[rng.integers(len(grain))], 0, 255).astype(np.uint8)
        if number in undecoded:
            picture = Picture(number, number * STEP_US, None)
        else:
            blocks = blocks_of(VideoFrame.from_ndarray(image, "bgr24"))
            picture = Picture(number, number * STEP_US, partial(np.copy, image), blocks)
        windows.append(Window((), picture))
    knower = Knower({number * STEP_US: figures for number, figures in enumerate(people)}, batch)
    watch = Watch(knower, confidence=0.25, thrifty=thrifty)
    found: list[Found] = []
    for begin in range(0, len(windows), batch):
        for window, frame, detections in watch.found(windows[begin : begin + batch]):
            found.append((window.picture.pts_us, frame is not None, len(detections)))
    assert [pts_us for pts_us, _, _ in found] == [number * STEP_US for number in range(len(people))]
    assert knower.passed_over == [pts_us for pts_us, looked, _ in found if not looked]
    return found


def looks_in(found: list[Found], begin: int, end: int) -> int:
    return sum(looked for _, looked, _ in found[begin:end])


SITTER: Figure = (100, 150, 60)


def test_an_empty_scene_is_looked_at_now_and_then() -> None:
    found = watched([[]] * 600)
    # Every 20 s, once noise is known.
    assert 7 <= looks_in(found, 100, 600) <= 12


def test_who_sits_still_stays_and_is_looked_at_every_five_seconds() -> None:
    found = watched([[SITTER]] * 600)
    assert {people for _, _, people in found} == {1}
    assert 30 <= looks_in(found, 100, 600) <= 45


def test_who_comes_goes_and_walks_is_looked_at_at_once() -> None:
    walk: list[list[Figure]] = [[(20 + 10 * step, 150, 60)] for step in range(28)]
    found = watched([*[[]] * 150, *walk, *[[]] * 150])
    assert [people for _, _, people in found] == [0] * 150 + [1] * 28 + [0] * 150
    assert looks_in(found, 150, 179) == 29


def test_who_moves_a_little_now_and_then_is_looked_at_then() -> None:
    places = [(100.0 + 6 * (step // 60 % 2), 150.0, 60.0) for step in range(600)]
    found = watched([[place] for place in places])
    assert {people for _, _, people in found} == {1}
    assert all(found[step][1] for step in range(120, 600, 60))


def test_what_was_left_undecoded_shows_what_was_seen_before() -> None:
    found = watched([[SITTER]] * 100, undecoded=range(60, 80))
    assert looks_in(found, 60, 80) == 0
    assert {people for _, _, people in found} == {1}
    # It is long due.
    assert found[80][1]


def test_who_has_just_left_when_packets_begin_to_be_left_undecoded_is_not_said_to_be_there(
    tmp_path: Path,
) -> None:
    """The key frame that shows it is none of the sampled ones, nor are the next ones."""
    begin, end = 57.45, 61.45

    def figure(seconds: float) -> Figure:
        return 100 + 20 * seconds, 200, 60

    scene = people((begin, end, figure))
    clip = still_clip(tmp_path / "a.mp4", scene, seconds=70, key_every=15, noise=0.7)
    times = [index / FPS for index in range(70 * FPS)]
    there = {round(at * 1e6): [figure(at - begin)] if begin <= at < end else [] for at in times}
    watch = Watch(Knower(there, 1), confidence=0.25, thrifty=True)
    with VideoReader(clip) as video:
        windows = list(video.windows(2.5, finest_fps=FPS, skip_quiet=True))
        found = {window.picture.pts_us: len(detections) for window, _, detections in watch.found(windows)}
        assert video.timeline.frames_undecoded > 300
    assert found == {pts_us: len(there[pts_us]) for pts_us in found}
    assert sum(found.values()) > 8


@pytest.mark.parametrize("batch", [2, 7, 64])
def test_how_many_frames_are_given_at_once_changes_nothing(batch: int) -> None:
    people: list[list[Figure]] = [[SITTER] if 100 < step < 200 else [] for step in range(300)]
    assert watched(people, batch=batch) == watched(people)


def test_a_rate_that_was_asked_for_is_kept() -> None:
    assert all(looked for _, looked, _ in watched([[]] * 60, thrifty=False))
