"""People where they stand on a floor plan, for whatever is computed from rows."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from heatcli.config.camera import CameraConfig
from heatcli.heat.floor import Floor, View, picture_grid, spread
from heatcli.intervals import Intervals
from heatcli.select.mergeable import Aggregator
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import Polygon, contains

# Numbers of persons that a camera has for itself where several cameras see one plan.
_PERSONS_OF_CAMERA = 2**40


class OnPlan:
    """Passes rows on with boxes that are points of a floor plan, in its pixels (an aggregator).

    Rows whose tracking point shows no place on the plan are left out, as in
    `heatcli.heat.floor_map.FloorTally`.

    Args:
        camera: camera that the rows are of.
        view: view of the floor from the camera.
        floor: floor plan.
        size: width and height of the plan in pixels.
        number: number of the camera among those that see the plan: its persons are none of the others.
        aggregator: aggregator that takes the rows.
    """

    def __init__(
        self,
        camera: SelectedCamera,
        view: View,
        floor: Floor,
        *,
        size: tuple[int, int],
        number: int,
        aggregator: Aggregator,
    ) -> None:
        self._camera, self._view, self._floor = camera, view, floor
        self._size, self._first = np.array(size, np.int32), number * _PERSONS_OF_CAMERA
        self._aggregator = aggregator

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        view, floor, points = self._view, self._floor, rows.points(self._camera.tracking_mode)
        column, row = view.grid.cells_of(view.grid.positions(points, rows.size)).T
        place = view.projection.apply(points / rows.size)
        on_plan = view.seen[row, column] & floor.holds(place / floor.cell_m)
        if not on_plan.any():
            return
        pixels = place[on_plan] / (floor.width_m, floor.height_m) * self._size
        shown = rows.where(on_plan)
        self._aggregator.add(
            replace(
                shown,
                person=shown.person + self._first,
                boxes=np.tile(pixels, 2).astype(np.float32),
                size=np.tile(self._size, (len(shown), 1)),
            )
        )


def watched_cells(camera: SelectedCamera, configured: CameraConfig) -> NDArray[np.bool_]:
    """(rows, columns) bool: cells of a camera's picture that are in a region of interest and not masked."""
    grid = picture_grid(width=camera.width, height=camera.height)
    y, x = np.mgrid[: grid.rows, : grid.columns] + 0.5
    points = np.column_stack([x.ravel() / grid.columns, y.ravel() / grid.rows]) * (
        camera.width,
        camera.height,
    )
    size = np.tile(np.array([[camera.width, camera.height]], np.int32), (len(points), 1))
    watched = np.ones(grid.cells, np.bool_)
    for corners in configured.masks.values():
        watched &= ~contains(Polygon(corners), points, size=size, sample_aspect=camera.sample_aspect)
    if camera.regions is not None:
        watched &= camera.regions.hold(points, size)
    return watched.reshape(grid.shape)


def shares_of_time(watched: Sequence[tuple[View, Intervals]], floor: Floor) -> NDArray[np.float64]:
    """Return what a second of a person counts in each cell of a floor that several cameras may see.

    It is (time in which any of the cameras that see the cell watched) / (sum of their times): where two watch
    all the time, each second of a person is there twice, and counts half. A camera sees a cell if it sees
    half of it.

    Args:
        watched: view and covered time, UTC µs, of each camera.
        floor: floor plan.

    Returns:
        (rows, columns) float64 in 0..1; NaN where no camera watched.
    """
    half = 0.5 * floor.cell_m[0] * floor.cell_m[1]
    seen = np.array(
        [
            (spread(np.zeros(view.grid.shape), view, floor)[1] >= half) & (covered.total_us > 0)
            for view, covered in watched
        ]
    )
    shares = np.full(floor.grid.cells, np.nan)
    kinds, kind = np.unique(seen.reshape(len(seen), -1), axis=1, return_inverse=True)
    for number, watching in enumerate(kinds.T):
        times = [watched[i][1] for i in np.flatnonzero(watching).tolist()]
        if times:
            whole = sum(one.total_us for one in times)
            shares[kind == number] = Intervals.union_of(times).total_us / whole
    return shares.reshape(floor.grid.shape)
