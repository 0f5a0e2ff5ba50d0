"""Charts of people on a floor: speed over density, and how many had crossed a line by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from heatcli.charts.figure import COLORS, INK, QUIET, empty_chart, time_axis
from heatcli.charts.pair import write_pairs
from heatcli.intervals import Intervals
from heatcli.zones.moments import MOMENT_US
from heatcli.zones.pedestrians import DensitySeries

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

# Height of a camera's part in inches.
_HEIGHT = 4.6
_LETTERS = 140

# Classes of density, up to the largest one of a zone, whose mean is drawn; and fewest seconds in one.
_CLASSES, _FEWEST = 10, 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlowCharts:
    """The content of one camera's charts.

    Attributes:
        title: title of the charts.
        subtitle: further text, such as how much was covered.
        timezone: time zone of the clock.
        zones: name of each zone, and what was measured in it.
        lines: name of each line, and the sorted moments in which people first crossed it.
        covered: covered time, UTC µs.
    """

    title: str
    subtitle: str
    timezone: str
    zones: Sequence[tuple[str, DensitySeries]]
    lines: Sequence[tuple[str, NDArray[np.int64]]]
    covered: Intervals


def write_flow_charts(path: Path, cameras: Sequence[FlowCharts]) -> None:
    """Draw the charts of each camera, one camera below the other.

    Speed over density, the fundamental diagram: a pale dot for each second, and the mean speed in classes of
    density. Beside it the N-t curve of each line.

    Args:
        path: path of the `.png` or `.svg` file, replaced if it exists.
        cameras: content of each camera's charts, at least one.

    Raises:
        OutputError: the file cannot be written.
    """
    write_pairs(path, cameras, _draw_camera, height=_HEIGHT)


def _draw_camera(figure: "SubFigure", camera: FlowCharts) -> None:
    figure.text(0.06, 0.94, camera.title, size=17, weight="bold", color=INK, va="center")
    figure.text(0.06, 0.895, "\n".join(wrap(camera.subtitle, _LETTERS)), size=10.5, color=QUIET, va="top")
    grid = figure.add_gridspec(1, 2, left=0.06, right=0.975, top=0.7, bottom=0.13, wspace=0.16)
    _draw_diagram(figure.add_subplot(grid[0]), camera)
    _draw_curves(figure.add_subplot(grid[1]), camera)


def _draw_diagram(axes: "Axes", camera: FlowCharts) -> None:
    """Draw speed over density."""
    empty_chart(
        axes, "Speed over density", "m/s, over people per m² (Voronoi); a dot for each second, and means"
    )
    drawn = False
    for number, (name, series) in enumerate(camera.zones):
        color = COLORS[number % len(COLORS)]
        known = np.isfinite(series.speed)
        density, speed = series.voronoi[known], series.speed[known]
        if not len(density):
            continue
        drawn = True
        axes.plot(density, speed, ".", color=color, alpha=0.4, markersize=6, markeredgewidth=0)
        group = np.minimum(density / density.max() * _CLASSES, _CLASSES - 1).astype(np.int64)
        classes = [one for one in range(_CLASSES) if (group == one).sum() >= _FEWEST]
        middle, mean = ([values[group == one].mean() for one in classes] for values in (density, speed))
        axes.plot(middle, mean, "-o", color=color, linewidth=1.8, markersize=4, label=name)
    if drawn:
        axes.set_ylim(bottom=0)
        axes.set_xlim(left=0)
        axes.legend(loc="best", frameon=False, fontsize=9)
    else:
        _nothing(axes, "nobody walked in a zone")


def _draw_curves(axes: "Axes", camera: FlowCharts) -> None:
    """Draw how many people had crossed each line by when."""
    empty_chart(axes, "Crossed by then", "people who crossed a line for the first time (N-t)")
    ends = camera.covered.bounds.ravel()
    if not camera.lines or not len(ends):
        _nothing(axes, "no line")
        return
    for number, (name, moments) in enumerate(camera.lines):
        times = np.concatenate([[ends.min()], moments * MOMENT_US, [ends.max()]])
        people = np.append(np.arange(len(moments) + 1), len(moments))
        color = COLORS[number % len(COLORS)]
        axes.step(times.astype("datetime64[us]"), people, where="post", color=color, label=name)
    time_axis(axes, camera.timezone)
    axes.set_ylim(bottom=0)
    axes.margins(x=0)
    axes.legend(loc="upper left", frameon=False, fontsize=9)


def _nothing(axes: "Axes", what: str) -> None:
    axes.text(0.5, 0.5, what, transform=axes.transAxes, ha="center", color=QUIET)
    axes.set(xticks=[], yticks=[])
