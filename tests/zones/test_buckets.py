"""Buckets against a calendar that looks at the wall clock again and again."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatcli.clock import epoch_us, time_zone
from heatcli.errors import UsageError
from heatcli.intervals import Intervals
from heatcli.names import By
from heatcli.zones.buckets import buckets_of
from tests.support.zones_reference import Span, calendar

ZAGREB = time_zone("Europe/Zagreb")
NOTHING = Intervals.of([])


def us(text: str) -> int:
    return epoch_us(datetime.fromisoformat(text).replace(tzinfo=UTC))


def spans(by: By, first: int, last: int, zone: str = "Europe/Zagreb") -> list[tuple[str, list[Span]]]:
    """Label and parts of each bucket."""
    found = buckets_of(by, covered=NOTHING, zone=time_zone(zone), begin_us=first, end_us=last)
    parts: list[list[Span]] = [[] for _ in found.buckets]
    for bucket, (begin, end) in zip(found.bucket.tolist(), found.bounds_us.tolist(), strict=True):
        parts[bucket].append((begin, end))
    assert (found.bounds_us[1:, 0] == found.bounds_us[:-1, 1]).all()
    return list(zip([bucket.label for bucket in found.buckets], parts, strict=True))


# Changes of the clocks: by an hour, by half an hour, at midnight; ends of years and months.
MOMENTS = [
    ("Europe/Zagreb", "2026-03-29T01:00"),
    ("Europe/Zagreb", "2026-10-25T01:00"),
    ("Europe/Zagreb", "2025-12-31T23:00"),
    ("Asia/Kolkata", "2026-05-31T18:30"),
    ("Australia/Lord_Howe", "2026-04-04T15:00"),
    ("Australia/Lord_Howe", "2026-10-03T15:30"),
    ("America/Sao_Paulo", "2018-11-04T03:00"),
    ("America/Sao_Paulo", "2018-02-18T02:00"),
    ("America/Havana", "2025-11-02T05:00"),
]


@pytest.mark.parametrize("by", [By.FIVE_MINUTES, By.HOUR, By.HOUR_OF_DAY, By.DAY])
@pytest.mark.parametrize(("zone", "moment"), MOMENTS)
def test_buckets_around_a_change_are_what_the_clock_shows(by: By, zone: str, moment: str) -> None:
    first, last = us(moment) - 5_000_000_123, us(moment) + 9_000_000_456
    assert spans(by, first, last, zone) == calendar(by, first, last, time_zone(zone))


@pytest.mark.parametrize("by", [By.DAY, By.WEEK, By.MONTH, By.DAY_OF_WEEK])
@pytest.mark.parametrize(("zone", "moment"), MOMENTS[:4])
def test_long_buckets_are_what_the_clock_shows(by: By, zone: str, moment: str) -> None:
    first, last = us(moment) - 3 * 86_400_000_000, us(moment) + 7 * 86_400_000_000
    assert spans(by, first, last, zone) == calendar(by, first, last, time_zone(zone))


@settings(max_examples=40)
@given(
    by=st.sampled_from([By.FIVE_MINUTES, By.HOUR, By.HOUR_OF_DAY]),
    first=st.integers(us("2026-10-24T20:00"), us("2026-10-25T03:00")),
    length=st.integers(1, 4 * 3_600_000_000),
)
def test_buckets_contain_the_period_and_are_whole(by: By, first: int, length: int) -> None:
    assert spans(by, first, first + length) == calendar(by, first, first + length, ZAGREB)


def test_days_are_as_long_as_the_clock_makes_them() -> None:
    hours = [
        [(end - begin) / 3_600_000_000 for _, ((begin, end),) in spans(By.DAY, us(a), us(b))]
        for a, b in [("2026-03-28T12:00", "2026-03-30T12:00"), ("2026-10-24T12:00", "2026-10-26T12:00")]
    ]
    assert hours == [[24, 23, 24], [24, 25, 24]]


def test_the_hour_that_the_clock_shows_twice_is_two_hours_and_one_hour_of_the_day() -> None:
    first, last = us("2026-10-24T23:00"), us("2026-10-25T02:00")
    assert [label for label, _ in spans(By.HOUR, first, last)] == [
        "2026-10-25 01:00",
        "2026-10-25 02:00+02:00",
        "2026-10-25 02:00+01:00",
    ]
    assert spans(By.HOUR_OF_DAY, first, last) == [
        ("01:00", [(first, us("2026-10-25T00:00"))]),
        ("02:00", [(us("2026-10-25T00:00"), last)]),
    ]


def test_ends_are_local_times_and_recurring_buckets_have_none() -> None:
    first, last = us("2026-10-25T00:00"), us("2026-10-25T00:10")
    (hour,) = buckets_of(By.HOUR, covered=NOTHING, zone=ZAGREB, begin_us=first, end_us=last).buckets
    assert hour.begin is not None
    assert hour.end is not None
    assert (hour.begin.isoformat(), hour.end.isoformat()) == (
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
    )
    (day,) = buckets_of(By.DAY_OF_WEEK, covered=NOTHING, zone=ZAGREB, begin_us=first, end_us=last).buckets
    assert (day.label, day.begin, day.end) == ("Sunday", None, None)


def test_weeks_are_of_the_iso_calendar() -> None:
    labels = [label for label, _ in spans(By.WEEK, us("2026-12-25T12:00"), us("2027-01-05T12:00"))]
    assert labels == ["2026-W52", "2026-W53", "2027-W01"]


def test_an_open_period_is_what_was_covered() -> None:
    covered = Intervals.of(
        [[us("2026-03-14T10:20"), us("2026-03-14T10:40")], [us("2026-03-14T12:01"), us("2026-03-14T13:00")]]
    )
    labels = [bucket.label for bucket in buckets_of(By.HOUR, covered=covered, zone=time_zone("UTC")).buckets]
    assert labels == ["2026-03-14 10:00", "2026-03-14 11:00", "2026-03-14 12:00"]
    until = buckets_of(By.HOUR, covered=covered, zone=time_zone("UTC"), end_us=us("2026-03-14T14:00")).buckets
    assert [bucket.label for bucket in until] == [*labels, "2026-03-14 13:00"]


def test_nothing_covered_in_an_open_period_makes_no_buckets() -> None:
    found = buckets_of(By.HOUR, covered=NOTHING, zone=ZAGREB)
    assert found.buckets == ()
    assert found.bounds_us.shape == (0, 2)
    assert found.bucket.shape == (0,)


def test_more_buckets_than_anybody_reads_are_refused() -> None:
    with pytest.raises(UsageError, match="1970-01-01 to 2026-01-01 there are too many buckets of hour"):
        spans(By.HOUR, 0, us("2026-01-01T00:00"))


def test_a_year_of_five_minutes() -> None:
    first = us("2026-01-01T00:00")
    found = buckets_of(
        By.FIVE_MINUTES, covered=NOTHING, zone=ZAGREB, begin_us=first, end_us=first + 365 * 86_400_000_000
    )
    assert len(found.buckets) == 365 * 288
    assert set(np.diff(found.bounds_us).ravel().tolist()) == {300_000_000}
    assert found.buckets[-1].end == datetime(2027, 1, 1, tzinfo=UTC)
