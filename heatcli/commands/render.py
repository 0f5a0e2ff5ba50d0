"""The work behind `heatcli render`: a selection in, its heat map and the picture of it out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from heatcli.config.models import Config
from heatcli.errors import UsageError
from heatcli.files import check_output_file
from heatcli.heat.density_map import density_map
from heatcli.heat.heatmap import HeatMap, heat_map
from heatcli.names import Scale
from heatcli.picture.camera import Drawing, draw_camera
from heatcli.picture.contact_sheet import Tile, gallery, nothing_to_show
from heatcli.picture.draw import shared_scale
from heatcli.picture.files import (
    PICTURE_SUFFIXES,
    check_output,
    default_output,
    is_picture,
    write_grid,
    write_picture,
)
from heatcli.select.reader import read_rows
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Store


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was rendered.

    Attributes:
        selection: of the camera.
        output: file that was written.
        heat: the heat map.
        rows: how many stored rows went into it.
        persons: how many persons these rows are of.
        plate_missing: whether it is drawn on plain grey because the store has lost the file of its plate.
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
    """Compute the heat map of each selected camera and write it: to a file of its own, or all to one.

    Args:
        store: to read from.
        selection: what counts.
        drawing: what to show, and how.
        config: `heatcli.toml`, for who counts; None for the defaults.
        output: file to write; None for `heat-<camera>-<metric>.png` in the current folder, or
            `heat-<metric>.png` for all cameras in one picture.
        columns: how many cameras stand side by side in one picture; None for a file of each camera.
        scale: in one picture, whether all cameras share a colour scale.

    Raises:
        UsageError: the selection or the output cannot be, or the store holds no clips.
        StoreError: the store cannot be read.
        InputError: the background is no picture.
        OutputError: a file cannot be written.
    """
    cameras = selected_cameras(store, selection, config)
    if columns is not None:
        sheet = output or Path(f"heat-{drawing.shown}.png")
        return _render_together(cameras, drawing, output=sheet, columns=columns, scale=scale)
    if output is not None and len(cameras) > 1:
        raise UsageError(
            f"-o {output}: {len(cameras)} cameras do not fit into one file; choose one with --camera, or lay "
            "them out in one picture with --columns"
        )
    return [
        render(
            selection=camera,
            drawing=drawing,
            output=output or default_output(camera.name, drawing.shown),
        )
        for camera in cameras
    ]


def render(*, selection: SelectedCamera, drawing: Drawing, output: Path) -> Rendered:
    """Compute the heat map of a camera and write it to a file.

    Args:
        selection: what of the camera counts.
        drawing: what to show, and how.
        output: file to write, a picture or numbers by its extension; replaced if it exists.

    Raises:
        UsageError: the output has an extension that stands for no format, or its folder does not exist.
        StoreError: the store cannot be read.
        InputError: the background is no picture.
        OutputError: the file cannot be written.
    """
    check_output(output)
    if (drawing.flow or drawing.paths) and not is_picture(output):
        raise UsageError(f"-o {output}: --flow and --paths are drawn; name a picture, .png or .jpg")
    rendered = compute(selection, drawing, output)
    if is_picture(output):
        picture, plate_missing = draw_camera(selection, rendered.heat, drawing)
        write_picture(output, picture)
        return replace(rendered, plate_missing=plate_missing)
    write_grid(output, rendered.heat)
    return rendered


def _render_together(
    cameras: Sequence[SelectedCamera], drawing: Drawing, *, output: Path, columns: int, scale: Scale
) -> list[Rendered]:
    """Lay the maps of all cameras out in one picture."""
    check_output_file(output, PICTURE_SUFFIXES)
    computed = [compute(camera, drawing, output) for camera in cameras]
    if scale is Scale.SHARED:
        drawing = replace(drawing, settings=shared_scale(drawing.settings, [one.heat for one in computed]))
    tiles, rendered = [], []
    for camera, one in zip(cameras, computed, strict=True):
        picture, plate_missing = draw_camera(camera, one.heat, drawing)
        tiles.append(Tile(camera.name, picture, nothing_to_show(one.heat.covered_s, one.rows)))
        rendered.append(replace(one, plate_missing=plate_missing))
    write_picture(output, gallery(tiles, columns))
    return rendered


def compute(selection: SelectedCamera, drawing: Drawing, output: Path) -> Rendered:
    """Compute the heat map of a camera, and write nothing yet.

    Args:
        selection: what of the camera counts.
        drawing: what to show, and how.
        output: file that it is for.

    Raises:
        StoreError: the store cannot be read.
    """
    count = _Count()
    batches = count.passing(read_rows(selection))
    if drawing.density:
        heat = density_map(
            batches,
            bandwidth=drawing.bandwidth,
            tracking_mode=selection.tracking_mode,
            camera=selection.name,
            width=selection.width,
            height=selection.height,
            sample_aspect=selection.sample_aspect,
            covered_us=selection.covered_us,
        )
    else:
        heat = heat_map(
            batches,
            settings=drawing.settings,
            tracking_mode=selection.tracking_mode,
            camera=selection.name,
            width=selection.width,
            height=selection.height,
            own=selection.owned_time,
        )
    return Rendered(selection, output, heat, count.rows, len(count.persons), plate_missing=False)


class _Count:
    """Counts the rows that pass, and whose they are."""

    def __init__(self) -> None:
        self.rows = 0
        self.persons = np.zeros(0, dtype=np.int64)

    def passing(self, batches: Iterable[Rows]) -> Iterator[Rows]:
        for rows in batches:
            self.rows += len(rows)
            self.persons = np.union1d(self.persons, rows.person)
            yield rows
