"""The time that a clip's path gives: the names that recorders write, and any unambiguous date and time.

Nothing is guessed. A name without a time gives none; one that can be read in two ways is refused.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from heatcli.analysis.clip_start import ClipStart
from heatcli.analysis.sources import VIDEO_SUFFIXES
from heatcli.clock import is_plausible, readings
from heatcli.config.time_pattern import (
    DST_CLOCK,
    TimePattern,
    WallTime,
    clock_time,
    hour_of_day,
    offset_zone,
    time_pattern,
)
from heatcli.errors import InputError

# What the search for a date and time cannot read: parts of the time far apart, a clock other than the
# camera's, or the month first.
_BUILT_IN = tuple(
    time_pattern(text)
    for text in (
        "%Y-%m-%d/*/dav/*/%H.%M.%S-*",  # Dahua and Amcrest
        "UTC:%Y-%m-%d/%H/*/%M.%S",  # Frigate, since 0.12
        # Reolink, while its clock is on daylight saving time. Clients read it as they read the form without
        # DST: as what the camera's clock shows.
        "DST:Rec*_DST%Y%m%d_%H%M%S_*",
        "* - %m-%d-%Y, %I.%M.%S%p",
    )
)

# From when to when a clip lasts, in seconds since 1970. A single number of ten digits may be anything.
_EPOCHS = re.compile(r"(?<!\d)(\d{10})[-_](\d{10})(?!\d)")
_LONGEST_CLIP_S = 86400

_DATE_TIME = re.compile(
    r"""(?<!\d)
    (?:
        (?P<packed> 20\d{12} )
      |
        (?P<date> 20\d{6}
                | 20\d\d (?P<a>[-._/: ]) \d{1,2} (?P=a) \d{1,2}
                | \d{1,2} (?P<b>[-._/ ]) \d{1,2} (?P=b) 20\d\d )
        (?P<between> [-_.,/@T\ ]{1,3} | \ at\  )
        (?P<time> \d{6}
                | \d{1,2} (?P<c>[-._:/\ ]) \d\d (?P=c) \d\d
                | (?<=[T_ ]) \d\d [-.:h] \d\d (?![-._:]?\d) )
    )
    (?P<fraction> [.,](?:\d{6}|\d{3}) | \d{3} | (?P=c)\d{3} )?
    (?!\d)
    (?: \ ?(?P<half>[AaPp]\.?[Mm])(?![A-Za-z]) )?
    (?: [ _]?(?P<zone> (?:UTC|GMT)?\+\d\d?(?::?\d\d)?
                     | (?:UTC|GMT)-\d\d?(?::?\d\d)?
                     | -\d\d:\d\d
                     | -(?:(?:0[1-9]|1[0-2])00|0[239]30)
                     | [A-Z]{1,4} )(?![A-Za-z0-9]) )?
    """,
    re.VERBOSE,
)

_ABBREVIATIONS = {
    name: offset
    for offset, names in {
        "Z": "Z UTC GMT WET",
        "+01": "WEST CET",
        "+02": "CEST EET",
        "+03": "EEST MSK",
        "+08": "HKT SGT AWST",
        "+09": "JST KST",
        "+0930": "ACST",
        "+10": "AEST",
        "+1030": "ACDT",
        "+11": "AEDT",
        "+12": "NZST",
        "+13": "NZDT",
        "-04": "EDT",
        "-06": "MDT",
        "-07": "PDT",
        "-08": "AKDT",
        "-09": "AKST",
        "-10": "HST",
    }.items()
    for name in names.split()
}
# Each stands for times of several parts of the world: the camera's zone has to say which.
_AMBIGUOUS = frozenset({"AST", "ADT", "BST", "CDT", "CST", "EST", "IST", "MST", "PST"})

_REMEDY = "say when it was recorded with --start, or how to read its name with time_pattern in heatcli.toml"


def pattern_start(path: Path, pattern: TimePattern, zone: ZoneInfo) -> ClipStart:
    """Return when a clip was recorded as the camera's own pattern reads it.

    Args:
        path: of the clip.
        pattern: of the camera.
        zone: of the camera.

    Raises:
        InputError: the path does not match, or the time is none or not certain.
    """
    wall = _read(pattern, path)
    if wall is None:
        raise InputError(
            f"{path}: does not match the camera's time_pattern {pattern.text!r}; correct that in "
            "heatcli.toml, or say with --start when it was recorded"
        )
    return ClipStart(_utc(path, wall, zone), "pattern", local=wall.time.tzinfo is None)


def named_start(path: Path, zone: ZoneInfo) -> ClipStart | None:
    """Return when a clip was recorded as its name and folders give it, or None if they do not.

    Args:
        path: of the clip.
        zone: of the camera.

    Raises:
        InputError: the name can be read in two ways, or as a local time that daylight saving makes double or
            missing.
    """
    wall = _named(path)
    if wall is None:
        return None
    return ClipStart(_utc(path, wall, zone), "name", local=wall.time.tzinfo is None)


def _named(path: Path) -> WallTime | None:
    for pattern in _BUILT_IN:
        wall = _read(pattern, path)
        if wall is not None:
            return wall
    full = path.absolute()
    stem = full.stem if full.suffix.lower() in VIDEO_SUFFIXES else full.name
    return _epoch(stem) or _search(path, stem, 0) or _search(path, *_with_folders(full, stem))


def _read(pattern: TimePattern, path: Path) -> WallTime | None:
    try:
        return pattern.read(path)
    except ValueError as error:
        raise InputError(f"{path}: {pattern.text!r} reads no time from it ({error}); {_REMEDY}") from error


def _with_folders(full: Path, stem: str) -> tuple[str, int]:
    """Return the end of a path, and from where on in it is the file's own name."""
    folders = "/".join([*full.parts[-6:-1], ""])
    return folders + stem, len(folders)


def _epoch(stem: str) -> WallTime | None:
    found = _EPOCHS.search(stem)
    if found is None:
        return None
    begin, end = int(found[1]), int(found[2])
    time = datetime.fromtimestamp(begin, UTC)
    return WallTime(time) if is_plausible(time) and 0 <= end - begin <= _LONGEST_CLIP_S else None


def _search(path: Path, text: str, name_at: int) -> WallTime | None:
    """Find the first date and time in a text that reaches into the file's name.

    A second one is when the clip ends.

    Args:
        path: of the clip, for errors.
        text: the name, or the path up to its end.
        name_at: where in it the name begins.
    """
    found = [
        wall for match in _DATE_TIME.finditer(text) if match.end() > name_at for wall in _walls(path, match)
    ]
    if not found:
        return None
    first = found[0]
    for later in found[1:]:
        if later.time.replace(tzinfo=None) < first.time.replace(tzinfo=None):
            raise InputError(f"{path}: its name holds {first.time} and then {later.time}, earlier; {_REMEDY}")
    return first


def _walls(path: Path, match: re.Match[str]) -> Iterator[WallTime]:
    """Yield the one time that a match gives, if it is one."""
    date, clock = match["date"], match["time"]
    if match["packed"]:
        date, clock = match["packed"][:8], match["packed"][8:]
    times = sorted(set(_times(date, clock, match["half"])))
    if len(times) > 1:
        raise InputError(
            f"{path}: {match['date']} may be {times[0]:%-d %B %Y} or {times[1]:%-d %B %Y}; {_REMEDY}"
        )
    for time in times:
        digits = re.sub(r"\D", "", match["fraction"] or "")
        time += timedelta(microseconds=int(digits.ljust(6, "0")))
        yield _zoned(path, time, match["zone"], iso=match["between"] == "T")


def _times(date: str, clock: str, half: str | None) -> Iterator[datetime]:
    """Yield every time that a date and a time of day may mean."""
    hour, minute, second = _numbers(clock, 2, 2, 2)
    numbers = _numbers(date, 4, 2, 2)
    orders = (
        [numbers] if numbers[0] > 99 else [[numbers[2], numbers[1], numbers[0]], [numbers[2], *numbers[:2]]]
    )
    for year, month, day in orders:
        try:
            yield clock_time(year, month, day, hour_of_day(hour, half) if half else hour, minute, second)
        except ValueError:
            continue


def _numbers(text: str, *digits: int) -> list[int]:
    """Return three numbers; those that are written without anything between them have so many digits."""
    parts = re.findall(r"\d+", text)
    if len(parts) == 1:
        at, parts = 0, []
        for count in digits:
            parts.append(text[at : at + count])
            at += count
    return [int(part) for part in parts] + [0] * (3 - len(parts))


def _zoned(path: Path, time: datetime, zone: str | None, *, iso: bool) -> WallTime:
    """Add what follows a time, if that names a zone; other letters are part of the file's name.

    Args:
        path: of the clip, for errors.
        time: local.
        zone: what follows.
        iso: whether the time is written as ISO 8601 does, where a minus begins an offset.

    Raises:
        InputError: it may be an offset or something else.
    """
    if zone is None:
        return WallTime(time)
    if re.fullmatch(r"-\d{4}", zone) and not iso:
        raise InputError(f"{path}: {zone} in its name may be an offset from UTC or not; {_REMEDY}")
    if zone in _AMBIGUOUS:
        return WallTime(time, zone)
    offset = _ABBREVIATIONS.get(zone) or (re.sub("^(UTC|GMT)", "", zone) if not zone.isalpha() else None)
    try:
        return WallTime(time if offset is None else time.replace(tzinfo=offset_zone(offset)))
    except ValueError:
        return WallTime(time)  # a number after a plus, but no offset that a day has


def _utc(path: Path, wall: WallTime, zone: ZoneInfo) -> datetime:
    """Return the UTC of a time in a name.

    Raises:
        InputError: the camera's zone has no such time, or has it twice.
    """
    if wall.time.tzinfo is not None:
        return wall.time.astimezone(UTC)
    possible = readings(wall.time, zone)
    fitting = [time for time in possible if wall.label is None or _fits(time, wall.label, zone)]
    if len(fitting) == 1:
        return fitting[0]
    said = f"{path}: {wall.time.isoformat(' ')} in its name"
    if possible and not fitting:
        raise InputError(
            f"{said} is {wall.label}, which the clocks of {zone.key} do not show then; name the camera's "
            "zone with --timezone, or say with --start when it was recorded"
        )
    if not fitting:
        raise InputError(f"{said} does not exist in {zone.key} (daylight saving); {_REMEDY}")
    which = " or ".join(f"--start {time.astimezone(zone).isoformat()}" for time in fitting)
    raise InputError(f"{said} happens twice in {zone.key} (daylight saving); say which one with {which}")


def _fits(time: datetime, label: str, zone: ZoneInfo) -> bool:
    """Whether the clocks of a zone show at that time what a label says."""
    local = time.astimezone(zone)
    if label != DST_CLOCK:
        return local.tzname() == label
    # By the offsets, not by the zone's own word for it: that of Europe/Dublin calls winter the exception.
    offsets = [datetime(local.year, month, 1, tzinfo=zone).utcoffset() for month in (1, 7)]
    return local.utcoffset() != min(offset for offset in offsets if offset is not None)
