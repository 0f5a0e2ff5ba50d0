"""Key frames that a detector learns from: single pictures spread over a clip."""

from pathlib import Path

import pytest

from heatcli.video.reader import VideoReader
from tests.support.make_clips import number_of, with_packets, write_clip
from tests.support.reading import COUNT, images

EVERY = 4


def learned(path: Path, count: int) -> list[int]:
    with VideoReader(path) as reader:
        reader.measure()
        return [number_of(frame.image) for frame in reader.key_frames(min(count, reader.key_frame_count))]


@pytest.mark.parametrize(
    ("name", "codec", "b_frames"),
    [
        ("a.mp4", "libx264", 0),
        ("a.mp4", "libx264", 3),
        ("a.ts", "libx264", 0),
        ("a.avi", "libx264", 0),
        ("a.h264", "libx264", 0),
    ],
)
def test_all_key_frames_and_nothing_between(tmp_path: Path, name: str, codec: str, b_frames: int) -> None:
    path = write_clip(tmp_path / name, images(), codec=codec, key_every=EVERY, b_frames=b_frames)
    assert learned(path, 100) == list(range(0, COUNT, EVERY))


def test_some_of_many_are_spread_over_the_clip(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.avi", images(), codec="mjpeg")
    assert learned(path, 5) == [0, 8, 16, 24, 32]


def test_damaged_one_is_left_out(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "a.mp4", images(), key_every=EVERY)

    def with_hole(number: int, data: bytes) -> bytes:
        return data[:40] + bytes(len(data) - 80) + data[-40:] if number == 2 * EVERY else data

    changed = with_packets(whole, tmp_path / "b.mp4", with_hole)
    assert learned(changed, 100) == [n for n in range(0, COUNT, EVERY) if n != 2 * EVERY]
