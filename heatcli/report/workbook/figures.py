"""The columns of the figures of zones and lines in a workbook, and the meaning of each."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from heatcli.answers.margins import margin
from heatcli.answers.zone_table import FIELDS, LINE_FIELDS, TOTAL, ZoneRow
from heatcli.charts.figure import COLORS
from heatcli.report.report import Report
from heatcli.report.workbook.book import OFF, Book, Column, Kind, Value
from heatcli.zones.buckets import Bucket

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

# Share of the selected time below which coverage is thin: the rest of the time may have been different.
THIN = 0.5

PERIOD = (
    Column("Period", width=150),
    Column("From", Kind.TIME, 116),
    Column("To", Kind.TIME, 116),
    Column("Selected", Kind.DURATION),
)

FIGURES = {
    "covered_s": (
        Column("Covered", Kind.DURATION),
        "time that was watched; where it is 0 nothing is known, and the other cells are empty",
    ),
    "detections_pct": (
        Column("Share of detections", Kind.PERCENT),
        "time of all people in the zone, of the time of all people in the frame",
    ),
    "avg_occupancy": (
        Column("People at a time", Kind.DECIMAL),
        "people in it at a time, on average over the covered time",
    ),
    "occupancy_pct": (
        Column("Time occupied", Kind.PERCENT),
        "part of the covered time with at least one person in it",
    ),
    "longest_occupancy_s": (
        Column("Longest occupancy", Kind.DURATION),
        "longest stretch with at least one person in it; absences of up to 2 s are bridged",
    ),
    "max_occupancy": (Column("Most at once", Kind.COUNT), "most people in it at once"),
    "tracklets": (
        Column("Tracklets", Kind.COUNT),
        "pieces in which people were followed from frame to frame",
    ),
    "trajectories": (Column("Trajectories", Kind.COUNT), "tracklets linked within their clip"),
    "unique_visits": (
        Column("Visitors", Kind.COUNT),
        "different people seen in it: trajectories joined from file to file, and of people who were known "
        "again, so that Visits tells how often they came. Who comes in two hours is one "
        "visitor of each, and of the day, so these do not add up; neither do those of two cameras",
    ),
    "stays": (
        Column("Stays", Kind.COUNT),
        "runs of one person in it; absences of up to 2 s are bridged; each belongs to where it begins",
    ),
    "median_stay_s": (Column("Median stay", Kind.DURATION), "half of the stays are at most as long"),
    "p90_stay_s": (
        Column("90 % stay at most", Kind.DURATION),
        "nine tenths of the stays are at most as long",
    ),
    "activity_pct": (
        Column("Average activity", Kind.PERCENT),
        "people at a time, of those in the busiest row of the same place and period",
    ),
    "left_to_right": (
        Column("Left to right", Kind.COUNT),
        "crossings of a line, as seen by who stands at its first point and looks at its second",
    ),
    "right_to_left": (Column("Right to left", Kind.COUNT), "crossings the other way"),
    "persons": (Column("People across", Kind.COUNT), "different people who crossed the line, either way"),
}
"""Column and meaning of each figure, by the name of its field in CSV and JSON, in the order of the CSV."""

PER_HOUR = (
    Column("Visitors per covered hour", Kind.RATE, 96),
    "visitors divided by the covered time, to compare times that were not covered for as long",
)
"""Column and meaning of `Figures.visits_per_covered_hour`."""


_MARGINS = {
    "unique_visits": Column("Visitors ±", Kind.COUNT),
    "avg_occupancy": Column("People at a time ±", Kind.DECIMAL),
}


def margin_columns(report: Report) -> dict[str, Column]:
    """Return the columns of how far figures may be off, by their fields, if any camera was audited."""
    return _MARGINS if any(camera.selection.audit for camera in report.cameras) else {}


def margins_of(row: ZoneRow, columns: Mapping[str, Column]) -> Iterator[Value]:
    """Yield the cells of a row in the columns of `margin_columns`; visitors are whole people."""
    for field in columns:
        off = margin(field, getattr(row.figures, field, None), row.audit)
        yield math.ceil(off - 1e-9) if off is not None and field == "unique_visits" else off


def columns_of(fields: Sequence[str]) -> list[Column]:
    """Return the columns of some fields of the figures."""
    return [FIGURES[field][0] for field in fields]


class Row(Protocol):
    """The figures of a place over the period or one of its buckets, such as `ZoneRow`."""

    @property
    def period(self) -> str:
        """Label of the bucket, or of the total."""

    @property
    def bucket(self) -> Bucket | None:
        """Bucket of the row; None for a total."""

    @property
    def selected_s(self) -> float:
        """Selected time in seconds."""

    @property
    def figures(self) -> object:
        """Figures, by the names of their fields."""


def row_values(row: Row, fields: Sequence[str] = (*FIELDS, *LINE_FIELDS)) -> Iterator[Value]:
    """Yield the cells of a row: those of the columns `PERIOD`, then those of the fields."""
    yield row.period
    yield row.bucket.begin if row.bucket else None
    yield row.bucket.end if row.bucket else None
    yield row.selected_s
    for field in fields:
        yield getattr(row.figures, field, None)


def mark_rows(book: Book, sheet: "Worksheet", first: int, last: int, *, period: int, width: int) -> None:
    """Make totals bold, grey what was not watched, and highlight thin coverage.

    Args:
        book: workbook of the sheet.
        sheet: sheet with rows of figures.
        first: first row of figures.
        last: last row of figures.
        period: column in which the cells of `row_values` begin.
        width: number of columns in the table.
    """
    if last < first:
        return
    from xlsxwriter.utility import xl_col_to_name

    label, selected, covered = (f"${xl_col_to_name(period + place)}{first + 1}" for place in (0, 3, 4))
    row = first, 0, last, width - 1
    book.mark(sheet, row, f'LEFT({label},{len(TOTAL)})="{TOTAL}"', bold=True)
    book.mark(sheet, row, f"{covered}=0", bg_color=OFF)
    book.mark(
        sheet, (first, period + 4, last, period + 4), f"{covered}<{THIN}*{selected}", font_color=COLORS[1]
    )
