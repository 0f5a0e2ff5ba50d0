"""The sheet of a camera: charts, people by hour of the week, lengths of stay, and the figures below."""

from collections.abc import Iterator, Sequence
from itertools import chain
from math import isnan
from typing import TYPE_CHECKING

from heatcli.answers.margins import with_margin
from heatcli.answers.zone_table import EVERYBODY, FIELDS, TOTAL, ZoneRow, covered_text, zone_rows
from heatcli.clock import duration_text
from heatcli.names import PeriodKind
from heatcli.report.camera_report import CameraReport
from heatcli.report.report import Report
from heatcli.report.workbook.book import OFF, Book, Column, Kind, Value
from heatcli.report.workbook.charts import Charted, column_chart, line_chart
from heatcli.report.workbook.figures import FIGURES, PER_HOUR, PERIOD, columns_of, mark_rows, row_values
from heatcli.zones.buckets import WEEKDAYS, counterparts
from heatcli.zones.statistics import Figures
from heatcli.zones.stays import STAY_EDGES_S

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.worksheet import Worksheet

# Figures that are charted over the buckets, also those of the period before, and the titles of the charts.
_CHARTED = {
    "unique_visits": "different people",
    "activity_pct": "of the busiest time of the period",
    "occupancy_pct": "of the time with somebody there",
    "longest_occupancy_s": "longest time with somebody there",
}

# Columns beside those of the period before, to compare what was not covered for as long.
_COMPARED = (FIGURES["covered_s"][0].before(), PER_HOUR[0], PER_HOUR[0].before())

# Columns that the left and the right charts stand over; rows have 20 pixels.
_ROW_PX, _CHART_ROWS, _LEFT, _RIGHT = 20, 14, range(8), range(8, 17)
_GAP_PX, _CHARTS_TOP = 14, 4
_STAYS_TOP = _CHARTS_TOP + 2 * (_CHART_ROWS + 1)

_STAYS = (Column("Stays", Kind.COUNT), Column("Share", Kind.PERCENT))
# Colour of the busiest hour of the week; black text is readable on it.
_BUSY = "#6BAED6"

# Format of the times on the axis of buckets.
_TIME_FORMATS = {
    PeriodKind.DAILY: 'hh"h"',
    PeriodKind.WEEKLY: "ddd d mmm",
    PeriodKind.MONTHLY: "d",
    PeriodKind.ANNUAL: "mmm",
}


def add_camera(book: Book, summary: "Worksheet", report: Report, camera: CameraReport) -> "Worksheet":
    """Write the sheet of a camera.

    Args:
        book: workbook to write to.
        summary: sheet that the camera's sheet links back to.
        report: report that the camera is in.
        camera: numbers of the camera.

    Returns:
        Sheet of the camera.
    """
    sheet = book.sheet(book.free_name(camera.name))
    columns = _columns(camera)
    book.set_widths(sheet, columns)
    places = [camera.location, ", ".join(camera.labels), f"clock of {camera.selection.timezone}"]
    if camera.selection.audit is not None:
        total = camera.frame.total
        for field, words, decimals in (
            ("unique_visits", "visitors", 0),
            ("avg_occupancy", "people at a time", 3),
        ):
            figure = with_margin(field, getattr(total, field), camera.selection.audit, decimals)
            places.append(f"{figure} {words}")
    book.head(
        sheet,
        camera.name,
        [f"{report.period.title}: {covered_text(camera.all_figures)}", " · ".join(filter(None, places))],
    )
    book.link(sheet, 1, _RIGHT.start, summary, "Back to the summary")
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(0, 2)
    top = _CHARTS_TOP
    if camera.selection.covered_us:
        bins = _add_stays(book, sheet, report, camera)
        _add_week(book, sheet, camera)
        top = max(_STAYS_TOP + 27, bins + 2)
        sheet.set_h_pagebreaks([_STAYS_TOP - 1, top - 1])
    _add_table(book, sheet, top, report, camera)
    return sheet


def _columns(camera: CameraReport) -> list[Column]:
    """Return the columns of the whole frame's figures, followed by those of the period before."""
    columns = [*PERIOD, *columns_of(FIELDS)]
    if camera.previous:
        columns += [*(column.before() for column in columns_of(tuple(_CHARTED))), *_COMPARED]
    return columns


def _add_table(book: Book, sheet: "Worksheet", top: int, report: Report, camera: CameraReport) -> None:
    """Write the figures of the whole frame, and chart them if there are any."""
    book.put(sheet, top, 0, "The whole frame", look=book.look(bold=True, font_size=13))
    columns, head = _columns(camera), top + 1
    last = book.table(sheet, head, columns, _rows(report, camera))
    sheet.autofilter(head, 0, last, len(columns) - 1)
    mark_rows(book, sheet, head + 1, last, period=0, width=len(columns))
    buckets = len(camera.figures.buckets)
    if not camera.selection.covered_us:
        return
    for number, (field, unit) in enumerate(_CHARTED.items()):
        column, values = FIGURES[field][0], [len(PERIOD) + FIELDS.index(field)]
        highest = _highest(camera, field)
        if camera.previous and field == "unique_visits":
            # Two hours that were not covered for as long are compared by their rates.
            column, unit = PER_HOUR[0], "different people per covered hour"
            values = [len(columns) - 2, len(columns) - 1]
            highest = _highest(camera, "visits_per_covered_hour")
        elif camera.previous:
            values.append(len(PERIOD) + len(FIELDS) + number)
        charted = Charted(
            sheet=sheet,
            first=head + 1,
            last=head + buckets,
            names=1,
            names_format=_TIME_FORMATS[report.period.kind],
            values=values,
            series=_series(report),
            kind=column.kind,
            highest=highest,
        )
        draw = column_chart if field == "unique_visits" else line_chart
        row = _CHARTS_TOP + number // 2 * (_CHART_ROWS + 1)
        _add_chart(sheet, row, camera, draw(book, column.title, unit, charted), right=number % 2 == 1)


def _rows(report: Report, camera: CameraReport) -> Iterator[Sequence[Value]]:
    """Yield the figures of the whole frame, each bucket beside its counterpart in the period before."""
    buckets, before = camera.figures.buckets, camera.previous
    earlier: dict[object, Figures] = {}
    if before is not None:
        like = counterparts(buckets, before.figures.buckets).tolist()
        earlier = {buckets[i]: before.frame.buckets[at] for i, at in enumerate(like) if at >= 0}
        earlier |= {TOTAL: before.frame.total, EVERYBODY: before.frame_everybody}
    for row in zone_rows([camera.of_frame]):
        found = earlier.get(row.bucket or row.period)
        compared = _compared(row, found) if before is not None else ()
        yield *row_values(row, FIELDS), *compared


def _compared(row: ZoneRow, before: Figures | None) -> Iterator[Value]:
    """Yield the figures of the period before that stand beside a row, then both rates of visitors."""
    yield from (getattr(before, field, None) for field in (*_CHARTED, "covered_s"))
    yield from (getattr(one, "visits_per_covered_hour", None) for one in (row.figures, before))


def _highest(camera: CameraReport, field: str) -> float:
    """Return the largest value of a field in the buckets of both periods."""
    both = (one.frame.buckets for one in (camera, camera.previous) if one is not None)
    return max((getattr(figures, field) or 0.0 for buckets in both for figures in buckets), default=0.0)


def _series(report: Report) -> tuple[str, str]:
    """Return the names of both periods, this one first."""
    return report.period.label, report.period.previous().label


def _add_chart(sheet: "Worksheet", row: int, camera: CameraReport, chart: "Chart", *, right: bool) -> None:
    """Insert a chart on the left or on the right."""
    place = _RIGHT if right else _LEFT
    width = sum(_columns(camera)[column].width for column in place)
    chart.set_size({"width": width - _GAP_PX, "height": _CHART_ROWS * _ROW_PX})
    sheet.insert_chart(row, place.start, chart)


def _add_stays(book: Book, sheet: "Worksheet", report: Report, camera: CameraReport) -> int:
    """Chart how long people stay, and write the table behind the chart; return the table's last row."""
    both = [_stays(one) for one in (camera, camera.previous) if one is not None]
    used = [place for place, stays in enumerate(zip(*both, strict=True)) if any(count for count, _ in stays)]
    rows = (
        [_stay_text(place), *chain.from_iterable(stays[place] for stays in both)]
        for place in range(min(used, default=0), max(used, default=-1) + 1)
    )
    columns = [Column("Stay"), *_STAYS, *(column.before() for column in _STAYS)][: 1 + 2 * len(both)]
    head = _STAYS_TOP + _CHART_ROWS + 1
    last = book.table(sheet, head, columns, rows, head_px=_ROW_PX)
    charted = Charted(
        sheet=sheet,
        first=head + 1,
        last=max(last, head + 1),
        names=0,
        values=[2, 4][: len(both)],
        series=_series(report),
        kind=Kind.PERCENT,
        highest=max((share or 0.0 for stays in both for _, share in stays), default=0.0),
    )
    chart = column_chart(book, "Time spent", "of all stays", charted)
    _add_chart(sheet, _STAYS_TOP, camera, chart, right=False)
    return last


def _stays(camera: CameraReport) -> list[tuple[int | None, float | None]]:
    """Return the number of stays in each class of length and their share in percent; None where unknown."""
    if not camera.selection.covered_us:
        return [(None, None)] * len(STAY_EDGES_S)
    counts: list[int] = camera.frame.stays.distribution.tolist()
    return [(count, 100 * count / sum(counts) if any(counts) else None) for count in counts]


def _stay_text(place: int) -> str:
    """Return the name of a class of lengths of stay."""
    least, *longer = (duration_text(edge) for edge in STAY_EDGES_S[place : place + 2])
    if not place:
        return f"under {longer[0]}"
    return f"{least} to {longer[0]}" if longer else f"{least} and more"


def _add_week(book: Book, sheet: "Worksheet", camera: CameraReport) -> None:
    """Write the average number of people at a time, by hour and weekday."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    title, left = "People at a time, by hour and weekday", _RIGHT.start
    book.put(sheet, _STAYS_TOP, left, title, look=book.look(bold=True, font_size=12))
    columns = [Column("Hour"), *(Column(day, Kind.DECIMAL) for day in WEEKDAYS)]
    rows = (
        [f"{hour:02}:00", *(None if isnan(people) else people for people in days)]
        for hour, days in enumerate(camera.week.avg_occupancy.T.tolist())
    )
    last = book.table(sheet, _STAYS_TOP + 1, columns, rows, left=left, head_px=_ROW_PX)
    cells = (_STAYS_TOP + 2, left + 1, last, left + len(WEEKDAYS))
    book.mark(sheet, cells, f"ISBLANK({xl_rowcol_to_cell(*cells[:2])})", bg_color=OFF)
    scale = {
        "type": "2_color_scale",
        "min_type": "num",
        "min_value": 0,
        "min_color": "#FFFFFF",
        "max_color": _BUSY,
    }
    sheet.conditional_format(*cells, scale)
