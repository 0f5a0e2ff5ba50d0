"""The selection: the time, the clips and the trajectories that a question is about."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from heatcli.clock import epoch_us, read_time, to_utc
from heatcli.config.schedule import Schedule
from heatcli.config.selection_fields import SelectionFields, read_days
from heatcli.errors import UsageError
from heatcli.intervals import Intervals
from heatcli.names import counted

# Times beyond every calendar, which stand for a side on which the selection has no limit.
_FIRST_US, _LAST_US = -(2**60), 2**60


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection(SelectionFields):
    """A question to the store; `heatcli.config.selection_fields` lists what it may restrict.

    Raises:
        UsageError: the hours, weekdays, size, length of stay or an excluded track are not valid, or the days
            end before they start.
    """

    def __post_init__(self) -> None:
        self._weekly()
        for first, last in self.dates:
            if first > last:
                raise UsageError(f"the selection ends ({last}) before it starts ({first})")
        if self.min_size is not None and not 0 < self.min_size <= 1:
            raise UsageError(f"--min-size {self.min_size:g}: is no part of the frame's height, from 0 to 1")
        least, most = self.min_dwell_s or 0.0, math.inf if self.max_dwell_s is None else self.max_dwell_s
        if not 0 <= least <= most:
            raise UsageError(f"nobody is present for at least {least:g} s and at most {most:g} s")
        if self.roi_labels and len(self.roi_labels) != len(self.drawn_rois):
            raise UsageError(
                f"--roi-labels has {counted(len(self.roi_labels), 'name')}, but --roi gives the corners of "
                f"{counted(len(self.drawn_rois), 'region')}; name each of these"
            )
        for listed in self.exclude:
            if not re.fullmatch(r"[0-9a-f]{16}:-?\d+", listed):
                raise UsageError(f"--exclude {listed}: is no track; write it as c0ffee0123456789:7")

    @property
    def drawn_rois(self) -> tuple[str, ...]:
        """Regions of interest that are given by their corners."""
        return tuple(roi for roi in self._each_roi() if "," in roi)

    @property
    def named_rois(self) -> tuple[str, ...]:
        """Regions of interest that are given by their names in the configuration."""
        return tuple(roi for roi in self._each_roi() if "," not in roi)

    def _each_roi(self) -> Iterator[str]:
        """Yield the regions of interest one by one; a semicolon stands between those given by corners."""
        for roi in self.rois:
            yield from (part.strip() for part in roi.split(";") if part.strip()) if "," in roi else (roi,)

    def _weekly(self) -> Schedule | None:
        """Return the schedule of the selected hours and weekdays; None where neither is given."""
        if not self.hours and self.weekdays is None:
            return None
        return Schedule.parse(f"{self.weekdays or ''} {hours}".strip() for hours in self.hours or ("",))

    def limits(self, timezone: str, opening: Schedule | None = None) -> "Limits":
        """Return the selected time for a camera.

        Args:
            timezone: time zone of the camera.
            opening: opening hours of the camera; None where it has none.

        Raises:
            UsageError: a local time is double or missing because of daylight saving, or the selection ends
                before it starts.
        """
        zone = ZoneInfo(timezone)
        first = _FIRST_US if self.start is None else epoch_us(to_utc(self.start, zone))
        last = _LAST_US if self.end is None else epoch_us(to_utc(self.end, zone))
        if first >= last:
            raise UsageError(f"the selection ends ({self.end}) before it starts ({self.start})")
        period = Intervals.of([[first, last]])
        if self.dates:
            days = [
                [_midnight(begin, zone), _midnight(end + timedelta(1), zone)] for begin, end in self.dates
            ]
            period = period.intersection(Intervals.of(days))
        weekly = tuple(schedule for schedule in (self._weekly(), opening) if schedule is not None)
        return Limits(period, weekly, zone)


@dataclass(frozen=True, slots=True)
class Limits:
    """The time that a selection means at one camera.

    Attributes:
        period: selected intervals of time, UTC µs.
        weekly: schedules that restrict the period; time in the period counts if it is in all of them.
        zone: time zone of the camera.
    """

    period: Intervals
    weekly: tuple[Schedule, ...]
    zone: ZoneInfo

    @property
    def begin_us(self) -> int | None:
        """Beginning of the period, UTC µs; None where the period is open on that side, or empty."""
        first = int(self.period.bounds[:, 0].min(initial=_LAST_US))
        return None if first in (_FIRST_US, _LAST_US) else first

    @property
    def end_us(self) -> int | None:
        """End of the period, UTC µs; None where the period is open on that side, or empty."""
        last = int(self.period.bounds[:, 1].max(initial=_FIRST_US))
        return None if last in (_FIRST_US, _LAST_US) else last

    def within(self, first_us: int, last_us: int) -> Intervals:
        """Return the selected part of [first, last), UTC µs."""
        time = self.period.intersection(Intervals.of([[first_us, last_us]]))
        for schedule in self.weekly:
            time = time.intersection(schedule.intervals(first_us, last_us, self.zone))
        return time


class PeriodOptions(TypedDict, total=False):
    """The fields of a `Selection` that select the time."""

    dates: tuple[tuple[date, date], ...]
    start: datetime
    end: datetime


def read_period(text: str) -> PeriodOptions:
    """Read a period: days as `read_days` reads them, or two times with the end excluded.

    Raises:
        UsageError: the text is neither days nor two times.
    """
    first, several, last = text.partition("..")
    if several and ("T" in text or " " in text):
        return {"start": read_time(first), "end": read_time(last)}
    return {"dates": (read_days(text),)}


def _midnight(day: date, zone: ZoneInfo) -> int:
    """Return the beginning of a day, UTC µs; where the clocks skip midnight, the moment when they do."""
    return epoch_us(datetime(day.year, day.month, day.day, tzinfo=zone))
