"""What `heatcli export` says of each camera."""

from typing import TYPE_CHECKING

from heatcli.answers.left_out import left_out_line, left_out_summary

if TYPE_CHECKING:
    from heatcli.report.report import CameraReport, Report


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
