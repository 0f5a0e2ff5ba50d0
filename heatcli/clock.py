"""When a clip was recorded, and how that is known."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from heatcli.errors import UsageError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def epoch_us(time: datetime) -> int:
    """Return the µs since 1970 of a time that carries its zone, exactly."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def time_zone(name: str) -> ZoneInfo:
    """Return the time zone of that name.

    Raises:
        UsageError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"no time zone is called {name!r}; an example is Europe/Zagreb") from error


@dataclass(frozen=True, slots=True)
class ClipStart:
    """The wall-clock time of a clip's first frame.

    Attributes:
        time: UTC.
        source: how it is known: `option`, `config`, `container` (its creation time) or `mtime` (when the file
            was last written, less the clip's duration: a guess).
    """

    time: datetime
    source: str


def read_time(text: str) -> datetime:
    """Read an ISO 8601 time, such as `2026-03-14T10:00:00`, with or without an offset.

    Raises:
        UsageError: it is none.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no ISO 8601 time; write it as 2026-03-14T10:00:00") from error


def to_utc(time: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC of a time that is local in `zone` unless it carries an offset.

    Raises:
        UsageError: a local time that daylight saving makes double or missing, or a year of no recording.
    """
    if not 1970 < time.year < 2200:
        raise UsageError(f"{time.isoformat()}: nothing was recorded in the year {time.year}; mend the time")
    if time.tzinfo is not None:
        return time.astimezone(UTC)
    first, second = (time.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    # Going through a gap and back changes the wall time; in a fold both readings come back unchanged.
    kind = "happens twice" if first.astimezone(zone).replace(tzinfo=None) == time else "does not exist"
    raise UsageError(
        f"{time.isoformat()} {kind} in {zone.key} (daylight saving); write it with its offset, "
        f"such as {first.astimezone(zone).isoformat()}"
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
        return ClipStart(to_utc(read_time(option), zone), "option")
    if configured is not None:
        return ClipStart(to_utc(configured, zone), "config")
    return None


def file_start(path: Path, *, creation_time: datetime | None, duration_us: int) -> ClipStart:
    """Return when a clip was recorded as far as its file says it.

    Args:
        path: the clip's file.
        creation_time: what the container says, UTC.
        duration_us: of the clip.
    """
    if creation_time is not None:
        return ClipStart(creation_time, "container")
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return ClipStart(written - timedelta(microseconds=duration_us), "mtime")
