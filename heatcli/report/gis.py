"""What happened on a floor plan, as files that a GIS reads: GeoJSON and GeoParquet."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import shapely
from shapely.geometry import mapping

from heatcli.clock import local_time
from heatcli.config.named_shapes import lines_of, zones_of
from heatcli.files import file_name
from heatcli.report.coordinates import PlanOfCamera
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import Line, Shape, outline_of
from heatcli.zones.moments import MOMENT_US, RATE, ConstantRate, Moments
from heatcli.zones.speed_grid import SpeedGrid, mean_speeds

# Side of a cell, and how far a path may be from where somebody was, in metres.
_CELL_M, _SIMPLER_M = 0.5, 0.05
# Metres on a plan, as GDAL understands it: without it coordinates are taken for degrees.
_CRS = {"type": "name", "properties": {"name": 'LOCAL_CS["floor plan",UNIT["metre",1]]'}}
# Columns of a feature besides its geometry, with their types; those of other kinds of features are null.
_COLUMNS = {
    "kind": pl.String,
    "name": pl.String,
    "person": pl.Int64,
    "from": pl.String,
    "to": pl.String,
    "length_m": pl.Float64,
    "seconds": pl.Float64,
    "mean_speed": pl.Float64,
}


def geojson_path(folder: Path, camera: str) -> Path:
    """Return the path of the GeoJSON file of a camera, `floor-<camera>.geojson`."""
    return folder / f"floor-{file_name(camera)}.geojson"


def geoparquet_path(folder: Path, camera: str) -> Path:
    """Return the path of the GeoParquet file of a camera, `floor-<camera>.parquet`."""
    return folder / f"floor-{file_name(camera)}.parquet"


@dataclass(frozen=True, slots=True)
class _Feature:
    """A geometry in metres from the lower left corner of the plan, y upwards, with its properties."""

    geometry: shapely.Geometry
    properties: dict[str, object]


class _Features:
    """Collects what is on a plan (an aggregator): its outline, zones, lines, cells, and paths of people.

    Memory grows with the time that people are on the plan.

    Args:
        file: file to write into.
        camera: camera that the rows are of.
        plan: floor plan of the camera.
    """

    def __init__(self, file: BinaryIO, camera: SelectedCamera, plan: PlanOfCamera) -> None:
        self._file, self._camera, self._plan = file, camera, plan
        self._at_rate = ConstantRate(plan.metres_per_pixel)
        shape = (max(1, -int(-plan.height_m // _CELL_M)), max(1, -int(-plan.width_m // _CELL_M)))
        self._cells = SpeedGrid(shape, (_CELL_M, _CELL_M), metres_per_pixel=plan.metres_per_pixel)
        self._moments = [Moments.none()]

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._moments.append(self._at_rate.add(rows))
        self._cells.add(rows)

    def _features(self) -> list[_Feature]:
        """Return all features, once all rows have been taken."""
        self._moments.append(self._at_rate.rest())
        self._cells.finish()
        return [*self._places(), *self._cell_features(), *self._paths()]

    def _feature(self, geometry: shapely.Geometry, kind: str, **properties: object) -> _Feature:
        """Make a feature of a geometry in metres from the upper left corner, y downwards."""
        upwards = shapely.transform(geometry, lambda xy: np.array([0, self._plan.height_m]) + xy * (1, -1))
        return _Feature(
            shapely.orient_polygons(upwards), {**dict.fromkeys(_COLUMNS), "kind": kind, **properties}
        )

    def _places(self) -> Iterator[_Feature]:
        """Yield the outline of the plan, and the zones and lines that are on the floor."""
        plan, camera = self._plan, self._camera
        yield self._feature(shapely.box(0, 0, plan.width_m, plan.height_m), "plan", name=plan.name)
        aspect = camera.width * camera.sample_aspect / camera.height
        shapes: list[tuple[str, str, Shape | Line]] = [
            *(("zone", zone.name, zone.shape) for zone in zones_of(plan.zones)),
            *(("line", line.name, line.line) for line in lines_of(plan.zones)),
        ]
        for kind, name, shape in shapes:
            corners = np.array(outline_of(shape, aspect), np.float64)
            if isinstance(shape, Line):
                on_floor = plan.projection.apply(corners)
                geometry = shapely.LineString(on_floor) if np.isfinite(on_floor).all() else None
            else:
                on_floor = plan.projection.outline(corners)
                geometry = shapely.Polygon(on_floor) if np.isfinite(on_floor).all() else None
            if geometry is not None:
                yield self._feature(geometry, kind, name=name)

    def _cell_features(self) -> Iterator[_Feature]:
        speeds = mean_speeds([self._cells])
        for row, column in np.argwhere(self._cells.moments).tolist():
            x, y = column * _CELL_M, row * _CELL_M
            speed = float(speeds[row, column])
            yield self._feature(
                shapely.box(x, y, x + _CELL_M, y + _CELL_M),
                "cell",
                seconds=float(self._cells.moments[row, column]) / RATE,
                mean_speed=speed if np.isfinite(speed) else None,
            )

    def _paths(self) -> Iterator[_Feature]:
        moments = Moments.joined(self._moments)
        order = np.lexsort((moments.moment, moments.piece))
        moments = moments[order]
        ends = np.flatnonzero(np.diff(moments.piece, append=-1))
        zone = ZoneInfo(self._camera.timezone)
        first = 0
        for last in ends.tolist():
            path = moments[np.arange(first, last + 1)]
            first = last + 1
            if len(path) < 2:
                continue
            line = shapely.LineString(path.xy)
            begin, end = (local_time(int(path.moment[at]) * MOMENT_US, zone).isoformat() for at in (0, -1))
            yield self._feature(
                line.simplify(_SIMPLER_M),
                "path",
                person=int(path.person[0]),
                length_m=float(line.length),
                seconds=(len(path) - 1) / RATE,
                **{"from": begin, "to": end},
            )

    @property
    def _about(self) -> dict[str, object]:
        """What a reader has to know of the numbers."""
        return {
            "camera": self._camera.name,
            "plan": self._plan.name,
            "coordinates": "metres, x to the right and y upwards from the lower left corner of the plan",
            "floor_error_m": self._plan.error_m,
            "cell_m": _CELL_M,
            "paths_within_m": _SIMPLER_M,
        }


class GeoJsonRows(_Features):
    """Writes what is on a plan as GeoJSON (an aggregator), with coordinates in metres on the plan."""

    def finish(self) -> None:
        """Write the file, once all rows have been taken."""
        features = [
            {"type": "Feature", "geometry": mapping(one.geometry), "properties": one.properties}
            for one in self._features()
        ]
        whole = {"type": "FeatureCollection", "crs": _CRS, "heatcli": self._about, "features": features}
        self._file.write(json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode())


class GeoParquetRows(_Features):
    """Writes what is on a plan as GeoParquet 1.1 (an aggregator), with coordinates in metres on the plan."""

    def finish(self) -> None:
        """Write the file, once all rows have been taken."""
        features = self._features()
        shapes = np.array([one.geometry for one in features])
        table = pl.DataFrame([one.properties for one in features], schema=_COLUMNS)
        geometry = pl.Series("geometry", shapely.to_wkb(shapes).tolist(), dtype=pl.Binary)
        column = {
            "encoding": "WKB",
            "geometry_types": sorted({one.geometry.geom_type for one in features}),
            "crs": None,
            "orientation": "counterclockwise",
            "edges": "planar",
            "bbox": shapely.total_bounds(shapes).tolist(),
        }
        geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
        about = {"geo": json.dumps(geo), "heatcli": json.dumps(self._about, ensure_ascii=False)}
        table.with_columns(geometry).write_parquet(self._file, metadata=about)
