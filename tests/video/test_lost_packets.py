"""Streams of which a part is lost: what shows damage is left out, up to where the next key frame mends it."""

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from heatcli.video.frame import Frame
from heatcli.video.reader import VideoReader
from heatcli.video.timeline import Timeline
from tests.support.make_clips import Image, with_packets, write_clip
from tests.support.reading import MS, read

COUNT, KEY_EVERY = 60, 10
PACKET, VIDEO_PID = 188, 256
# Share of a picture's pixels that are off: half of a block of 8x8.
SMEARED = 0.0005


def scene(count: int = COUNT) -> list[Image]:
    """A still scene with a box of noise that moves, so that what is lost stays to be seen."""
    rng = np.random.default_rng(5)
    empty = np.kron(rng.integers(60, 160, (24, 40, 1), dtype=np.uint8), np.ones((8, 8, 3), np.uint8))
    images = []
    for number in range(count):
        image = empty.copy()
        image[80:140, 20 + 4 * number : 50 + 4 * number] = rng.integers(150, 250, (60, 30, 1), dtype=np.uint8)
        images.append(image)
    return images


def packets_of(data: bytes) -> list[bytes]:
    return [data[at : at + PACKET] for at in range(0, len(data), PACKET)]


def lose_packets(source: Path, target: Path, seed: int, *, losses: int, in_a_row: int = 1) -> Path:
    """A transport stream without some of its video packets, none of the first picture."""
    packets = packets_of(source.read_bytes())
    video = [n for n, one in enumerate(packets) if (one[1] & 31) << 8 | one[2] == VIDEO_PID]
    begins = [n for n in video if packets[n][1] & 64]
    rng = np.random.default_rng(seed)
    first = rng.choice([n for n in range(len(video)) if video[n] >= begins[1]], losses, replace=False)
    gone = {video[n] for one in first for n in range(one, min(one + in_a_row, len(video)))}
    target.write_bytes(b"".join(one for n, one in enumerate(packets) if n not in gone))
    return target


def lose_one(source: Path, target: Path, *, picture: int, last: bool) -> Path:
    """A transport stream without the first or last packet of a picture, counted as they are decoded."""
    packets = packets_of(source.read_bytes())
    video = [n for n, one in enumerate(packets) if (one[1] & 31) << 8 | one[2] == VIDEO_PID]
    begins = [k for k, n in enumerate(video) if packets[n][1] & 64]
    gone = video[begins[picture + 1] - 1 if last else begins[picture]]
    target.write_bytes(b"".join(one for n, one in enumerate(packets) if n != gone))
    return target


def overwrite(source: Path, target: Path, seed: int, *, spots: int, length: int, zeros: bool) -> Path:
    """An MP4 with places of its video overwritten."""
    data = bytearray(source.read_bytes())
    with av.open(str(source)) as container:
        offsets = [packet.pos for packet in container.demux(video=0) if packet.pos is not None]
    rng = np.random.default_rng(seed)
    for at in rng.integers(offsets[1], offsets[-1], spots):
        data[at : at + length] = bytes(length) if zeros else rng.bytes(length)
    target.write_bytes(data)
    return target


def assert_nothing_smeared_is_used(damaged: Path, whole: Path) -> tuple[list[Frame], Timeline]:
    sound = {frame.pts_us: frame for frame in read(whole)[0]}
    frames, timeline = read(damaged)
    assert frames
    for frame in frames:
        off = np.abs(frame.image.astype(int) - sound[frame.pts_us].image).max(axis=2) > 32
        assert off.mean() < SMEARED, frame.index
    assert timeline.frames_failed > 0
    assert timeline.coverage().total_us <= 40 * MS * (COUNT - timeline.frames_failed) + MS
    return frames, timeline


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize("in_a_row", [1, 5])
@pytest.mark.parametrize("seed", [1, 2])
def test_lost_packets(tmp_path: Path, codec: str, b_frames: int, in_a_row: int, seed: int) -> None:
    whole = write_clip(tmp_path / "a.ts", scene(), codec=codec, key_every=KEY_EVERY, b_frames=b_frames)
    damaged = lose_packets(whole, tmp_path / "b.ts", seed, losses=2, in_a_row=in_a_row)
    frames, _ = assert_nothing_smeared_is_used(damaged, whole)
    # Each loss is mended by the second key frame after it, if it hits the first.
    assert len(frames) >= COUNT - 2 * 2 * KEY_EVERY


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("length", [100, 1000])
@pytest.mark.parametrize("seed", [1, 2])
def test_places_overwritten_with_zeros(tmp_path: Path, codec: str, length: int, seed: int) -> None:
    whole = write_clip(tmp_path / "a.mp4", scene(), codec=codec, key_every=KEY_EVERY)
    damaged = overwrite(whole, tmp_path / "b.mp4", seed, spots=2, length=length, zeros=True)
    assert_nothing_smeared_is_used(damaged, whole)


@pytest.mark.parametrize("seed", range(4))
def test_places_overwritten_with_noise(tmp_path: Path, seed: int) -> None:
    whole = write_clip(tmp_path / "a.mp4", scene(), key_every=KEY_EVERY, b_frames=2)
    damaged = overwrite(whole, tmp_path / "b.mp4", seed, spots=2, length=200, zeros=False)
    assert_nothing_smeared_is_used(damaged, whole)


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_a_damaged_picture_from_which_nothing_is_predicted_costs_nothing_else(
    tmp_path: Path, codec: str
) -> None:
    whole = write_clip(tmp_path / "a.mp4", scene(), codec=codec, key_every=KEY_EVERY, b_frames=1)
    with av.open(str(whole)) as container:
        packets = [
            (packet.pts, packet.pos, packet.size)
            for packet in container.demux(video=0)
            if packet.pts is not None and packet.pos is not None
        ]
    # A picture that is shown before one that was decoded before it, and decoded after all it is shown after.
    begin = next(
        at + size // 2
        for n, ((pts, at, size), (following, _, _)) in enumerate(pairwise(packets))
        if n > 20 and size > 44 and pts < packets[n - 1][0] < following
    )
    data = bytearray(whole.read_bytes())
    data[begin : begin + 18] = bytes(18)
    (tmp_path / "b.mp4").write_bytes(data)
    _, timeline = assert_nothing_smeared_is_used(tmp_path / "b.mp4", whole)
    assert timeline.frames_failed == 1


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_each_pass_over_a_damaged_clip_has_the_same_frames(tmp_path: Path, codec: str) -> None:
    whole = write_clip(tmp_path / "a.ts", scene(), codec=codec, key_every=KEY_EVERY, b_frames=2)
    damaged = lose_packets(whole, tmp_path / "b.ts", 3, losses=3)
    with VideoReader(damaged) as video:
        first, *others = [list(video.frames()) for _ in range(4)]
    for other in others:
        assert [frame.pts_us for frame in other] == [frame.pts_us for frame in first]
        assert all((a.image == b.image).all() for a, b in zip(other, first, strict=True))


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize("suffix", [".ts", ".mp4", ".mkv"])
def test_an_undamaged_clip_loses_nothing(tmp_path: Path, codec: str, b_frames: int, suffix: str) -> None:
    whole = write_clip(tmp_path / f"a{suffix}", scene(), codec=codec, key_every=KEY_EVERY, b_frames=b_frames)
    frames, timeline = read(whole)
    assert (len(frames), timeline.frames_failed) == (COUNT, 0)


@pytest.mark.parametrize("seed", range(2, 5))
def test_a_key_frame_right_behind_damage_is_whole(tmp_path: Path, seed: int) -> None:
    """FFmpeg's H.264 decoder adds what it had read of a damaged block to a block of the next picture."""
    whole = write_clip(tmp_path / "a.mkv", scene(), key_every=KEY_EVERY)
    chance = np.random.default_rng(seed)

    def damaged(number: int, data: bytes) -> bytes:
        if number == 2 * KEY_EVERY:
            return data[: len(data) // 2] + chance.bytes(len(data) - len(data) // 2)
        return b"" if 2 * KEY_EVERY < number < 3 * KEY_EVERY else data

    frames, _ = assert_nothing_smeared_is_used(with_packets(whole, tmp_path / "b.mkv", damaged), whole)
    assert [frame.pts_us for frame in frames][-1] == 40 * MS * (COUNT - 1)


@pytest.mark.parametrize("b_frames", [0, 2])
def test_noise_in_h265_is_told_by_hashes_of_its_pictures(tmp_path: Path, b_frames: int) -> None:
    """Its decoder says nothing of most noise; some cameras write a hash behind each picture."""
    whole = tmp_path / "a.mp4"
    keys = f"keyint={KEY_EVERY}:min-keyint={KEY_EVERY}:scenecut=0"
    said = f"log-level=none:hash=1:{keys}:bframes={b_frames}:open-gop=0"
    with av.open(str(whole), "w") as container:
        stream = container.add_stream("libx265", rate=25)
        stream.options = {"x265-params": said}
        stream.width, stream.height, stream.pix_fmt = 320, 192, "yuv420p"
        for image in scene():
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())
    assert read(whole)[1].frames_failed == 0
    for seed in range(3):
        damaged = overwrite(whole, tmp_path / f"{seed}.mp4", seed, spots=1, length=60, zeros=False)
        frames, _ = assert_nothing_smeared_is_used(damaged, whole)
        assert len(frames) >= COUNT - 2 * KEY_EVERY


@pytest.mark.parametrize("group", [2, 4])
def test_pictures_that_lead_a_key_frame_pass_no_damage_on_behind_it(tmp_path: Path, group: int) -> None:
    """Where what they are predicted from is lost, a decoder of H.265 leaves them out, and nothing else."""
    whole = write_clip(tmp_path / "a.ts", scene(), codec="libx265", key_every=KEY_EVERY, b_frames=2)
    damaged = lose_one(whole, tmp_path / "b.ts", picture=group * KEY_EVERY + 2, last=False)
    frames, _ = assert_nothing_smeared_is_used(damaged, whole)
    assert len(frames) >= COUNT - KEY_EVERY


@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize("group", range(2, 6))
@pytest.mark.parametrize("last", [False, True])
def test_a_key_frame_behind_a_damaged_picture_is_whole(
    tmp_path: Path, b_frames: int, group: int, last: bool
) -> None:
    """With B-frames that picture is shown, and known to be damaged, after the key frame was decoded."""
    whole = write_clip(tmp_path / "a.ts", scene(), key_every=KEY_EVERY, b_frames=b_frames)
    damaged = lose_one(whole, tmp_path / "b.ts", picture=group * KEY_EVERY - 1, last=last)
    sound = {frame.pts_us: frame.image for frame in read(whole)[0]}
    frames, _ = read(damaged)
    assert len(frames) >= COUNT - 2
    for frame in frames:
        assert (frame.image == sound[frame.pts_us]).all(), frame.index
