"""The frames of a clip that were looked at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ProcessedFrames:
    """The frames of a clip that were looked at, in order.

    Attributes:
        index: (m,) int32 source frame index, increasing.
        pts_us: (m,) int64 media time in µs.
        dt_us: (m,) int32 what each frame stands for, in µs.
    """

    index: NDArray[np.int32]
    pts_us: NDArray[np.int64]
    dt_us: NDArray[np.int32]
