"""When in the week it is busy: people in the frame, by weekday and hour of the day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.clock import local_time
from heatcli.intervals import Intervals, cut
from heatcli.names import By
from heatcli.select.counted_parts import counted_parts
from heatcli.select.rows import Rows
from heatcli.zones.buckets import buckets_of
from heatcli.zones.tally import sum_by

_DAYS, _HOURS = 7, 24


@dataclass(frozen=True, slots=True, eq=False)
class WeekHours:
    """The hours of the week, by the clock on the camera's wall.

    Attributes:
        present_us: (7, 24) int64 time of all persons in the frame; from Monday, from midnight.
        covered_us: (7, 24) int64 how much was watched.
    """

    present_us: NDArray[np.int64]
    covered_us: NDArray[np.int64]

    @property
    def avg_occupancy(self) -> NDArray[np.float64]:
        """(7, 24) float64 persons in the frame at a time, on average; NaN where nothing was watched."""
        watched = self.covered_us > 0
        return np.where(watched, self.present_us / np.maximum(self.covered_us, 1), np.nan)


def week_hours(
    batches: Iterable[Rows], *, own: Sequence[Intervals], covered: Intervals, zone: ZoneInfo
) -> WeekHours:
    """Sum up presence by weekday and hour. An hour that the clock shows twice counts with its namesake.

    Args:
        batches: selected rows of one camera, as `read_rows` yields them.
        own: for each clip the time that it alone counts for, UTC µs: `SelectedCamera.own`.
        covered: all of it together.
        zone: of the camera.
    """
    hours = buckets_of(By.HOUR, covered=covered, zone=zone)
    bounds = hours.bounds_us
    begins = [local_time(us, zone) for us in bounds[:, 0].tolist()]
    of_week = np.array([begin.weekday() * _HOURS + begin.hour for begin in begins], np.int64)
    present = np.zeros(len(bounds), np.int64)
    for rows in batches:
        _, begin, end = counted_parts(rows, own)
        _, hour, begin, end = cut(begin, end, bounds)
        present += sum_by(hour, end - begin, len(bounds))
    watched = covered.overlap_us(bounds[:, 0], bounds[:, 1] - bounds[:, 0])
    week = (sum_by(of_week, time_us, _DAYS * _HOURS).reshape(_DAYS, _HOURS) for time_us in (present, watched))
    return WeekHours(*week)
