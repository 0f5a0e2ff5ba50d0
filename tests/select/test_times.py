"""Which time is selected: by limits, dates, hours and days of the week on the clock of a camera."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.clock import epoch_us
from heatcli.config.selection_fields import read_days
from heatcli.errors import UsageError
from heatcli.select.selection import Selection

_ZONES = ("UTC", "Europe/Zagreb", "America/Sao_Paulo", "Australia/Lord_Howe")
# Around both changes of the clocks in 2018, when they still changed at midnight in Sao Paulo.
_SPANS = (
    datetime(2018, 10, 27, tzinfo=UTC),
    datetime(2018, 11, 3, tzinfo=UTC),
    datetime(2018, 3, 24, tzinfo=UTC),
)
_TIME_OF_DAY = st.sampled_from(["00:00", "00:30", "02:15", "09:00", "18:00", "23:45"])


@st.composite
def _time_selections(draw: st.DrawFn) -> Selection:
    day = st.dates(date(2018, 10, 25), date(2018, 11, 6)) | st.dates(date(2018, 3, 22), date(2018, 3, 30))
    moment = st.datetimes(datetime(2018, 3, 22), datetime(2018, 11, 6), timezones=st.just(UTC))
    start, end = sorted(draw(st.lists(moment, min_size=2, max_size=2, unique=True)))
    hours = st.tuples(_TIME_OF_DAY, _TIME_OF_DAY).filter(lambda pair: pair[0] != pair[1])
    return Selection(
        start=draw(st.sampled_from([None, start])),
        end=draw(st.sampled_from([None, end])),
        dates=tuple(draw(st.lists(st.lists(day, min_size=2, max_size=2).map(sorted).map(_pair), max_size=2))),
        hours=tuple(draw(st.lists(hours.map("-".join), max_size=2))),
        weekdays=draw(st.sampled_from([None, "mon-fri", "sat,sun", "fri-mon"])),
    )


def _pair(days: list[date]) -> tuple[date, date]:
    return days[0], days[1]


_DAYS_OF = {None: range(7), "mon-fri": range(5), "sat,sun": (5, 6), "fri-mon": (4, 5, 6, 0)}


def _is_selected(selection: Selection, moment: datetime, zone: str) -> bool:
    """What a clock on the wall and a calendar beside it say."""
    local = moment.astimezone(ZoneInfo(zone))
    now, days = f"{local:%H:%M}", _DAYS_OF[selection.weekdays]
    today, yesterday = local.weekday() in days, (local.weekday() - 1) % 7 in days
    in_hours = not selection.hours and today
    for hours in selection.hours:
        begin, end = hours.split("-")
        over_midnight = (today and now >= begin) or (yesterday and now < end)
        in_hours |= (today and begin <= now < end) if begin < end else over_midnight
    return (
        (selection.start is None or moment >= selection.start)
        and (selection.end is None or moment < selection.end)
        and (not selection.dates or any(a <= local.date() <= b for a, b in selection.dates))
        and in_hours
    )


@given(
    selection=_time_selections(),
    zone=st.sampled_from(_ZONES),
    span=st.sampled_from(_SPANS),
    seconds=st.lists(st.integers(0, 3 * 86_400), max_size=20),
)
def test_selected_time_is_what_clock_and_calendar_say(
    selection: Selection, zone: str, span: datetime, seconds: list[int]
) -> None:
    limits = selection.limits(zone).within(epoch_us(span), epoch_us(span + timedelta(days=3)) + 1)
    for moment in (span + timedelta(seconds=second) for second in seconds):
        selected = bool(limits.contains(np.array([epoch_us(moment)]))[0])
        assert selected == _is_selected(selection, moment, zone), moment


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-03-14", (date(2026, 3, 14), date(2026, 3, 14))),
        ("2026-03-14..2026-03-20", (date(2026, 3, 14), date(2026, 3, 20))),
    ],
)
def test_days_are_read(text: str, days: tuple[date, date]) -> None:
    assert read_days(text) == days


@pytest.mark.parametrize(
    "text", ["14.3.2026", "2026-02-30", "2026-03-14..", "..2026-03-14", "2026-03-14..x", ""]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a day; write it as 2026-03-14"):
        read_days(text)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"hours": ("9 to 5",)}, "'9 to 5': it must be days, hours or both"),
        ({"hours": ("25:00-26:00",)}, "'25:00' is not a time of day"),
        ({"weekdays": "mon-fry"}, "'fry' is not a day"),
        ({"dates": ((date(2026, 3, 20), date(2026, 3, 14)),)}, "ends .* before it starts"),
    ],
)
def test_time_that_cannot_be_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Selection(**values)
