"""The commands from end to end, in-process: what a user types and what comes back."""

import os
import re
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from heatcli.errors import StoreError
from tests.support.command_line import answer, done, refused, run
from tests.support.make_clips import aged, cut, numbered, write_clip

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
    assert told["tracks"] == 2
    assert told["start"] == "2026-03-14T09:00:00+00:00"
    rows = live_rows(tmp_path / "heat-store")
    assert len(rows) == told["rows"]
    # each of them is there from frame 10 to frame 89
    assert 2 * 70 <= len(rows) <= 2 * 80
    assert rows["time"].min() == datetime(2026, 3, 14, 9, 0, 1, tzinfo=UTC)

    drawn = answer(run("render", "--metric", "occupancy_pct", "--json"))["cameras"][0]
    assert (tmp_path / "heat-walkers-occupancy_pct.png").stat().st_size > 1000
    assert (drawn["metric"], drawn["unit"], drawn["covered_s"]) == ("occupancy_pct", "percent", 10.0)
    assert (drawn["rows"], drawn["tracks"]) == (told["rows"], 2)
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
    assert analyze(walkers, "--start", "2026-03-14T10:00")["tracks"] == 2
    moved = run("analyze", walkers, "--detector", "motion", "--json", "--start", "2026-03-14T11:00")
    (kept,) = answer(moved)["clips"]
    assert (kept["status"], kept["start"]) == ("skipped", "2026-03-14T10:00:00+00:00")
    assert "keeps the start it has, 2026-03-14T10:00:00+00:00; change it with" in moved.stderr
    # nothing said: what is stored stands
    assert "keeps" not in run("analyze", walkers, "--detector", "motion").stderr
    assert analyze(walkers, "--confidence", "0.9")["status"] == "analysed"


def test_a_time_lapse_has_tracks(walkers: Path) -> None:
    told = analyze(walkers, "--sample-fps", "0.5")
    assert told["frames_processed"] == 5
    assert told["tracks"] > 0


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
    assert answer(run("clips", "--remove", told["clip"], "--json"))["clips"] == []
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["heat-store", picture.name])


def test_a_clip_that_was_cut_is_used_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.avi", (numbered(n) for n in range(100)), codec="mpeg4", fps=10)
    clip = aged(cut(whole, tmp_path / "cut.avi", 0.6))
    result = run("analyze", clip, "--detector", "motion", "--json")
    told = answer(result)["clips"][0]
    assert 0 < told["frames_decoded"] < 100
    missing = 100 - told["frames_decoded"] - told["frames_failed"]
    assert f"ends early, {missing} of 100 frames are missing" in result.stderr


def test_nobody_came(tmp_path: Path, empty_scene: Path) -> None:
    told = analyze(empty_scene)
    assert (told["status"], told["rows"], told["tracks"]) == ("analysed", 0, 0)
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


def test_one_bad_clip_does_not_stop_the_others(walkers: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("no video\n" * 100)
    aged(bad)
    told = answer(run("analyze", bad, "gone.mp4", walkers, "--detector", "motion", "--json"), code=1)["clips"]
    assert {Path(clip["path"]).name: clip["status"] for clip in told} == {
        "gone.mp4": "failed",
        "bad.mp4": "failed",
        "walkers.mp4": "analysed",
    }


@pytest.mark.parametrize("kind", ["fifo", "socket", "unreadable name", "empty", "long camera"])
def test_an_odd_source_is_told_and_the_others_are_done(walkers: Path, tmp_path: Path, kind: str) -> None:
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
    result = run("analyze", odd, walkers, "--detector", "motion", "--json")
    told = answer(result, code=1)["clips"]
    assert sorted(clip["status"] for clip in told) == ["analysed", "failed"]
    assert odd in next(clip["message"] for clip in told if clip["status"] == "failed")


def test_what_was_done_is_told_when_the_work_ends_early(
    walkers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = aged(Path(shutil.copy(walkers, tmp_path / "second.mp4")))
    from heatcli.store.commit import commit_run

    def full(store: Any, *, clip: Any, **rest: Any) -> Any:
        if clip.camera == "second":
            raise StoreError("disk: no space left; free some")
        return commit_run(store, clip=clip, **rest)

    monkeypatch.setattr("heatcli.commands.analyze.commit_run", full)
    told = answer(run("analyze", walkers, second, "--detector", "motion", "--json"), code=1)
    assert [clip["camera"] for clip in told["clips"]] == ["walkers"]
    assert "no space left" in told["error"]


def test_names_cannot_break_a_line(walkers: Path) -> None:
    result = done(run("analyze", walkers, "--detector", "motion", "--camera", "a\nb\x1b[31m"))
    assert "a\\nb\\x1b[31m" in result.stderr.splitlines()[-1]
    assert len(run("clips").stdout.splitlines()) == 2


def test_quiet_says_nothing_on_success_and_errors_always(walkers: Path) -> None:
    result = run("analyze", walkers, "--detector", "motion", "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    result = run("analyze", "gone.mp4", "--quiet")
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
    arguments: list[str], code: int, message: str
) -> None:
    result = run(*arguments, "--json")
    assert message in answer(result, code)["error"]
    assert message in result.stderr
    assert run(*arguments).stdout == ""


def test_a_bug_is_told_in_json_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: Path) -> None:
        raise ZeroDivisionError("by a bug")

    monkeypatch.setattr("heatcli.store.store.Store.open", broken)
    assert "ZeroDivisionError: by a bug" in answer(run("clips", "--json"), 70)["error"]


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
    walkers: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    other = aged(Path(shutil.copy(walkers, tmp_path / "other.mp4")))
    names = {"CLIP": str(walkers), "CLIP2": str(other)}
    result = run(*(names.get(a, a) for a in arguments))
    assert re.search(message, refused(result))
    assert "Traceback" not in result.stderr


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
def test_wrong_questions_are_one_line_and_exit_2(walkers: Path, arguments: list[str], message: str) -> None:
    analyze(walkers)
    assert re.search(message, refused(run("render", *arguments)))


def test_several_cameras_are_several_files(walkers: Path, tmp_path: Path) -> None:
    analyze(walkers, "--camera", "a")
    analyze(walkers, "--camera", "b")
    assert run("render", "-o", "one.png").exit_code == 2
    told = answer(run("render", "--json"))["cameras"]
    assert [(c["camera"], c["output"]) for c in told] == [
        ("a", "heat-a-dwell_time.png"),
        ("b", "heat-b-dwell_time.png"),
    ]
    assert (tmp_path / "heat-b-dwell_time.png").is_file()


def test_a_clip_that_grows_while_it_is_analysed_is_left(
    walkers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = aged(Path(shutil.copy(walkers, tmp_path / "growing.mp4")))
    from heatcli.video.plate import PlateBuilder

    honest = PlateBuilder.plate

    def plate(self: PlateBuilder) -> object:
        with clip.open("ab") as file:
            file.write(b"more")
        return honest(self)

    monkeypatch.setattr(PlateBuilder, "plate", plate)
    result = run("analyze", clip, "--detector", "motion", "--json")
    assert answer(result, code=1)["clips"][0]["status"] == "busy"
    assert answer(run("clips", "--json"))["clips"] == []


def test_a_read_only_store_is_one_line(walkers: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    result = run("analyze", walkers, "--detector", "motion", "--store", blocked / "store")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "choose another --store" in result.stderr


def test_a_bug_is_told_as_one(monkeypatch: pytest.MonkeyPatch, walkers: Path) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("float division by zero")

    monkeypatch.setattr("heatcli.commands.analyze.find_clips", broken)
    result = run("analyze", walkers)
    assert result.exit_code == 70
    assert "a bug: ZeroDivisionError" in result.stderr
    assert "Traceback" not in result.stderr


def test_ctrl_c_is_130_and_leaves_the_store(walkers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("heatcli.commands.analyze.check_unchanged", interrupted)
    assert run("analyze", walkers, "--detector", "motion").exit_code == 130
    assert answer(run("clips", "--json"))["clips"] == []
    monkeypatch.undo()


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
    for default in (analysis.detector, f"{analysis.sample_fps:g}", analysis.confidence):
        assert f"[default: {default}]" in helps["analyze"], default
    assert f"[default: {analysis.objects_to_track[0]}]" in helps["analyze"]


def test_files_that_are_not_utf8_names(walkers: Path, tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/caf\xe9.mp4"
    shutil.copy2(os.fsencode(walkers), odd)
    told = analyze(Path(os.fsdecode(odd)), "--camera", "cafe")
    assert told["status"] == "analysed"
