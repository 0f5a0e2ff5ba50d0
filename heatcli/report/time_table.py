"""The time heat map: how all places were used, bucket by bucket, as a table."""

from pathlib import Path

from heatcli.answers.zone_table import write_zone_csv
from heatcli.report.report import Report


def write_time_tables(folder: Path, report: Report) -> list[Path]:
    """Write the table of all cameras as `heatcli.answers.zone_table.write_zone_csv` does.

    The zones of a camera are the whole frame, then those that are configured; its lines follow.

    Args:
        folder: where to.
        report: whose buckets.

    Returns:
        The files: `time.csv`, and `time-previous.csv` of the period before, where that was asked for.

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
