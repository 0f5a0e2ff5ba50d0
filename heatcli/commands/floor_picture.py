"""The map of one floor plan: computed in one reading of each camera's rows, then drawn."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.answers.map_places import Place, PlacesReading, on_plan, places_of
from heatcli.config.calibration import Calibration
from heatcli.config.models import Config
from heatcli.config.settings import RenderSettings
from heatcli.heat.extent import Extent
from heatcli.heat.floor import View
from heatcli.heat.floor_density import FloorDensity
from heatcli.heat.floor_map import FloorTally, floor_decay, floor_map, floor_of, floor_reach
from heatcli.heat.flow import FlowField
from heatcli.heat.grid import Grid
from heatcli.heat.heatmap import HeatMap
from heatcli.heat.on_plan import OnPlan, shares_of_time, watched_cells
from heatcli.intervals import Intervals
from heatcli.names import SPEED, TRANSPARENT, TrackingMode
from heatcli.picture.axes import with_axes
from heatcli.picture.camera import Drawing
from heatcli.picture.colour import color_table
from heatcli.picture.draw import draw_heat_map, fit
from heatcli.picture.files import read_picture
from heatcli.picture.movement import FLOW_COLUMNS, PathPicture, paths_legend, with_legend_of_paths
from heatcli.picture.regions import draw_outlines
from heatcli.picture.title import selected_words
from heatcli.picture.transparent import see_through
from heatcli.select.mergeable import Aggregator
from heatcli.select.one_pass import OnePass
from heatcli.select.selected_camera import SelectedCamera
from heatcli.zones.speed_grid import SpeedGrid, mean_speeds

# Rows on a plan have points for boxes, so that all tracking points are one.
_POINT = TrackingMode.CENTROID


class FloorPicture:
    """The map of one plan.

    Args:
        plan: (height, width, 3) uint8 BGR picture of the plan.
        cameras: cameras that watch it, each with its calibration; at least one.
        drawing: content and look of the picture.
        config: configuration (`heatcli.toml`) with the floors.

    Attributes:
        tallies: numbers of the rows of each camera that are on the plan, and that were left out.
    """

    def __init__(
        self,
        plan: NDArray[np.uint8],
        cameras: Sequence[tuple[SelectedCamera, Calibration]],
        drawing: Drawing,
        config: Config,
    ) -> None:
        self._plan, self._cameras, self._drawing, self._config = plan, cameras, drawing, config
        self._names = ", ".join(camera.name for camera, _ in cameras)
        self._selected = selected_words([camera for camera, _ in cameras])
        self._covered = Intervals.union_of([camera.covered for camera, _ in cameras])
        height, width = plan.shape[:2]
        self._size = width, height
        scale = cameras[0][1].floor.metres_per_pixel
        self._floor = floor_of(width, height, scale, drawing.settings, speed=drawing.mean_speed)
        self._views = [
            View.of(
                calibration.of_people(camera.tracking_mode),
                watched_cells(camera, config.cameras[camera.name]),
            )
            for camera, calibration in cameras
        ]
        self._places: list[Place] = []
        self.tallies: list[FloorTally] = []
        self._flow = self._paths = None
        if drawing.flow:
            grid = Grid.over(columns=FLOW_COLUMNS, width=width, height=height)
            self._flow = FlowField(grid, tracking_mode=_POINT, aspect=height / width)
        if drawing.paths:
            self._paths = PathPicture(
                tracking_mode=_POINT,
                covered=self._covered,
                ground=self._ground(),
                table=color_table(drawing.settings.color_map),
            )

    def compute(self) -> HeatMap:
        """Read the rows of all cameras, and return the heat map.

        Raises:
            StoreError: the store cannot be read.
        """
        drawing, settings, floor = self._drawing, self._drawing.settings, self._floor
        reach = floor_reach(floor, settings)
        decay = floor_decay((camera for camera, _ in self._cameras), settings)
        density = None
        if drawing.density:
            times = (camera.covered for camera, _ in self._cameras)
            watched = list(zip(self._views, times, strict=True))
            density = FloorDensity(
                floor,
                size=self._size,
                shares=shares_of_time(watched, floor),
                bandwidth=drawing.bandwidth,
            )
        speeds: list[SpeedGrid] = []
        for number, ((camera, calibration), view) in enumerate(zip(self._cameras, self._views, strict=True)):
            marked = places_of(
                camera, self._config.cameras[camera.name], zones=drawing.zones, hot=drawing.hot
            )
            reading = OnePass(camera)
            figures = PlacesReading(reading, camera, marked) if marked else None
            tally = FloorTally(camera, view, floor, reach, settings.metric, decay)
            self.tallies.append(reading.counted(tally))
            also: list[Aggregator | None] = [density, self._flow, self._paths]
            if drawing.mean_speed:
                scale = calibration.floor.metres_per_pixel
                speeds.append(SpeedGrid(floor.grid.shape, floor.cell_m, metres_per_pixel=scale))
                also.append(speeds[-1])
            for aggregator in also:
                if aggregator is not None:
                    reading.counted(
                        OnPlan(camera, view, floor, size=self._size, number=number, aggregator=aggregator)
                    )
            reading.run()
            if figures is not None:
                places = figures.result()
                if len(self._cameras) > 1:  # each has its own, which may have the same names
                    places = [(f"{camera.name} {text}", shape) for text, shape in places]
                self._places += on_plan(places, calibration.projection, camera, floor)
        if density is not None:
            return density.result(covered_s=self._covered.total_us / 1e6, cameras=self._names)
        if speeds:
            return self._speed_map(speeds)
        found = floor_map(self.tallies, floor, settings, decay)
        return HeatMap(
            raw=found.raw,
            value=found.value,
            metric=settings.metric,
            unit=found.unit,
            covered_s=found.covered_s,
            width=self._size[0],
            height=self._size[1],
            camera=self._names,
            reach=settings.reach_m,
            place=found.place,
        )

    def _speed_map(self, grids: Sequence[SpeedGrid]) -> HeatMap:
        """Make the map of mean speeds, once all rows have been read."""
        for grid in grids:
            grid.finish()
        speed = mean_speeds(grids)
        return HeatMap(
            raw=speed,
            value=speed,
            metric=SPEED,
            unit="m/s",
            covered_s=self._covered.total_us / 1e6,
            width=self._size[0],
            height=self._size[1],
            camera=self._names,
            place="in cells of {:.2g} × {:.2g} m".format(*self._floor.cell_m),
        )

    def draw(self, heat: HeatMap, settings: RenderSettings) -> NDArray[np.uint8]:
        """Draw the map, on a scale that may be shared with other maps.

        Args:
            heat: heat map of the plan.
            settings: scale, threshold, opacity, colours and legend.

        Returns:
            (height, width, 3) uint8 BGR, or BGRA on a transparent background.
        """
        self._drawing = replace(self._drawing, settings=settings)
        if self._drawing.background == TRANSPARENT:
            return see_through(lambda ground: self._draw(heat, ground), width=heat.width, height=heat.height)
        return self._draw(heat, self._ground())

    def _draw(self, heat: HeatMap, ground: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if self._paths is not None:
            picture = self._path_map(draw_outlines(self._paths.result(), self._places), ground)
        else:
            picture = draw_heat_map(
                heat,
                settings=self._drawing.settings,
                background=ground,
                flow=None if self._flow is None else self._flow.result(),
                places=self._places,
                width_m=self._floor.width_m,
                selected=self._selected,
            )
        extent = Extent(0, 0, self._floor.width_m, self._floor.height_m)
        return with_axes(picture, extent, "m") if self._drawing.axes else picture

    def _path_map(self, picture: NDArray[np.uint8], ground: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Add arrows and a legend to a picture of paths."""
        settings = self._drawing.settings
        timezone = self._cameras[0][0].timezone
        table = color_table(settings.color_map)
        legend = paths_legend(self._names, covered=self._covered, timezone=timezone, table=table)
        return with_legend_of_paths(
            picture,
            ground,
            replace(legend, selected=self._selected),
            settings,
            flow=None if self._flow is None else self._flow.result(),
            width_m=self._floor.width_m,
        )

    def _ground(self) -> NDArray[np.uint8]:
        match self._drawing.background:
            case "plate":
                return self._plan
            case "none":
                return fit(None, *self._size)
            case file:
                return fit(read_picture(Path(file)), *self._size)
