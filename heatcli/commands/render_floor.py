"""The work behind `heatcli render --on floor`: from a selection to maps of floor plans."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli import names
from heatcli.answers.map_places import Place, PlacesReading, on_plan, places_of
from heatcli.config.calibration import Calibration, calibration_of
from heatcli.config.models import CameraConfig, Config
from heatcli.config.settings import RenderSettings
from heatcli.errors import ConfigError, InputError, UsageError
from heatcli.heat.extent import Extent
from heatcli.heat.floor import View, picture_grid
from heatcli.heat.floor_map import FloorMap, FloorTally, floor_decay, floor_map, floor_of, floor_reach
from heatcli.heat.heatmap import HeatMap
from heatcli.picture.axes import with_axes
from heatcli.picture.camera import Drawing
from heatcli.picture.draw import draw_heat_map
from heatcli.picture.files import (
    check_output,
    default_output,
    is_picture,
    output_or_default,
    read_picture,
    write_grid,
    write_picture,
)
from heatcli.picture.title import period_name, selected_words
from heatcli.picture.transparent import see_through
from heatcli.select.one_pass import OnePass
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.shapes import Polygon, contains
from heatcli.store.store import Store


@dataclass(frozen=True, slots=True)
class CameraOnFloor:
    """The part of one camera in a map of a floor plan.

    Attributes:
        selection: selected time and people of the camera.
        calibration: position of the camera's picture on the plan.
        tally: numbers of its rows that are on the plan, and that were left out for each reason.
    """

    selection: SelectedCamera
    calibration: Calibration
    tally: FloorTally


@dataclass(frozen=True, slots=True)
class RenderedFloor:
    """A rendered map of a floor plan.

    Attributes:
        plan: path of the plan's picture.
        output: path of the written file.
        heat: the map: `width` and `height` are those of the plan in pixels, `camera` names all cameras, and
            NaN marks cells that no camera watches.
        cameras: cameras that watch this floor.
    """

    plan: Path
    output: Path
    heat: HeatMap
    cameras: tuple[CameraOnFloor, ...]


@dataclass(frozen=True, slots=True)
class RenderedFloors:
    """The result of `render_floor`.

    Attributes:
        floors: rendered maps, one for each plan.
        without: names of the selected cameras that were left out because no floor is configured for them.
    """

    floors: tuple[RenderedFloor, ...]
    without: tuple[str, ...]


def render_floor(
    *,
    store: Store,
    selection: Selection,
    drawing: Drawing,
    config: Config,
    output: Path | None = None,
) -> RenderedFloors:
    """Compute the map of each floor plan that the selected cameras watch, and write it to its own file.

    Args:
        store: heat store to read from.
        selection: selection of cameras, time and people.
        drawing: content and look of the pictures; `grid_resolution` is the number of cells across the plan.
        config: configuration (`heatcli.toml`) with the floors.
        output: file to write, for one plan, or folder; None for the current folder. Files in a folder are
            called `heat-<plan>-<metric>-<period>.png`.

    Raises:
        UsageError: the selection is invalid, the output cannot be written, or none of the cameras has a
            floor.
        ConfigError: the points of a floor contradict each other, or lie outside its plan.
        StoreError: the store cannot be read.
        InputError: the file of the plan or of the background is no picture.
        OutputError: a file cannot be written.
    """
    drawing = replace(drawing, settings=drawing.settings.over(config.maps))
    plans: dict[Path, list[tuple[SelectedCamera, Calibration]]] = {}
    without = []
    for camera in selected_cameras(store, selection, config):
        calibration = calibration_of(camera.name, config)
        if calibration is None:
            without.append(camera.name)
        else:
            plans.setdefault(calibration.plan.resolve(), []).append((camera, calibration))
    if not plans:
        raise UsageError("none of these cameras has a floor; say in heatcli.toml where it lies on a plan")
    outputs = {
        plan: output_or_default(
            output,
            default_output(plan.stem, drawing.shown, period_name([camera for camera, _ in cameras])),
        )
        for plan, cameras in plans.items()
    }
    if len(set(outputs.values())) < len(plans):
        names = ", ".join(sorted({cameras[0][1].floor.plan for cameras in plans.values()}))
        raise UsageError(f"{names} do not fit into one file; choose the cameras of one with --camera")
    for file in outputs.values():
        check_output(file)
    floors = [
        _render(
            plan=plan,
            cameras=cameras,
            drawing=drawing,
            config=config,
            output=outputs[plan],
        )
        for plan, cameras in plans.items()
    ]
    return RenderedFloors(tuple(floors), tuple(without))


def read_plan(calibrations: Sequence[Calibration]) -> NDArray[np.uint8]:
    """Read the picture of a floor plan.

    Args:
        calibrations: calibrations of the cameras that watch this floor.

    Returns:
        (height, width, 3) uint8 BGR picture of the plan.

    Raises:
        InputError: the file of the plan does not exist or is no picture.
        ConfigError: the plan does not fit the points or the scale that a camera has in the configuration.
    """
    plan = calibrations[0].plan
    if not plan.exists():
        raise InputError(f"{plan}: there is no such plan; cameras.{calibrations[0].camera}.floor names it")
    picture = read_picture(plan)
    height, width = picture.shape[:2]
    scale = calibrations[0].floor.metres_per_pixel
    for one in calibrations:
        where = f"cameras.{one.camera}.floor"
        if one.floor.metres_per_pixel != scale:
            raise ConfigError(
                f"{where}: {one.floor.plan} has {one.floor.metres_per_pixel:g} metres per pixel here and "
                f"{scale:g} at camera {calibrations[0].camera!r}; a plan has one scale"
            )
        for number, point in enumerate(one.floor.points, 1):
            x, y = point.plan
            if not (0 <= x <= width and 0 <= y <= height):
                raise ConfigError(
                    f"{where}: point {number} is at {x:g}, {y:g} of {one.floor.plan}, which has {width} x "
                    f"{height} pixels; is that the plan of another camera?"
                )
    return picture


def _render(
    *,
    plan: Path,
    cameras: list[tuple[SelectedCamera, Calibration]],
    drawing: Drawing,
    config: Config,
    output: Path,
) -> RenderedFloor:
    """Compute the map of one plan and write it to a file."""
    settings, picture = drawing.settings, read_plan([calibration for _, calibration in cameras])
    height, width = picture.shape[:2]
    floor = floor_of(width, height, cameras[0][1].floor.metres_per_pixel, settings)
    reach, decay = floor_reach(floor, settings), floor_decay((camera for camera, _ in cameras), settings)
    tallies, places = [], []
    for camera, calibration in cameras:
        configured = config.cameras[camera.name]
        view = View.of(calibration.homography, _watched(camera, configured))
        marked = places_of(camera, configured, zones=drawing.zones, hot=drawing.hot)
        reading = OnePass(camera)
        figures = PlacesReading(reading, camera, marked) if marked else None
        tallies.append(reading.counted(FloorTally(camera, view, floor, reach, settings.metric, decay)))
        reading.run()
        if figures is not None:
            places += on_plan(figures.result(), calibration.homography, camera, floor)
    found = floor_map(tallies, floor, settings, decay)
    heat = _heat_map(found, settings, width, height, ", ".join(camera.name for camera, _ in cameras))
    if is_picture(output):
        selected = selected_words([camera for camera, _ in cameras])
        extent = Extent(0, 0, floor.width_m, floor.height_m)
        write_picture(output, _draw(heat, drawing, picture, extent, places, selected=selected))
    else:
        write_grid(output, heat)
    on_floor = (
        CameraOnFloor(camera, calibration, tally)
        for (camera, calibration), tally in zip(cameras, tallies, strict=True)
    )
    return RenderedFloor(plan, output, heat, tuple(on_floor))


def _draw(
    heat: HeatMap,
    drawing: Drawing,
    plan: NDArray[np.uint8],
    extent: Extent,
    places: Sequence[Place],
    *,
    selected: str,
) -> NDArray[np.uint8]:
    """Draw the map of a plan whose extent is in metres, and say what was selected."""

    def draw(ground: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
        picture = draw_heat_map(
            heat, settings=drawing.settings, background=ground, places=places, selected=selected
        )
        return with_axes(picture, extent, "m") if drawing.axes else picture

    match drawing.background:
        case names.TRANSPARENT:
            return see_through(draw, width=heat.width, height=heat.height)
        case "plate":
            return draw(plan)
        case "none":
            return draw(None)
        case file:
            return draw(read_picture(Path(file)))


def _heat_map(found: FloorMap, settings: RenderSettings, width: int, height: int, cameras: str) -> HeatMap:
    return HeatMap(
        raw=found.raw,
        value=found.value,
        metric=settings.metric,
        unit=found.unit,
        covered_s=found.covered_s,
        width=width,
        height=height,
        camera=cameras,
        reach=settings.reach_m,
        place=found.place,
    )


def _watched(camera: SelectedCamera, configured: CameraConfig) -> NDArray[np.bool_]:
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
