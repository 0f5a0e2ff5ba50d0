"""The time tables of a report: the figures of all zones, lines and queues, bucket by bucket."""

from pathlib import Path

from heatcli.answers.area_table import write_area_csv
from heatcli.answers.entry_table import entry_rows, write_entry_csv
from heatcli.answers.exposure_table import exposure_rows, write_exposure_csv
from heatcli.answers.flow_table import measured, write_flow_csv
from heatcli.answers.funnel_table import funnel_rows, write_funnel_csv
from heatcli.answers.group_table import group_rows, write_group_csv
from heatcli.answers.queue_table import queue_rows, write_queue_csv
from heatcli.answers.zone_table import write_zone_csv
from heatcli.report.report import Report

# Rows and writer of each table of what only some cameras have, by the name of its file.
_OTHERS = {
    "queues": (queue_rows, write_queue_csv),
    "funnels": (funnel_rows, write_funnel_csv),
    "exposure": (exposure_rows, write_exposure_csv),
    "entries": (entry_rows, write_entry_csv),
    "groups": (group_rows, write_group_csv),
    "flow": (measured, write_flow_csv),
}


def write_time_tables(folder: Path, report: Report) -> list[Path]:
    """Write the tables of all cameras, as `heatcli.answers.zone_table.write_zone_csv` does.

    The zones of a camera are the whole frame, then its configured zones; its lines follow. Queues, funnels,
    exposure, entries, groups, flow and rooms have tables of their own, where there are any.

    Args:
        folder: existing folder to write to; files in it are replaced.
        report: report that has the figures.

    Returns:
        Paths of the written files: `time.csv` and, where the period before was asked for,
        `time-previous.csv`; `areas.csv`, `queues.csv`, `funnels.csv`, `exposure.csv`, `entries.csv`,
        `groups.csv` and `flow.csv` likewise.

    Raises:
        OutputError: a file cannot be written.
    """
    before = [camera.previous for camera in report.cameras if camera.previous is not None]
    files = []
    for end, cameras in {"": report.cameras, "-previous": before}.items():
        if cameras:
            files.append(folder / f"time{end}.csv")
            write_zone_csv(files[-1], [camera.all_figures for camera in cameras])
        areas = report.previous_areas if end else report.areas
        if areas:
            files.append(folder / f"areas{end}.csv")
            write_area_csv(files[-1], areas)
        figures = [camera.figures for camera in cameras]
        for name, (rows, write) in _OTHERS.items():
            if any(rows(figures)):
                files.append(folder / f"{name}{end}.csv")
                write(files[-1], figures)
    return files
