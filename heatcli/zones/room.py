"""How many people are in a room, from who was counted at its doors.

A door misses some of those who pass it, so that plain counting drifts: after a day the room is emptier than
empty. The recording is known to its end, the room is known to be empty at some times and never holds fewer
than nobody, and cameras inside show some of those who are there. What was missed is therefore found from both
sides, as the states of a hidden Markov model (Rabiner, "A tutorial on hidden Markov models", 1989).

The state is how far plain counting is off. If each passing is missed with probability m, independently, then
the number that was missed before each one that was counted is geometric, with mean m / (1 - m); they passed
the same door the same way. While a door is not watched, people pass it as often as at other times (Poisson).
Of n people in the room, cameras inside show a binomial number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatcli.intervals import Intervals
from heatcli.zones.room_steps import SeenInside, Steps, kernel, looks_into, moved, steps_of

# What a door is taken to miss of which nothing is known, and on how many crossings as if that had been seen.
_USUAL_MISSED, _USUAL_CROSSINGS = 0.03, 100
_LEAST_MISSED, _MOST_MISSED = 0.001, 0.4
# How many standard deviations of what was missed the states reach beyond what must have been.
_REACH = 6.0
# Probability that cameras inside show anything else than they should: somebody twice, or nobody.
_WRONG = 1e-3
# How many looks are taken into a room in the time for which people stay.
_LOOKS = 4
# Ends of the band: 95 % of what may be lies between.
_LOW, _HIGH = 0.025, 0.975


@dataclass(frozen=True, slots=True, eq=False)
class Door:
    """Who was counted at one door of a room.

    Attributes:
        time_us: (n,) int64 time of each crossing, UTC µs, ascending.
        inward: (n,) bool, true for who came in.
        watched: time in which the door was watched, UTC µs.
        missed: share of the crossings that are not counted; None where it is not known.
    """

    time_us: NDArray[np.int64]
    inward: NDArray[np.bool_]
    watched: Intervals
    missed: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Occupancy:
    """How many people were in a room, in pieces of time that follow each other.

    Attributes:
        begin_us: (k,) int64 start of each piece, UTC µs, ascending.
        end_us: (k,) int64 end of each piece, where the next begins.
        counted: (k,) int64 people by plain counting since the room was last known to be empty.
        people: (k,) float64 expected number of people.
        low: (k,) int64 lower end of the band that holds the number in 95 of 100 cases.
        high: (k,) int64 upper end of that band.
        above: (k,) float64 probability that there are more people than the capacity; NaN where it has none.
        contradicted: whether the crossings cannot be of a room that is empty when it is said to be, however
            many were missed: a door counts the wrong way, or another door is missing. What is known of the
            room behind such a moment is then left aside.
        drift: number of people that plain counting was off each time the room was known to be empty, summed
            without signs; None where that cannot be told.
        missed: (doors,) float64 share of crossings that each door is taken to miss.
        shown: share of those in the room whom cameras inside show; None where they tell nothing.
    """

    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    counted: NDArray[np.int64]
    people: NDArray[np.float64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    above: NDArray[np.float64]
    contradicted: bool
    drift: int | None
    missed: NDArray[np.float64]
    shown: float | None

    @property
    def people_us(self) -> float:
        """Time that all people spent in the room, summed, in µs."""
        return float(self.people @ (self.end_us - self.begin_us))


def occupancy_of(
    doors: Sequence[Door],
    *,
    begin_us: int,
    end_us: int,
    empty_us: Sequence[int],
    seen: SeenInside | None = None,
    capacity: int | None = None,
) -> Occupancy:
    """Estimate how many people were in a room.

    Args:
        doors: doors of the room, all of them; at least one.
        begin_us: start of the time to tell of, UTC µs.
        end_us: end of that time, after its start.
        empty_us: times at which the room was empty, UTC µs, in any order. Where no door was watched at such
            a time, the room was closed, and empty for as long as no door was watched.
        seen: people whom cameras show inside; None where none look there.
        capacity: number of people that the room is for; None where nothing is asked about it.

    Returns:
        Occupancy from `begin_us` to `end_us`.
    """
    closed = _closed([door.watched for door in doors], empty_us, begin_us, end_us)
    steps = steps_of(
        [(door.time_us, door.inward, door.watched.union(closed)) for door in doors], begin_us, end_us
    )
    known = {at for at in [*empty_us, *closed.bounds.ravel().tolist()] if begin_us <= at <= end_us}
    spans = list(pairwise(sorted({begin_us, *known, end_us})))
    drifts = []
    for begin, end in spans:
        change = steps.between(begin, end).change
        if {begin, end} <= known:
            drifts.append((abs(int(change.sum())), int((change != 0).sum())))
    missed = _missed(doors, drifts)
    drift = sum(off for off, _ in drifts) if drifts else None

    def estimate(steps: Steps, shown: float | None) -> Occupancy:
        told = [
            _span(
                steps.between(begin, end),
                (begin, end),
                (begin in known, end in known),
                missed,
                shown,
                capacity,
            )
            for begin, end in spans
        ]
        begins, ends, counted, people, low, high, above, odd = map(np.concatenate, zip(*told, strict=True))
        return Occupancy(
            begin_us=begins,
            end_us=ends,
            counted=counted,
            people=people,
            low=low,
            high=high,
            above=above,
            contradicted=bool(odd.any()),
            drift=drift,
            missed=missed,
            shown=shown,
        )

    found = estimate(steps, None)
    came = int((steps.change > 0).sum())
    if seen is None or not came or not found.people_us:
        return found
    # Little's law: people stay for the time that all spent inside, divided by how many came. Looks within
    # that time show mostly the same people, who stand where they are seen or not, and count as one.
    times, people = looks_into(seen, begin_us, end_us, every_us=found.people_us / came / _LOOKS)
    looked = steps.with_looks(times, people)
    for _ in range(2):  # the share of those who are shown, and how many there are, settle each other
        there = found.people[np.searchsorted(found.begin_us, times, side="right") - 1].sum()
        found = estimate(looked, min(float(people.sum() / there), 0.999) if there else None)
    return found


def _closed(watched: Sequence[Intervals], empty_us: Sequence[int], begin_us: int, end_us: int) -> Intervals:
    """Return the time around empty moments in which no door was watched."""
    whole = Intervals.of([[begin_us, end_us + 1]])
    dark = whole.difference(Intervals.union_of(watched))
    times = np.sort(np.array(empty_us, np.int64))
    holds = np.searchsorted(times, dark.bounds[:, 1]) > np.searchsorted(times, dark.bounds[:, 0])
    return Intervals.of(np.minimum(dark.bounds[holds], end_us))


def _missed(doors: Sequence[Door], drifts: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    """(doors,) share of crossings that each door misses.

    Where a door does not tell, the drifts do: what is missed in one direction and the other differs by as
    much as the square root of all that is missed, so the square of a drift is what was missed, on average.
    """
    crossings = _USUAL_CROSSINGS + sum(count for _, count in drifts)
    usual = (_USUAL_MISSED * _USUAL_CROSSINGS + sum(off**2 for off, _ in drifts)) / crossings
    rates = [usual if door.missed is None else door.missed for door in doors]
    return np.clip(np.array(rates, np.float64), _LEAST_MISSED, _MOST_MISSED)


def _span(
    steps: Steps,
    ends_us: tuple[int, int],
    empty: tuple[bool, bool],
    missed: NDArray[np.float64],
    shown: float | None,
    capacity: int | None,
) -> tuple[NDArray[Any], ...]:
    """Return the arrays of `Occupancy` between two times; `empty` says at which of them nobody is there.

    The last array has one element: whether the crossings contradict that.
    """
    counted = np.append(0, np.cumsum(steps.change))
    begins = np.append(ends_us[0], steps.time_us)
    ends = np.append(steps.time_us, ends_us[1])
    rate = missed[steps.door]
    spread = float(np.where(steps.change != 0, rate / (1 - rate) ** 2, 2 * steps.unseen).sum())
    # At an unknown beginning, the room may hold as many as come and go in all, and a few more.
    unknown = 0 if empty[0] else int(np.ptp(counted)) + 10 + (int(steps.look.max() / shown) if shown else 0)
    must = max(abs(int(counted[-1])), -int(counted.min()))
    reach = must + int(np.ceil(_REACH * np.sqrt(spread))) + unknown + 3
    off = np.arange(-reach, reach + 1)
    kernels = [
        kernel(change, m, unseen, reach)
        for change, m, unseen in zip(steps.change, rate, steps.unseen, strict=True)
    ]
    likely = [
        _likely(off + here, look, shown)
        for here, look in zip(counted, np.append(-1, steps.look), strict=True)
    ]

    # Forwards: what is known from all before.
    before, odd = np.empty((len(counted), len(off))), False
    state = np.where(off == 0 if empty[0] else (off >= 0) & (off <= unknown), 1.0, 0.0)
    for at, chance in enumerate(likely):
        state = chance * (moved(state, kernels[at - 1]) if at else state)
        if not state.sum():
            state, odd = chance, True
        state /= state.sum()
        before[at] = state
    # Backwards: together with what is known from all after.
    people, above = np.empty(len(counted)), np.full(len(counted), np.nan)
    low, high = np.empty(len(counted), np.int64), np.empty(len(counted), np.int64)
    after = np.where(off == -counted[-1], 1.0, 0.0) if empty[1] else np.ones(len(off))
    for at in range(len(counted) - 1, -1, -1):
        both = before[at] * after
        if not both.sum():
            both, after, odd = before[at].copy(), np.ones(len(off)), True
        both /= both.sum()
        inside = off + counted[at]
        people[at] = both @ inside
        low[at], high[at] = inside[np.searchsorted(np.cumsum(both), [_LOW, _HIGH]).clip(0, len(off) - 1)]
        if capacity is not None:
            above[at] = both[inside > capacity].sum()
        if at:
            after = moved(after * likely[at], kernels[at - 1], back=True)
            after /= after.max()
    lasts = ends > begins
    arrays = [values[lasts] for values in (begins, ends, counted, people, low, high, above)]
    return *arrays, np.array([odd])


def _likely(inside: NDArray[np.int64], look: int, shown: float | None) -> NDArray[np.float64]:
    """(states,) likelihood of each number of people inside, given how many a look showed; -1 for no look."""
    possible = np.where(inside >= 0, 1.0, 0.0)
    if look < 0 or shown is None:
        return possible
    from scipy.stats import binom

    seen = binom.pmf(look, np.maximum(inside, 0), shown)
    return possible * (_WRONG + (1 - _WRONG) * seen) ** (1 / _LOOKS)
