"""Calendar periods: they partition the calendar, and the newest complete one is over everywhere."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.errors import UsageError
from heatcli.names import By, PeriodKind
from heatcli.report.periods import Period

KINDS = st.sampled_from(PeriodKind)
DAYS = st.dates(date(1999, 1, 1), date(2101, 12, 31))


@given(KINDS, DAYS)
def test_every_day_lies_in_one_period_of_each_kind(kind: PeriodKind, day: date) -> None:
    period = Period.around(kind, day)
    assert period.first <= day <= period.last
    assert Period.around(kind, period.first) == Period.around(kind, period.last) == period
    assert period.previous().last == period.first - timedelta(1)
    assert Period.around(kind, period.last + timedelta(1)).previous() == period


@given(KINDS, DAYS)
def test_folders_of_reports_sort_by_time_and_are_not_shared(kind: PeriodKind, day: date) -> None:
    period = Period.around(kind, day)
    assert period.previous().name < period.name


@pytest.mark.parametrize(
    ("kind", "first", "last", "name", "title", "by"),
    [
        ("daily", "2024-02-29", "2024-02-29", "daily-2024-02-29", "Thursday, 29 February 2024", By.HOUR),
        (
            "weekly",
            "2024-02-26",
            "2024-03-03",
            "weekly-2024-W09",
            "Week 9, 26 February to 3 March 2024",
            By.DAY,
        ),
        ("monthly", "2024-02-01", "2024-02-29", "monthly-2024-02", "February 2024", By.DAY),
        ("annual", "2024-01-01", "2024-12-31", "annual-2024", "2024", By.MONTH),
    ],
)
def test_periods_around_a_leap_day(kind: str, first: str, last: str, name: str, title: str, by: By) -> None:
    period = Period.around(PeriodKind(kind), date(2024, 2, 29))
    assert (period.first, period.last) == (date.fromisoformat(first), date.fromisoformat(last))
    assert (period.name, period.title, period.by) == (name, title, by)


@pytest.mark.parametrize(
    ("day", "name", "title"),
    [
        (date(2026, 3, 11), "weekly-2026-W11", "Week 11, 9 to 15 March 2026"),
        (date(2026, 1, 1), "weekly-2026-W01", "Week 1, 29 December 2025 to 4 January 2026"),
        (date(2027, 1, 3), "weekly-2026-W53", "Week 53, 28 December 2026 to 3 January 2027"),
    ],
)
def test_weeks_have_the_numbers_of_iso_8601(day: date, name: str, title: str) -> None:
    week = Period.around(PeriodKind.WEEKLY, day)
    assert (week.name, week.title) == (name, title)


def test_the_last_complete_day_is_over_for_all_cameras() -> None:
    now = datetime(2026, 3, 15, 3, 30, tzinfo=UTC)
    zagreb, new_york = ZoneInfo("Europe/Zagreb"), ZoneInfo("America/New_York")
    assert Period.last_complete(PeriodKind.DAILY, now, [zagreb]).first == date(2026, 3, 14)
    assert Period.last_complete(PeriodKind.DAILY, now, [zagreb, new_york]).first == date(2026, 3, 13)
    assert Period.last_complete(PeriodKind.MONTHLY, now, [zagreb]).name == "monthly-2026-02"


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_are_refused(day: date) -> None:
    with pytest.raises(UsageError, match="correct the year"):
        Period.around(PeriodKind.WEEKLY, day)


@given(KINDS, DAYS)
def test_rolling_periods_begin_with_their_day_and_follow_each_other(kind: PeriodKind, day: date) -> None:
    period = Period.rolling(kind, day)
    length = {"daily": (1, 1), "weekly": (7, 7), "monthly": (28, 31), "annual": (365, 366)}[kind]
    assert period.first == day
    assert length[0] <= (period.last - period.first).days + 1 <= length[1]
    assert period.previous().last == day - timedelta(1)
    assert period.previous().name < period.name


@pytest.mark.parametrize(
    ("kind", "first", "last", "name", "title"),
    [
        ("weekly", "2026-03-12", "2026-03-18", "weekly-2026-03-12_2026-03-18", "12 to 18 March 2026"),
        ("weekly", "2026-03-09", "2026-03-15", "weekly-2026-W11", "Week 11, 9 to 15 March 2026"),
        (
            "monthly", "2026-01-31", "2026-02-27", "monthly-2026-01-31_2026-02-27",
            "31 January to 27 February 2026",
        ),
        (
            "annual", "2024-02-29", "2025-02-27", "annual-2024-02-29_2025-02-27",
            "29 February 2024 to 27 February 2025",
        ),
        ("daily", "2026-03-12", "2026-03-12", "daily-2026-03-12", "Thursday, 12 March 2026"),
    ],
)  # fmt: skip
def test_a_rolling_period_says_its_days(kind: str, first: str, last: str, name: str, title: str) -> None:
    period = Period.rolling(PeriodKind(kind), date.fromisoformat(first))
    assert (str(period.last), period.name, period.title) == (last, name, title)
