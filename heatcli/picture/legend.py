"""The colour bar of a heat map, in the corner of the picture that hides the least heat."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.clock import duration_text
from heatcli.heat.heatmap import HeatMap
from heatcli.names import DENSITY, SPEED, Metric
from heatcli.picture.colour import colorize
from heatcli.picture.overlay import visibility
from heatcli.picture.panel import MARGIN, PADDING, PANEL_GREY, SMALLEST_FONT, Panel, font_size, panel_of
from heatcli.picture.text import draw_text, text_width
from heatcli.picture.ticks import nice_ticks, number_text

METRIC_NAMES: dict[str, str] = {
    Metric.DWELL_TIME: "dwell time",
    Metric.AVG_OCCUPANCY: "people at once",
    Metric.OCCUPANCY_PCT: "time occupied",
    Metric.UNIQUE_VISITS: "unique visits",
    DENSITY: "density",
    SPEED: "mean speed",
}

# What the numbers of a map are, up to the place in which people count.
CAPTIONS: dict[str, str] = {
    Metric.DWELL_TIME: "object-seconds spent",
    Metric.AVG_OCCUPANCY: "people at once",
    Metric.OCCUPANCY_PCT: "percent of the time with somebody",
    Metric.UNIQUE_VISITS: "different people",
    SPEED: "mean speed in m/s over 1 s,",
}

_OUTLINE_GREY, _NOTE_GREY, _CAPTION_GREY = 120, 180, 225
# Lengths in font sizes.
_GAP, _LEAST_WIDTH, _TITLE_WIDTH = 1.5, 17, 26
_SMALL, _BAR_HEIGHT = 0.85, 0.75
_MOST_TICKS = 6
_TITLE_LINE, _CAPTION_LINE, _BAR_LINE, _TICKS_LINE, _EXTRA_LINE = 1.25, 1.4, 1.5, 1.25, 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Legend:
    """The content of a legend.

    Attributes:
        title: name of what the map shows, such as the camera.
        selected: time, objects and filters of the map, in a line below; empty for none.
        note: period that the map stands for.
        caption: quantity and unit of the numbers.
        colors: (n, 3) float32 BGR in 0..255, from one end of the bar to the other.
        shown: (n,) float32 how much of each colour shows in the picture, 0..1.
        marks: possible sets of marks, from the sparsest to the densest; the densest that fits is drawn. Each
            set is pairs of a place on the bar, 0..1, and a text, in order; the first and the last pair are
            always drawn.
        extra: text of a last line; empty for none.
    """

    title: str
    note: str
    caption: str
    colors: NDArray[np.float32]
    shown: NDArray[np.float32]
    marks: tuple[tuple[tuple[float, str], ...], ...]
    extra: str = ""
    selected: str = ""


def legend_of(heat: HeatMap, end: float, *, table: NDArray[np.float32], threshold: float) -> Legend:
    """Make the legend of a heat map.

    Args:
        heat: heat map that the legend is for.
        end: value at the end of the colour scale; 0 for an empty scale.
        table: colours, as from `color_table`.
        threshold: fraction of the scale below which no colour is shown.
    """
    if heat.metric in CAPTIONS:
        caption = f"{CAPTIONS[heat.metric]} {heat.place}"
    else:
        caption = f"{METRIC_NAMES[heat.metric]}, {heat.unit}"
    note = f"{duration_text(heat.covered_s)} watched" if heat.covered_s else "nothing watched"
    return scale_legend((heat.camera, note, caption), heat.value, end, table=table, threshold=threshold)


def scale_legend(
    words: tuple[str, str, str],
    value: NDArray[np.float64],
    end: float,
    *,
    table: NDArray[np.float32],
    threshold: float,
) -> Legend:
    """Make the legend of values on a scale that begins at 0.

    Args:
        words: title, note and caption.
        value: float64 of any shape, values that are drawn; NaN where nothing is known.
        end: value at the end of the colour scale; 0 for an empty scale.
        table: colours, as from `color_table`.
        threshold: fraction of the scale below which no colour is shown.
    """
    title, note, caption = words
    return Legend(
        title=title,
        note=note,
        caption=caption,
        colors=table,
        shown=visibility(np.linspace(0, 1, len(table)), threshold),
        marks=scale_marks(end, clipped=bool(np.nanmax(value, initial=0.0) > end)),
    )


def scale_marks(end: float, *, clipped: bool) -> tuple[tuple[tuple[float, str], ...], ...]:
    """Choose round numbers, and the end, as marks on a scale from 0 to `end`, for `Legend.marks`.

    Args:
        end: value at the end of the scale; 0 for an empty scale.
        clipped: whether there are values above the end.
    """
    if end == 0:
        return (((0.0, "0"),),)
    last = (1.0, ("≥ " if clipped else "") + number_text(end, end))
    return tuple(
        (*((tick / end, number_text(tick, end)) for tick in nice_ticks(end, at_most) if tick < end), last)
        for at_most in range(2, _MOST_TICKS + 1)
    )


def draw_legend(
    picture: NDArray[np.uint8],
    legend: Legend,
    *,
    heat: NDArray[np.floating],
) -> NDArray[np.uint8]:
    """Draw a legend into the corner of a picture that has the least heat.

    Args:
        picture: (height, width, 3) uint8 BGR picture to draw into.
        legend: content of the legend.
        heat: (height, width) float, cost of hiding each pixel, such as its heat.

    Returns:
        Copy of the picture with the legend; without it where the picture is too small for legible letters.
    """
    result = picture.copy()
    panel = place_legend(legend, heat)
    if panel is not None:
        panel.lay(result)
    return result


def place_legend(legend: Legend, heat: NDArray[np.floating]) -> Panel | None:
    """Draw a legend as a panel for the corner of a picture that has the least heat.

    Args:
        legend: content of the legend.
        heat: (height, width) float, cost of hiding each pixel, such as its heat.

    Returns:
        Panel to lay over pictures of that size; None where they are too small for legible letters.
    """
    height, width = heat.shape
    font = font_size(width, height)
    while font >= SMALLEST_FONT:
        drawn = _panel(legend, font, widest=width - round(2 * MARGIN * font))
        margin = round(MARGIN * font)
        if drawn is not None and drawn.shape[0] + 2 * margin <= height:
            y, x = _coldest_corner(heat, drawn.shape[:2], margin)
            return panel_of(drawn, x=x, y=y, font=font)
        font -= 1
    return None


def _panel(legend: Legend, font: int, *, widest: int) -> NDArray[np.uint8] | None:
    """Draw a legend on plain dark ground; None where its caption is too wide."""
    padding, small = round(PADDING * font), round(_SMALL * font)
    title = legend.title
    note_width = text_width(legend.note, small)
    lines_width = max(text_width(legend.caption, small), text_width(legend.extra, small))
    inner = max(
        lines_width,
        min(text_width(title, font, bold=True) + round(_GAP * font) + note_width, round(_TITLE_WIDTH * font)),
        round(_LEAST_WIDTH * font),
    )
    inner = min(max(inner, text_width(legend.selected, small)), widest - 2 * padding)
    if lines_width > inner:
        return None
    title = _cut(title, inner - note_width - round(_GAP * font), font, bold=True)
    selected = _cut(legend.selected, inner, small)

    selected_line = _CAPTION_LINE if selected else 0.0
    lines = np.cumsum([_TITLE_LINE, selected_line, _CAPTION_LINE, _BAR_LINE, _TICKS_LINE]) * font
    title_y, selected_y, caption_y, bar_y, ticks_y = (
        (padding + lines - 0.35 * font).round().astype(int).tolist()
    )
    extra_y = ticks_y + (round(_EXTRA_LINE * font) if legend.extra else 0)
    panel = np.full((extra_y + padding, inner + 2 * padding, 3), PANEL_GREY, dtype=np.uint8)
    draw_text(panel, title, x=padding, baseline=title_y, size=font, bold=True)
    draw_text(
        panel, legend.note, x=padding + inner - note_width, baseline=title_y, size=small, grey=_NOTE_GREY
    )
    draw_text(panel, selected, x=padding, baseline=selected_y, size=small, grey=_NOTE_GREY)
    draw_text(panel, legend.caption, x=padding, baseline=caption_y, size=small, grey=_CAPTION_GREY)
    draw_text(panel, legend.extra, x=padding, baseline=extra_y, size=small, grey=_CAPTION_GREY)

    top = bar_y - round(_BAR_HEIGHT * font)
    bar = (np.arange(inner) + 0.5) / inner
    shown = np.interp(bar, np.linspace(0, 1, len(legend.shown)), legend.shown)[:, None]
    colors = PANEL_GREY + shown * (colorize(bar, legend.colors) - PANEL_GREY)
    panel[top:bar_y, padding : padding + inner] = np.rint(colors).astype(np.uint8)
    outline = (padding - 1, top - 1), (padding + inner, bar_y)
    cv2.rectangle(panel, *outline, (_OUTLINE_GREY,) * 3, 1)
    _draw_marks(panel, legend, x=padding, width=inner, top=bar_y, baseline=ticks_y, size=small)
    return panel


def _cut(text: str, room: int, size: int, *, bold: bool = False) -> str:
    """Cut the end off a text that is too wide."""
    while text and text_width(text, size, bold=bold) > room:
        text = text.rstrip("…")[:-1] + "…" if len(text) > 1 else ""
    return text


def _draw_marks(
    panel: NDArray[np.uint8], legend: Legend, *, x: int, width: int, top: int, baseline: int, size: int
) -> None:
    """Write the marks under the bar."""
    marks = legend.marks[0]
    for denser in legend.marks:
        if len(denser) * (max(text_width(text, size) for _, text in denser) + size) <= width:
            marks = denser
    lefts = []
    for place, text in marks:
        at, long = x + round(place * width), text_width(text, size)
        lefts.append((min(max(x, at - long // 2), x + width - long), at, long))
    for number, ((left, at, long), (_, text)) in enumerate(zip(lefts, marks, strict=True)):
        if number == len(marks) - 1 or left + long + size // 2 <= lefts[-1][0]:
            if x < at < x + width:
                cv2.line(panel, (at, top), (at, top + max(2, size // 5)), (_OUTLINE_GREY,) * 3, 1)
            draw_text(panel, text, x=left, baseline=baseline, size=size)


def _coldest_corner(heat: NDArray[np.floating], size: tuple[int, int], margin: int) -> tuple[int, int]:
    """Return where a panel of (height, width) hides the least heat: y and x of its top left corner."""
    height, width = size
    bottom, right = heat.shape[0] - margin - height, heat.shape[1] - margin - width
    corners = ((bottom, margin), (bottom, right), (margin, right), (margin, margin))
    return min(corners, key=lambda c: heat[c[0] : c[0] + height, c[1] : c[1] + width].sum())
