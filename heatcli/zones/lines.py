"""The figures of lines: how many crossed them, and which way."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.select.mergeable import State
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import CountingLine
from heatcli.zones.buckets import Buckets
from heatcli.zones.crossings import CrossingCounter, Crossings


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
        self._counters = [CrossingCounter(one.line) for one in self._lines]

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        if not self._counters:
            return
        points = rows.points(self._camera.tracking_mode)
        for counter in self._counters:
            counter.add(rows, points, self._camera.sample_aspect)

    @property
    def key(self) -> str:
        """Text that decides what is kept of a stretch of time."""
        lines = [one.line for one in self._lines]
        return f"lines {lines} {self._camera.tracking_mode} {self._camera.sample_aspect}"

    def part(self) -> "LineCrossings":
        """Return what counts crossings in the rows of a stretch of time alone."""
        return LineCrossings(self._camera, self._lines)

    def state(self) -> State:
        """Return the crossings, and where people are who may cross in another stretch of time."""
        return {
            f"{place} {name}": values
            for place, counter in enumerate(self._counters)
            for name, values in counter.state().items()
        }

    def merge(self, state: State) -> None:
        """Take what was kept of a stretch of time."""
        for place, counter in enumerate(self._counters):
            begin = f"{place} "
            counter.merge({name.removeprefix(begin): state[name] for name in state if name.startswith(begin)})

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
