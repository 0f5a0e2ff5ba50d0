"""When a clip was recorded, and how that is known."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from heatcli.clock import is_plausible, read_time, to_utc
from heatcli.store.objects import place


@dataclass(frozen=True, slots=True)
class ClipStart:
    """The wall-clock time of a clip's first frame.

    Attributes:
        time: time of the first frame, UTC.
        source: origin of the time: `option`, `config`, `pattern` (`heatcli.config.time_pattern`), `name`
            (names of the file and its folders), `container` (its creation time) or `mtime` (when the file was
            last written, less the clip's duration: a guess).
        local: whether the time was given in local time, so that it depends on the camera's time zone.
    """

    time: datetime
    source: str
    local: bool = False


def said_start(*, option: str | None, configured: datetime | None, zone: ZoneInfo) -> ClipStart | None:
    """Return when a clip was recorded according to the user, or None if the user does not say.

    Args:
        option: time on the command line, ISO 8601; None where there is none.
        configured: time in the configuration, local in `zone` unless it carries an offset; None where there
            is none.
        zone: time zone of the camera.

    Raises:
        UsageError: the option is no time, or daylight saving makes the time happen twice or not at all.
    """
    if option is not None:
        time = read_time(option)
        return ClipStart(to_utc(time, zone), "option", local=time.tzinfo is None)
    if configured is not None:
        return ClipStart(to_utc(configured, zone), "config", local=configured.tzinfo is None)
    return None


def file_start(path: Path, *, creation_time: datetime | None, duration_us: int) -> ClipStart:
    """Return when a clip was recorded according to its file.

    Args:
        path: path of the clip.
        creation_time: creation time that the container states, UTC; None where it states none.
        duration_us: duration of the clip in µs.
    """
    if creation_time is not None and is_plausible(creation_time):
        return ClipStart(creation_time, "container")
    written = datetime.fromtimestamp(place(path).stat().st_mtime, UTC)
    return ClipStart(written - timedelta(microseconds=duration_us), "mtime")
