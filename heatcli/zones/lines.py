"""Who crosses a line, and which way.

A person counts as being on a side of a line once the tracking point is at least a quarter of the body's
height away from it. Feet whose box the detector moves up and down by a few pixels, and people who hesitate on
the line, stay below that. A crossing is a change from one side to the other, if the path passed the line
itself and not its extension.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import CountingLine, Line
from heatcli.zones.buckets import Buckets
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """The figures of one line over a period or bucket. Without covered time, all but `covered_s` are None.

    Attributes:
        covered_s: covered time T of the period or bucket, in seconds.
        left_to_right: crossings from the left of the line to its right, as seen from its start towards its
            end.
        right_to_left: crossings from the right of the line to its left.
        persons: distinct persons who crossed the line, either way.
    """

    covered_s: float
    left_to_right: int | None = None
    right_to_left: int | None = None
    persons: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LineStatistics:
    """The figures and crossings of a line.

    Attributes:
        line: line that was crossed.
        total: figures of the whole period.
        buckets: figures of each bucket, in the order of `Buckets.buckets`; empty if there are none.
        crossings: crossings in the whole period.
    """

    line: CountingLine
    total: LineFigures
    buckets: tuple[LineFigures, ...]
    crossings: Crossings


class LineCrossings:
    """The crossings of lines, from the rows of one camera (an aggregator).

    Args:
        camera: camera and what is selected of it.
        lines: lines whose crossings are counted.
        buckets: division of the period, where a crossing belongs to the bucket in which it happens; None for
            the total only.
    """

    def __init__(
        self, camera: SelectedCamera, lines: Sequence[CountingLine], buckets: Buckets | None = None
    ) -> None:
        self._camera, self._lines, self._buckets = camera, tuple(lines), buckets
        self._counters = [_Counter(one.line) for one in self._lines]

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        if not self._counters:
            return
        points = rows.points(self._camera.tracking_mode)
        for counter in self._counters:
            counter.add(rows, points, self._camera.sample_aspect)

    def result(self) -> tuple[LineStatistics, ...]:
        """Return the statistics of each line, in the order of the lines."""
        covered, buckets = self._camera.covered, self._buckets
        found = []
        for one, counter in zip(self._lines, self._counters, strict=True):
            crossings = counter.crossings()
            nobody = np.zeros(len(crossings.person), np.int64)
            (total,) = _figures(crossings, nobody, np.array([covered.total_us]))
            parts: list[LineFigures] = []
            if buckets is not None and buckets.buckets:
                begin, end = buckets.bounds_us.T
                covered_us = np.zeros(len(buckets.buckets), np.int64)
                np.add.at(covered_us, buckets.bucket, covered.overlap_us(begin, end - begin))
                # A row may begin before the selection, which then cuts it.
                piece = np.searchsorted(begin[1:], crossings.time_us, side="right")
                parts = _figures(crossings, buckets.bucket[piece], covered_us)
            found.append(LineStatistics(one, total, tuple(parts), crossings))
        return tuple(found)


def _figures(
    crossings: Crossings, group: NDArray[np.int64], covered_us: NDArray[np.int64]
) -> list[LineFigures]:
    """Count the crossings of each group; `group` (n,) is the group of each crossing."""
    groups = len(covered_us)
    right = np.bincount(group[crossings.to_right], minlength=groups)
    left = np.bincount(group[~crossings.to_right], minlength=groups)
    persons = np.bincount(np.unique(crossings.person * groups + group) % groups, minlength=groups)
    return [
        LineFigures(
            covered_s=float(covered_us[i] / 1e6),
            left_to_right=int(right[i]),
            right_to_left=int(left[i]),
            persons=int(persons[i]),
        )
        if covered_us[i]
        else LineFigures(covered_s=0.0)
        for i in range(groups)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
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

    def __getitem__(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        return type(self)(*(getattr(self, name)[rows] for name in self.__slots__))

    def after(self, earlier: Self) -> Self:
        """Put rows behind earlier ones and sort them by person and time."""
        both = type(self)(
            *(np.append(getattr(earlier, name), getattr(self, name)) for name in self.__slots__)
        )
        return both[np.argsort(both.person, kind="stable")]


class _Counter:
    """Counts the crossings of one line while the rows go by.

    Memory grows with the crossings and with the people who are there at once, not with the rows.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        whole, real = np.zeros(0, np.int64), np.zeros(0)
        self._held = _Steps(whole, whole, real, real, whole, whole, whole > 0, whole)
        self._found = [Crossings(whole, whole, whole > 0, whole, whole)]

    def add(self, rows: Rows, points: NDArray[np.float64], sample_aspect: float) -> None:
        """Take a batch of rows and their tracking points."""
        steps = self._steps(rows, points, sample_aspect).after(self._held)
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
        recent = steps.end_us + GAP_US >= rows.time_us[-1]
        state = _Steps(
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

    def _steps(self, rows: Rows, points: NDArray[np.float64], sample_aspect: float) -> _Steps:
        """Find where rows are relative to the line."""
        width, height = rows.size.T
        aspect = width * sample_aspect / height
        (x1, y1), (x2, y2) = self._line.start, self._line.end
        across, down = (x2 - x1) * aspect, y2 - y1
        x, y = (points[:, 0] / width - x1) * aspect, points[:, 1] / height - y1
        length = np.hypot(across, down)
        right = (across * y - down * x) / length
        body = (rows.boxes[:, 3] - rows.boxes[:, 1]) / height
        return _Steps(
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
        found = {
            name: np.concatenate([getattr(one, name) for one in self._found]) for name in Crossings.__slots__
        }
        order = np.lexsort((found["person"], found["time_us"]))
        return Crossings(**{name: values[order] for name, values in found.items()})
