"""What is told when a command cannot do what was asked, is stopped, or has a bug."""

import os
import re
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from heatcli.errors import StoreError
from tests.support.command_line import answer, done, refused, run
from tests.support.make_clips import aged

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture(scope="module")
def analysed(walkers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that has a clip."""
    store = tmp_path_factory.mktemp("analysed") / "store"
    done(run("analyze", walkers, "--detector", "motion", "--store", store))
    return store


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
    from heatcli.store.commit import commit_runs

    def full(store: Any, runs: Any) -> Any:
        if any(one.clip.camera == "second" for one in runs):
            raise StoreError("disk: no space left; free some")
        return commit_runs(store, runs)

    monkeypatch.setattr("heatcli.commands.clip_work.commit_runs", full)
    told = answer(run("analyze", walkers, second, "--detector", "motion", "--json"), code=1)
    assert [clip["camera"] for clip in told["clips"]] == ["walkers"]
    assert "no space left" in told["error"]


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
        (
            ["analyze", "CLIP", "--sample-fps", "-1"],
            "--sample-fps: '-1' is not possible; give a number, at least 0",
        ),
        (["analyze", "CLIP", "--confidence", "2"], "--confidence: '2' is not possible"),
        (["analyze", "CLIP", "--timezone", "Mars/Base"], "no time zone is called 'Mars/Base'"),
        (["analyze", "CLIP", "--start", "yesterday"], "'yesterday' is no ISO 8601 time"),
        (["analyze", "CLIP", "--start", "2026-03-29T02:30", "--timezone", "Europe/Zagreb"], "does not exist"),
        (["analyze", "CLIP", "CLIP2", "--start", "2026-03-14", "--camera", "a"], "one start for 2 clips"),
        (["analyze", "CLIP", "--detector", "motion", "--objects-to-track", "car"], "car"),
        (["analyze", "CLIP", "--detector", "yolo", "--weights", "gone.pt"], "gone.pt"),
        (["analyze", "CLIP", "--weights", "gone.pt"], "gone.pt"),
        (["analyze", "CLIP", "--detector", "cat"], "cat"),
        (["analyze", "CLIP", "--config", "gone.toml"], "gone.toml: cannot be read"),
        (["analyze", "CLIP", "--camera", ""], "--camera: is empty"),
        (["analyze", "CLIP", "--sample-fps", "inf"], "--sample-fps: 'inf' is not possible"),
        (["analyze", "CLIP", "--start", "0001-01-01T00:00+14:00"], "nothing was recorded in the year 1"),
        (["analyze", "CLIP", "--start", "9999-12-31"], "nothing was recorded in the year 9999"),
        (["analyze", "CLIP", "--store", ""], "--store: is empty; name a file or folder"),
        (["analyze", "CLIP", "--store", "ftp://host/store"], "is no store: name a folder, or s3://"),
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
        (["--grid-resolution", "3"], "--grid-resolution: '3'"),
        (["--smoothing", "200"], "--smoothing: '200'"),
        (["--from", "2026-03-15", "--to", "2026-03-14"], "ends .* before it starts"),
        (["--from", "noon"], "no ISO 8601"),
        (["-o", "heat.gif"], "no format has this extension"),
        (["-o", "gone/heat.png"], "there is no folder"),
    ],
)
def test_wrong_questions_are_one_line_and_exit_2(analysed: Path, arguments: list[str], message: str) -> None:
    assert re.search(message, refused(run("render", "--store", analysed, *arguments)))


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


def test_ctrl_c_is_130_and_leaves_the_store(walkers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("heatcli.analysis.one_clip.check_unchanged", interrupted)
    assert run("analyze", walkers, "--detector", "motion").exit_code == 130
    assert answer(run("clips", "--json"))["clips"] == []
    monkeypatch.undo()
