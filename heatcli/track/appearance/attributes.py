"""What can be said of a trajectory, such as the colour of clothes: decided by all of its clear sightings.

What somebody looks like in one frame depends on the pose and on the light; who it was is known only once all
tracklets are linked. So what was seen is kept until then: of two sightings a second, which take little time,
and a small part of the memory that the boxes take.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from heatcli.detect.base import Detections
from heatcli.track.appearance.appearance import DESCRIPTIONS_PER_S
from heatcli.track.observations import Observations
from heatcli.video.frame import Frame

Shares = NDArray[np.float32]
"""(n, k) how far each of k attributes holds of n objects in one frame, 0..1."""

PERSON = "person"
"""The class of which the upper body counts."""


class AttributeModel(Protocol):
    """Tells attributes of objects in one frame."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the attributes."""
        ...

    @property
    def least(self) -> float:
        """Share that an attribute must have on average, over a trajectory, to be one of it."""
        ...

    def classify(
        self, image: NDArray[np.uint8], boxes: NDArray[np.floating], persons: NDArray[np.bool_]
    ) -> Shares:
        """Classify what is in boxes (n, 4), x1 y1 x2 y2 in pixels, of a BGR image; (n,) which are persons."""
        ...

    def close(self) -> None:
        """Release device memory."""
        ...


class Sightings:
    """What was told of those in clear view in one clip."""

    def __init__(self, model: AttributeModel, classes: tuple[str, ...]) -> None:
        """Start a clip.

        Args:
            model: who tells.
            classes: of the detections.
        """
        self._model = model
        self._is_person = np.array([name == PERSON for name in classes])
        self._last_period = -1
        self._frames: list[int] = []
        self._boxes: list[NDArray[np.float32]] = []
        self._shares: list[NDArray[np.float16]] = []

    def add(self, frame: Frame, found: Detections, clear: NDArray[np.bool_]) -> None:
        """Take in the next frame, if it is time to.

        Args:
            frame: after the last one.
            found: in it.
            clear: (n,) which of it is in clear view (`heatcli.track.appearance.appearance.clear_view`).
        """
        period = int(frame.pts_us * DESCRIPTIONS_PER_S // 1e6)
        if period == self._last_period or not clear.any():
            return
        self._last_period = period
        boxes = found.boxes[clear]
        shares = self._model.classify(frame.image, boxes, self._is_person[found.class_id[clear]])
        self._frames.append(frame.index)
        self._boxes.append(boxes)
        self._shares.append(shares.astype(np.float16))

    def attributes(self, tracked: Observations) -> dict[int, tuple[str, ...]]:
        """Decide the attributes of tracks.

        Args:
            tracked: their rows, with the boxes of the detections: neither smoothed nor filled.

        Returns:
            Names by track, those that hold most first; tracks of which nothing can be told are not in it.
        """
        tracks = int(tracked.track.max(initial=0)) + 1
        total, sightings = np.zeros((tracks, len(self._model.names))), np.zeros(tracks)
        begins = np.searchsorted(tracked.frame, self._frames)
        ends = np.searchsorted(tracked.frame, self._frames, side="right")
        for begin, end, boxes, shares in zip(begins, ends, self._boxes, self._shares, strict=True):
            # A row is of the detection that has its box.
            rows, found = (tracked.boxes[begin:end, None] == boxes).all(axis=-1).nonzero()
            track = tracked.track[begin:end][rows]
            np.add.at(total, track, shares[found])
            np.add.at(sightings, track, 1)
        told = {}
        for track in np.flatnonzero(sightings).tolist():
            mean = total[track] / sightings[track]
            order = np.argsort(-mean, kind="stable")
            names = tuple(self._model.names[i] for i in order[mean[order] >= self._model.least])
            if names:
                told[track] = names
        return told
