"""The answers that `heatcli zone` has, each as tables, as a file and as a part of `--json`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from heatcli.answers.evidence import evidence_lines, evidence_summary, write_evidence_csv
from heatcli.answers.transitions import flows_of, transition_lines, transitions_summary, write_transitions_csv
from heatcli.answers.zone_report import ZoneReport
from heatcli.answers.zone_table import (
    charts_of,
    line_table_lines,
    table_lines,
    write_zone_csv,
    zones_summary,
)
from heatcli.charts.figure import FIGURE_SUFFIXES
from heatcli.charts.sankey import write_flows
from heatcli.charts.zone_charts import write_zone_charts

Reports = Sequence[ZoneReport]


@dataclass(frozen=True, slots=True)
class Answer:
    """How an answer is given.

    Attributes:
        tables: cells of each table, its header first, and how many columns are of words (None for all).
        summary: of one camera, for `--json`.
        writers: by the suffix of the file that each writes.
    """

    tables: Callable[[Reports], list[tuple[list[tuple[str, ...]], int | None]]]
    summary: Callable[[ZoneReport], dict[str, object]]
    writers: dict[str, Callable[[Path, Reports], None]]


def _use_tables(reports: Reports) -> list[tuple[list[tuple[str, ...]], int | None]]:
    """Return the tables of zones and of lines; that of lines only where there are some."""
    tables = [table_lines(reports), line_table_lines(reports)]
    return [(lines, 4) for lines in tables if len(lines) > 1] or [(tables[0], 4)]


def _write_charts(path: Path, reports: Reports) -> None:
    write_zone_charts(path, [charts_of(report) for report in reports])


def _write_flows(path: Path, reports: Reports) -> None:
    write_flows(path, {report.camera.name: flows_of(report) for report in reports})


USE = Answer(
    _use_tables, zones_summary, {".csv": write_zone_csv, **dict.fromkeys(FIGURE_SUFFIXES, _write_charts)}
)
TRANSITIONS = Answer(
    lambda reports: [(transition_lines(reports), 4)],
    lambda report: {**zones_summary(report), "transitions": transitions_summary(report)},
    {".csv": write_transitions_csv, **dict.fromkeys(FIGURE_SUFFIXES, _write_flows)},
)
EVIDENCE = Answer(
    lambda reports: [(evidence_lines(reports), None)],
    lambda report: {**zones_summary(report), "evidence": evidence_summary(report)},
    {".csv": write_evidence_csv},
)
