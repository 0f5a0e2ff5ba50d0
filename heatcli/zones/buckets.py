"""Hours, days, weeks and months of a period, by the clock on the camera's wall."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.clock import local_time, offset_us, same_offset
from heatcli.errors import UsageError
from heatcli.intervals import Intervals
from heatcli.names import By

_HOUR_US = 3_600_000_000
_DAY_US = 24 * _HOUR_US

# Length of the units that are cut by the wall clock; all others are made of whole days.
_UNIT_US = {By.FIVE_MINUTES: _HOUR_US // 12, By.HOUR: _HOUR_US, By.HOUR_OF_DAY: _HOUR_US}
_RECURRING = (By.HOUR_OF_DAY, By.DAY_OF_WEEK)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# Most pieces of time: two years of five minutes. Nobody reads more, and a period that is wrong by decades
# would fill the memory.
_MOST_PIECES = 250_000


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket of time.

    Attributes:
        label: name of the bucket: `2026-03-14 10:00`, `2026-03-14`, `2026-W11`, `2026-03`, `10:00` or
            `Saturday`. Hours that the wall clock shows twice carry their offset from UTC, as in
            `2026-10-25 02:00+02:00`.
        begin: local time at which the bucket begins, with its offset; None for a bucket that recurs.
        end: local time before which the bucket ends, with its offset; None for a bucket that recurs.
    """

    label: str
    begin: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """A period, divided into buckets.

    Attributes:
        bounds_us: (k, 2) int64 start and end of pieces of time, UTC µs, without a gap between one and the
            next. Neighbours are in different buckets.
        bucket: (k,) int64 index into `buckets` for each piece. A bucket has one piece, or several if it
            recurs.
        buckets: buckets in the order of time; those that recur in the order of the day or the week, without
            those that have no piece in the period.
    """

    bounds_us: NDArray[np.int64]
    bucket: NDArray[np.int64]
    buckets: tuple[Bucket, ...]


def buckets_of(
    by: By, *, covered: Intervals, zone: ZoneInfo, begin_us: int | None = None, end_us: int | None = None
) -> Buckets:
    """Divide a period into buckets.

    Buckets are whole units of the calendar: the first and the last may reach beyond the period, where nothing
    counts and nothing is covered. Days begin at midnight, weeks on Monday, by the local clock: a day is 23 or
    25 hours long where the clocks change. An hour that the clock shows twice makes two buckets of `hour` and
    one bucket of `hour-of-day`; an hour that the clock skips makes none.

    Args:
        by: unit of the buckets.
        covered: time that was watched, UTC µs.
        zone: time zone of the camera.
        begin_us: start of the period, UTC µs; None for the start of `covered`.
        end_us: end of the period, UTC µs; None for the end of `covered`.

    Returns:
        Buckets of the period; none if the period has no ends of its own and nothing was covered.

    Raises:
        UsageError: the period has more buckets than anybody can read.
    """
    ends = covered.bounds.ravel().tolist()
    first = begin_us if begin_us is not None else min(ends, default=None)
    last = end_us if end_us is not None else max(ends, default=None)
    if first is None or last is None or first >= last:
        return Buckets(np.zeros((0, 2), np.int64), np.zeros(0, np.int64), ())
    unit = _UNIT_US.get(by, _DAY_US)
    if (last - first) // unit > _MOST_PIECES:
        raise UsageError(
            f"from {local_time(first, zone):%Y-%m-%d} to {local_time(last, zone):%Y-%m-%d} there are too "
            f"many buckets of {by}; choose a shorter period or longer buckets"
        )
    # Units cut at the ends of the period are made whole: no unit is longer than a month and an hour.
    begins, wall = _units(first - 33 * _DAY_US, last + 33 * _DAY_US, unit, zone)
    key = _keys(by, begins, wall)
    begins, wall = (values[np.append(True, key[1:] != key[:-1])] for values in (begins, wall))
    inside = slice(
        int(np.searchsorted(begins, first, side="right")) - 1, int(np.searchsorted(begins, last)) + 1
    )
    begins, wall = begins[inside], wall[inside][:-1]
    bounds = np.column_stack([begins[:-1], begins[1:]])
    if by in _RECURRING:
        kinds, bucket = np.unique(_keys(by, begins[:-1], wall), return_inverse=True)
        names = [WEEKDAYS[kind] if by is By.DAY_OF_WEEK else f"{kind:02}:00" for kind in kinds.tolist()]
        return Buckets(bounds, bucket.astype(np.int64), tuple(Bucket(name, None, None) for name in names))
    times = [local_time(time, zone) for time in begins.tolist()]
    labels = _labels(by, times[:-1])
    spans = zip(labels, times[:-1], times[1:], strict=True)
    return Buckets(bounds, np.arange(len(bounds)), tuple(Bucket(*span) for span in spans))


def counterparts(buckets: Sequence[Bucket], before: Sequence[Bucket]) -> NDArray[np.int64]:
    """(buckets,) index of the bucket in the period before that each is compared with; -1 if there is none.

    Parts of a day are compared by the clock on the wall, also where a day has 23 or 25 hours: an hour that
    the clock shows twice counts as two different hours. Days and months are compared by their place in the
    period.
    """

    def clock(begin: datetime) -> tuple[int, int, int]:
        return begin.hour, begin.minute, begin.fold

    by_clock = {clock(one.begin): at for at, one in enumerate(before) if one.begin and " " in one.label}
    found = [
        by_clock.get(clock(one.begin), -1) if by_clock and one.begin else at if at < len(before) else -1
        for at, one in enumerate(buckets)
    ]
    return np.array(found, np.int64)


def _units(first: int, last: int, unit: int, zone: ZoneInfo) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find when units of the wall clock begin; one also begins where the clocks change.

    Returns:
        (k,) start of each unit in [first, last) in UTC µs, and (k,) the same in wall time, µs since 1970.
    """
    begins, walls = [], []
    for begin, end in same_offset(first, last, zone):
        offset = offset_us(begin, zone)
        wall = np.arange(-(-(begin + offset) // unit) * unit, end + offset, unit)
        if not len(wall) or wall[0] > begin + offset:
            wall = np.append(begin + offset, wall)
        begins.append(wall - offset)
        walls.append(wall)
    return np.concatenate(begins), np.concatenate(walls)


def _keys(by: By, begins: NDArray[np.int64], wall: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the (k,) key of the unit that each piece is in: neighbours of the same key are one unit."""
    days = wall // _DAY_US
    match by:
        case By.DAY:
            return days
        case By.WEEK:
            return (days + 3) // 7  # the first day of 1970 was a Thursday
        case By.MONTH:
            return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        case By.DAY_OF_WEEK:
            return (days + 3) % 7
        case By.HOUR_OF_DAY:
            return wall % _DAY_US // _HOUR_US
        case By.FIVE_MINUTES | By.HOUR:
            return begins


def _labels(by: By, times: list[datetime]) -> list[str]:
    """Name buckets by the times at which they begin."""
    match by:
        case By.DAY:
            return [f"{time:%Y-%m-%d}" for time in times]
        case By.WEEK:
            return [f"{time:%G-W%V}" for time in times]
        case By.MONTH:
            return [f"{time:%Y-%m}" for time in times]
    plain = [f"{time:%Y-%m-%d %H:%M}" for time in times]
    count = Counter(plain)
    return [
        time.isoformat(" ", "minutes") if count[label] > 1 else label
        for label, time in zip(plain, times, strict=True)
    ]
