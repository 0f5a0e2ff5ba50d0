"""Raw streams have no time stamps: what tells how fast their frames follow each other."""

import struct
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import pytest

from heatcli.video.reader import VideoReader
from tests.support.make_clips import numbered, write_clip
from tests.support.reading import COUNT, MS, images, numbers, times

SUFFIXES = [(".h264", "libx264"), (".264", "libx264"), (".h265", "libx265"), (".265", "libx265")]


@pytest.mark.parametrize(("suffix", "codec"), SUFFIXES)
@pytest.mark.parametrize(
    "fps", [Fraction(5), Fraction(10), Fraction(25, 2), Fraction(30000, 1001), Fraction(50)]
)
@pytest.mark.parametrize("b_frames", [0, 2])
def test_the_rate_that_the_stream_says(
    tmp_path: Path, suffix: str, codec: str, fps: Fraction, b_frames: int
) -> None:
    path = write_clip(tmp_path / f"a{suffix}", images(), codec=codec, fps=fps, b_frames=b_frames)
    with VideoReader(path) as reader:
        frames = list(reader.frames())
    step_us = round(1_000_000 / fps)
    assert numbers(frames) == list(range(COUNT))
    assert times(frames) == [step_us * n for n in range(COUNT)]
    assert reader.timeline.coverage().bounds.tolist() == [[0, step_us * COUNT]]
    assert reader.info.raw
    assert reader.info.fps == pytest.approx(float(fps))


@pytest.mark.parametrize(
    ("raw_fps", "raw_length_us", "expected"),
    [(None, None, None), (10.0, None, 10.0), (None, 5_000 * MS, 8.0), (10.0, 5_000 * MS, 10.0)],
)
def test_a_stream_that_says_no_rate(
    tmp_path: Path, raw_fps: float | None, raw_length_us: int | None, expected: float | None
) -> None:
    path = write_clip(tmp_path / "a.h265", images(), codec="libx265", fps=10, says_rate=False)
    with VideoReader(path, raw_fps=raw_fps, raw_length_us=raw_length_us) as reader:
        assert times(list(reader.frames()))[:2] == [0, round(1_000_000 / (expected or 25))]
        assert reader.info.fps == expected


def test_a_length_that_cannot_be_is_not_taken(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.h265", images(), codec="libx265", fps=10, says_rate=False)
    with VideoReader(path, raw_length_us=3_600_000 * MS) as reader:
        assert reader.info.fps is None


def test_what_the_user_says_wins_over_the_stream_and_not_over_stamps(tmp_path: Path) -> None:
    for suffix, expected in ((".h264", 200 * MS), (".mp4", 40 * MS)):
        path = write_clip(tmp_path / f"a{suffix}", images())
        with VideoReader(path, raw_fps=5.0, raw_length_us=100 * MS) as reader:
            assert times(list(reader.frames()))[1] == expected


def recorder_file(target: Path, source: Path, *, starts_s: Iterable[int], sound_ms: int) -> Path:
    """A stream as recorders by Xiongmai write it: a header before each frame, and sound after it.

    Args:
        target: file to write.
        source: clip whose every second begins with a key frame.
        starts_s: second of the day at which each second of the clip began.
        sound_ms: milliseconds of sound after each frame; 0 for none.
    """
    clock = iter(starts_s)
    with av.open(str(source)) as container, target.open("wb") as file:
        for packet in container.demux(video=0):
            data = bytes(packet)
            if packet.is_keyframe and data:
                minutes, second = divmod(next(clock), 60)
                moment = 20 << 26 | 8 << 22 | 6 << 17 | minutes // 60 << 12 | minutes % 60 << 6 | second
                file.write(b"\0\0\1\xfc" + struct.pack("<BBBBII", 2, 25, 20, 12, moment, len(data)) + data)
            elif data:
                file.write(b"\0\0\1\xfd" + struct.pack("<I", len(data)) + data)
            if data and sound_ms:
                sound = bytes([0x55]) * (8 * sound_ms)
                file.write(b"\0\0\1\xfa" + struct.pack("<BBH", 14, 2, len(sound)) + sound)
    return target


@pytest.mark.parametrize("sound_ms", [0, 80])
def test_a_recorder_that_leaves_out_frames(tmp_path: Path, sound_ms: int) -> None:
    """The stream says 25 frames a second; the recorder's sound and clock know better."""
    pictures = (numbered(n % 256) for n in range(20 * 25))
    source = write_clip(tmp_path / "a.h264", pictures, key_every=25)
    # 25 frames in two seconds, over midnight.
    starts_s = [(86_390 + 2 * n) % 86_400 for n in range(20)]
    path = recorder_file(tmp_path / "b.h264", source, starts_s=starts_s, sound_ms=sound_ms)
    with VideoReader(path) as reader:
        frames = list(reader.frames())
    assert len(frames) == 500
    assert reader.info.fps == 12.5
    assert reader.timeline.coverage().bounds.tolist() == [[0, 40_000 * MS]]


def test_real_recorder(test_data: Path) -> None:
    with VideoReader(test_data / "recorder" / "xiongmai-main.h264") as reader:
        count = sum(1 for _ in reader.frames())
    # Its 249 frames are 15.3 s; the last one is cut off.
    assert (count, reader.timeline.frames_failed) == (248, 1)
    assert reader.timeline.coverage().total_us == pytest.approx(15_300_000 * 248 / 249, abs=1000)
