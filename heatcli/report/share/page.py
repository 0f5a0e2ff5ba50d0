"""The page to give away: tables and maps in cells, without a script, a point or anything to load."""

from html import escape

import numpy as np

from heatcli.clock import duration_text
from heatcli.picture.colour import color_table
from heatcli.report.report import Report
from heatcli.report.share.figures import SharedCamera, SharedRow, SharedWay
from heatcli.report.share.layout import WHOLE
from heatcli.report.share.notes import notes
from heatcli.shapes import outline_of

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="heatcli">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }}
h2 {{ margin-top: 2.5rem; border-bottom: 1px solid #d5dde3; }}
table {{ border-collapse: collapse; width: 100%; margin: 1rem 0; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .25rem .6rem; text-align: right; border-bottom: 1px solid #e8edf0; }}
th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) {{ text-align: left; }}
thead th {{ background: #e4eef5; border-bottom: 1px solid #8fb2cc; font-weight: 600; }}
.hidden {{ color: #6b7a86; text-align: center; }}
.quiet {{ color: #51606c; font-size: .92rem; }}
svg {{ width: 100%; height: auto; background: #f1f4f6; border: 1px solid #d5dde3; }}
</style>
<h1>{title}</h1>
<ul class="quiet">{notes}</ul>
{cameras}
<p class="quiet">Made by heatcli on {made}.</p>
</html>
"""
# Columns of a table of figures.
_HEAD = ("Place", "Time", "Visitors", "Stays", "Median stay", "People at a time", "Time occupied")
# Width of a map in its own units.
_WIDTH = 1000.0


def page(report: Report, cameras: list[SharedCamera], least: int) -> str:
    """Return the page.

    Args:
        report: report that is given away.
        cameras: what is shown of it.
        least: smallest number of people of whom anything is told.
    """
    return _PAGE.format(
        title=escape(report.period.title),
        notes="".join(f"<li>{escape(line)}</li>" for line in notes(least)),
        cameras="".join(map(_camera, cameras)),
        made=escape(report.made),
    )


def _camera(camera: SharedCamera) -> str:
    parts = [f"<h2>{escape(camera.name)}</h2>", f"<p>Watched for {duration_text(camera.covered_s)}.</p>"]
    parts += [f'<p class="quiet">{escape(note)}</p>' for note in camera.notes]
    parts += [_map(camera), _table(_HEAD, [_cells(row) for row in camera.rows if row.time == WHOLE])]
    if camera.ways or camera.hidden_ways:
        rows = [_way(way) for way in camera.ways]
        parts.append("<h3>From zone to zone</h3>" + _table(("From", "To", "Times", "People"), rows))
        if camera.hidden_ways:
            ways = "way that few took is" if camera.hidden_ways == 1 else "ways that few took are"
            parts.append(f'<p class="quiet">{camera.hidden_ways} {ways} not shown.</p>')
    if camera.crossings:
        rows = [_way(way) for way in camera.crossings]
        parts.append("<h3>Across lines</h3>" + _table(("Line", "Way", "Times", "People"), rows))
    parts.append("<h3>Through the period</h3>")
    parts.append(_table(_HEAD, [_cells(row) for row in camera.rows if row.time != WHOLE and row.covered_s]))
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: list[list[str]]) -> str:
    cells = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def _cells(row: SharedRow) -> list[str]:
    names = [f"<td>{escape(row.place)}</td>", f"<td>{escape(row.time)}</td>"]
    if row.is_hidden:
        return [*names, '<td class="hidden" colspan="5">not shown</td>']
    numbers = (
        f"{row.visitors:,}" if row.visitors is not None else "",
        f"{row.stays:,}" if row.stays is not None else "",
        median_text(row),
        "" if row.avg_occupancy is None else f"{row.avg_occupancy:.3f}",
        "" if row.occupancy_pct is None else f"{row.occupancy_pct:.1f} %",
    )
    return [*names, *(f"<td>{number}</td>" for number in numbers)]


def median_text(row: SharedRow) -> str:
    """Return the median length of stays, or the class of length that it is in."""
    if row.median_stay_s is not None:
        return duration_text(row.median_stay_s)
    if row.median_class_s is None:
        return ""
    least, most = row.median_class_s
    return (
        f"{duration_text(least)} or more"
        if most is None
        else f"{duration_text(least)} to {duration_text(most)}"
    )


def _way(way: SharedWay) -> list[str]:
    names = [f"<td>{escape(way.origin)}</td>", f"<td>{escape(way.target)}</td>"]
    if way.count is None or way.persons is None:
        return [*names, '<td class="hidden" colspan="2">not shown</td>']
    return [*names, f"<td>{way.count:,}</td>", f"<td>{way.persons:,}</td>"]


def _map(camera: SharedCamera) -> str:
    """Draw the cells, hatched where they are not shown, and the outlines of zones, as SVG."""
    rows, columns = camera.cells.shape
    width, height = _WIDTH / columns, _WIDTH / camera.aspect / rows
    hottest = float(np.nan_to_num(camera.cells).max())
    scale = f"yellow is most, {duration_text(hottest)}; " if hottest else ""
    colors = np.rint(color_table("viridis")[:, ::-1]).astype(int)
    drawn = []
    for (row, column), seconds in np.ndenumerate(camera.cells):
        if seconds == 0:
            continue
        fill, words = "url(#few)", "not shown"
        if np.isfinite(seconds):
            red, green, blue = colors[round(255 * seconds / hottest)]
            fill, words = f"rgb({red},{green},{blue})", f"{duration_text(seconds)} in all"
        place = f'x="{column * width:.1f}" y="{row * height:.1f}" width="{width:.1f}" height="{height:.1f}"'
        drawn.append(f'<rect {place} fill="{fill}"><title>{words}</title></rect>')
    for name, shape in camera.zones:
        corners = [(x * _WIDTH, y * _WIDTH / camera.aspect) for x, y in outline_of(shape, camera.aspect)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        x, y = min(x for x, _ in corners) + 6, min(y for _, y in corners) + 20
        drawn.append(f'<polygon points="{points}" fill="none" stroke="#c22" stroke-width="2"/>')
        drawn.append(f'<text x="{x:.1f}" y="{y:.1f}" fill="#a11" font-size="16">{escape(name)}</text>')
    return (
        f'<svg viewBox="0 0 {_WIDTH:.0f} {_WIDTH / camera.aspect:.1f}" role="img" '
        f'aria-label="Time that people spent in each part of the picture of {escape(camera.name)}">'
        '<defs><pattern id="few" width="8" height="8" patternUnits="userSpaceOnUse">'
        '<path d="M0 8L8 0" stroke="#9aa7b1" stroke-width="1"/></pattern></defs>'
        f"{''.join(drawn)}</svg>"
        f'<p class="quiet">Time that people spent in each cell: {scale}hatched cells had few people, '
        "or would give them away.</p>"
    )
