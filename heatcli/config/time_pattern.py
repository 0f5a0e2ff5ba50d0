"""Patterns that say where in a file's path the time stands, such as `cam_*_%Y%m%d_%H%M%S`.

Built-in patterns and those of `heatcli.toml` are written alike. Fields such as `%Y %m %d %H %M %S` mean what
they mean to strptime; `*` is anything within the name of a file or folder; all else stands for itself. A
pattern with slashes also matches as many folders. The file's extension is not part of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from heatcli.clock import is_plausible
from heatcli.errors import UsageError

_FIELDS = {
    "%Y": r"\d{4}",
    "%y": r"\d{2}",
    "%m": r"\d{1,2}",
    "%d": r"\d{1,2}",
    "%H": r"\d{1,2}",
    "%I": r"\d{1,2}",
    "%M": r"\d{1,2}",
    "%S": r"\d{1,2}",
    "%f": r"\d{1,6}",
    "%p": r"[AaPp][Mm]",
    "%s": r"\d{9,10}",
    "%z": r"Z|[+-]\d{2}:?\d{2}",
}

UTC_CLOCK = "UTC"
DST_CLOCK = "DST"


@dataclass(frozen=True, slots=True)
class WallTime:
    """A time as a file's name gives it.

    Attributes:
        time: exact time if it carries a zone; else time that the camera's clock showed.
        label: name of that clock's zone: an abbreviation such as `CST`, or `DST` for daylight saving time;
            None if the file's name has none.
    """

    time: datetime
    label: str | None = None


@dataclass(frozen=True, slots=True)
class TimePattern:
    """A compiled pattern.

    Attributes:
        text: pattern as it was written.
        regex: regular expression for the last components of the file's path, joined by slashes, without its
            extension.
        depth: number of these components.
        clock: `UTC` or `DST` if the pattern begins with it, else None.
    """

    text: str
    regex: re.Pattern[str]
    depth: int
    clock: str | None

    def read(self, path: Path) -> WallTime | None:
        """Return the time in a path, or None if the pattern does not match it.

        Raises:
            ValueError: path that matches, but has no time from 2000 to 2100.
        """
        found = self.regex.fullmatch("/".join(path.absolute().parts[-self.depth :]))
        if found is None:
            return None
        time = _time_of(found.groupdict())
        if not is_plausible(time):
            raise ValueError(f"{time} is not within 2000 to 2100")
        if self.clock == UTC_CLOCK:
            time = time.replace(tzinfo=UTC)
        return WallTime(time, self.clock if time.tzinfo is None else None)


def time_pattern(text: str) -> TimePattern:
    """Compile a pattern.

    Raises:
        UsageError: unknown or repeated field, or pattern that does not give a time to the minute.
    """
    clock, colon, rest = text.partition(":")
    if not colon or clock not in (UTC_CLOCK, DST_CLOCK):
        clock, rest = "", text
    tokens = re.findall(r"%.?|\*|[^%*]+", rest)
    fields = [token for token in tokens if token[0] == "%" and token != "%%"]
    for field in fields:
        if field not in _FIELDS:
            raise UsageError(
                f"time_pattern {text!r}: {field} is unknown; a pattern may have {' '.join(_FIELDS)} %%"
            )
        if fields.count(field) > 1:
            raise UsageError(f"time_pattern {text!r}: {field} appears twice; write * for the second one")
    if not _is_complete(set(fields)):
        raise UsageError(
            f"time_pattern {text!r}: does not give a full time; it needs %Y %m %d %H %M (or %I %p instead of "
            "%H), or %s alone"
        )
    regex = "".join(_regex_of(tokens, place) for place in range(len(tokens)))
    return TimePattern(text, re.compile(rf"{regex}(?:\.[^./]*)?"), rest.count("/") + 1, clock or None)


def _is_complete(fields: set[str]) -> bool:
    day = {"%m", "%d", "%M"} <= fields and bool({"%Y", "%y"} & fields)
    return "%s" in fields or (day and ("%H" in fields or {"%I", "%p"} <= fields))


def _regex_of(tokens: list[str], place: int) -> str:
    """Return the regular expression of one token among its neighbours."""
    token = tokens[place]
    if token == "*":
        return "[^/]*?"
    if token not in _FIELDS:
        return re.escape("%" if token == "%%" else token)
    before = tokens[place - 1] if place else ""
    after = tokens[place + 1] if place + 1 < len(tokens) else ""
    digits = _FIELDS[token]
    if before in _FIELDS or after in _FIELDS:
        # If nothing is between two numbers, both have all their digits.
        digits = digits.replace("{1,2}", "{2}")
    # A * does not begin or end in the middle of a number.
    begin = r"(?<!\d)" if before == "*" else ""
    end = r"(?!\d)" if after == "*" else ""
    return f"{begin}(?P<{token[1]}>{digits}){end}"


def _time_of(field: Mapping[str, str]) -> datetime:
    """Make a time of the fields that a pattern found.

    Raises:
        ValueError: fields that are not a time.
    """
    fraction = timedelta(microseconds=int(field.get("f", "0").ljust(6, "0")))
    if "s" in field:
        return datetime.fromtimestamp(int(field["s"]), UTC) + fraction
    year = int(field["Y"]) if "Y" in field else 2000 + int(field["y"])
    hour = int(field["H"]) if "H" in field else hour_of_day(int(field["I"]), field["p"])
    time = clock_time(year, int(field["m"]), int(field["d"]), hour, int(field["M"]), int(field.get("S", "0")))
    return (time + fraction).replace(tzinfo=offset_zone(field["z"]) if "z" in field else None)


def hour_of_day(hour: int, half: str) -> int:
    """Return the hour from 0 to 23 for one from 1 to 12 with `am` or `pm`.

    Raises:
        ValueError: hour that is not from 1 to 12.
    """
    if not 1 <= hour <= 12:
        raise ValueError(f"{hour} {half} is not an hour")
    return hour % 12 + (12 if half[0] in "pP" else 0)


def clock_time(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime:
    """Return a local time; a second of 60, which recorders write when they round, begins the next minute.

    Raises:
        ValueError: numbers that are not a time.
    """
    if second == 60:
        return datetime(year, month, day, hour, minute) + timedelta(minutes=1)
    return datetime(year, month, day, hour, minute, second)


def offset_zone(text: str) -> timezone:
    """Return the time zone of an offset from UTC: `Z`, `+0100`, `-05:30`, `+2`.

    Raises:
        ValueError: offset of a day or more.
    """
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)
