"""The parts of rows that count, in order of time, and which zones each of them is in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import tracking_points
from heatcli.intervals import Intervals
from heatcli.names import TrackingMode
from heatcli.store.parts import counted_parts
from heatcli.store.rows import Rows
from heatcli.zones.shapes import Shape, contains


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """A batch of the parts of rows that count: who was where, and exactly when.

    Sorted by (begin_us, person). Parts of one moment begin and end together; parts of different moments do
    not overlap, as at any time one clip counts, whose frames follow each other. Batches follow each other
    in time: what begins together is in one batch.

    Attributes:
        begin_us: (n,) int64 UTC µs.
        end_us: (n,) int64 UTC µs, after `begin_us`.
        person: (n,) int64 as in `Rows`.
        tracklet: (n,) int64 as in `Rows`.
        inside: (shapes, n) bool, which shapes the tracking point is in.
    """

    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    person: NDArray[np.int64]
    tracklet: NDArray[np.int64]
    inside: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.begin_us)

    def __getitem__(self, part: slice) -> Self:
        return type(self)(
            self.begin_us[part],
            self.end_us[part],
            self.person[part],
            self.tracklet[part],
            self.inside[:, part],
        )


def presences(
    batches: Iterable[Rows],
    *,
    shapes: Sequence[Shape],
    own: Sequence[Intervals],
    tracking_mode: TrackingMode,
    sample_aspect: float,
) -> Iterator[Presence]:
    """Place the rows of a selection in time and in zones.

    A row counts for the part of [time, time + dt) that is its clip's own time; a row that the selection cuts
    in two gives two parts.

    Args:
        batches: selected rows of one camera, as `CameraSelection.batches` yields them.
        shapes: the zones.
        own: for each clip the time that it alone counts for, UTC µs: `CameraSelection.own`.
        tracking_mode: which point of a box stands for the object.
        sample_aspect: width of a pixel divided by its height.

    Yields:
        Batches, none of them empty.
    """
    nothing = np.zeros(0, np.int64)
    held = Presence(nothing, nothing, nothing, nothing, np.zeros((len(shapes), 0), np.bool_))
    for rows in batches:
        if not len(rows):
            continue
        points = tracking_points(rows.boxes, tracking_mode, width=rows.size[:, 0], height=rows.size[:, 1])
        inside = np.empty((len(shapes), len(rows)), dtype=np.bool_)
        for place, shape in enumerate(shapes):
            inside[place] = contains(shape, points, size=rows.size, sample_aspect=sample_aspect)
        row, begin, end = counted_parts(rows, own)
        found = Presence(begin, end, rows.person[row], rows.tracklet[row], inside[:, row])
        if len(held):
            found = _together(held, found)
        # A row may count from later than its own time on. What begins before the last row's time is complete.
        ready = int(np.searchsorted(found.begin_us, rows.time_us[-1]))
        held = found[ready:]
        if ready:
            yield found[:ready]
    if len(held):
        yield held


def _together(a: Presence, b: Presence) -> Presence:
    """Join two batches in order of time and person."""
    begin, end, person, tracklet = (
        np.append(getattr(a, name), getattr(b, name)) for name in ("begin_us", "end_us", "person", "tracklet")
    )
    inside = np.append(a.inside, b.inside, axis=1)
    if (begin[1:] >= begin[:-1]).all():
        return Presence(begin, end, person, tracklet, inside)
    order = np.lexsort((person, begin))
    return Presence(begin[order], end[order], person[order], tracklet[order], inside[:, order])
