"""Read clips whose frames say which ones they are."""

from collections.abc import Sequence
from pathlib import Path

from heatcli.video.frame import Frame
from heatcli.video.reader import VideoReader
from heatcli.video.timeline import Timeline
from tests.support.make_clips import Image, number_of, numbered

COUNT = 40
MS = 1000


def images(count: int = COUNT) -> list[Image]:
    return [numbered(n) for n in range(count)]


def read(path: Path, sample_fps: float = 0.0) -> tuple[list[Frame], Timeline]:
    with VideoReader(path) as reader:
        return list(reader.frames(sample_fps)), reader.timeline


def numbers(frames: Sequence[Frame]) -> list[int]:
    return [number_of(frame.image) for frame in frames]


def times(frames: Sequence[Frame]) -> list[int]:
    return [frame.pts_us for frame in frames]
