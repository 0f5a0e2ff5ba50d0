"""Where people are at moments that follow each other at a constant rate, in metres on a floor plan.

Methods for density, speed and flow compare positions of the same moments. Frames come when they come: from
several files, at rates of their own, with gaps. So positions are interpolated at the moments of one clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.names import TrackingMode
from heatcli.select.rows import Rows
from heatcli.zones.stays import GAP_US

RATE = 10
"""Moments in a second: people who walk take two steps in a second, and are 0.15 m further on."""

MOMENT_US = 1_000_000 // RATE
"""Time from one moment to the next, in µs."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """A batch of positions. Sorted by (moment, piece).

    Attributes:
        moment: (n,) int64 number of the moment: tenths of a second since 1970, UTC.
        person: (n,) int64 number of the person, as in `Rows`.
        piece: (n,) int64 number of the piece of the person's path, numbered from 0. Within a piece no moment
            is missing.
        xy: (n, 2) float64 position in metres from the upper left corner of the plan.
    """

    moment: NDArray[np.int64]
    person: NDArray[np.int64]
    piece: NDArray[np.int64]
    xy: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.moment)

    def __getitem__(self, part: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        return type(self)(*(getattr(self, field.name)[part] for field in fields(self)))

    @classmethod
    def none(cls) -> Self:
        """Return a batch without positions."""
        whole = np.zeros(0, np.int64)
        return cls(whole, whole, whole, np.zeros((0, 2)))

    @classmethod
    def joined(cls, batches: Sequence[Self]) -> Self:
        """Make one sorted batch of at least one."""
        both = cls(*(np.concatenate([getattr(one, field.name) for one in batches]) for field in fields(cls)))
        return both[np.lexsort((both.piece, both.moment))]


class ConstantRate:
    """Interpolates where people are at each moment, from rows that stand on a plan.

    Between two rows of a person the position is interpolated linearly, if the second begins at most `GAP_US`
    after the first; a longer absence begins a new piece of the path. Nothing is guessed before the first and
    after the last row.

    Args:
        metres_per_pixel: width in metres of a pixel of the plan, the unit of the rows' boxes.
    """

    def __init__(self, metres_per_pixel: float) -> None:
        self._scale, self._pieces = metres_per_pixel, 0
        # The last row of each person, as if it were a position; its moment is a time in µs.
        self._last = Moments.none()
        # Positions at moments that others may still have positions for.
        self._held = Moments.none()

    def add(self, rows: Rows) -> Moments:
        """Take the next batch of rows, and return the positions of all moments that are now complete."""
        points = rows.points(TrackingMode.CENTROID) * self._scale
        unknown = np.full(len(rows), -1)
        known = Moments.joined([self._last, Moments(rows.time_us, rows.person, unknown, points)])
        known = known[np.lexsort((known.moment, known.person))]
        begins = np.append(True, np.diff(known.person) != 0)
        begins[1:] |= np.diff(known.moment) > GAP_US
        # What was held back has the number of its piece already.
        new = begins & (known.piece < 0)
        piece = np.where(begins, known.piece, 0)
        piece[new] = self._pieces + np.arange(new.sum())
        self._pieces += int(new.sum())
        piece = piece[np.maximum.accumulate(np.where(begins, np.arange(len(known)), 0))]
        found = Moments.joined([self._held, _between(known, piece, begins, new)])
        ends = np.append(np.diff(known.person) != 0, True)
        now_us = int(rows.time_us[-1])
        last = Moments(known.moment, known.person, piece, known.xy)[ends]
        self._last = last[last.moment + GAP_US >= now_us]
        complete = found.moment * MOMENT_US < now_us - GAP_US
        self._held = found[~complete]
        return found[complete]

    def rest(self) -> Moments:
        """Return the positions that were held back, once all rows have been taken."""
        return self._held


def _between(
    known: Moments, piece: NDArray[np.int64], begins: NDArray[np.bool_], new: NDArray[np.bool_]
) -> Moments:
    """Interpolate positions at the moments from after one row of a piece to the next.

    Args:
        known: rows by person and time; their moments are times in µs.
        piece: (n,) piece that each row belongs to.
        begins: (n,) bool, true for rows without one before them in their piece.
        new: (n,) bool, true for rows that begin a piece; a moment of such a row itself counts too.
    """
    time = known.moment
    before = np.maximum(np.arange(len(time)) - 1, 0)
    from_us = np.where(begins, time - new, time[before])
    first, last = from_us // MOMENT_US + 1, time // MOMENT_US
    count = np.maximum(last - first + 1, 0)
    row = np.repeat(np.arange(len(time)), count)
    moment = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    length = np.where(begins, 1, time - time[before])[row]
    share = np.where(begins[row], 1.0, (moment * MOMENT_US - from_us[row]) / length)[:, None]
    earlier = known.xy[before[row]]
    xy = np.where(begins[row, None], known.xy[row], earlier + share * (known.xy[row] - earlier))
    return Moments(moment, known.person[row], piece[row], xy)
