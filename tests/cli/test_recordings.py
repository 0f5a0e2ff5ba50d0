"""Recordings whose file says something else than is in it: the same people as without the fault."""

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from heatcli.store.store import Store
from heatcli.video.reader import VideoReader
from tests.support.command_line import answer, run
from tests.support.make_clips import (
    aged,
    joined,
    number_of,
    numbered,
    together,
    with_packets,
    write_clip,
    write_sound,
)

pytestmark = pytest.mark.usefixtures("folder")


def analyze(clip: Path) -> dict[str, Any]:
    return dict(answer(run("analyze", aged(clip), "--detector", "motion", "--json"))["clips"][0])


def says_length(clip: Path, seconds: float) -> Path:
    """Let the header of a Matroska file say a length, a float64 in ms with the id 0x4489."""
    data = bytearray(clip.read_bytes())
    at = data.index(b"\x44\x89\x88") + 3
    data[at : at + 8] = struct.pack(">d", seconds * 1000)
    clip.write_bytes(data)
    return clip


@pytest.mark.parametrize("seconds", [0.5, 3600.0, 1e9])
def test_a_header_that_lies_about_the_length(walkers: Path, tmp_path: Path, seconds: float) -> None:
    sound = analyze(with_packets(walkers, tmp_path / "sound.mkv"))
    lying = analyze(says_length(with_packets(walkers, tmp_path / "lying.mkv"), seconds))
    assert (sound["trajectories"], sound["covered_s"]) == (2, 10.0)
    for name in ("trajectories", "rows", "covered_s", "frames_processed"):
        assert lying[name] == sound[name]


@pytest.mark.parametrize(("suffix", "options"), [(".mkv", {"live": "1"}), (".h264", {}), (".flv", {})])
def test_a_file_that_says_no_length(
    walkers: Path, tmp_path: Path, suffix: str, options: dict[str, str]
) -> None:
    sound = analyze(walkers)
    without = with_packets(walkers, tmp_path / f"without{suffix}", container_options=options)
    if suffix == ".flv":
        data = bytearray(without.read_bytes())
        at = data.index(b"duration") + len(b"duration") + 1
        data[at : at + 8] = bytes(8)
        without.write_bytes(data)
    found = analyze(without)
    for name in ("trajectories", "rows", "covered_s", "frames_processed"):
        assert found[name] == sound[name]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("gaps", [(50,), (20, 40, 60, 80), (5, 95)])
def test_gaps_of_an_hour(walkers: Path, tmp_path: Path, suffix: str, gaps: tuple[int, ...]) -> None:
    sound = analyze(walkers)
    gappy = with_packets(
        walkers, tmp_path / f"gaps{suffix}", later_s=lambda n: 3600.0 * sum(n >= gap for gap in gaps)
    )
    found = analyze(gappy)
    assert found["covered_s"] == pytest.approx(10.0)
    # Nobody is missed and nobody made up; people in view at a gap are cut in two.
    assert found["rows"] == pytest.approx(sound["rows"], rel=0.05)
    in_view = sum(10 < gap < 90 for gap in gaps)
    assert found["trajectories"] <= 2 * (1 + in_view)


def warnings(clip: Path) -> list[str]:
    """What is said of a clip that is analysed, other than when it was recorded."""
    said = run("analyze", aged(clip), "--detector", "motion", "--start", "2026-03-14", "--timezone", "UTC")
    assert said.exit_code == 0
    return [line for line in said.stderr.splitlines() if "warning" in line]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
@pytest.mark.parametrize(("sound_s", "told"), [(8.0, False), (9.0, False), (60.0, True)])
def test_sound_that_is_longer_than_the_video(tmp_path: Path, suffix: str, sound_s: float, told: bool) -> None:
    video = write_clip(tmp_path / f"video{suffix}", (numbered(n) for n in range(80)), fps=10)
    sound = write_sound(tmp_path / f"sound{suffix}", sound_s)
    said = warnings(together(tmp_path / f"both{suffix}", video, sound))
    assert len(said) == told
    assert not told or "but its video ends after 8.0 s, and the rest is not covered" in said[0]


@pytest.mark.parametrize(
    ("name", "told"), [("20260314_100000_110000", True), ("20260314_100000_100008", False), ("door", False)]
)
def test_a_name_that_tells_more_than_is_there(tmp_path: Path, name: str, told: bool) -> None:
    clip = write_clip(tmp_path / f"{name}.mp4", (numbered(n) for n in range(80)), fps=10)
    said = warnings(clip)
    assert len(said) == told
    assert not told or "its name tells 3600.0 s, but its video ends after 8.0 s" in said[0]


def test_a_time_lapse_is_as_long_as_it_says(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "lapse.mp4", (numbered(n) for n in range(3)), fps=Fraction(1, 600))
    assert warnings(clip) == []


def with_a_hole(clip: Path, number: int) -> Path:
    """Overwrite the second half of a frame with zeros."""

    def change(which: int, data: bytes) -> bytes:
        return data[: len(data) // 2] + bytes(len(data) - len(data) // 2) if which == number else data

    return with_packets(clip, clip.with_stem("damaged"), change)


def test_a_clip_of_which_all_frames_are_damaged_has_failed(tmp_path: Path) -> None:
    """What follows the damaged frame does decode, and shows its damage up to the end."""
    clip = write_clip(tmp_path / "door.mp4", (numbered(n) for n in range(20)), fps=10, key_every=100)
    said = run("analyze", aged(with_a_hole(clip, 0)), "--detector", "motion", "--start", "2026-03-14")
    assert said.exit_code == 1
    assert said.stderr.count("all of its 20 frames are damaged") == 1
    assert Store.open(Path("heat-store")).clips() == []


@pytest.mark.parametrize(("hole", "told"), [(0, True), (28, False)])
def test_a_clip_of_which_most_is_damaged(tmp_path: Path, hole: int, told: bool) -> None:
    clip = write_clip(tmp_path / "door.mp4", (numbered(n) for n in range(40)), fps=10, key_every=30)
    said = warnings(with_a_hole(clip, hole))
    assert len(said) == told
    assert not told or "30 of 40 frames are damaged, and only 1.0 s are covered" in said[0]


def in_two_parts(folder: Path, options: dict[str, str]) -> Path:
    """A transport stream whose second half has other numbers, as after a change of channel settings."""
    first = write_clip(folder / "1.ts", (numbered(n) for n in range(40)), fps=25)
    then = (numbered(n) for n in range(40, 80))
    second = write_clip(
        folder / "2.ts", then, pts=range(40, 80), time_base=Fraction(1, 25), container_options=options
    )
    return joined(folder / "both.ts", first, second)


def test_video_that_goes_on_under_another_pid(tmp_path: Path) -> None:
    clip = in_two_parts(tmp_path, {"mpegts_start_pid": "777"})
    assert warnings(clip) == []
    with VideoReader(clip) as video:
        frames = list(video.frames())
        assert video.timeline.coverage().total_us == pytest.approx(3_160_000, abs=1000)
    shown = [number_of(frame.image) for frame in frames]
    # FFmpeg hands out the last picture of the first part before the last of all: neither can be used.
    assert shown == [n for n in range(79) if n != 39]


def test_video_that_goes_on_in_another_program(tmp_path: Path) -> None:
    options = {"mpegts_service_id": "2", "mpegts_pmt_start_pid": "5000", "mpegts_start_pid": "777"}
    (said,) = warnings(in_two_parts(tmp_path, options))
    assert "ends after 1.6 s" in said
    assert "another program" in said


def test_a_picture_that_gets_a_border_on_the_way(tmp_path: Path) -> None:
    """The part with a border is longer: it is analysed, and not what comes before it."""
    rng = np.random.default_rng(7)
    image = np.kron(rng.integers(40, 200, (6, 10, 3), dtype=np.uint8), np.ones((16, 16, 1), np.uint8))
    wide = np.pad(image, ((0, 0), (40, 40), (0, 0)))
    first = write_clip(tmp_path / "1.ts", [image] * 25, fps=25)
    second = write_clip(tmp_path / "2.ts", [wide] * 75, pts=range(25, 100), time_base=Fraction(1, 25))
    (said,) = warnings(joined(tmp_path / "both.ts", first, second))
    assert "25 frames that show another view than the 240x96 of most are left out" in said
    (clip,) = Store.open(Path("heat-store")).clips("both")
    assert (clip.width, clip.height) == (240, 96)
    # Ten frames a second are analysed, and the last one stands for a tenth of a second.
    assert clip.coverage.total_us == pytest.approx(3_000_000, abs=60_000)


def test_frames_that_show_another_view_are_not_called_damaged(tmp_path: Path) -> None:
    first = write_clip(tmp_path / "1.ts", (numbered(n) for n in range(40)), fps=25)
    turned = (np.ascontiguousarray(np.rot90(numbered(n))) for n in range(40, 60))
    second = write_clip(tmp_path / "2.ts", turned, pts=range(40, 60), time_base=Fraction(1, 25))
    clip = aged(joined(tmp_path / "both.ts", first, second))
    said = run("analyze", clip, "--detector", "motion", "--start", "2026-03-14", "--timezone", "UTC")
    assert "20 of 60 frames could not be used" in said.stderr
    assert "damaged" not in said.output


@pytest.mark.parametrize("suffix", [".ts", ".mpg"])
def test_old_data_behind_what_was_recorded(tmp_path: Path, suffix: str) -> None:
    """Recorders allocate files beforehand, and what they do not overwrite is still there."""
    source = write_clip(tmp_path / f"a{suffix}", (numbered(n) for n in range(80)), codec="mpeg2video", fps=25)
    new = with_packets(source, tmp_path / f"new{suffix}", later_s=lambda _: 3600.0)
    old = with_packets(source, tmp_path / f"old{suffix}")
    assert warnings(new) == []
    both = tmp_path / f"both{suffix}"
    both.write_bytes(new.read_bytes() + old.read_bytes())
    (said,) = warnings(both)
    assert "its time stamps begin anew after 3.2 s" in said


@pytest.mark.parametrize("same", [True, False])
def test_clips_that_overlap_count_people_once_if_they_show_the_same(
    walkers: Path, tmp_path: Path, same: bool
) -> None:
    """A recorder writes what was before an event into the next file too; a wrong clock only seems to."""
    with av.open(str(walkers)) as container:
        images = [
            np.asarray(frame.to_ndarray(format="bgr24"), np.uint8) for frame in container.decode(video=0)
        ]
    first = write_clip(tmp_path / "door_20260314_100000.mp4", images[:80], fps=10)
    rest = images[20:] if same else [np.fliplr(image).copy() for image in images[20:]]
    second = write_clip(tmp_path / "door_20260314_100002.mp4", rest, fps=10)
    said = [
        run("analyze", aged(clip), "--detector", "motion", "--camera", "door").stderr
        for clip in (first, second)
    ]
    assert "overlap by" not in said[0]
    (told,) = [line for line in said[1].splitlines() if "overlap by 6.0 s, which counts once" in line]
    assert ("and so do the people who are in both" in told) == same
    assert ("people are not at the same places in both, so a clock was wrong; correct it" in told) != same
    whole = ("zone", "--polygon", "0,0,1,0,1,1,0,1", "--json")
    total = answer(run(*whole))["cameras"][0]["zones"][0]["total"]
    assert total["covered_s"] == pytest.approx(10.0)
    if same:
        assert (total["unique_visits"], total["stays"], total["trajectories"]) == (2, 2, 4)
    else:
        assert total["unique_visits"] == total["trajectories"]
