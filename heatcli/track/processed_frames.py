"""The frames of a clip for which it is said who is where."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ProcessedFrames:
    """The frames of a clip for which it is said who is where, in order.

    Attributes:
        index: (m,) int32 index of the source frame, increasing.
        pts_us: (m,) int64 media time of each frame in µs.
        dt_us: (m,) int32 time that each frame stands for, in µs.
    """

    index: NDArray[np.int32]
    pts_us: NDArray[np.int64]
    dt_us: NDArray[np.int32]

    def only(self, chosen: NDArray[np.bool_]) -> "ProcessedFrames":
        """Return the chosen frames, (m,) bool, the first one among them.

        Each stands for the time of those up to the next chosen one as well.
        """
        at = np.flatnonzero(chosen)
        dt_us = np.add.reduceat(self.dt_us, at, dtype=np.int64)
        return ProcessedFrames(
            self.index[at], self.pts_us[at], dt_us.clip(max=np.iinfo(np.int32).max).astype(np.int32)
        )
