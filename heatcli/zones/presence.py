"""The parts of rows that count, in order of time, and where each of them is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import tracking_points
from heatcli.intervals import Intervals
from heatcli.names import TrackingMode
from heatcli.select.counted_parts import counted_parts
from heatcli.select.rows import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """A batch of the parts of rows that count: who was where, and exactly when.

    Sorted by (begin_us, person). Parts of one moment begin and end together; parts of different moments do
    not overlap, as at any time one clip counts, whose frames follow each other. Batches follow each other
    in time: what begins together is in one batch.

    Attributes:
        begin_us: (n,) int64 UTC µs.
        end_us: (n,) int64 UTC µs, after `begin_us`.
        time_us: (n,) int64 UTC µs, where the row itself begins: before `begin_us` where it is cut.
        person: (n,) int64 as in `Rows`.
        tracklet: (n,) int64 as in `Rows`.
        points: (n, 2) float64 x, y of the tracking point in stored pixels, within the frame.
        size: (n, 2) int32 width and height in stored pixels of the frame that the point is in.
    """

    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    time_us: NDArray[np.int64]
    person: NDArray[np.int64]
    tracklet: NDArray[np.int64]
    points: NDArray[np.float64]
    size: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.begin_us)

    def __getitem__(self, part: slice | NDArray[np.intp]) -> Self:
        return type(self)(*(getattr(self, field.name)[part] for field in fields(self)))


def presences(
    batches: Iterable[Rows],
    *,
    own: Sequence[Intervals],
    tracking_mode: TrackingMode,
) -> Iterator[Presence]:
    """Place the rows of a selection in time and in the frame.

    A row counts for the part of [time, time + dt) that is its clip's own time; a row that the selection cuts
    in two gives two parts.

    Args:
        batches: selected rows of one camera, as `read_rows` yields them.
        own: for each clip the time that it alone counts for, UTC µs: `SelectedCamera.own`.
        tracking_mode: which point of a box stands for the object.

    Yields:
        Batches, none of them empty.
    """
    held: Presence | None = None
    for rows in batches:
        if not len(rows):
            continue
        points = tracking_points(rows.boxes, tracking_mode, width=rows.size[:, 0], height=rows.size[:, 1])
        row, begin, end = counted_parts(rows, own)
        found = Presence(
            begin,
            end,
            rows.time_us[row],
            rows.person[row],
            rows.tracklet[row],
            points[row],
            rows.size[row],
        )
        if held is not None and len(held):
            found = _together(held, found)
        # A row may count from later than its own time on. What begins before the last row's time is complete.
        ready = int(np.searchsorted(found.begin_us, rows.time_us[-1]))
        held = found[ready:]
        if ready:
            yield found[:ready]
    if held is not None and len(held):
        yield held


def _together(a: Presence, b: Presence) -> Presence:
    """Join two batches in order of time and person."""
    both = Presence(*(np.append(getattr(a, one.name), getattr(b, one.name), axis=0) for one in fields(a)))
    if (both.begin_us[1:] >= both.begin_us[:-1]).all():
        return both
    return both[np.lexsort((both.person, both.begin_us))]
