"""Density, speed and flow in the zones and at the lines of one camera, in metres on its floor plan."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from heatcli.config.calibration import Calibration
from heatcli.config.camera import CameraConfig
from heatcli.heat.floor import Floor, View
from heatcli.heat.grid import Grid
from heatcli.heat.on_plan import OnPlan, watched_cells
from heatcli.heat.seen_floor import seen_floor
from heatcli.intervals import Intervals
from heatcli.names import DetectorChoice
from heatcli.picture.floor_plan import read_plan
from heatcli.select.one_pass import OnePass
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import CountingLine, Shape, Zone, outline_of
from heatcli.zones.buckets import Buckets
from heatcli.zones.flow_figures import AreaFlow, LineFlow, area_flow, full_seconds, line_flow
from heatcli.zones.hidden_floor import HiddenFloor
from heatcli.zones.moments import MOMENT_US
from heatcli.zones.pedestrians import (
    DensitySeries,
    FirstCrossings,
    FloorArea,
    FloorLine,
    PedestrianFlow,
    WalkedByPerson,
    WalkedSeries,
)
from heatcli.zones.tally import sum_by

# Less of a zone than a person stands on tells nothing.
_LEAST_AREA_M2 = 0.2

# Distance from a line in metres up to which it must be possible to count people.
_NEAR_M = 1.0

# Detectors from which people hide each other.
_DETECTED = {str(DetectorChoice.YOLO), str(DetectorChoice.MOTION)}

SeriesT = TypeVar("SeriesT", DensitySeries, WalkedSeries, FirstCrossings)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AreaFlows:
    """Density and speed in a zone.

    Attributes:
        name: name of the zone.
        total: figures of the whole period.
        buckets: figures of each bucket, in the order of `ZoneReport.buckets`.
        density: what was measured moment by moment.
    """

    name: str
    total: AreaFlow
    buckets: tuple[AreaFlow, ...]
    density: DensitySeries


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineFlows:
    """Flow over a line.

    Attributes:
        name: name of the line.
        total: figures of the whole period.
        buckets: figures of each bucket, in the order of `ZoneReport.buckets`.
        crossed: first crossing of each person.
    """

    name: str
    total: LineFlow
    buckets: tuple[LineFlow, ...]
    crossed: FirstCrossings


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlowReport:
    """Density, speed and flow on the floor of one camera.

    Attributes:
        areas: figures of each zone.
        lines: figures of each line.
        persons: how far each person walked on the floor that is seen.
        seen_m2: area of the plan that the picture shows, in m², which Voronoi cells are cut at.
        error_m: root mean square of the errors of the floor's points, in metres.
    """

    areas: tuple[AreaFlows, ...]
    lines: tuple[LineFlows, ...]
    persons: WalkedByPerson
    seen_m2: float
    error_m: float


class FlowReading:
    """Measures density, speed and flow while the rows of a camera are read.

    Args:
        reading: reading of the camera's rows, in which this takes part.
        camera: selected time and people of the camera.
        shapes: zones and lines to measure.
        calibration: position of the camera's picture on the plan.
        configured: configuration of the camera, for its masks.

    Raises:
        InputError: the file of the plan does not exist or is no picture.
        ConfigError: the points of the floor lie outside its plan.
    """

    def __init__(
        self,
        reading: OnePass,
        camera: SelectedCamera,
        shapes: Sequence[Zone | CountingLine],
        calibration: Calibration,
        configured: CameraConfig,
    ) -> None:
        self._camera, self._calibration = camera, calibration
        height, width = read_plan([calibration]).shape[:2]
        scale = calibration.floor.metres_per_pixel
        floor = Floor(Grid(width, height), width * scale, height * scale)
        view = View.of(calibration.of_people(camera.tracking_mode), watched_cells(camera, configured))
        self._seen = seen_floor(view, floor)
        self._areas = [FloorArea(one.name, self._area(one.shape)) for one in shapes if isinstance(one, Zone)]
        self._lines = [
            FloorLine(one.name, self._on_floor([one.line.start, one.line.end]))
            for one in shapes
            if isinstance(one, CountingLine)
        ]
        # Files of trajectories do not say who was lost in a crowd.
        self._hidden = None
        if _DETECTED.intersection(camera.detectors):
            self._hidden = HiddenFloor(
                camera, floor=calibration.projection, people=view.projection, seen=self._seen
            )
            reading.counted(self._hidden)
        self._near = [FloorArea(one.name, self._near_line(one)) for one in self._lines]
        measured = [*self._areas, *(self._near if self._hidden else [])]
        self._flow = PedestrianFlow(measured, self._lines, floor=self._seen, metres_per_pixel=scale)
        reading.counted(OnPlan(camera, view, floor, size=(width, height), number=0, aggregator=self._flow))

    def report(self, buckets: Buckets | None) -> FlowReport:
        """Return the figures, once all rows have been read.

        Args:
            buckets: division of the period; None for none.
        """
        self._flow.finish()
        covered = self._camera.covered
        periods = _periods(covered, buckets)
        # Between two clips, paths are bridged for a moment that nothing covered.
        densities = [_where(one, covered.contains(_time_us(one))) for one in self._flow.density()]
        areas = []
        for place, density, walked in zip(self._areas, densities, self._flow.walked(), strict=False):
            limit = self._limit(place)
            total, *parts = [
                area_flow(
                    _where(density, one.holds(density)),
                    _where(walked, one.holds(walked)),
                    area_m2=None if place.area is None else float(place.area.area),
                    covered_s=one.covered_s,
                    seconds=one.seconds,
                    limit=limit,
                )
                for one in periods
            ]
            areas.append(AreaFlows(name=place.name, total=total, buckets=tuple(parts), density=density))
        lines = []
        around: list[DensitySeries | None] = [*densities[len(self._areas) :]]
        around = around or [None] * len(self._lines)
        for line, place, crossed, near in zip(
            self._lines, self._near, self._flow.crossings(), around, strict=True
        ):
            limit = self._limit(place)
            whole, *pieces = [
                line_flow(
                    _where(crossed, one.holds(crossed)),
                    length_m=line.length_m,
                    covered_s=one.covered_s,
                    near=None if near is None else _where(near, one.holds(near)),
                    limit=limit,
                )
                for one in periods
            ]
            lines.append(LineFlows(name=line.name, total=whole, buckets=tuple(pieces), crossed=crossed))
        return FlowReport(
            areas=tuple(areas),
            lines=tuple(lines),
            persons=self._flow.persons(),
            seen_m2=float(self._seen.area),
            error_m=self._calibration.rms_m,
        )

    def _limit(self, place: FloorArea) -> float | None:
        """Return the density up to which people at a place can be counted; None where that is not known."""
        return None if self._hidden is None or place.area is None else self._hidden.limit(place.area)

    def _near_line(self, line: FloorLine) -> shapely.Polygon | shapely.MultiPolygon | None:
        """Return the floor near a line; None where the line is not on the floor."""
        if not np.isfinite(line.ends).all():
            return None
        near = shapely.intersection(shapely.LineString(line.ends).buffer(_NEAR_M), self._seen)
        return near if near.area >= _LEAST_AREA_M2 else None

    def _on_floor(self, corners: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
        """(n, 2): corners in fractions of the picture, in metres; NaN on or above the horizon."""
        return self._calibration.projection.apply(np.array(corners, np.float64))

    def _area(self, shape: Shape) -> shapely.Polygon | shapely.MultiPolygon | None:
        """Return the part of a zone that is seen on the plan; None where it cannot be told."""
        camera = self._camera
        aspect = camera.width * camera.sample_aspect / camera.height
        corners = self._calibration.projection.outline(np.array(outline_of(shape, aspect), np.float64))
        if not np.isfinite(corners).all():
            return None
        # The outline of a zone may cross itself.
        area = shapely.intersection(shapely.make_valid(shapely.Polygon(corners)), self._seen)
        return area if area.area >= _LEAST_AREA_M2 else None


@dataclass(frozen=True, slots=True, eq=False)
class _Period:
    """The whole period, or a bucket of it.

    Attributes:
        covered_s: covered time in seconds.
        seconds: number of full seconds of the clock that were covered.
        number: index of the bucket; None for the whole period.
        buckets: division that the bucket is of; None for the whole period.
    """

    covered_s: float
    seconds: int
    number: int | None = None
    buckets: Buckets | None = None

    def holds(self, series: DensitySeries | WalkedSeries | FirstCrossings) -> NDArray[np.bool_]:
        """(n,) bool, true for what was measured in the period."""
        if self.buckets is None:
            return np.ones(len(series.moment), np.bool_)
        piece = np.searchsorted(self.buckets.bounds_us[1:, 0], _time_us(series), side="right")
        inside: NDArray[np.bool_] = self.buckets.bucket[piece] == self.number
        return inside


def _periods(covered: Intervals, buckets: Buckets | None) -> list[_Period]:
    """Return the whole period, then each of its buckets."""
    ends = covered.bounds.ravel()
    whole = np.array([[ends.min(), ends.max()]]) if len(ends) else np.zeros((1, 2), np.int64)
    periods = [_Period(covered.total_us / 1e6, int(full_seconds(covered, whole)[0]))]
    if buckets is not None:
        begin, end = buckets.bounds_us.T
        count = len(buckets.buckets)
        covered_us = sum_by(buckets.bucket, covered.overlap_us(begin, end - begin), count)
        seconds = sum_by(buckets.bucket, full_seconds(covered, buckets.bounds_us), count)
        parts = zip(covered_us.tolist(), seconds.tolist(), strict=True)
        periods += [_Period(us / 1e6, full, number, buckets) for number, (us, full) in enumerate(parts)]
    return periods


def _time_us(series: DensitySeries | WalkedSeries | FirstCrossings) -> NDArray[np.int64]:
    """(n,) int64 time of each moment, UTC µs."""
    return series.moment * MOMENT_US


def _where(series: SeriesT, kept: NDArray[np.bool_]) -> SeriesT:
    """Return some of what was measured."""
    return type(series)(*(getattr(series, field.name)[kept] for field in fields(series)))
