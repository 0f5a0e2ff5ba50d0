"""Which frames of a clip are looked at, and that it does not matter how many at once."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from heatcli.analysis.follow import follow
from heatcli.analysis.kept_pieces import KeptPieces
from heatcli.analysis.models import LoadedModels
from heatcli.analysis.plan import Job
from heatcli.config.settings import AnalyzeSettings
from heatcli.detect.base import Detections, DetectorIdentity
from heatcli.names import DetectorChoice
from heatcli.track.appearance.colours import Colours
from heatcli.track.observations import Observations
from heatcli.video.frame import Frame
from heatcli.video.reader import VideoReader
from tests.support.make_clips import write_clip
from tests.support.online_scenes import box, detections
from tests.support.reading import images

FPS, SECONDS, HEIGHT = 25, 6, 40.0
BASE = list(range(0, FPS * SECONDS, 10))
"""Frames that are looked at in any case: 2.5 a second. Nothing is asked of those after the last one."""
Scene = Callable[[float], Sequence[float]]
"""Where the feet of people are, across, after some seconds."""


def apart(time_s: float) -> Sequence[float]:
    """Somebody stands, and somebody walks by on the other side."""
    return 40.0, 100.0 + 12.0 * time_s


def sprinters(time_s: float) -> Sequence[float]:
    """Two who run past each other after two seconds, at five body heights per second."""
    way = 5 * HEIGHT * np.clip(time_s - 2.0, 0.0, 0.6)
    return 40.0 + way, 160.0 - way


class Drawn:
    """A detector that knows where everybody is, and notes what it is asked."""

    identity = DetectorIdentity("drawn", None, None)
    classes = ("person",)
    base_fps = 2.5
    reads_ahead = False

    def __init__(self, scene: Scene, batch_size: int) -> None:
        self.batch_size = batch_size
        self.asked: list[int] = []
        self._scene = scene

    def learn(self, frames: Iterable[Frame], *, width: int, height: int) -> None:
        assert not self.asked

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        self.asked += [frame.index for frame in frames]
        return [
            detections([box(x, 60.0, HEIGHT) for x in self._scene(frame.pts_us / 1e6)]) for frame in frames
        ]

    def pass_over(self, pts_us: int) -> None:
        pass

    def close(self) -> None:
        pass


class Silent:
    """Shows nothing."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *_: None


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("follow") / "clip.mp4", images(FPS * SECONDS), fps=FPS)


def looked_at(
    clip: Path, scene: Scene, *, batch_size: int = 1, **settings: object
) -> tuple[list[int], Observations]:
    """Follow the people of a scene: frames that were looked at, and rows of the tracklets."""
    detector = Drawn(scene, batch_size)
    asked_for = AnalyzeSettings.model_validate({"detector": DetectorChoice.YOLO, **settings})
    job = Job(clip, "door", None, None, ZoneInfo("UTC"), True, None, asked_for)
    with VideoReader(clip) as video:
        kept = KeptPieces(clip.parent, clip.stem, "", lambda _: None, may_keep=lambda: True)
        followed = follow(job, video, LoadedModels(detector, Colours(), None), Silent(), kept)
    return sorted(detector.asked), followed.tracker.finish()


def test_people_who_are_easily_followed_are_looked_at_seldom(clip: Path) -> None:
    frames, _ = looked_at(clip, apart)
    assert [frame for frame in frames if frame <= BASE[-1]] == BASE


def test_where_it_is_open_who_went_where_frames_in_between_are_looked_at(clip: Path) -> None:
    frames, _ = looked_at(clip, sprinters)
    assert set(frames) > set(BASE)
    more = np.array([frame for frame in frames if frame not in BASE and frame <= BASE[-1]]) / FPS
    # Nothing of it before they run, or a second after.
    assert more.min() >= 2.0
    assert more.max() <= 3.6
    # Ten frames a second at the most.
    assert np.diff(frames).min() >= 2


def test_how_many_frames_a_detector_takes_at_once_does_not_matter(clip: Path) -> None:
    frames, rows = looked_at(clip, sprinters)
    for batch_size in (3, 100):
        others, other_rows = looked_at(clip, sprinters, batch_size=batch_size)
        assert others == frames
        np.testing.assert_array_equal(other_rows.boxes, rows.boxes)
        np.testing.assert_array_equal(other_rows.tracklet, rows.tracklet)


@pytest.mark.parametrize(("sample_fps", "step"), [(5, 5), (0, 1), (2.5, 10)])
def test_whoever_says_a_rate_gets_it(clip: Path, sample_fps: float, step: int) -> None:
    frames, _ = looked_at(clip, sprinters, sample_fps=sample_fps)
    assert frames == list(range(0, FPS * SECONDS, step))
