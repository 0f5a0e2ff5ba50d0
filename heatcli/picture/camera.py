"""The picture of one camera: its scene, what its heat map shows, and how people move there."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.errors import InputError
from heatcli.heat.flow import Flow, flow
from heatcli.heat.grid import Grid
from heatcli.heat.heatmap import DENSITY, HeatMap
from heatcli.picture.colour import color_table
from heatcli.picture.draw import draw_heat_map, fit, picture_size
from heatcli.picture.files import read_picture
from heatcli.picture.legend import draw_legend
from heatcli.picture.movement import FLOW_COLUMNS, draw_flow, draw_paths, paths_legend
from heatcli.picture.regions import draw_regions, pixels_of_interest
from heatcli.select.reader import read_rows
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


def draw_camera(selection: SelectedCamera, heat: HeatMap, drawing: Drawing) -> tuple[NDArray[np.uint8], bool]:
    """Draw the picture of a camera.

    Args:
        selection: what of the camera counts; read again for movement.
        heat: its heat map.
        drawing: what to show.

    Returns:
        (height, width, 3) uint8 BGR in its true shape; and whether it is drawn on plain grey because the
        store has lost the file of the camera's plate.

    Raises:
        StoreError: the store cannot be read.
        InputError: the background is no picture.
    """
    background, plate_missing = background_of(selection, drawing.background)
    ground, shown = ground_of(selection, background)
    going = _flow(selection) if drawing.flow else None
    if drawing.paths:
        return _path_map(selection, drawing, ground, going), plate_missing
    picture = draw_heat_map(
        heat,
        settings=drawing.settings,
        background=ground,
        shown=shown,
        sample_aspect=selection.sample_aspect,
        flow=going,
    )
    return picture, plate_missing


def background_of(selection: SelectedCamera, choice: str) -> tuple[NDArray[np.uint8] | None, bool]:
    """Read what to draw on, as `Drawing.background` says.

    Returns:
        (height, width, 3) uint8 BGR, None for plain grey; and whether that is so because the store has lost
        the file of the camera's plate, or what was in it.

    Raises:
        InputError: the file that was chosen is no picture.
    """
    if choice != "plate":
        return None if choice == "none" else read_picture(Path(choice)), False
    if selection.plate is None:
        return None, False
    try:
        return read_picture(selection.plate), False
    except InputError:
        # All that is asked for can be told without it.
        return None, True


def ground_of(
    selection: SelectedCamera, background: NDArray[np.uint8] | None
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Make what the map of a camera is drawn on, with the outlines of the regions of interest.

    Args:
        selection: of the camera.
        background: (h, w, 3) uint8 BGR; None for plain grey.

    Returns:
        (height, width, 3) uint8 BGR in its true shape; and (height, width) bool, where anything may be drawn.
    """
    width, height = picture_size(selection.width, selection.height, selection.sample_aspect)
    ground, regions = fit(background, width, height), selection.regions
    if regions is not None:
        ground = draw_regions(ground, regions)
    frame = selection.width, selection.height
    return ground, pixels_of_interest(regions, frame, width=width, height=height)


def _flow(selection: SelectedCamera) -> Flow:
    width, height = picture_size(selection.width, selection.height, selection.sample_aspect)
    return flow(
        read_rows(selection),
        grid=Grid.over(columns=FLOW_COLUMNS, width=width, height=height),
        tracking_mode=selection.tracking_mode,
        aspect=height / width,
    )


def _path_map(
    selection: SelectedCamera, drawing: Drawing, ground: NDArray[np.uint8], going: Flow | None
) -> NDArray[np.uint8]:
    """Draw the paths of people over the scene."""
    table = color_table(drawing.settings.color_map)
    picture = draw_paths(
        ground,
        read_rows(selection),
        tracking_mode=selection.tracking_mode,
        covered=selection.covered,
        table=table,
    )
    drawn = (picture != ground).any(axis=2).astype(np.float32)
    legend = paths_legend(selection.name, covered=selection.covered, timezone=selection.timezone, table=table)
    if going is not None:
        threshold = drawing.settings.min_display_threshold
        picture, legend = draw_flow(picture, legend, going, threshold=threshold)
    return draw_legend(picture, legend, heat=drawn) if drawing.settings.display_legend else picture
