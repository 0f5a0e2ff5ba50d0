"""A heat map as a picture: the scene, the heat over it, and a legend."""

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.heat.heatmap import HeatMap
from heatcli.heat.scale import scale_end, scale_fraction
from heatcli.picture.colour import color_table
from heatcli.picture.legend import draw_legend, legend_of
from heatcli.picture.overlay import overlay, upsample
from heatcli.settings import RenderSettings

# What a heat map is drawn on where there is no picture of the scene: a dark grey, on which all colours show.
_CANVAS_GREY = 40


def draw_heat_map(
    heat: HeatMap,
    *,
    settings: RenderSettings,
    background: NDArray[np.uint8] | None,
    sample_aspect: float = 1.0,
) -> NDArray[np.uint8]:
    """Draw a heat map over a picture of the scene.

    Args:
        heat: the heat map.
        settings: scale, threshold, opacity, colours and legend.
        background: (h, w, 3) uint8 BGR, resampled to the frame if it has another size; None for plain grey.
        sample_aspect: width of the frame's pixels divided by their height.

    Returns:
        (height, width, 3) uint8 BGR of the frame's size; where its pixels are not square, the shorter side is
        stretched so that everything has its true shape.
    """
    width = round(heat.width * max(sample_aspect, 1.0))
    height = round(heat.height * max(1 / sample_aspect, 1.0))
    ground = _fit(background, width, height)

    end = scale_end(heat.value, settings.max_value)
    fraction = scale_fraction(upsample(heat.value, width=width, height=height), end)
    table = color_table(settings.color_map)
    threshold = settings.min_display_threshold
    picture = overlay(ground, fraction, table=table, threshold=threshold, opacity=settings.opacity)
    if not settings.display_legend:
        return picture
    return draw_legend(picture, legend_of(heat, end, table=table, threshold=threshold), heat=fraction)


def _fit(background: NDArray[np.uint8] | None, width: int, height: int) -> NDArray[np.uint8]:
    """Resample a background to the size of the picture, or make a plain one."""
    if background is None:
        return np.full((height, width, 3), _CANVAS_GREY, dtype=np.uint8)
    if background.shape[:2] == (height, width):
        return background
    shrinks = background.shape[0] > height
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(background, (width, height), interpolation=how), dtype=np.uint8)
