"""The work behind `heatcli render`: from a selection to a heat map and its picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.answers.map_places import Place, PlacesReading, places_of
from heatcli.commands.render_movement import MovementReading
from heatcli.config.camera import CameraConfig
from heatcli.config.models import Config
from heatcli.config.settings import RenderSettings
from heatcli.errors import UsageError
from heatcli.files import check_output_file
from heatcli.heat.density_map import DensityMap
from heatcli.heat.heatmap import HeatMap, HeatMaps
from heatcli.names import TRANSPARENT, Scale
from heatcli.picture.camera import Drawing, Movement, draw_camera, scene_of, scene_on
from heatcli.picture.contact_sheet import Tile, contact_sheet, nothing_to_show
from heatcli.picture.draw import picture_size, shared_scale
from heatcli.picture.files import (
    PICTURE_SUFFIXES,
    check_output,
    default_output,
    is_picture,
    output_or_default,
    write_grid,
    write_picture,
)
from heatcli.picture.title import period_name
from heatcli.picture.transparent import see_through
from heatcli.select.mergeable import State
from heatcli.select.one_pass import OnePass
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Store


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered heat map.

    Attributes:
        selection: selected time and people of the camera.
        output: path of the written file.
        heat: the heat map.
        rows: number of stored rows that went into the map.
        persons: number of persons that these rows show.
        plate_missing: whether the ground is plain grey because the store has lost the camera's empty scene.
    """

    selection: SelectedCamera
    output: Path
    heat: HeatMap
    rows: int
    persons: int
    plate_missing: bool


def render_cameras(
    *,
    store: Store,
    selection: Selection,
    drawing: Drawing,
    config: Config | None = None,
    output: Path | None = None,
    columns: int | None = None,
    scale: Scale = Scale.SHARED,
) -> list[Rendered]:
    """Compute the heat map of each selected camera, and write each to its own file or all to one.

    Args:
        store: heat store to read from.
        selection: selection of cameras, time and people.
        drawing: content and look of the pictures.
        config: configuration (`heatcli.toml`), for who counts and how maps look; None for the defaults.
        output: file to write, or folder for a file of each camera; None for the current folder. Files in a
            folder are called `heat-<camera>-<metric>-<period>.png`, or `heat-<metric>-<period>.png` with all
            cameras in one picture.
        columns: number of cameras side by side in one picture; None for a file of each camera.
        scale: whether the cameras in one picture share a colour scale.

    Raises:
        UsageError: the selection is invalid, the output cannot be written, or the store holds no clips.
        StoreError: the store cannot be read.
        InputError: the background file is no picture.
        OutputError: a file cannot be written.
    """
    config = config or Config()
    drawings = [
        (
            camera,
            replace(drawing, settings=config.map_settings(camera.name, drawing.settings)),
            config.camera(camera.name),
        )
        for camera in selected_cameras(store, selection, config)
    ]
    if columns is not None:
        period = period_name([camera for camera, *_ in drawings])
        sheet = output_or_default(output, Path(f"heat-{drawing.shown}-{period}.png"))
        return _render_together(drawings, output=sheet, columns=columns, scale=scale)
    files = [
        output_or_default(output, default_output(camera.name, own.shown, period_name([camera])))
        for camera, own, _ in drawings
    ]
    if len(set(files)) < len(files):
        raise UsageError(
            f"-o {output}: {len(drawings)} cameras do not fit into one file; choose one with --camera, name "
            "a folder, or lay them out in one picture with --columns"
        )
    return [
        render(selection=camera, drawing=own, output=file, configured=configured)
        for (camera, own, configured), file in zip(drawings, files, strict=True)
    ]


def heat_map(camera: SelectedCamera, settings: RenderSettings) -> HeatMap:
    """Compute the heat map of a camera.

    Args:
        camera: selected time and people of the camera.
        settings: metric, accumulation mode, grid and smoothing.

    Raises:
        StoreError: the store cannot be read.
    """
    reading = OnePass(camera)
    maps = reading.counted(HeatMaps(camera, settings))
    reading.run()
    return maps.result()[settings.metric]


def render(
    *, selection: SelectedCamera, drawing: Drawing, output: Path, configured: CameraConfig | None = None
) -> Rendered:
    """Compute the heat map of a camera and write it to a file.

    Args:
        selection: selected time and people of the camera.
        drawing: content and look of the picture.
        output: file to write, a picture or numbers by its extension; replaced if it exists.
        configured: settings of the camera, for its zones and lines; None for the defaults.

    Raises:
        UsageError: the output's extension stands for no format, or its folder does not exist.
        StoreError: the store cannot be read.
        InputError: the background file is no picture.
        OutputError: the file cannot be written.
    """
    check_output(output)
    if is_picture(output):
        picture = _Picture(selection, drawing, configured or CameraConfig())
        rendered = picture.compute(output)
        drawn, plate_missing = picture.draw(rendered.heat)
        write_picture(output, drawn)
        return replace(rendered, plate_missing=plate_missing)
    if drawing.only_drawn is not None:
        raise UsageError(f"-o {output}: {drawing.only_drawn} is drawn; name a picture, .png or .jpg")
    rendered = compute(OnePass(selection), selection, drawing, output)
    write_grid(output, rendered.heat)
    return rendered


def _render_together(
    drawings: Sequence[tuple[SelectedCamera, Drawing, CameraConfig]],
    *,
    output: Path,
    columns: int,
    scale: Scale,
) -> list[Rendered]:
    """Lay out the maps of all cameras in one picture."""
    check_output_file(output, PICTURE_SUFFIXES)
    pictures = [_Picture(*one) for one in drawings]
    computed = [picture.compute(output) for picture in pictures]
    shared = [one.heat for one in computed] if scale is Scale.SHARED else []
    tiles, rendered = [], []
    for picture, one in zip(pictures, computed, strict=True):
        drawn, plate_missing = picture.draw(one.heat, shared)
        tiles.append(Tile(one.selection.name, drawn, nothing_to_show(one.heat.covered_s, one.rows)))
        rendered.append(replace(one, plate_missing=plate_missing))
    write_picture(output, contact_sheet(tiles, columns))
    return rendered


class _Picture:
    """The picture of one camera: computed in one reading of the camera's rows, then drawn."""

    def __init__(self, camera: SelectedCamera, drawing: Drawing, configured: CameraConfig) -> None:
        self._camera, self._drawing, self._configured = camera, drawing, configured
        # Paths are drawn while rows are read. Other scenes wait: those of many cameras take much memory.
        self._scene = scene_of(camera, drawing.background) if drawing.paths else None
        self._movement = Movement()
        self._places: list[Place] = []

    def compute(self, output: Path) -> Rendered:
        """Read the rows and compute the heat map; nothing is written yet."""
        reading, drawing = OnePass(self._camera), self._drawing
        marked = places_of(self._camera, self._configured, zones=drawing.zones, hot=drawing.hot)
        places = PlacesReading(reading, self._camera, marked) if marked else None
        movement = MovementReading(reading, self._camera, self._scene, self._drawing)
        rendered = compute(reading, self._camera, self._drawing, output)
        self._movement = movement.result()
        self._places = [] if places is None else places.result()
        return rendered

    def draw(self, heat: HeatMap, shared: Sequence[HeatMap] = ()) -> tuple[NDArray[np.uint8], bool]:
        """Draw the heat map, on a scale that may be shared with other maps.

        Returns:
            (height, width, 3) uint8 BGR, or BGRA on a transparent background; and whether the file of the
            plate is missing.
        """
        drawing = replace(self._drawing, settings=shared_scale(self._drawing.settings, shared))
        if drawing.background == TRANSPARENT:
            camera = self._camera
            width, height = picture_size(camera.width, camera.height, camera.sample_aspect)

            def draw(ground: NDArray[np.uint8]) -> NDArray[np.uint8]:
                scene = scene_on(camera, ground)
                return draw_camera(camera, scene, heat, drawing, self._movement, self._places)

            return see_through(draw, width=width, height=height), False
        scene = self._scene or scene_of(self._camera, drawing.background)
        picture = draw_camera(self._camera, scene, heat, drawing, self._movement, self._places)
        return picture, scene.plate_missing


def compute(reading: OnePass, camera: SelectedCamera, drawing: Drawing, output: Path) -> Rendered:
    """Read the rows of a camera for its heat map and for all aggregators registered before.

    Args:
        reading: reading of the camera's rows.
        camera: selected time and people of the camera.
        drawing: content and look of the picture.
        output: path of the file that will be written later.

    Raises:
        StoreError: the store cannot be read.
    """
    count = reading.counted(_Count())
    heat = _heat(reading, camera, drawing)
    reading.run()
    return Rendered(camera, output, heat(), count.rows, len(count.persons), plate_missing=False)


def _heat(reading: OnePass, camera: SelectedCamera, drawing: Drawing) -> Callable[[], HeatMap]:
    """Register the map that a drawing shows; return a function that gives it once all rows have been read."""
    if drawing.density:
        return reading.counted(DensityMap(camera, drawing.bandwidth)).result
    maps = reading.counted(HeatMaps(camera, drawing.settings))
    return lambda: maps.result()[drawing.settings.metric]


class _Count:
    """Counts the rows that were read, and the persons in them (an aggregator)."""

    def __init__(self) -> None:
        self.rows = 0
        self.persons = np.zeros(0, dtype=np.int64)

    def add(self, rows: Rows) -> None:
        self.rows += len(rows)
        self.persons = np.union1d(self.persons, rows.person)

    @property
    def key(self) -> str:
        return "rows and persons"

    def part(self) -> "_Count":
        return _Count()

    def state(self) -> State:
        return {"rows": np.array([self.rows]), "person": self.persons}

    def merge(self, state: State) -> None:
        self.rows += int(state["rows"][0])
        self.persons = np.union1d(self.persons, state["person"])
