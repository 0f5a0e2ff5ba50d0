"""Who crosses a line, and which way.

A person counts as being on a side of a line once the tracking point is at least a quarter of the body's
height away from it. Feet whose box the detector moves up and down by a few pixels, and people who hesitate on
the line, stay below that. A crossing is a change from one side to the other, if the path passed the line
itself and not its extension.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.select.mergeable import State
from heatcli.select.reader import LONGEST_DT_US
from heatcli.select.rows import Rows
from heatcli.shapes import Line
from heatcli.zones.stays import GAP_US

# Least distance from the line, in heights of the bounding box, to be on a side of it: half a walker's step.
_BEYOND = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """Who crossed a line when. Sorted by (time_us, person).

    Attributes:
        person: (n,) int64 number of the person, as in `Rows`.
        time_us: (n,) int64 time at which the person was first seen behind the line, for good, UTC µs.
        to_right: (n,) bool, true for crossings from the left to the right of the line, as seen from its start
            towards its end in the picture.
        left_us: (n,) int64 end of the last row in which the person was surely on the side before, UTC µs.
        sure_us: (n,) int64 start of the first row in which the person was surely on the new side, UTC µs.
            Whoever is not shown both rows cannot tell of the crossing.
    """

    person: NDArray[np.int64]
    time_us: NDArray[np.int64]
    to_right: NDArray[np.bool_]
    left_us: NDArray[np.int64]
    sure_us: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Where people are relative to a line, in order of time. What is not yet known of a row is 0.

    Attributes:
        person: (n,) number of the person, as in `Rows`.
        end_us: (n,) end of the time that the row stands for, UTC µs.
        right: (n,) distance to the right of the line, in heights of the frame; left is negative.
        along: (n,) position along the line: 0 at its start, 1 at its end.
        side: (n,) side of the line: 1 right, -1 left, 0 too near to say; for a row that was held back from an
            earlier batch, the last known side.
        passed_us: (n,) start of the row, UTC µs; for a row that was held back, the time at which the person
            came to this side of the line or its extension.
        within: (n,) bool, true where the person came to this side between the ends of the line.
        known_us: (n,) end of the row, UTC µs; for a row that was held back, the end of the last row whose
            side is known.
    """

    person: NDArray[np.int64]
    end_us: NDArray[np.int64]
    right: NDArray[np.float64]
    along: NDArray[np.float64]
    side: NDArray[np.int64]
    passed_us: NDArray[np.int64]
    within: NDArray[np.bool_]
    known_us: NDArray[np.int64]

    @classmethod
    def none(cls) -> Self:
        """Return no steps."""
        whole, real = np.zeros(0, np.int64), np.zeros(0)
        return cls(whole, whole, real, real, whole, whole, whole > 0, whole)

    def __getitem__(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        return type(self)(*(getattr(self, name)[rows] for name in self.__slots__))

    def after(self, earlier: Self) -> Self:
        """Put rows behind earlier ones and sort them by person and time."""
        both = self.joined([earlier, self])
        return both[np.argsort(both.person, kind="stable")]

    @classmethod
    def joined(cls, steps: Sequence[Self]) -> Self:
        """Put steps one behind the other, at least one batch of them."""
        return cls(*(np.concatenate([getattr(one, name) for one in steps]) for name in cls.__slots__))


class CrossingCounter:
    """Counts the crossings of one line while the rows go by.

    Memory grows with the crossings and with the people who are there at once, not with the rows.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._held = Steps.none()
        whole = np.zeros(0, np.int64)
        self._found = [Crossings(whole, whole, whole > 0, whole, whole)]
        self._heads = _Heads()
        self._parts: list[_Part] = []

    def add(self, rows: Rows, points: NDArray[np.float64], sample_aspect: float) -> None:
        """Take a batch of rows and their tracking points."""
        steps = self._steps(rows, points, sample_aspect)
        self._heads.add(steps)
        self._advance(steps, int(rows.time_us[-1]))

    def state(self) -> State:
        """Return the crossings so far, and both ends: crossings may go on from or to another stretch."""
        ends = {"head": self._heads.steps(), "held": self._held}
        return {
            **{f"found_{name}": getattr(self._joined(), name) for name in Crossings.__slots__},
            **{f"{end}_{name}": getattr(of, name) for end, of in ends.items() for name in Steps.__slots__},
            "open_person": np.array(sorted(self._heads.open), np.int64),
            "begin": np.array([] if self._heads.begin_us is None else [self._heads.begin_us], np.int64),
        }

    def merge(self, state: State) -> None:
        """Take what was kept of another stretch of time."""
        head, held = (
            Steps(*(state[f"{end}_{name}"] for name in Steps.__slots__)) for end in ("head", "held")
        )
        self._found.append(Crossings(*(state[f"found_{name}"] for name in Crossings.__slots__)))
        if len(state["begin"]):
            self._parts.append(_Part(int(state["begin"][0]), head, held, state["open_person"]))

    def _advance(self, new: Steps, last_us: int) -> None:
        """Find the crossings that steps complete, and hold back where everybody is who was there lately.

        Args:
            new: steps, in order of time.
            last_us: time of the last of them, UTC µs: who was gone long before does not go on.
        """
        steps = new.after(self._held)
        index = np.arange(len(steps.person))
        begin = np.append(True, steps.person[1:] != steps.person[:-1])
        begin[1:] |= steps.passed_us[1:] - steps.end_us[:-1] > GAP_US
        run = np.maximum.accumulate(np.where(begin, index, 0))

        passed = ~begin
        passed[1:] &= (steps.right[1:] >= 0) != (steps.right[:-1] >= 0)
        there = np.flatnonzero(passed)
        before, behind = steps.right[there - 1], steps.right[there]
        share = before / (before - behind)
        place = steps.along[there - 1] + share * (steps.along[there] - steps.along[there - 1])
        steps.within[there] = (place >= 0) & (place <= 1)
        # Each row gets the last time at which its run passed the line; the first row of a run has it already.
        last = np.maximum.accumulate(np.where(passed | begin, index, 0))
        passed_us, within = steps.passed_us[last], steps.within[last]

        sure = np.flatnonzero(steps.side)
        changes = np.flatnonzero(
            (run[sure[1:]] == run[sure[:-1]])
            & (steps.side[sure[1:]] != steps.side[sure[:-1]])
            & within[sure[1:]]
        )
        left, crossed = sure[changes], sure[changes + 1]
        self._found.append(
            Crossings(
                person=steps.person[crossed],
                time_us=passed_us[crossed],
                to_right=steps.side[crossed] > 0,
                left_us=steps.known_us[left],
                sure_us=steps.passed_us[crossed],
            )
        )

        known = np.maximum.accumulate(np.where((steps.side != 0) | begin, index, 0))
        end_of = np.append(steps.person[1:] != steps.person[:-1], True)
        recent = steps.end_us + GAP_US >= last_us
        state = Steps(
            steps.person,
            steps.end_us,
            steps.right,
            steps.along,
            steps.side[known],
            passed_us,
            within,
            steps.known_us[known],
        )
        self._held = state[end_of & recent]

    def _steps(self, rows: Rows, points: NDArray[np.float64], sample_aspect: float) -> Steps:
        """Find where rows are relative to the line."""
        width, height = rows.size.T
        aspect = width * sample_aspect / height
        (x1, y1), (x2, y2) = self._line.start, self._line.end
        across, down = (x2 - x1) * aspect, y2 - y1
        x, y = (points[:, 0] / width - x1) * aspect, points[:, 1] / height - y1
        length = np.hypot(across, down)
        right = (across * y - down * x) / length
        body = (rows.boxes[:, 3] - rows.boxes[:, 1]) / height
        return Steps(
            person=rows.person,
            end_us=rows.time_us + rows.weight_us,
            right=right,
            along=(across * x + down * y) / length**2,
            side=np.where(np.abs(right) >= _BEYOND * body, np.sign(right), 0).astype(np.int64),
            passed_us=rows.time_us,
            within=np.zeros(len(rows), np.bool_),
            known_us=rows.time_us + rows.weight_us,
        )

    def crossings(self) -> Crossings:
        """Return the crossings so far."""
        self._settle()
        found = self._joined()
        order = np.lexsort((found.person, found.time_us))
        return Crossings(*(getattr(found, name)[order] for name in Crossings.__slots__))

    def _joined(self) -> Crossings:
        return Crossings(
            *(np.concatenate([getattr(one, name) for one in self._found]) for name in Crossings.__slots__)
        )

    def _settle(self) -> None:
        """Find the crossings that begin in one stretch of time and end in another."""
        for part in sorted(self._parts, key=attrgetter("begin_us")):
            self._advance(part.head, part.begin_us)
            # From the first sure row on, all is as the stretch has found it by itself.
            went_on = np.isin(self._held.person, part.open)
            known = self._held[went_on | ~np.isin(self._held.person, part.held.person)]
            self._held = Steps.joined([known, part.held[~np.isin(part.held.person, known.person)]])
        self._parts = []


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Both ends of a stretch of time that was counted alone.

    Attributes:
        begin_us: time of its first row, UTC µs.
        head: steps from where people come into view to where their side is known first, in order of time.
        held: where people are in the end.
        open: (n,) persons whose side is never known in it.
    """

    begin_us: int
    head: Steps
    held: Steps
    open: NDArray[np.int64]


class _Heads:
    """Collects the steps of people who may have come from before: until they are gone, or on a known side.

    Attributes:
        begin_us: time of the first row, UTC µs; None before it.
        open: time at which people were last there, UTC µs, whose side is not known yet.
    """

    def __init__(self) -> None:
        self.begin_us: int | None = None
        self.open: dict[int, int] = {}
        self._met = np.zeros(0, np.int64)
        self._steps = [Steps.none()]

    def add(self, steps: Steps) -> None:
        """Take the steps of a batch of rows, in order of time."""
        if self.begin_us is None:
            self.begin_us = int(steps.passed_us[0])
        early = steps.passed_us <= self.begin_us + LONGEST_DT_US + GAP_US
        new = np.setdiff1d(steps.person[early], self._met)
        for person in [*self.open, *new.tolist()]:
            own = steps[steps.person == person]
            if len(own.person):
                self._follow(person, own)
        self._met = np.append(self._met, new)

    def steps(self) -> Steps:
        """Return the collected steps, in order of time."""
        steps = Steps.joined(self._steps)
        return steps[np.argsort(steps.passed_us, kind="stable")]

    def _follow(self, person: int, own: Steps) -> None:
        before = np.append(self.open.pop(person, own.passed_us[0]), own.end_us[:-1])
        gone = np.flatnonzero(own.passed_us - before > GAP_US)
        sure = np.flatnonzero(own.side) + 1
        end = int(min([len(own.person), *gone[:1], *sure[:1]]))
        self._steps.append(own[np.arange(end)])
        if not len(gone) and not len(sure):
            self.open[person] = int(own.end_us[-1])
