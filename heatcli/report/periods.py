"""Days, weeks, months and years, which reports are made of, on the camera's own clock."""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from heatcli.errors import UsageError
from heatcli.names import By, PeriodKind

# The buckets of a report, by the kind of its period.
_BUCKETS = {
    PeriodKind.DAILY: By.HOUR,
    PeriodKind.WEEKLY: By.DAY,
    PeriodKind.MONTHLY: By.DAY,
    PeriodKind.ANNUAL: By.MONTH,
}


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a week from Monday to Sunday, a month or a year of the calendar; or as long from any day on.

    Attributes:
        kind: day, week, month or year.
        first: first day of the period.
        last: last day of the period, included.
    """

    kind: PeriodKind
    first: date
    last: date

    @classmethod
    def around(cls, kind: PeriodKind, day: date) -> Self:
        """Return the period of a kind that contains a day.

        Raises:
            UsageError: the day is in the first or the last year of the calendar.
        """
        if not MINYEAR < day.year < MAXYEAR:
            raise UsageError(f"{day}: nothing was recorded then; correct the year")
        match kind:
            case PeriodKind.DAILY:
                return cls(kind, day, day)
            case PeriodKind.WEEKLY:
                monday = day - timedelta(day.weekday())
                return cls(kind, monday, monday + timedelta(6))
            case PeriodKind.MONTHLY:
                first = day.replace(day=1)
                following = (first + timedelta(31)).replace(day=1)
                return cls(kind, first, following - timedelta(1))
            case PeriodKind.ANNUAL:
                return cls(kind, day.replace(month=1, day=1), day.replace(month=12, day=31))

    @classmethod
    def rolling(cls, kind: PeriodKind, first: date) -> Self:
        """Return the period of a kind that begins with a day: seven days, a month, or a year from it on.

        A month from the 31st on ends with the day before the last one of the next month.

        Raises:
            UsageError: the day is in the first or the last year of the calendar.
        """
        cls.around(kind, first)
        return cls(kind, first, _shifted(kind, first, 1) - timedelta(1))

    @classmethod
    def named(cls, name: str) -> Self | None:
        """Return the period whose report has a folder of that name; None where no report has it."""
        kind, _, label = name.partition("-")
        first, _, _ = label.partition("_")
        if kind not in set(PeriodKind) or not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?|-W\d\d)?", first):
            return None
        try:
            # The first days of a year may be of the last week of the year before, as `fromisoformat` knows.
            day = date.fromisoformat(f"{first}-01-01"[:10] if "W" not in first else first)
            known = cls.around(PeriodKind(kind), day), cls.rolling(PeriodKind(kind), day)
        except (ValueError, UsageError):
            return None
        return next((period for period in known if period.name == name), None)

    @classmethod
    def last_complete(cls, kind: PeriodKind, now: datetime, zones: Iterable[ZoneInfo]) -> Self:
        """Return the newest period of a kind that has ended in all time zones.

        Args:
            kind: day, week, month or year.
            now: present time with its offset.
            zones: time zones of the cameras, at least one.
        """
        today = min(now.astimezone(zone).date() for zone in zones)
        return cls.around(kind, today).previous()

    def previous(self) -> Self:
        """Return the period of the same kind just before this one."""
        before = self.first - timedelta(1)
        if self.is_of_calendar:
            return self.around(self.kind, before)
        return type(self)(self.kind, _shifted(self.kind, self.first, -1), before)

    @property
    def is_of_calendar(self) -> bool:
        """Whether the period is a day, week, month or year of the calendar."""
        return self == self.around(self.kind, self.first)

    @property
    def by(self) -> By:
        """Buckets that a report of the period is divided into."""
        return _BUCKETS[self.kind]

    @property
    def label(self) -> str:
        """Short name that sorts in order of time: `2026-03-14`, `2026-W11`, `2026-03` or `2026`.

        First and last day, `2026-03-12_2026-03-18`, of a period that is not the calendar's.
        """
        if not self.is_of_calendar:
            return f"{self.first}_{self.last}"
        match self.kind:
            case PeriodKind.DAILY:
                return f"{self.first}"
            case PeriodKind.WEEKLY:
                return f"{self.first:%G-W%V}"
            case PeriodKind.MONTHLY:
                return f"{self.first:%Y-%m}"
            case PeriodKind.ANNUAL:
                return f"{self.first:%Y}"

    @property
    def name(self) -> str:
        """Name of the folder of its report, such as `daily-2026-03-14`."""
        return f"{self.kind}-{self.label}"

    @property
    def title(self) -> str:
        """Title: `Saturday, 14 March 2026`, `Week 11, 9 to 15 March 2026`, `March 2026` or `2026`.

        First and last day, `12 to 18 March 2026`, of a period that is not the calendar's.
        """
        first, last = self.first, self.last
        if not self.is_of_calendar:
            return _days(first, last)
        match self.kind:
            case PeriodKind.DAILY:
                return f"{first:%A}, {_day(first)}"
            case PeriodKind.WEEKLY:
                return f"Week {first:%-V}, {_days(first, last)}"
            case PeriodKind.MONTHLY:
                return f"{first:%B %Y}"
            case PeriodKind.ANNUAL:
                return f"{first:%Y}"


def _shifted(kind: PeriodKind, day: date, count: int) -> date:
    """Return the same day some periods of a kind later; the last of its month where that has no such day."""
    match kind:
        case PeriodKind.DAILY:
            return day + timedelta(count)
        case PeriodKind.WEEKLY:
            return day + timedelta(7 * count)
        case PeriodKind.MONTHLY | PeriodKind.ANNUAL:
            months = 12 * day.year + day.month - 1 + count * (1 if kind is PeriodKind.MONTHLY else 12)
            year, month = divmod(months, 12)
            return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _days(first: date, last: date) -> str:
    """Write the days from the first to the last one, without saying a month or year twice."""
    begin = _day(first)
    if first.year == last.year:
        begin = f"{first.day}" if first.month == last.month else begin.removesuffix(f" {first:%Y}")
    return f"{begin} to {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
