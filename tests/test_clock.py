"""When a clip was recorded."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.clock import clip_start, epoch_us, read_time, to_utc
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


def test_the_most_trustworthy_source_wins(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    clip.touch()
    os.utime(clip, (1_700_000_000, 1_700_000_000))
    option: str | None = "2026-01-01T00:00:00Z"
    configured: datetime | None = datetime(2026, 1, 2)
    container: datetime | None = datetime(2026, 1, 3, tzinfo=UTC)
    found = []
    for _ in range(4):
        start = clip_start(
            path=clip,
            option=option,
            configured=configured,
            creation_time=container,
            duration_us=60_000_000,
            zone=ZAGREB,
        )
        found.append((start.source, start.time))
        if option:
            option = None
        elif configured:
            configured = None
        else:
            container = None
    assert found == [
        ("option", datetime(2026, 1, 1, tzinfo=UTC)),
        ("config", datetime(2026, 1, 1, 23, tzinfo=UTC)),
        ("container", datetime(2026, 1, 3, tzinfo=UTC)),
        ("mtime", datetime.fromtimestamp(1_700_000_000 - 60, UTC)),
    ]
