"""Excel's own charts: they can be changed, copied into slides, and follow the cells that they show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from heatcli.charts.figure import COLORS, INK, QUIET
from heatcli.report.workbook.book import LINE, Book, Kind

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.worksheet import Worksheet

# Colours of this period and of the one before.
_SERIES_COLORS = (COLORS[0], "#A9B4BD")

# Steps of an axis of durations in seconds; Excel itself would choose decimal fractions of a day.
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_MOST_STEPS = 6

# Percent above which a value makes its axis end at 100, where Excel itself would go beyond.
_NEARLY_ALL = 80.0

# Number formats of axes, whose numbers are round.
_AXIS_FORMATS = {Kind.PERCENT: "0%", Kind.DECIMAL: "General"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Charted:
    """The cells that a chart shows.

    Attributes:
        sheet: sheet of the cells.
        first: first row of the cells.
        last: last row of the cells.
        names: column of the names below the chart, such as times.
        names_format: number format of these names; None for that of the cells.
        values: columns of the values; this period first, then the one before.
        series: names of these columns, for the chart's legend.
        kind: kind of the values.
        highest: largest of the values, in the report's unit; sets the steps of an axis of durations.
    """

    sheet: "Worksheet"
    first: int
    last: int
    names: int
    values: Sequence[int]
    series: Sequence[str]
    kind: Kind
    names_format: str | None = None
    highest: float = 0.0


def line_chart(book: Book, title: str, unit: str, charted: Charted) -> "Chart":
    """Draw values over time; the line has gaps where nothing is known."""
    chart = book.chart("line")
    for color, series in _series(charted):
        series["line"] = {"color": color, "width": 2.25}
        # A line through one value, between two unknown ones, has no length: it needs a point.
        series["marker"] = {
            "type": "circle",
            "size": 5,
            "fill": {"color": color},
            "border": {"color": "white"},
        }
        chart.add_series(series)
    chart.show_blanks_as("gap")
    return _finish(chart, title, unit, charted)


def column_chart(book: Book, title: str, unit: str, charted: Charted) -> "Chart":
    """Draw counts, or shares in percent, as columns."""
    chart = book.chart("column")
    for color, series in _series(charted):
        chart.add_series({**series, "fill": {"color": color}, "gap": 60, "overlap": 0})
    return _finish(chart, title, unit, charted)


def _series(charted: Charted) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield colour and cells of each series; the period before comes first, so that this one is on top."""
    name, first, last = charted.sheet.get_name(), charted.first, charted.last
    columns = list(zip(_SERIES_COLORS, charted.series, charted.values, strict=False))
    for color, title, column in reversed(columns):
        yield (
            color,
            {
                "name": title,
                "categories": [name, first, charted.names, last, charted.names],
                "values": [name, first, column, last, column],
            },
        )


def _finish(chart: "Chart", title: str, unit: str, charted: Charted) -> "Chart":
    """Set the title, axes and pale colours of a chart."""
    small = {"size": 9, "color": QUIET}
    chart.set_title(
        {
            "name": title,
            "name_font": {"size": 12, "bold": True, "color": INK},
            "overlay": False,
            "layout": {"x": 0.012, "y": 0.03},
        }
    )
    chart.set_x_axis(
        {
            "text_axis": True,
            "num_format": charted.names_format,
            "num_font": small,
            "line": {"color": "#999999"},
            "major_tick_mark": "none",
        }
    )
    chart.set_y_axis(
        {
            "name": unit,
            "name_font": {**small, "bold": False},
            "num_font": small,
            "num_format": _AXIS_FORMATS.get(charted.kind, str(charted.kind)),
            "min": 0,
            "line": {"none": True},
            "major_tick_mark": "none",
            "major_gridlines": {"visible": True, "line": {"color": LINE, "width": 0.75}},
            **_steps(charted),
        }
    )
    if len(charted.values) > 1:
        chart.set_legend({"position": "top", "font": {"size": 10, "color": INK}})
    else:
        chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"color": LINE}})
    return chart


def _steps(charted: Charted) -> dict[str, float]:
    """Choose the steps of the vertical axis, in Excel's unit, where Excel itself would not choose well."""
    if charted.kind is Kind.PERCENT and charted.highest > _NEARLY_ALL:
        return {"major_unit": 0.2, "max": 1.0}
    if charted.kind is not Kind.DURATION:
        return {}
    step = next((step for step in _STEPS_S if charted.highest <= _MOST_STEPS * step), _STEPS_S[-1])
    end = step * max(1, ceil(charted.highest / step))
    return {"major_unit": step / 86400, "max": end / 86400}
