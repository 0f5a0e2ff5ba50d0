"""What was found in the frames of a clip: noted when it is found, and given again from the notes."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatcli.detect.base import Detections
from heatcli.track.appearance.appearance import Appearance, Descriptors, clear_view


class Looks:
    """Notes of one piece of a clip: detections, and the descriptors of those that were described."""

    def __init__(self) -> None:
        self._index: list[int] = []
        self._pts_us: list[int] = []
        self._found: list[Detections] = []
        self._looked_at: list[bool] = []
        self._rows = 0
        self._described: list[NDArray[np.intp]] = []
        self._descriptors: list[Descriptors] = []

    def note(
        self, index: int, pts_us: int, found: Detections, appearance: Appearance | None
    ) -> Appearance | None:
        """Note the detections in the next frame; one without appearance is passed over, not looked at.

        Returns:
            The appearance, which notes the descriptors that it is asked for.
        """
        first = self._rows
        self._looked_at.append(appearance is not None)
        self._index.append(index)
        self._pts_us.append(pts_us)
        self._found.append(found)
        self._rows += len(found.boxes)
        if appearance is None:
            return None

        def describe(rows: NDArray[np.intp]) -> Descriptors:
            descriptors = appearance.describe(rows)
            self._described.append(first + rows)
            self._descriptors.append(descriptors)
            return descriptors

        return Appearance(appearance.clear, describe)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the notes, for `looks_in`."""
        found = self._found
        return {
            "index": np.array(self._index, np.int32),
            "pts_us": np.array(self._pts_us, np.int64),
            "looked_at": np.array(self._looked_at, np.bool_),
            "counts": np.array([len(one.boxes) for one in found], np.int64),
            "boxes": np.concatenate([np.zeros((0, 4), np.float32), *(one.boxes for one in found)]),
            "confidence": np.concatenate([np.zeros(0, np.float32), *(one.confidence for one in found)]),
            "class_id": np.concatenate([np.zeros(0, np.int32), *(one.class_id for one in found)]),
            "described": np.concatenate([np.zeros(0, np.intp), *self._described]),
            "descriptors": np.concatenate(self._descriptors) if self._descriptors else np.zeros((0, 0)),
        }


def looks_in(
    notes: Mapping[str, NDArray[Any]], *, width: int, height: int
) -> Iterator[tuple[int, int, Detections, Appearance | None]]:
    """Yield what was noted of each frame: index, media time in µs, detections and, if looked at, appearance.

    Args:
        notes: arrays of `Looks`.
        width: width of the frame in pixels.
        height: height of the frame in pixels.

    Raises:
        ValueError: the notes are not those of `Looks`; also when a descriptor is asked for that was not then.
    """
    place = np.full(len(notes["boxes"]), -1)
    place[notes["described"]] = np.arange(len(notes["described"]))
    ends = np.cumsum(notes["counts"])
    for index, pts_us, looked_at, begin, end in zip(
        notes["index"].tolist(),
        notes["pts_us"].tolist(),
        notes["looked_at"].tolist(),
        ends - notes["counts"],
        ends,
        strict=True,
    ):
        rows = slice(begin, end)
        found = Detections(notes["boxes"][rows], notes["confidence"][rows], notes["class_id"][rows])
        clear = clear_view(found.boxes, width=width, height=height)

        def describe(wanted: NDArray[np.intp], own: NDArray[np.intp] = place[rows]) -> Descriptors:
            if (own[wanted] < 0).any():
                raise ValueError("asked for a descriptor that nobody has asked for before")
            descriptors: Descriptors = notes["descriptors"][own[wanted]]
            return descriptors

        yield index, pts_us, found, Appearance(clear, describe) if looked_at else None
