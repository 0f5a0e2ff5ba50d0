"""The parts of rows that count, in order of time, and where each of them is."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.select.counted_parts import counted_parts
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera


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

    @classmethod
    def none(cls) -> Self:
        """Return a batch without parts."""
        whole = np.zeros(0, np.int64)
        return cls(whole, whole, whole, whole, whole, np.zeros((0, 2)), np.zeros((0, 2), np.int32))

    @classmethod
    def joined(cls, batches: Sequence[Self]) -> Self:
        """Make one batch of batches that follow each other, at least one."""
        return cls(
            *(np.concatenate([getattr(batch, field.name) for batch in batches]) for field in fields(cls))
        )

    def __getitem__(self, part: slice | NDArray[np.intp]) -> Self:
        return type(self)(*(getattr(self, field.name)[part] for field in fields(self)))


class Presences:
    """Places the rows of a camera in time and in the frame.

    A row counts for the part of [time, time + dt) that is its clip's own time; a row that the selection cuts
    in two gives two parts.

    Args:
        camera: what of the camera counts.
    """

    def __init__(self, camera: SelectedCamera) -> None:
        self._camera = camera
        # What later rows may still come before.
        self._held: Presence | None = None

    def add(self, rows: Rows) -> Presence:
        """Take the next batch of rows, and return what of all so far is complete and was not returned yet."""
        row, begin, end = counted_parts(rows, self._camera.owned_time)
        found = Presence(
            begin,
            end,
            rows.time_us[row],
            rows.person[row],
            rows.tracklet[row],
            rows.points(self._camera.tracking_mode)[row],
            rows.size[row],
        )
        if self._held is not None and len(self._held):
            found = _together(self._held, found)
        # A row may count from later than its own time on. What begins before the last row's time is complete.
        ready = int(np.searchsorted(found.begin_us, rows.time_us[-1]))
        self._held = found[ready:]
        return found[:ready]

    def rest(self) -> Presence | None:
        """Return what was not returned yet; None where there were no rows at all."""
        held, self._held = self._held, None
        return held


def _together(a: Presence, b: Presence) -> Presence:
    """Join two batches in order of time and person."""
    both = Presence(*(np.append(getattr(a, one.name), getattr(b, one.name), axis=0) for one in fields(a)))
    if (both.begin_us[1:] >= both.begin_us[:-1]).all():
        return both
    return both[np.lexsort((both.person, both.begin_us))]
