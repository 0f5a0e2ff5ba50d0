"""Heat maps and pictures as files, written atomically."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from heatcli.errors import InputError, UsageError
from heatcli.files import check_output_file, file_name, output_file
from heatcli.heat.heatmap import HeatMap
from heatcli.names import DENSITY

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg")
_GRID_SUFFIXES = (".npz", ".csv")


def is_picture(output: Path) -> bool:
    """Return whether the extension of an output stands for a picture, not for numbers."""
    return output.suffix.lower() in PICTURE_SUFFIXES


def default_output(camera: str, metric: str, period: str | None = None) -> Path:
    """Return the default file for a picture of a camera, or of something else with a name.

    Args:
        camera: name of the camera, or of something else.
        metric: name of what is drawn.
        period: time that the picture is of, `heatcli.picture.title.period_name`; None to leave it out.
    """
    parts = filter(None, ("heat", file_name(camera), metric, period))
    return Path(f"{'-'.join(parts)}.png")


def output_or_default(output: Path | None, default: Path) -> Path:
    """Return the file to write: what is named, or the default, in the folder that is named if it is one.

    A name without an extension is that of a folder, which is made.

    Raises:
        UsageError: the folder cannot be made.
    """
    if output is None:
        return default
    try:
        if output.suffix and not output.is_dir():
            return output
        output.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(f"{output}: no folder can be made there ({error.strerror}); name another") from error
    return output / default


def check_output(path: Path) -> None:
    """Refuse an output that could not be written, before any work is done.

    Raises:
        UsageError: the output's extension stands for no format, or its folder does not exist.
    """
    check_output_file(path, (*PICTURE_SUFFIXES, *_GRID_SUFFIXES))


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Read a picture in any format that OpenCV knows.

    Returns:
        (height, width, 3) uint8 BGR picture.

    Raises:
        InputError: the file cannot be read or is no picture.
    """
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: is no regular file; name a picture")
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
        path: path of the file, replaced if it exists.
        picture: (height, width, 3) uint8 BGR, or (height, width, 4) BGRA for a `.png`.

    Raises:
        OutputError: the file cannot be written.
    """
    with output_file(path) as beside:
        beside.write_bytes(encode_picture(picture, path.suffix.lower()))


def encode_picture(picture: NDArray[np.uint8], suffix: str) -> bytes:
    """Encode a picture, (height, width, 3) uint8 BGR, as the bytes of a file in the format of a suffix."""
    _, data = cv2.imencode(suffix, picture)
    return data.tobytes()


def write_grid(path: Path, heat: HeatMap) -> None:
    """Write the numbers of a heat map in the format of its extension.

    `.npz`: the fields of `HeatMap` under their names: `value` and `raw` float64 (rows, columns), and
    `metric unit covered_s width height camera reach` as scalars.

    `.csv`: a header and one line per cell, row by row from the top left: `row` and `column` from 0; `x_px`
    and `y_px`, the centre of the cell in stored pixels; the value under the metric's name; the value in the
    cell under that name with `_raw` appended; and `reach`. A value that is not known is empty.

    Raises:
        OutputError: the file cannot be written.
    """
    rows, columns = heat.value.shape
    write_values(
        path,
        archive={
            "value": heat.value,
            "raw": heat.raw,
            "metric": str(heat.metric),
            "unit": heat.unit,
            "covered_s": heat.covered_s,
            "width": heat.width,
            "height": heat.height,
            "camera": heat.camera,
            "reach": heat.reach,
        },
        columns={
            heat.metric: heat.value,
            f"{heat.metric}_raw": heat.raw,
            **({} if heat.metric == DENSITY else {"reach": np.full(heat.value.shape, heat.reach)}),
        },
        x=(np.arange(columns) + 0.5) * heat.width / columns,
        y=(np.arange(rows) + 0.5) * heat.height / rows,
    )


def write_values(
    path: Path,
    *,
    archive: Mapping[str, ArrayLike],
    columns: Mapping[str, NDArray[np.float64]],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> None:
    """Write the numbers of any map in the format of the file's extension.

    Args:
        path: path of the file, replaced if it exists.
        archive: arrays of a `.npz` file, by name.
        columns: values of a `.csv` file for each cell, by column name: (rows, columns) float64, empty where
            NaN.
        x: (columns,) x of the cells' centres.
        y: (rows,) y of the cells' centres.

    Raises:
        OutputError: the file cannot be written.
    """
    with output_file(path) as beside:
        if path.suffix.lower() == ".npz":
            with beside.open("wb") as file:
                arrays = {name: np.asarray(value) for name, value in archive.items()}
                np.savez_compressed(file, allow_pickle=False, **arrays)
            return
        row, column = (index.ravel() for index in np.indices((len(y), len(x))))
        table = {"row": row, "column": column, "x_px": x[column], "y_px": y[row]}
        values = {name: pl.Series(value.ravel(), nan_to_null=True) for name, value in columns.items()}
        # Polars opens no path that is not UTF-8.
        with beside.open("wb") as file:
            pl.DataFrame({**table, **values}).write_csv(file)
