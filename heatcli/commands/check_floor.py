"""The work behind `heatcli cameras --check-floor`: a picture to check a calibration by."""

from pathlib import Path

import cv2
import numpy as np

from heatcli.config.calibration import Calibration, calibration_of
from heatcli.config.models import Config
from heatcli.errors import UsageError
from heatcli.files import check_output_file, file_name
from heatcli.picture.check_floor import draw_check
from heatcli.picture.files import PICTURE_SUFFIXES, read_picture, write_picture
from heatcli.picture.floor_plan import read_plan
from heatcli.picture.in_place import in_place
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Store


def check_floor(
    *, store: Store, config: Config, camera: str, output: Path | None = None
) -> tuple[Calibration, Path]:
    """Draw the floor plan of a camera and its metres onto the camera's empty scene.

    Args:
        store: heat store that has the camera's empty scene.
        config: configuration that has the camera's floor.
        camera: name of the camera, or part of a name or pattern that fits one camera only.
        output: picture to write; None for `floor-<camera>.png` in the current folder.

    Returns:
        Calibration of the camera, and path of the written file.

    Raises:
        UsageError: no camera or several have that name, the camera has no floor or no empty scene, or the
            output cannot be written.
        ConfigError: the floor of the camera is invalid.
        InputError: the plan or the empty scene cannot be read.
        OutputError: the file cannot be written.
    """
    selected = selected_cameras(store, Selection(cameras=(camera,)), config)
    if len(selected) != 1:
        raise UsageError(f"--check-floor {camera}: means {len(selected)} cameras; give the name of one")
    (one,) = selected
    calibration = calibration_of(one.name, config)
    if calibration is None:
        raise UsageError(f"camera {one.name!r} has no floor; say in heatcli.toml where it lies on a plan")
    file = output or Path(f"floor-{file_name(one.name)}.png")
    check_output_file(file, PICTURE_SUFFIXES)
    if one.plate is None:
        raise UsageError(f"the store has no picture of camera {one.name!r}; analyse one of its clips first")
    plate = in_place(read_picture(one.plate), one.plate_placement, one.sample_aspect)
    size = (
        round(plate.shape[1] * max(one.sample_aspect, 1.0)),
        round(plate.shape[0] * max(1 / one.sample_aspect, 1.0)),
    )
    scene = np.asarray(cv2.resize(plate, size), np.uint8)
    write_picture(file, draw_check(scene, read_plan([calibration]), calibration))
    return calibration, file
