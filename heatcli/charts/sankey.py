"""A Sankey diagram of the ways from zone to zone; the width of a band is the count of its way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from heatcli.charts.figure import COLORS, INK, QUIET, figure_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INCHES = (11.0, 6.2)

# Fractions of the height: all gaps between the zones of a column, the largest single gap, and the narrowest
# band that a number fits into. Fractions of the width: a column, and the places of the left and right one.
_GAPS, _GAP, _NUMBER = 0.4, 0.05, 0.025
_BAR, _LEFT, _RIGHT = 0.02, 0.27, 0.73


@dataclass(frozen=True, slots=True)
class Band:
    """The number of times that people went from one place to the next.

    Attributes:
        origin: name of the zone that people left; None where they came from no zone.
        target: name of the zone that people entered; None where they went to no other.
        count: number of times that people went this way.
    """

    origin: str | None
    target: str | None
    count: int


def write_sankeys(path: Path, cameras: Mapping[str, Sequence[Band]]) -> None:
    """Draw the diagram of each camera, one camera below the other.

    On the left are the places that people came from, on the right those that they went to next. The height of
    a zone is the number of times that it was left or entered; that of a band, how often people went that way.

    Args:
        path: path of the `.png` or `.svg` file, replaced if it exists.
        cameras: bands of each camera, by the camera's name; at least one camera.

    Raises:
        OutputError: the file cannot be written.
    """
    width, height = _INCHES
    with figure_file(path, width=width, height=height * len(cameras)) as figure:
        parts = figure.subfigures(len(cameras), 1, squeeze=False)[:, 0]
        for part, (name, flows) in zip(parts, cameras.items(), strict=True):
            part.text(0.05, 0.93, name, size=17, weight="bold", color=INK, va="center")
            part.text(_LEFT, 0.885, "from", size=10.5, color=QUIET, va="center")
            part.text(_RIGHT, 0.885, "to", size=10.5, color=QUIET, va="center")
            axes = part.add_axes((0.0, 0.04, 1.0, 0.82))
            axes.set(xlim=(0, 1), ylim=(1, 0))
            axes.set_axis_off()
            _draw_flows(axes, [flow for flow in flows if flow.count])


def _draw_flows(axes: "Axes", flows: Sequence[Band]) -> None:
    """Draw the bands of one camera between two columns of zones."""
    if not flows:
        axes.text(0.5, 0.45, "nobody came", ha="center", size=11, color=QUIET)
        return
    names = list(dict.fromkeys(name for flow in flows for name in (flow.origin, flow.target) if name))
    colors = {name: COLORS[place % len(COLORS)] for place, name in enumerate(names)}
    order = {name: place for place, name in enumerate([*names, None])}
    flows = sorted(flows, key=lambda flow: (order[flow.origin], order[flow.target]))
    gap = min(_GAP, _GAPS / (len(names) + 1))
    scale = (1 - gap * (len(names) + 1)) / sum(flow.count for flow in flows)
    sides = ([(flow.origin, flow.count) for flow in flows], [(flow.target, flow.count) for flow in flows])
    begins, ends = (
        _draw_column(axes, side, order, colors, scale, gap, x)
        for side, x in zip(sides, (_LEFT, _RIGHT), strict=True)
    )
    for flow, begin, end in zip(flows, begins, ends, strict=True):
        color = QUIET if flow.origin is None else colors[flow.origin]
        _draw_band(axes, begin, end, flow.count * scale, color)
        if flow.count * scale >= _NUMBER:
            middle = begin + flow.count * scale / 2
            axes.text(_LEFT + 2 * _BAR, middle, str(flow.count), size=9, color=INK, va="center")


def _draw_column(
    axes: "Axes",
    ends: Sequence[tuple[str | None, int]],
    order: Mapping[str | None, int],
    colors: Mapping[str, str],
    scale: float,
    gap: float,
    x: float,
) -> list[float]:
    """Draw one column of zones, each with its name and the number of times that it was left or entered.

    Args:
        axes: axes to draw on.
        ends: zone and count of each band at this column.
        order: position of each zone in the column.
        colors: colour of each zone.
        scale: height per count of 1.
        gap: height between two zones.
        x: left edge of the column.

    Returns:
        Upper end of each band at this column.
    """
    is_left = x == _LEFT
    top, places = 0.0, [0.0] * len(ends)
    for name in sorted({name for name, _ in ends}, key=order.__getitem__):
        begin = top
        for place, (other, count) in enumerate(ends):
            if other == name:
                places[place] = top
                top += count * scale
        color = QUIET if name is None else colors[name]
        axes.fill_between([x, x + _BAR], begin, top, color=color, linewidth=0)
        text = name or ("entry" if is_left else "exit")
        total = sum(count for other, count in ends if other == name)
        axes.text(
            x - 0.012 if is_left else x + _BAR + 0.012,
            (begin + top) / 2,
            f"{text}  {total}",
            size=11,
            color=INK,
            va="center",
            ha="right" if is_left else "left",
        )
        top += gap
    return places


def _draw_band(axes: "Axes", begin: float, end: float, width: float, color: str) -> None:
    """Draw a band from the left column to the right one."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    left, middle, right = _LEFT + _BAR, (_LEFT + _BAR + _RIGHT) / 2, _RIGHT
    corners = [
        *((left, begin), (middle, begin), (middle, end), (right, end)),
        *((right, end + width), (middle, end + width), (middle, begin + width), (left, begin + width)),
    ]
    codes = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3]
    axes.add_patch(PathPatch(Outline(corners, codes), facecolor=color, alpha=0.35, linewidth=0))
