"""The steps that people take: from each of their points to the next, also from batch to batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.select.rows import Rows

# Longest step in µs: two points of a person further apart in time say nothing of the way between them.
LONGEST_STEP_US = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Straight lines between two consecutive points of one person, by person and in order of time.

    Attributes:
        person: (n,) int64 number of the person, as in `Rows`.
        start: (n, 2) float64 position at which the step begins.
        stop: (n, 2) float64 position at which the step ends.
        start_us: (n,) int64 time at which the step begins, UTC µs.
        stop_us: (n,) int64 time at which the step ends, UTC µs, at most a second later.
    """

    person: NDArray[np.int64]
    start: NDArray[np.float64]
    stop: NDArray[np.float64]
    start_us: NDArray[np.int64]
    stop_us: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """The first and last points of persons in stretches of time: steps may go on from one to the next.

    Attributes:
        person: (n,) int64 number of the person, as in `Rows`.
        time_us: (n,) int64 time of the point, UTC µs.
        position: (n, 2) float64 position.
        part: (n,) int64 time of the first row of the stretch that the point is in, UTC µs.
    """

    person: NDArray[np.int64]
    time_us: NDArray[np.int64]
    position: NDArray[np.float64]
    part: NDArray[np.int64]

    @classmethod
    def joined(cls, ends: Sequence[Self]) -> Self:
        """Put the ends of several stretches together, at least one."""
        return cls(*(np.concatenate([getattr(one, name) for one in ends]) for name in cls.__slots__))

    def steps(self) -> Steps:
        """Return the steps from one stretch to the next."""
        order = np.lexsort((self.time_us, self.person))
        person, time_us, position, part = (getattr(self, name)[order] for name in self.__slots__)
        step = np.flatnonzero(
            (person[1:] == person[:-1]) & (part[1:] != part[:-1]) & (np.diff(time_us) <= LONGEST_STEP_US)
        )
        return Steps(person[step], position[step], position[step + 1], time_us[step], time_us[step + 1])


class Stepper:
    """Finds the steps in batches of rows that follow each other in time."""

    def __init__(self) -> None:
        self._begin_us: int | None = None
        # The first point of each person who may have taken a step before the first row.
        self._first: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
        # The last point of each person who may still take a step.
        self._person = np.zeros(0, dtype=np.int64)
        self._time_us = np.zeros(0, dtype=np.int64)
        self._position = np.zeros((0, 2))

    def add(self, rows: Rows, positions: NDArray[np.float64]) -> Steps:
        """Take a batch, and return the steps that end in it.

        Args:
            rows: next batch of rows, not empty.
            positions: (n, 2) positions of these rows, in any unit.
        """
        person = np.concatenate([self._person, rows.person])
        order = np.argsort(person, kind="stable")
        person = person[order]
        time_us = np.concatenate([self._time_us, rows.time_us])[order]
        position = np.concatenate([self._position, positions])[order]

        if self._begin_us is None:
            self._begin_us = int(rows.time_us[0])
        early = rows.time_us <= self._begin_us + LONGEST_STEP_US
        if early.any():
            self._first.append((rows.person[early], rows.time_us[early], positions[early]))

        goes_on = person[1:] == person[:-1]
        step = np.flatnonzero(goes_on & (np.diff(time_us) <= LONGEST_STEP_US))
        last = np.append(~goes_on, True) & (time_us >= rows.time_us[-1] - LONGEST_STEP_US)
        self._person, self._time_us, self._position = person[last], time_us[last], position[last]
        return Steps(person[step], position[step], position[step + 1], time_us[step], time_us[step + 1])

    def ends(self) -> Ends:
        """Return the points at both ends of the rows so far."""
        nobody = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 2))
        person, time_us, position = map(np.concatenate, zip(nobody, *self._first, strict=True))
        person, first = np.unique(person, return_index=True)
        both = np.append(person, self._person)
        return Ends(
            both,
            np.append(time_us[first], self._time_us),
            np.concatenate([position[first], self._position]),
            np.full(len(both), self._begin_us or 0, np.int64),
        )
