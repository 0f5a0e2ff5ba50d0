"""Frames and times of real files: every frame says in its pixels which one it is."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.errors import VideoError
from heatcli.video.container import open_video
from heatcli.video.decode import presented
from heatcli.video.frame import Frame
from heatcli.video.reader import VideoReader
from heatcli.video.sampling import Sampler
from heatcli.video.timeline import Timeline
from tests.support.make_clips import HEIGHT, WIDTH, Image, cut, damage, number_of, numbered, write_clip

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


def packet_offsets(path: Path) -> list[int]:
    """Where in the file each frame begins, in order of decoding."""
    with av.open(str(path)) as container:
        return [packet.pos for packet in container.demux(video=0) if packet.pos is not None]


@pytest.mark.parametrize(
    ("name", "codec", "b_frames"),
    [
        ("a.mp4", "libx264", 0),
        ("a.mp4", "libx264", 3),
        ("a.mkv", "libx264", 3),
        ("a.ts", "libx264", 3),
        ("a.avi", "libx264", 2),
        ("a.avi", "mpeg4", 2),
        ("a.avi", "msmpeg4v2", 0),
        ("a.avi", "mjpeg", 0),
        ("a.ts", "mpeg2video", 2),
        ("10:00:00 %d.mp4", "mpeg4", 0),
    ],
)
def test_every_frame_in_order_at_its_time(tmp_path: Path, name: str, codec: str, b_frames: int) -> None:
    path = write_clip(tmp_path / name, images(), codec=codec, b_frames=b_frames)
    frames, timeline = read(path)
    assert numbers(frames) == list(range(COUNT))
    assert [frame.index for frame in frames] == list(range(COUNT))
    assert times(frames) == [40 * MS * n for n in range(COUNT)]
    assert (timeline.frames_decoded, timeline.frames_failed) == (COUNT, 0)
    assert timeline.coverage().bounds.tolist() == [[0, 40 * MS * COUNT]]


def test_variable_rate_non_zero_start_and_a_gap(tmp_path: Path) -> None:
    stamps = [5000, 5033, 5100, 5101, 5300, 9300, 9333, 9400]
    path = write_clip(
        tmp_path / "vfr.mkv", images(8), pts=stamps, time_base=Fraction(1, 1000), b_frames=2, codec="libx264"
    )
    frames, timeline = read(path)
    assert numbers(frames) == list(range(8))
    assert times(frames) == [(stamp - 5000) * MS for stamp in stamps]
    # The median step is 67 ms.
    assert timeline.coverage().bounds.tolist() == [[0, 367 * MS], [4300 * MS, 4467 * MS]]


def test_stamps_that_a_stream_does_not_have(tmp_path: Path) -> None:
    frames, _ = read(write_clip(tmp_path / "raw.h264", images(), b_frames=2))
    assert numbers(frames) == list(range(COUNT))
    assert times(frames) == [40 * MS * n for n in range(COUNT)]


def test_recorder_that_started_again_within_a_file(tmp_path: Path) -> None:
    first = write_clip(tmp_path / "1.ts", images(COUNT)).read_bytes()
    (tmp_path / "both.ts").write_bytes(first + first)
    frames, timeline = read(tmp_path / "both.ts")
    assert numbers(frames) == [*range(COUNT), *range(COUNT)]
    assert times(frames) == [40 * MS * n for n in range(2 * COUNT)]
    assert timeline.frames_failed == 0


def test_unchanged_pictures_that_avi_leaves_out(tmp_path: Path) -> None:
    # AVI has no time stamps: a frame that is not there is an empty chunk.
    path = write_clip(
        tmp_path / "a.avi", images(4), codec="mpeg4", pts=[0, 1, 5, 6], time_base=Fraction(1, 25)
    )
    with VideoReader(path) as reader:
        frames, timeline = list(reader.frames()), reader.timeline
        assert (reader.info.frames, reader.frames_missing) == (7, 0)
    assert times(frames) == [0, 40 * MS, 200 * MS, 240 * MS]
    assert timeline.frames_failed == 0


@pytest.mark.parametrize(("b_frames", "wild"), [(0, 20), (2, 20), (2, 21), (2, 22)])
def test_one_wild_stamp_moves_no_other_frame(tmp_path: Path, b_frames: int, wild: int) -> None:
    source = write_clip(tmp_path / "a.mp4", images(), b_frames=b_frames)
    with av.open(str(source)) as old, av.open(str(tmp_path / "b.mp4"), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for number, packet in enumerate(old.demux(video=0)):
            if packet.dts is not None:
                packet.stream = stream
                if number == wild:
                    packet.pts = packet.dts + round(95_443 / packet.time_base)
                new.mux(packet)
    frames, timeline = read(tmp_path / "b.mp4")
    assert numbers(frames) == list(range(COUNT))
    assert times(frames) == [40 * MS * n for n in range(COUNT)]
    assert timeline.frames_failed == 0


def test_only_the_shown_part_of_an_edited_clip(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "a.mp4", images())
    with av.open(str(source)) as old, av.open(str(tmp_path / "b.mp4"), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                # Negative times are kept in the file and cut off by an edit list.
                ticks = packet.time_base / Fraction(1, 25)
                packet.pts = round((packet.pts or 0) - 5 / ticks)
                packet.dts = round(packet.dts - 5 / ticks)
                new.mux(packet)
    with VideoReader(tmp_path / "b.mp4") as reader:
        frames, timeline = list(reader.frames()), reader.timeline
        assert (reader.info.frames, reader.frames_missing) == (COUNT - 5, 0)
    assert numbers(frames) == list(range(5, COUNT))
    assert times(frames) == [40 * MS * n for n in range(COUNT - 5)]
    assert timeline.frames_failed == 0


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_rotation_is_applied(tmp_path: Path, rotation: int) -> None:
    turns = rotation // 90
    upright = np.full((WIDTH, HEIGHT, 3) if turns % 2 else (HEIGHT, WIDTH, 3), 64, np.uint8)
    upright[:20, :40] = (0, 0, 255)
    # As recorded by a camera that hangs `rotation` degrees counter-clockwise.
    recorded = np.ascontiguousarray(np.rot90(upright, turns))
    path = write_clip(tmp_path / "a.mp4", [recorded] * 3, rotation=rotation, sample_aspect=Fraction(16, 11))
    with VideoReader(path) as reader:
        image = next(reader.frames()).image
    assert (reader.info.height, reader.info.width) == image.shape[:2] == upright.shape[:2]
    assert np.abs(image.astype(int) - upright).mean() < 5
    assert image.flags.c_contiguous
    assert reader.info.rotation == rotation
    assert reader.info.sample_aspect == (Fraction(11, 16) if turns % 2 else Fraction(16, 11))


def test_info(tmp_path: Path) -> None:
    path = write_clip(
        # 722 pixels are a width whose lines the decoder pads.
        tmp_path / "a.mp4",
        [np.zeros((100, 722, 3), np.uint8)] * 10,
        fps=Fraction(25, 2),
        metadata={"creation_time": "2024-03-31T02:30:00Z"},
    )
    with VideoReader(path) as reader:
        assert next(reader.frames()).image.flags.c_contiguous
    info = reader.info
    assert (info.path, info.width, info.height, info.fps) == (path, 722, 100, 12.5)
    assert (info.rotation, info.duration_us) == (0, 800 * MS)
    assert info.sample_aspect == 1
    assert info.creation_time == datetime(2024, 3, 31, 2, 30, tzinfo=UTC)


def test_size_that_changes_is_scaled_to_the_first(tmp_path: Path) -> None:
    large = [cv2.resize(image, (2 * WIDTH, 2 * HEIGHT)).astype(np.uint8) for image in images(5)]
    first = write_clip(tmp_path / "1.ts", images(5)).read_bytes()
    second = write_clip(tmp_path / "2.ts", large).read_bytes()
    (tmp_path / "both.ts").write_bytes(first + second)
    frames, _ = read(tmp_path / "both.ts")
    assert numbers(frames) == [*range(5), *range(5)]
    assert {frame.image.shape for frame in frames} == {(HEIGHT, WIDTH, 3)}


# --- sampling


@pytest.mark.parametrize(
    ("name", "fps", "sample_fps", "taken"),
    [
        ("a.mp4", 25, 0.0, list(range(25))),
        ("a.mp4", 25, 100.0, list(range(25))),
        ("a.mkv", 25, 25.0, list(range(25))),
        ("a.avi", 10, 10.0, list(range(10))),
        ("a.mp4", 25, 10.0, [0, 3, 5, 8, 10, 13, 15, 18, 20, 23]),
        # A tick of AVI is a whole frame; half of one moves the frames that are taken, not how many.
        ("a.avi", 25, 10.0, [0, 2, 5, 7, 10, 12, 15, 17, 20, 22]),
        ("a.mp4", Fraction(25, 2), 10.0, [0, 2, 3, 4, 5, 7, 8, 9, 10]),
        ("a.mp4", 25, 0.5, [0]),
    ],
)
def test_sampling(
    tmp_path: Path, name: str, fps: int | Fraction, sample_fps: float, taken: list[int]
) -> None:
    count = int(fps)
    frames, timeline = read(write_clip(tmp_path / name, images(count), fps=fps, codec="mpeg4"), sample_fps)
    assert numbers(frames) == taken
    assert [frame.index for frame in frames] == taken == timeline.index().tolist()
    assert timeline.frames_decoded == count


frame_rates = st.sampled_from(
    [Fraction(r) for r in ("1", "6.25", "10", "12.5", "15", "25", "30000/1001", "60")]
)
time_bases = st.sampled_from(
    [Fraction(1, 1000), Fraction(1, 12_800), Fraction(1, 90_000), Fraction(1, 10**7)]
)


def stamps(count: int, rate: Fraction, time_base: Fraction) -> list[int]:
    """Media times in µs of a steady clip, as a container with such ticks rounds them."""
    return [round(round(n / rate / time_base) * time_base * 1_000_000) for n in range(count)]


@given(frame_rates, time_bases, st.sampled_from([0.1, 1.0, 3.0, 5.0, 7.5, 10.0, 12.5, 25.0, 50.0]))
def test_sampling_has_the_rate_asked_for(rate: Fraction, time_base: Fraction, sample_fps: float) -> None:
    sampler = Sampler(sample_fps, time_base)
    times_us = stamps(200, rate, time_base)
    taken = [time for time in times_us if sampler.takes(time)]
    assert taken[0] == 0
    if sample_fps > rate:
        assert taken == times_us
    else:
        # One for each 1 / sample_fps begun.
        expected = int(times_us[-1] * sample_fps / 1e6) + 1
        assert abs(len(taken) - expected) <= 1


# --- damage


def test_damaged_frames_are_counted_and_their_time_is_not_covered(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "a.avi", images(), codec="mpeg4", key_every=5)
    frames, timeline = read(damage(source, tmp_path / "b.avi", [0.3, 0.7]))
    failed = sorted(set(range(COUNT)) - {frame.index for frame in frames})
    assert 1 <= len(failed) == timeline.frames_failed <= 4
    assert timeline.frames_decoded == COUNT - len(failed)
    assert times(frames) == [40 * MS * frame.index for frame in frames]
    assert timeline.coverage().total_us == 40 * MS * (COUNT - len(failed))
    assert not timeline.coverage().contains(np.array(failed) * 40 * MS).any()
    # Nothing but the frames that failed is missing, and nothing has moved.
    sound = [frame for frame in frames if number_of(frame.image) == frame.index]
    assert len(sound) >= len(frames) - 2


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


# --- passes


def test_each_pass_begins_anew(tmp_path: Path) -> None:
    with VideoReader(write_clip(tmp_path / "a.mp4", images(), b_frames=2)) as reader:
        ahead = reader.frames(5.0)
        assert [next(ahead).index, next(ahead).index] == [0, 5]
        assert numbers(list(reader.frames())) == list(range(COUNT))
        assert reader.timeline.frames_processed == COUNT
        assert list(ahead) == []


def test_leaving_early_ends_the_decoders_threads(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", images())

    def threads() -> int:
        return len(os.listdir("/proc/self/task"))

    before = threads()
    with VideoReader(path) as reader:
        next(reader.frames())
        during = threads()
    assert during > before or os.cpu_count() == 1
    assert threads() == before


def test_real_recording(test_data: Path) -> None:
    with VideoReader(test_data / "vtest.avi") as reader:
        last = None
        for frame in reader.frames(1.0):
            last = frame
    assert last is not None
    assert (reader.info.width, reader.info.height, reader.info.fps) == (768, 576, 10.0)
    assert (reader.timeline.frames_decoded, reader.timeline.frames_failed) == (795, 0)
    assert reader.timeline.frames_processed == 80
    assert reader.info.duration_us == 79_500_000


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".avi"])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_pass_from_a_moment_on_has_the_same_frames(suffix: str, b_frames: int, tmp_path: Path) -> None:
    images = [numbered(number) for number in range(100)]
    clip = write_clip(tmp_path / f"a{suffix}", images, b_frames=b_frames, fps=10)
    with VideoReader(clip) as video:
        whole = list(video.frames())
        for from_us in (1, 3_333_333, 6_000_000, 9_900_000):
            part = list(video.frames(from_us=from_us))
            wanted = [frame for frame in whole if frame.pts_us >= from_us]
            assert [(f.index, f.pts_us) for f in part] == [(f.index, f.pts_us) for f in wanted]
            assert all((a.image == b.image).all() for a, b in zip(part, wanted, strict=True))
            assert video.timeline.frames_failed == 0
            assert video.timeline.frames_decoded == len(part)


def test_what_comes_before_the_key_frame_is_not_decoded(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", [numbered(number) for number in range(100)], fps=10)
    with open_video(clip) as (container, stream):
        shown = list(presented(clip, container, stream, skip_us=8_000_000))
    decoded = [picture is not None for _, picture in shown]
    # Key frames are 12 apart, and skipping ends a second before what is wanted.
    assert decoded == [number >= 60 for number in range(100)]
