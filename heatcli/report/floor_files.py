"""The files of a report that tell where people were on floor plans, for cameras that have one."""

from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path

from heatcli.config.models import Config
from heatcli.errors import ConfigError, InputError
from heatcli.files import output_file
from heatcli.names import ReportFormat
from heatcli.report.coordinates import CoordinateRows, coordinates_path, plan_of
from heatcli.report.gis import GeoJsonRows, GeoParquetRows, geojson_path, geoparquet_path
from heatcli.report.report import Report
from heatcli.report.trajectories_m import TrajectoryRows, trajectories_path
from heatcli.select.mergeable import Aggregator
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera

_Writer = type[CoordinateRows] | type[TrajectoryRows] | type[GeoJsonRows] | type[GeoParquetRows]

ON_FLOOR: dict[ReportFormat, tuple[Callable[[Path, str], Path], _Writer]] = {
    ReportFormat.COORDINATES: (coordinates_path, CoordinateRows),
    ReportFormat.TRAJECTORIES_M: (trajectories_path, TrajectoryRows),
    ReportFormat.GEOJSON: (geojson_path, GeoJsonRows),
    ReportFormat.GEOPARQUET: (geoparquet_path, GeoParquetRows),
}
"""Files of people on floor plans: the path of that of a camera, and what writes it."""


class _Together:
    """Passes rows on to several aggregators (an aggregator)."""

    def __init__(self, aggregators: Collection[Aggregator]) -> None:
        self._aggregators = aggregators

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        for one in self._aggregators:
            one.add(rows)


class OnFloor:
    """Writes where people were on the floor plans of a configuration, for each camera that has one.

    Args:
        folder: folder of the files, which are in place once the stack is closed.
        files: stack of files.
        config: configuration (`heatcli.toml`).
        formats: formats that are asked for; those that are not of a floor are ignored.

    Attributes:
        faults: why cameras with a floor have no file, a line for each.
    """

    def __init__(
        self, folder: Path, files: ExitStack, config: Config, formats: Collection[ReportFormat]
    ) -> None:
        self._folder, self._files, self._config = folder, files, config
        self._formats = [ON_FLOOR[form] for form in formats if form in ON_FLOOR]
        self.faults: list[str] = []

    def of(self, camera: SelectedCamera) -> Aggregator | None:
        """Return the aggregator of a camera; None where it has no floor, or its plan cannot be used."""
        if self._config.camera(camera.name).floor is None:
            return None
        paths = [path(self._folder, camera.name) for path, _ in self._formats]
        try:
            plan = plan_of(camera, self._config)
        except (InputError, ConfigError) as error:
            for path in paths:
                self.faults.append(f"{path}: is not written; {error}")
                path.unlink(missing_ok=True)  # an older one would pass for this one
            return None
        writers = []
        for path, (_, kind) in zip(paths, self._formats, strict=True):
            beside = self._files.enter_context(output_file(path))
            writer = kind(self._files.enter_context(beside.open("wb")), camera, plan)
            self._files.callback(writer.finish)
            writers.append(writer)
        return plan.on_plan(_Together(writers))


def written_on_floor(form: ReportFormat) -> Callable[[Path, Report], list[Path]]:
    """Return what lists the files of a format, which were written as those of rows."""
    path_of, _ = ON_FLOOR[form]

    def written(folder: Path, report: Report) -> list[Path]:
        # Cameras without a usable floor have none.
        cameras = (one for one in report.cameras if report.config.camera(one.name).floor is not None)
        paths = (path_of(folder, camera.name) for camera in cameras)
        return [path for path in paths if path.exists()]

    return written
