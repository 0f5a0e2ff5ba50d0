"""When a clip was recorded, and how that is known."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from heatcli.clock import is_plausible, read_time, to_utc


@dataclass(frozen=True, slots=True)
class ClipStart:
    """The wall-clock time of a clip's first frame.

    Attributes:
        time: UTC.
        source: how it is known: `option`, `config`, `pattern` (`heatcli.config.time_pattern`),
            `name` (of the file and its folders), `container` (its creation time) or `mtime` (when the file
            was last written, less the clip's duration: a guess).
        local: whether it was given in local time, so that it depends on the camera's time zone.
    """

    time: datetime
    source: str
    local: bool = False


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
