"""A report to give away, as files."""

from collections.abc import Collection
from io import BytesIO
from pathlib import Path

from heatcli.files import output_file
from heatcli.names import ReportFormat
from heatcli.report.report import Report
from heatcli.report.share.figures import SharedCamera, shared_cameras
from heatcli.report.share.notes import notes
from heatcli.report.share.page import median_text, page
from heatcli.report.workbook.book import Book, Column, Kind, Value

FORMATS = (ReportFormat.HTML, ReportFormat.XLSX)
"""Formats in which a report is given away."""

_FIGURES = (
    Column("Camera", width=120),
    Column("Place", width=120),
    Column("Time", width=140),
    Column("Covered", Kind.DURATION),
    Column("Visitors", Kind.COUNT),
    Column("Stays", Kind.COUNT),
    Column("Median stay", Kind.DURATION, 120),
    Column("People at a time", Kind.DECIMAL),
    Column("Time occupied", Kind.PERCENT),
    Column("Not shown", width=90),
)
_WAYS = (
    Column("Camera", width=120),
    Column("From, or line", width=120),
    Column("To, or way", width=120),
    Column("Times", Kind.COUNT),
    Column("People", Kind.COUNT),
    Column("Not shown", width=90),
)
_CELLS = (
    Column("Camera", width=120),
    Column("Row", Kind.COUNT),
    Column("Column", Kind.COUNT),
    Column("Time of all people", Kind.DURATION, 120),
    Column("Not shown", width=90),
)
_SHEETS = ("Notes", "Zones", "Ways", "Cells")
_FEW = "few people"


def write_shared(folder: Path, report: Report, formats: Collection[ReportFormat], least: int) -> list[Path]:
    """Write a report to give away: `shared.html` and `shared.xlsx`.

    Args:
        folder: existing folder to write to; the files are replaced.
        report: report whose maps are of `heatcli.report.share.figures.METRICS`, with its `CELLS`.
        formats: formats to write, some of `FORMATS`.
        least: smallest number of people of whom anything is told; 1 for everybody.

    Raises:
        OutputError: a file cannot be written.
    """
    cameras = shared_cameras(report, least)
    made = {
        ReportFormat.HTML: lambda: page(report, cameras, least).encode(),
        ReportFormat.XLSX: lambda: _workbook(report, cameras, least),
    }
    files = []
    for form in FORMATS:
        if form in formats:
            files.append(folder / f"shared.{form}")
            with output_file(files[-1]) as beside:
                beside.write_bytes(made[form]())
    return files


def _workbook(report: Report, cameras: list[SharedCamera], least: int) -> bytes:
    file = BytesIO()
    book = Book(file, title=report.period.title, made_at=report.made_at, sheets=_SHEETS)
    about, zones, ways, cells = map(book.sheet, _SHEETS)
    own = [f"{camera.name}: {note}" for camera in cameras for note in camera.notes]
    book.head(about, report.period.title, [*notes(least), *own])
    for sheet, columns, rows in (
        (zones, _FIGURES, [row for camera in cameras for row in _figures(camera)]),
        (ways, _WAYS, [row for camera in cameras for row in _ways(camera)]),
        (cells, _CELLS, [row for camera in cameras for row in _cells(camera)]),
    ):
        book.set_widths(sheet, columns)
        book.table(sheet, 0, columns, rows)
        sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def _figures(camera: SharedCamera) -> list[list[Value]]:
    return [
        [
            camera.name,
            row.place,
            row.time,
            row.covered_s,
            row.visitors,
            row.stays,
            row.median_stay_s if row.median_class_s is None else median_text(row),
            row.avg_occupancy,
            row.occupancy_pct,
            _FEW if row.is_hidden else None,
        ]
        for row in camera.rows
    ]


def _ways(camera: SharedCamera) -> list[list[Value]]:
    return [
        [camera.name, way.origin, way.target, way.count, way.persons, _FEW if way.count is None else None]
        for way in (*camera.ways, *camera.crossings)
    ]


def _cells(camera: SharedCamera) -> list[list[Value]]:
    rows, columns = camera.cells.shape
    return [
        [camera.name, row + 1, column + 1, *((None, _FEW) if seconds != seconds else (seconds, None))]
        for row in range(rows)
        for column, seconds in enumerate(camera.cells[row].tolist()[:columns])
        if seconds != 0
    ]
