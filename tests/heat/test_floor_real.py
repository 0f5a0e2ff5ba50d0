"""Where people stand: real footage on a plan whose metres are known."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from heatcli.commands.import_mot import import_mot
from heatcli.config.calibration import Calibration
from heatcli.config.places import FloorConfig, FloorPoint
from heatcli.geometry import iou_matrix, tracking_points
from heatcli.names import TrackingMode
from heatcli.select.reader import read_rows
from heatcli.select.rows import Rows
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Store
from tests.support.command_line import done, run

SIZE = np.array([768, 576])
# The plan: from its upper left corner x grows with X, and y, which points down, as Y shrinks.
LEFT, TOP, METRES_PER_PIXEL = -25.0, 10.0, 0.02


def world_of(plan_m: NDArray[np.float64]) -> NDArray[np.float64]:
    return plan_m * (1, -1) + (LEFT, TOP)


@pytest.fixture(scope="module")
def truth(test_data: Path) -> NDArray[np.float64]:
    """Rows of frame from 0, id, x1, y1, x2, y2, X, Y."""
    table = np.loadtxt(test_data / "vtest.gt.txt", delimiter=",")
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    return np.column_stack([table[:, 0] - 1, table[:, 1:4], table[:, 2:4] + table[:, 4:6], table[:, 7:9]])


@pytest.fixture(scope="module")
def calibration(truth: NDArray[np.float64]) -> Calibration:
    """Six of the feet in the truth: those nearest to two rows of three spots over the part with people."""
    feet = np.column_stack([(truth[:, 2] + truth[:, 4]) / 2, truth[:, 5]]) / SIZE
    (left, top), (right, bottom) = np.percentile(feet, (10, 90), axis=0)
    spots = [(x, y) for y in (top, bottom) for x in (left, (left + right) / 2, right)]
    points = []
    for spot in spots:
        at = int(np.linalg.norm(feet - spot, axis=1).argmin())
        x, y = (truth[at, 6:] - (LEFT, TOP)) * (1, -1) / METRES_PER_PIXEL
        points.append(FloorPoint(image=tuple(feet[at].tolist()), plan=(float(x), float(y))))
    floor = FloorConfig(plan="plan.png", metres_per_pixel=METRES_PER_PIXEL, points=tuple(points))
    return Calibration.of("true", floor, Path())


def stored(store: Store, camera: str) -> Rows:
    (selection,) = selected_cameras(store, Selection(cameras=(camera,)))
    (rows,) = read_rows(selection)
    return rows


def places(rows: Rows, calibration: Calibration) -> NDArray[np.float64]:
    """(n, 2): where on the ground the rows are, in metres of the world."""
    points = tracking_points(rows.boxes, TrackingMode.BOTTOM_CENTER, width=SIZE[0], height=SIZE[1])
    return world_of(calibration.projection.apply(points / rows.size))


def test_imported_truth_lands_where_it_is(
    test_data: Path, tmp_path: Path, truth: NDArray[np.float64], calibration: Calibration
) -> None:
    store = Store.create_or_open(tmp_path / "store")
    file = test_data / "vtest.gt.txt"
    import_mot(store, file=file, camera="true", width=768, height=576, fps=10, start="2026-01-01", frames=795)
    rows = stored(store, "true")
    np.testing.assert_allclose(rows.boxes, truth[:, 2:6], atol=1e-3)
    error_m = np.linalg.norm(places(rows, calibration) - truth[:, 6:], axis=1)
    assert np.median(error_m) < 0.05
    assert error_m.max() < 0.5
    assert calibration.rms_m < 0.1


@pytest.mark.slow
def test_people_who_were_found_stand_where_they_stood(
    test_data: Path, weights: Path, tmp_path: Path, truth: NDArray[np.float64], calibration: Calibration
) -> None:
    store = tmp_path / "store"
    command = ["analyze", test_data / "vtest.avi", "--camera", "found", "--store", store, "--quiet"]
    done(run(*command, "--detector", "yolo", "--weights", weights))
    rows = stored(Store.open(store), "found")
    standing = places(rows, calibration)
    errors_m = []
    for frame in np.unique(rows.frame):
        found, true = np.flatnonzero(rows.frame == frame), truth[truth[:, 0] == frame]
        overlap = iou_matrix(rows.boxes[found], true[:, 2:6])
        # the person that a box overlaps most; above a half there is hardly another one
        matched = overlap.max(axis=1) >= 0.5
        person = true[overlap.argmax(axis=1)[matched], 6:]
        errors_m += np.linalg.norm(standing[found[matched]] - person, axis=1).tolist()
    assert len(errors_m) > 3000
    assert np.median(errors_m) < 0.2
