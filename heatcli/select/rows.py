"""Selected rows of `tracks` as plain arrays: what heat maps and zone reports are computed from."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import beyond_picture, tracking_points
from heatcli.names import TrackingMode


def paired(whole: NDArray[np.integer], part: NDArray[np.integer]) -> NDArray[np.int64]:
    """Combine two numbers, such as a clip and its track, into one that sorts as the two do.

    Args:
        whole: (n,) int32, the upper half of the number.
        part: (n,) int32, the lower half, shifted to be positive.
    """
    return whole.astype(np.int64) * 2**32 + (part.astype(np.int64) + 2**31)


def unpaired(number: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the two numbers that `paired` combined, (n,) each."""
    return number >> 32, (number & (2**32 - 1)) - 2**31


def row_order(
    time_us: NDArray[np.int64], clip: NDArray[np.int32], frame: NDArray[np.int32], person: NDArray[np.int64]
) -> NDArray[np.intp]:
    """Return the order that `Rows` has: by time, clip, frame and person.

    Rows are stored by clip and frame, in long runs that are in order except for the persons within a moment.
    Merging such runs is cheap, so the moments are put in order first, and then the persons within each.

    Args:
        time_us: (n,) time of each row, UTC µs.
        clip: (n,) index of the clip of each row.
        frame: (n,) index of the frame of each row.
        person: (n,) number of the person of each row, not negative.

    Returns:
        (n,) indices of the rows in that order.
    """
    order = np.lexsort((frame, clip, time_us))
    begins = np.zeros(len(order), dtype=np.bool_)
    for values in (time_us, clip, frame):
        begins[1:] |= np.diff(values[order]) != 0
    within = np.cumsum(begins) * (person.max(initial=0) + 1) + person[order]
    return order[np.argsort(within, kind="stable")]


@dataclass(frozen=True, slots=True)
class Rows:
    """A batch of selected rows of one camera. Rows with weight 0 are left out.

    Sorted by (time_us, clip, frame, person). Batches of one camera follow each other in time: no row of a
    batch is earlier than a row of the batch before it.

    Attributes:
        person: (n,) int64 number of the person: a trajectory, or the group of trajectories joined across
            files. Numbered from 0 within the selected camera, the same in every batch; not every number need
            occur.
        tracklet: (n,) int64 number of the tracklet, the piece that the online tracker made: the row of its
            trajectory in `SelectedCamera.known`, `paired` with its own number in that trajectory.
        clip: (n,) int32 index into `SelectedCamera.clips`.
        frame: (n,) int32 source frame index; (clip, frame) identifies a moment.
        time_us: (n,) int64 start of the row's time [time, time + dt), UTC µs since 1970.
        weight_us: (n,) int64 part of [time, time + dt) that counts, in µs: in the selection and owned by the
            clip.
        boxes: (n, 4) float32 bounding boxes, x1 y1 x2 y2 in source pixels.
        size: (n, 2) int32 width and height in source pixels of the frame that each box is in.
        filled: (n,) bool, true where the position was interpolated, not seen.
    """

    person: NDArray[np.int64]
    tracklet: NDArray[np.int64]
    clip: NDArray[np.int32]
    frame: NDArray[np.int32]
    time_us: NDArray[np.int64]
    weight_us: NDArray[np.int64]
    boxes: NDArray[np.float32]
    size: NDArray[np.int32]
    filled: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.person)

    def points(self, mode: TrackingMode) -> NDArray[np.float64]:
        """Return the tracking point of each row, the point of its bounding box that stands for the object.

        Returns:
            (n, 2) float64 tracking points x, y in stored pixels, within the frame.
        """
        width, height = self.size.T
        return tracking_points(self.boxes, mode, width=width, height=height)

    def in_picture(self, mode: TrackingMode) -> Self:
        """Return the rows whose tracking point is in the picture: maps show no one who stands beyond it."""
        width, height = self.size.T
        return self.where(~beyond_picture(self.points(mode), width=width, height=height))

    def by_trajectory(self) -> Self:
        """Return the rows with their trajectory in the place of the person, sorted accordingly.

        The number of a trajectory is its row in `SelectedCamera.known`.
        """
        trajectory, _ = unpaired(self.tracklet)
        order = row_order(self.time_us, self.clip, self.frame, trajectory)
        return replace(self, person=trajectory).where(order)

    def where(self, kept: NDArray[np.bool_] | NDArray[np.integer] | slice) -> Self:
        """Return some of the rows: `kept` is (n,) bool, indices in the order of rows, or a slice."""
        return type(self)(*(getattr(self, field.name)[kept] for field in fields(self)))

    @classmethod
    def none(cls) -> Self:
        """Return a batch without rows."""
        return cls(
            person=np.zeros(0, np.int64),
            tracklet=np.zeros(0, np.int64),
            clip=np.zeros(0, np.int32),
            frame=np.zeros(0, np.int32),
            time_us=np.zeros(0, np.int64),
            weight_us=np.zeros(0, np.int64),
            boxes=np.zeros((0, 4), np.float32),
            size=np.zeros((0, 2), np.int32),
            filled=np.zeros(0, np.bool_),
        )

    @classmethod
    def joined(cls, batches: Sequence[Self]) -> Self:
        """Make one batch of batches that follow each other, at least one."""
        if len(batches) == 1:
            return batches[0]
        return cls(*(np.concatenate([getattr(b, field.name) for b in batches]) for field in fields(cls)))
