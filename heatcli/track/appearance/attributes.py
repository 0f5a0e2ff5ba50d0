"""Attributes of a trajectory, such as the colour of clothes: decided from all its sightings in clear view.

What somebody looks like in one frame depends on pose and light, and who it was is known only once all
tracklets are linked. So the attributes of each sighting are kept until then. At two sightings a second they
take little time, and a small part of the memory that the boxes take.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from heatcli.detect.base import Detections
from heatcli.track.appearance.appearance import DESCRIPTIONS_PER_S
from heatcli.track.observations import Observations
from heatcli.video.frame import Frame

Shares = NDArray[np.float32]
"""Degree from 0 to 1 to which each of k attributes holds for n objects in one frame, (n, k)."""

PERSON = "person"
"""Name of the class for which attributes are those of the upper body."""


class AttributeModel(Protocol):
    """Classifies attributes of objects in one frame."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the attributes."""
        ...

    @property
    def least(self) -> float:
        """Least mean share over a trajectory's sightings for the trajectory to have an attribute."""
        ...

    def classify(
        self, image: NDArray[np.uint8], boxes: NDArray[np.floating], persons: NDArray[np.bool_]
    ) -> Shares:
        """Classify the objects in boxes (n, 4), x1 y1 x2 y2 in pixels, of a BGR image.

        `persons` (n,) is the mask of those that are persons.
        """
        ...

    def close(self) -> None:
        """Release device memory."""
        ...


class Sightings:
    """Attributes of the detections in clear view, throughout one clip."""

    def __init__(self, model: AttributeModel, classes: tuple[str, ...]) -> None:
        """Start a clip.

        Args:
            model: model that classifies the attributes.
            classes: names of the classes that `Detections.class_id` indexes.
        """
        self._model = model
        self._is_person = np.array([name == PERSON for name in classes])
        self._last_period = -1
        self._frames: list[int] = []
        self._boxes: list[NDArray[np.float32]] = []
        self._shares: list[NDArray[np.float16]] = []

    def add(self, frame: Frame, found: Detections, clear: NDArray[np.bool_]) -> None:
        """Classify the detections of the next frame, if it is time to.

        Args:
            frame: next frame of the clip.
            found: detections in the frame.
            clear: (n,) mask of the detections in clear view, as
                `heatcli.track.appearance.appearance.clear_view` returns it.
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

    def __len__(self) -> int:
        """Return how many frames have sightings."""
        return len(self._frames)

    def part(self, first: int) -> dict[str, NDArray[Any]]:
        """Return the sightings of all frames but the first ones, for `extend`."""
        boxes = self._boxes[first:]
        return {
            "last_period": np.array(self._last_period),
            "frames": np.array(self._frames[first:], np.int64),
            "counts": np.array([len(one) for one in boxes], np.int64),
            "boxes": np.concatenate([np.zeros((0, 4), np.float32), *boxes]),
            "shares": np.concatenate(
                [np.zeros((0, len(self._model.names)), np.float16), *self._shares[first:]]
            ),
        }

    def extend(self, part: Mapping[str, NDArray[Any]]) -> None:
        """Take over the sightings of the next frames."""
        ends = np.cumsum(part["counts"])[:-1]
        if len(part["frames"]):
            self._frames += part["frames"].tolist()
            self._boxes += np.split(part["boxes"], ends)
            self._shares += np.split(part["shares"], ends)
        self._last_period = int(part["last_period"])

    def attributes(self, tracked: Observations) -> dict[int, tuple[str, ...]]:
        """Decide the attributes of tracks.

        Args:
            tracked: rows of the tracks, with the boxes of the detections: neither smoothed nor filled.

        Returns:
            Names of attributes by track, the largest mean share first; tracks without attributes are left
            out.
        """
        tracks = int(tracked.track.max(initial=0)) + 1
        total, sightings = np.zeros((tracks, len(self._model.names))), np.zeros(tracks)
        begins = np.searchsorted(tracked.frame, self._frames)
        ends = np.searchsorted(tracked.frame, self._frames, side="right")
        for begin, end, boxes, shares in zip(begins, ends, self._boxes, self._shares, strict=True):
            # A row belongs to the detection that has the same box.
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
