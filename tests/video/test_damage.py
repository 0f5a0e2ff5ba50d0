"""Files that are damaged, cut off, or no videos at all."""

import os
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from heatcli.errors import VideoError
from heatcli.video.reader import VideoReader
from tests.support.make_clips import cut, damage, with_packets, write_clip
from tests.support.reading import COUNT, MS, images, numbers, read, times


def packet_offsets(path: Path) -> list[int]:
    """Where in the file each frame begins, in order of decoding."""
    with av.open(str(path)) as container:
        return [packet.pos for packet in container.demux(video=0) if packet.pos is not None]


def test_damaged_frames_are_counted_and_their_time_is_not_covered(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "a.avi", images(), codec="mpeg4", key_every=5)
    frames, timeline = read(damage(source, tmp_path / "b.avi", [0.3, 0.7]))
    failed = sorted(set(range(COUNT)) - {frame.index for frame in frames})
    # Two places are damaged, and there is a key frame in every five.
    assert 2 <= len(failed) == timeline.frames_failed <= 10
    assert timeline.frames_decoded == COUNT - len(failed)
    assert times(frames) == [40 * MS * frame.index for frame in frames]
    assert timeline.coverage().total_us == 40 * MS * (COUNT - len(failed))
    assert not timeline.coverage().contains(np.array(failed) * 40 * MS).any()
    # Nothing has moved, and nothing that shows damage is used.
    assert numbers(frames) == [frame.index for frame in frames]


@pytest.mark.parametrize("suffix", [".avi", ".mkv", ".mov"])
@pytest.mark.parametrize("kind", ["zeros", "cut", "noise"])
@pytest.mark.parametrize("threads", [1, 2])
def test_damaged_jpegs_have_failed(tmp_path: Path, suffix: str, kind: str, threads: int) -> None:
    """Several threads put marks between the parts of a JPEG, without which zeros look like one colour."""
    damaged = list(range(3, 82, 5))
    noise = np.random.default_rng(1)

    def change(number: int, jpeg: bytes) -> bytes:
        if number not in damaged:
            return jpeg
        rest = len(jpeg) // 2
        return jpeg[:-rest] + {"zeros": bytes(rest), "cut": b"", "noise": noise.bytes(rest)}[kind]

    source = write_clip(tmp_path / f"a{suffix}", images(82), codec="mjpeg", threads=threads)
    frames, timeline = read(with_packets(source, tmp_path / f"b{suffix}", change))
    assert [frame.index for frame in frames] == [n for n in range(82) if n not in damaged]
    assert numbers(frames) == [frame.index for frame in frames]
    assert timeline.frames_failed == 16
    assert timeline.coverage().total_us == 40 * MS * (82 - 16)


def test_a_camera_that_leaves_out_the_last_bits_of_each_jpeg(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "a.avi", images(), codec="mjpeg")
    short = with_packets(source, tmp_path / "b.avi", lambda _, jpeg: jpeg[:-40] + jpeg[-2:])
    frames, timeline = read(short)
    assert (numbers(frames), timeline.frames_failed) == (list(range(COUNT)), 0)


def test_a_clip_of_a_single_jpeg(tmp_path: Path) -> None:
    frames, timeline = read(write_clip(tmp_path / "a.avi", images(1), codec="mjpeg"))
    assert (numbers(frames), timeline.frames_failed) == ([0], 0)


def test_frames_that_the_decoder_drops_in_silence(tmp_path: Path) -> None:
    """A stream that begins between two key frames: the decoder skips to the first one it can show."""
    source = write_clip(tmp_path / "a.ts", images(), key_every=15, b_frames=2)
    key, second, *_ = packet_offsets(source)
    data = source.read_bytes()
    (tmp_path / "b.ts").write_bytes(data[:key] + data[second:])
    frames, timeline = read(tmp_path / "b.ts")
    assert numbers(frames) == list(range(15, COUNT))
    assert [frame.index for frame in frames] == list(range(14, COUNT - 1))
    assert times(frames) == [40 * MS * frame.index for frame in frames]
    assert timeline.frames_failed == 14


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.ts", "libx264", {}),
        ("a.avi", "mpeg4", {}),
        ("a.avi", "mjpeg", {}),
        ("a.mkv", "libx264", {}),
        ("a.mp4", "libx264", {"movflags": "faststart"}),
    ],
)
@pytest.mark.parametrize("fraction", [0.55, 0.7, 0.9])
def test_cut_file_is_used_up_to_the_cut(
    tmp_path: Path, name: str, codec: str, options: dict[str, str], fraction: float
) -> None:
    source = write_clip(tmp_path / name, images(), codec=codec, container_options=options, key_every=5)
    end = source.stat().st_size * fraction
    whole = sum(offset <= end for offset in packet_offsets(source)) - 1
    frames, timeline = read(cut(source, tmp_path / f"cut-{name}", fraction))
    # An error in the last frame can cost those that other threads are still decoding.
    assert whole - (os.cpu_count() or 1) <= len(frames) <= whole + 1
    assert len(frames) + timeline.frames_failed in (whole, whole + 1)
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert numbers(frames)[:whole] == list(range(len(frames)))[:whole]
    assert timeline.coverage().bounds.tolist() == [[0, 40 * MS * len(frames)]]


@pytest.mark.parametrize(
    ("name", "codec", "b_frames", "options"),
    [
        ("a.avi", "mpeg4", 0, {}),
        ("a.avi", "libx264", 2, {}),
        ("a.mp4", "libx264", 2, {"movflags": "faststart"}),
    ],
)
@pytest.mark.parametrize("sample_fps", [0.0, 5.0])
def test_frames_beyond_a_cut_are_counted(
    tmp_path: Path, name: str, codec: str, b_frames: int, options: dict[str, str], sample_fps: float
) -> None:
    source = write_clip(tmp_path / name, images(), codec=codec, b_frames=b_frames, container_options=options)
    with VideoReader(source) as whole:
        list(whole.frames(sample_fps))
        assert (whole.info.frames, whole.frames_missing) == (COUNT, 0)
    with VideoReader(cut(source, tmp_path / f"cut-{name}", 0.7)) as reader:
        list(reader.frames(sample_fps))
        met = reader.timeline.frames_decoded + reader.timeline.frames_failed
        assert met < COUNT
        assert (reader.info.frames, reader.frames_missing) == (COUNT, COUNT - met)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", "libx264"),
        ("a.ts", "mpeg2video"),
        ("a.avi", "mpeg4"),
        ("a.mkv", "libx264"),
        ("a.flv", "libx264"),
    ],
)
def test_damage_anywhere_never_breaks_the_order_of_time(tmp_path: Path, name: str, codec: str) -> None:
    data = write_clip(tmp_path / name, images(), codec=codec).read_bytes()
    path = tmp_path / f"b-{name}"
    for seed in range(12):
        rng = np.random.default_rng(seed)
        damaged = bytearray(data[: int(rng.integers(len(data) // 2, len(data) + 1))])
        for start in rng.integers(0, len(damaged), 3):
            stretch = slice(start, min(start + rng.choice([1, 20, 400, 5000]), len(damaged)))
            damaged[stretch] = rng.bytes(len(damaged[stretch]))
        path.write_bytes(damaged)
        try:
            frames, timeline = read(path)
        except VideoError:
            continue
        assert times(frames) == sorted(set(times(frames)))
        assert len(frames) == timeline.frames_decoded
        assert len(frames) + timeline.frames_failed <= COUNT + 3
        assert timeline.coverage().contains(timeline.pts_us()).all()


def test_decoders_complaints_stay_off_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = write_clip(tmp_path / "a.ts", images())
    read(damage(source, tmp_path / "b.ts", [0.2, 0.5, 0.8], 2000))
    assert capfd.readouterr() == ("", "")


def no_such_file(folder: Path) -> Path:
    return folder / "none.mp4"


def a_folder(folder: Path) -> Path:
    return folder


def empty(folder: Path) -> Path:
    (folder / "empty.mp4").touch()
    return folder / "empty.mp4"


def text(folder: Path) -> Path:
    (folder / "text.mp4").write_text("not a video\n" * 1000)
    return folder / "text.mp4"


def without_index(folder: Path) -> Path:
    return cut(write_clip(folder / "whole.mp4", images()), folder / "cut.mp4", 0.6)


def sound_only(folder: Path) -> Path:
    with av.open(str(folder / "sound.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        assert isinstance(stream, av.AudioStream)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        silence.rate = 8000
        container.mux([*stream.encode(silence), *stream.encode(None)])
    return folder / "sound.mp4"


def unknown_codec(folder: Path) -> Path:
    data = write_clip(folder / "a.mp4", images()).read_bytes()
    (folder / "b.mp4").write_bytes(data.replace(b"avc1", b"xyz9"))
    return folder / "b.mp4"


def not_one_frame(folder: Path) -> Path:
    data = bytearray(write_clip(folder / "a.mp4", images()).read_bytes())
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    data[start:end] = bytes(end - start)
    (folder / "b.mp4").write_bytes(data)
    return folder / "b.mp4"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (no_such_file, "no such file"),
        (a_folder, "is a folder"),
        (empty, "is empty"),
        (text, "is no video"),
        (without_index, "cut off before its index"),
        (sound_only, "no video, only audio"),
        (unknown_codec, "unknown kind"),
        (not_one_frame, "not one frame"),
    ],
)
def test_what_is_no_video_is_said_in_one_line(
    tmp_path: Path, make: Callable[[Path], Path], says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = make(tmp_path)
    with pytest.raises(VideoError, match=says) as caught:
        VideoReader(path)
    message = str(caught.value)
    assert str(path) in message
    assert "; " in message, "says what to do"
    assert "\n" not in message
    assert capfd.readouterr() == ("", "")
