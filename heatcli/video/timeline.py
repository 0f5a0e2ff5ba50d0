"""Which frames of a clip were decoded, failed and processed, and what time each processed one stands for."""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from heatcli.intervals import Intervals

# Number of steps in a local median: enough to see past a burst of lost frames, few enough to follow a
# recorder that changes its rate (at 10 frames a second, 1.5 s to either side).
_WINDOW = 31
# A step up to this long is no gap, however dense the frames around it are.
_TOLERATED_STEP_US = 1_000_000


class Timeline:
    """The frames of one pass over a clip, in order of presentation; 12 bytes for each one processed.

    Args:
        step_us: average time from one frame to the next in µs, for a clip too short to show its own step.

    Attributes:
        frames_decoded: number of frames that decoded, whether sampling wanted them or not.
    """

    def __init__(self, step_us: int) -> None:
        self._step_us = step_us
        self._index = array("i")
        self._pts_us = array("q")
        self._failed_us = array("q")
        self.frames_decoded = 0

    @property
    def frames_failed(self) -> int:
        """Number of frames that did not decode, or only with damage."""
        return len(self._failed_us)

    @property
    def frames_processed(self) -> int:
        """Number of frames that were handed out."""
        return len(self._pts_us)

    def add_decoded(self) -> None:
        """Count a frame that decoded."""
        self.frames_decoded += 1

    def add_failed(self, pts_us: int) -> None:
        """Record a frame that did not decode, later than all before."""
        self._failed_us.append(pts_us)

    def add_processed(self, index: int, pts_us: int) -> None:
        """Record a frame that is handed out, later than all before."""
        self._index.append(index)
        self._pts_us.append(pts_us)

    def index(self) -> NDArray[np.int32]:
        """(n,) int32: source frame index of each processed frame, increasing."""
        return np.array(self._index, dtype=np.int32)

    def pts_us(self) -> NDArray[np.int64]:
        """(n,) int64: media time of each processed frame in µs, increasing."""
        return np.array(self._pts_us, dtype=np.int64)

    def dt_us(self) -> NDArray[np.int32]:
        """Compute the time that each processed frame stands for, once the last one is known.

        It is the time to the next processed frame, if that is at most max(2 * median, 1 s); else, and for the
        last frame, it is the median. It ends at the first later frame that failed to decode. The median is
        the local one, of the 31 steps around the frame, of the first or last 31 steps near an end, or of all
        steps where there are fewer (the lower median of an even number). A single frame stands for the clip's
        average step.

        Returns:
            (n,) int32 time in µs that each processed frame stands for, positive; at most 2**31 - 1 (36
            minutes).
        """
        pts = self.pts_us()
        if len(pts) == 0:
            return np.zeros(0, dtype=np.int32)
        steps = np.diff(pts)
        # The last frame has no step of its own: it borrows the one before.
        median = (
            np.pad(_local_median(steps), (0, 1), mode="edge") if len(steps) else np.array([self._step_us])
        )
        to_next = np.append(steps, np.iinfo(np.int64).max)
        dt = np.where(to_next <= np.maximum(2 * median, _TOLERATED_STEP_US), to_next, median)
        failed = np.append(np.array(self._failed_us, dtype=np.int64), np.iinfo(np.int64).max)
        dt = np.minimum(dt, failed[np.searchsorted(failed, pts)] - pts)
        return np.minimum(dt, np.iinfo(np.int32).max).astype(np.int32)

    def coverage(self) -> Intervals:
        """Return the media time in µs that the processed frames stand for: the union of [pts, pts + dt)."""
        pts = self.pts_us()
        return Intervals.of(np.column_stack([pts, pts + self.dt_us()]))


def longest_step_us(pts_us: Sequence[int]) -> int:
    """Return the longest step to the latest frame that is no gap, before later frames are known.

    It is max(2 * median, 1 s) as in `Timeline.dt_us`, but the median is that of the latest 16 steps: the step
    itself and the 15 before, as the 15 after it are not known yet.

    Args:
        pts_us: media time of the processed frames so far in µs, in order, at least two.
    """
    steps = np.diff(pts_us[-(_WINDOW // 2 + 2) :])
    return max(2 * int(np.sort(steps)[(len(steps) - 1) // 2]), _TOLERATED_STEP_US)


def _local_median(steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) int64 median of the steps around each of the (n,) steps, n > 0."""
    if len(steps) <= _WINDOW:
        return np.full(len(steps), np.sort(steps)[(len(steps) - 1) // 2])
    half = _WINDOW // 2
    inner: NDArray[np.int64] = ndimage.median_filter(steps, size=_WINDOW)[half:-half]
    return np.pad(inner, half, mode="edge")
