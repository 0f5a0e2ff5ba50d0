"""What was erased on request: times and places of cameras of which nothing may be stored.

They are noted in the folder `erased` of the store, and hold for good: a recording that is analysed again has
nothing of them.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.clock import epoch_us
from heatcli.geometry import tracking_points
from heatcli.intervals import Intervals
from heatcli.names import TrackingMode
from heatcli.shapes import Circle, Polygon, Shape, contains
from heatcli.store.clips import ClipRow
from heatcli.store.noted import note_lines, read_notes

_FOLDER = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A time at one camera, and the places there, of which nothing may be stored.

    Attributes:
        camera: name of the camera.
        begin_us: beginning of the time, UTC µs.
        end_us: end of the time, which does not belong to it, UTC µs.
        shapes: places in the picture; none for the whole picture.
        tracking_mode: point of a box that tells whether somebody is in one of the places.
    """

    camera: str
    begin_us: int
    end_us: int
    shapes: tuple[Shape, ...]
    tracking_mode: TrackingMode

    def meets(self, clip: ClipRow) -> bool:
        """Tell whether a clip was recorded in the time, by this camera."""
        return self.is_at(clip.camera, epoch_us(clip.start), clip.duration_us)

    def is_at(self, camera: str, start_us: int, duration_us: int) -> bool:
        """Tell whether a recording of a camera, from its start in UTC µs, has to do with the time."""
        return (
            camera == self.camera
            and start_us < self.end_us
            and start_us + max(duration_us, 1) > self.begin_us
        )

    def has(self, rows: pl.DataFrame, clip: ClipRow) -> NDArray[np.bool_]:
        """Tell which rows of `tracks` of one clip are of the time and places: (n,) bool."""
        time_us = rows["time"].cast(pl.Int64).to_numpy()
        within: NDArray[np.bool_] = (time_us >= self.begin_us) & (time_us < self.end_us)
        if self.shapes and within.any():
            boxes = rows.select("x1", "y1", "x2", "y2").to_numpy()
            within &= self.holds(
                tracking_points(boxes, self.tracking_mode, width=clip.width, height=clip.height), clip
            )
        return within

    def holds_feet(self, waypoints: NDArray[np.float64], clip: ClipRow) -> NDArray[np.bool_]:
        """Tell which waypoints (n, 3), foot point and height in pixels, are in the places: (n,) bool."""
        x, y, tall = waypoints.T
        boxes = np.column_stack([x, y - tall, x, y])
        return self.holds(
            tracking_points(boxes, self.tracking_mode, width=clip.width, height=clip.height), clip
        )

    def holds(self, points: NDArray[np.float64], clip: ClipRow) -> NDArray[np.bool_]:
        """Tell which points (n, 2), x and y in pixels of a clip, are in the places: (n,) bool."""
        inside = np.full(len(points), not self.shapes)
        for shape in self.shapes:
            size = (clip.width, clip.height)
            inside |= contains(shape, points, size=size, sample_aspect=clip.sample_aspect)
        return inside


def moved_with(erasures: Iterable[Erasure], clip: ClipRow, moved: ClipRow) -> Iterator[Erasure]:
    """Yield what was erased of a clip, at the time and of the camera that the clip has after a move."""
    begin_us, end_us = epoch_us(clip.start), epoch_us(clip.start) + clip.duration_us
    later_us = epoch_us(moved.start) - begin_us
    for one in erasures:
        if one.meets(clip):
            yield replace(
                one,
                camera=moved.camera,
                begin_us=max(one.begin_us, begin_us) + later_us,
                end_us=min(one.end_us, end_us) + later_us,
            )


def whole_time(erasures: Iterable[Erasure]) -> Intervals:
    """Return the time of which nothing may be stored, wherever it was: UTC µs."""
    return Intervals.of([[one.begin_us, one.end_us] for one in erasures if not one.shapes])


def note_erasures(store: Path, erasures: Collection[Erasure]) -> None:
    """Note what is erased, from now on for good; what is noted already is not noted again.

    Raises:
        StoreError: the store cannot be written.
    """
    new = set(erasures).difference(read_erasures(store))
    if new:
        note_lines(store, _FOLDER, map(_to_json, new))


def read_erasures(store: Path, *, since: str = "") -> tuple[Erasure, ...]:
    """Read what was erased on request, the oldest first.

    Args:
        store: folder of the store.
        since: id of a note or entry of the journal: only what was noted after it is read.

    Raises:
        StoreError: a file of it is damaged or cannot be read.
    """
    notes = read_notes(store, _FOLDER, _from_json, kind="list of what was erased")
    return tuple(one for name, one in notes if name > since)


def _to_json(one: Erasure) -> dict[str, object]:
    return {
        "camera": one.camera,
        "begin_us": one.begin_us,
        "end_us": one.end_us,
        "circles": [[shape.x, shape.y, shape.radius] for shape in one.shapes if isinstance(shape, Circle)],
        "polygons": [shape.corners for shape in one.shapes if isinstance(shape, Polygon)],
        "tracking_mode": one.tracking_mode,
    }


def _from_json(noted: dict[str, Any]) -> Erasure:
    circles = (Circle(*circle) for circle in noted.pop("circles"))
    polygons = (Polygon(tuple(map(tuple, corners))) for corners in noted.pop("polygons"))
    shapes = (*circles, *polygons)
    return Erasure(**{**noted, "shapes": shapes, "tracking_mode": TrackingMode(noted["tracking_mode"])})
