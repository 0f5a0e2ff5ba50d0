"""Times and time zones: exact µs since 1970, local clocks, and how lengths of time are written."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

from heatcli.errors import UsageError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Stretches of days that are named; of more, the first and the last.
_NAMED = 4
_SECOND_US, _DAY_US = 1_000_000, 86_400_000_000

_OFFSET = re.compile(
    r"(?P<sign>[+-])(?=.)(?:(?P<days>\d+)d)?(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?"
    r"(?:(?P<seconds>\d+(?:\.\d{1,6})?)s)?"
)


def epoch_us(time: datetime) -> int:
    """Return the µs since 1970 of a time that carries its zone, exactly."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def local_time(time_us: int, zone: tzinfo) -> datetime:
    """Return the local time of a zone at a moment in µs since 1970, exactly, with its offset from UTC."""
    return (_EPOCH + timedelta(microseconds=time_us)).astimezone(zone)


def time_zone(name: str) -> ZoneInfo:
    """Return the time zone that has a name such as `Europe/Zagreb`.

    Raises:
        UsageError: no time zone has this name.
    """
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"no time zone is called {name!r}; an example is Europe/Zagreb") from error


def day_in_words(day: date) -> str:
    """Return a day as people write it, such as `5 March 2026`."""
    return f"{day.day} {day:%B %Y}"  # "%-d" is not known on Windows


def days_text(days: Sequence[date]) -> str:
    """Name days, ascending, as stretches without a gap: `2026-03-02 to 2026-03-08, 2026-03-14`."""
    if not days:
        return "no days"
    ends = [number for number, (a, b) in enumerate(pairwise(days), start=1) if b - a > timedelta(1)]
    stretches = [
        (days[begin], days[end - 1]) for begin, end in zip([0, *ends], [*ends, len(days)], strict=True)
    ]
    if len(stretches) > _NAMED:
        return f"{len(days)} days from {days[0]} to {days[-1]}"
    return ", ".join(f"{first}" if first == last else f"{first} to {last}" for first, last in stretches)


def is_plausible(time: datetime) -> bool:
    """Whether a clip may have been recorded then: from 2000 to 2100. Clocks that were never set say 1970."""
    return 2000 <= time.year <= 2100


def read_time(text: str) -> datetime:
    """Read an ISO 8601 time, such as `2026-03-14T10:00:00`, with or without an offset.

    Raises:
        UsageError: the text is no ISO 8601 time.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no ISO 8601 time; write it as 2026-03-14T10:00:00") from error


def read_offset(text: str) -> timedelta:
    """Read a correction of a clock, such as `+1h30m`, `-90s` or `+1d`.

    Raises:
        UsageError: the text is no length of time, or one longer than any clock can be wrong.
    """
    found = _OFFSET.fullmatch(text)
    if found is None:
        raise UsageError(f"{text!r} is no length of time; write it as +1h30m or -90s")
    amounts = found.groupdict(default="0")
    sign = amounts.pop("sign")
    try:
        offset = timedelta(**{unit: float(amount) for unit, amount in amounts.items()})
    except OverflowError as error:
        raise UsageError(f"{text!r} is longer than any clock can be wrong") from error
    return -offset if sign == "-" else offset


def readings(time: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return the UTC times, in order, at which clocks of a zone show a local time.

    There is none where daylight saving skips the local time, and there are two where it repeats it.

    Args:
        time: local time, without a zone.
        zone: time zone that the time is local in.
    """
    found = {time.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    # A local time that was skipped comes back from UTC as another one.
    return sorted(utc for utc in found if utc.astimezone(zone).replace(tzinfo=None) == time)


def to_utc(time: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC of a time that is local in `zone` unless it carries an offset.

    Raises:
        UsageError: the local time happens twice or not at all, because of daylight saving; or the time is not
            from 2000 to 2100.
    """
    if not is_plausible(time):
        raise UsageError(f"{time.isoformat()}: nothing was recorded in the year {time.year}; mend the time")
    if time.tzinfo is not None:
        return time.astimezone(UTC)
    found = readings(time, zone)
    if len(found) == 1:
        return found[0]
    how = "happens twice" if found else "does not exist"
    example = time.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).isoformat()
    raise UsageError(
        f"{time.isoformat()} {how} in {zone.key} (daylight saving); "
        f"write it with its offset, such as {example}"
    )


def same_offset(first_us: int, last_us: int, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """Cut [first, last) where the clocks change, so that each piece has one offset from UTC."""
    cuts = [first_us]
    for begin, end in pairwise([*range(first_us, last_us, _DAY_US), last_us]):
        before = offset_us(begin, zone)
        if offset_us(end, zone) != before:
            # No zone changes twice within a day. A change happens on a whole second.
            low, high = begin // _SECOND_US, -(-end // _SECOND_US)
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (
                    (middle, high) if offset_us(middle * _SECOND_US, zone) == before else (low, middle)
                )
            cuts.append(min(high * _SECOND_US, end))
    yield from pairwise([*cuts, last_us])


def offset_us(time_us: int, zone: ZoneInfo) -> int:
    """Return how far the zone's wall clock is ahead of UTC, in µs."""
    offset = local_time(time_us, zone).utcoffset()
    assert offset is not None  # zones have offsets at all times
    return offset // timedelta(microseconds=1)


def duration_text(seconds: float) -> str:
    """Write a duration with its two largest units: `45 s`, `1 min 20 s`, `3 h 5 min`, `24 h`, `12 d 4 h`."""
    left = round(seconds)
    # Up to two days are written in hours, so that a day is 24 h, beside a day of 23 h.
    units = ((3600, "h"), (60, "min"), (1, "s"))
    parts = []
    for length, unit in units if left < 2 * 86400 else ((86400, "d"), *units):
        count, left = divmod(left, length)
        parts.append((count, unit))
    first = next((i for i, (count, _) in enumerate(parts) if count), len(parts) - 1)
    shown = [part for i, part in enumerate(parts[first : first + 2]) if i == 0 or part[0]]
    return " ".join(f"{count} {unit}" for count, unit in shown)
