"""The charts of a report: one file for each camera."""

from pathlib import Path

from heatcli.answers.funnel_table import funnel_charts_of
from heatcli.answers.left_out import left_out_line
from heatcli.answers.queue_table import queue_charts_of
from heatcli.answers.zone_table import covered_text
from heatcli.charts.funnel_charts import write_funnel_charts
from heatcli.charts.queue_charts import write_queue_charts
from heatcli.charts.zone_charts import ZoneCharts, write_zone_charts
from heatcli.files import file_name
from heatcli.report.camera_report import CameraReport
from heatcli.report.report import Report


def write_charts(folder: Path, report: Report, suffix: str) -> list[Path]:
    """Draw the charts of each camera: the whole frame and its zones, with the period before dashed.

    Args:
        folder: existing folder to write to; files in it are replaced.
        report: report to draw.
        suffix: suffix of the files: `.png` or `.svg`.

    Returns:
        Paths of the written files, `charts-<camera>.png`, and `queues-<camera>.png` where it has queues,
        and `funnels-<camera>.png` where it has funnels.

    Raises:
        OutputError: a file cannot be written.
    """
    paths = []
    for camera in report.cameras:
        path = folder / f"charts-{file_name(camera.name)}{suffix}"
        write_zone_charts(path, [_charts(report, camera)])
        paths.append(path)
        said = f"{report.period.title}: {covered_text(camera.figures)}"
        if camera.figures.queues:
            path = folder / f"queues-{file_name(camera.name)}{suffix}"
            write_queue_charts(path, [queue_charts_of(camera.figures, said)])
            paths.append(path)
        if camera.figures.funnels:
            path = folder / f"funnels-{file_name(camera.name)}{suffix}"
            write_funnel_charts(path, [funnel_charts_of(camera.figures, said)])
            paths.append(path)
    return paths


def _charts(report: Report, camera: CameraReport) -> ZoneCharts:
    """Return the content of a camera's charts."""
    first, last = report.period.first, report.period.last
    said, before = [f"{report.period.title}: {covered_text(camera.all_figures)}"], None
    if camera.previous is not None:
        title = report.period.previous().title
        said.append(f"{title}: {covered_text(camera.previous.all_figures)}")
        before = ZoneCharts(title, "", camera.previous.figures.buckets, camera.previous.zones)
    return ZoneCharts(
        title=camera.name,
        subtitle="; ".join(filter(None, (*said, left_out_line(camera.selection)))),
        buckets=camera.figures.buckets,
        zones=camera.zones,
        week=camera.week,
        # A report of one day charts no other weekdays.
        days=range(7) if first != last else (first.weekday(),),
        before=before,
    )
