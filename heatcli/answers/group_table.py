"""Groups of people in zones, as a table, as CSV and as an object for `--json`."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

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
from heatcli.zones.found_in_zone import FoundInZone
from heatcli.zones.group_figures import GroupFigures, group_figures

FIELDS = tuple(field.name for field in fields(GroupFigures))

# Header of each column of the table, and its number of decimals.
_COLUMNS = {
    "unique_visits": ("PEOPLE", 0),
    "group_visits": ("GROUPS", 0),
    "alone": ("ALONE", 0),
    "groups_of_2": ("OF 2", 0),
    "groups_of_3": ("OF 3", 0),
    "groups_of_4": ("OF 4", 0),
    "groups_of_5_or_more": ("OF 5+", 0),
    "mean_group_size": ("MEAN SIZE", 2),
    "in_company_pct": ("IN COMPANY %", 1),
}


def groups_of(report: ZoneReport) -> Iterator[FoundInZone[GroupFigures]]:
    """Yield the groups of each zone of a camera; none if they were not asked for."""
    if report.groups is None:
        return
    (_, whole, all_us), (_, bucket, covered_us) = divisions(report)
    for found in report.zones:
        person, piece = found.seen
        (total,) = group_figures(report.groups, (person, np.zeros_like(piece)), whole, all_us)
        yield FoundInZone(found.zone, total, group_figures(report.groups, found.seen, bucket, covered_us))


def group_rows(reports: Sequence[ZoneReport]) -> Iterator[BucketRow]:
    """Yield the rows of each zone: buckets, then the total."""
    for report in reports:
        for found in groups_of(report):
            yield from rows_of(report, (found.zone.name,), found.total, found.buckets)


def group_lines(reports: Sequence[ZoneReport]) -> list[tuple[str, ...]]:
    """Return the cells of the table of groups, its header first: four of text, the others numbers."""
    return bucket_lines(("CAMERA", "ZONE"), group_rows(reports), _COLUMNS)


def write_group_csv(path: Path, reports: Sequence[ZoneReport]) -> None:
    """Write one line per camera, zone and bucket, and one for the whole period, as `write_bucket_csv`.

    Raises:
        OutputError: the file cannot be written.
    """
    write_bucket_csv(path, ("camera", "zone"), group_rows(reports), FIELDS)


def group_summary(report: ZoneReport) -> dict[str, object]:
    """Return the groups of a camera as an object for `--json`: how distances were had, and each zone's.

    Without groups it is None how distances were had, and there are no zones.
    """
    by = None if report.groups is None else "floor" if report.groups.on_floor else "body_heights"
    return {
        "groups_by": by,
        "groups": [
            {
                "zone": found.zone.name,
                TOTAL: asdict(found.total),
                "buckets": bucket_summaries(report, [asdict(one) for one in found.buckets]),
            }
            for found in groups_of(report)
        ],
    }


def group_note(report: ZoneReport) -> str:
    """Return what to say about groups; empty without groups, or with a floor plan."""
    if report.groups is None or report.groups.on_floor:
        return ""
    return "groups by distances in body heights, as there is no floor plan"


def group_charts_of(report: ZoneReport, said: str) -> PairCharts[FoundInZone[GroupFigures]]:
    """Return what the charts of a camera show; `said` is further text, such as what was covered."""
    return PairCharts(report.camera.name, said, report.buckets, tuple(groups_of(report)))
