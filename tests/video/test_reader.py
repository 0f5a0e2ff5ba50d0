"""Frames and times of real files: every frame says in its pixels which one it is."""

import os
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from heatcli.video.container import open_video
from heatcli.video.decode import presented
from heatcli.video.reader import VideoReader
from tests.support.make_clips import HEIGHT, WIDTH, number_of, numbered, together, with_packets, write_clip
from tests.support.reading import COUNT, MS, images, numbers, read, times


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


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("mirror", ["", "h", "v"])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned_and_mirrored_as_a_player_shows_it(
    tmp_path: Path, rotation: int, mirror: str, suffix: str
) -> None:
    turns = rotation // 90
    shown = np.full((WIDTH, HEIGHT, 3) if turns % 2 else (HEIGHT, WIDTH, 3), 64, np.uint8)
    shown[:20, :40] = (0, 0, 255)
    shown[-30:, :10] = (255, 0, 0)
    turned = {"": shown, "h": shown[:, ::-1], "v": shown[::-1]}[mirror]
    # As recorded by a camera that hangs `rotation` degrees counter-clockwise.
    recorded = np.ascontiguousarray(np.rot90(turned, turns))
    path = write_clip(
        tmp_path / f"a{suffix}",
        [recorded] * 3,
        rotation=rotation,
        mirror=mirror,
        sample_aspect=Fraction(16, 11),
    )
    with VideoReader(path) as reader:
        image = next(reader.frames()).image
    assert (reader.info.height, reader.info.width) == image.shape[:2] == shown.shape[:2]
    assert np.abs(image.astype(int) - shown).mean() < 5
    assert image.flags.c_contiguous
    assert reader.info.mirrored == bool(mirror)
    if not mirror:
        assert reader.info.rotation == rotation
    assert reader.info.sample_aspect == (Fraction(11, 16) if turns % 2 else Fraction(16, 11))


@pytest.mark.parametrize("turn", [30.0, 89.0, 200.0])
def test_other_turns_than_quarters_are_not_applied(tmp_path: Path, turn: float) -> None:
    with VideoReader(write_clip(tmp_path / "a.mp4", images(3), rotation=turn)) as reader:
        assert numbers(list(reader.frames())) == [0, 1, 2]
    assert (reader.info.mirrored, reader.info.rotation) == (False, 0)


def test_turned_by_exif(tmp_path: Path) -> None:
    """JPEGs of a phone say in Exif how they are to be turned; PyAV then lists no side data."""
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    marker = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    source = write_clip(tmp_path / "a.avi", images(5), codec="mjpeg")
    clip = with_packets(source, tmp_path / "b.avi", lambda _, jpeg: jpeg[:2] + marker + jpeg[2:])
    with VideoReader(clip) as reader:
        frames = [np.ascontiguousarray(np.rot90(frame.image)) for frame in reader.frames()]
    assert [number_of(image) for image in frames] == list(range(5))
    assert reader.info.rotation == 90


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


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".avi", ".mpg"])
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
def test_the_largest_of_several_videos_is_read(tmp_path: Path, suffix: str, order: tuple[int, ...]) -> None:
    codec = "mpeg2video" if suffix == ".mpg" else "libx264"
    sizes = [(128, 96), (WIDTH, HEIGHT), (144, 80)]
    sources = [
        write_clip(tmp_path / f"{n}{suffix}", [numbered(i + n % 2, *size) for i in range(COUNT)], codec=codec)
        for n, size in enumerate(sizes)
    ]
    with VideoReader(together(tmp_path / f"a{suffix}", *(sources[n] for n in order))) as reader:
        assert numbers(list(reader.frames())) == list(range(1, COUNT + 1))
        assert (reader.info.width, reader.info.height) == (WIDTH, HEIGHT)
        assert reader.frames_missing == 0
        assert reader.info.other_sizes == tuple(sizes[n] for n in order if n != 1)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi", ".flv", ".ts"])
@pytest.mark.parametrize("encoding", ["gbk", "latin-1", "koi8-r", "utf-16"])
def test_titles_in_any_encoding(tmp_path: Path, suffix: str, encoding: str) -> None:
    name = {"gbk": "摄像机一", "latin-1": "Eingänge", "koi8-r": "камеры", "utf-16": "door"}[encoding]
    written = name.encode(encoding)
    place = "Z" * len(written)
    # Formats have their own names for what is a title, and some give it to the stream.
    told = {"title": place, "comment": place, "service_name": place, "service_provider": place}
    told["creation_time"] = "2024-03-31T02:30:00Z"
    source = write_clip(tmp_path / f"a{suffix}", images(), metadata=told)
    data = source.read_bytes()
    assert place.encode() in data
    clip = tmp_path / f"b{suffix}"
    clip.write_bytes(data.replace(place.encode(), written))
    with VideoReader(clip) as reader:
        assert numbers(list(reader.frames())) == list(range(COUNT))
        if suffix in (".mp4", ".mkv"):
            assert reader.info.creation_time == datetime(2024, 3, 31, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "2024-02-30T00:00:00Z", "0001-01-01T00:00:00+12:00"])
def test_a_creation_time_that_is_none(tmp_path: Path, text: str) -> None:
    # FFmpeg would write a time of its own under that name.
    source = write_clip(tmp_path / "a.mkv", images(), metadata={"CREATION-TIME": text})
    clip = tmp_path / "b.mkv"
    clip.write_bytes(source.read_bytes().replace(b"CREATION-TIME", b"creation_time"))
    with av.open(str(clip)) as container:
        assert container.metadata["creation_time"] == text
    with VideoReader(clip) as reader:
        assert reader.info.creation_time is None


def test_each_pass_begins_anew(tmp_path: Path) -> None:
    with VideoReader(write_clip(tmp_path / "a.mp4", images(), b_frames=2)) as reader:
        ahead = reader.frames(5.0)
        assert [next(ahead).index, next(ahead).index] == [0, 5]
        assert numbers(list(reader.frames())) == list(range(COUNT))
        assert reader.timeline.frames_processed == COUNT
        assert list(ahead) == []


def test_two_passes_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", images(), b_frames=2)
    with VideoReader(clip) as video, video.beside() as beside:
        both = list(zip(video.frames(), beside.frames(from_us=1), strict=False))
        assert [number_of(frame.image) for frame, _ in both] == list(range(COUNT - 1))
        assert [number_of(frame.image) for _, frame in both] == list(range(1, COUNT))
        assert video.timeline.frames_failed == 0


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
    decoded = [picture is not None for _, _, picture in shown]
    # Key frames are 12 apart, and skipping ends a second before what is wanted.
    assert decoded == [number >= 60 for number in range(100)]
