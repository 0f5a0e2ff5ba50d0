"""Heat maps and pictures as files, written atomically."""

import csv
import hashlib
import math
import os
import re
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.atomic import check_output_file, output_file
from heatcli.errors import InputError
from heatcli.heat.heatmap import HeatMap
from heatcli.names import Metric

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg")
_GRID_SUFFIXES = (".npz", ".csv")
# Bytes of a camera's name in that of a file, of which file systems take 255.
_LONGEST_CAMERA = 180


def is_picture(output: Path) -> bool:
    """Say whether the extension of an output asks for a picture, rather than for numbers."""
    return output.suffix.lower() in PICTURE_SUFFIXES


def default_output(camera: str, metric: Metric) -> Path:
    """Name the picture of a camera, in the current folder."""
    return Path(f"heat-{file_name(camera)}-{metric}.png")


def file_name(camera: str) -> str:
    """Turn the name of a camera into a part of a file's name.

    What file systems do not take, `/` above all, is written as `%` and its code, and so is `%` itself; a name
    too long for a file ends in a hash of all of it: no two cameras share a file.
    """
    safe = re.sub(r'[\x00-\x1f%/\\:*?"<>|]', lambda match: f"%{ord(match[0]):02X}", camera)
    if len(os.fsencode(safe)) > _LONGEST_CAMERA:
        digest = hashlib.sha256(camera.encode()).hexdigest()[:12]
        safe = os.fsencode(safe)[:_LONGEST_CAMERA].decode("utf-8", "ignore") + "-" + digest
    return safe


def check_output(path: Path) -> None:
    """Refuse an output that could not be written, before any work is done.

    Raises:
        UsageError: its extension stands for no format, or its folder does not exist.
    """
    check_output_file(path, (*PICTURE_SUFFIXES, *_GRID_SUFFIXES))


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Read a picture in any format that OpenCV knows.

    Returns:
        (height, width, 3) uint8 BGR.

    Raises:
        InputError: the file cannot be read or is no picture.
    """
    try:
        data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); name a picture") from error
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    if picture is None:
        raise InputError(f"{path}: is not a picture; name a PNG or JPEG file")
    return np.asarray(picture, dtype=np.uint8)


def write_picture(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write a picture in the format of its extension: `.png`, `.jpg` or `.jpeg`.

    Args:
        path: replaced if it exists.
        picture: (height, width, 3) uint8 BGR.

    Raises:
        OutputError: the file cannot be written.
    """
    _, data = cv2.imencode(path.suffix.lower(), picture)
    with output_file(path) as beside:
        beside.write_bytes(data.tobytes())


def write_grid(path: Path, heat: HeatMap) -> None:
    """Write the numbers of a heat map in the format of its extension.

    `.npz`: the fields of `HeatMap` under their names: `value` and `raw` float64 (rows, columns), and
    `metric unit covered_s width height camera` as scalars.

    `.csv`: a header and one line per cell, row by row from the top left: `row` and `column` from 0; `x_px`
    and `y_px`, the centre of the cell in stored pixels; the smoothed value under the metric's name, and the
    value before smoothing under that name with `_raw` appended. A value that is not known is empty.

    Raises:
        OutputError: the file cannot be written.
    """
    with output_file(path) as beside:
        if path.suffix.lower() == ".npz":
            _write_npz(beside, heat)
        else:
            _write_csv(beside, heat)


def _write_npz(path: Path, heat: HeatMap) -> None:
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            value=heat.value,
            raw=heat.raw,
            metric=np.array(str(heat.metric)),
            unit=np.array(heat.unit),
            covered_s=np.array(heat.covered_s),
            width=np.array(heat.width),
            height=np.array(heat.height),
            camera=np.array(heat.camera),
        )


def _write_csv(path: Path, heat: HeatMap) -> None:
    rows, columns = heat.value.shape
    x = (np.arange(columns) + 0.5) * heat.width / columns
    y = (np.arange(rows) + 0.5) * heat.height / rows
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["row", "column", "x_px", "y_px", heat.metric, f"{heat.metric}_raw"])
        for row in range(rows):
            for column in range(columns):
                values = float(heat.value[row, column]), float(heat.raw[row, column])
                known = ["" if math.isnan(value) else value for value in values]
                lines.writerow([row, column, float(x[column]), float(y[row]), *known])
