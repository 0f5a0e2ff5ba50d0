"""The sheet of how many people were in rooms."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING

from heatcli.answers.area_report import AreaReport
from heatcli.answers.area_table import alarm, area_rows, peak_at
from heatcli.answers.zone_table import TOTAL
from heatcli.report.report import Report
from heatcli.report.workbook.book import OFF, Book, Column, Kind, Value
from heatcli.report.workbook.figures import PERIOD
from heatcli.report.workbook.lists import TOP, add_list

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

# Columns that tell the room and the period; a room has no selected time of its own.
_PLACE = (Column("Room", width=150), *PERIOD[:3])

_FIGURES = {
    "covered_s": (Column("Covered", Kind.DURATION), "time in which all doors were watched"),
    "avg_occupancy": (Column("People inside", Kind.RATE), "people in the room at a time, on average"),
    "low": (Column("At least", Kind.RATE), "lower end of the band that holds them in 95 of 100 cases"),
    "high": (Column("At most", Kind.RATE), "upper end of that band"),
    "peak": (Column("Most at once", Kind.RATE), "most people in the room at once"),
    "peak_low": (Column("Most, at least", Kind.COUNT), "lower end of the band at that moment"),
    "peak_high": (Column("Most, at most", Kind.COUNT), "upper end of the band at that moment"),
    "peak_at": (Column("Most at", Kind.TIME, 116), "that moment"),
    "above_capacity_s": (
        Column("Above capacity", Kind.DURATION),
        "time with more people than the room is for",
    ),
    "person_hours": (Column("Person-hours", Kind.RATE), "time of all people in the room, in hours"),
    "arrivals": (Column("Came in", Kind.COUNT), "people who were counted coming in"),
    "departures": (Column("Left", Kind.COUNT), "people who were counted leaving"),
    "alarm": (Column("Alarm"), "whether there were ever more people than the room is for"),
}


class AreaSheet:
    """A sheet with the figures of rooms.

    Attributes:
        figures: column and meaning of each figure, by the name of its field.
    """

    figures = MappingProxyType(_FIGURES)

    def is_needed(self, report: Report) -> bool:
        """Whether a report has anything for the sheet."""
        return bool(report.areas)

    def fill(self, book: Book, sheet: "Worksheet", report: Report) -> None:
        """Write all buckets and totals."""
        columns = [*_PLACE, *(column for column, _ in self.figures.values())]
        about = (
            "From who passed the doors, by the clock of the room's first door, and over the whole period as "
            "`total`; empty: nobody knows."
        )
        last = add_list(book, sheet, sheet.get_name(), about, columns, _rows(report.areas))
        rows = TOP + 1, 0, last, len(columns) - 1
        period, covered = (f"${column}{TOP + 2}" for column in "BE")
        book.mark(sheet, rows, f'{period}="{TOTAL}"', bold=True)
        book.mark(sheet, rows, f"{covered}=0", bg_color=OFF)


def _rows(areas: tuple[AreaReport, ...]) -> Iterator[list[Value]]:
    for area in areas:
        for bucket, one in area_rows(area):
            told = {"peak_at": peak_at(area, one), "alarm": _words(alarm(area, one))}
            figures = (told[name] if name in told else getattr(one, name) for name in AreaSheet.figures)
            yield [area.name, bucket.label, bucket.begin, bucket.end, *figures]


def _words(is_so: bool | None) -> str | None:
    return None if is_so is None else "yes" if is_so else "no"
