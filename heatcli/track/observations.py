"""What tracking yields: one compact row per object and processed frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Observations:
    """Rows of confirmed tracklets, sorted by (frame, track); a track has at most one row per frame.

    Attributes:
        frame: (n,) int32 index of the source frame.
        track: (n,) int32 number of the trajectory, from 1 in order of first appearance.
        tracklet: (n,) int32 number of the online tracker's tracklet, from 1 in order of first appearance;
            where `filled`, the tracklet that was seen last.
        boxes: (n, 4) float32 bounding boxes x1 y1 x2 y2 in source pixels.
        confidence: (n,) float32 detector confidence; NaN where `filled`.
        class_id: (n,) int32 index into the detector's classes, constant within a track.
        filled: (n,) bool, True where the box was interpolated and not seen.
    """

    frame: NDArray[np.int32]
    track: NDArray[np.int32]
    tracklet: NDArray[np.int32]
    boxes: NDArray[np.float32]
    confidence: NDArray[np.float32]
    class_id: NDArray[np.int32]
    filled: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.frame)
