"""The picture of one camera: its scene, its heat map, and how people move there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.errors import InputError
from heatcli.heat.extent import Extent
from heatcli.heat.flow import Flow
from heatcli.heat.heatmap import HeatMap
from heatcli.names import DENSITY, SPEED
from heatcli.picture.axes import with_axes
from heatcli.picture.colour import color_table
from heatcli.picture.draw import draw_heat_map, fit, picture_size
from heatcli.picture.files import read_picture
from heatcli.picture.in_place import in_place
from heatcli.picture.movement import paths_legend, with_legend_of_paths
from heatcli.picture.regions import draw_outlines, pixels_of_interest
from heatcli.picture.title import selected_words
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import Line, Shape


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the picture of a camera shows.

    Attributes:
        settings: scale, threshold, opacity, colours and legend of the map.
        background: `plate` for the camera's empty scene or for the plan, `none` for plain grey,
            `transparent`, or a picture file.
        axes: whether axes are drawn around the map: pixels of the frame, or metres of the plan.
        zones: whether the configured zones and lines are drawn with their figures.
        hot: number of the hottest places that are drawn with their figures.
        flow: whether arrows show the mean direction and speed of movement.
        paths: whether the paths of people are drawn instead of heat.
        mean_speed: whether the mean speed on a floor plan is drawn instead of the settings' metric.
        density: whether heat is a kernel density instead of the settings' metric.
        bandwidth: standard deviation of the density's kernel in pixels; None for Scott's rule.
    """

    settings: RenderSettings
    background: str = "plate"
    axes: bool = False
    zones: bool = False
    hot: int = 0
    flow: bool = False
    paths: bool = False
    mean_speed: bool = False
    density: bool = False
    bandwidth: float | None = None

    @property
    def only_drawn(self) -> str | None:
        """Option that is only drawn, so that a file of numbers cannot have it; None where there is none."""
        said = {
            "--flow": self.flow,
            "--paths": self.paths,
            "--zones": self.zones,
            "--hot": self.hot,
            "--axes": self.axes,
        }
        return next((option for option, value in said.items() if value), None)

    @property
    def shown(self) -> str:
        """Name of what is drawn, for the file's name: paths, or the quantity that the heat map shows."""
        if self.paths:
            return "paths"
        if self.mean_speed:
            return SPEED
        return DENSITY if self.density else self.settings.metric


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The ground that the map of a camera is drawn on.

    Attributes:
        ground: (height, width, 3) uint8 BGR picture with square pixels, with the outlines of the regions.
        shown: (height, width) bool whether anything may be drawn on a pixel.
        plate_missing: whether the ground is plain grey because the file of the plate is missing from the
            store or cannot be read.
    """

    ground: NDArray[np.uint8]
    shown: NDArray[np.bool_]
    plate_missing: bool


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """How people move through the picture of a camera.

    Attributes:
        flow: mean velocities; None where no arrows are asked for.
        paths: (height, width, 3) uint8 BGR ground with the paths of people; None where none are asked for.
    """

    flow: Flow | None = None
    paths: NDArray[np.uint8] | None = None


def draw_camera(
    camera: SelectedCamera,
    scene: Scene,
    heat: HeatMap,
    drawing: Drawing,
    movement: Movement,
    places: Sequence[tuple[str, Shape | Line]] = (),
) -> NDArray[np.uint8]:
    """Draw the picture of a camera.

    Args:
        camera: selected time and people of the camera.
        scene: scene that the map is drawn on.
        heat: heat map of the camera.
        drawing: content and look of the picture.
        movement: flow and paths, as far as the drawing shows them.
        places: zones and lines to draw over the map, each with its text.

    Returns:
        (height, width, 3) uint8 BGR picture with square pixels, and around it axes if the drawing has them.
    """
    if movement.paths is not None:
        paths = draw_outlines(movement.paths, places)
        picture = _path_map(camera, scene, drawing, paths, movement.flow)
    else:
        picture = draw_heat_map(
            heat,
            settings=drawing.settings,
            background=scene.ground,
            shown=scene.shown,
            sample_aspect=camera.sample_aspect,
            flow=movement.flow,
            selected=selected_words([camera]),
            places=places,
        )
    return with_axes(picture, Extent(0, 0, camera.width, camera.height), "px") if drawing.axes else picture


def scene_of(camera: SelectedCamera, choice: str) -> Scene:
    """Make the ground that the map of a camera is drawn on.

    Args:
        camera: selected time and people of the camera.
        choice: background, as in `Drawing.background`.

    Raises:
        InputError: the background file is no picture.
    """
    background, plate_missing = _background(camera, choice)
    return scene_on(camera, background, plate_missing=plate_missing)


def scene_on(
    camera: SelectedCamera, background: NDArray[np.uint8] | None, *, plate_missing: bool = False
) -> Scene:
    """Make the ground that the map of a camera is drawn on of a picture; of plain grey for None."""
    width, height = picture_size(camera.width, camera.height, camera.sample_aspect)
    ground, regions = fit(background, width, height), camera.regions
    if regions is not None:
        ground = draw_outlines(ground, regions.outlines)
    frame = camera.width, camera.height
    shown = pixels_of_interest(regions, frame, width=width, height=height)
    return Scene(ground, shown, plate_missing)


def _background(camera: SelectedCamera, choice: str) -> tuple[NDArray[np.uint8] | None, bool]:
    """Read the picture to draw on (None for plain grey); and tell whether the camera's plate is missing."""
    if choice != "plate":
        return None if choice == "none" else read_picture(Path(choice)), False
    if camera.plate is None:
        return None, False
    try:
        plate = read_picture(camera.plate)
        return in_place(plate, camera.plate_placement, camera.sample_aspect), False
    except InputError:
        # The numbers of the map do not depend on it.
        return None, True


def _path_map(
    camera: SelectedCamera,
    scene: Scene,
    drawing: Drawing,
    picture: NDArray[np.uint8],
    flow: Flow | None,
) -> NDArray[np.uint8]:
    """Add arrows and a legend to a picture of paths."""
    table = color_table(drawing.settings.color_map)
    legend = paths_legend(camera.name, covered=camera.covered, timezone=camera.timezone, table=table)
    legend = replace(legend, selected=selected_words([camera]))
    return with_legend_of_paths(picture, scene.ground, legend, drawing.settings, flow=flow)
