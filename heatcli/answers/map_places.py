"""Zones, lines and hottest places of a camera with their figures, as they are written onto its map."""

from collections.abc import Iterator, Sequence

import numpy as np

from heatcli.answers.hot_places import HotPlaces
from heatcli.answers.zone_report import ZoneReading
from heatcli.config.camera import CameraConfig
from heatcli.config.named_shapes import lines_of, zones_of
from heatcli.heat.floor import Floor
from heatcli.names import counted
from heatcli.optics.projection import FloorProjection
from heatcli.select.one_pass import OnePass
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import CountingLine, Line, Polygon, Shape, Zone, outline_of
from heatcli.zones.lines import LineFigures
from heatcli.zones.statistics import Figures

Place = tuple[str, Shape | Line]
"""Text that stands at a place on a map, and the place."""


def places_of(
    camera: SelectedCamera, configured: CameraConfig, *, zones: bool, hot: int
) -> list[Zone | CountingLine]:
    """Return what is marked on the map of a camera.

    Args:
        camera: selected time and people of the camera.
        configured: settings of the camera.
        zones: whether its configured zones and lines are marked.
        hot: most of the hottest places to mark, which takes a reading of its own; 0 for none.

    Raises:
        StoreError: the store cannot be read.
    """
    places: list[Zone | CountingLine] = []
    if zones:
        places += [*zones_of(configured.zones), *lines_of(configured.zones)]
    if hot:
        places += hottest(camera, hot)
    return places


def hottest(camera: SelectedCamera, top: int) -> tuple[Zone, ...]:
    """Find the hottest places of a camera, at most so many, in a reading of its own."""
    reading = OnePass(camera)
    places = HotPlaces(reading, camera, top)
    reading.run()
    return places.result()


class PlacesReading:
    """Computes the figures of places while the rows of a camera are read.

    Args:
        reading: reading of the camera's rows, in which this takes part.
        camera: selected time and people of the camera.
        places: zones and lines.
    """

    def __init__(
        self, reading: OnePass, camera: SelectedCamera, places: Sequence[Zone | CountingLine]
    ) -> None:
        self._figures = ZoneReading(reading, camera, places, None)

    def result(self) -> list[Place]:
        """Return each place with its text, once all rows have been read."""
        return list(self._texts())

    def _texts(self) -> Iterator[Place]:
        report = self._figures.report()
        for zone in report.zones:
            yield f"{zone.zone.name}: {_zone_text(zone.total)}", zone.zone.shape
        for line in report.lines:
            yield f"{line.line.name}: {_line_text(line.total)}", line.line.line


def _zone_text(total: Figures) -> str:
    if total.unique_visits is None or total.occupancy_pct is None:
        return "not recorded"
    visitors = counted(total.unique_visits, "visitor")
    return f"{visitors}, {total.occupancy_pct:.0f} % of the time"


def _line_text(total: LineFigures) -> str:
    if total.left_to_right is None:
        return "not recorded"
    return f"{total.left_to_right} to the right, {total.right_to_left} to the left"


def on_plan(
    places: Sequence[Place], projection: FloorProjection, camera: SelectedCamera, floor: Floor
) -> list[Place]:
    """Return places of a camera's picture as outlines on a floor plan, in fractions of it.

    A place that reaches above the horizon is nowhere on the floor, and is left out.

    Args:
        places: places in fractions of the camera's frame.
        projection: map from fractions of the picture to metres on the plan.
        camera: selected time and people of the camera, whose frame gives a circle its shape.
        floor: floor plan.
    """
    aspect = camera.width * camera.sample_aspect / camera.height
    found: list[Place] = []
    for text, shape in places:
        corners = np.array(outline_of(shape, aspect))
        on_floor = projection.apply(corners) if isinstance(shape, Line) else projection.outline(corners)
        outline = on_floor / (floor.width_m, floor.height_m)
        if np.isfinite(outline).all():
            begin, *rest = map(tuple, outline.tolist())
            found.append((text, Line(begin, rest[0]) if isinstance(shape, Line) else Polygon((begin, *rest))))
    return found
