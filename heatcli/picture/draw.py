"""A heat map as a picture: the scene, the heat over it, and a legend."""

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.heat.flow import Flow
from heatcli.heat.heatmap import HeatMap
from heatcli.heat.scale import scale_end, scale_fraction
from heatcli.names import Normalization
from heatcli.picture.colour import color_table
from heatcli.picture.legend import draw_legend, legend_of
from heatcli.picture.movement import draw_flow
from heatcli.picture.overlay import hatched, overlay, upsample
from heatcli.picture.regions import draw_outlines
from heatcli.shapes import Line, Shape

# Grey of the ground where there is no picture of the scene: dark, so that all colours show on it.
_CANVAS_GREY = 40


def draw_heat_map(
    heat: HeatMap,
    *,
    settings: RenderSettings,
    background: NDArray[np.uint8] | None,
    shown: NDArray[np.bool_] | None = None,
    sample_aspect: float = 1.0,
    flow: Flow | None = None,
    selected: str = "",
    places: Iterable[tuple[str, Shape | Line]] = (),
    width_m: float | None = None,
) -> NDArray[np.uint8]:
    """Draw a heat map over a picture of the scene.

    Args:
        heat: heat map; where it is NaN, nothing is known and the background is hatched.
        settings: scale, threshold, opacity, colours and legend.
        background: (h, w, 3) uint8 BGR, resampled to the frame if it has another size; None for plain grey.
        shown: (height, width) bool whether heat may be drawn on a pixel; None for everywhere.
        sample_aspect: width of the frame's pixels divided by their height.
        flow: mean velocities, for arrows over the heat; None for no arrows.
        selected: time, objects and filters of the map, for the legend.
        places: zones and lines to draw over the heat, in fractions of the frame, each with its text.
        width_m: width of a floor plan in metres; None for a camera's picture.

    Returns:
        (height, width, 3) uint8 BGR picture with square pixels, of the size that `picture_size` returns.
    """
    width, height = picture_size(heat.width, heat.height, sample_aspect)
    picture, fraction, end = heat_over(fit(background, width, height), heat.value, settings, shown)
    threshold = settings.min_display_threshold
    legend = legend_of(heat, end, table=color_table(settings.color_map), threshold=threshold)
    legend = replace(legend, selected=selected)
    if flow is not None:
        picture, legend = draw_flow(picture, legend, flow, threshold=threshold, width_m=width_m)
    picture = draw_outlines(picture, places)
    return draw_legend(picture, legend, heat=fraction) if settings.display_legend else picture


def shared_scale(settings: RenderSettings, maps: Iterable[HeatMap]) -> RenderSettings:
    """Return settings by which one colour means one value in all maps; the scale ends at the hottest cell."""
    hottest = max((heat.hottest or 0.0 for heat in maps), default=0.0)
    if not hottest or settings.max_value is not None:
        return settings
    absolute = {"normalization": Normalization.ABSOLUTE, "max_value": hottest}
    return settings.model_copy(update=absolute)


def heat_over(
    ground: NDArray[np.uint8],
    value: NDArray[np.float64],
    settings: RenderSettings,
    shown: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.uint8], NDArray[np.float64], float]:
    """Draw values over a picture in the colours of their scale.

    Args:
        ground: (height, width, 3) uint8 BGR picture to draw on.
        value: (rows, columns) float64 grid over the whole ground; NaN, where nothing is known, is hatched.
        settings: scale, threshold, opacity and colours.
        shown: (height, width) bool whether heat may be drawn on a pixel; None for everywhere.

    Returns:
        Picture with the heat; (height, width) float64 fractions of the colour scale in 0..1; value at its
        end.
    """
    end = scale_end(value, settings.max_value)
    resampled, known = _known(value, ground.shape[1], ground.shape[0])
    fraction = scale_fraction(resampled, end)
    table, threshold = color_table(settings.color_map), settings.min_display_threshold
    picture = overlay(ground, fraction, table=table, threshold=threshold, opacity=settings.opacity)
    if not known.all():
        picture[~known] = hatched(ground)[~known]
    if shown is not None:
        picture[~shown], fraction[~shown] = ground[~shown], 0.0
    return picture, fraction, end


def picture_size(width: int, height: int, sample_aspect: float) -> tuple[int, int]:
    """Return width and height of a frame with square pixels: the shorter side of its pixels is stretched."""
    return round(width * max(sample_aspect, 1.0)), round(height * max(1 / sample_aspect, 1.0))


def _known(
    value: NDArray[np.float64], width: int, height: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Resample a grid to a picture, from known values only; and say at which pixels a value is known."""
    is_known = np.isfinite(value)
    if is_known.all():
        return upsample(value, width=width, height=height), np.ones((height, width), np.bool_)
    part = upsample(is_known.astype(np.float64), width=width, height=height)
    total = upsample(np.where(is_known, value, 0.0), width=width, height=height)
    known = part >= 0.5
    return np.divide(total, part, out=np.zeros_like(total), where=known), known


def fit(background: NDArray[np.uint8] | None, width: int, height: int) -> NDArray[np.uint8]:
    """Resample a background to the size of the picture; without a background, make a plain grey one."""
    if background is None:
        return np.full((height, width, 3), _CANVAS_GREY, dtype=np.uint8)
    if background.shape[:2] == (height, width):
        return background
    shrinks = background.shape[0] > height
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(background, (width, height), interpolation=how), dtype=np.uint8)
