"""Interval arithmetic: the one home of union, intersection and cut for covered time.

Times are int64 µs, either UTC since 1970 or media time; a set never mixes the two. All results are exact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """A set of moments as half-open intervals [from, to).

    Attributes:
        bounds: (n, 2) int64 start and end of each interval in µs, sorted, with start < end and a gap between
            one interval and the next, so that equal sets have equal bounds; made read-only.

    Raises:
        ValueError: the bounds are not as described; `Intervals.of` puts any pairs in order.
    """

    bounds: NDArray[np.int64]

    def __post_init__(self) -> None:
        shape, dtype = self.bounds.shape, self.bounds.dtype
        if shape != (len(self.bounds), 2) or dtype != np.int64:
            raise ValueError(f"bounds must be int64 of shape (n, 2), got {dtype} of shape {shape}")
        if not (np.diff(self.bounds.ravel()) > 0).all():
            raise ValueError("bounds must be sorted, not empty, and neither overlap nor touch")
        self.bounds.flags.writeable = False

    @classmethod
    def of(cls, pairs: NDArray[np.int64] | Sequence[Sequence[int]]) -> Self:
        """Collect all moments that are in any of the pairs.

        Args:
            pairs: (n, 2) int64 start <= end in µs, in any order; the pairs may overlap, touch and be empty.

        Returns:
            Union of the pairs.

        Raises:
            ValueError: a pair ends before it begins.
        """
        array = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        if (array[:, 0] > array[:, 1]).any():
            raise ValueError("an interval must not end before it begins")
        array = array[array[:, 0] < array[:, 1]]
        array = array[np.argsort(array[:, 0], kind="stable")]
        starts, reach = array[:, 0], np.maximum.accumulate(array[:, 1])
        opens = np.ones(len(array), dtype=np.bool_)
        opens[1:] = starts[1:] > reach[:-1]
        # The last pair of a group is the one before the next group opens; its reach is the group's end.
        closes = np.roll(opens, -1)
        return cls(np.column_stack([starts[opens], reach[closes]]))

    @classmethod
    def union_of(cls, sets: Iterable[Self]) -> Self:
        """Collect all moments that are in any of the sets; the union of no sets is empty."""
        return cls.of(np.concatenate([np.zeros((0, 2), np.int64), *(one.bounds for one in sets)]))

    @property
    def total_us(self) -> int:
        """Length of the whole set in µs."""
        return int(self._lengths().sum())

    def union(self, other: Self) -> Self:
        """Return the moments in this set, in the other, or in both."""
        return self.of(np.concatenate([self.bounds, other.bounds]))

    def intersection(self, other: Self) -> Self:
        """Return the moments in both sets."""
        pieces = self._pieces(other)
        return self.of(pieces[self.contains(pieces[:, 0]) & other.contains(pieces[:, 0])])

    def difference(self, other: Self) -> Self:
        """Return the moments in this set that are not in the other."""
        pieces = self._pieces(other)
        return self.of(pieces[self.contains(pieces[:, 0]) & ~other.contains(pieces[:, 0])])

    def shift(self, offset_us: int) -> Self:
        """Return the set `offset_us` later."""
        return type(self)(self.bounds + offset_us)

    def contains(self, times_us: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which moments are in the set.

        Args:
            times_us: (n,) int64 moments in µs, in any order.

        Returns:
            (n,) bool, true for moments in the set.
        """
        # Bounds alternate from, to, from, to: a moment is inside after an odd number of them.
        inside: NDArray[np.bool_] = np.searchsorted(self.bounds.ravel(), times_us, side="right") % 2 == 1
        return inside

    def overlap_us(self, starts_us: NDArray[np.int64], lengths_us: NDArray[np.integer]) -> NDArray[np.int64]:
        """Measure how much of each [start, start + length) is in the set.

        Args:
            starts_us: (n,) int64 starts in µs, in any order.
            lengths_us: (n,) integer lengths in µs, not negative.

        Returns:
            (n,) int64 time in the set, in µs.
        """
        starts = np.asarray(starts_us, dtype=np.int64)
        return self._measure_before(starts + lengths_us) - self._measure_before(starts)

    def _lengths(self) -> NDArray[np.int64]:
        return self.bounds[:, 1] - self.bounds[:, 0]

    def _pieces(self, other: Self) -> NDArray[np.int64]:
        """(n, 2): time cut at every bound of both sets; each piece is inside or outside of each of them."""
        cuts = np.unique(np.concatenate([self.bounds.ravel(), other.bounds.ravel()]))
        return np.column_stack([cuts[:-1], cuts[1:]])

    def _measure_before(self, times_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n,) int64: how many µs of the set lie before each moment."""
        if len(self.bounds) == 0:
            return np.zeros(len(times_us), dtype=np.int64)
        complete = np.concatenate([[0], np.cumsum(self._lengths())])
        last = np.searchsorted(self.bounds[:, 0], times_us, side="right") - 1
        begun = np.maximum(last, 0)
        within = np.minimum(times_us, self.bounds[begun, 1]) - self.bounds[begun, 0]
        before: NDArray[np.int64] = complete[begun] + np.maximum(within, 0)
        return before


def cut(
    begin_us: NDArray[np.int64], end_us: NDArray[np.int64], bounds: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """Cut pieces of time at intervals.

    Args:
        begin_us: (n,) start of each piece in µs, ascending.
        end_us: (n,) end of each piece in µs, after its start.
        bounds: (m, 2) start and end of each interval in µs, sorted; intervals do not overlap but may touch.

    Returns:
        Index of the piece, index of the interval, start and end in µs of each part of a piece that is in an
        interval, sorted by start and piece.
    """
    first = np.searchsorted(bounds[:, 1], begin_us, side="right")
    after = np.searchsorted(bounds[:, 0], end_us, side="left")
    parts = after - first
    piece = np.repeat(np.arange(len(begin_us)), parts)
    interval = np.arange(len(piece)) - np.repeat(np.cumsum(parts) - parts - first, parts)
    begin = np.maximum(begin_us[piece], bounds[interval, 0])
    end = np.minimum(end_us[piece], bounds[interval, 1])
    if (parts > 1).any():
        order = np.argsort(begin, kind="stable")
        return piece[order], interval[order], begin[order], end[order]
    return piece, interval, begin, end
