"""Days, weeks, months and years of the calendar, which reports are made of, on the camera's own clock."""

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
    """A day, a week from Monday to Sunday, a month or a year of the calendar.

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
        return self.around(self.kind, self.first - timedelta(1))

    @property
    def by(self) -> By:
        """Buckets that a report of the period is divided into."""
        return _BUCKETS[self.kind]

    @property
    def label(self) -> str:
        """Short name that sorts in order of time: `2026-03-14`, `2026-W11`, `2026-03` or `2026`."""
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
        """Title: `Saturday, 14 March 2026`, `Week 11, 9 to 15 March 2026`, `March 2026` or `2026`."""
        first, last = self.first, self.last
        match self.kind:
            case PeriodKind.DAILY:
                return f"{first:%A}, {_day(first)}"
            case PeriodKind.WEEKLY:
                begin = _day(first)
                if first.year == last.year:
                    begin = begin.removesuffix(f" {first:%Y}")
                if first.month == last.month:
                    begin = f"{first.day}"
                return f"Week {first:%-V}, {begin} to {_day(last)}"
            case PeriodKind.MONTHLY:
                return f"{first:%B %Y}"
            case PeriodKind.ANNUAL:
                return f"{first:%Y}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
