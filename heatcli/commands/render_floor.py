"""The work behind `heatcli render --on floor`: from a selection to maps of floor plans."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from heatcli.commands.floor_picture import FloorPicture
from heatcli.config.calibration import Calibration, calibration_of
from heatcli.config.models import Config
from heatcli.errors import UsageError
from heatcli.files import check_output_file
from heatcli.heat.floor_map import FloorTally
from heatcli.heat.heatmap import HeatMap
from heatcli.names import Scale
from heatcli.picture.camera import Drawing
from heatcli.picture.contact_sheet import Tile, contact_sheet
from heatcli.picture.draw import shared_scale
from heatcli.picture.files import (
    PICTURE_SUFFIXES,
    check_output,
    default_output,
    is_picture,
    output_or_default,
    write_grid,
    write_picture,
)
from heatcli.picture.floor_plan import read_plan
from heatcli.picture.title import period_name
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
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

    @property
    def cell_m(self) -> tuple[float, float]:
        """Width and height of a cell of the map in metres."""
        rows, columns = self.heat.value.shape
        scale = self.cameras[0].calibration.floor.metres_per_pixel
        return self.heat.width * scale / columns, self.heat.height * scale / rows


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
    columns: int | None = None,
    scale: Scale = Scale.SHARED,
) -> RenderedFloors:
    """Compute the map of each floor plan that the selected cameras watch, and write each or all to a file.

    Args:
        store: heat store to read from.
        selection: selection of cameras, time and people.
        drawing: content and look of the pictures; `grid_resolution` is the number of cells across the plan.
        config: configuration (`heatcli.toml`) with the floors.
        output: file to write, or folder for a file of each plan; None for the current folder. Files in a
            folder are called `heat-<plan>-<metric>-<period>.png`, or `heat-floor-<metric>-<period>.png` with
            all plans in one picture.
        columns: number of plans side by side in one picture; None for a file of each plan.
        scale: whether the plans in one picture share a colour scale.

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
    periods = {plan: period_name([camera for camera, _ in cameras]) for plan, cameras in plans.items()}
    pictures = {
        plan: FloorPicture(read_plan([one for _, one in cameras]), cameras, drawing, config)
        for plan, cameras in plans.items()
    }
    if columns is not None:
        every = period_name([camera for cameras in plans.values() for camera, _ in cameras])
        sheet = output_or_default(output, Path(f"heat-floor-{drawing.shown}-{every}.png"))
        check_output_file(sheet, PICTURE_SUFFIXES)
        floors = [_rendered(plan, plans[plan], sheet, picture) for plan, picture in pictures.items()]
        shared = shared_scale(drawing.settings, [one.heat for one in floors] if scale is Scale.SHARED else [])
        tiles = [
            Tile(one.plan.stem, picture.draw(one.heat, shared))
            for one, picture in zip(floors, pictures.values(), strict=True)
        ]
        write_picture(sheet, contact_sheet(tiles, columns))
        return RenderedFloors(tuple(floors), tuple(without))
    outputs = {
        plan: output_or_default(output, default_output(plan.stem, drawing.shown, periods[plan]))
        for plan in plans
    }
    if len(set(outputs.values())) < len(plans):
        names = ", ".join(sorted({cameras[0][1].floor.plan for cameras in plans.values()}))
        raise UsageError(
            f"{names} do not fit into one file; choose the cameras of one with --camera, or lay them out in "
            "one picture with --columns"
        )
    for file in outputs.values():
        check_output(file)
        if not is_picture(file) and drawing.only_drawn is not None:
            raise UsageError(f"-o {file}: {drawing.only_drawn} is drawn; name a picture, .png or .jpg")
    floors = []
    for plan, picture in pictures.items():
        floors.append(_rendered(plan, plans[plan], outputs[plan], picture))
        if is_picture(outputs[plan]):
            write_picture(outputs[plan], picture.draw(floors[-1].heat, drawing.settings))
        else:
            write_grid(outputs[plan], floors[-1].heat)
    return RenderedFloors(tuple(floors), tuple(without))


def _rendered(
    plan: Path, cameras: Sequence[tuple[SelectedCamera, Calibration]], output: Path, picture: FloorPicture
) -> RenderedFloor:
    """Compute the map of one plan; nothing is written yet."""
    heat = picture.compute()
    on_floor = (
        CameraOnFloor(camera, calibration, tally)
        for (camera, calibration), tally in zip(cameras, picture.tallies, strict=True)
    )
    return RenderedFloor(plan, output, heat, tuple(on_floor))
