"""How long a clip is according to its name: recorders write when it begins and when it ends."""

import re
from datetime import UTC, datetime
from pathlib import Path

from heatcli.analysis.file_times import EPOCHS, named_wall_time
from heatcli.errors import InputError

_DAY_S = 86400
# Two times of day, each with a date before it or not.
_BEGIN_END = re.compile(
    r"""(?<!\d)
    (?: 20\d\d (?P<a>[-._]?) \d\d (?P=a) \d\d [-_T\ ]? )?
    (?P<h1> [01]\d|2[0-3] ) (?P<b>[-.:_]?) (?P<m1> [0-5]\d ) (?P=b) (?P<s1> [0-5]\d|60 )
    [-_\ ]{1,3}
    (?: 20\d\d (?P<c>[-._]?) \d\d (?P=c) \d\d [-_T\ ]? )?
    (?P<h2> [01]\d|2[0-3] ) (?P<d>[-.:_]?) (?P<m2> [0-5]\d ) (?P=d) (?P<s2> [0-5]\d|60 )
    (?!\d)""",
    re.VERBOSE,
)


def named_length_us(path: Path) -> int | None:
    """Return the length in µs from the beginning to the end that a clip's name tells.

    The beginning must be the time that is read as the clip's start; so other numbers are not taken for times.

    Args:
        path: path of the clip.

    Returns:
        Length in µs, less than a day; None if the name does not tell both, or can be read in two ways.
    """
    try:
        wall = named_wall_time(path)
    except InputError:
        return None
    if wall is None:
        return None
    found = EPOCHS.search(path.stem)
    if found is not None and wall.time == datetime.fromtimestamp(int(found[1]), UTC):
        return (int(found[2]) - int(found[1])) * 1_000_000 or None
    start_s = wall.time.hour * 3600 + wall.time.minute * 60 + wall.time.second
    for match in _BEGIN_END.finditer(path.stem):
        begin_s, end_s = (
            int(match[f"h{which}"]) * 3600 + int(match[f"m{which}"]) * 60 + int(match[f"s{which}"])
            for which in (1, 2)
        )
        if begin_s % _DAY_S == start_s:
            return (end_s - begin_s) % _DAY_S * 1_000_000 or None
    return None
