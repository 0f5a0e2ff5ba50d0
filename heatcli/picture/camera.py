"""The picture of one camera: its scene, what its heat map shows, and how people move there."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.errors import InputError
from heatcli.heat.flow import Flow
from heatcli.heat.heatmap import DENSITY, HeatMap
from heatcli.picture.colour import color_table
from heatcli.picture.draw import draw_heat_map, fit, picture_size
from heatcli.picture.files import read_picture
from heatcli.picture.legend import draw_legend
from heatcli.picture.movement import draw_flow, paths_legend
from heatcli.picture.regions import draw_regions, pixels_of_interest
from heatcli.select.selected_camera import SelectedCamera


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a picture of a camera shows.

    Attributes:
        settings: scale, threshold, opacity, colours and legend.
        background: `plate` for the camera's empty scene, `none` for plain grey, or a picture file.
        flow: whether arrows show where people go.
        paths: whether the paths of people are drawn, in the place of heat.
        density: whether heat is a kernel density, in the place of the settings' metric.
        bandwidth: standard deviation of its kernel in pixels; None for Scott's rule.
    """

    settings: RenderSettings
    background: str = "plate"
    flow: bool = False
    paths: bool = False
    density: bool = False
    bandwidth: float | None = None

    @property
    def shown(self) -> str:
        """What is drawn, for the name of its file: paths, or what the values of the heat map are."""
        if self.paths:
            return "paths"
        return DENSITY if self.density else self.settings.metric


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What the map of a camera is drawn on.

    Attributes:
        ground: (height, width, 3) uint8 BGR picture in its true shape, with the outlines of the regions.
        shown: (height, width) bool whether anything may be drawn on a pixel.
        plate_missing: whether the ground is plain grey because the store has lost the file of the plate, or
            what was in it.
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
    camera: SelectedCamera, scene: Scene, heat: HeatMap, drawing: Drawing, movement: Movement
) -> NDArray[np.uint8]:
    """Draw the picture of a camera.

    Args:
        camera: what of the camera counts.
        scene: what its map is drawn on.
        heat: its heat map.
        drawing: what to show.
        movement: how people move, as far as the drawing shows it.

    Returns:
        (height, width, 3) uint8 BGR in its true shape.
    """
    if movement.paths is not None:
        return _path_map(camera, scene, drawing, movement.paths, movement.flow)
    return draw_heat_map(
        heat,
        settings=drawing.settings,
        background=scene.ground,
        shown=scene.shown,
        sample_aspect=camera.sample_aspect,
        flow=movement.flow,
    )


def scene_of(camera: SelectedCamera, choice: str) -> Scene:
    """Make what the map of a camera is drawn on.

    Args:
        camera: what of the camera counts.
        choice: `Drawing.background`.

    Raises:
        InputError: the file that was chosen is no picture.
    """
    background, plate_missing = _background(camera, choice)
    width, height = picture_size(camera.width, camera.height, camera.sample_aspect)
    ground, regions = fit(background, width, height), camera.regions
    if regions is not None:
        ground = draw_regions(ground, regions)
    frame = camera.width, camera.height
    shown = pixels_of_interest(regions, frame, width=width, height=height)
    return Scene(ground, shown, plate_missing)


def _background(camera: SelectedCamera, choice: str) -> tuple[NDArray[np.uint8] | None, bool]:
    """Read what to draw on, None for plain grey; and say whether the camera's plate is missing."""
    if choice != "plate":
        return None if choice == "none" else read_picture(Path(choice)), False
    if camera.plate is None:
        return None, False
    try:
        return read_picture(camera.plate), False
    except InputError:
        # All that is asked for can be told without it.
        return None, True


def _path_map(
    camera: SelectedCamera,
    scene: Scene,
    drawing: Drawing,
    picture: NDArray[np.uint8],
    flow: Flow | None,
) -> NDArray[np.uint8]:
    """Add arrows and the legend to a picture of paths."""
    table = color_table(drawing.settings.color_map)
    drawn = (picture != scene.ground).any(axis=2).astype(np.float32)
    legend = paths_legend(camera.name, covered=camera.covered, timezone=camera.timezone, table=table)
    if flow is not None:
        threshold = drawing.settings.min_display_threshold
        picture, legend = draw_flow(picture, legend, flow, threshold=threshold)
    return draw_legend(picture, legend, heat=drawn) if drawing.settings.display_legend else picture
