"""Recordings whose file says something else than is in it: the same people as without the fault."""

import struct
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import answer, run
from tests.support.make_clips import aged, with_packets

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
