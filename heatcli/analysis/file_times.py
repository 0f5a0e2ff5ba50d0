"""The recording time in a clip's path: the names that recorders write, and any unambiguous date and time.

Nothing is guessed. A path without a time gives None; one that can be read in two ways is an error.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from heatcli.analysis.clip_start import ClipStart
from heatcli.analysis.sources import VIDEO_SUFFIXES
from heatcli.clock import day_in_words, is_plausible, readings
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

# What the search for a date and time cannot read: date, hour and minute far apart in the path, a clock other
# than the camera's, or the month first.
_BUILT_IN = tuple(
    time_pattern(text)
    for text in (
        "%Y-%m-%d/*/dav/*/%H.%M.%S-*",  # Dahua and Amcrest
        "UTC:%Y-%m-%d/%H/*/%M.%S",  # Frigate, since 0.12
        # Reolink, while its clock is on daylight saving time. Other programs read the time as what the
        # camera's clock shows, with DST in the name and without.
        "DST:Rec*_DST%Y%m%d_%H%M%S_*",
        "* - %m-%d-%Y, %I.%M.%S%p",
    )
)

EPOCHS = re.compile(r"(?<!\d)(\d{10})[-_](\d{10})(?!\d)")
"""First and last second of a clip, since 1970. A single number of ten digits may be anything."""
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
# Each abbreviation stands for several time zones of the world: the camera's own decides which one is meant.
_AMBIGUOUS = frozenset({"AST", "ADT", "BST", "CDT", "CST", "EST", "IST", "MST", "PST"})

REMEDY = "say when it was recorded with --start, or how to read its name with time_pattern in heatcli.toml"


def pattern_start(path: Path, pattern: TimePattern, zone: ZoneInfo) -> ClipStart:
    """Return when a clip was recorded, read from its path with the camera's own pattern.

    Args:
        path: path of the clip.
        pattern: time pattern configured for the camera.
        zone: time zone of the camera.

    Raises:
        InputError: the path does not match the pattern, or its time does not exist or is ambiguous.
    """
    wall = _read(pattern, path)
    if wall is None:
        raise InputError(
            f"{path}: does not match the camera's time_pattern {pattern.text!r}; correct that in "
            "heatcli.toml, or say with --start when it was recorded"
        )
    return ClipStart(_utc(path, wall, zone), "pattern", local=wall.time.tzinfo is None)


def named_start(path: Path, zone: ZoneInfo) -> ClipStart | None:
    """Return when a clip was recorded according to its name and folders, or None if they hold no time.

    Args:
        path: path of the clip.
        zone: time zone of the camera.

    Raises:
        InputError: the name can be read in two ways, or its local time happens twice or not at all because of
            daylight saving.
    """
    wall = named_wall_time(path)
    if wall is None:
        return None
    return ClipStart(_utc(path, wall, zone), "name", local=wall.time.tzinfo is None)


def named_wall_time(path: Path) -> WallTime | None:
    """Return the time in a clip's name and folders as it stands there, or None if they hold none.

    Raises:
        InputError: the name can be read in two ways.
    """
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
        raise InputError(f"{path}: {pattern.text!r} reads no time from it ({error}); {REMEDY}") from error


def _with_folders(full: Path, stem: str) -> tuple[str, int]:
    """Return the end of a path as text, and the index at which the file's own name begins in it."""
    folders = "/".join([*full.parts[-6:-1], ""])
    return folders + stem, len(folders)


def _epoch(stem: str) -> WallTime | None:
    found = EPOCHS.search(stem)
    if found is None:
        return None
    begin, end = int(found[1]), int(found[2])
    time = datetime.fromtimestamp(begin, UTC)
    return WallTime(time) if is_plausible(time) and 0 <= end - begin <= _LONGEST_CLIP_S else None


def _search(path: Path, text: str, name_at: int) -> WallTime | None:
    """Find the first date and time in a text, among those that reach into the file's name.

    A second date and time is the end of the clip.

    Args:
        path: path of the clip, for error messages.
        text: name of the file, or the end of its path.
        name_at: index in the text at which the file's name begins.
    """
    found = [
        wall for match in _DATE_TIME.finditer(text) if match.end() > name_at for wall in _walls(path, match)
    ]
    if not found:
        return None
    first = found[0]
    for later in found[1:]:
        if later.time.replace(tzinfo=None) < first.time.replace(tzinfo=None):
            raise InputError(f"{path}: its name holds {first.time} and then {later.time}, earlier; {REMEDY}")
    return first


def _walls(path: Path, match: re.Match[str]) -> Iterator[WallTime]:
    """Yield the time that a match stands for; nothing if it is no valid time."""
    date, clock = match["date"], match["time"]
    if match["packed"]:
        date, clock = match["packed"][:8], match["packed"][8:]
    times = sorted(set(_times(date, clock, match["half"])))
    if len(times) > 1:
        raise InputError(
            f"{path}: {match['date']} may be {day_in_words(times[0])} or {day_in_words(times[1])}; {REMEDY}"
        )
    for time in times:
        digits = re.sub(r"\D", "", match["fraction"] or "")
        time += timedelta(microseconds=int(digits.ljust(6, "0")))
        yield _zoned(path, time, match["zone"], iso=match["between"] == "T")


def _times(date: str, clock: str, half: str | None) -> Iterator[datetime]:
    """Yield every time that a date and a time of day can be read as."""
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
    """Return three numbers; `digits` says how many digits each has where nothing separates them."""
    parts = re.findall(r"\d+", text)
    if len(parts) == 1:
        at, parts = 0, []
        for count in digits:
            parts.append(text[at : at + count])
            at += count
    return [int(part) for part in parts] + [0] * (3 - len(parts))


def _zoned(path: Path, time: datetime, zone: str | None, *, iso: bool) -> WallTime:
    """Attach the time zone that follows a time; letters that name no zone are part of the file's name.

    Args:
        path: path of the clip, for error messages.
        time: local time.
        zone: text that follows the time; None where none does.
        iso: whether date and time are written as in ISO 8601, where a minus begins an offset.

    Raises:
        InputError: the text that follows may be an offset, or something else.
    """
    if zone is None:
        return WallTime(time)
    if re.fullmatch(r"-\d{4}", zone) and not iso:
        raise InputError(f"{path}: {zone} in its name may be an offset from UTC or not; {REMEDY}")
    if zone in _AMBIGUOUS:
        return WallTime(time, zone)
    offset = _ABBREVIATIONS.get(zone) or (re.sub("^(UTC|GMT)", "", zone) if not zone.isalpha() else None)
    try:
        return WallTime(time if offset is None else time.replace(tzinfo=offset_zone(offset)))
    except ValueError:
        return WallTime(time)  # a number after a plus, but no offset that a day has


def _utc(path: Path, wall: WallTime, zone: ZoneInfo) -> datetime:
    """Convert the time in a clip's name to UTC.

    Raises:
        InputError: the camera's time zone has no such time, or has it twice.
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
        raise InputError(f"{said} does not exist in {zone.key} (daylight saving); {REMEDY}")
    which = " or ".join(f"--start {time.astimezone(zone).isoformat()}" for time in fitting)
    raise InputError(f"{said} happens twice in {zone.key} (daylight saving); say which one with {which}")


def _fits(time: datetime, label: str, zone: ZoneInfo) -> bool:
    """Whether a zone's clocks show, at that time, the abbreviation in the clip's name."""
    local = time.astimezone(zone)
    if label != DST_CLOCK:
        return local.tzname() == label
    # By offset, not by the zone's own flag for daylight saving: Europe/Dublin sets it in winter.
    offsets = [datetime(local.year, month, 1, tzinfo=zone).utcoffset() for month in (1, 7)]
    return local.utcoffset() != min(offset for offset in offsets if offset is not None)
