"""The kinds of answer of `heatcli zone`, each as tables, as a file and as a part of `--json`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from heatcli.answers.evidence import evidence_lines, evidence_summary, write_evidence_csv
from heatcli.answers.hot_places import hot_place_lines
from heatcli.answers.transitions import bands_of, transition_lines, transitions_summary, write_transitions_csv
from heatcli.answers.zone_report import ZoneReport
from heatcli.answers.zone_table import (
    charts_of,
    line_table_lines,
    table_lines,
    write_zone_csv,
    zones_summary,
)
from heatcli.charts.figure import FIGURE_SUFFIXES
from heatcli.charts.sankey import write_sankeys
from heatcli.charts.zone_charts import write_zone_charts

Reports = Sequence[ZoneReport]


@dataclass(frozen=True, slots=True)
class Answer:
    """One kind of answer: how it is shown and written.

    Attributes:
        tables: function that returns the cells of each table, its header first, and how many of its columns
            are text (None for all).
        summary: function that returns the answer for one camera as an object for `--json`.
        writers: function that writes the answer to a file, by the suffix of the file.
    """

    tables: Callable[[Reports], list[tuple[list[tuple[str, ...]], int | None]]]
    summary: Callable[[ZoneReport], dict[str, object]]
    writers: dict[str, Callable[[Path, Reports], None]]


def _use_tables(reports: Reports) -> list[tuple[list[tuple[str, ...]], int | None]]:
    """Return the table of zones and, where there are any, those of lines and of where hottest places are."""
    tables = [(table_lines(reports), 4), (line_table_lines(reports), 4), (hot_place_lines(reports), 2)]
    return [(lines, words) for lines, words in tables if len(lines) > 1] or [tables[0]]


def _write_charts(path: Path, reports: Reports) -> None:
    write_zone_charts(path, [charts_of(report) for report in reports])


def _write_sankeys(path: Path, reports: Reports) -> None:
    write_sankeys(path, {report.camera.name: bands_of(report) for report in reports})


USE = Answer(
    _use_tables, zones_summary, {".csv": write_zone_csv, **dict.fromkeys(FIGURE_SUFFIXES, _write_charts)}
)
TRANSITIONS = Answer(
    lambda reports: [(transition_lines(reports), 4)],
    lambda report: {**zones_summary(report), "transitions": transitions_summary(report)},
    {".csv": write_transitions_csv, **dict.fromkeys(FIGURE_SUFFIXES, _write_sankeys)},
)
EVIDENCE = Answer(
    lambda reports: [(evidence_lines(reports), None)],
    lambda report: {**zones_summary(report), "evidence": evidence_summary(report)},
    {".csv": write_evidence_csv},
)
