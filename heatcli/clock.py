"""When a clip was recorded, and how that is known."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from heatcli.errors import UsageError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_OFFSET = re.compile(
    r"(?P<sign>[+-])(?=.)(?:(?P<days>\d+)d)?(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?"
    r"(?:(?P<seconds>\d+(?:\.\d{1,6})?)s)?"
)


def epoch_us(time: datetime) -> int:
    """Return the µs since 1970 of a time that carries its zone, exactly."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def local_time(time_us: int, zone: tzinfo) -> datetime:
    """Return what clocks of a zone show so many µs after 1970, exactly, with the offset from UTC."""
    return (_EPOCH + timedelta(microseconds=time_us)).astimezone(zone)


def time_zone(name: str) -> ZoneInfo:
    """Return the time zone of that name.

    Raises:
        UsageError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"no time zone is called {name!r}; an example is Europe/Zagreb") from error


def is_plausible(time: datetime) -> bool:
    """Whether a clip may have been recorded then: from 2000 to 2100. Clocks that were never set say 1970."""
    return 2000 <= time.year <= 2100


@dataclass(frozen=True, slots=True)
class ClipStart:
    """The wall-clock time of a clip's first frame.

    Attributes:
        time: UTC.
        source: how it is known: `option`, `config`, `pattern` (the camera's own, see `heatcli.config.time_pattern`),
            `name` (of the file and its folders), `container` (its creation time) or `mtime` (when the file
            was last written, less the clip's duration: a guess).
        local: whether it was given in local time, so that it depends on the camera's time zone.
    """

    time: datetime
    source: str
    local: bool = False


def read_time(text: str) -> datetime:
    """Read an ISO 8601 time, such as `2026-03-14T10:00:00`, with or without an offset.

    Raises:
        UsageError: it is none.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no ISO 8601 time; write it as 2026-03-14T10:00:00") from error


def read_offset(text: str) -> timedelta:
    """Read a correction of a clock, such as `+1h30m`, `-90s` or `+1d`.

    Raises:
        UsageError: it is none.
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
    """Return the UTC of a local time, in order: none where daylight saving skips it, two where it repeats it.

    Args:
        time: without a zone.
        zone: that it is local in.
    """
    found = {time.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    # A time that was skipped comes back as another.
    return sorted(utc for utc in found if utc.astimezone(zone).replace(tzinfo=None) == time)


def to_utc(time: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC of a time that is local in `zone` unless it carries an offset.

    Raises:
        UsageError: a local time that daylight saving makes double or missing, or a year of no recording.
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


def said_start(*, option: str | None, configured: datetime | None, zone: ZoneInfo) -> ClipStart | None:
    """Return when a clip was recorded as the user says it, or None if nobody said anything.

    Args:
        option: on the command line, ISO 8601.
        configured: in the configuration; local in `zone` unless it carries an offset.
        zone: of the camera.

    Raises:
        UsageError: a time that is none, or that daylight saving makes double or missing.
    """
    if option is not None:
        time = read_time(option)
        return ClipStart(to_utc(time, zone), "option", local=time.tzinfo is None)
    if configured is not None:
        return ClipStart(to_utc(configured, zone), "config", local=configured.tzinfo is None)
    return None


def file_start(path: Path, *, creation_time: datetime | None, duration_us: int) -> ClipStart:
    """Return when a clip was recorded as far as its file says it.

    Args:
        path: the clip's file.
        creation_time: what the container says, UTC.
        duration_us: of the clip.
    """
    if creation_time is not None and is_plausible(creation_time):
        return ClipStart(creation_time, "container")
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return ClipStart(written - timedelta(microseconds=duration_us), "mtime")
