"""The time table of a report: the figures of all zones and lines, bucket by bucket."""

from pathlib import Path

from heatcli.answers.zone_table import write_zone_csv
from heatcli.report.report import Report


def write_time_tables(folder: Path, report: Report) -> list[Path]:
    """Write the table of all cameras, as `heatcli.answers.zone_table.write_zone_csv` does.

    The zones of a camera are the whole frame, then its configured zones; its lines follow.

    Args:
        folder: existing folder to write to; files in it are replaced.
        report: report that has the figures.

    Returns:
        Paths of the written files: `time.csv` and, where the period before was asked for,
        `time-previous.csv`.

    Raises:
        OutputError: a file cannot be written.
    """
    before = [camera.previous for camera in report.cameras if camera.previous is not None]
    tables = {"time.csv": report.cameras, "time-previous.csv": before}
    files = []
    for name, cameras in tables.items():
        if cameras:
            files.append(folder / name)
            write_zone_csv(files[-1], [camera.all_figures for camera in cameras])
    return files
