"""Waypoints: where trajectories were every half second, so that clips can be compared without all rows."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

WAYPOINT_US = 500_000
"""Time in µs from one waypoint to the next, where frames are not further apart: on the line between two of
them a walker is within a few hundredths of a body height."""
_SURE_US = 2_000_000
# Share of the height by which somebody may move between waypoints that are further apart than that.
_STAYED = 0.25

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Times = NDArray[np.int64]


def waypoint_rows(time_us: Times) -> Indices:
    """Return which rows of one trajectory become waypoints: the first of each half second, and the last.

    Args:
        time_us: (n,) times of the rows in µs, increasing, n > 0.
    """
    slot = (time_us - time_us[0]) // WAYPOINT_US
    return np.union1d(np.flatnonzero(np.diff(slot, prepend=-1)), len(time_us) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Waypoints:
    """The waypoints of n trajectories, one trajectory after the other.

    Attributes:
        first_us: (n,) time of the first row of each trajectory, UTC µs.
        last_us: (n,) time of the last row of each trajectory, UTC µs.
        since_us: (m,) time of each waypoint in µs since the first row of its trajectory.
        place: (m, 3) foot point x, y and height of the box, in pixels.
        ends: (n,) number of waypoints of each trajectory and of all before it.
    """

    first_us: Times
    last_us: Times
    since_us: Times
    place: Floats
    ends: Indices

    @classmethod
    def of(cls, known: pl.DataFrame) -> Self:
        """Collect them from trajectories with `first_us`, `last_us` and `waypoints`, which may be null."""
        points = known["waypoints"]
        flat = points.explode(empty_as_null=False, keep_nulls=False).struct.unnest()
        return cls(
            known["first_us"].to_numpy(),
            known["last_us"].to_numpy(),
            flat["us"].to_numpy().astype(np.int64),
            flat.select("x", "y", "height_px").to_numpy().astype(np.float64),
            np.cumsum(points.list.len().fill_null(0).to_numpy().astype(np.intp)),
        )

    def at(self, row: Indices, time_us: Times) -> Floats:
        """Return where trajectories were at some times.

        Args:
            row: (k,) trajectories.
            time_us: (k,) times, UTC µs.

        Returns:
            (k, 3) foot point x, y and height of the box in pixels; NaN before the first and after the last
            row, where a trajectory has no waypoints, and where they are too far apart to tell.
        """
        place = np.full((len(row), 3), np.nan)
        if not len(self.since_us):
            return place
        # All trajectories on one line, with a gap between them: one look-up instead of one for each.
        length = self.last_us - self.first_us + 1
        shift = np.cumsum(length + 1) - length
        count = np.diff(self.ends, prepend=0)
        line = self.since_us + np.repeat(shift, count)
        since = time_us - self.first_us[row]
        inside = (since >= 0) & (since < length[row]) & (count[row] > 0)
        row, since = row[inside], since[inside]
        before = np.searchsorted(line, since + shift[row], side="right") - 1
        after = np.minimum(before + 1, self.ends[row] - 1)
        step = self.since_us[after] - self.since_us[before]
        share = (since - self.since_us[before]) / np.maximum(step, 1)
        here = self.place[before] + share[:, None] * (self.place[after] - self.place[before])
        moved = np.hypot(*(self.place[after] - self.place[before])[:, :2].T)
        here[(step > _SURE_US) & (moved > _STAYED * here[:, 2])] = np.nan
        place[inside] = here
        return place
