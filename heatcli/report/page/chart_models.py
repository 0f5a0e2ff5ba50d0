"""The charts of the page as Bokeh documents without data, which `chart.js` fills in the browser.

The x axis counts the buckets of the period: bucket i extends from i to i + 1, however long it lasts, and its
value stands at i + 0.5. So hours that the clock shows twice have a place each, and a range of buckets is a
range of whole numbers.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bokeh.plotting import figure

# Colours of page.css, which Bokeh does not read.
_NOW, _BEFORE, _UNCOVERED = "#0b57d0", "#6b4e16", "#8c959f"
_INK, _FAINT = "#57606a", "#e6eaee"
_FONT = "system-ui, sans-serif"


def made_documents() -> dict[str, dict[str, Any]]:
    """Make the documents of the line chart and of the overview below it, for `Bokeh.embed.embed_item`.

    `chart.js` finds their models by name: in the line chart the sources `now`, `before` and `uncovered` and
    the ranges `across` and `up`; in the overview the sources `activity` and `uncovered`, the range `all`, and
    the range `chosen`, which the overview's tool moves.
    """
    from bokeh.embed import json_item

    return {"line": dict(json_item(_line_chart())), "overview": dict(json_item(_overview()))}


def _line_chart() -> "figure":
    """Make the chart of one figure of a zone over the buckets."""
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
    # A line through one bucket, between two that were not watched, has no length: it needs a point.
    chart.scatter("x", "y", source=now, color=_NOW, size=5)
    said = "".join(f"<div>@{column}</div>" for column in ("label", "value", "before", "covered"))
    hover = HoverTool(renderers=[line], mode="vline", line_policy="nearest", tooltips=said)
    chart.add_tools(hover)
    chart.ygrid.grid_line_color = _FAINT
    return chart


def _overview() -> "figure":
    """Make the chart of the whole frame's activity, in which the range of buckets is chosen."""
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
    """Add a grey ground to buckets that were not wholly watched, the darker the less they were."""
    from bokeh.models import ColumnDataSource

    source = ColumnDataSource({"from": [], "to": [], "alpha": []}, name="uncovered")
    chart.vstrip("from", "to", source=source, fill_color=_UNCOVERED, fill_alpha="alpha", line_color=None)


def _plain(height: int) -> "figure":
    """Make a chart as wide as its place, without tools and decoration that the page does not need."""
    from bokeh.models import FixedTicker
    from bokeh.plotting import figure

    chart = figure(height=height, sizing_mode="stretch_width", tools="", toolbar_location=None)
    chart.outline_line_color = None
    chart.xgrid.grid_line_color = chart.ygrid.grid_line_color = None
    # Both charts have the same margins, by which page.css aligns the time slider below them.
    chart.min_border_left, chart.min_border_right = 48, 16
    chart.xaxis.ticker = FixedTicker(ticks=[])
    chart.xaxis.name = "buckets"
    for axis in (*chart.xaxis, *chart.yaxis):
        axis.axis_line_color = axis.major_tick_line_color = _INK
        axis.minor_tick_line_color = None
        axis.major_label_text_color, axis.major_label_text_font_size = _INK, "12px"
        axis.major_label_text_font = _FONT
    return chart
