"""`heatcli run`: a whole night in one line, and what it tells when something is wrong."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from heatcli.clock import epoch_us
from heatcli.commands import run as nights
from heatcli.intervals import Intervals
from heatcli.store.journal import Deed, read_journal
from heatcli.store.store import Store
from heatcli.store.writing import only_night
from tests.support.command_line import answer, done, refused, run
from tests.support.known_clips import know
from tests.support.make_clips import aged
from tests.support.places import ROOT

pytestmark = pytest.mark.usefixtures("folder")

STORE = Path("heat-store")
CAMERA = 'timezone = "UTC"\ndetector = "motion"\n[cameras.door]\nsources = ["nvr/door_*.mp4"]\n'
STEPS = ["analyze", "views", "daily", "purge", "compact", "cameras"]


def yesterday(hour: int = 12) -> datetime:
    day = datetime.now(UTC) - timedelta(days=1)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def configure(text: str = "") -> None:
    # What stands outside of tables comes first.
    Path("heatcli.toml").write_text(CAMERA + text)


def record(clip: Path, start: datetime) -> Path:
    """Put a recording where the configuration looks for it; each has bytes of its own."""
    file = Path(f"nvr/door_{start:%Y%m%d_%H%M%S}.mp4")
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(clip.read_bytes() + file.name.encode())
    return aged(file)


def record_at(name: str, written: float) -> Path:
    """Put a file that is no video where the configuration looks for it, last written at a Unix time."""
    file = Path(f"nvr/{name}.mp4")
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(name.encode())
    os.utime(file, (written, written))
    return file


def known_night() -> None:
    """A store with a clip of yesterday, whose file is there as well: a night with nothing to analyse."""
    start = yesterday()
    know(Path(f"nvr/door_{start:%Y%m%d_%H%M%S}.mp4"), start=start, timezone="UTC")


def ended(found: dict[str, object]) -> dict[str, object]:
    """Return the error of each step, by its name."""
    steps = found["steps"]
    assert isinstance(steps, list)
    return {step["name"]: step["error"] for step in steps}


def test_a_night_does_all_and_the_next_one_only_what_is_new(walkers: Path) -> None:
    configure('[privacy]\ntracks = "30d"\n[run]\nreports = ["daily", "weekly"]\noutput = "told"\n')
    record(walkers, yesterday())
    # Of the last week that is over, whatever day it is today.
    last_week = yesterday() - timedelta(days=4 + datetime.now(UTC).weekday())
    record(walkers, last_week)
    know(Path("gone.mp4"), start=yesterday() - timedelta(days=40), timezone="UTC")

    found = answer(run("run", "--json"))
    assert found["ok"]
    assert ended(found) == dict.fromkeys([*STEPS[:2], "daily", "weekly", *STEPS[3:]])
    did = {step["name"]: step["done"] for step in found["steps"]}
    assert did["analyze"] == {"analysed": 2}
    assert did["daily"] == {"reports": [f"daily-{yesterday().date()}"]}
    assert did["purge"]["clips"] == 1
    assert len(did["weekly"]["reports"]) == 1
    assert sorted(clip.start for clip in Store.open(STORE).clips()) == [
        last_week,
        yesterday(),
    ]
    page = Path(f"told/daily-{yesterday().date()}/report.html")
    first = page.stat().st_ino

    told = done(run("run"))
    assert "2 skipped" in told.stderr
    assert "all reports are up to date" in told.stderr
    assert page.stat().st_ino == first
    # It is the report that `export` makes: that has nothing to do either.
    assert answer(run("export", "daily", "--catch-up", "-o", "told", "--json"))["reports"] == []
    assert done(run("run", "--quiet")).output == ""


def test_without_privacy_nothing_is_purged() -> None:
    configure()
    know(Path("gone.mp4"), start=yesterday() - timedelta(days=4000), timezone="UTC")
    assert "purge" not in ended(answer(run("run", "--json")))
    assert len(Store.open(STORE).clips()) == 1


def test_where_only_sums_may_go_out_reports_have_no_more() -> None:
    configure('[privacy]\nprofile = "statistics"\n')
    known_night()
    done(run("run"))
    report = f"daily-{yesterday().date()}"
    shared = ("export", "daily", "--catch-up", "--share", "-o", "reports", "--json")
    assert Path("reports", report).is_dir()
    assert answer(run(*shared))["reports"] == []


def test_the_second_of_two_says_so_in_one_line() -> None:
    configure()
    known_night()
    with only_night(STORE):
        assert "another `heatcli run` is at work" in refused(run("run"), 1)
    assert not Path("reports").exists()
    # Other commands are free to write, and the lock is gone with who had it.
    with only_night(STORE):
        done(run("clips", "--compact", "--quiet"))
    done(run("run"))


def test_a_step_that_fails_keeps_nothing_else_from_being_done() -> None:
    configure('[privacy]\n[run]\nreports = ["daily", "weekly"]\n')
    known_night()
    know(Path("gone.mp4"), start=yesterday() - timedelta(days=4000), timezone="UTC")
    Path("reports").write_text("in the way")
    Path("nvr/door_20260101_000000.mp4").write_bytes(b"no video")
    aged(Path("nvr/door_20260101_000000.mp4"))

    found = answer(run("run", "--json", "--metrics", "night.prom"), 1)
    errors = ended(found)
    assert [name for name, error in errors.items() if error is None] == [
        "views",
        "purge",
        "compact",
        "cameras",
    ]
    assert "1 clip could not be done" in str(errors["analyze"])
    assert "reports: cannot be written into" in str(errors["daily"])
    assert len(Store.open(STORE).clips()) == 1
    assert values("night.prom")["heatcli_failed_steps", ""] == 3
    assert values("night.prom")["heatcli_clips_failed", ""] == 1

    told = run("run", "--quiet")
    assert told.exit_code == 1
    lines = told.stderr.splitlines()
    assert [line for line in lines if line.startswith("heatcli: daily: reports: cannot be written")]
    assert sum("door_20260101_000000.mp4" in line for line in lines) == 1
    assert len(lines) == 4


def test_a_bug_in_a_step_keeps_nothing_else_from_being_done(monkeypatch: pytest.MonkeyPatch) -> None:
    configure("[privacy]\n")
    known_night()
    monkeypatch.setattr(nights, "export_periods", lambda **_: 1 // 0)
    errors = ended(answer(run("run", "--json"), 1))
    assert "a bug: ZeroDivisionError" in str(errors["daily"])
    assert [name for name, error in errors.items() if error] == ["daily"]
    assert "ZeroDivisionError" in Path("state/heatcli/heatcli.log").read_text()


def test_on_a_full_disk_all_is_tried_and_the_next_night_does_it() -> None:
    configure("[privacy]\n")
    known_night()
    done(run("run", "--metrics", "night.prom"))
    old = Path("night.prom").read_bytes()
    start = yesterday(hour=13)
    know(Path(f"nvr/door_{start:%Y%m%d_%H%M%S}.mp4"), start=start, timezone="UTC")

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))
    try:
        found = answer(run("run", "--json", "--metrics", "night.prom"), 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    errors = ended(found)
    assert "File too large" in str(errors["daily"])
    assert "File too large" in str(errors["metrics"])
    assert list(errors) == [*STEPS, "metrics"]
    assert Path("night.prom").read_bytes() == old
    assert not list(Path().glob("*.prom.*"))

    found = answer(run("run", "--json", "--metrics", "night.prom"))
    did = {step["name"]: step["done"] for step in found["steps"]}
    assert did["daily"] == {"reports": [f"daily-{yesterday().date()}"]}
    assert Path("night.prom").read_bytes() != old


# Metrics.


def values(file: str) -> dict[tuple[str, str], float]:
    """Return the values of a file of metrics, by name and camera, as Prometheus' own parser reads them."""
    return {
        (sample.name, sample.labels.get("camera", "")): sample.value
        for family in text_string_to_metric_families(Path(file).read_text())
        for sample in family.samples
    }


def test_a_night_after_one_that_was_killed_before_it_listed_its_reports_does_that() -> None:
    configure()
    known_night()
    done(run("run"))
    Path("reports/index.html").unlink()
    Path("reports/latest").unlink()
    done(run("run"))
    assert Path("reports/index.html").exists()
    assert Path("reports/latest/report.html").exists()


def test_metrics_tell_how_all_cameras_stand() -> None:
    awkward = 'back "yard"\\n\n ü'
    now = time.time()
    configure(f'[cameras.{json.dumps(awkward)}]\nsources = ["nvr/yard_*.mp4"]\ntimezone = "Asia/Tokyo"\n')
    # Half of its hour is of yesterday.
    start = yesterday(hour=0) - timedelta(minutes=30)
    stored = record_at(f"door_{start:%Y%m%d_%H%M%S}", now - 50 * 3600)
    begin_us = epoch_us(start)
    hour = Intervals.of([[begin_us, begin_us + 3_600_000_000]])
    know(stored, start=start, timezone="UTC", duration_us=3_600_000_000, coverage=hour)
    for age_h, name in (
        (60, "door_20260101_000000"),
        (20, "door_20260102_000000"),
        (7, "yard_20260102_000000"),
    ):
        record_at(name, now - age_h * 3600)

    assert run("run", "--metrics", "night.prom", "--quiet").exit_code == 1
    found = values("night.prom")
    # What is older than the newest that is stored is damaged, and not late.
    assert found["heatcli_behind_hours", "door"] == pytest.approx(20, abs=0.1)
    assert found["heatcli_behind_hours", awkward] == pytest.approx(7, abs=0.1)
    assert found["heatcli_covered_yesterday_seconds", "door"] == 1800
    assert found["heatcli_covered_yesterday_seconds", awkward] == 0
    assert found["heatcli_clips_done", ""] == 0
    assert found["heatcli_clips_failed", ""] == 3
    assert found["heatcli_last_run_timestamp_seconds", ""] == pytest.approx(time.time(), abs=300)
    size = sum(file.stat().st_size for file in STORE.rglob("*") if file.is_file())
    assert found["heatcli_store_bytes", ""] == size
    text = Path("night.prom").read_text()
    for name in {name for name, _ in found}:
        assert text.count(f"# HELP {name} ") == text.count(f"# TYPE {name} gauge\n") == 1


@pytest.mark.parametrize(
    ("file", "why"),
    [("night.txt", ".prom"), ("no/folder/night.prom", "no folder"), ("a.prom", "is a folder")],
)
def test_a_metrics_file_that_the_collector_would_not_read_is_refused_before_any_work(
    file: str, why: str
) -> None:
    configure()
    Path("a.prom").mkdir()
    assert why in refused(run("run", "--metrics", file))
    assert not STORE.exists()


def test_a_first_night_without_recordings_tells_of_it() -> None:
    configure()
    told = done(run("run", "--quiet", "--metrics", "night.prom"))
    (line,) = told.stderr.splitlines()
    assert "nvr/door_*.mp4" in line
    assert values("night.prom")["heatcli_covered_yesterday_seconds", "door"] == 0


# Killed.


@pytest.mark.slow
def test_what_a_killed_night_has_left_the_next_one_does(walkers: Path) -> None:
    configure('[privacy]\ntracks = "30d"\n')
    for hour in (9, 10):
        record(walkers, yesterday(hour))
    report = Path(f"reports/daily-{yesterday().date()}")
    moments: list[Callable[[], bool]] = [
        lambda: (STORE / "clips").exists(),
        lambda: len(list(STORE.glob("clips/**/*.parquet"))) > 0,
        lambda: report.exists(),
        lambda: any(entry.deed is Deed.PURGE for entry in read_journal(STORE)),
    ]
    for moment in moments:
        night = start_night()
        while not moment() and night.poll() is None:
            time.sleep(0.002)
        night.send_signal(signal.SIGKILL)
        night.wait()
    again = answer(run("run", "--json"))
    assert again["ok"]
    clips = Store.open(STORE).clips()
    assert [clip.start.hour for clip in clips] == [9, 10]
    assert {file.name for file in report.iterdir()} == {"report.html", "report.xlsx"}

    shutil.rmtree(report)
    shutil.move(STORE, "killed")
    done(run("run"))
    assert [(clip.clip, clip.rows, clip.trajectories) for clip in clips] == [
        (clip.clip, clip.rows, clip.trajectories) for clip in Store.open(STORE).clips()
    ]


def start_night() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "heatcli", "run", "--quiet"], env={**os.environ, "PYTHONPATH": str(ROOT)}
    )


def test_a_folder_without_a_configuration_stays_as_it_is(folder: Path) -> None:
    line = refused(run("run"))
    assert (
        "there is no heatcli.toml here, which says what a night has to do; make one with `heatcli init`"
        in line
    )
    assert list(folder.iterdir()) == []
