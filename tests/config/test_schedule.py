"""Weekly schedules against a reference that asks the wall clock of every minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.clock import epoch_us
from heatcli.config.schedule import WEEKDAYS, Schedule
from heatcli.errors import UsageError

MINUTE_US = 60_000_000
ZAGREB = ZoneInfo("Europe/Zagreb")
# Begins and ends of daylight saving, of half an hour in Lord Howe; a day that Samoa left out; a plain week.
DAYS = [
    ("Europe/Zagreb", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Europe/Zagreb", datetime(2026, 10, 25, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 5, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 6, 1, tzinfo=UTC)),
]

# (days, from, to) with minutes of the day; an end that is not after the beginning is on the next day.
Entry = tuple[frozenset[int], int, int]
entries: st.SearchStrategy[list[Entry]] = st.lists(
    st.tuples(
        st.frozensets(st.integers(0, 6), min_size=1), st.integers(0, 1439), st.integers(0, 1440)
    ).filter(lambda e: e[1] != e[2]),
    max_size=3,
)


def written(entry: Entry) -> str:
    days, begin, end = entry
    names = ",".join(WEEKDAYS[day] for day in sorted(days))
    return f"{names} {begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"


def on_the_wall(entry: Entry, local: datetime) -> bool:
    """Whether a wall clock that shows this is in the entry."""
    days, begin, end = entry
    minute, today = local.hour * 60 + local.minute, local.weekday()
    if begin < end:
        return today in days and begin <= minute < end
    return (today in days and minute >= begin) or ((today - 1) % 7 in days and minute < end)


@given(entries, st.sampled_from(DAYS), st.integers(-1500, 1500), st.integers(0, 3000))
def test_every_minute_is_as_the_wall_clock_says(
    said: list[Entry], day: tuple[str, datetime], offset: int, length: int
) -> None:
    zone = ZoneInfo(day[0])
    first = day[1] + timedelta(minutes=offset)
    moments = [first + timedelta(minutes=i) for i in range(length)]
    expected = [any(on_the_wall(e, m.astimezone(zone)) for e in said) for m in moments]
    first_us = epoch_us(first)
    found = Schedule.parse(map(written, said)).intervals(first_us, first_us + length * MINUTE_US, zone)
    assert found.total_us == sum(expected) * MINUTE_US
    inside = {t for begin, end in found.bounds.tolist() for t in range(begin, end, MINUTE_US)}
    assert inside == {epoch_us(m) for m, is_in in zip(moments, expected, strict=True) if is_in}


def test_within_a_second() -> None:
    midnight = epoch_us(datetime(2026, 3, 13, 23, tzinfo=UTC))
    found = Schedule.parse(["09:00-10:00"]).intervals(midnight, midnight + 9 * 60 * MINUTE_US + 1, ZAGREB)
    assert found.bounds.tolist() == [[midnight + 9 * 60 * MINUTE_US, midnight + 9 * 60 * MINUTE_US + 1]]


def test_a_year_has_its_opening_hours() -> None:
    """A shop is open as long when the clocks change; a night is an hour shorter, or longer."""
    first, last = (epoch_us(datetime(year, 1, 1, tzinfo=ZAGREB)) for year in (2026, 2027))
    shop = Schedule.parse(["mon-sat 09:00-21:00"]).intervals(first, last, ZAGREB)
    assert shop.total_us == 313 * 12 * 60 * MINUTE_US
    night = Schedule.parse(["sat 22:00-06:00"])
    hours = []
    for day in (datetime(2026, 3, 28, 12), datetime(2026, 6, 6, 12), datetime(2026, 10, 24, 12)):
        noon = epoch_us(day.replace(tzinfo=UTC))
        hours.append(night.intervals(noon, noon + 24 * 60 * MINUTE_US, ZAGREB).total_us / 60 / MINUTE_US)
    assert hours == [7, 8, 9]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        (["mon-fri"], ["mon,tue,wed,thu,fri 00:00-24:00"]),
        (["9:00-18:00"], ["mon-sun 09:00-18:00"]),
        (["sat-mon 10:00-11:00"], ["sat 10:00-11:00", "sun,mon 10:00-11:00"]),
        (["fri 22:00-02:00"], ["fri 22:00-24:00", "sat 00:00-02:00"]),
        (["sun 22:00-00:00"], ["sun 22:00-24:00"]),
        (["SUN 22:00-02:00"], ["mon 00:00-02:00", "sun 22:00-24:00"]),
        (["mon 09:00-12:00", "mon 11:00-15:00"], ["mon 09:00-15:00"]),
        (["Saturday"], ["sat"]),
        (["saturdays, Sun"], ["sat,sun"]),
        (["Mon – Thurs 9-12"], ["mon-thu 09:00-12:00"]),
        (["tues 9 - 17:30"], ["tue 09:00-17:30"]),
        (["wednesday-friday"], ["wed,thu,fri"]),
    ],
)
def test_ways_to_say_the_same(short: list[str], long: list[str]) -> None:
    assert Schedule.parse(short).week.bounds.tolist() == Schedule.parse(long).week.bounds.tolist()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("25:00-26:00", "'25:00' is not a time of day"),
        ("09:60-10:00", "'09:60' is not a time of day"),
        ("09:00-24:01", "'24:01' is not a time of day"),
        ("24:00-02:00", "24:00 can only be the end"),
        ("mon 09:00-09:00", "two times are the same"),
        ("mon-xyz", "'xyz' is not a day; days are mon, tue"),
        ("mon-wed-fri", "not a range of two days"),
        ("mon,,tue", "'' is not a day"),
        ("9-25", "'25' is not a time of day"),
        ("mondaysx", "'mondaysx' is not a day"),
        ("mo", "'mo' is not a day"),
        ("09:00", "must be days, hours or both"),
        ("", "must be days, hours or both"),
        ("mon 09:00-12:00 13:00-17:00", "must be days, hours or both"),
    ],
)
def test_what_cannot_be_is_refused(entry: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        Schedule.parse([entry])
    assert "mon-sat 09:00-21:00" in str(caught.value)
