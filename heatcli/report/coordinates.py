"""Where people stood on a floor plan, as a file that any script reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import polars as pl

from heatcli.config.calibration import calibration_of
from heatcli.config.models import Config
from heatcli.config.places import ZoneConfig
from heatcli.files import file_name
from heatcli.heat.floor import Floor, View
from heatcli.heat.grid import Grid
from heatcli.heat.on_plan import OnPlan, watched_cells
from heatcli.optics.projection import FloorProjection
from heatcli.picture.floor_plan import read_plan
from heatcli.select.mergeable import Aggregator
from heatcli.select.persons import PERSON
from heatcli.select.rows import Rows, unpaired
from heatcli.select.selected_camera import SelectedCamera

_COLUMNS = ("x_coords", "y_coords", "x_m", "y_m", "time", "person")
# Digits after the point: a hundredth of a pixel, a millimetre.
_PIXEL_DIGITS, _METRE_DIGITS = 2, 3
_TIME = "%Y-%m-%dT%H:%M:%S%.3f%:z"


def coordinates_path(folder: Path, camera: str) -> Path:
    """Return the path of the file of a camera's coordinates, `coordinates-<camera>.csv`."""
    return folder / f"coordinates-{file_name(camera)}.csv"


@dataclass(frozen=True, slots=True)
class PlanOfCamera:
    """The floor plan of a camera, for files of what happened on it.

    Attributes:
        name: file of the plan, as configured.
        metres_per_pixel: width of a pixel of the plan in metres.
        width_m: width of the plan in metres.
        height_m: height of the plan in metres.
        projection: map from points of the picture that show the floor, in fractions of it, to metres.
        error_m: root mean square of the errors of the floor's points, in metres.
        zones: configured zones and lines of the camera, by name.
        on_plan: function that makes the aggregator to register of one that takes rows whose boxes are points
            in pixels of the plan.
    """

    name: str
    metres_per_pixel: float
    width_m: float
    height_m: float
    projection: FloorProjection
    error_m: float
    zones: Mapping[str, ZoneConfig]
    on_plan: Callable[[Aggregator], OnPlan]


def plan_of(camera: SelectedCamera, config: Config) -> PlanOfCamera:
    """Return the floor plan of a camera that has one.

    Args:
        camera: selected time and people of the camera, which has a floor.
        config: configuration (`heatcli.toml`) with the floor.

    Raises:
        InputError: the file of the plan does not exist or is no picture.
        ConfigError: the points of the floor contradict each other, or lie outside its plan.
    """
    calibration = calibration_of(camera.name, config)
    assert calibration is not None
    height, width = read_plan([calibration]).shape[:2]
    scale = calibration.floor.metres_per_pixel
    floor = Floor(Grid(width, height), width * scale, height * scale)
    people = calibration.of_people(camera.tracking_mode)
    configured = config.camera(camera.name)
    view = View.of(people, watched_cells(camera, configured))
    size = width, height
    return PlanOfCamera(
        name=calibration.floor.plan,
        metres_per_pixel=scale,
        width_m=floor.width_m,
        height_m=floor.height_m,
        projection=calibration.projection,
        error_m=calibration.rms_m,
        zones=configured.zones,
        on_plan=lambda rows: OnPlan(camera, view, floor, size=size, number=0, aggregator=rows),
    )


class CoordinateRows:
    """Writes where people stood on a floor plan into a file, row by row (an aggregator).

    The columns are `x_coords` and `y_coords` in pixels of the plan, `x_m` and `y_m` in metres from its upper
    left corner, `time` (local, with its offset) and `person`. Rows that show no place on the plan are left
    out; without any row there is only the header.

    Args:
        file: file to write into.
        camera: camera that the rows are of.
        plan: floor plan of the camera.
    """

    def __init__(self, file: BinaryIO, camera: SelectedCamera, plan: PlanOfCamera) -> None:
        self._file, self._camera, self._scale = file, camera, plan.metres_per_pixel
        self._person = camera.known.select(PERSON).to_series()
        file.write(f"{','.join(_COLUMNS)}\n".encode())

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
        table.select(_COLUMNS).write_csv(self._file, include_header=False, datetime_format=_TIME)

    def finish(self) -> None:
        """Write what was held back, once all rows have been taken: nothing."""
