"""The last sheet: what was asked for, how much is known, and what the numbers mean."""

from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from heatcli.answers.left_out import left_out_line
from heatcli.answers.zone_table import covered_text, selection_summary
from heatcli.config.models import Config
from heatcli.names import counted
from heatcli.picture.camera import scene_of
from heatcli.report.camera_report import CameraReport
from heatcli.report.report import Report
from heatcli.report.workbook.book import Book
from heatcli.report.workbook.bucket_sheets import BUCKET_SHEETS
from heatcli.report.workbook.figures import FIGURES, PER_HOUR, THIN
from heatcli.version import __version__

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

Note = tuple[str, str]

# Most buckets that a note on a camera names.
_MOST_NAMED = 12

# Characters of the usual font that surely fit into a line: not every program measures text by itself.
_LINE = 130

_METHOD = (
    (
        "Coverage",
        "Time in which nothing was recorded is not time in which nobody came: rates and shares are of "
        "covered time, cells of what is not known are empty, and lines of charts are open there. Counts, "
        "such as visitors, are of what was covered and know nothing of the rest.",
    ),
    (
        "Time",
        "Times are those of the clock on the camera's wall. The day on which the clocks change has 23 or 25 "
        "hours; the hour that comes twice has two rows, told apart by their offset from UTC.",
    ),
    (
        "People",
        "People are followed from frame to frame, and from file to file; where they are is told by the point "
        "of their box that stands on the floor, unless the camera says otherwise. Where the tracker loses "
        "people, occupancy is what to trust: it needs no identities, while visitors and stays do.",
    ),
    (
        "Stays",
        "A stay is one person's time in a zone without an absence of more than 2 s. It belongs to the bucket "
        "in which it begins. Time spent in the charts is of the stays in the whole frame.",
    ),
    (
        "±",
        "A camera that was audited has ± beside visitors and people at a time: how far these may be off, "
        "with 95 % confidence, by what somebody saw in the recording. It is of the whole day that was "
        "audited, and stands at totals only. For visitors it knows nothing of people of whom nothing was "
        "found.",
    ),
    (
        "Change",
        "The period before is the day, week, month or year before. Beside each bucket stands its like: the "
        "same hour, weekday or month, and in months the same day counted from the first. Two periods are "
        "seldom covered for as long: visitors are compared per covered hour. Average activity is of each "
        "period's own busiest time.",
    ),
    (
        "Maps",
        "Colours go from nothing to the hottest place of each map; two maps side by side share their scale.",
    ),
)


def add_notes(book: Book, sheet: "Worksheet", report: Report) -> None:
    """Write the notes into their sheet."""
    sheet.set_column_pixels(0, 0, 210)
    sheet.set_column_pixels(1, 1, 900)
    book.head(sheet, "Notes", ["What to know of the numbers in this workbook."])
    name = book.look(bold=True, valign="top", num_format="@")
    text = book.look(text_wrap=True, valign="top", num_format="@")
    sections = {
        "This report": _about(report),
        "What was asked for": _asked(report),
        "What was covered": _coverage(report),
        "Who came back, and who was left out": _left_out(report),
        "What to know of the cameras": _warnings(report),
        "How it was measured": iter(_METHOD),
        "What the columns mean": (
            (column.title, meaning) for column, meaning in (*FIGURES.values(), PER_HOUR)
        ),
        "What other columns mean": _other_columns(report),
    }
    row = 3
    for title, notes in sections.items():
        for number, (topic, said) in enumerate(notes):
            if not number:
                sheet.set_row_pixels(row, 30)
                heading = book.look(bold=True, font_size=13, num_format="@")
                book.put(sheet, row, 0, title, look=heading)
                row += 1
            book.put(sheet, row, 0, topic, look=name)
            book.put(sheet, row, 1, said, look=text)
            sheet.set_row_pixels(row, 20 * len(wrap(said, _LINE)))
            row += 1


def _other_columns(report: Report) -> Iterator[Note]:
    """Yield the meanings of the columns of what only some cameras have, such as queues."""
    for name, sheet in BUCKET_SHEETS.items():
        if sheet.is_needed(report):
            yield from ((f"{name}: {column.title}", meaning) for column, meaning in sheet.figures.values())


def _about(report: Report) -> Iterator[Note]:
    """Yield the notes on what the report shows."""
    period = report.period
    yield "Period", f"{period.title} ({period.first} to {period.last}, {period.kind}), by {period.by}"
    if any(camera.previous for camera in report.cameras):
        before = period.previous()
        yield "Period before", f"{before.title} ({before.first} to {before.last})"
    yield "Made", report.made
    yield "Made by", f"heatcli {__version__}"
    yield "Store", str(report.store.path)


def _asked(report: Report) -> Iterator[Note]:
    """Yield the options that restrict what counts, and those of the maps."""
    for option, value in selection_summary(report.selection).items():
        if value not in (None, False, (), []):
            several = value if isinstance(value, (list, tuple)) else [value]
            yield option, ", ".join(map(_text, several))
    for option, value in report.settings.model_dump(
        mode="json", exclude={"metric"}, exclude_none=True
    ).items():
        yield f"map: {option}", _text(value)


def _text(value: object) -> str:
    """Return the value of an option as text."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _coverage(report: Report) -> Iterator[Note]:
    """Yield for each camera how much was covered, and the buckets with little or no coverage."""
    for camera in report.cameras:
        pairs = list(
            zip(
                camera.figures.buckets,
                camera.figures.bucket_selected_us.tolist(),
                camera.frame.buckets,
                strict=True,
            )
        )
        nothing = [one.label for one, selected_us, found in pairs if selected_us and not found.covered_s]
        thin = [
            one.label for one, selected_us, found in pairs if 0 < found.covered_s * 1e6 < THIN * selected_us
        ]
        told = [
            covered_text(camera.all_figures),
            f"nothing in {_named(nothing)}" if nothing else "",
            f"less than half in {_named(thin)}" if thin else "",
        ]
        yield camera.name, "; ".join(filter(None, told))


def _named(labels: list[str]) -> str:
    """Return the number of buckets, and their names unless they are too many to read."""
    named = f": {', '.join(labels)}" if len(labels) <= _MOST_NAMED else ""
    return f"{counted(len(labels), 'row')} of its table{named}"


def _left_out(report: Report) -> Iterator[Note]:
    """Yield for each camera who came back, how many people were left out, and why."""
    for camera in report.cameras:
        yield camera.name, left_out_line(camera.selection) or "nobody"


def _warnings(report: Report) -> Iterator[Note]:
    """Yield warnings where the numbers of a camera mean something else than a reader would expect."""
    for camera in report.cameras:
        yield from ((camera.name, told) for told in _warnings_of(camera, report.config))


def _warnings_of(camera: CameraReport, config: Config) -> Iterator[str]:
    if config.cameras and not camera.is_configured:
        yield "is in the store and not in the configuration: it has no zones, and nothing limits who counts"
    if len(camera.selection.detectors) > 1:
        yield f"was analysed by {' and '.join(camera.selection.detectors)}, whose numbers cannot be compared"
    before = camera.previous.selection.detectors if camera.previous else ()
    if before and camera.selection.detectors and before != camera.selection.detectors:
        yield f"was analysed by {' and '.join(before)} in the period before, whose numbers cannot be compared"
    if scene_of(camera.selection, "plate").plate_missing:
        yield "is shown on plain grey: the store has lost the picture of its scene"
