"""The commands from end to end, in-process: what a user types and what comes back."""

import json
import os
import re
import shutil
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from heatcli.cli.app import app
from heatcli.errors import StoreError
from tests.support.make_clips import aged, cut, numbered, write_clip

Heatcli = Callable[..., Result]


@pytest.fixture
def heatcli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Heatcli:
    """Run a command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEATCLI_STORE", raising=False)

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(a) for a in arguments])

    return run


def answer(result: Result, code: int = 0) -> dict[str, Any]:
    """Return the one JSON object on stdout."""
    assert result.exit_code == code, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def analyze(heatcli: Heatcli, clip: Path, *more: object) -> dict[str, Any]:
    told = answer(heatcli("analyze", clip, "--detector", "motion", "--json", *more))
    assert len(told["clips"]) == 1
    return dict(told["clips"][0])


def live_rows(store: Path, *columns: str) -> pl.DataFrame:
    """Read the rows that count, as anybody with polars would."""
    runs = pl.read_delta(str(store / "clips")).select("camera", "clip", "run")
    tracks = pl.read_delta(str(store / "tracks")).join(runs, on=["camera", "clip", "run"], how="semi")
    return tracks.select(columns).sort(columns) if columns else tracks


def test_the_main_job(heatcli: Heatcli, walkers: Path, tmp_path: Path) -> None:
    told = analyze(heatcli, walkers, "--start", "2026-03-14T10:00", "--timezone", "Europe/Zagreb")
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

    drawn = answer(heatcli("render", "--metric", "occupancy_pct", "--json"))["cameras"][0]
    assert (tmp_path / "heat-walkers-occupancy_pct.png").stat().st_size > 1000
    assert (drawn["metric"], drawn["unit"], drawn["covered_s"]) == ("occupancy_pct", "percent", 10.0)
    assert (drawn["rows"], drawn["persons"]) == (told["rows"], 2)
    assert 0 < drawn["max"] < 20


def test_same_clip_and_settings_are_skipped_others_replace(
    heatcli: Heatcli, walkers: Path, tmp_path: Path
) -> None:
    first = analyze(heatcli, walkers, "--camera", "door")
    renamed = tmp_path / "renamed.mp4"
    shutil.copy2(walkers, renamed)
    assert analyze(heatcli, renamed, "--camera", "door")["status"] == "skipped"
    before = live_rows(tmp_path / "heat-store", "frame", "x1")
    again = analyze(heatcli, walkers, "--camera", "door", "--force")
    assert (again["status"], again["clip"]) == ("analysed", first["clip"])
    assert live_rows(tmp_path / "heat-store", "frame", "x1").equals(before)
    halved = analyze(heatcli, walkers, "--camera", "door", "--sample-fps", "5")
    assert halved["status"] == "analysed"
    assert set(live_rows(tmp_path / "heat-store", "frame")["frame"] % 2) == {0}
    assert len(answer(heatcli("clips", "--json"))["clips"]) == 1
    # the same bytes under another camera are another clip
    assert analyze(heatcli, walkers, "--camera", "window")["status"] == "analysed"
    assert len(answer(heatcli("clips", "--json"))["clips"]) == 2


def test_what_the_user_says_anew_is_not_skipped(heatcli: Heatcli, walkers: Path) -> None:
    assert analyze(heatcli, walkers, "--start", "2026-03-14T10:00")["trajectories"] == 2
    moved = heatcli("analyze", walkers, "--detector", "motion", "--json", "--start", "2026-03-14T11:00")
    (kept,) = answer(moved)["clips"]
    assert (kept["status"], kept["start"]) == ("skipped", "2026-03-14T10:00:00+00:00")
    assert "keeps the start it has, 2026-03-14T10:00:00+00:00; change it with" in moved.stderr
    # nothing said: what is stored stands
    assert "keeps" not in heatcli("analyze", walkers, "--detector", "motion").stderr
    assert analyze(heatcli, walkers, "--confidence", "0.9")["status"] == "analysed"


def test_a_time_lapse_has_tracks(heatcli: Heatcli, walkers: Path) -> None:
    told = analyze(heatcli, walkers, "--sample-fps", "0.5")
    assert told["frames_processed"] == 5
    assert told["trajectories"] > 0


def test_a_rate_above_the_clips_takes_every_frame(heatcli: Heatcli, walkers: Path) -> None:
    assert analyze(heatcli, walkers, "--sample-fps", "60")["frames_processed"] == 100


@pytest.mark.parametrize("camera", ["a/b", "..", "a b", "Küche 人", "O'Brien \"%2F", "100%"])
def test_any_camera_name_works(heatcli: Heatcli, walkers: Path, tmp_path: Path, camera: str) -> None:
    told = analyze(heatcli, walkers, "--camera", camera)
    drawn = answer(heatcli("render", "--camera", camera, "--json"))["cameras"][0]
    assert (drawn["camera"], drawn["rows"]) == (camera, told["rows"])
    picture = tmp_path / drawn["output"]
    assert picture.parent == tmp_path
    assert picture.is_file()
    assert camera in heatcli("clips").stdout
    assert answer(heatcli("clips", "--remove", told["clip"], "--json"))["clips"] == []
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["heat-store", picture.name])


def test_a_clip_that_was_cut_is_used_as_far_as_it_goes(heatcli: Heatcli, tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.avi", (numbered(n) for n in range(100)), codec="mpeg4", fps=10)
    clip = aged(cut(whole, tmp_path / "cut.avi", 0.6))
    result = heatcli("analyze", clip, "--detector", "motion", "--json")
    told = answer(result)["clips"][0]
    assert 0 < told["frames_decoded"] < 100
    missing = 100 - told["frames_decoded"] - told["frames_failed"]
    assert f"ends early, {missing} of 100 frames are missing" in result.stderr


def test_nobody_came(heatcli: Heatcli, tmp_path: Path, empty_scene: Path) -> None:
    told = analyze(heatcli, empty_scene)
    assert (told["status"], told["rows"], told["trajectories"]) == ("analysed", 0, 0)
    assert told["covered_s"] == pytest.approx(5.0)
    result = heatcli("render", "-o", "heat.npz")
    assert result.exit_code == 0
    assert "nobody came" in result.stderr
    with np.load(tmp_path / "heat.npz") as grids:
        assert grids["value"].max() == 0.0
        assert float(grids["covered_s"]) == pytest.approx(5.0)


def test_a_camera_that_was_off_is_told_apart(heatcli: Heatcli, walkers: Path, tmp_path: Path) -> None:
    analyze(heatcli, walkers, "--start", "2026-03-14T10:00")
    result = heatcli("render", "--metric", "avg_occupancy", "--from", "2026-03-15", "-o", "heat.npz")
    assert result.exit_code == 0
    assert "recorded nothing in that time" in result.stderr
    with np.load(tmp_path / "heat.npz") as grids:
        assert np.isnan(grids["raw"]).all()


def test_the_environment_names_the_store(
    heatcli: Heatcli, walkers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEATCLI_STORE", str(tmp_path / "elsewhere"))
    analyze(heatcli, walkers)
    assert (tmp_path / "elsewhere" / "clips").is_dir()


def test_a_dry_run_does_nothing(heatcli: Heatcli, walkers: Path, tmp_path: Path) -> None:
    assert analyze(heatcli, walkers, "--dry-run")["status"] == "planned"
    assert list(tmp_path.iterdir()) == []


def test_the_configuration_knows_the_camera(heatcli: Heatcli, walkers: Path, tmp_path: Path) -> None:
    (tmp_path / "nvr").mkdir()
    aged(Path(shutil.copy(walkers, tmp_path / "nvr" / "x.mp4")))
    (tmp_path / "heatcli.toml").write_text(
        'timezone = "Europe/Zagreb"\n[cameras."till 1"]\nsources = ["nvr/*.mp4"]\n'
        'start = "2026-07-01T10:00:00"\ndetector = "motion"\n'
    )
    told = answer(heatcli("analyze", "nvr", "--json"))["clips"][0]
    assert (told["camera"], told["detector"]) == ("till 1", "motion")
    assert (told["start"], told["start_source"]) == ("2026-07-01T08:00:00+00:00", "config")


def test_one_bad_clip_does_not_stop_the_others(heatcli: Heatcli, walkers: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("no video\n" * 100)
    aged(bad)
    told = answer(heatcli("analyze", bad, "gone.mp4", walkers, "--detector", "motion", "--json"), code=1)[
        "clips"
    ]
    assert {Path(clip["path"]).name: clip["status"] for clip in told} == {
        "gone.mp4": "failed",
        "bad.mp4": "failed",
        "walkers.mp4": "analysed",
    }


@pytest.mark.parametrize("kind", ["fifo", "socket", "unreadable name", "empty", "long camera"])
def test_an_odd_source_is_told_and_the_others_are_done(
    heatcli: Heatcli, walkers: Path, tmp_path: Path, kind: str
) -> None:
    odd = str(tmp_path / "odd.mp4")
    if kind == "fifo":
        os.mkfifo(odd)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("odd.mp4")
    elif kind == "unreadable name":
        odd = "x" * 300
    elif kind == "empty":
        odd = ""
    else:
        odd = str(aged(Path(shutil.copy(walkers, tmp_path / ("ж" * 80 + ".mp4")))))
    result = heatcli("analyze", odd, walkers, "--detector", "motion", "--json")
    told = answer(result, code=1)["clips"]
    assert sorted(clip["status"] for clip in told) == ["analysed", "failed"]
    assert odd in next(clip["message"] for clip in told if clip["status"] == "failed")


def test_what_was_done_is_told_when_the_work_ends_early(
    heatcli: Heatcli, walkers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = aged(Path(shutil.copy(walkers, tmp_path / "second.mp4")))
    from heatcli.store.commit import commit_run

    def full(store: Any, *, clip: Any, **rest: Any) -> Any:
        if clip.camera == "second":
            raise StoreError("disk: no space left; free some")
        return commit_run(store, clip=clip, **rest)

    monkeypatch.setattr("heatcli.commands.analyze.commit_run", full)
    told = answer(heatcli("analyze", walkers, second, "--detector", "motion", "--json"), code=1)
    assert [clip["camera"] for clip in told["clips"]] == ["walkers"]
    assert "no space left" in told["error"]


def test_names_cannot_break_a_line(heatcli: Heatcli, walkers: Path) -> None:
    result = heatcli("analyze", walkers, "--detector", "motion", "--camera", "a\nb\x1b[31m")
    assert result.exit_code == 0
    assert "a\\nb\\x1b[31m" in result.stderr.splitlines()[-1]
    assert len(heatcli("clips").stdout.splitlines()) == 2


def test_quiet_says_nothing_on_success_and_errors_always(heatcli: Heatcli, walkers: Path) -> None:
    result = heatcli("analyze", walkers, "--detector", "motion", "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    result = heatcli("analyze", "gone.mp4", "--quiet")
    assert result.exit_code == 1
    assert result.stderr.startswith("gone.mp4: no such file")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["zone", "--store", "gone"], 2, "no heat store here"),
        (["zone", "--cirle", "0.5,0.5,0.1"], 2, "No such option: --cirle"),
        (["zone", "--top", "0"], 2, "--top"),
        (["zoen"], 2, "zoen"),
        (["analyze", "--cmera", "a", "clip.mp4"], 2, "--cmera"),
        (["analyze", "--config", "gone.toml", "clip.mp4"], 2, "gone.toml"),
        (["score", "--camera", "a", "--store", "gone", "gone.txt"], 2, "no heat store here"),
    ],
)
def test_a_script_finds_the_error_where_it_finds_the_result(
    heatcli: Heatcli, arguments: list[str], code: int, message: str
) -> None:
    result = heatcli(*arguments, "--json")
    assert message in answer(result, code)["error"]
    assert message in result.stderr
    assert heatcli(*arguments).stdout == ""


def test_a_bug_is_told_in_json_too(heatcli: Heatcli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: Path) -> None:
        raise ZeroDivisionError("by a bug")

    monkeypatch.setattr("heatcli.store.store.Store.open", broken)
    assert "ZeroDivisionError: by a bug" in answer(heatcli("clips", "--json"), 70)["error"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["render"], "no heat store here"),
        (["clips"], "no heat store here"),
        (["analyze", "CLIP", "--sample-fps", "-1"], "--sample-fps -1.0: .*greater than or equal to 0"),
        (["analyze", "CLIP", "--confidence", "2"], "--confidence 2.0"),
        (["analyze", "CLIP", "--timezone", "Mars/Base"], "no time zone is called 'Mars/Base'"),
        (["analyze", "CLIP", "--start", "yesterday"], "'yesterday' is no ISO 8601 time"),
        (["analyze", "CLIP", "--start", "2026-03-29T02:30", "--timezone", "Europe/Zagreb"], "does not exist"),
        (["analyze", "CLIP", "CLIP2", "--start", "2026-03-14", "--camera", "a"], "one start for 2 clips"),
        (["analyze", "CLIP", "--detector", "motion", "--objects-to-track", "car"], "car"),
        (["analyze", "CLIP", "--detector", "yolo", "--weights", "gone.pt"], "gone.pt"),
        (["analyze", "CLIP", "--weights", "gone.pt"], "gone.pt"),
        (["analyze", "CLIP", "--detector", "cat"], "cat"),
        (["analyze", "CLIP", "--config", "gone.toml"], "gone.toml: cannot be read"),
        (["analyze", "CLIP", "--camera", ""], "no name for a camera"),
        (["analyze", "CLIP", "--sample-fps", "inf"], "--sample-fps inf: .*finite"),
        (["analyze", "CLIP", "--start", "0001-01-01T00:00+14:00"], "nothing was recorded in the year 1"),
        (["analyze", "CLIP", "--start", "9999-12-31"], "nothing was recorded in the year 9999"),
        (["analyze", "CLIP", "--store", ""], "is empty; name a folder"),
        (["analyze", "CLIP", "--store", "s3://bucket/store"], "a store is a folder on a disk"),
        (["analyze"], "SOURCE"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(
    heatcli: Heatcli, walkers: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    other = aged(Path(shutil.copy(walkers, tmp_path / "other.mp4")))
    names = {"CLIP": str(walkers), "CLIP2": str(other)}
    result = heatcli(*(names.get(a, a) for a in arguments))
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    found = [line for line in result.stderr.splitlines() if line.startswith(("heatcli: ", "Error: "))]
    assert len(found) == 1
    assert re.search(message, found[0]), found[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--camera", "walkrs"], "no camera 'walkrs' in the store; it has 'walkers'"),
        (["--clip", "0123"], "no clip '0123'"),
        (["--metric", "cats"], "cats"),
        (["--normalization", "absolute"], "needs --max-value"),
        (["--max-value", "3"], "add --normalization absolute"),
        (["--grid-resolution", "3"], "--grid-resolution 3"),
        (["--smoothing", "200"], "--smoothing 200"),
        (["--from", "2026-03-15", "--to", "2026-03-14"], "ends .* before it starts"),
        (["--from", "noon"], "no ISO 8601"),
        (["-o", "heat.gif"], "no format has this extension"),
        (["-o", "gone/heat.png"], "there is no folder"),
    ],
)
def test_wrong_questions_are_one_line_and_exit_2(
    heatcli: Heatcli, walkers: Path, arguments: list[str], message: str
) -> None:
    analyze(heatcli, walkers)
    result = heatcli("render", *arguments)
    assert result.exit_code == 2, result.output
    lines = [line for line in result.stderr.splitlines() if line.startswith(("heatcli: ", "Error: "))]
    assert len(lines) == 1
    assert re.search(message, lines[0]), lines[0]


def test_several_cameras_are_several_files(heatcli: Heatcli, walkers: Path, tmp_path: Path) -> None:
    analyze(heatcli, walkers, "--camera", "a")
    analyze(heatcli, walkers, "--camera", "b")
    assert heatcli("render", "-o", "one.png").exit_code == 2
    told = answer(heatcli("render", "--json"))["cameras"]
    assert [(c["camera"], c["output"]) for c in told] == [
        ("a", "heat-a-dwell_time.png"),
        ("b", "heat-b-dwell_time.png"),
    ]
    assert (tmp_path / "heat-b-dwell_time.png").is_file()


def test_a_clip_that_grows_while_it_is_analysed_is_left(
    heatcli: Heatcli, walkers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = aged(Path(shutil.copy(walkers, tmp_path / "growing.mp4")))
    from heatcli.video.plate import PlateBuilder

    honest = PlateBuilder.plate

    def plate(self: PlateBuilder) -> object:
        with clip.open("ab") as file:
            file.write(b"more")
        return honest(self)

    monkeypatch.setattr(PlateBuilder, "plate", plate)
    result = heatcli("analyze", clip, "--detector", "motion", "--json")
    assert answer(result, code=1)["clips"][0]["status"] == "busy"
    assert answer(heatcli("clips", "--json"))["clips"] == []


def test_a_read_only_store_is_one_line(heatcli: Heatcli, walkers: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    result = heatcli("analyze", walkers, "--detector", "motion", "--store", blocked / "store")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "choose another --store" in result.stderr


def test_ctrl_c_is_130_and_leaves_the_store(
    heatcli: Heatcli, walkers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("heatcli.commands.analyze.check_unchanged", interrupted)
    assert heatcli("analyze", walkers, "--detector", "motion").exit_code == 130
    assert answer(heatcli("clips", "--json"))["clips"] == []
    monkeypatch.undo()


def test_the_version_is_told(heatcli: Heatcli) -> None:
    assert heatcli("--version").stdout.startswith("heatcli 0")


def test_help_names_every_default(heatcli: Heatcli) -> None:
    from heatcli.config.settings import AnalyzeSettings, RenderSettings

    helps = {name: " ".join(heatcli(name, "--help").stdout.split()) for name in ("render", "analyze")}
    render = RenderSettings()
    for field in ("metric", "grid_resolution", "smoothing", "normalization"):
        assert f"[default: {getattr(render, field)}]" in helps["render"], field
    for field in ("min_display_threshold", "opacity", "color_map"):
        assert f"[default: {getattr(render, field)}]" in helps["render"], field
    analysis = AnalyzeSettings()
    for default in (analysis.detector, f"{analysis.sample_fps:g}", analysis.confidence):
        assert f"[default: {default}]" in helps["analyze"], default
    assert f"[default: {analysis.objects_to_track[0]}]" in helps["analyze"]


def test_files_that_are_not_utf8_names(heatcli: Heatcli, walkers: Path, tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/caf\xe9.mp4"
    shutil.copy2(os.fsencode(walkers), odd)
    told = analyze(heatcli, Path(os.fsdecode(odd)), "--camera", "cafe")
    assert told["status"] == "analysed"
