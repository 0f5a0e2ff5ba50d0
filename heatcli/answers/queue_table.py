"""The statistics of queues as a table, as CSV and as an object for `--json`."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path

from heatcli.answers.bucket_table import BucketRow, bucket_lines, bucket_summaries, rows_of, write_bucket_csv
from heatcli.answers.zone_report import ZoneReport
from heatcli.answers.zone_table import TOTAL, shape_summary
from heatcli.charts.pair import PairCharts
from heatcli.shapes import Circle, Polygon, Queue
from heatcli.zones.queue_figures import QueueFigures, QueueStatistics

FIELDS = tuple(field.name for field in fields(QueueFigures))

# Header of each column of the table, and its number of decimals.
_COLUMNS = {
    "mean_length": ("WAITING", 2),
    "median_length": ("MEDIAN", 0),
    "p95_length": ("95 %", 0),
    "max_length": ("MOST", 0),
    "arrivals": ("ARRIVED", 0),
    "arrivals_per_hour": ("ARRIVED/h", 1),
    "served": ("SERVED", 0),
    "served_per_hour": ("SERVED/h", 1),
    "abandoned": ("GAVE UP", 0),
    "abandoned_pct": ("GAVE UP %", 1),
    "unknown": ("UNKNOWN", 0),
    "median_wait_s": ("WAIT s", 1),
    "p90_wait_s": ("WAIT 90 %", 1),
    "over_target_pct": ("TOO LONG %", 1),
    "median_service_s": ("SERVICE s", 1),
    "p90_service_s": ("SERVICE 90 %", 1),
}


def queue_rows(reports: Sequence[ZoneReport]) -> Iterator[BucketRow]:
    """Yield the rows of each queue: buckets, then the total."""
    for report in reports:
        for found in report.queues:
            yield from rows_of(report, (found.queue.zone.name,), found.total, found.buckets)


def queue_lines(reports: Sequence[ZoneReport]) -> list[tuple[str, ...]]:
    """Return the cells of the table of queues, its header first: four of text, the others numbers."""
    return bucket_lines(("CAMERA", "QUEUE"), queue_rows(reports), _COLUMNS)


def write_queue_csv(path: Path, reports: Sequence[ZoneReport]) -> None:
    """Write one line per camera, queue and bucket, and one for the whole period, as `write_bucket_csv`.

    Raises:
        OutputError: the file cannot be written.
    """
    write_bucket_csv(path, ("camera", "queue"), queue_rows(reports), FIELDS)


def queue_summaries(report: ZoneReport) -> list[dict[str, object]]:
    """Return the figures of each queue as an object for `--json`: total and buckets."""
    return [_queue_summary(report, found) for found in report.queues]


def _queue_summary(report: ZoneReport, found: QueueStatistics) -> dict[str, object]:
    return {
        "name": found.queue.zone.name,
        "shape": shape_summary(found.queue.zone.shape),
        "service": _service(found.queue),
        "target_s": found.queue.target_s,
        TOTAL: asdict(found.total),
        "buckets": bucket_summaries(report, [asdict(figures) for figures in found.buckets]),
    }


def _service(queue: Queue) -> dict[str, object] | None:
    """Return the service place of a queue as an object; None where it has none."""
    if isinstance(queue.service, Circle | Polygon):
        return shape_summary(queue.service)
    return None if queue.service is None else {"point": queue.service}


def queue_note(report: ZoneReport) -> str:
    """Say which queues have no service place, so that little is known of them; empty where all have one."""
    without = [found.queue.zone.name for found in report.queues if found.queue.service is None]
    if not without:
        return ""
    return (
        f"queue {', '.join(without)} has no service place, so nobody knows who was served: "
        "give it service in heatcli.toml"
    )


def queue_charts_of(report: ZoneReport, said: str) -> PairCharts[QueueStatistics]:
    """Return what the charts of a camera's queues show; `said` is further text, such as what was covered."""
    return PairCharts(report.camera.name, said, report.buckets, report.queues)
