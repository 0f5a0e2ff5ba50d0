"""The frames of a clip that were given to the detector."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ProcessedFrames:
    """The frames of a clip that were given to the detector, in order.

    Attributes:
        index: (m,) int32 index of the source frame, increasing.
        pts_us: (m,) int64 media time of each frame in µs.
        dt_us: (m,) int32 time that each frame stands for, in µs.
    """

    index: NDArray[np.int32]
    pts_us: NDArray[np.int64]
    dt_us: NDArray[np.int32]
