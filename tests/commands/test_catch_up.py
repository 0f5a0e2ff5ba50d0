"""Nights that catch up: reports that were missed, and those that late clips have made stale."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from heatcli.store.maintenance import remove_clips
from heatcli.store.shift import shift_clips
from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run
from tests.support.store_runs import clip_row, put

pytestmark = pytest.mark.usefixtures("folder")

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)  # a Monday
CSV = ("--format", "csv")


def record(day: int, clip: str = "a", camera: str = "door") -> None:
    """Record a clip at noon of a day since that Monday."""
    start = NOON + timedelta(days=day, seconds=60 * (ord(clip) - ord("a")))
    name = f"{clip * 4}{day % 10_000:04d}{abs(hash(camera)) % 10**8:08d}"
    put(Store.create_or_open(Path("heat-store")), clip_row(camera, name, start=start, timezone="UTC"))


def catch_up(kind: str = "daily", *more: str) -> list[str]:
    """Catch up; return the names of the reports that were made."""
    found = answer(run("export", kind, "--catch-up", *CSV, "-o", "reports", "--json", *more))
    return [Path(report["folder"]).name for report in found["reports"]]


def test_missed_days_and_days_of_late_clips_get_their_reports() -> None:
    for day in (0, 1):
        record(day)
    # Nobody has ever asked for a report of Monday.
    assert catch_up() == ["daily-2026-03-10"]
    assert catch_up() == []
    for day in (2, 4):
        record(day)
    assert catch_up() == ["daily-2026-03-11", "daily-2026-03-13"]
    record(2, "b")
    record(0, "b")
    assert catch_up() == ["daily-2026-03-11"]
    shutil.rmtree("reports/daily-2026-03-13")
    assert catch_up() == ["daily-2026-03-13"]
    assert catch_up() == []


def test_a_clip_that_moves_to_another_day_makes_that_day_anew() -> None:
    for day in (0, 1, 2):
        record(day)
    done(run("export", "daily", "--start", "2026-03-09", *CSV, "-o", "reports"))
    assert catch_up() == ["daily-2026-03-10", "daily-2026-03-11"]
    store = Store.open(Path("heat-store"))
    shift_clips(store, store.clips()[:1], timedelta(days=1))
    # Monday showed a clip that it no longer has.
    assert catch_up() == ["daily-2026-03-09", "daily-2026-03-10"]
    assert catch_up() == []


def test_a_day_that_has_lost_some_of_its_clips_to_another_is_made_anew() -> None:
    for clip in "abc":
        record(0, clip)
    record(1, "d")
    done(run("export", "daily", "--start", "2026-03-09", *CSV, "-o", "reports"))
    assert catch_up() == ["daily-2026-03-10"]
    store = Store.open(Path("heat-store"))
    shift_clips(store, store.clips()[:1], timedelta(days=1))
    assert catch_up() == ["daily-2026-03-09", "daily-2026-03-10"]
    assert catch_up() == []
    # What is removed, and not moved, stays in its report.
    remove_clips(store, store.clips()[:1])
    assert catch_up() == []


def test_a_clip_of_another_camera_that_is_the_same_file_is_not_the_same_clip() -> None:
    for number, camera in enumerate(("door", "yard")):
        start = NOON + timedelta(days=number)
        put(
            Store.create_or_open(Path("heat-store")),
            clip_row(camera, "c" * 16, start=start, timezone="UTC"),
        )
    done(run("export", "daily", "--start", "2026-03-09", *CSV, "-o", "reports"))
    assert catch_up() == ["daily-2026-03-10"]
    assert catch_up() == []


def test_a_note_of_an_older_version_is_understood() -> None:
    record(0)
    assert catch_up() == ["daily-2026-03-09"]
    note = Path("reports/.made-of/daily-2026-03-09.json")
    ((question, parts),) = json.loads(note.read_text()).items()
    note.write_text(json.dumps({question: parts["runs"]}))
    assert catch_up() == []
    record(0, "b")
    assert catch_up() == ["daily-2026-03-09"]


def test_files_of_a_camera_that_has_another_name_now_do_not_stay_in_its_report() -> None:
    record(0)
    formats = ("--format", "csv,parquet")
    for question in ((), ("--metrics", "all")):
        done(run("export", "daily", *formats, "-o", "reports", *question))
    folder = Path("reports/daily-2026-03-09")
    (folder / "notes-door.txt").write_text("mine")
    done(run("clips", "--rename-camera", "door", "gate", "--yes"))
    done(run("export", "daily", *formats, "-o", "reports"))
    # The other question has them as well.
    assert (folder / "tracks-door.parquet").exists()
    done(run("export", "daily", *formats, "-o", "reports", "--metrics", "all"))
    names = {file.name for file in folder.iterdir()}
    assert {name for name in names if "door" in name} == {"notes-door.txt"}
    assert {"tracks-gate.parquet", "heat-gate-dwell_time.csv", "time.csv"} <= names


def test_reports_of_clips_that_left_the_store_stay() -> None:
    for day in (0, 1, 2):
        record(day)
    assert catch_up("weekly") == ["weekly-2026-W11"]
    store = Store.open(Path("heat-store"))
    remove_clips(store, store.clips()[:2])
    assert catch_up("weekly") == []


def test_a_report_of_which_nothing_is_noted_is_judged_by_its_time() -> None:
    for day in (0, 1):
        record(day)
    done(run("export", "daily", "--start", "2026-03-09", *CSV, "-o", "reports"))
    assert catch_up() == ["daily-2026-03-10"]
    shutil.rmtree("reports/.made-of")
    assert catch_up() == []
    record(0, "b")
    assert catch_up() == ["daily-2026-03-09"]


def test_another_question_to_the_same_days_is_another_report() -> None:
    record(0)
    assert catch_up() == ["daily-2026-03-09"]
    assert catch_up("daily", "--metrics", "all") == ["daily-2026-03-09"]
    assert catch_up("daily", "--metrics", "all") == []
    assert catch_up() == []


def test_the_period_before_counts_where_it_is_shown() -> None:
    for day in (0, 7):
        record(day)
    assert catch_up("weekly", "--compare-previous") == ["weekly-2026-W12"]
    assert catch_up("weekly", "--compare-previous") == []
    record(1)
    assert catch_up("weekly", "--compare-previous") == ["weekly-2026-W12"]


def test_a_day_without_recordings_is_told_and_the_store_says_its_days() -> None:
    for day in (0, 1, 3):
        record(day)
    result = done(run("export", "daily", "--catch-up", *CSV, "-o", "reports", "--quiet"))
    (line,) = result.stderr.splitlines()
    assert "nothing was recorded" in line
    assert "2026-03-09 to 2026-03-10, 2026-03-12" in line
    result = done(run("export", "daily", "--start", "2026-03-11", *CSV, "-o", "reports", "--quiet"))
    (line,) = result.stderr.splitlines()
    assert (
        "daily-2026-03-11: nothing was recorded; the store has 2026-03-09 to 2026-03-10, 2026-03-12" in line
    )


def test_without_a_day_the_newest_complete_period_with_recordings_is_taken() -> None:
    today = datetime.now(ZoneInfo("UTC")).replace(hour=0, minute=0, second=1, microsecond=0)
    store = Store.create_or_open(Path("heat-store"))
    put(store, clip_row("door", "cafe000000000000", start=today, frames=1, timezone="UTC"))
    line = refused(run("export", "daily", *CSV))
    assert f"{today:%Y-%m-%d}" in line
    assert "--start" in line
    assert done(run("export", "daily", "--catch-up", *CSV, "--quiet")).output == ""
    record(0)
    assert answer(run("export", "daily", *CSV, "--json"))["period"]["label"] == "2026-03-09"
    assert answer(run("export", "monthly", *CSV, "--json"))["period"]["label"] == "2026-03"


def test_only_the_selected_cameras_count() -> None:
    record(0, camera="door")
    record(2, camera="yard")
    one = answer(run("export", "daily", *CSV, "--json", "--camera", "door"))
    assert one["period"]["label"] == "2026-03-09"
    assert catch_up("daily", "--camera", "yard") == ["daily-2026-03-11"]


def test_an_index_lists_all_reports_and_a_link_leads_to_the_newest() -> None:
    for day in range(8):
        record(day)
    for kind, start in (("daily", "2026-03-10"), ("weekly", "2026-03-10"), ("daily", "2026-03-15")):
        done(run("export", kind, "--start", start, "--format", "html,csv", "-o", "reports"))
    page = Path("reports/index.html").read_text()
    assert page.index("daily-2026-03-15/report.html") < page.index("daily-2026-03-10/report.html")
    assert "weekly-2026-W11/report.html" in page
    assert "Tuesday, 10 March 2026" in page
    assert "daily-2026-03-10/time.csv" in page
    # The day is over when the week is, and is the newer news.
    assert os.readlink("reports/latest") == "daily-2026-03-15"
    done(run("export", "daily", "--start", "2026-03-12", *CSV, "-o", "reports"))
    assert os.readlink("reports/latest") == "daily-2026-03-15"
    assert Path("reports/latest/report.html").exists()


def test_what_is_not_heatclis_stays() -> None:
    record(0)
    Path("index.html").write_text("my page")
    Path("latest").mkdir()
    result = done(run("export", "daily", *CSV, "--quiet"))
    assert "index.html" in result.stderr
    assert Path("index.html").read_text() == "my page"
    assert not Path("latest").is_symlink()


def test_two_ways_to_name_a_period_are_refused() -> None:
    record(0)
    assert "--start" in refused(run("export", "daily", "--catch-up", "--start", "2026-03-09"))


def test_a_correction_and_taking_it_back_make_their_day_anew() -> None:
    for day in (0, 1, 2):
        record(day)
    done(run("export", "daily", "--start", "2026-03-09", *CSV, "-o", "reports"))
    assert catch_up() == ["daily-2026-03-10", "daily-2026-03-11"]
    clip = Store.open(Path("heat-store")).clips()[0].clip
    done(run("correct", "--drop", f"{clip}:1"))
    assert catch_up() == ["daily-2026-03-09"]
    assert catch_up() == []
    (one,) = answer(run("correct", "--json"))["corrections"]
    done(run("correct", "--undo", one["id"]))
    assert catch_up() == ["daily-2026-03-09"]
    assert catch_up() == []
