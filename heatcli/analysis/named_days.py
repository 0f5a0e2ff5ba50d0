"""A day, without a time of day, in a clip's path: too little to go by, enough to doubt the file's time."""

import re
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from heatcli.analysis.clip_start import ClipStart
from heatcli.analysis.file_times import REMEDY
from heatcli.clock import day_in_words
from heatcli.errors import InputError

_DATE = re.compile(
    r"""(?<!\d)(?: (20\d\d)(\d\d)(\d\d)
                 | (20\d\d)([-._/\ ])(\d\d?)\5(\d\d?)
                 | (\d\d?)([-._/\ ])(\d\d?)\9(20\d\d) )(?!\d)""",
    re.VERBOSE,
)
_TOLD = {"container": "creation time", "mtime": "modification time"}


def check_day(path: Path, start: ClipStart, zone: ZoneInfo) -> None:
    """Refuse a start that a file gives if the clip's path has another day.

    Args:
        path: path of the clip, without a time of day.
        start: start by the creation time in the file, or by its modification time.
        zone: time zone of the camera.

    Raises:
        InputError: the path has another day.
    """
    *folders, name = path.absolute().parts[-6:]
    is_guess = start.source == "mtime"
    days = _days(name) or (_days("/".join(folders)) if is_guess else set())
    day = start.time.astimezone(zone).date()
    # Many cameras write their local time where UTC belongs.
    near = timedelta(days=0 if is_guess else 1)
    if days and all(abs(day - named) > near for named in days):
        said = " or ".join(map(day_in_words, sorted(days)))
        raise InputError(
            f"{path}: its name says {said} without a time of day, but its {_TOLD[start.source]} is of "
            f"{day_in_words(day)}; {REMEDY}"
        )


def _days(text: str) -> set[date]:
    """Return the days that the first date in a text may mean; none where there is no date."""
    for match in _DATE.finditer(text):
        first, second, third = (int(part) for part in match.groups() if part is not None and part.isdigit())
        orders = [(first, second, third)] if first > 99 else [(third, second, first), (third, first, second)]
        days = set()
        for order in orders:
            with suppress(ValueError):
                days.add(date(*order))
        if days:
            return days
    return set()
