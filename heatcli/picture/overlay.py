"""A heat map over a picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.picture.colour import colorize

# Fraction of the scale above the threshold over which the colour fades in, so that heat has no hard outline.
_FADE = 0.05

# Hatching: distance between lines as a fraction of the picture's shorter side, and its least in pixels; width
# of a line as a fraction of that distance; grey of a line, and its opacity.
_HATCH_PART, _HATCH_LEAST = 0.02, 8
_HATCH_LINE, _HATCH_GREY, _HATCH_OPACITY = 0.2, 128, 0.6

# Pixels that are drawn at once: few enough for all intermediate results to stay in the processor's cache.
_STRIP = 1 << 16


def upsample(value: NDArray[np.float64], *, width: int, height: int) -> NDArray[np.float32]:
    """Resample a grid smoothly to the pixels of a picture, before it is coloured.

    Linear, not cubic: a pixel stays in the range of the cells around it, so cold cells next to hot stay cold.

    Args:
        value: (rows, columns) float64 grid.
        width: width of the picture in pixels.
        height: height of the picture in pixels.

    Returns:
        (height, width) float32 values.
    """
    resampled = cv2.resize(value.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(resampled, dtype=np.float32)


def visibility(fraction: NDArray[np.floating], threshold: float) -> NDArray[np.float32]:
    """Return how much of the colour shows at each fraction of the scale, before opacity.

    Args:
        fraction: float array of any shape, fractions of the scale in 0..1.
        threshold: fraction below which nothing shows; 0 shows everything.

    Returns:
        float32 of the fraction's shape in 0..1: 0 below the threshold, 1 a little above it.
    """
    fade = min(_FADE, threshold, 1 - threshold)
    if fade == 0:
        return (fraction >= threshold).astype(np.float32)
    rise: NDArray[np.float32] = np.clip((fraction - threshold) / fade, 0, 1).astype(np.float32)
    return rise * rise * (3 - 2 * rise)


def overlay(
    background: NDArray[np.uint8],
    fraction: NDArray[np.floating],
    *,
    table: NDArray[np.float32],
    threshold: float,
    opacity: float,
) -> NDArray[np.uint8]:
    """Draw heat over a picture.

    Args:
        background: (height, width, 3) uint8 BGR picture to draw over.
        fraction: (height, width) float, fractions of the colour scale in 0..1.
        table: colours, as from `color_table`.
        threshold: fraction below which the background stays as it is, bit for bit.
        opacity: opacity of the heat: 0 leaves the background as it is, 1 covers it.

    Returns:
        (height, width, 3) uint8 BGR copy with the heat.
    """
    result = np.array(background, order="C")
    pixels, fractions = result.reshape(-1, 3), fraction.ravel()
    for begin in range(0, len(pixels), _STRIP):
        strip, part = pixels[begin : begin + _STRIP], fractions[begin : begin + _STRIP]
        alpha = opacity * visibility(part, threshold)
        shown = np.flatnonzero(alpha)
        ground = np.take(strip, shown, axis=0).astype(np.float32)
        mixed = colorize(np.take(part, shown), table)
        mixed -= ground
        mixed *= np.take(alpha, shown)[:, None]
        mixed += ground
        strip[shown] = np.rint(mixed).astype(np.uint8)
    return result


def hatched(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Draw slanting lines over a picture: they mark what was not watched, as against where nobody came.

    Args:
        picture: (height, width, 3) uint8 BGR.

    Returns:
        Copy of the picture with the lines.
    """
    height, width = picture.shape[:2]
    period = max(_HATCH_LEAST, round(min(height, width) * _HATCH_PART))
    y, x = np.ogrid[:height, :width]
    # Distance of a pixel from the middle of a line, along x, in pixels; the edges of lines are soft.
    off = np.abs((x + y) % period - period / 2)
    shows = np.clip(_HATCH_LINE * period / 2 + 0.5 - off, 0, 1)[..., None] * _HATCH_OPACITY
    mixed: NDArray[np.float64] = picture + shows * (_HATCH_GREY - picture.astype(np.float64))
    return np.rint(mixed).astype(np.uint8)
