"""The work behind `heatcli render`: a selection in, its heat map and the picture of it out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from heatcli.config import Config
from heatcli.errors import UsageError
from heatcli.filters import select
from heatcli.heat.heatmap import HeatMap, heat_map
from heatcli.picture.draw import draw_heat_map
from heatcli.picture.files import (
    check_output,
    default_output,
    is_picture,
    read_picture,
    write_grid,
    write_picture,
)
from heatcli.settings import RenderSettings
from heatcli.store.reader import CameraSelection
from heatcli.store.rows import Rows
from heatcli.store.selection import Selection
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

    selection: CameraSelection
    output: Path
    heat: HeatMap
    rows: int
    persons: int
    plate_missing: bool


def render_cameras(
    *,
    store: Store,
    selection: Selection,
    settings: RenderSettings,
    config: Config | None = None,
    output: Path | None = None,
    background: str = "plate",
) -> list[Rendered]:
    """Compute the heat map of each selected camera and write it to a file of its own.

    Args:
        store: to read from.
        selection: what counts.
        settings: what to show, and how.
        config: `heatcli.toml`, for who counts; None for the defaults.
        output: file to write, for one camera; None for `heat-<camera>-<metric>.png` in the current folder.
        background: `plate` for each camera's empty scene, `none` for plain grey, or a picture file.

    Raises:
        UsageError: the selection or the output cannot be, or the store holds no clips.
        StoreError: the store cannot be read.
        InputError: the background is no picture.
        OutputError: a file cannot be written.
    """
    cameras = select(store, selection, config)
    if not cameras:
        raise UsageError(f"{store.path}: the store holds no clips; fill it with `heatcli analyze`")
    if output is not None and len(cameras) > 1:
        raise UsageError(
            f"-o {output}: {len(cameras)} cameras do not fit into one file; choose one with --camera"
        )
    given = None if background in ("plate", "none") else Path(background)
    return [
        render(
            selection=camera,
            settings=settings,
            output=output or default_output(camera.camera, settings.metric),
            background=camera.plate if background == "plate" else given,
        )
        for camera in cameras
    ]


def render(
    *, selection: CameraSelection, settings: RenderSettings, output: Path, background: Path | None
) -> Rendered:
    """Compute the heat map of a camera and write it to a file.

    Args:
        selection: what of the camera counts.
        settings: what to show, and how.
        output: file to write, a picture or numbers by its extension; replaced if it exists.
        background: picture file to draw on; None for plain grey. The selection's plate may be missing; that
            is plain grey too.

    Raises:
        UsageError: the output has an extension that stands for no format, or its folder does not exist.
        StoreError: the store cannot be read.
        InputError: the background is no picture.
        OutputError: the file cannot be written.
    """
    check_output(output)
    count = _Count()
    heat = heat_map(
        count.passing(selection.batches()),
        settings=settings,
        tracking_mode=selection.tracking_mode,
        camera=selection.camera,
        width=selection.width,
        height=selection.height,
        own=selection.own,
    )
    plate_missing = False
    if is_picture(output):
        plate_missing = background is not None and background == selection.plate and not background.exists()
        ground = None if background is None or plate_missing else read_picture(background)
        picture = draw_heat_map(
            heat, settings=settings, background=ground, sample_aspect=selection.sample_aspect
        )
        write_picture(output, picture)
    else:
        write_grid(output, heat)
    return Rendered(selection, output, heat, count.rows, len(count.persons), plate_missing)


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
