"""When a clip was recorded."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.analysis.clip_start import ClipStart, file_start, said_start
from heatcli.clock import epoch_us, read_offset, read_time, readings, to_utc
from heatcli.errors import UsageError

ZAGREB = ZoneInfo("Europe/Zagreb")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-14T10:00:00", "2026-03-14T09:00:00+00:00"),  # local winter time
        ("2026-07-14T10:00", "2026-07-14T08:00:00+00:00"),  # local summer time
        ("2026-03-14T10:00:00Z", "2026-03-14T10:00:00+00:00"),
        ("2026-03-14T10:00:00.000001+05:30", "2026-03-14T04:30:00.000001+00:00"),
        ("2026-03-14", "2026-03-13T23:00:00+00:00"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00+00:00"),  # in the double hour, but said which
    ],
)
def test_times_are_local_unless_they_say(text: str, expected: str) -> None:
    assert to_utc(read_time(text), ZAGREB).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-10-25T02:30:00", "happens twice"),
        ("2026-03-29T02:30:00", "does not exist"),
        ("14.3.2026 10:00", "no ISO 8601"),
        ("", "no ISO 8601"),
    ],
)
def test_what_is_not_certain_is_refused(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        to_utc(read_time(text), ZAGREB)


@given(st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_epoch_us_is_exact(time: datetime) -> None:
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=epoch_us(time)) == time


def test_what_the_user_says_comes_first() -> None:
    configured = datetime(2026, 1, 2)
    option = said_start(option="2026-01-01T00:00:00Z", configured=configured, zone=ZAGREB)
    assert option == ClipStart(datetime(2026, 1, 1, tzinfo=UTC), "option")
    config = said_start(option=None, configured=configured, zone=ZAGREB)
    assert config == ClipStart(datetime(2026, 1, 1, 23, tzinfo=UTC), "config", local=True)
    assert said_start(option=None, configured=None, zone=ZAGREB) is None


def test_else_the_file_says(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    clip.touch()
    os.utime(clip, (1_700_000_000, 1_700_000_000))
    created = datetime(2026, 1, 3, tzinfo=UTC)
    found = file_start(clip, creation_time=created, duration_us=60_000_000)
    assert found == ClipStart(created, "container")
    # Containers whose clock was never set say 1904 or 1970.
    for created_wrongly in (None, datetime(1904, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, 2, tzinfo=UTC)):
        guessed = file_start(clip, creation_time=created_wrongly, duration_us=60_000_000)
        assert guessed == ClipStart(datetime.fromtimestamp(1_700_000_000 - 60, UTC), "mtime")


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_readings_are_all_moments_at_which_the_clocks_show_a_time(shown: datetime) -> None:
    # Whatever the offset of a zone, the moment is within a day of what it shows.
    offsets = {ZAGREB.utcoffset(shown + timedelta(days=days)) for days in (-1, 0, 1)}
    moments = sorted((shown - offset).replace(tzinfo=UTC) for offset in offsets if offset is not None)
    expected = [m for m in moments if m.astimezone(ZAGREB).replace(tzinfo=None) == shown]
    assert readings(shown, ZAGREB) == expected


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (datetime(2026, 10, 25, 2, 59, 59), ["2026-10-25T00:59:59+00:00", "2026-10-25T01:59:59+00:00"]),
        (datetime(2026, 10, 25, 3), ["2026-10-25T02:00:00+00:00"]),
        (datetime(2026, 3, 29, 2), []),
        (datetime(2026, 3, 29, 3), ["2026-03-29T01:00:00+00:00"]),
    ],
)
def test_readings_at_the_changes_of_the_clock(shown: datetime, expected: list[str]) -> None:
    assert [moment.isoformat() for moment in readings(shown, ZAGREB)] == expected


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("+1h30m", 5400),
        ("-90s", -90),
        ("+1d", 86400),
        ("-1d2h3m4.000005s", -93784.000005),
        ("+0s", 0),
    ],
)
def test_read_offset(text: str, seconds: float) -> None:
    assert read_offset(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["90s", "+", "-", "", "+1", "+1m1h", "+1h 30m", "+-1h", "+9999999999d"])
def test_what_is_no_offset_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"no length of time|longer than any clock"):
        read_offset(text)
