"""Charts of how many people were in a room, with the band of what it may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from heatcli.charts.figure import COLORS, INK, QUIET, empty_chart, figure_file, time_axis
from heatcli.intervals import Intervals
from heatcli.zones.room import Occupancy

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, eq=False)
class AreaChart:
    """What the chart of a room shows.

    Attributes:
        name: name of the room.
        timezone: time zone of the clock.
        capacity: number of people that it is for; None where none is configured.
        told: time that is drawn, UTC µs.
        occupancy: how many people were in it; None where no door was watched.
    """

    name: str
    timezone: str
    capacity: int | None
    told: Intervals
    occupancy: Occupancy | None


def write_area_charts(path: Path, charts: Sequence[AreaChart]) -> None:
    """Draw the rooms below each other: the number of people, its band, and what plain counting says.

    Raises:
        OutputError: the file cannot be written.
    """
    with figure_file(path, width=11, height=3.6 * len(charts)) as figure:
        panels = figure.subplots(len(charts), 1, squeeze=False)[:, 0]
        figure.subplots_adjust(0.06, 0.16 / len(charts), 0.98, 1 - 0.2 / len(charts), hspace=0.55)
        for axes, chart in zip(panels, charts, strict=True):
            empty_chart(axes, chart.name, "people inside, with the band that holds them in 95 of 100 cases")
            if chart.occupancy is None:
                what = "how many were inside cannot be told"
                axes.text(0.5, 0.5, what, transform=axes.transAxes, ha="center", color=QUIET)
                axes.set(xticks=[], yticks=[])
            else:
                _draw(axes, chart, chart.occupancy)


def _draw(axes: "Axes", chart: AreaChart, told: Occupancy) -> None:
    """Draw one room."""
    # The last moment is drawn too, where the line would else end a piece too early.
    times = np.append(told.begin_us, told.end_us[-1:]).astype("datetime64[us]")
    shown = chart.told.contains(told.begin_us)
    people, counted, low, high = (
        np.append(np.where(shown, values, np.nan), np.nan if not shown[-1] else values[-1])
        for values in (told.people, told.counted, told.low, told.high)
    )
    axes.fill_between(times, low, high, step="post", color=COLORS[0], alpha=0.18, linewidth=0)
    axes.step(times, people, where="post", color=COLORS[0], linewidth=1.8, label="people")
    axes.step(times, counted, ":", where="post", color=QUIET, linewidth=1.2, label="plain counting")
    if chart.capacity is not None:
        axes.axhline(chart.capacity, color=COLORS[1], linewidth=1.2, label="capacity")
    axes.axhline(0, color=INK, linewidth=0.6)
    axes.legend(loc="upper left", frameon=False, fontsize=9, ncols=3)
    time_axis(axes, chart.timezone)
    axes.margins(x=0)
