"""How much two analyses of one clip say the same."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli import RenderSettings, Selection, Store, heat_map, read_rows, selected_cameras
from heatcli.geometry import iou_matrix
from heatcli.names import Metric
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera

# Shortest trajectory that has to be found, in µs; the least overlap with which somebody is in the same place;
# and the share of a trajectory's moments in which that has to be so.
LEAST_US = 1_000_000
LEAST_IOU = 0.5
LEAST_SHARE = 0.5

# Bounds of the heights of people in pixels, of which each class is told apart.
HEIGHTS = (0, 50, 75, 100, 150, 200, 300, 10_000)

# As in `heatcli score`: in the cells of the grid, smoothed by a Gaussian of two of them.
MAP = RenderSettings(metric=Metric.DWELL_TIME, reach=0, smoothing=11)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How much an analysis says the same as one of every frame.

    Attributes:
        heat_r: Pearson correlation of the two maps of dwell time.
        persons: number of persons in either, that of every frame last.
        dwell: dwell time of all of them together, divided by that of every frame.
        found: number of trajectories longer than a second that were found again, and of all of them.
        by_height: the same for each class of heights, by its bounds; only classes in which somebody is.
        missed: of those who were not found again, seconds of how long and height in pixels, longest first.
    """

    heat_r: float
    persons: tuple[int, int]
    dwell: float
    found: tuple[int, int]
    by_height: dict[tuple[int, int], tuple[int, int]]
    missed: list[tuple[float, int]]


def agreement(store: Path, every: Path) -> Agreement:
    """Compare the only camera of a store with that of another, in which every frame was processed."""
    cameras = [_camera(one) for one in (store, every)]
    one, other = (heat_map(camera, MAP).value.ravel() for camera in cameras)
    found, true = (Rows.joined([Rows.none(), *read_rows(camera)]) for camera in cameras)
    again, seconds, height = _found_again(found, true)
    place = np.searchsorted(HEIGHTS, height, "right")
    missed = zip(seconds[~again].tolist(), np.rint(height[~again]).astype(int).tolist(), strict=True)
    return Agreement(
        float(np.corrcoef(one, other)[0, 1]),
        (len(np.unique(found.person)), len(np.unique(true.person))),
        float(found.weight_us.sum() / true.weight_us.sum()),
        (int(again.sum()), len(again)),
        {
            (HEIGHTS[at - 1], HEIGHTS[at]): (int(again[place == at].sum()), int((place == at).sum()))
            for at in np.unique(place).tolist()
        },
        sorted(missed, reverse=True),
    )


def _camera(store: Path) -> SelectedCamera:
    (camera,) = selected_cameras(Store(store), Selection())
    return camera


def _found_again(
    found: Rows, true: Rows
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Tell which trajectories in `true` are in `found` too; only long ones count.

    Returns:
        (n,) whether each was found again, how long it is in seconds, and its median height in pixels.
    """
    paths = [_Path(rows) for rows in _by_person(found)]
    again, seconds, height = [], [], []
    for rows in _by_person(true):
        if np.ptp(rows.time_us) > LEAST_US:
            same = [
                any(path.is_at(time_us, box) for path in paths)
                for time_us, box in zip(rows.time_us.tolist(), rows.boxes, strict=True)
            ]
            again.append(float(np.mean(same)) >= LEAST_SHARE)
            seconds.append(np.ptp(rows.time_us) / 1e6)
            height.append(np.median(rows.boxes[:, 3] - rows.boxes[:, 1]))
    return np.array(again, np.bool_), np.array(seconds, np.float64), np.array(height, np.float64)


def _by_person(rows: Rows) -> list[Rows]:
    return [rows.where(rows.person == person) for person in np.unique(rows.person)]


class _Path:
    """Where somebody was, also between the moments that were looked at."""

    def __init__(self, rows: Rows) -> None:
        self._times, self._boxes = rows.time_us, rows.boxes

    def is_at(self, time_us: int, box: NDArray[np.float32]) -> bool:
        """Tell whether the person was in a place at a moment."""
        if not self._times[0] <= time_us <= self._times[-1]:
            return False
        here = [np.interp(time_us, self._times, side) for side in self._boxes.T]
        return bool(iou_matrix(np.array([here]), box[None])[0, 0] >= LEAST_IOU)
