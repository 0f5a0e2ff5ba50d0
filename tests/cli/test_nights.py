"""Nights with a configuration: what goes wrong is told, and what is in the store is not lost by a slip."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from heatcli.detect import registry, weights
from heatcli.store.clips import ClipRow
from heatcli.store.store import Store
from tests.support.command_line import answer, done, run
from tests.support.known_clips import know, motion_settings
from tests.support.make_clips import aged
from tests.support.make_models import save_openvino
from tests.support.places import ROOT

pytestmark = pytest.mark.usefixtures("folder")

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No default model, and nothing to fetch it from."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("HEATCLI_WEIGHTS", raising=False)
    monkeypatch.setattr(weights, "DEFAULT_URL", "http://127.0.0.1:9/yolo26n.pt")


BY_MOTION = 'timezone = "UTC"\ndetector = "motion"\n'


def configure(text: str) -> None:
    Path("heatcli.toml").write_text(text)


def clips() -> list[ClipRow]:
    return Store.open(Path("heat-store")).clips()


def another(clip: Path, name: str) -> Path:
    """Copy a clip, with other bytes: it is not the same clip."""
    copy = Path(name)
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(clip.read_bytes() + name.encode())
    return aged(copy)


def lines(text: str) -> list[str]:
    return text.splitlines()


# A model that is not there one night.


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_fallback_never_replaces_what_a_better_detector_found(force: tuple[str, ...]) -> None:
    file = Path("door_20260314_120000.mp4")
    row = know(file, start=NOON, detector="yolo", settings='{"detector": "yolo"}', timezone="UTC")
    result = done(run("analyze", file, "--quiet", "--camera", "door", "--timezone", "UTC", *force))
    assert result.stdout == ""
    (line,) = lines(result.stderr)
    assert "keeps what yolo found" in line
    assert "yolo26n.pt" in line
    assert [one.run for one in clips()] == [row.run]
    report = answer(run("analyze", file, "--json", "--camera", "door", *force))
    assert report["clips"][0]["status"] == "skipped"


def test_a_first_fallback_in_a_store_of_yolo_is_an_error(walkers: Path) -> None:
    known = know(Path("door_20260314_120000.mp4"), start=NOON, detector="yolo")
    new = another(walkers, "door_20260315_120000.mp4")
    result = run("analyze", new, "--camera", "door", "--timezone", "UTC", "--quiet")
    assert result.exit_code == 1
    (line,) = lines(result.stderr)
    assert "yolo" in line
    assert "--detector motion" in line
    assert [one.run for one in clips()] == [known.run]
    done(run("analyze", new, "--camera", "door", "--timezone", "UTC", "--detector", "motion"))
    assert [one.detector for one in clips()] == ["yolo", "motion"]


def test_a_fallback_is_told_each_night(walkers: Path) -> None:
    new = another(walkers, "door_20260315_120000.mp4")
    for _ in range(2):
        result = done(run("analyze", new, "--timezone", "UTC", "--quiet"))
        (line,) = lines(result.stderr)
        assert "using motion detection" in line
        assert "could not be fetched" in line


# Warnings with --quiet, and the log.


def test_quiet_sums_warnings_up_and_the_log_has_all(walkers: Path) -> None:
    configure('log = "night.log"\ndetector = "motion"\n')
    files = [another(walkers, f"clip{number}.mp4") for number in range(3)]
    files += [another(walkers, f"yard_20260314_1200{number}0.mp4") for number in range(2)]
    result = done(run("analyze", *files, "--quiet", "--store", "store"))
    guessed, zone = sorted(lines(result.stderr), key=lambda line: "no time zone" in line)
    assert re.search(r"clip0.mp4: nothing says when.*2 more", guessed)
    assert re.search(r"no time zone is named.*1 more", zone)
    log = lines(Path("night.log").read_text())
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d ", line) for line in log)
    assert "analyze" in log[0]
    for file in files:
        assert any(f"{file}: yard" in line or f"{file}: clip" in line for line in log)
    assert sum("nothing says when" in line for line in log) == 4
    result = done(run("analyze", *files, "--log", "other.log", "--store", "store"))
    assert len(lines(Path("night.log").read_text())) == len(log)
    assert sum("already in the store" in line for line in lines(Path("other.log").read_text())) == 5


def test_a_log_that_cannot_be_written_is_told_before_any_work(walkers: Path) -> None:
    result = run("analyze", walkers, "--log", "no/folder/night.log")
    assert result.exit_code == 1
    assert "no/folder/night.log" in result.stderr
    assert not Path("heat-store").exists()


def test_errors_are_in_the_log() -> None:
    result = run("analyze", "nothing.mp4", "--log", "night.log", "--quiet")
    assert result.exit_code == 1
    assert "nothing.mp4: no such file" in Path("night.log").read_text()


# Files that nobody claims.


def test_a_file_that_no_camera_claims_is_an_error_and_the_others_are_done(walkers: Path) -> None:
    configure(BY_MOTION + '[cameras.yard]\nsources = ["nvr/yard_*.mp4"]\n')
    another(walkers, "nvr/yard_20260314_120000.mp4")
    for number in range(3):
        another(walkers, f"nvr/yrad_20260314_13000{number}.mp4")
    result = run("analyze", "nvr", "--quiet")
    assert result.exit_code == 1
    (line,) = lines(result.stderr)
    assert re.search(r"yrad_20260314_130000.mp4: no camera .*--camera.*2 more", line)
    assert [one.camera for one in clips()] == ["yard"]
    report = answer(run("analyze", "nvr", "--json"), 1)
    assert sorted(clip["status"] for clip in report["clips"]) == ["failed"] * 3 + ["skipped"]
    done(run("analyze", "nvr/yrad_20260314_130000.mp4", "--camera", "road"))
    assert sorted(one.camera for one in clips()) == ["road", "yard"]


def test_a_file_that_two_cameras_claim_is_an_error_and_the_others_are_done(walkers: Path) -> None:
    configure(BY_MOTION + '[cameras.a]\nsources = ["a_*"]\n[cameras.b]\nsources = ["*b_*"]\n')
    both, only = another(walkers, "a_b_20260314_120000.mp4"), another(walkers, "b_20260314_120000.mp4")
    result = run("analyze", both, only, "--quiet")
    assert result.exit_code == 1
    assert "'a' and 'b' both claim it" in result.stderr
    assert [one.camera for one in clips()] == ["b"]


def test_what_the_configuration_names_and_is_not_there_is_told_at_the_start(walkers: Path) -> None:
    configure(
        BY_MOTION + '[cameras.door]\nsources = ["nvr/door_*.mp4", "nvr2/**/*.mp4"]\n'
        '[cameras.yard]\nsources = ["nvr/yrad_*.mp4"]\nweights = "yard.pt"\n'
        '[cameras.yard.floor]\nplan = "plan.png"\nmetres_per_pixel = 0.02\npoints = ['
        + ",".join(f"{{image=[{x},{y}],plan=[{x},{y}]}}" for x in (0, 1) for y in (0, 1))
        + "]\n"
    )
    another(walkers, "nvr/door_20260314_120000.mp4")
    result = done(run("analyze", "--dry-run"))
    told = [line for line in lines(result.stderr) if "warning" in line]
    assert lines(result.stderr)[: len(told)] == told
    for what in ("nvr2/**/*.mp4", "nvr/yrad_*.mp4", "yard.pt", "plan.png"):
        assert sum(what in line for line in told) == 1
    assert len(told) == 4


def test_a_camera_without_its_model_does_not_keep_the_others_from_being_done(walkers: Path) -> None:
    configure(
        'timezone = "UTC"\n[cameras.door]\nsources = ["door_*"]\ndetector = "motion"\n'
        '[cameras.yard]\nsources = ["yard_*"]\nweights = "yard.pt"\n'
    )
    files = another(walkers, "yard_20260314_120000.mp4"), another(walkers, "door_20260314_120000.mp4")
    result = run("analyze", *files, "--quiet")
    assert result.exit_code == 1
    assert any("yard_20260314_120000.mp4" in line and "yard.pt" in line for line in lines(result.stderr))
    assert [one.camera for one in clips()] == ["door"]


@pytest.mark.parametrize("fault", ["damaged", "class"])
def test_a_model_that_is_broken_costs_only_its_camera(
    walkers: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    model = save_openvino(Path("yard_model"), np.array([[16, 16, 48, 48, 1.0, 0]], np.float32))
    if fault == "damaged":
        next(model.glob("*.xml")).write_bytes(b"no model")
    wanted = "" if fault == "damaged" else 'objects_to_track = "dragon"\n'
    configure(
        'timezone = "UTC"\n[cameras.door]\nsources = ["door_*"]\ndetector = "motion"\n'
        f'[cameras.yard]\nsources = ["*yard_*"]\nweights = "yard_model"\n{wanted}'
    )
    loads = Mock(wraps=registry._load_form)
    monkeypatch.setattr(registry, "_load_form", loads)
    files = [another(walkers, f"a_yard_20260314_12000{number}.mp4") for number in range(3)]
    files.append(another(walkers, "door_20260314_120000.mp4"))
    result = run("analyze", *files, "--quiet")
    assert result.exit_code == 1
    (line,) = lines(result.stderr)
    assert re.search(r"a_yard_20260314_120000.mp4: .*yard_model.*2 more", line)
    assert [one.camera for one in clips()] == ["door"]
    # It is not tried again for each clip.
    assert loads.call_count == 1


def test_a_model_that_cannot_be_fetched_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Mock(return_value="no network")
    monkeypatch.setattr(weights, "_why_unreachable", asked)
    configure(
        'timezone = "UTC"\ndetector = "yolo"\n'
        + "".join(f'[cameras.c{n}]\nsources = ["c{n}_*"]\nconfidence = 0.{n}\n' for n in (2, 3))
    )
    for number in (2, 3):
        know(Path(f"c{number}_20260314_120000.mp4"), start=NOON, camera=f"c{number}", timezone="UTC")
    result = run("analyze", "--quiet")
    assert "could not be fetched (no network)" in result.stderr
    assert asked.call_count == 1


def test_without_a_source_the_sources_of_the_configuration_are_done(walkers: Path) -> None:
    Path("shop[1]").mkdir()
    Path("shop[1]/heatcli.toml").write_text(BY_MOTION + '[cameras.door]\nsources = ["nvr/**"]\n')
    another(walkers, "shop[1]/nvr/14/door_20260314_120000.mp4")
    another(walkers, "shop[1]/nvr/14/door_20260314_120000.jpg")
    done(run("analyze", "--config", "shop[1]/heatcli.toml", "--quiet"))
    (clip,) = clips()
    assert clip.camera == "door"
    assert "no `sources`" in run("analyze").stderr


def test_a_file_that_is_being_written_is_left_without_a_word_where_nobody_named_it(
    walkers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(BY_MOTION + '[cameras.door]\nsources = ["door_*"]\n')
    growing = Path("door_20260314_120000.mp4")
    shutil.copy(walkers, growing)

    def recorder_goes_on(seconds: float) -> None:
        with growing.open("ab") as file:
            file.write(b"more")

    monkeypatch.setattr("heatcli.analysis.sources.time.sleep", recorder_goes_on)
    result = done(run("analyze", "--quiet"))
    assert result.output == ""
    assert answer(run("analyze", "--json"))["clips"][0]["status"] == "left"
    assert "still being written" in run("analyze", growing, "--quiet").stderr


# Settings that have changed.


@pytest.fixture
def year() -> list[Path]:
    """A clip of each of five days, analysed with 5 frames a second."""
    configure(BY_MOTION + 'sample_fps = 5\n[cameras.door]\nsources = ["nvr/door_*.mp4"]\n')
    files = []
    for day in range(5):
        start = NOON + timedelta(days=day)
        files.append(Path(f"nvr/door_{start:%Y%m%d_%H%M%S}.mp4"))
        know(files[-1], start=start, settings=motion_settings(sample_fps=5.0), timezone="UTC")
    assert run("analyze", "--quiet").output == ""
    configure(Path("heatcli.toml").read_text().replace("sample_fps = 5", "sample_fps = 8"))
    return files


def statuses(*arguments: object, code: int = 0) -> list[str]:
    found = answer(run("analyze", "--json", *arguments), code)["clips"]
    return [clip["status"] for clip in sorted(found, key=lambda clip: clip["path"])]


def test_a_dry_run_says_why_and_what_has_changed(year: list[Path]) -> None:
    result = done(run("analyze", "--dry-run"))
    for file in year:
        assert (
            f"{file}: would be analysed again as camera door: sample_fps changed from 5.0 to 8.0"
            in result.stderr
        )
    assert "that needs --reanalyse" in result.stderr
    report = answer(run("analyze", "--dry-run", "--json", year[0]))
    assert report["clips"][0]["changes"] == [{"setting": "sample_fps", "before": "5.0", "now": "8.0"}]


def test_a_change_does_not_redo_a_year_in_a_cron_job(year: list[Path], walkers: Path) -> None:
    new = another(walkers, "nvr/door_20260401_120000.mp4")
    before = {one.clip: one.run for one in clips()}
    result = run("analyze", "--quiet")
    assert result.exit_code == 1
    (line,) = lines(result.stderr)
    assert re.search(
        r"5 clips of 2026-03-14 to 2026-03-18 .*sample_fps changed from 5.0 to 8.0.*--reanalyse", line
    )
    assert "4 more" in line
    now = {one.clip: one.run for one in clips()}
    assert now.items() >= before.items()
    assert len(now) == 6
    assert statuses(code=1) == ["refused"] * 5 + ["skipped"]
    assert new.name in clips()[-1].path


def test_reanalyse_redoes_it_and_says_so(year: list[Path], walkers: Path) -> None:
    files = [another(walkers, f"nvr/door_202604{day}_120000.mp4") for day in (10, 12)]
    for file, day in zip(files, (10, 12), strict=True):
        start = datetime(2026, 4, day, 12, tzinfo=UTC)
        know(file, start=start, settings=motion_settings(sample_fps=5.0), timezone="UTC")
    result = done(run("analyze", *files, "--reanalyse", "--quiet"))
    (line,) = lines(result.stderr)
    assert re.search(r"is analysed again, as sample_fps changed from 5.0 to 8.0.*1 more", line)
    assert [one.settings for one in clips()[-2:]] == [motion_settings(sample_fps=8.0)] * 2


@pytest.mark.parametrize("where", ["option", "file", "camera"])
def test_a_change_may_hold_from_a_day_on(year: list[Path], where: str) -> None:
    text = Path("heatcli.toml").read_text()
    if where == "file":
        configure("from = 2026-03-18\n" + text)
    elif where == "camera":
        configure(text + "from = 2026-03-18\n")
    option = ("--from", "2026-03-18") if where == "option" else ()
    # The last file is no video: it is tried.
    assert statuses(*option, code=1) == ["skipped"] * 4 + ["failed"]


@pytest.mark.parametrize(("said", "status"), [("n", "refused"), ("y", "failed")])
def test_on_a_terminal_it_is_asked_once(year: list[Path], said: str, status: str) -> None:
    ours, theirs = os.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "heatcli", "analyze", "--json"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    os.write(ours, f"{said}\n".encode())
    stdout, _ = running.communicate(timeout=120)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert running.returncode == 1
    # Those that were allowed are no videos: they are tried.
    assert [clip["status"] for clip in json.loads(stdout)["clips"]] == [status] * 5
    assert shown.count("Analyse them again?") == 1
    assert "5 clips of 2026-03-14 to 2026-03-18" in shown


def test_up_to_a_day_is_redone_without_a_question(year: list[Path]) -> None:
    # It is no video: it is tried.
    assert statuses(year[2], code=1) == ["failed"]


def test_files_that_were_moved_are_counted_too(year: list[Path]) -> None:
    Path("nvr").rename("archive")
    configure(Path("heatcli.toml").read_text().replace("nvr/", "archive/"))
    # The first is within a day of itself.
    assert statuses(code=1) == ["failed"] + ["refused"] * 4


def test_another_version_of_the_algorithm_is_such_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(BY_MOTION + '[cameras.door]\nsources = ["nvr/door_*.mp4"]\n')
    for day in range(3):
        start = NOON + timedelta(days=day)
        know(Path(f"nvr/door_{start:%Y%m%d_%H%M%S}.mp4"), start=start, timezone="UTC")
    monkeypatch.setattr("heatcli.analysis.plan.ALGORITHM", 1000)
    result = run("analyze", "--quiet")
    assert result.exit_code == 1
    assert re.search("the version of heatcli's algorithms changed from .* to 1000", result.stderr)
    assert statuses(code=1) == ["refused"] * 3


def test_what_is_said_of_analyses_may_be_said_for_all_cameras_or_for_one(walkers: Path) -> None:
    configure(
        BY_MOTION + 'store = "shop"\nsample_fps = 5\nobjects_to_track = "person"\n'
        '[cameras.door]\nsources = ["door_*"]\n[cameras.yard]\nsources = ["yard_*"]\nsample_fps = 2\n'
    )
    another(walkers, "door_20260314_120000.mp4")
    another(walkers, "yard_20260314_120000.mp4")
    done(run("analyze"))
    rates = {one.camera: one.sample_fps for one in Store.open(Path("shop")).clips()}
    assert rates == {"door": 5.0, "yard": 2.0}
    assert "door" in done(run("clips")).stdout
    assert run("clips", "--store", "another").exit_code == 2
