"""The workbook while it is written: its looks, the names of its sheets, and cells that mean what they say."""

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

# Excel's limits: rows of a sheet, characters of a cell, and UTF-16 code units of the name of a sheet.
MOST_ROWS = 1_048_576
_LONGEST_TEXT, _LONGEST_NAME = 32_767, 31
_RESERVED_NAME = "history"

HEAD, LINE, OFF = "#E4EEF5", "#E3E3E3", "#EFEFEF"
"""Colours of the head of a table, of the lines between its rows, and of what was not recorded."""

# A4, as Excel counts paper.
_PAPER = 9


class Kind(StrEnum):
    """What a cell holds. The value is its format in Excel; that of text keeps Excel from reading it anew."""

    TEXT = "@"
    COUNT = "#,##0"
    DECIMAL = "#,##0.000"
    PERCENT = "0.0%"
    CHANGE = "+0.0%;-0.0%;0.0%"
    DURATION = "[h]:mm:ss"
    TIME = "yyyy-mm-dd hh:mm"
    CLOCK = "hh:mm"
    DAY = "ddd d mmm"
    MONTH = "mmmm"


# A number of a report, divided by this, is what Excel calculates with: parts of 1, and days.
_UNITS = {Kind.PERCENT: 100.0, Kind.CHANGE: 100.0, Kind.DURATION: 86400.0}

Value = str | float | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        title: in its head.
        kind: of its cells.
        width: in pixels.
    """

    title: str
    kind: Kind = Kind.TEXT
    width: int = 82

    def before(self) -> "Column":
        """Return the column of the same in the period before."""
        return replace(self, title=f"{self.title} before", width=max(self.width, 116))


class Book:
    """A workbook that is being written.

    Args:
        file: to write to.
        title: of the workbook.
        made_at: when it says that it was made, with its offset.
        sheets: names that are not for cameras.
    """

    def __init__(self, file: BytesIO, *, title: str, made_at: datetime, sheets: Iterable[str]) -> None:
        import xlsxwriter

        # Temporary files would fail with errors of the library's own.
        self._file = xlsxwriter.Workbook(file, {"in_memory": True})
        # Without a time of its own the library would take the clock's, and no file would be like another.
        created = made_at.astimezone(UTC).replace(tzinfo=None)
        self._file.set_properties({"title": title, "created": created})
        self._looks: dict[frozenset[tuple[str, object]], Format] = {}
        self._title = title
        self._tables: list[tuple[Worksheet, tuple[int, int, int, int]]] = []
        self._taken = {_RESERVED_NAME, *(name.casefold() for name in sheets)}

    def close(self) -> None:
        """Write the file."""
        # As a rule, lines between rows need no empty cells to carry them. Of several rules that hold for a
        # cell LibreOffice heeds the first one, so that this is the last.
        for sheet, area in self._tables:
            self.mark(sheet, area, "TRUE", bottom=1, bottom_color=LINE)
        self._file.close()

    def sheet(self, name: str) -> "Worksheet":
        """Add a sheet of that name, which `free_name` has made or which is not for cameras."""
        sheet = self._file.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(_PAPER)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        # An ampersand begins a command there.
        sheet.set_footer(f"&L&9{self._title.replace('&', '&&')}&R&9&A, &P / &N")
        return sheet

    def free_name(self, camera: str) -> str:
        """Make a name that Excel allows, and no sheet has yet in whatever case, of that of a camera."""
        safe = re.sub(r"[\[\]:*?/\\]", "_", printable(camera)).replace("'", "’").strip() or "_"
        for number in count(1):
            end = "" if number == 1 else f" ({number})"
            unique = _cut(safe, _LONGEST_NAME - len(end)) + end
            if unique.casefold() not in self._taken:
                break
        self._taken.add(unique.casefold())
        return unique

    def look(self, **properties: object) -> "Format":
        """Return the look that has these properties, as XlsxWriter calls them."""
        key = frozenset(properties.items())
        if key not in self._looks:
            defaults = {"font_color": INK, "valign": "vcenter"}
            self._looks[key] = self._file.add_format({**defaults, **properties})
        return self._looks[key]

    def chart(self, kind: str) -> "Chart":
        """Add a chart, which is still to be inserted into a sheet."""
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
        """Write a cell. Text is never taken for a formula or a link; what is None stays empty."""
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
        """Write what a sheet is of into its first row, and what else to say of it into those below."""
        sheet.set_row_pixels(0, 36)
        self.put(sheet, 0, 0, title, look=self.look(bold=True, font_size=18, num_format="@"))
        for row, line in enumerate(lines, start=1):
            self.put(sheet, row, 0, line, look=self.look(font_color=QUIET, num_format="@"))

    def link(self, sheet: "Worksheet", row: int, column: int, target: "Worksheet", text: str) -> None:
        """Write a link to a cell of a sheet of this workbook."""
        look = self.look(font_color=COLORS[0], num_format="@")
        sheet.write_url(row, column, f"internal:'{target.get_name()}'!A1", look, target.get_name())
        self.put(sheet, row, column, text, look=look)

    def mark(
        self, sheet: "Worksheet", area: tuple[int, int, int, int], formula: str, **properties: object
    ) -> None:
        """Change the look of cells where a formula is true.

        Args:
            sheet: that they are in.
            area: first row, first column, last row and last column.
            formula: as for its first cell.
            properties: of the look, as XlsxWriter calls them.
        """
        look = self._file.add_format(properties)
        sheet.conditional_format(*area, {"type": "formula", "criteria": f"={formula}", "format": look})

    def set_widths(self, sheet: "Worksheet", columns: Sequence[Column]) -> None:
        """Give the columns of a sheet, from its first one on, their widths."""
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
            sheet: to write to.
            top: row of its head.
            columns: of the table.
            rows: below the head; those that Excel has no place for are left out.
            left: first column.
            head_px: how high its head is; two lines of text by default.

        Returns:
            The last row that was written, which is `top` for a table without rows.
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
    """Replace what XML cannot hold: control characters, and bytes of file names that are no text."""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "_", text)


def _cut(text: str, longest: int) -> str:
    """Cut a text to so many UTF-16 code units, in which Excel counts; what is cut ends in `…`."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * longest:
        return text
    return units[: 2 * (longest - 1)].decode("utf-16-le", "ignore") + "…"
