"""Sums of days outlive their rows: reports to give away stay as they were, and nothing is silently empty."""

import os
import random
import shutil
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heatcli.commands.erasing import remove
from heatcli.commands.keeping import keep_days
from heatcli.commands.purge import purge_old
from heatcli.config.models import load_config
from heatcli.names import PeriodKind
from heatcli.report.periods import Period
from heatcli.report.report import make_report
from heatcli.report.share.figures import CELLS, METRICS, SharedCamera, shared_cameras
from heatcli.select.selection import Selection
from heatcli.store.checks import check
from heatcli.store.journal import Deed, read_journal, unfinished
from heatcli.store.kept_days import day_files, read_day
from heatcli.store.store import Store
from heatcli.zones.stays import STAY_EDGES_S
from tests.support.byte_search import files_with
from tests.support.command_line import answer, done, refused, run
from tests.support.own_process import in_own_process
from tests.support.purge_worlds import CONFIG, DAYS, make_store
from tests.support.report_stores import put_people

PRIVACY = '[privacy]\ntracks = "24h"\n'
# Some hours after the first day of the shop is too old.
AFTER = datetime(2026, 3, 15, 10, 30, tzinfo=UTC)
KINDS = (PeriodKind.DAILY, PeriodKind.ANNUAL)
Sheets = dict[str, dict[tuple[object, ...], tuple[object, ...]]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of which each test has a copy."""
    return make_store(tmp_path_factory.mktemp("made") / "heat-store").path


@pytest.fixture
def shop(folder: Path, made: Path) -> Store:
    (folder / "heatcli.toml").write_text(CONFIG + PRIVACY)
    shutil.copytree(made, folder / "heat-store")
    return Store.open(folder / "heat-store")


def purge(store: Store, now: datetime = AFTER) -> dict[str, int]:
    return purge_old(store, load_config(Path("heatcli.toml")), now=now)


def shared(kind: str, *options: object, out: str = "out") -> Sheets:
    """The sheets of a report to give away, by the first three columns of each row."""
    done(run("export", kind, "--start", DAYS[0], "--share", "--format", "xlsx", "-o", out, *options))
    (file,) = Path(out).glob(f"{kind}-*/shared.xlsx")
    book = openpyxl.load_workbook(file)
    sheets = {
        name: {
            row[:3]: row[3:]
            for row in book[name].iter_rows(min_row=2, values_only=True)
            if name != "Notes" or row[0]
        }
        for name in book.sheetnames
    }
    shutil.rmtree(out)
    return sheets


def without_medians(sheets: Sheets) -> Sheets:
    zones = {key: row[:3] + row[4:] for key, row in sheets["Zones"].items()}
    return {"Zones": zones, "Ways": sheets["Ways"], "Cells": sheets["Cells"]}


@pytest.mark.slow
def test_a_report_says_after_the_purge_what_it_said_before(shop: Store) -> None:
    before = {kind: shared(kind, "--min-count", 4) for kind in KINDS}

    counts = purge(shop)

    assert (counts["clips"], counts["kept_days"], counts.get("days")) == (6, 2, None)
    assert {clip.start.date() for clip in shop.clips()} == {DAYS[1]}
    for kind in KINDS:
        after = shared(kind, "--min-count", 4)
        assert without_medians(after) == without_medians(before[kind])
        assert any("Rows of 2026-03-14 have gone" in str(key) for key in after["Notes"])
        told = 0
        for key, row in before[kind]["Zones"].items():
            median, text = row[3], after["Zones"][key][3]
            assert (median is None) == (text is None)
            if median is not None:
                told += 1
                assert isinstance(median, timedelta)
                assert has_class(str(text), median.total_seconds())
        assert told


def has_class(text: str, median_s: float) -> bool:
    """Whether a text names the class of length that a median is in."""
    units = {"s": 1, "min": 60, "h": 3600}
    ends = [end.split() for end in text.removesuffix(" or more").split(" to ")]
    low, high = (int(number) * units[unit] for number, unit in ends)
    place = STAY_EDGES_S.index(low)
    assert STAY_EDGES_S[place + 1] == high
    return low <= median_s < high


def test_rows_and_sums_are_not_counted_twice_once_a_part_of_a_day_has_gone(shop: Store) -> None:
    before = without_medians(shared("weekly", "--min-count", 1))
    # The first of three files of each camera is too old.
    assert purge(shop, datetime(2026, 3, 15, 10, 1, tzinfo=UTC))["clips"] == 2
    assert without_medians(shared("weekly", "--min-count", 1)) == before
    assert "kept_days" not in purge(shop)
    assert without_medians(shared("weekly", "--min-count", 1)) == before


def test_what_has_nobody_left_is_told_by_sums_alone(shop: Store) -> None:
    before = without_medians(shared("monthly", "--min-count", 1))
    done(run("export", "daily", "--share", "-o", "reports"))
    assert purge(shop, AFTER + timedelta(days=1))["kept_days"] == 4
    assert shop.clips() == []
    assert without_medians(shared("monthly", "--min-count", 1)) == before
    assert len(answer(run("export", "daily", "--share", "-o", "x", "--json"))["files"]) == 2
    assert "has the sums of 4 days" in refused(run("zone"))
    assert "up to date" in done(run("export", "daily", "--share", "--catch-up", "-o", "reports")).stderr
    only_door = shared("monthly", "--min-count", 1, "--camera", "door")
    assert {key[0] for key in only_door["Zones"]} == {"door"}


def test_answers_from_rows_say_that_rows_have_gone(shop: Store) -> None:
    purge(shop)
    gone = "rows of 2026-03-14 have gone, as they were purged: `heatcli export --share` has their sums"
    assert gone in done(run("zone", "--date", DAYS[0])).stderr
    assert gone in done(run("zone", "--from", "2026-03-10", "--to", "2026-03-16")).stderr
    assert gone in done(run("render", "--date", DAYS[0], "--camera", "door", "-o", "heat.png")).stderr
    assert gone in done(run("export", "weekly", "--start", DAYS[0], "--format", "json")).stderr
    assert "have gone" not in done(run("zone", "--date", DAYS[1])).stderr
    # Sums do not know who was there for how long.
    page = Path("out/daily-2026-03-14/shared.html")
    done(run("export", "daily", "--start", DAYS[0], "--share", "--min-dwell", 2, "-o", "out"))
    assert "told only where no option chooses" in page.read_text()
    assert "Watched for 0 s" in page.read_text()


def numbers(store: Store, period: Period, least: int, *, told: bool = True) -> list[dict[str, Any]]:
    """What a report to give away shows of each camera, but for medians and notes; -1 for hidden cells."""
    report = make_report(
        store=store,
        selection=Selection(),
        period=period,
        made_at=AFTER,
        settings=CELLS,
        metrics=METRICS,
        whole=not told,
        config=load_config(Path("heatcli.toml")),
    )
    found = []
    for camera in shared_cameras(report, least):
        rows = [replace(row, median_stay_s=None, median_class_s=None) for row in camera.rows]
        cells = np.nan_to_num(camera.cells, nan=-1.0).tolist()
        found.append({**shown(camera), "rows": rows, "cells": cells})
    return found


def shown(camera: SharedCamera) -> dict[str, Any]:
    return {name: getattr(camera, name) for name in SharedCamera.__slots__ if name != "notes"}


def purge_there(folder: Path) -> None:
    os.chdir(folder)
    purge(Store.open(folder / "heat-store"))


# Kills of the test below; thirty were tried by hand.
KILLS = 3


@pytest.mark.slow
def test_killed_at_any_moment_the_numbers_are_the_same(
    shop: Store, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    week = Period.around(PeriodKind.WEEKLY, DAYS[0])
    before = numbers(shop, week, 1)
    pristine = tmp_path_factory.mktemp("pristine") / "heat-store"
    shutil.copytree(shop.path, pristine)
    began = time.monotonic()
    in_own_process(purge_there, folder)
    lasts, killed, draw = time.monotonic() - began, 0, random.Random(5)
    while killed < KILLS:
        if killed % 3 == 0:
            # Two kills follow on what the one before has left.
            shutil.rmtree(shop.path)
            shutil.copytree(pristine, shop.path)
        try:
            in_own_process(purge_there, folder, seconds=draw.uniform(0, lasts))
        except TimeoutError:
            killed += 1
        assert numbers(shop, week, 1) == before
    purge(shop)
    assert numbers(shop, week, 1) == before
    assert {clip.start.date() for clip in shop.clips()} == {DAYS[1]}
    assert len(day_files(shop.path)) == 2
    assert not unfinished(read_journal(shop.path), Deed.PURGE)
    gone = {clip.clip for clip in Store(pristine).clips() if clip.start.date() == DAYS[0]}
    assert list(files_with(shop.path, gone)) == []


# Monday to Thursday of one week; the clocks of the camera are an hour ahead.
MONDAY = date(2026, 3, 9)
WEEK, TWO_DAYS = Period.around(PeriodKind.WEEKLY, MONDAY), Period.around(PeriodKind.DAILY, MONDAY)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Four days of a shop with two files each, in which people walk about."""
    store = Store.create_or_open(tmp_path_factory.mktemp("week") / "heat-store")
    rng = np.random.default_rng(3)
    for day in range(4):
        for hour in (9, 16):
            feet = np.cumsum(rng.normal(0, 9, (7, 60, 2)), axis=1) + rng.uniform(150, 350, (7, 1, 2))
            feet[rng.random((7, 1, 1)).repeat(60, 1).repeat(2, 2) < 0.3] = np.nan
            put_people(
                store,
                f"{day}{hour:015d}",
                start=datetime(2026, 3, 9 + day, hour, tzinfo=UTC),
                times_us=range(0, 60_000_000, 1_000_000),
                dt_us=[1_000_000] * 60,
                feet=np.clip(feet, [15, 70], [625, 355]),
                camera="door",
            )
    return store


@pytest.mark.slow
@given(st.lists(st.integers(0, 7), max_size=8), st.integers(0, 8), st.integers(1, 5))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_files_may_go_in_any_order(
    week: Store, folder: Path, going: list[int], cut: int, least: int
) -> None:
    Path("heatcli.toml").write_text(CONFIG.replace('timezone = "UTC"\n', ""))
    shutil.rmtree("heat-store", ignore_errors=True)
    shutil.copytree(week.path, "heat-store")
    store = Store(Path("heat-store"))
    clips = store.clips()
    for numbers_of_clips in (set(going[:cut]), set(going[cut:])):
        chosen = [clips[number] for number in numbers_of_clips if clips[number] in store.clips()]
        keep_days(store, load_config(Path("heatcli.toml")), chosen, since=None)
        remove(store, chosen)
    assert numbers(store, WEEK, least) == numbers(week, WEEK, least)
    assert numbers(store, TWO_DAYS, least) == numbers(week, TWO_DAYS, least)


def put_night(store: Store, clip: str, start: datetime, people: int) -> None:
    """Ten minutes with people who stand still."""
    place = np.linspace([100, 300], [500, 300], people)[:, None].repeat(60, 1)
    put_people(
        store,
        clip,
        start=start,
        times_us=range(0, 600_000_000, 10_000_000),
        dt_us=[10_000_000] * 60,
        feet=place + np.random.default_rng(1).normal(0, 0.5, place.shape),
        camera="door",
        timezone="UTC",
    )


def test_who_is_there_over_midnight_is_a_visitor_of_both_days_and_one_of_few(folder: Path) -> None:
    (folder / "heatcli.toml").write_text('[cameras.door]\ntimezone = "UTC"\n' + PRIVACY)
    store = Store.create_or_open(folder / "heat-store")
    put_night(store, "a" * 16, datetime(2026, 3, 9, 23, 55, tzinfo=UTC), people=3)
    (before,) = numbers(store, WEEK, 1)
    purge(store)
    (after,) = numbers(store, WEEK, 1)
    assert (before["rows"][0].visitors, after["rows"][0].visitors) == (3, 6)
    assert replace(after["rows"][0], visitors=3, stays=3) == before["rows"][0]
    # Six are told of, but they may be three.
    (hidden,) = numbers(store, WEEK, 4)
    assert all(row.is_hidden for row in hidden["rows"] if row.covered_s)
    assert not any(row.is_hidden for row in numbers(store, WEEK, 3)[0]["rows"])


def test_a_file_that_comes_later_has_sums_of_its_own(folder: Path) -> None:
    (folder / "heatcli.toml").write_text('[cameras.door]\ntimezone = "UTC"\n' + PRIVACY)
    store = Store.create_or_open(folder / "heat-store")
    put_night(store, "a" * 16, datetime(2026, 3, 9, 10, tzinfo=UTC), people=3)
    purge(store)
    put_night(store, "b" * 16, datetime(2026, 3, 9, 15, tzinfo=UTC), people=2)
    both = numbers(store, WEEK, 1)
    assert (both[0]["rows"][0].visitors, both[0]["covered_s"]) == (5, 1200)
    assert purge(store)["kept_days"] == 1
    assert numbers(store, WEEK, 1) == both
    assert store.clips() == []
    # A file that was analysed once more is not counted beside its sums, and all files are.
    put_night(store, "a" * 16, datetime(2026, 3, 9, 10, tzinfo=UTC), people=3)
    assert numbers(store, WEEK, 1) == both
    put_night(store, "b" * 16, datetime(2026, 3, 9, 15, tzinfo=UTC), people=2)
    assert numbers(store, WEEK, 1, told=False) == both
    assert numbers(store, WEEK, 1) == both


def test_a_zone_that_was_elsewhere_tells_nothing_of_that_day_and_it_is_said(
    shop: Store, folder: Path
) -> None:
    purge(shop)
    moved = CONFIG.replace("[0.35, 0], [0.35, 1]", "[0.3, 0], [0.3, 1]")
    (folder / "heatcli.toml").write_text(moved + PRIVACY)
    told = shared("weekly", "--min-count", 1)
    notes = " ".join(str(key) for key in told["Notes"])
    assert "door: shelf was not where it is now on 2026-03-14, of which it tells nothing" in notes
    assert "door: The zones were others on 2026-03-14" in notes
    day, whole = (told["Zones"]["door", "shelf", name] for name in ("2026-03-14", "whole period"))
    assert (day[0], day[1], whole[0]) == (timedelta(), None, told["Zones"]["door", "shelf", "2026-03-15"][0])
    assert told["Zones"]["door", "till", "2026-03-14"][0]


@pytest.mark.slow
def test_sums_of_what_is_erased_go_whole(shop: Store) -> None:
    purge(shop)
    asked = ("purge", "--camera", "door", "--from", "2026-03-14T22:00", "--to", "2026-03-14T23:00")
    assert "meets 0 clips, and the sums of 1 day go whole" in done(run(*asked, "--dry-run")).stderr
    assert "sums of 1 day gone" in done(run(*asked, "--yes")).stderr
    assert [file.parent.name for file in day_files(shop.path)] == ["camera=yard"]
    told = shared("weekly", "--min-count", 1)
    assert told["Zones"]["door", "whole frame", "2026-03-14"][0] == timedelta()
    assert told["Zones"]["yard", "whole frame", "2026-03-14"][0]
    # Sums of what is left, computed after an erasure, stay when that is said again.
    yard = ("purge", "--camera", "yard", "--from", "2026-03-15T10:00", "--to", "2026-03-15T10:01", "--yes")
    done(run(*yard))
    purge(shop, AFTER + timedelta(days=1))
    kept = day_files(shop.path)
    assert "nothing of it" in done(run(*yard)).stderr
    assert day_files(shop.path) == kept


def test_sums_are_kept_as_long_as_is_said(shop: Store, folder: Path) -> None:
    purge(shop)
    told = {one["kind"]: one for one in answer(run("privacy", "--json"))["kept"]}
    assert (told["days"]["number"], told["days"]["kept_for_s"]) == (2, None)
    assert told["days"]["oldest"] == "2026-03-14T00:00:00+00:00"
    (folder / "heatcli.toml").write_text(CONFIG + PRIVACY + 'aggregates = "30d"\n')
    assert purge(shop, datetime(2026, 4, 13, 12, tzinfo=UTC))["kept_days"] == 2
    assert len(day_files(shop.path)) == 4
    assert purge(shop, datetime(2026, 4, 14, 12, tzinfo=UTC)) == {"days": 2, "descriptors": 0}
    assert {str(read_day(shop.path, file).day) for file in day_files(shop.path)} == {"2026-03-15"}
    ended = read_journal(shop.path)[-1]
    assert (ended.deed, ended.done) == (Deed.PURGE, {"days": 2, "descriptors": 0})
    (folder / "heatcli.toml").write_text(CONFIG + '[privacy]\naggregates = "later"\n')
    assert "24h or 30d, or forever" in refused(run("purge"))


def test_damaged_sums_are_told_and_keep_nothing_else_from_being_told(shop: Store) -> None:
    purge(shop)
    (door, _) = day_files(shop.path)
    door.write_bytes(door.read_bytes().replace(b"shelf", b"shelv"))
    (fault,) = check(shop).unread
    assert fault.startswith(f"{door}: is not as it was written; bring it back from a backup")
    share = ("export", "weekly", "--start", DAYS[0], "--share")
    assert f"{door.name}: is not as it was written" in refused(run(*share), code=1)
    assert run("clips", "--check").exit_code == 1
    done(run("zone", "--date", DAYS[0]))
    purge(shop, AFTER + timedelta(days=1))
    assert shop.clips() == []
    door.unlink()
    done(run(*share))


def test_sums_go_with_a_camera_that_is_renamed(shop: Store, folder: Path) -> None:
    done(run("purge", "--camera", "door", "--from", "2026-03-14T10:00", "--to", "2026-03-14T10:01", "--yes"))
    purge(shop)
    before = shared("weekly", "--min-count", 1)
    done(run("clips", "--rename-camera", "door", "gate", "--yes"))
    config = (folder / "heatcli.toml").read_text()
    (folder / "heatcli.toml").write_text(config.replace("cameras.door", "cameras.gate"))
    after = shared("weekly", "--min-count", 1)
    renamed = {
        ("gate" if key[0] == "door" else key[0], *key[1:]): row for key, row in before["Zones"].items()
    }
    assert after["Zones"] == renamed
    # What was erased before is no reason to drop them now.
    purge(shop)
    assert shared("weekly", "--min-count", 1) == after


def test_a_report_is_not_replaced_by_a_worse_one_when_rows_have_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "heatcli.toml").write_text('[cameras.door]\ntimezone = "UTC"\n[privacy]\ntracks = "30d"\n')
    store = Store.create_or_open(folder / "heat-store")
    now = datetime.now(UTC)
    first = (now.replace(day=1) - timedelta(days=1)).replace(day=1, hour=12)  # of the month before
    last = first.replace(day=28)
    put_night(store, "a" * 16, first, people=3)
    put_night(store, "b" * 16, last, people=2)
    for options in ((), ("--share", "--min-count", 1)):
        done(run("export", "monthly", "--catch-up", "-o", "reports", "--format", "html", *options))
    whole, given = (next(Path("reports").glob(f"*/{name}.html")) for name in ("report", "shared"))
    old = whole.read_bytes()
    purge(store, first + timedelta(days=30, hours=1))
    assert {clip.clip[0] for clip in store.clips()} == {"b"}
    put_night(store, "c" * 16, last + timedelta(hours=1), people=4)
    config = (folder / "heatcli.toml").read_text()
    # As if that night were today.
    age = (now - first).days - 1
    (folder / "heatcli.toml").write_text(config.replace("30d", f"{age}d"))
    for options in ((), ("--share", "--min-count", 1)):
        done(run("export", "monthly", "--catch-up", "-o", "reports", "--format", "html", *options))
    assert whole.read_bytes() == old
    # With sums nothing is lost: nine people.
    assert "<td>9</td>" in given.read_text()
