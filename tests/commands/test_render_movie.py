"""Heat over the recorded frames, as a video."""

import gc
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import Result

from heatcli.commands import render_movie
from heatcli.commands.movie_progress import MovieProgress
from heatcli.heat.running import RunningMap
from heatcli.names import ColorMap
from heatcli.picture.colour import color_table
from heatcli.picture.files import read_picture, write_picture
from heatcli.video.frame import Frame, VideoInfo
from heatcli.video.reader import VideoReader
from tests.support.command_line import answer, done, refused, run
from tests.support.make_clips import aged, joined, number_of, numbered, write_clip
from tests.support.recordings import CLEAR, GREY, HEIGHT, START, WIDTH, grey, record


def render(*arguments: object) -> Result:
    return run("render", *arguments)


def movie(*arguments: object, output: str = "heat.mp4") -> tuple[list[Frame], VideoInfo, int]:
    """Render a video, check what is said of it, and return its frames and its duration in µs."""
    told = answer(render("-o", output, "--json", *arguments))["cameras"][0]
    with VideoReader(Path(output)) as video:
        frames = list(video.frames())
        assert video.timeline.frames_failed == 0
        assert video.info.duration_us is not None
    assert told["frames"] == len(frames)
    assert told["duration_s"] == pytest.approx(video.info.duration_us / 1e6, abs=1e-6)
    return frames, video.info, video.info.duration_us


PLAIN = ("--no-display-legend",)


def heat_at(frame: Frame, x: int = 80, y: int = 72) -> float:
    """How far from the grey of the recording a place is."""
    return float(np.abs(frame.image[y - 2 : y + 3, x - 2 : x + 3].astype(int) - GREY).max())


def test_each_frame_is_shown_when_it_was_recorded_at_a_variable_rate(folder: Path) -> None:
    pts = [0, 40, 200, 233, 500, 1400, 1401]
    record(folder / "heat-store", folder / "a.mp4", [numbered(n) for n in range(7)], pts_ms=pts)
    frames, info, duration_us = movie(*PLAIN, "--opacity", "0")
    assert [frame.pts_us for frame in frames] == [1000 * ms for ms in pts]
    assert [number_of(frame.image) for frame in frames] == list(range(7))
    assert duration_us == 1_501_000
    assert (info.width, info.height) == (WIDTH, HEIGHT)


@pytest.mark.parametrize(
    "more",
    [(), ("--metric", "unique_visits"), ("--metric", "occupancy_pct", "--color-map", "viridis"),
     ("--accumulation-mode", "decaying", "--opacity", "1", "--min-display-threshold", "0.3")],
)  # fmt: skip
def test_the_last_frame_has_the_map_of_the_picture(folder: Path, more: Sequence[str]) -> None:
    clip = record(folder / "heat-store", folder / "a.mp4", grey(30))
    with VideoReader(clip.file) as video:
        write_picture(folder / "grey.png", next(video.frames()).image)
    done(render("-o", "heat.png", *PLAIN, "--background", "grey.png", *more))
    expected = read_picture(folder / "heat.png")
    assert (expected != GREY).any()
    frames, _, _ = movie(*PLAIN, *more)
    difference = np.abs(frames[-1].image.astype(int) - expected.astype(int)).max(axis=2)
    # Colours have half the resolution in a video: they bleed at sharp edges, and nowhere else.
    assert np.median(difference) <= 5
    assert np.percentile(difference, 95) <= 14


def test_a_frame_has_the_heat_until_the_next_one(folder: Path) -> None:
    # In the middle of a cell of 40 x 48 pixels; nobody comes near the next ones.
    record(folder / "heat-store", folder / "a.mp4", grey(40), feet=(60, 72))
    cells = ("--grid-resolution", "4", "--smoothing", "0", "--min-display-threshold", "0")
    scale = ("--normalization", "absolute", "--max-value", "4", "--opacity", "1", "--color-map", "hot")
    frames, _, _ = movie(*PLAIN, *cells, *scale)
    table = color_table(ColorMap.HOT)
    for number in (0, 4, 9, 12):
        # These pixels are half a pixel from the middle, towards cells that are cold.
        value = (number + 1) * 0.1 * (1 - 0.5 / 40) * (1 - 0.5 / 48)
        expected = table[round(value / 4 * 255)]
        found = frames[number].image[71:73, 59:61].reshape(-1, 3).mean(axis=0)
        np.testing.assert_allclose(found, expected, rtol=0, atol=12)


def test_heat_fades_or_stays_when_people_are_gone(folder: Path) -> None:
    record(folder / "heat-store", folder / "a.mp4", grey(40), seen=10)
    stays, _, _ = movie(*PLAIN)
    assert heat_at(stays[4]) > 20
    assert abs(heat_at(stays[39]) - heat_at(stays[9])) <= CLEAR
    hot = ("--color-map", "hot", "--opacity", "1")
    fades, _, _ = movie(*PLAIN, *hot, "--accumulation-mode", "decaying", "--window-seconds", "0.5")
    brightness = [float(fades[n].image[70:75, 78:83].mean()) for n in (9, 14, 19, 39)]
    # Below the threshold the recording is seen again.
    assert brightness[0] > brightness[1] + 20
    assert abs(brightness[3] - GREY) <= CLEAR


def test_a_time_lapse_drops_frames_and_no_heat(folder: Path) -> None:
    record(folder / "heat-store", folder / "a.mp4", [numbered(n) for n in range(200)])
    clear, _, _ = movie(*PLAIN, "--opacity", "0", "--speed", "8")
    frames, _, duration_us = movie(*PLAIN, "--speed", "8")
    whole, _, _ = movie(*PLAIN)
    assert duration_us == 2_500_000
    numbers = [number_of(frame.image) for frame in clear]
    assert [frame.pts_us for frame in clear] == [number * 12_500 for number in numbers]
    assert len(numbers) == 75
    assert min(after - before for before, after in pairwise(frame.pts_us for frame in frames)) >= 25_000
    assert abs(heat_at(frames[-1]) - heat_at(whole[-1])) <= 8


def test_boxes_are_drawn_where_people_are_while_they_are_there(folder: Path) -> None:
    record(folder / "heat-store", folder / "a.mp4", grey(20), seen=10)
    frames, _, _ = movie(*PLAIN, "--opacity", "0", "--boxes")
    # The box is 72..88, 32..72.
    for x, y in ((72, 50), (88, 50), (80, 72)):
        assert heat_at(frames[5], x, y) > 40
        assert heat_at(frames[15], x, y) <= CLEAR
    bare, _, _ = movie(*PLAIN, "--opacity", "0")
    assert heat_at(bare[5], 72, 50) <= CLEAR


def test_a_part_of_a_clip_is_written_alone(folder: Path) -> None:
    record(folder / "heat-store", folder / "a.mp4", [numbered(n) for n in range(100)], key_every=10)
    period = ("--from", "2026-03-14T10:00:04.05", "--to", "2026-03-14T10:00:06")
    frames, _, duration_us = movie(*PLAIN, "--opacity", "0", *period)
    assert [number_of(frame.image) for frame in frames] == list(range(41, 60))
    # From the beginning of the selection to its end; the frame of 4.0 s is not in it.
    assert [frame.pts_us for frame in frames] == [0, *range(150_000, 1_950_000, 100_000)]
    assert duration_us == 1_950_000


def test_gaps_are_cut_out_and_clips_follow_each_other(folder: Path) -> None:
    store = folder / "heat-store"
    late = [numbered(n) for n in range(10, 20)]
    record(store, folder / "b.mp4", late, start=START + timedelta(hours=1))
    pts = [*range(0, 500, 100), *range(60_000, 60_500, 100)]
    record(store, folder / "a.mp4", [numbered(n) for n in range(10)], pts_ms=pts)
    frames, _, duration_us = movie(*PLAIN, "--opacity", "0")
    assert [number_of(frame.image) for frame in frames] == list(range(20))
    assert [frame.pts_us for frame in frames] == list(range(0, 2_000_000, 100_000))
    assert duration_us == 2_000_000


def test_the_clock_and_the_legend_are_drawn(folder: Path) -> None:
    big = grey(21, width=640, height=480)
    record(folder / "heat-store", folder / "a.mp4", big, feet=(320, 400))
    frames, _, _ = movie("--opacity", "0")
    corners = [frame.image[:60, :300].astype(int) for frame in frames]

    def changed(a: int, b: int) -> int:
        return int((np.abs(corners[a] - corners[b]).max(axis=2) > 60).sum())

    # 10:00:00 is up to the tenth frame, and the next second looks different in one digit.
    assert changed(0, 9) == 0
    assert changed(9, 10) > 5
    assert (np.abs(corners[0] - GREY).max(axis=2) > 60).sum() > 1000
    assert (np.abs(frames[0].image[360:, :].astype(int) - GREY).max(axis=2) > 60).sum() > 5000
    clear, _, _ = movie(*PLAIN, "--opacity", "0")
    assert np.abs(clear[0].image.astype(int) - GREY).max() <= CLEAR


@pytest.mark.parametrize(
    ("size", "sample_aspect", "rotation", "shown"),
    [
        ((161, 97), Fraction(1), 0, (162, 98)),
        ((160, 96), Fraction(12, 11), 0, (176, 96)),  # 174.5, rounded
        ((160, 96), Fraction(3, 4), 0, (160, 128)),
        ((160, 96), Fraction(1), 90, (96, 160)),
    ],
)
def test_frames_of_any_shape(
    folder: Path, size: tuple[int, int], sample_aspect: Fraction, rotation: int, shown: tuple[int, int]
) -> None:
    image = np.full((size[1], size[0], 3), GREY, np.uint8)
    image[:20, :20] = 255  # the upper left corner, before it is turned
    record(
        folder / "heat-store",
        folder / "a.mkv",
        [image] * 12,
        codec="mjpeg" if size[0] % 2 else "libx264",
        sample_aspect=sample_aspect,
        rotation=rotation,
        feet=(48, 72),
    )
    frames, info, _ = movie(*PLAIN)
    assert (info.width, info.height, info.sample_aspect, info.rotation) == (*shown, Fraction(1), 0)
    assert len(frames) == 12
    x_scale = shown[0] / (size[1] if rotation else size[0])
    y_scale = shown[1] / (size[0] if rotation else size[1])
    assert heat_at(frames[-1], round(48 * x_scale), round(72 * y_scale)) > 20
    corner = (
        frames[-1].image[5:15, shown[0] - 15 : shown[0] - 5] if rotation else frames[-1].image[5:15, 5:15]
    )
    assert corner.mean() > 240


def test_masks_of_the_analysis_and_of_the_configuration_are_black(folder: Path) -> None:
    left, right = [(0, 0), (0.2, 0), (0.2, 0.3), (0, 0.3)], [(0.8, 0), (1, 0), (1, 0.3), (0.8, 0.3)]
    record(folder / "heat-store", folder / "a.mp4", grey(3), masks=[left])
    (folder / "heatcli.toml").write_text(
        f"[cameras.door]\nmasks = {{ screen = {[list(p) for p in right]} }}\n"
    )
    for frame in movie(*PLAIN, "--opacity", "0")[0]:
        assert frame.image[2:26, 2:28].max() <= 3
        assert frame.image[2:26, 132:158].max() <= 3
        assert abs(frame.image[2:26, 40:120].astype(int) - GREY).max() <= CLEAR


def test_heat_is_in_the_region_of_interest_only(folder: Path) -> None:
    record(folder / "heat-store", folder / "a.mp4", grey(10))
    whole, _, _ = movie(*PLAIN, "--reach", "0.1")
    part, _, _ = movie(*PLAIN, "--reach", "0.1", "--roi", "0,0,0.53,0,0.53,1,0,1")
    # The region ends at 84.8 of 160 pixels.
    for x, inside in ((78, True), (91, False)):
        assert heat_at(whole[9], x) > 20
        assert (heat_at(part[9], x) > 20) == inside


def failed(code: int, *arguments: object) -> str:
    """Render a video that cannot be; return the one line that says so."""
    result = render("-o", "heat.mp4", *arguments)
    line = refused(result, code)
    assert result.stderr == f"{line}\n"
    assert not [file for file in Path().iterdir() if "heat.mp4" in file.name or file.name.startswith(".")]
    return line


def test_a_recording_that_is_gone_or_another_is_told(folder: Path) -> None:
    clip = record(folder / "heat-store", folder / "a.mp4", grey(5))
    moved = shutil.move(clip.file, folder / "moved.mp4")
    assert "a.mp4: the recording of clip" in (line := failed(1))
    assert "is gone; bring it back, or name it with --video" in line
    assert len(movie(*PLAIN, "--video", moved)[0]) == 5
    Path("heat.mp4").unlink()
    other = write_clip(folder / "other.mp4", grey(7), fps=10)
    assert "other.mp4: is not the recording of what is selected" in failed(2, "--video", other)
    assert "missing.mp4: cannot be read" in failed(1, "--video", "missing.mp4")
    shutil.move(other, clip.file)
    assert "has changed since it was analysed" in failed(1)
    # Copied back it has another time, and the same bytes.
    shutil.copy(moved, clip.file)
    assert len(movie(*PLAIN)[0]) == 5


@pytest.mark.parametrize(("small", "large"), [(40, 60), (60, 40)])
def test_a_clip_whose_size_changes_is_shown_in_the_size_it_was_analysed_in(
    folder: Path, small: int, large: int
) -> None:
    rng = np.random.default_rng(7)
    image = np.kron(rng.integers(40, 200, (6, 10, 3), dtype=np.uint8), np.ones((16, 16, 1), np.uint8))
    doubled = np.kron(image, np.ones((2, 2, 1), np.uint8))
    first = write_clip(folder / "1.ts", [image] * small)
    second = write_clip(folder / "2.ts", [doubled] * large, pts=range(small, small + large))
    clip = aged(joined(folder / "both.ts", first, second))
    done(run(*f"analyze {clip} --detector motion --start 2026-03-14T10:00 --timezone UTC".split()))
    size = (2 * WIDTH, 2 * HEIGHT) if large > small else (WIDTH, HEIGHT)
    frames, info, _ = movie(*PLAIN, "--opacity", "0")
    assert (len(frames), (info.width, info.height)) == (small + large, size)
    Path("heat.mp4").unlink()
    # From behind the change, which is not decoded on the way there.
    late = ("--from", "2026-03-14T10:00:03.6", "--to", "2026-03-14T10:00:04")
    frames, info, _ = movie(*PLAIN, "--opacity", "0", *late)
    assert (len(frames), (info.width, info.height)) == (10, size)


def test_imported_tracks_need_their_video_named(folder: Path) -> None:
    (folder / "gt.txt").write_text("".join(f"{frame},1,72,32,16,40,1\n" for frame in range(1, 11)))
    text = (
        f"import gt.txt --format mot --camera door --size {WIDTH}x{HEIGHT} --fps 10 --start 2026-03-14T10:00"
    )
    done(run(*text.split()))
    assert "its tracks were imported from" in failed(1)
    video = write_clip(folder / "a.mp4", grey(10), fps=10)
    assert len(movie(*PLAIN, "--video", video)[0]) == 10
    Path("heat.mp4").unlink()
    small = write_clip(folder / "small.mp4", grey(10, width=80, height=48), fps=10)
    assert "small.mp4: is 80x48, but clip" in failed(1, "--video", small)


def test_what_no_video_can_be_of_is_refused(folder: Path) -> None:
    record(folder / "heat-store", folder / "a.mp4", grey(5))
    assert "recorded nothing in that time" in failed(1, "--date", "2026-03-15")
    for option in (("--flow",), ("--paths",), ("--columns", "1"), ("--background", "none"), ("--density",)):
        assert f"{option[0]} is for pictures" in failed(2, *option)
    for option in (("--boxes",), ("--speed", "8"), ("--video", "a.mp4")):
        assert f"{option[0]} is for a video" in refused(render("-o", "heat.png", *option))
    record(folder / "heat-store", folder / "b.mp4", grey(6), camera="window")
    assert "2 cameras do not fit into one video; choose one with --camera" in failed(2)


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_disk_that_is_full_leaves_no_part_of_a_video(folder: Path, share: float) -> None:
    record(folder / "heat-store", folder / "a.mp4", [numbered(n) for n in range(60)])
    movie()
    size = Path("heat.mp4").stat().st_size
    Path("heat.mp4").write_bytes(b"old")
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({int(size * share)},) * 2)"
    code = f"{limited}; from heatcli.cli.app import main; main()"
    command = [sys.executable, "-c", code, "render", "-o", "heat.mp4"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done
    assert "heat.mp4: cannot be written (File too large)" in done.stderr
    assert Path("heat.mp4").read_bytes() == b"old"
    assert sorted(file.name for file in folder.iterdir()) == ["a.mp4", "heat-store", "heat.mp4"]


def test_what_finds_the_end_of_a_scale_is_gone_while_the_video_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(folder / "heat-store", folder / "a.mp4", grey(20), seen=10)
    alive = []

    def counting(frames: Iterable[Any], progress: MovieProgress) -> Iterator[Any]:
        gc.collect()
        # By its type: `isinstance` asks objects for their class, and some of libraries warn at that.
        alive.append(sum(issubclass(type(one), RunningMap) for one in gc.get_objects()))
        yield from frames

    monkeypatch.setattr(render_movie, "_counted", counting)
    movie(*PLAIN, "--accumulation-mode", "decaying", "--window-seconds", "0.5")
    assert alive == [1]
