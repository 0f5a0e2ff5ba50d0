"""What `heatcli export` says of each camera."""

from typing import TYPE_CHECKING

from heatcli.answers.left_out import left_out_line, left_out_summary
from heatcli.cli.show.console import say
from heatcli.names import counted

if TYPE_CHECKING:
    from datetime import date

    from heatcli.commands.export import Exported
    from heatcli.report.camera_report import CameraReport
    from heatcli.report.report import Report


def report_line(camera: "CameraReport", report: "Report") -> str:
    """Tell how much of the period was watched, and who was left out."""
    from heatcli.answers.zone_table import covered_text

    said = [f"{camera.name}: {covered_text(camera.all_figures)}", left_out_line(camera.selection)]
    if report.config.cameras and not camera.is_configured:
        said.append("not in the configuration")
    return "; ".join(filter(None, said))


def report_summary(camera: "CameraReport") -> dict[str, object]:
    """Return, for `--json`, how much of the period was watched, and who was left out."""
    return {
        "camera": camera.name,
        "configured": camera.is_configured,
        "timezone": camera.selection.timezone,
        "detectors": camera.selection.detectors,
        "selected_s": camera.figures.selected_us / 1e6,
        "covered_s": camera.selection.covered_us / 1e6,
        **left_out_summary(camera.selection),
    }


def show_report(done: "Exported", *, quiet: bool) -> None:
    """Tell of a report that was written."""
    from heatcli.clock import days_text

    period = done.report.period
    say(f"{period.name}: {period.title}", quiet=quiet)
    for trouble in done.report.troubles:
        say(f"heatcli: warning: {trouble}", quiet=quiet)
    for camera in done.report.cameras:
        say(report_line(camera, done.report), quiet=quiet)
    for name, days in _told(done.report).items():
        say(f"{name}: rows of {days_text(days)} have gone: their sums are told", quiet=quiet)
    for fault in done.faults:
        say(f"heatcli: warning: {fault}")
    written = counted(len(done.files), "file")
    say(f"{done.folder}: {written}", quiet=quiet)


def report_object(done: "Exported") -> dict[str, object]:
    """Return, for `--json`, which report was written, and where."""
    from heatcli.report.report_json import period_summary

    return {
        "period": period_summary(done.report.period),
        "folder": str(done.folder),
        "files": [str(file) for file in done.files],
        "cameras": [report_summary(camera) for camera in done.report.cameras],
        "told_by_sums": {
            name: [day.isoformat() for day in days] for name, days in _told(done.report).items()
        },
    }


def _told(report: "Report") -> "dict[str, list[date]]":
    """Return the days that are told by their sums, ascending, by camera."""
    return {name: sorted({day.day for day in days}) for name, days in report.told.items()}
