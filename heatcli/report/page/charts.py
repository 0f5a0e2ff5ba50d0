"""The charts of the page as Bokeh documents: empty, to be filled in the browser by `chart.js`.

The x axis counts buckets of the period: bucket i reaches from i to i + 1, however long it is, and its value
stands in its middle. So hours that the clock shows twice have a place each, and a range of buckets is a range
of whole numbers.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bokeh.plotting import figure

# Colours of page.css, which Bokeh does not read.
_NOW, _BEFORE, _UNCOVERED = "#0b57d0", "#6b4e16", "#8c959f"
_INK, _FAINT = "#57606a", "#e6eaee"
_FONT = "system-ui, sans-serif"


def chart_documents() -> dict[str, dict[str, Any]]:
    """Return the documents of the line chart and of the overview below it, for `Bokeh.embed.embed_item`.

    Their models are found by name: sources `now`, `before` and `uncovered` of the line chart, whose ranges
    are `across` and `up`; sources `activity` and `uncovered` of the overview, whose range is `all`; and
    `chosen`, the range that its tool moves.
    """
    from bokeh.embed import json_item

    return {"line": dict(json_item(_line_chart())), "overview": dict(json_item(_overview()))}


def _line_chart() -> "figure":
    """Make the chart of one figure of a zone by bucket."""
    from bokeh.models import ColumnDataSource, HoverTool, Range1d

    chart = _plain(240)
    chart.x_range = Range1d(start=0, end=1, name="across")
    chart.y_range = Range1d(start=0, end=1, name="up")
    _add_uncovered(chart)
    before = ColumnDataSource({"x": [], "y": []}, name="before")
    chart.line("x", "y", source=before, color=_BEFORE, line_dash="dashed", line_width=1.5)
    now = ColumnDataSource(
        {name: [] for name in ("x", "y", "label", "value", "before", "covered")}, name="now"
    )
    line = chart.line("x", "y", source=now, color=_NOW, line_width=2)
    # A bucket between two that were not watched has no line.
    chart.scatter("x", "y", source=now, color=_NOW, size=5)
    said = "".join(f"<div>@{column}</div>" for column in ("label", "value", "before", "covered"))
    hover = HoverTool(renderers=[line], mode="vline", line_policy="nearest", tooltips=said)
    chart.add_tools(hover)
    chart.ygrid.grid_line_color = _FAINT
    return chart


def _overview() -> "figure":
    """Make the chart of the whole frame's activity, over which the range of buckets is chosen."""
    from bokeh.models import ColumnDataSource, Range1d, RangeTool

    chart = _plain(72)
    chart.x_range = Range1d(start=0, end=1, name="all")
    chart.y_range = Range1d(start=0, end=110)
    chart.yaxis.visible = False
    _add_uncovered(chart)
    activity = ColumnDataSource({"x": [], "y": []}, name="activity")
    chart.vbar("x", top="y", width=0.7, source=activity, color=_NOW, fill_alpha=0.45, line_color=None)
    tool = RangeTool(x_range=Range1d(start=0, end=1, name="chosen"), y_interaction=False)
    tool.overlay.fill_color, tool.overlay.fill_alpha = _NOW, 0.08
    tool.overlay.line_color, tool.overlay.line_dash = _NOW, []
    chart.add_tools(tool)
    return chart


def _add_uncovered(chart: "figure") -> None:
    """Add the grey ground of what was not watched, the darker the more of a bucket it is."""
    from bokeh.models import ColumnDataSource

    source = ColumnDataSource({"from": [], "to": [], "alpha": []}, name="uncovered")
    chart.vstrip("from", "to", source=source, fill_color=_UNCOVERED, fill_alpha="alpha", line_color=None)


def _plain(height: int) -> "figure":
    """Make a chart as wide as there is room for, without anything that the page does not need."""
    from bokeh.models import FixedTicker
    from bokeh.plotting import figure

    chart = figure(height=height, sizing_mode="stretch_width", tools="", toolbar_location=None)
    chart.outline_line_color = None
    chart.xgrid.grid_line_color = chart.ygrid.grid_line_color = None
    # The charts stand one below the other, and page.css puts the slider of time below them.
    chart.min_border_left, chart.min_border_right = 48, 16
    chart.xaxis.ticker = FixedTicker(ticks=[])
    chart.xaxis.name = "buckets"
    for axis in (*chart.xaxis, *chart.yaxis):
        axis.axis_line_color = axis.major_tick_line_color = _INK
        axis.minor_tick_line_color = None
        axis.major_label_text_color, axis.major_label_text_font_size = _INK, "12px"
        axis.major_label_text_font = _FONT
    return chart
