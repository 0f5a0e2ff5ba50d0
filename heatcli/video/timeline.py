"""Which frames of a clip were decoded, failed and processed, and what time each processed one stands for."""

from array import array
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from heatcli.intervals import Intervals
from heatcli.video.frame import Frame, Window
from heatcli.video.steps import LOCAL_STEPS, TOLERATED_STEP_US, IdleRate


class Timeline:
    """The frames of a clip that one pass has come to, in order of presentation; 13 bytes for each processed.

    Args:
        step_us: average time from one frame to the next in µs, for a clip too short to show its own step.

    Attributes:
        frames_decoded: number of frames that decoded, whether sampling wanted them or not.
        frames_undecoded: number of frames that were left undecoded because nothing moved.
        frames_looked_at: number of processed frames in which the detector looked for objects.
        frames_passed_over: number of sampled frames that decoded and were not looked at.
        ends: number of frames that had decoded, that were left undecoded, and that had failed, at the end of
            each piece of a divided clip that the pass has left behind.
    """

    def __init__(self, step_us: int) -> None:
        self._step_us = step_us
        self._index = array("i")
        self._pts_us = array("q")
        self._followed = bytearray()
        self._failed_us = array("q")
        self.frames_decoded = self.frames_undecoded = 0
        self.frames_looked_at = self.frames_passed_over = 0
        self.ends: list[tuple[int, int, int]] = []

    @property
    def frames_failed(self) -> int:
        """Number of frames that did not decode, show damage, or show another view than most."""
        return len(self._failed_us)

    @property
    def frames_processed(self) -> int:
        """Number of frames that were processed."""
        return len(self._pts_us)

    @property
    def frames_quiet(self) -> int:
        """Number of frames passed over because nothing moved, decoded or not."""
        return self.frames_undecoded + self.frames_passed_over

    def add_decoded(self) -> None:
        """Count a frame that decoded."""
        self.frames_decoded += 1

    def add_undecoded(self) -> None:
        """Count a frame that was left undecoded because nothing moves."""
        self.frames_undecoded += 1

    def add_looked_at(self) -> None:
        """Count a processed frame in which the detector has looked for objects."""
        self.frames_looked_at += 1

    def add_passed_over(self) -> None:
        """Count a sampled frame that decoded and is not looked at because nothing moves."""
        self.frames_passed_over += 1

    def add_failed(self, pts_us: int) -> None:
        """Record a frame that cannot be used, later than all before."""
        self._failed_us.append(pts_us)

    def add_processed(self, index: int, pts_us: int, *, followed: bool = True) -> None:
        """Record a frame that is processed, later than all before.

        Args:
            index: source frame index.
            pts_us: media time in µs.
            followed: whether it is known what is in the frame itself; else only from the frames around it.
        """
        self._index.append(index)
        self._pts_us.append(pts_us)
        self._followed.append(followed)

    def followed(self) -> NDArray[np.bool_]:
        """(n,) bool: whether it is known what is in each processed frame itself."""
        return np.array(self._followed, dtype=np.bool_)

    def processed(self, windows: Iterable[Window]) -> Iterator[Frame]:
        """Yield the frames of windows, and record each as processed before it is handed out."""
        for window in windows:
            frame = window.picture.frame()
            self.add_processed(frame.index, frame.pts_us)
            yield frame

    def end_piece(self) -> None:
        """Note that a piece of the clip has ended."""
        self.ends.append((self.frames_decoded, self.frames_undecoded, len(self._failed_us)))

    def piece(self, number: int, first: int) -> dict[str, NDArray[np.int64]]:
        """Return what is known of the frames of a piece that has ended, for `add_piece`.

        Args:
            number: number of the piece, the last one of which frames were processed.
            first: number of frames that were processed before it.
        """
        before, end = [(0, 0, 0), *self.ends][number : number + 2]
        return {
            "counts": np.subtract(end[:2], before[:2]).astype(np.int64),
            "index": np.array(self._index[first:], np.int64),
            "pts_us": np.array(self._pts_us[first:], np.int64),
            "followed": np.array(self._followed[first:], np.int64),
            "failed_us": np.array(self._failed_us[before[2] : end[2]], np.int64),
        }

    def add_piece(self, piece: Mapping[str, NDArray[np.int64]]) -> None:
        """Take over what another pass has noted of the next piece."""
        decoded, undecoded = piece["counts"].tolist()
        self.frames_decoded += decoded
        self.frames_undecoded += undecoded
        self._index.extend(piece["index"].tolist())
        self._pts_us.extend(piece["pts_us"].tolist())
        self._followed.extend(piece["followed"].tolist())
        self._failed_us.extend(piece["failed_us"].tolist())
        self.end_piece()

    def index(self) -> NDArray[np.int32]:
        """(n,) int32: source frame index of each processed frame, increasing."""
        return np.array(self._index, dtype=np.int32)

    def pts_us(self) -> NDArray[np.int64]:
        """(n,) int64: media time of each processed frame in µs, increasing."""
        return np.array(self._pts_us, dtype=np.int64)

    def dt_us(self) -> NDArray[np.int32]:
        """Compute the time that each processed frame stands for, once the last one is known.

        It is the time to the next processed frame, if that is at most max(2 * median, 1 s, idle step); else,
        and for the last frame, it is the median, or the step before in a clip whose rate changes, which is
        one with an idle step. It ends at the first later frame that failed to decode. The median is the local
        one, of the 31 steps around the frame, of the first or last 31 steps near an end, or of all steps
        where there are fewer (the lower median of an even number). The idle step is that of `IdleRate`. A
        single frame stands for the clip's average step.

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
        next_failed = self._next_failed_us()
        shown = self._shown_steps_us()
        idle_us = self.idle_us()
        longest = np.maximum(2 * median, max(TOLERATED_STEP_US, idle_us))
        to_next = np.append(steps, np.iinfo(np.int64).max)
        rate = median
        if idle_us:
            before = np.append(0, shown)
            rate = np.where((before > 0) & (before <= longest), before, median)
        dt = np.minimum(np.where(to_next <= longest, to_next, rate), next_failed - pts)
        dt_us: NDArray[np.int64] = np.minimum(dt, np.iinfo(np.int32).max)
        return dt_us.astype(np.int32)

    def idle_us(self) -> int:
        """Return the longest idle step of the clip in µs, as `IdleRate` finds it; 0 if it never idles."""
        idle = IdleRate()
        steps = self._shown_steps_us()
        # Of a run of short steps, one is enough to say that the long ones do not follow each other.
        long = steps > TOLERATED_STEP_US
        for step_us in steps[long | np.append(False, long[:-1])].tolist():
            idle.add(step_us)
        return idle.longest_us

    def coverage(self) -> Intervals:
        """Return the media time in µs that the processed frames stand for: the union of [pts, pts + dt)."""
        pts = self.pts_us()
        return Intervals.of(np.column_stack([pts, pts + self.dt_us()]))

    def _next_failed_us(self) -> NDArray[np.int64]:
        """(n,) media time in µs of the first failed frame after each processed frame; the largest if none."""
        failed = np.append(np.array(self._failed_us, dtype=np.int64), np.iinfo(np.int64).max)
        return failed[np.searchsorted(failed, self.pts_us())]

    def _shown_steps_us(self) -> NDArray[np.int64]:
        """(n - 1,) steps in µs; 0 where a frame in between failed, so that the step shows no rate."""
        pts = self.pts_us()
        return np.where(self._next_failed_us()[:-1] < pts[1:], 0, np.diff(pts))


def _local_median(steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) int64 median of the steps around each of the (n,) steps, n > 0."""
    if len(steps) <= LOCAL_STEPS:
        return np.full(len(steps), np.sort(steps)[(len(steps) - 1) // 2])
    half = LOCAL_STEPS // 2
    inner: NDArray[np.int64] = ndimage.median_filter(steps, size=LOCAL_STEPS)[half:-half]
    return np.pad(inner, half, mode="edge")
