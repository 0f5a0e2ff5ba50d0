"""A report as an Excel workbook: a summary with maps, a sheet of charts for each camera, lists, and notes."""

from io import BytesIO
from pathlib import Path

from heatcli.files import output_file
from heatcli.report.report import Report
from heatcli.report.workbook.book import Book
from heatcli.report.workbook.bucket_sheets import BUCKET_SHEETS
from heatcli.report.workbook.camera import add_camera
from heatcli.report.workbook.lists import add_hot_places, add_transitions, add_zones
from heatcli.report.workbook.notes import add_notes
from heatcli.report.workbook.summary import fill_summary

_SHEETS = _SUMMARY, _ZONES, _HOT, _TRANSITIONS, _NOTES = (
    *("Summary", "Zones", "Hottest places", "Transitions", "Notes"),
)


def write_workbook(folder: Path, report: Report) -> list[Path]:
    """Write a report as `report.xlsx`. The same report gives the same bytes.

    Args:
        folder: existing folder to write to; the file is replaced.
        report: report to write.

    Returns:
        Path of the written file.

    Raises:
        StoreError: the store cannot be read.
        OutputError: the file cannot be written.
    """
    path = folder / "report.xlsx"
    file = BytesIO()
    book = Book(file, title=report.period.title, made_at=report.made_at, sheets=(*_SHEETS, *BUCKET_SHEETS))
    summary = book.sheet(_SUMMARY)
    cameras = [add_camera(book, summary, report, camera) for camera in report.cameras]
    add_zones(book, book.sheet(_ZONES), report)
    for name, sheet in BUCKET_SHEETS.items():
        if sheet.is_needed(report):
            sheet.fill(book, book.sheet(name), report)
    add_hot_places(book, book.sheet(_HOT), report)
    add_transitions(book, book.sheet(_TRANSITIONS), report)
    add_notes(book, book.sheet(_NOTES), report)
    fill_summary(book, summary, report, cameras)
    book.close()
    with output_file(path) as beside:
        beside.write_bytes(file.getvalue())
    return [path]
