"""Where people stood on a floor plan, as a file that any script reads."""

from pathlib import Path
from typing import BinaryIO

import polars as pl

from heatcli.config.calibration import Calibration
from heatcli.config.models import CameraConfig
from heatcli.files import file_name
from heatcli.heat.floor import Floor, View
from heatcli.heat.grid import Grid
from heatcli.heat.on_plan import OnPlan, watched_cells
from heatcli.picture.files import read_picture
from heatcli.select.persons import PERSON
from heatcli.select.rows import Rows, unpaired
from heatcli.select.selected_camera import SelectedCamera

# Digits after the point: a hundredth of a pixel, a millimetre.
_PIXEL_DIGITS, _METRE_DIGITS = 2, 3
_TIME = "%Y-%m-%dT%H:%M:%S%.3f%:z"


def coordinates_path(folder: Path, camera: str) -> Path:
    """Return the path of the file of a camera's coordinates, `coordinates-<camera>.csv`."""
    return folder / f"coordinates-{file_name(camera)}.csv"


def coordinates_into(
    file: BinaryIO, camera: SelectedCamera, calibration: Calibration, configured: CameraConfig
) -> OnPlan:
    """Make an aggregator that writes where the people of a camera stood on its floor plan.

    The columns are `x_coords` and `y_coords` in pixels of the plan, `x_m` and `y_m` in metres from its upper
    left corner, `time` (local, with its offset) and `person`. Rows that show no place on the plan are left
    out; without any row the file is empty.

    Args:
        file: file to write into.
        camera: selected time and people of the camera.
        calibration: position of the camera's picture on the plan.
        configured: settings of the camera.

    Raises:
        InputError: the file of the plan is no picture.
    """
    height, width = read_picture(calibration.plan).shape[:2]
    scale = calibration.floor.metres_per_pixel
    floor = Floor(Grid(width, height), width * scale, height * scale)
    view = View.of(calibration.homography, watched_cells(camera, configured))
    rows = _CoordinateRows(file, camera, scale)
    return OnPlan(camera, view, floor, size=(width, height), number=0, aggregator=rows)


class _CoordinateRows:
    """Writes rows that stand on a plan (an aggregator)."""

    def __init__(self, file: BinaryIO, camera: SelectedCamera, metres_per_pixel: float) -> None:
        self._file, self._camera, self._scale = file, camera, metres_per_pixel
        self._person = camera.known.select(PERSON).to_series()
        self._has_header = False

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        x, y = rows.boxes[:, :2].T.astype(float)
        trajectory, _ = unpaired(rows.tracklet)
        time = pl.Series(rows.time_us).cast(pl.Datetime("us", "UTC"))
        table = pl.DataFrame(
            {
                "x_coords": x.round(_PIXEL_DIGITS),
                "y_coords": y.round(_PIXEL_DIGITS),
                "x_m": (x * self._scale).round(_METRE_DIGITS),
                "y_m": (y * self._scale).round(_METRE_DIGITS),
                "time": time.dt.convert_time_zone(self._camera.timezone),
                "person": self._person[trajectory],
            }
        )
        table.write_csv(self._file, include_header=not self._has_header, datetime_format=_TIME)
        self._has_header = True
