"""The steps that people take: from each of their points to the next, also from batch to batch."""

from dataclasses import dataclass

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


class Stepper:
    """Finds the steps in batches of rows that follow each other in time."""

    def __init__(self) -> None:
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

        goes_on = person[1:] == person[:-1]
        step = np.flatnonzero(goes_on & (np.diff(time_us) <= LONGEST_STEP_US))
        last = np.append(~goes_on, True) & (time_us >= rows.time_us[-1] - LONGEST_STEP_US)
        self._person, self._time_us, self._position = person[last], time_us[last], position[last]
        return Steps(person[step], position[step], position[step + 1], time_us[step], time_us[step + 1])
