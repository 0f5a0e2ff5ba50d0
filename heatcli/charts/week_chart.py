"""A chart of how many people are there at each hour of the week."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from heatcli.charts.figure import OFF, QUIET, empty_chart
from heatcli.zones.week import WeekHours

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOURS = range(0, 25, 3)

# Light for few people, dark for many, like ink on paper.
_COLOR_MAP = "Blues"


def draw_week(axes: "Axes", week: WeekHours, days: Sequence[int]) -> None:
    """Draw how many people are there by weekday and hour; hours that were not watched are hatched.

    Args:
        axes: axes to draw on.
        week: presence of people by hour of the week in the whole frame.
        days: weekdays that are drawn, 0 for Monday.
    """
    from matplotlib.patches import Rectangle

    empty_chart(
        axes, "Hours of the week", "people in the whole frame at a time, on average; hatched: not recorded"
    )
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    people = week.avg_occupancy[list(days)]
    rows, columns = people.shape
    ground = Rectangle((0, 0), columns, rows, facecolor=OFF, edgecolor="#CCCCCC", linewidth=0, hatch="////")
    axes.add_patch(ground)
    known = np.ma.masked_invalid(people)
    most = float(known.max()) if known.count() else 0.0
    mesh = axes.pcolormesh(
        known, cmap=_COLOR_MAP, vmin=0, vmax=most or 1.0, edgecolors="white", linewidth=0.8
    )
    axes.set_xlim(0, columns)
    axes.set_ylim(rows, 0)
    axes.set_yticks(np.arange(rows) + 0.5, [_DAYS[day] for day in days])
    axes.set_xticks(_HOURS, [f"{hour:02}:00" for hour in _HOURS])
    if most:
        figure = axes.get_figure()
        assert figure is not None  # axes that are drawn on belong to a figure
        bar = figure.colorbar(mesh, ax=axes, fraction=0.02, pad=0.015, aspect=3 * rows)
        bar.outline.set_visible(False)
        bar.ax.locator_params(nbins=max(1, rows))
        bar.ax.tick_params(length=0, labelsize=9.5, labelcolor=QUIET)
