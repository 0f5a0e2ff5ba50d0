"""The charts of a report: one file for each camera."""

from collections.abc import Callable
from pathlib import Path

from heatcli.answers.area_table import area_charts_of
from heatcli.answers.entry_table import entry_charts_of
from heatcli.answers.exposure_table import exposure_charts_of, exposures_of
from heatcli.answers.flow_table import flow_charts_of
from heatcli.answers.funnel_table import funnel_charts_of
from heatcli.answers.group_table import group_charts_of
from heatcli.answers.left_out import left_out_line
from heatcli.answers.queue_table import queue_charts_of
from heatcli.answers.zone_report import ZoneReport
from heatcli.answers.zone_table import covered_text
from heatcli.charts.area_chart import write_area_charts
from heatcli.charts.entry_charts import write_entry_charts
from heatcli.charts.exposure_charts import write_exposure_charts
from heatcli.charts.flow_charts import write_flow_charts
from heatcli.charts.funnel_charts import write_funnel_charts
from heatcli.charts.group_charts import write_group_charts
from heatcli.charts.queue_charts import write_queue_charts
from heatcli.charts.zone_charts import ZoneCharts, write_zone_charts
from heatcli.files import file_name
from heatcli.report.camera_report import CameraReport
from heatcli.report.report import Report

# Whether a camera has any, and the writer of its charts, by how their files begin.
_OTHERS: dict[str, tuple[Callable[[ZoneReport], bool], Callable[[Path, ZoneReport, str], None]]] = {
    "queues": (
        lambda report: bool(report.queues),
        lambda path, report, said: write_queue_charts(path, [queue_charts_of(report, said)]),
    ),
    "funnels": (
        lambda report: bool(report.funnels),
        lambda path, report, said: write_funnel_charts(path, [funnel_charts_of(report, said)]),
    ),
    "exposure": (
        lambda report: any(exposures_of(report)),
        lambda path, report, said: write_exposure_charts(path, [exposure_charts_of(report, said)]),
    ),
    "entries": (
        lambda report: bool(report.entries),
        lambda path, report, said: write_entry_charts(path, [entry_charts_of(report, said)]),
    ),
    "groups": (
        lambda report: report.groups is not None,
        lambda path, report, said: write_group_charts(path, [group_charts_of(report, said)]),
    ),
    "flow": (
        lambda report: report.flow is not None,
        lambda path, report, said: write_flow_charts(path, [flow_charts_of(report, said)]),
    ),
}


def write_charts(folder: Path, report: Report, suffix: str) -> list[Path]:
    """Draw the charts of each camera: the whole frame and its zones, with the period before dashed.

    Args:
        folder: existing folder to write to; files in it are replaced.
        report: report to draw.
        suffix: suffix of the files: `.png` or `.svg`.

    Returns:
        Paths of the written files: `charts-<camera>.png`; `queues-<camera>.png` where it has queues, and
        likewise `funnels-`, `exposure-`, `entries-`, `groups-` and `flow-`; `areas.png` of rooms.

    Raises:
        OutputError: a file cannot be written.
    """
    paths = []
    for camera in report.cameras:
        path = folder / f"charts-{file_name(camera.name)}{suffix}"
        write_zone_charts(path, [_charts(report, camera)])
        paths.append(path)
        said = f"{report.period.title}: {covered_text(camera.figures)}"
        for name, (has_some, write) in _OTHERS.items():
            if has_some(camera.figures):
                paths.append(folder / f"{name}-{file_name(camera.name)}{suffix}")
                write(paths[-1], camera.figures, said)
    if report.areas:
        paths.append(folder / f"areas{suffix}")
        write_area_charts(paths[-1], area_charts_of(report.areas))
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
