"""Entries of zones, first and last, near and apart, as a table, as CSV and as an object for `--json`."""

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
from heatcli.zones.entry_figures import EntryFigures, entry_figures
from heatcli.zones.found_in_zone import FoundInZone

FIELDS = tuple(field.name for field in fields(EntryFigures))

# Header of each column of the table, and its number of decimals.
_COLUMNS = {
    "entries": ("ENTRIES", 0),
    "re_entries": ("AGAIN", 0),
    "latency_s": ("FIRST AFTER s", 1),
    "since_last_s": ("EMPTY SINCE s", 1),
    "next_person_m": ("NEXT m", 2),
    "below_1m_pct": ("BELOW 1 m %", 1),
    "below_2m_pct": ("BELOW 2 m %", 1),
}


def entries_of(report: ZoneReport) -> Iterator[FoundInZone[EntryFigures]]:
    """Yield the entries of each zone of a camera for which they were asked for."""
    covered = report.camera.covered
    for found in report.entries:
        total, buckets = (
            entry_figures(found, covered, report.selected, *division) for division in divisions(report)
        )
        yield FoundInZone(found.zone, total[0], buckets)


def entry_rows(reports: Sequence[ZoneReport]) -> Iterator[BucketRow]:
    """Yield the rows of each zone: buckets, then the total."""
    for report in reports:
        for found in entries_of(report):
            yield from rows_of(report, (found.zone.name,), found.total, found.buckets)


def entry_lines(reports: Sequence[ZoneReport]) -> list[tuple[str, ...]]:
    """Return the cells of the table of entries, its header first: four of text, the others numbers."""
    return bucket_lines(("CAMERA", "ZONE"), entry_rows(reports), _COLUMNS)


def write_entry_csv(path: Path, reports: Sequence[ZoneReport]) -> None:
    """Write one line per camera, zone and bucket, and one for the whole period, as `write_bucket_csv`.

    Raises:
        OutputError: the file cannot be written.
    """
    write_bucket_csv(path, ("camera", "zone"), entry_rows(reports), FIELDS)


def entry_summaries(report: ZoneReport) -> list[dict[str, object]]:
    """Return the entries of each zone as an object for `--json`: total and buckets."""
    return [
        {
            "zone": found.zone.name,
            TOTAL: asdict(found.total),
            "buckets": bucket_summaries(report, [asdict(one) for one in found.buckets]),
        }
        for found in entries_of(report)
    ]


def entry_charts_of(report: ZoneReport, said: str) -> PairCharts[FoundInZone[EntryFigures]]:
    """Return what the charts of a camera show; `said` is further text, such as what was covered."""
    return PairCharts(report.camera.name, said, report.buckets, tuple(entries_of(report)))
