"""Weekly schedules: which moments are inside opening hours, by the clock on the wall.

A schedule is a list of entries such as

    mon-sat 09:00-21:00      on these days, from the first time until before the second
    sat,sun 10:00-18:00      days are listed with commas, ranges with a hyphen
    fri 22:00-02:00          over midnight: until 02:00 on Saturday
    09:00-18:00              every day
    mon-fri                  all day

Days may be written out, and whole hours without their minutes: `Saturday 9-12`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Self
from zoneinfo import ZoneInfo

import numpy as np

from heatcli.clock import offset_us, same_offset
from heatcli.errors import UsageError
from heatcli.intervals import Intervals

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_SECOND_US = 1_000_000
_MINUTE_US = 60 * _SECOND_US
_DAY_US = 24 * 60 * _MINUTE_US
_WEEK_US = 7 * _DAY_US
# The first day of 1970 was a Thursday: a Monday was three days before.
_MONDAY_US = -3 * _DAY_US

_ENTRY = re.compile(r"(?P<days>[a-z][a-z,-]*)?\s*(?P<hours>[\d:]+-[\d:]+)?")
_TIME = re.compile(r"(\d{1,2})(?::(\d\d))?")


@dataclass(frozen=True, slots=True)
class Schedule:
    """A set of moments that repeats every week, by local time.

    Attributes:
        week: moments within a week, µs of wall time since Monday 00:00.
    """

    week: Intervals

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Self:
        """Read the entries of a schedule. It has the moments of all entries, and none without entries.

        Raises:
            UsageError: entry that cannot be read.
        """
        return cls(_week(tuple(entries)))

    def intervals(self, first_us: int, last_us: int, zone: ZoneInfo) -> Intervals:
        """Return the moments of [first, last) that are in the schedule.

        The clock on the wall decides. Where clocks go back, it shows one hour twice, and both times count;
        where they go forward, the missing hour adds nothing.

        Args:
            first_us: first moment, UTC µs.
            last_us: end of the last moment, UTC µs, not before `first_us`; both within the years that
                `datetime` knows.
            zone: time zone of the clock.
        """
        pieces = [np.zeros((0, 2), np.int64)]
        for begin, end in same_offset(first_us, last_us, zone):
            offset = offset_us(begin, zone)
            weeks = np.arange(
                (begin + offset - _MONDAY_US) // _WEEK_US, (end + offset - _MONDAY_US) // _WEEK_US + 1
            )
            starts = weeks * _WEEK_US + _MONDAY_US - offset
            pairs = starts[:, np.newaxis, np.newaxis] + self.week.bounds
            pieces.append(np.clip(pairs.reshape(-1, 2), begin, end))
        return Intervals.of(np.concatenate(pieces))


@cache
def _week(entries: tuple[str, ...]) -> Intervals:
    """Return the moments of entries within a week; many cameras have the same ones."""
    # What goes on after Sunday's midnight belongs to the beginning of the week.
    straight = Intervals.of([pair for entry in entries for pair in _pairs(entry)])
    wrapped = straight.union(straight.shift(-_WEEK_US))
    return wrapped.intersection(Intervals.of([[0, _WEEK_US]]))


def _pairs(entry: str) -> Iterator[tuple[int, int]]:
    """Yield begin and end for each day of an entry, µs since Monday 00:00; an end may be in the next week."""
    # A dash of any length, with or without spaces around it, is the same.
    said = re.sub(r"\s*([-,])\s*", r"\1", re.sub("[–—]", "-", entry.strip().lower()))
    found = _ENTRY.fullmatch(said)
    if found is None or not found[0]:
        raise _mistake(entry, "it must be days, hours or both")
    begin, end = (0, _DAY_US) if found["hours"] is None else _hours(entry, found["hours"])
    for day in range(7) if found["days"] is None else _days(entry, found["days"]):
        yield day * _DAY_US + begin, day * _DAY_US + end


def _days(entry: str, text: str) -> set[int]:
    """Return the weekdays of a list such as `mon-wed,sat`, Monday being 0; a range may go over Sunday."""
    days: set[int] = set()
    for part in text.split(","):
        ends = [_day(entry, name) for name in part.split("-")]
        if len(ends) > 2:
            raise _mistake(entry, f"{part!r} is not a range of two days")
        days.update((ends[0] + i) % 7 for i in range((ends[-1] - ends[0]) % 7 + 1))
    return days


def _day(entry: str, name: str) -> int:
    """Return the number of a weekday, of whose name three letters or more are given, Monday being 0."""
    for number, full in enumerate(_FULL_NAMES):
        if len(name) >= 3 and f"{full}s".startswith(name):
            return number
    raise _mistake(entry, f"{name!r} is not a day; days are {', '.join(WEEKDAYS)}")


def _hours(entry: str, text: str) -> tuple[int, int]:
    """Return begin and end, µs since midnight; an end that is not after the begin is on the next day."""
    begin, end = (_time_us(entry, time) for time in text.split("-"))
    if begin == end:
        raise _mistake(entry, "its two times are the same; all day is 00:00-24:00")
    if begin == _DAY_US:
        raise _mistake(entry, "24:00 can only be the end; a day begins at 00:00")
    return begin, end if begin < end else end + _DAY_US


def _time_us(entry: str, text: str) -> int:
    found = _TIME.fullmatch(text)
    minutes = int(found[1]) * 60 + int(found[2] or 0) if found else -1
    if found is None or int(found[2] or 0) > 59 or minutes > 24 * 60:
        raise _mistake(entry, f"{text!r} is not a time of day")
    return minutes * _MINUTE_US


def _mistake(entry: str, what: str) -> UsageError:
    return UsageError(f"{entry!r}: {what}; write days and hours as mon-sat 09:00-21:00")
