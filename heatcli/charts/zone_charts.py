"""All charts of a camera's zones in one figure: when it is busy, and how long people stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Self

import numpy as np

from heatcli.charts.bucket_chart import draw_over_buckets, not_recorded
from heatcli.charts.figure import COLORS, INK, OFF, QUIET, empty_chart, figure_file
from heatcli.charts.stay_chart import draw_stays
from heatcli.charts.week_chart import draw_week
from heatcli.zones.buckets import Bucket
from heatcli.zones.statistics import ZoneStatistics
from heatcli.zones.week import WeekHours

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import SubFigure

# One line per colour: more lines are a tangle that nobody can read.
MOST_ZONES = len(COLORS)

# In inches: width of the figure; heights of a chart, of the gap between charts, below the last and above the
# first.
_WIDTH, _CHART, _BETWEEN, _BELOW, _ABOVE = 12.0, 2.4, 1.0, 0.6, 0.7
# In inches: height of one day in the chart of the week.
_DAY = _CHART / 7
# In inches: heights of the title, of a line of the subtitle and of a line of the legend.
_TITLE, _LINE, _LEGEND_LINE = 0.5, 0.2, 0.2
_LEFT, _RIGHT = 0.06, 0.975

# Letters in a line of the subtitle, in a title and in a name of the legend; names in a line of the legend.
_LETTERS, _TITLE_LETTERS, _NAME_LETTERS, _NAMES = 150, 75, 22, 5

_CHARTS = (
    ("activity_pct", "Average activity", "% of the zone's busiest time"),
    ("occupancy_pct", "Time occupied", "% of the time with somebody there"),
    ("longest_occupancy_s", "Longest occupancy", "longest time with somebody there"),
)


@dataclass(frozen=True, slots=True)
class ZoneCharts:
    """The content of one camera's charts.

    Attributes:
        title: title of the charts.
        subtitle: further text, such as how much was covered.
        buckets: buckets of the period.
        zones: statistics of the zones by bucket; the busiest `MOST_ZONES` are drawn.
        week: presence of people by hour of the week; None where that is not charted.
        days: weekdays in the chart of the week, 0 for Monday.
        before: charts of the period before, with the same zones in the same order, drawn dashed; None where
            there is none. Their title is the name of that period.
    """

    title: str
    subtitle: str
    buckets: tuple[Bucket, ...]
    zones: tuple[ZoneStatistics, ...]
    week: WeekHours | None = None
    days: Sequence[int] = range(7)
    before: Self | None = None


def write_zone_charts(path: Path, cameras: Sequence[ZoneCharts]) -> None:
    """Draw the charts of each camera, one camera below the other, with all zones of a camera in one chart.

    Three charts show average activity, time occupied and longest occupancy over the buckets; where
    nothing was recorded, lines have gaps and the ground is grey. The fourth shows how long people stay: for
    each duration, the share of the stays that were longer, with a dot at the median. The fifth, if there is
    one, shows the hours of the week.

    Args:
        path: path of the `.png` or `.svg` file, replaced if it exists.
        cameras: content of each camera's charts, at least one.

    Raises:
        OutputError: the file cannot be written.
    """
    layouts = [_Layout.of(camera) for camera in cameras]
    heights = [layout.height for layout in layouts]
    with figure_file(path, width=_WIDTH, height=sum(heights)) as figure:
        parts = figure.subfigures(len(cameras), 1, squeeze=False, height_ratios=heights)[:, 0]
        for part, layout in zip(parts, layouts, strict=True):
            _draw_camera(part, layout)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What is drawn for one camera, and where.

    Attributes:
        camera: content of the charts.
        zones: statistics of the zones that are drawn.
        before: statistics of the same zones in the period before; empty if there is none.
        lines: lines of the subtitle.
        legend: number of lines of the legend.
        rows: height of each row of charts, in inches.
        heading: height above the first row of charts, in inches.
    """

    camera: ZoneCharts
    zones: tuple[ZoneStatistics, ...]
    before: tuple[ZoneStatistics, ...]
    lines: list[str]
    legend: int
    rows: tuple[float, ...]
    heading: float

    @classmethod
    def of(cls, camera: ZoneCharts) -> Self:
        """Lay out the charts of a camera."""
        present = [one.total.avg_occupancy or 0.0 for one in camera.zones]
        busiest = sorted(np.argsort(present, kind="stable")[::-1][:MOST_ZONES].tolist())
        said = camera.subtitle
        if len(busiest) < len(present):
            said += f"; the busiest {len(busiest)} of {len(present)} zones are drawn"
        lines = wrap(said, _LETTERS)
        zones = tuple(camera.zones[at] for at in busiest)
        before = tuple(camera.before.zones[at] for at in busiest) if camera.before is not None else ()
        entries = len(zones) + bool(not_recorded(zones)) + (camera.before is not None)
        legend = -(-entries // _NAMES)
        heading = _TITLE + _LINE * len(lines) + _LEGEND_LINE * legend + _ABOVE
        rows = (_CHART, _CHART) if camera.week is None else (_CHART, _CHART, len(camera.days) * _DAY)
        return cls(camera, zones, before, lines, legend, rows, heading)

    @property
    def height(self) -> float:
        """Height of all charts of the camera, in inches."""
        return self.heading + sum(self.rows) + (len(self.rows) - 1) * _BETWEEN + _BELOW


def _draw_camera(figure: "SubFigure", layout: _Layout) -> None:
    """Draw the charts of a camera."""
    camera, height = layout.camera, layout.height
    title = _short(camera.title, _TITLE_LETTERS)
    figure.text(_LEFT, 1 - 0.34 / height, title, size=17, weight="bold", color=INK, va="center")
    said = "\n".join(layout.lines)
    figure.text(_LEFT, 1 - _TITLE / height, said, size=10.5, color=QUIET, va="top")
    _draw_legend(figure, layout)
    grid = figure.add_gridspec(
        len(layout.rows),
        2,
        height_ratios=layout.rows,
        left=_LEFT,
        right=_RIGHT,
        top=1 - layout.heading / height,
        bottom=_BELOW / height,
        hspace=_BETWEEN * len(layout.rows) / sum(layout.rows),
        wspace=0.16,
    )
    for place, (field, name, unit) in enumerate(_CHARTS):
        axes = figure.add_subplot(grid[divmod(place, 2)])
        empty_chart(axes, name, unit)
        buckets_before = () if camera.before is None else camera.before.buckets
        draw_over_buckets(axes, field, camera.buckets, layout.zones, layout.before, buckets_before)
    draw_stays(figure.add_subplot(grid[1, 1]), layout.zones, layout.before)
    if camera.week is not None:
        draw_week(figure.add_subplot(grid[2, :]), camera.week, camera.days)


def _draw_legend(figure: "SubFigure", layout: _Layout) -> None:
    """Draw the legend of the zones' lines, above all charts."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Artist] = [
        Line2D([], [], color=color, linewidth=1.8, marker="o", markersize=4.5)
        for color in COLORS[: len(layout.zones)]
    ]
    names = [_short(one.zone.name, _NAME_LETTERS) for one in layout.zones]
    if layout.camera.before is not None:
        handles.append(Line2D([], [], color=QUIET, linewidth=1.3, linestyle="--"))
        names.append(layout.camera.before.title)
    if not_recorded(layout.zones):
        handles.append(Patch(color=OFF))
        names.append("not recorded")
    if handles:
        top = 1 - (_TITLE + _LINE * len(layout.lines)) / layout.height
        figure.legend(
            handles,
            names,
            loc="upper left",
            bbox_to_anchor=(_LEFT, top),
            ncols=-(-len(names) // layout.legend),
            frameon=False,
            borderaxespad=0.3,
            borderpad=0,
        )


def _short(name: str, letters: int) -> str:
    """Shorten a name that is too long for its place."""
    return name if len(name) <= letters else f"{name[: letters - 1]}…"
