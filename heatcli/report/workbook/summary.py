"""The first sheet: the key figures of each camera, and its maps."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from heatcli.answers.left_out import came_back, visits_of
from heatcli.answers.zone_table import TOTAL, zone_rows
from heatcli.charts.figure import COLORS
from heatcli.names import PeriodKind
from heatcli.picture.draw import fit
from heatcli.picture.files import encode_picture
from heatcli.report.camera_report import CameraReport
from heatcli.report.coverage import watched_text
from heatcli.report.maps import map_picture
from heatcli.report.report import Report
from heatcli.report.workbook.book import Book, Column, Kind, Value, printable
from heatcli.report.workbook.figures import FIGURES, PER_HOUR, THIN, margin_columns, margins_of
from heatcli.zones.statistics import Figures

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_TOP = 4
_CAMERA = (Column("Camera", width=170), Column("Location", width=130), Column("Labels", width=130))
_COVERAGE = (
    Column("Covered", Kind.DURATION),
    Column("Selected", Kind.DURATION),
    Column("Coverage", Kind.PERCENT),
)
_KEY_FIGURES = (
    "unique_visits",
    "avg_occupancy",
    "max_occupancy",
    "occupancy_pct",
    "longest_occupancy_s",
    "median_stay_s",
)
# Figures that are compared with the period before: this one's value where no other column has it, that of the
# period before, and the change. None of them grows with the time that a camera watched.
_COMPARED = {
    "visits_per_covered_hour": PER_HOUR[0],
    "avg_occupancy": FIGURES["avg_occupancy"][0],
    "median_stay_s": FIGURES["median_stay_s"][0],
}

# Header and format of the busiest bucket, by the kind of period.
_BUSIEST = {
    PeriodKind.DAILY: ("Busiest hour", Kind.CLOCK),
    PeriodKind.WEEKLY: ("Busiest day", Kind.DAY),
    PeriodKind.MONTHLY: ("Busiest day", Kind.DAY),
    PeriodKind.ANNUAL: ("Busiest month", Kind.MONTH),
}

# Width of a map in pixels, factor by which its picture is larger (for sharp screens and printers), gap
# between maps, width of a row of maps, height of a row of cells.
_MAP_PX, _SHARP, _MAP_GAP_PX, _MAPS_PX, _ROW_PX = 440, 2, 16, 1800, 20


def fill_summary(book: Book, sheet: "Worksheet", report: Report, sheets: Sequence["Worksheet"]) -> None:
    """Write the summary into its sheet.

    Args:
        book: workbook to write to.
        sheet: first sheet, still empty.
        report: report to sum up.
        sheets: sheets of the cameras, which their names link to.

    Raises:
        StoreError: the store cannot be read.
    """
    from xlsxwriter.utility import xl_rowcol_to_cell

    columns = list(_columns(report))
    book.set_widths(sheet, columns)
    book.head(sheet, report.period.title, _lines(report))
    last = book.table(sheet, _TOP, columns, (list(_row(report, camera)) for camera in report.cameras))
    for row, (camera, target) in enumerate(zip(report.cameras, sheets, strict=True), start=_TOP + 1):
        book.link(sheet, row, 0, target, camera.name)
    coverage = len(_CAMERA) + len(_COVERAGE) - 1
    thin = f"{xl_rowcol_to_cell(_TOP + 1, coverage)}<{THIN}"
    book.mark(sheet, (_TOP + 1, coverage, last, coverage), thin, font_color=COLORS[1])
    sheet.freeze_panes(_TOP + 1, 1)
    sheet.autofilter(_TOP, 0, last, len(columns) - 1)
    sheet.repeat_rows(_TOP)
    _add_maps(book, sheet, last + 2, report)
    sheet.activate()


def _columns(report: Report) -> Iterator[Column]:
    """Yield the columns of the table of cameras."""
    yield from (*_CAMERA, *_COVERAGE)
    visitors, *others = (FIGURES[field][0] for field in _KEY_FIGURES)
    yield visitors
    if _some_came_back(report):
        yield Column("Visits", Kind.COUNT)
    yield from others
    yield from margin_columns(report).values()
    yield Column(*_BUSIEST[report.period.kind])
    if report.cameras[0].previous is not None:
        yield _COVERAGE[0].before()
        yield FIGURES["unique_visits"][0].before()
        for field, column in _COMPARED.items():
            if field not in _KEY_FIGURES:
                yield column
            yield column.before()
            yield Column("Change", Kind.CHANGE, 70)


def _lines(report: Report) -> Iterator[str]:
    """Yield the lines of text under the title."""
    zones = sorted({camera.selection.timezone for camera in report.cameras})
    count = len(report.cameras)
    cameras = f"{count} camera{'s' if count > 1 else ''}"
    watched = f"{report.period.kind.capitalize()} report · {cameras} · {watched_text(report)}"
    yield f"{watched} · clock of {', '.join(zones)}"
    if not any(camera.selection.covered_us for camera in report.cameras):
        yield "No camera recorded anything in this period: nobody knows who came."
    else:
        yield (
            "Click a camera for its charts. Orange: less than half of the selected time was covered. What "
            "the numbers mean, and what to know of them, is in Notes."
        )


def _row(report: Report, camera: CameraReport) -> Iterator[Value]:
    """Yield the cells of a camera's row."""
    total, before = camera.frame.total, camera.previous
    yield from (camera.name, camera.location, ", ".join(camera.labels) or None)
    yield from (total.covered_s, camera.figures.selected_us / 1e6, _coverage(camera))
    visitors, *others = (getattr(total, field) for field in _KEY_FIGURES)
    yield visitors
    if _some_came_back(report):
        yield visits_of(camera.selection)
    yield from others
    (of_frame,) = (row for row in zone_rows([camera.of_frame]) if row.period == TOTAL)
    yield from margins_of(of_frame, margin_columns(report))
    yield _busiest(camera)
    if before is not None:
        yield before.frame.total.covered_s
        yield before.frame.total.unique_visits
        for field in _COMPARED:
            if field not in _KEY_FIGURES:
                yield getattr(total, field)
            yield getattr(before.frame.total, field)
            yield _change(field, total, before.frame.total)


def _some_came_back(report: Report) -> bool:
    """Tell whether anybody of any camera was known again."""
    return any(came_back(camera.selection) for camera in report.cameras)


def _busiest(camera: CameraReport) -> datetime | None:
    """Return the beginning of the bucket with the most people at a time; None where nobody came."""
    people = [figures.avg_occupancy or 0.0 for figures in camera.frame.buckets]
    return camera.figures.buckets[people.index(max(people))].begin if any(people) else None


def _coverage(camera: CameraReport) -> float | None:
    """Return the watched share of the selected time in percent; None where no time was selected."""
    selected_us = camera.figures.selected_us
    return 100 * camera.selection.covered_us / selected_us if selected_us else None


def _change(field: str, now: Figures, before: Figures) -> float | None:
    """Return the change in percent of the value before; None where either is not known, or it was 0."""
    value, old = getattr(now, field), getattr(before, field)
    return 100 * (value - old) / old if value is not None and old else None


def _add_maps(book: Book, sheet: "Worksheet", top: int, report: Report) -> None:
    """Show the maps, as many side by side as fit."""
    row, left, lowest = top, 0, 0
    for camera in report.cameras:
        width = _MAP_PX if camera.previous is None else 2 * _MAP_PX
        for metric in camera.heat:
            picture = map_picture(report, camera, metric)
            height = round(width * picture.shape[0] / picture.shape[1])
            if left and left + width > _MAPS_PX:
                row, left, lowest = row + lowest, 0, 0
            data = BytesIO(encode_picture(fit(picture, _SHARP * width, _SHARP * height), ".jpg"))
            how = {
                "image_data": data,
                "x_offset": left,
                "x_scale": 1 / _SHARP,
                "y_scale": 1 / _SHARP,
                "description": printable(f"Heat map of {camera.name}: {metric}"),
            }
            sheet.insert_image(row, 0, f"heat-{metric}.jpg", how)
            left += width + _MAP_GAP_PX
            lowest = max(lowest, -(-(height + _MAP_GAP_PX) // _ROW_PX))
