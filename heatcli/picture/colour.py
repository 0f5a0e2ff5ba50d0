"""The colours of a heat map, for values that are not rounded to steps."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.names import ColorMap

_OPENCV_MAPS: dict[str, int] = {
    ColorMap.TURBO: cv2.COLORMAP_TURBO,
    ColorMap.JET: cv2.COLORMAP_JET,
    ColorMap.HOT: cv2.COLORMAP_HOT,
    ColorMap.VIRIDIS: cv2.COLORMAP_VIRIDIS,
}

# Dark purple to pure red, evenly spaced, with lightness growing throughout. RGB.
_PURPLE_RED = ((56, 14, 110), (104, 20, 144), (152, 22, 138), (198, 24, 104), (230, 28, 58), (255, 36, 16))


def color_table(color_map: str) -> NDArray[np.float32]:
    """Return the 256 colours of a map, from the coldest to the hottest.

    Args:
        color_map: a `ColorMap`, or the name of a palette of Matplotlib's.

    Returns:
        (256, 3) float32 BGR in 0..255.
    """
    if color_map == ColorMap.PURPLE_RED:
        return even_table(_PURPLE_RED)
    if color_map not in _OPENCV_MAPS:
        from matplotlib import colormaps  # takes long to load

        rgb = colormaps[color_map](np.linspace(0, 1, 256))[:, :3]
        return (255 * rgb[:, ::-1]).astype(np.float32)
    levels = np.arange(256, dtype=np.uint8)[:, None]
    return cv2.applyColorMap(levels, _OPENCV_MAPS[color_map])[:, 0].astype(np.float32)


def even_table(stops: Sequence[tuple[int, int, int]]) -> NDArray[np.float32]:
    """Make a table of 256 colours that pass evenly through the given ones.

    Args:
        stops: two or more colours, RGB in 0..255.

    Returns:
        (256, 3) float32 BGR in 0..255.
    """
    at, where = np.linspace(0, 1, 256), np.linspace(0, 1, len(stops))
    channels = np.array(stops, dtype=np.float64)[:, ::-1].T
    return np.column_stack([np.interp(at, where, channel) for channel in channels]).astype(np.float32)


def colorize(fraction: NDArray[np.floating], table: NDArray[np.float32]) -> NDArray[np.float32]:
    """Colour fractions of the scale, interpolating between the colours of the table.

    Args:
        fraction: float array of any shape, fractions of the scale in 0..1.
        table: (n, 3) float32 BGR in 0..255, colours of evenly spaced fractions.

    Returns:
        float32 BGR in 0..255, of the fraction's shape with a last axis of 3.
    """
    place = np.asarray(fraction, dtype=np.float32) * (len(table) - 1)
    below = np.minimum(place.astype(np.intp), len(table) - 2)
    part = place - below.astype(np.float32)
    colors: NDArray[np.float32] = np.take(np.diff(table, axis=0), below, axis=0)
    colors *= part[..., None]
    colors += np.take(table, below, axis=0)
    return colors
