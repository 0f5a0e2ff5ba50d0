"""The exposure of zones, how many of those who come by stop, as a table, as CSV and for `--json`."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path

from heatcli.answers.bucket_table import (
    BucketRow,
    bucket_lines,
    bucket_summaries,
    divisions,
    rows_of,
    write_bucket_csv,
)
from heatcli.answers.zone_report import ZoneReport
from heatcli.answers.zone_table import TOTAL
from heatcli.charts.pair import PairCharts
from heatcli.zones.exposure import STOPS_S, ExposureFigures, FoundExposure, exposure_figures, stops_of

FIELDS = tuple(field.name for field in fields(ExposureFigures))

# Header of each column of the table, and its number of decimals.
_COLUMNS = {
    "passers": ("CAME BY", 0),
    "stopped": ("STOPPED", 0),
    "engagement_pct": ("STOPPED %", 1),
    "median_stop_s": ("STOP s", 1),
    "p90_stop_s": ("STOP 90 %", 1),
}


def exposures_of(report: ZoneReport) -> Iterator[FoundExposure]:
    """Yield the exposure of each zone of a camera that has a passing zone around it."""
    zones = {found.zone.name: found for found in report.zones}
    for found in report.zones:
        passing = zones.get(found.zone.passing or "")
        if passing is not None:
            least_s = STOPS_S if found.zone.min_stay_s is None else found.zone.min_stay_s
            total, buckets = (
                exposure_figures(found.stays, passing.stays, least_s, *division)
                for division in divisions(report)
            )
            yield FoundExposure(
                found.zone, total[0], buckets, passing.stays, found.stays, stops_of(found.stays, least_s)
            )


def exposure_rows(reports: Sequence[ZoneReport]) -> Iterator[BucketRow]:
    """Yield the rows of each zone: buckets, then the total."""
    for report in reports:
        for found in exposures_of(report):
            yield from rows_of(report, (found.zone.name,), found.total, found.buckets)


def exposure_lines(reports: Sequence[ZoneReport]) -> list[tuple[str, ...]]:
    """Return the cells of the table of exposure, its header first: four of text, the others numbers."""
    return bucket_lines(("CAMERA", "ZONE"), exposure_rows(reports), _COLUMNS)


def write_exposure_csv(path: Path, reports: Sequence[ZoneReport]) -> None:
    """Write one line per camera, zone and bucket, and one for the whole period, as `write_bucket_csv`.

    Raises:
        OutputError: the file cannot be written.
    """
    write_bucket_csv(path, ("camera", "zone"), exposure_rows(reports), FIELDS)


def exposure_summaries(report: ZoneReport) -> list[dict[str, object]]:
    """Return the exposure of each zone as an object for `--json`: total and buckets."""
    return [
        {
            "zone": found.zone.name,
            "passing": found.zone.passing,
            TOTAL: asdict(found.total),
            "buckets": bucket_summaries(report, [asdict(one) for one in found.buckets]),
        }
        for found in exposures_of(report)
    ]


def exposure_charts_of(report: ZoneReport, said: str) -> PairCharts[FoundExposure]:
    """Return what the charts of a camera show; `said` is further text, such as what was covered."""
    return PairCharts(report.camera.name, said, report.buckets, tuple(exposures_of(report)))
