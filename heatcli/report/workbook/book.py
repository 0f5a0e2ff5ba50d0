"""The workbook while it is written: cell formats, sheet names, and cells with a meaning."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING

from heatcli.charts.figure import COLORS, INK, QUIET

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# Excel's limits: rows of a sheet, characters in a cell, and UTF-16 code units in the name of a sheet.
MOST_ROWS = 1_048_576
_LONGEST_TEXT, _LONGEST_NAME = 32_767, 31
_RESERVED_NAME = "history"

HEAD, LINE, OFF = "#E4EEF5", "#E3E3E3", "#EFEFEF"
"""Colours of the head of a table, of the lines between its rows, and of what was not recorded."""

# Excel's number for A4 paper.
_PAPER = 9


class Kind(StrEnum):
    """The kind of a cell's value, as its number format in Excel; that of text keeps it from being parsed."""

    TEXT = "@"
    COUNT = "#,##0"
    DECIMAL = "#,##0.000"
    RATE = "#,##0.0"
    PERCENT = "0.0%"
    CHANGE = "+0.0%;-0.0%;0.0%"
    DURATION = "[h]:mm:ss"
    TIME = "yyyy-mm-dd hh:mm"
    CLOCK = "hh:mm"
    DAY = "ddd d mmm"
    MONTH = "mmmm"


# Divisors that turn a report's numbers into Excel's: percent into fractions, seconds into days.
_UNITS = {Kind.PERCENT: 100.0, Kind.CHANGE: 100.0, Kind.DURATION: 86400.0}

Value = str | float | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        title: title in the column's head.
        kind: kind of the column's values.
        width: width of the column in pixels.
    """

    title: str
    kind: Kind = Kind.TEXT
    width: int = 82

    def before(self) -> "Column":
        """Return the column with the same figure in the period before."""
        return replace(self, title=f"{self.title} before", width=max(self.width, 116))


class Book:
    """A workbook that is being written.

    Args:
        file: buffer to write the workbook to.
        title: title of the workbook.
        made_at: time at which the workbook says that it was made, with its offset.
        sheets: names of sheets that no camera may take.
    """

    def __init__(self, file: BytesIO, *, title: str, made_at: datetime, sheets: Iterable[str]) -> None:
        import xlsxwriter

        # Temporary files on disk would fail with the library's own errors.
        self._file = xlsxwriter.Workbook(file, {"in_memory": True})
        # Without a given time the library takes that of the clock, and the same report would give different
        # bytes.
        created = made_at.astimezone(UTC).replace(tzinfo=None)
        self._file.set_properties({"title": title, "created": created})
        self._looks: dict[frozenset[tuple[str, object]], Format] = {}
        self._title = title
        self._tables: list[tuple[Worksheet, tuple[int, int, int, int]]] = []
        self._taken = {_RESERVED_NAME, *(name.casefold() for name in sheets)}

    def close(self) -> None:
        """Write the file."""
        # The lines between rows are a conditional format: so they need no empty cells. LibreOffice applies
        # only the first of several that fit a cell, so this one comes last.
        for sheet, area in self._tables:
            self.mark(sheet, area, "TRUE", bottom=1, bottom_color=LINE)
        self._file.close()

    def sheet(self, name: str) -> "Worksheet":
        """Add a sheet with a name that comes from `free_name` or was reserved by `sheets`."""
        sheet = self._file.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(_PAPER)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        # An ampersand begins a command in a footer.
        sheet.set_footer(f"&L&9{self._title.replace('&', '&&')}&R&9&A, &P / &N")
        return sheet

    def free_name(self, camera: str) -> str:
        """Turn a camera's name into a sheet name that Excel allows and that no sheet has, ignoring case."""
        safe = re.sub(r"[\[\]:*?/\\]", "_", printable(camera)).replace("'", "’").strip() or "_"
        for number in count(1):
            end = "" if number == 1 else f" ({number})"
            unique = _cut(safe, _LONGEST_NAME - len(end)) + end
            if unique.casefold() not in self._taken:
                break
        self._taken.add(unique.casefold())
        return unique

    def look(self, **properties: object) -> "Format":
        """Return the cell format that has these properties, named as in XlsxWriter."""
        key = frozenset(properties.items())
        if key not in self._looks:
            defaults = {"font_color": INK, "valign": "vcenter"}
            self._looks[key] = self._file.add_format({**defaults, **properties})
        return self._looks[key]

    def chart(self, kind: str) -> "Chart":
        """Make a chart, which the caller inserts into a sheet."""
        return self._file.add_chart({"type": kind})

    def put(
        self,
        sheet: "Worksheet",
        row: int,
        column: int,
        value: Value,
        kind: Kind = Kind.TEXT,
        look: "Format | None" = None,
    ) -> None:
        """Write a cell. Text never becomes a formula or a link; None leaves the cell empty."""
        look = look or self.look(num_format=str(kind))
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(row, column, _cut(printable(value), _LONGEST_TEXT), look)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value.replace(tzinfo=None), look)
        else:
            sheet.write_number(row, column, value / _UNITS.get(kind, 1), look)

    def head(self, sheet: "Worksheet", title: str, lines: Iterable[str]) -> None:
        """Write the title of a sheet into its first row, and further text into the rows below."""
        sheet.set_row_pixels(0, 36)
        self.put(sheet, 0, 0, title, look=self.look(bold=True, font_size=18, num_format="@"))
        for row, line in enumerate(lines, start=1):
            self.put(sheet, row, 0, line, look=self.look(font_color=QUIET, num_format="@"))

    def link(self, sheet: "Worksheet", row: int, column: int, target: "Worksheet", text: str) -> None:
        """Write a link to another sheet of this workbook into a cell."""
        look = self.look(font_color=COLORS[0], num_format="@")
        sheet.write_url(row, column, f"internal:'{target.get_name()}'!A1", look, target.get_name())
        self.put(sheet, row, column, text, look=look)

    def mark(
        self, sheet: "Worksheet", area: tuple[int, int, int, int], formula: str, **properties: object
    ) -> None:
        """Change the format of cells for which a formula is true.

        Args:
            sheet: sheet of the cells.
            area: first row, first column, last row and last column of the cells.
            formula: formula as it would stand in the first of the cells.
            properties: properties of the format, named as in XlsxWriter.
        """
        look = self._file.add_format(properties)
        sheet.conditional_format(*area, {"type": "formula", "criteria": f"={formula}", "format": look})

    def set_widths(self, sheet: "Worksheet", columns: Sequence[Column]) -> None:
        """Set the widths of the columns of a sheet, from its first column on."""
        for place, column in enumerate(columns):
            sheet.set_column_pixels(place, place, column.width)

    def table(
        self,
        sheet: "Worksheet",
        top: int,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Value]],
        *,
        left: int = 0,
        head_px: int = 42,
    ) -> int:
        """Write a table.

        Args:
            sheet: sheet to write to.
            top: row of the table's head.
            columns: columns of the table.
            rows: rows below the head; those beyond Excel's limit are left out.
            left: first column of the table.
            head_px: height of the head in pixels; by default that of two lines of text.

        Returns:
            Last row of the table; `top` for a table without rows.
        """
        head = {"bold": True, "bg_color": HEAD, "text_wrap": True, "bottom": 1, "bottom_color": COLORS[0]}
        sheet.set_row_pixels(top, head_px)
        for place, column in enumerate(columns, start=left):
            align = "left" if column.kind is Kind.TEXT else "right"
            self.put(sheet, top, place, column.title, look=self.look(align=align, **head))
        looks = [self.look(num_format=str(column.kind)) for column in columns]
        row = top
        for row, values in zip(range(top + 1, MOST_ROWS), rows, strict=False):
            cells = enumerate(zip(values, columns, looks, strict=True), start=left)
            for place, (value, column, look) in cells:
                self.put(sheet, row, place, value, column.kind, look)
        if row > top:
            self._tables.append((sheet, (top + 1, left, row, left + len(columns) - 1)))
        return row


def printable(text: str) -> str:
    """Replace what XML cannot hold: control characters, and bytes of file names that are not valid text."""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "_", text)


def _cut(text: str, longest: int) -> str:
    """Cut a text to a number of UTF-16 code units, by which Excel counts; a cut text ends in `…`."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * longest:
        return text
    return units[: 2 * (longest - 1)].decode("utf-16-le", "ignore") + "…"
