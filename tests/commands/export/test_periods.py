"""Which calendar period an export is of."""

import itertools
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused
from tests.support.export_shop import CONFIG, ZAGREB, export, of_frame, record, table


@pytest.mark.parametrize(
    ("kind", "start", "named", "labels"),
    [
        ("daily", "2026-03-14", "daily-2026-03-14", ("2026-03-14 00:00", "2026-03-14 23:00", 24)),
        ("daily", "2026-03-29", "daily-2026-03-29", ("2026-03-29 00:00", "2026-03-29 23:00", 23)),
        ("daily", "2026-10-25", "daily-2026-10-25", ("2026-10-25 00:00", "2026-10-25 23:00", 25)),
        ("weekly", "2026-03-14", "weekly-2026-W11", ("2026-03-09", "2026-03-15", 7)),
        ("weekly", "2027-01-03", "weekly-2026-W53", ("2026-12-28", "2027-01-03", 7)),
        ("monthly", "2028-02-29", "monthly-2028-02", ("2028-02-01", "2028-02-29", 29)),
        ("annual", "2026-12-31", "annual-2026", ("2026-01", "2026-12", 12)),
    ],
)
def test_any_day_stands_for_its_calendar_period(
    kind: str, start: str, named: str, labels: tuple[str, str, int]
) -> None:
    done(export(kind, "--start", start, "--format", "csv"))
    buckets = of_frame(table(Path(named, "time.csv")))
    assert (buckets[0]["period"], buckets[-1]["period"], len(buckets)) == labels
    assert all(one["to"] == other["from"] for one, other in itertools.pairwise(buckets))


def test_an_hour_that_the_clock_shows_twice_is_two() -> None:
    done(export("daily", "--start", "2026-10-25", "--format", "csv"))
    labels = [row["period"] for row in of_frame(table(Path("daily-2026-10-25/time.csv")))]
    assert labels[2:4] == ["2026-10-25 02:00+02:00", "2026-10-25 02:00+01:00"]


def test_the_default_is_the_last_day_with_recordings_that_is_over_everywhere() -> None:
    far = ZoneInfo("Pacific/Pago_Pago")
    today = datetime.now(far).replace(hour=0, minute=0, second=1, microsecond=0)
    for days in (1, 0):
        start = today - timedelta(days)
        record(Store.open(Path("heat-store")), start, camera="far")
        record(Store.open(Path("heat-store")), start.astimezone(ZAGREB))
    told = answer(export("daily", "--format", "csv", "--json"))
    days_over = {today.date() - timedelta(1), datetime.now(far).date() - timedelta(1)}
    assert date.fromisoformat(told["period"]["first"]) in days_over


def test_the_default_goes_by_the_clock_that_a_camera_has_now() -> None:
    # Between the two it is never the same day.
    now, once = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Etc/GMT+12")
    yesterday = datetime.now(now).replace(hour=10, minute=0) - timedelta(1)
    record(Store.open(Path("heat-store")), (yesterday - timedelta(3)).replace(tzinfo=once))
    record(Store.open(Path("heat-store")), yesterday)
    told = answer(export("daily", "--format", "csv", "--json"))
    assert date.fromisoformat(told["period"]["first"]) == yesterday.date()


def test_the_days_are_those_of_the_period_whatever_the_view_says() -> None:
    Path("heatcli.toml").write_text(CONFIG + '[views.old]\ndates = "2025-01-01"\nhours = "11:00-12:00"\n')
    done(export("daily", "--start", "2026-03-14", "--view", "old", "--format", "csv"))
    total = table(Path("daily-2026-03-14/time.csv"))[24]
    assert (total["period"], total["selected_s"], total["covered_s"]) == ("total", "3600.0", "50.0")


def test_a_rolling_week_begins_with_its_day_and_compares_with_the_seven_days_before() -> None:
    told = answer(
        export(
            "weekly", "--start", "2026-03-12", "--rolling", "--compare-previous", "--format", "csv", "--json"
        )
    )
    assert (told["period"]["first"], told["period"]["last"]) == ("2026-03-12", "2026-03-18")
    folder = Path("weekly-2026-03-12_2026-03-18")
    buckets = of_frame(table(folder / "time.csv"))
    assert [bucket["period"] for bucket in buckets] == [f"2026-03-{day}" for day in range(12, 19)]
    before = of_frame(table(folder / "time-previous.csv"))
    assert [bucket["period"] for bucket in before] == [f"2026-03-{day:02}" for day in range(5, 12)]
    assert "give it with --start" in refused(export("weekly", "--rolling"))
