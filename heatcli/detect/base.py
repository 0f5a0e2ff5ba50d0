"""The interface of detectors: batches of frames in, validated detections out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from heatcli.video.frame import Frame


@dataclass(frozen=True, slots=True)
class Detections:
    """The objects found in one frame.

    Attributes:
        boxes: (n, 4) float32 bounding boxes x1 y1 x2 y2 in source pixels, x1 < x2 and y1 < y2, finite.
        confidence: (n,) float32 confidence of each detection in 0..1.
        class_id: (n,) int32 index into the detector's `classes`.

    Raises:
        ValueError: an array has the wrong shape, type or values; the message names it, and what it should be.
    """

    boxes: NDArray[np.float32]
    confidence: NDArray[np.float32]
    class_id: NDArray[np.int32]

    def __post_init__(self) -> None:
        n = len(self.boxes)
        expected = (
            ("boxes", self.boxes, (n, 4), np.float32),
            ("confidence", self.confidence, (n,), np.float32),
            ("class_id", self.class_id, (n,), np.int32),
        )
        for name, array, shape, dtype in expected:
            if array.shape != shape or array.dtype != dtype:
                got = f"{array.dtype} of shape {array.shape}"
                raise ValueError(f"{name} must be {np.dtype(dtype)} of shape {shape}, got {got}")
        if not np.isfinite(self.boxes).all() or not (self.boxes[:, :2] < self.boxes[:, 2:]).all():
            raise ValueError("boxes must be finite with x1 < x2 and y1 < y2")
        if not ((self.confidence >= 0) & (self.confidence <= 1)).all():
            raise ValueError("confidence must be in 0..1")

    def __len__(self) -> int:
        return len(self.boxes)

    @classmethod
    def empty(cls) -> "Detections":
        """Return the detections of a frame without objects."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int32))


@dataclass(frozen=True, slots=True)
class DetectorIdentity:
    """Identity of a detector, as it is stored with a clip and enters the settings hash.

    Attributes:
        detector: name of the detector, `yolo` or `motion`, never `auto`.
        weights: name of the model file or folder; None for a detector without weights.
        weights_sha256: SHA-256 of the model's bytes; None for a detector without weights.
    """

    detector: str
    weights: str | None
    weights_sha256: str | None


class Detector(Protocol):
    """Finds objects in frames. One clip at a time; `learn` comes before anything else.

    Frames come in order, but some of those between the two latest ones may come after them.
    """

    @property
    def identity(self) -> DetectorIdentity:
        """Identity of this detector."""
        ...

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes that the detector reports; `Detections.class_id` indexes them."""
        ...

    @property
    def batch_size(self) -> int:
        """Number of frames that `detect` should get at once to keep the hardware busy."""
        ...

    @property
    def base_fps(self) -> float:
        """Frames per second that are enough to follow people where nothing is in doubt."""
        ...

    @property
    def reads_ahead(self) -> bool:
        """Whether `learn` needs frames of the clip before the first `detect`."""
        ...

    def learn(self, frames: Iterable[Frame], *, width: int, height: int) -> None:
        """Start a new clip: forget the last one and learn from this one.

        Args:
            frames: frames spread over the clip; none where the detector does not read ahead.
            width: width of the clip's frames in pixels.
            height: height of the clip's frames in pixels.
        """
        ...

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Find the objects in each frame; one result per frame, in the same order."""
        ...

    def pass_over(self, pts_us: int) -> None:
        """Take note of the time of a frame that shows what the latest one has shown, and is not looked at.

        Args:
            pts_us: media time of the frame in µs.
        """
        ...

    def close(self) -> None:
        """Release threads and device memory."""
        ...
