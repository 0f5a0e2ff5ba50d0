"""The commands from end to end, in-process: what a user types and what comes back."""

import itertools
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import numpy as np
import polars as pl
import pytest

from tests.support.command_line import answer, done, run
from tests.support.make_clips import aged, cut, numbered, together, write_clip

pytestmark = pytest.mark.usefixtures("folder")


def analyze(clip: Path, *more: object) -> dict[str, Any]:
    told = answer(run("analyze", clip, "--detector", "motion", "--json", *more))
    assert len(told["clips"]) == 1
    return dict(told["clips"][0])


def live_rows(store: Path, *columns: str) -> pl.DataFrame:
    """Read the rows that count, as anybody with polars would."""
    runs = pl.read_delta(str(store / "clips")).select("camera", "clip", "run")
    tracks = pl.read_delta(str(store / "tracks")).join(runs, on=["camera", "clip", "run"], how="semi")
    return tracks.select(columns).sort(columns) if columns else tracks


def test_the_main_job(walkers: Path, tmp_path: Path) -> None:
    told = analyze(walkers, "--start", "2026-03-14T10:00", "--timezone", "Europe/Zagreb")
    assert told["status"] == "analysed"
    assert (told["camera"], told["detector"], told["weights"]) == ("walkers", "motion", None)
    assert (told["frames_decoded"], told["frames_failed"], told["covered_s"]) == (100, 0, 10.0)
    assert told["trajectories"] == 2
    assert told["start"] == "2026-03-14T09:00:00+00:00"
    rows = live_rows(tmp_path / "heat-store")
    assert len(rows) == told["rows"]
    # each of them is there from frame 10 to frame 89
    assert 2 * 70 <= len(rows) <= 2 * 80
    assert rows["time"].min() == datetime(2026, 3, 14, 9, 0, 1, tzinfo=UTC)

    drawn = answer(run("render", "--metric", "occupancy_pct", "--json"))["cameras"][0]
    assert (tmp_path / "heat-walkers-occupancy_pct-2026-03-14.png").stat().st_size > 1000
    assert (drawn["metric"], drawn["unit"], drawn["covered_s"]) == ("occupancy_pct", "percent", 10.0)
    assert (drawn["rows"], drawn["persons"]) == (told["rows"], 2)
    assert 0 < drawn["max"] < 20


def test_same_clip_and_settings_are_skipped_others_replace(walkers: Path, tmp_path: Path) -> None:
    first = analyze(walkers, "--camera", "door")
    renamed = tmp_path / "renamed.mp4"
    shutil.copy2(walkers, renamed)
    assert analyze(renamed, "--camera", "door")["status"] == "skipped"
    before = live_rows(tmp_path / "heat-store", "frame", "x1")
    again = analyze(walkers, "--camera", "door", "--force")
    assert (again["status"], again["clip"]) == ("analysed", first["clip"])
    assert live_rows(tmp_path / "heat-store", "frame", "x1").equals(before)
    halved = analyze(walkers, "--camera", "door", "--sample-fps", "5")
    assert halved["status"] == "analysed"
    assert set(live_rows(tmp_path / "heat-store", "frame")["frame"] % 2) == {0}
    assert len(answer(run("clips", "--json"))["clips"]) == 1
    # the same bytes under another camera are another clip
    assert analyze(walkers, "--camera", "window")["status"] == "analysed"
    assert len(answer(run("clips", "--json"))["clips"]) == 2


def test_what_the_user_says_anew_is_not_skipped(walkers: Path) -> None:
    assert analyze(walkers, "--start", "2026-03-14T10:00")["trajectories"] == 2
    moved = run("analyze", walkers, "--detector", "motion", "--json", "--start", "2026-03-14T11:00")
    (kept,) = answer(moved)["clips"]
    assert (kept["status"], kept["start"]) == ("skipped", "2026-03-14T10:00:00+00:00")
    assert "keeps the start it has, 2026-03-14 10:00:00+00:00; change it with" in moved.stderr
    # nothing said: what is stored stands
    assert "keeps" not in run("analyze", walkers, "--detector", "motion").stderr
    assert analyze(walkers, "--confidence", "0.9")["status"] == "analysed"


def test_a_time_lapse_has_tracks(walkers: Path) -> None:
    told = analyze(walkers, "--sample-fps", "0.5")
    assert told["frames_processed"] == 5
    assert told["trajectories"] > 0


def test_a_rate_above_the_clips_takes_every_frame(walkers: Path) -> None:
    assert analyze(walkers, "--sample-fps", "60")["frames_processed"] == 100


@pytest.mark.parametrize("camera", ["a/b", "..", "a b", "Küche 人", "O'Brien \"%2F", "100%"])
def test_any_camera_name_works(walkers: Path, tmp_path: Path, camera: str) -> None:
    told = analyze(walkers, "--camera", camera)
    drawn = answer(run("render", "--camera", camera, "--json"))["cameras"][0]
    assert (drawn["camera"], drawn["rows"]) == (camera, told["rows"])
    picture = tmp_path / drawn["output"]
    assert picture.parent == tmp_path
    assert picture.is_file()
    assert camera in run("clips").stdout
    assert answer(run("clips", "--remove", "--clip", told["clip"], "--yes", "--json"))["clips"] == []
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["heat-store", picture.name])


def test_a_clip_that_was_cut_is_used_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.avi", (numbered(n) for n in range(100)), codec="mpeg4", fps=10)
    clip = aged(cut(whole, tmp_path / "cut.avi", 0.9))
    result = run("analyze", clip, "--detector", "motion", "--json")
    told = answer(result)["clips"][0]
    assert 0 < told["frames_decoded"] < 100
    missing = 100 - told["frames_decoded"] - told["frames_failed"]
    assert f"ends early, {missing} of 100 frames are missing" in result.stderr


def test_what_is_too_short_to_show_the_empty_scene_has_failed(walkers: Path, tmp_path: Path) -> None:
    """Whoever is there all the while is in the plate, and the floor behind them looks like people."""
    with av.open(walkers) as whole, av.open(tmp_path / "short.mp4", "w") as short:
        copy = short.add_stream_from_template(whole.streams.video[0])
        for packet in itertools.islice(whole.demux(video=0), 9):
            packet.stream = copy
            short.mux(packet)
    result = run("analyze", aged(tmp_path / "short.mp4"), "--detector", "motion")
    assert result.exit_code == 1
    (line,) = [line for line in result.stderr.splitlines() if "only 0.9 s of it can be used" in line]
    assert "use yolo" in line


def test_which_of_two_videos_was_analysed_is_told(tmp_path: Path) -> None:
    small = write_clip(tmp_path / "small.mkv", (numbered(n, 128, 80) for n in range(20)), fps=10)
    large = write_clip(tmp_path / "large.mkv", (numbered(n) for n in range(20)), fps=10)
    clip = aged(together(tmp_path / "both.mkv", small, large))
    result = run("analyze", clip, "--detector", "motion", "--json")
    assert "holds 2 streams of video; the largest was analysed, 160x96, and not 128x80" in result.stderr
    assert answer(result)["clips"][0]["frames_decoded"] == 20


def test_the_rate_of_a_raw_stream(tmp_path: Path) -> None:
    said = (
        "analyze",
        "door.h265",
        "--detector",
        "motion",
        "--start",
        "2026-03-14",
        "--sample-fps=0",
        "--json",
    )
    pictures = (numbered(n) for n in range(40))
    aged(write_clip(tmp_path / "door.h265", pictures, codec="libx265", fps=10, says_rate=False))

    def told(*options: str) -> tuple[str, float, bool]:
        result = run(*said, *options)
        clip = answer(result)["clips"][0]
        return clip["status"], clip["covered_s"], "nothing tells how many frames a second" in result.stderr

    assert told() == ("analysed", 1.6, True)
    assert told("--fps", "10") == ("analysed", 4.0, False)
    assert told("--fps", "10") == ("skipped", 4.0, False)
    (tmp_path / "heatcli.toml").write_text("[cameras.door]\nfps = 8\n")
    assert told() == ("analysed", 5.0, False)
    assert told("--fps", "10") == ("analysed", 4.0, False)


def test_the_rate_of_a_raw_stream_from_the_length_in_its_name(tmp_path: Path) -> None:
    clip = tmp_path / "20260314_100000_100008.h265"
    aged(write_clip(clip, (numbered(n) for n in range(40)), codec="libx265", fps=10, says_rate=False))
    result = run("analyze", clip, "--detector", "motion", "--timezone", "UTC", "--json")
    assert answer(result)["clips"][0]["covered_s"] == 8.0
    assert "frames a second" not in result.stderr


def test_nobody_came(tmp_path: Path, empty_scene: Path) -> None:
    told = analyze(empty_scene)
    assert (told["status"], told["rows"], told["trajectories"]) == ("analysed", 0, 0)
    assert told["covered_s"] == pytest.approx(5.0)
    result = done(run("render", "-o", "heat.npz"))
    assert "nobody came" in result.stderr
    with np.load(tmp_path / "heat.npz") as grids:
        assert grids["value"].max() == 0.0
        assert float(grids["covered_s"]) == pytest.approx(5.0)


def test_a_camera_that_was_off_is_told_apart(walkers: Path, tmp_path: Path) -> None:
    analyze(walkers, "--start", "2026-03-14T10:00")
    result = done(run("render", "--metric", "avg_occupancy", "--from", "2026-03-15", "-o", "heat.npz"))
    assert "recorded nothing in that time" in result.stderr
    with np.load(tmp_path / "heat.npz") as grids:
        assert np.isnan(grids["raw"]).all()


def test_the_environment_names_the_store(
    walkers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEATCLI_STORE", str(tmp_path / "elsewhere"))
    analyze(walkers)
    assert (tmp_path / "elsewhere" / "clips").is_dir()


def test_a_dry_run_does_nothing(walkers: Path, tmp_path: Path) -> None:
    assert analyze(walkers, "--dry-run")["status"] == "planned"
    assert list(tmp_path.iterdir()) == []


def test_the_configuration_knows_the_camera(walkers: Path, tmp_path: Path) -> None:
    (tmp_path / "nvr").mkdir()
    aged(Path(shutil.copy(walkers, tmp_path / "nvr" / "x.mp4")))
    (tmp_path / "heatcli.toml").write_text(
        'timezone = "Europe/Zagreb"\n[cameras."till 1"]\nsources = ["nvr/*.mp4"]\n'
        'start = "2026-07-01T10:00:00"\ndetector = "motion"\n'
    )
    told = answer(run("analyze", "nvr", "--json"))["clips"][0]
    assert (told["camera"], told["detector"]) == ("till 1", "motion")
    assert (told["start"], told["start_source"]) == ("2026-07-01T08:00:00+00:00", "config")


def test_names_cannot_break_a_line(walkers: Path) -> None:
    result = done(run("analyze", walkers, "--detector", "motion", "--camera", "a\nb\x1b[31m"))
    assert "a\\nb\\x1b[31m" in result.stderr.splitlines()[-1]
    assert len(run("clips").stdout.splitlines()) == 2


def test_quiet_says_nothing_on_success_and_errors_always(walkers: Path) -> None:
    start = "2026-03-14T10:00:00Z"
    result = run("analyze", walkers, "--detector", "motion", "--start", start, "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    result = run("analyze", "gone.mp4", "--quiet")
    assert result.exit_code == 1
    assert result.stderr.startswith("gone.mp4: no such file")


def test_several_cameras_are_several_files(walkers: Path, tmp_path: Path) -> None:
    analyze(walkers, "--camera", "a")
    analyze(walkers, "--camera", "b")
    assert run("render", "-o", "one.png").exit_code == 2
    told = answer(run("render", "--json"))["cameras"]
    assert [c["camera"] for c in told] == ["a", "b"]
    for camera in told:
        assert camera["output"].startswith(f"heat-{camera['camera']}-dwell_time-20")
        assert (tmp_path / camera["output"]).is_file()


def test_the_version_is_told() -> None:
    assert run("--version").stdout.startswith("heatcli 0")


def test_help_names_every_default() -> None:
    from heatcli.config.settings import AnalyzeSettings, RenderSettings

    helps = {name: " ".join(run(name, "--help").stdout.split()) for name in ("render", "analyze")}
    render = RenderSettings()
    for field in ("metric", "grid_resolution", "smoothing", "normalization"):
        assert f"[default: {getattr(render, field)}]" in helps["render"], field
    for field in ("min_display_threshold", "opacity", "color_map"):
        assert f"[default: {getattr(render, field)}]" in helps["render"], field
    analysis = AnalyzeSettings()
    for default in (analysis.detector, analysis.sample_fps, analysis.confidence):
        assert f"[default: {default}]" in helps["analyze"], default
    assert f"[default: {analysis.objects_to_track[0]}]" in helps["analyze"]


def test_files_that_are_not_utf8_names(walkers: Path, tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/caf\xe9.mp4"
    shutil.copy2(os.fsencode(walkers), odd)
    told = analyze(Path(os.fsdecode(odd)), "--camera", "cafe")
    assert told["status"] == "analysed"
