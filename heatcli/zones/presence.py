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

    Sorted by (begin_us, person). Parts of one moment begin and end together. Parts of different moments do
    not overlap: at any time only one clip counts, and its frames follow each other. Batches follow each other
    in time, and parts that begin together are in one batch.

    Attributes:
        begin_us: (n,) int64 start of the part, UTC µs.
        end_us: (n,) int64 end of the part, UTC µs, after `begin_us`.
        time_us: (n,) int64 start of the row itself, UTC µs: before `begin_us` where the row is cut.
        person: (n,) int64 number of the person, as in `Rows`.
        tracklet: (n,) int64 number of the tracklet, as in `Rows`.
        points: (n, 2) float64 tracking points x, y in stored pixels, within the frame.
        size: (n, 2) int32 width and height in stored pixels of the frame that the point is in.
        heights: (n,) float64 height of the bounding box in stored pixels.
    """

    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    time_us: NDArray[np.int64]
    person: NDArray[np.int64]
    tracklet: NDArray[np.int64]
    points: NDArray[np.float64]
    size: NDArray[np.int32]
    heights: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.begin_us)

    @classmethod
    def none(cls) -> Self:
        """Return a batch without parts."""
        whole = np.zeros(0, np.int64)
        points, size = np.zeros((0, 2)), np.zeros((0, 2), np.int32)
        return cls(whole, whole, whole, whole, whole, points, size, np.zeros(0))

    @classmethod
    def joined(cls, batches: Sequence[Self]) -> Self:
        """Make one batch of batches that follow each other, at least one."""
        return cls(
            *(np.concatenate([getattr(batch, field.name) for batch in batches]) for field in fields(cls))
        )

    def __getitem__(self, part: slice | NDArray[np.intp]) -> Self:
        return type(self)(*(getattr(self, field.name)[part] for field in fields(self)))


class Presences:
    """Finds when and where in the frame the rows of a camera count.

    A row counts for the part of [time, time + dt) that its clip owns; a row that the selection cuts in two
    gives two parts.

    Args:
        camera: camera and what is selected of it.
    """

    def __init__(self, camera: SelectedCamera) -> None:
        self._camera = camera
        # Parts that are held back, as parts of later rows may come before them.
        self._held: Presence | None = None

    def add(self, rows: Rows) -> Presence:
        """Take the next batch of rows, and return the parts that are complete and were not returned yet."""
        row, begin, end = counted_parts(rows, self._camera.owned_time)
        found = Presence(
            begin,
            end,
            rows.time_us[row],
            rows.person[row],
            rows.tracklet[row],
            rows.points(self._camera.tracking_mode)[row],
            rows.size[row],
            (rows.boxes[:, 3] - rows.boxes[:, 1]).astype(np.float64)[row],
        )
        if self._held is not None and len(self._held):
            found = _together(self._held, found)
        # A row may count from later than its own time on, never from earlier: all parts that begin before the
        # last row's time are known.
        ready = int(np.searchsorted(found.begin_us, rows.time_us[-1]))
        self._held = found[ready:]
        return found[:ready]

    def rest(self) -> Presence | None:
        """Return the parts that were not returned yet; None where there were no rows at all."""
        held, self._held = self._held, None
        return held


def _together(a: Presence, b: Presence) -> Presence:
    """Join two batches in order of time and person."""
    both = Presence(*(np.append(getattr(a, one.name), getattr(b, one.name), axis=0) for one in fields(a)))
    if (both.begin_us[1:] >= both.begin_us[:-1]).all():
        return both
    return both[np.lexsort((both.person, both.begin_us))]
