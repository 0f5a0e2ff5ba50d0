"""When in the week it is busy: people in the frame, by weekday and hour of the day."""

from copy import copy
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.clock import local_time
from heatcli.intervals import cut
from heatcli.names import By
from heatcli.select.counted_parts import counted_parts
from heatcli.select.mergeable import State
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.zones.buckets import buckets_of
from heatcli.zones.tally import sum_by

_DAYS, _HOURS = 7, 24


@dataclass(frozen=True, slots=True, eq=False)
class WeekHours:
    """The hours of the week, by the clock on the camera's wall.

    Attributes:
        present_us: (7, 24) int64 time of all persons in the frame, in µs; from Monday, from midnight.
        covered_us: (7, 24) int64 covered time in µs; from Monday, from midnight.
    """

    present_us: NDArray[np.int64]
    covered_us: NDArray[np.int64]

    @property
    def avg_occupancy(self) -> NDArray[np.float64]:
        """(7, 24) float64 average number of persons in the frame; NaN where nothing was watched."""
        watched = self.covered_us > 0
        return np.where(watched, self.present_us / np.maximum(self.covered_us, 1), np.nan)


class WeekPresence:
    """Presence by weekday and hour, from the rows of one camera (an aggregator).

    An hour that the clock shows twice is added to the hour of the same name.

    Args:
        camera: camera and what is selected of it.
    """

    def __init__(self, camera: SelectedCamera) -> None:
        self._camera = camera
        zone = ZoneInfo(camera.timezone)
        self._bounds = buckets_of(By.HOUR, covered=camera.covered, zone=zone).bounds_us
        begins = [local_time(us, zone) for us in self._bounds[:, 0].tolist()]
        self._of_week = np.array([begin.weekday() * _HOURS + begin.hour for begin in begins], np.int64)
        self._present_us = np.zeros(len(self._bounds), np.int64)

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        _, begin, end = counted_parts(rows, self._camera.owned_time)
        _, hour, begin, end = cut(begin, end, self._bounds)
        self._present_us += sum_by(hour, end - begin, len(self._bounds))

    @property
    def key(self) -> str:
        """Text that decides what is kept of a stretch of time."""
        return f"presence by hour {self._camera.timezone}"

    def part(self) -> "WeekPresence":
        """Return what sums up the rows of a stretch of time alone."""
        part = copy(self)
        part._present_us = np.zeros_like(self._present_us)
        return part

    def state(self) -> State:
        """Return the time in each hour."""
        there = np.flatnonzero(self._present_us)
        return {"begin": self._bounds[there, 0], "present": self._present_us[there]}

    def merge(self, state: State) -> None:
        """Take what was kept of a stretch of time."""
        hour = np.searchsorted(self._bounds[:, 0], state["begin"])
        np.add.at(self._present_us, hour, state["present"])

    def result(self) -> WeekHours:
        """Return the hours of the week."""
        begin, end = self._bounds.T
        watched_us = self._camera.covered.overlap_us(begin, end - begin)
        present, covered = (
            sum_by(self._of_week, time_us, _DAYS * _HOURS).reshape(_DAYS, _HOURS)
            for time_us in (self._present_us, watched_us)
        )
        return WeekHours(present, covered)
