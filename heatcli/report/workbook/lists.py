"""The sheets for further calculation: the figures of all zones and lines, and the ways between zones."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from heatcli.answers.hot_places import WHERE, where
from heatcli.answers.transitions import ways
from heatcli.answers.zone_table import FIELDS, line_rows, zone_rows
from heatcli.report.report import Report
from heatcli.report.workbook.book import Book, Column, Kind, Value
from heatcli.report.workbook.figures import (
    FIGURES,
    PERIOD,
    columns_of,
    margin_columns,
    margins_of,
    mark_rows,
    row_values,
)

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_PLACE = (Column("Camera", width=150), Column("Zone or line", width=150))
_WAY = (
    Column("Camera", width=150),
    Column("Way", width=90),
    Column("From", width=150),
    Column("To", width=150),
    Column("Times", Kind.COUNT),
    Column("People", Kind.COUNT),
    Column("Share", Kind.PERCENT),
    Column("Median time between", Kind.DURATION),
)
# Figures of a hottest place.
_OF_PLACES = tuple(field for field in FIELDS if field != "activity_pct")

TOP = 3
"""Row of the head of a list."""

_TOO_LONG = "Cut: Excel has no more rows. The CSV and JSON files of this report have all of it."
_NOTHING = "There is nothing to list."


def add_zones(book: Book, sheet: "Worksheet", report: Report) -> None:
    """Write all buckets and totals of all zones and lines, with the whole frame of each camera first."""
    columns = [*_PLACE, *PERIOD, *columns_of(tuple(FIGURES)), *margin_columns(report).values()]
    about = "Each zone and line by the camera's clock, and over the whole period as `total`."
    last = add_list(book, sheet, "Zones and lines", about, columns, _zones(report))
    mark_rows(book, sheet, TOP + 1, last, period=len(_PLACE), width=len(columns))


def add_hot_places(book: Book, sheet: "Worksheet", report: Report) -> None:
    """Write where the hottest places of each camera are, and their figures."""
    columns = [*_PLACE, *(Column(name.capitalize(), Kind.PERCENT) for name in WHERE)]
    columns += columns_of(_OF_PLACES)
    about = (
        "As `heatcli zone --top` finds them in the map of dwell time. X and Y are the hottest point, from "
        "the left and from the top of the picture; the others are the ends of the place."
    )
    add_list(book, sheet, "Hottest places", about, columns, _hot_places(report))


def add_transitions(book: Book, sheet: "Worksheet", report: Report) -> None:
    """Write how often people went from zone to zone."""
    about = (
        "From one zone to the next one. Entry is the first zone of a person, exit the last; stayed are those "
        "who were in no other. Share is of the people who were in the zone that was left, or entered."
    )
    add_list(book, sheet, "From zone to zone", about, _WAY, _ways(report))


def add_list(
    book: Book,
    sheet: "Worksheet",
    title: str,
    about: str,
    columns: Sequence[Column],
    rows: Iterator[Sequence[Value]],
) -> int:
    """Fill a sheet with one long table; return the table's last row."""
    book.set_widths(sheet, columns)
    last = book.table(sheet, TOP, columns, rows)
    is_cut = next(rows, None) is not None
    book.head(sheet, title, [_TOO_LONG if is_cut else about, *([] if last > TOP else [_NOTHING])])
    sheet.freeze_panes(TOP + 1, 2)
    sheet.autofilter(TOP, 0, last, len(columns) - 1)
    sheet.repeat_rows(TOP)
    return last


def _zones(report: Report) -> Iterator[Sequence[Value]]:
    """Yield the rows of all zones and lines."""
    places = [camera.all_figures for camera in report.cameras]
    for row in (*zone_rows(places), *line_rows(places)):
        yield row.camera, row.zone, *row_values(row), *margins_of(row, margin_columns(report))


def _hot_places(report: Report) -> Iterator[Sequence[Value]]:
    """Yield the rows of the hottest places."""
    for camera in report.cameras:
        for found in camera.hot:
            at = [100 * one for one in where(found.zone) or ()]
            yield camera.name, found.zone.name, *at, *(getattr(found.total, field) for field in _OF_PLACES)


def _ways(report: Report) -> Iterator[Sequence[Value]]:
    """Yield the rows of all ways between zones."""
    for camera in report.cameras:
        for way in ways(camera.figures):
            yield (
                camera.name,
                way.kind,
                way.origin,
                way.target,
                way.count,
                way.persons,
                way.share_pct,
                way.median_between_s,
            )
