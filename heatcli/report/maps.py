"""The maps of a report, with those of the period before: as pictures and as grids of numbers."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.answers.zone_table import covered_text
from heatcli.config.settings import RenderSettings
from heatcli.names import Metric
from heatcli.picture.camera import Drawing, Movement, draw_camera, scene_of
from heatcli.picture.contact_sheet import Tile, contact_sheet, nothing_to_show
from heatcli.picture.draw import shared_scale
from heatcli.picture.files import default_output, write_grid, write_picture
from heatcli.report.camera_report import CameraReport
from heatcli.report.periods import Period
from heatcli.report.report import Report


def write_maps(folder: Path, report: Report) -> list[Path]:
    """Write a picture of each map: `heat-<camera>-<metric>.png`.

    Args:
        folder: existing folder to write to; files in it are replaced.
        report: report that has the maps.

    Returns:
        Paths of the written files.

    Raises:
        StoreError: the store cannot be read.
        OutputError: a file cannot be written.
    """
    files = []
    for camera in report.cameras:
        for metric in camera.heat:
            files.append(folder / default_output(camera.name, metric))
            write_picture(files[-1], map_picture(report, camera, metric))
    return files


def write_map_grids(folder: Path, report: Report) -> list[Path]:
    """Write the numbers of each map, as `heatcli.picture.files.write_grid` does.

    Args:
        folder: existing folder to write to; files in it are replaced.
        report: report that has the maps.

    Returns:
        Paths of the written files: `heat-<camera>-<metric>.csv`, and those of the period before, which end in
        `-previous.csv`.

    Raises:
        OutputError: a file cannot be written.
    """
    files = []
    for camera in report.cameras:
        for metric in camera.heat:
            stem = default_output(camera.name, metric).stem
            for one, name in ((camera, stem), (camera.previous, f"{stem}-previous")):
                if one is not None:
                    files.append(folder / f"{name}.csv")
                    write_grid(files[-1], one.heat[metric])
    return files


def map_picture(report: Report, camera: CameraReport, metric: Metric) -> NDArray[np.uint8]:
    """Draw the map of a camera, under the camera's name, the period and how much of it was covered.

    Args:
        report: report that the camera is in.
        camera: numbers of the camera.
        metric: metric of the map; one of those that the report has maps of.

    Returns:
        (height, width, 3) uint8 BGR picture. The map of the period before stands on the left, on the same
        scale.

    Raises:
        StoreError: the store cannot be read.
    """
    sides = [(camera, report.period)]
    if camera.previous is not None:
        sides.insert(0, (camera.previous, report.period.previous()))
    settings = shared_scale(camera.settings, [side.heat[metric] for side, _ in sides])
    return contact_sheet(
        [_tile(side, period, metric, settings) for side, period in sides], columns=len(sides)
    )


def _tile(camera: CameraReport, period: Period, metric: Metric, settings: RenderSettings) -> Tile:
    """Draw the map of one period."""
    heat = camera.heat[metric]
    drawing = Drawing(settings)
    scene = scene_of(camera.selection, drawing.background)
    return Tile(
        name=camera.name,
        picture=draw_camera(camera.selection, scene, heat, drawing, Movement()),
        note=nothing_to_show(heat.covered_s, camera.frame.total.trajectories or 0),
        detail=f"{period.title}: {covered_text(camera.all_figures)}",
    )
