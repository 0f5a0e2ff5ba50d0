"""What changes the number of people in a room, step by step, and how far each step may put counting off."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.intervals import Intervals

# Most people that are taken to have been missed before one that was counted.
_MOST_MISSED = 8
# Probability that a crossing was none: somebody who turned around, or a fragment of a track.
_NONE = 1e-3
# Time in which a door was not watched is cut into pieces of this length, so that doubt grows step by step.
_PIECE_US = 60_000_000
# How many standard deviations of those who passed unseen a step reaches.
_REACH = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class SeenInside:
    """How many people cameras inside a room show at once.

    Attributes:
        time_us: (n,) int64 times at which this changes, UTC µs, ascending.
        people: (n,) int64 number of people from each time to the next.
        watched: time in which the cameras recorded, UTC µs.
    """

    time_us: NDArray[np.int64]
    people: NDArray[np.int64]
    watched: Intervals


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """All that changes what is known of a room, in order of time.

    Attributes:
        time_us: (n,) int64 time of each step, UTC µs.
        door: (n,) int64 index of the door that it happened at; 0 for a look into the room.
        change: (n,) int64 1 for who came in, -1 for who left, else 0.
        unseen: (n,) float64 expected number of people who passed each way in a piece of time in which the
            door was not watched; 0 for other steps.
        look: (n,) int64 number of people whom a look into the room shows; -1 for other steps.
    """

    time_us: NDArray[np.int64]
    door: NDArray[np.int64]
    change: NDArray[np.int64]
    unseen: NDArray[np.float64]
    look: NDArray[np.int64]

    @classmethod
    def sorted(cls, parts: Sequence[Self]) -> Self:
        """Put steps in order of time."""
        joined = [np.concatenate([getattr(part, name) for part in parts]) for name in cls.__slots__]
        order = np.argsort(joined[0], kind="stable")
        return cls(*(values[order] for values in joined))

    def between(self, begin_us: int, end_us: int) -> Self:
        """Return the steps in [begin_us, end_us)."""
        first, last = np.searchsorted(self.time_us, [begin_us, end_us])
        return type(self)(*(getattr(self, name)[first:last] for name in self.__slots__))

    def with_looks(self, times_us: NDArray[np.int64], people: NDArray[np.int64]) -> Self:
        """Add looks into the room, of which each shows so many people."""
        none = np.zeros(len(times_us), np.int64)
        return self.sorted([self, type(self)(times_us, none, none, np.zeros(len(none)), people)])


def steps_of(
    doors: Sequence[tuple[NDArray[np.int64], NDArray[np.bool_], Intervals]], begin_us: int, end_us: int
) -> Steps:
    """Put the crossings of doors, and the time in which a door was not watched, in order.

    Args:
        doors: of each door the times of its crossings, whether each was inward, and when it was watched.
        begin_us: start of the time to tell of, UTC µs.
        end_us: end of that time.
    """
    whole = Intervals.of([[begin_us, end_us]])
    parts = []
    for number, (time_us, inward, watched) in enumerate(doors):
        here = (begin_us <= time_us) & (time_us < end_us)
        watched_us = watched.intersection(whole).total_us
        rate = here.sum() / 2 / watched_us if watched_us else 0.0
        pieces = [
            np.linspace(first, last, 2 + (last - first) // _PIECE_US).astype(np.int64)
            for first, last in whole.difference(watched).bounds.tolist()
        ]
        begins = np.concatenate([np.zeros(0, np.int64), *(cuts[:-1] for cuts in pieces)])
        lengths = np.concatenate([np.zeros(0, np.int64), *(np.diff(cuts) for cuts in pieces)])
        times = np.append(time_us[here], begins)
        parts.append(
            Steps(
                times,
                np.full(len(times), number, np.int64),
                np.append(np.where(inward[here], 1, -1), np.zeros(len(begins), np.int64)),
                np.append(np.zeros(here.sum()), rate * lengths),
                np.full(len(times), -1, np.int64),
            )
        )
    return Steps.sorted(parts)


def looks_into(
    seen: SeenInside, begin_us: int, end_us: int, *, every_us: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return when to look into the room, and how many people are seen then.

    Args:
        seen: people whom cameras show.
        begin_us: start of the time to tell of, UTC µs.
        end_us: end of that time.
        every_us: time between two looks.
    """
    times = np.arange(begin_us + every_us / 2, end_us, max(every_us, 1e6)).astype(np.int64)
    times = times[seen.watched.contains(times)]
    return times, np.append(0, seen.people)[np.searchsorted(seen.time_us, times, side="right")]


Kernel = tuple[int, NDArray[np.float64]]
"""The least change of how far counting is off, and the probabilities of this change and those after it."""


def kernel(change: int, missed: float, unseen: float, reach: int) -> Kernel:
    """Return how far a step may put counting off.

    Args:
        change: 1 for who came in, -1 for who left, 0 for any other step.
        missed: share of the crossings that the door misses.
        unseen: expected number of people who passed each way unseen, where `change` is 0.
        reach: largest change that matters.
    """
    if change:
        geometric = missed ** np.arange(_MOST_MISSED + 1)
        off = np.append(_NONE, (1 - _NONE) * geometric / geometric.sum())
        return (-1, off) if change > 0 else (-_MOST_MISSED, off[::-1])
    if not unseen:
        return 0, np.ones(1)
    from scipy.stats import skellam

    widest = min(reach, int(np.ceil(_REACH * np.sqrt(2 * unseen))) + 1)
    return -widest, np.asarray(skellam.pmf(np.arange(-widest, widest + 1), unseen, unseen), np.float64)


def moved(state: NDArray[np.float64], step: Kernel, *, back: bool = False) -> NDArray[np.float64]:
    """Return the (states,) probabilities after a step, or backwards those before it."""
    least, probability = step
    if back:
        least, probability = 1 - least - len(probability), probability[::-1]
    wide = np.convolve(state, probability)
    return np.pad(wide, (max(least, 0), max(-least, 0)))[max(-least, 0) :][: len(state)]
