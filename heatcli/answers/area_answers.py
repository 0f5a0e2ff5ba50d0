"""The kinds of answer of `heatcli area`, each as a table, as a file and as a part of `--json`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from heatcli.answers.area_report import AreaReport
from heatcli.answers.area_table import area_charts_of, area_lines, area_summary, write_area_csv
from heatcli.answers.evidence import evidence_lines, evidence_summary, write_evidence_csv
from heatcli.charts.area_chart import write_area_charts
from heatcli.charts.figure import FIGURE_SUFFIXES

Reports = Sequence[AreaReport]


@dataclass(frozen=True, slots=True)
class AreaAnswer:
    """One kind of answer: how it is shown and written.

    Attributes:
        table: function that returns the cells of the table, its header first, and how many of its columns are
            text (None for all).
        summary: function that returns the answer for one room as an object for `--json`.
        writers: function that writes the answer to a file, by the suffix of the file.
    """

    table: Callable[[Reports], tuple[list[tuple[str, ...]], int | None]]
    summary: Callable[[AreaReport], dict[str, object]]
    writers: dict[str, Callable[[Path, Reports], None]]


def _write_charts(path: Path, reports: Reports) -> None:
    write_area_charts(path, area_charts_of(reports))


def _evidence(report: AreaReport) -> dict[str, object]:
    passed = [one for camera in report.reports for one in evidence_summary(camera)]
    return {**area_summary(report), "evidence": passed}


USE = AreaAnswer(
    lambda reports: (area_lines(reports), 3),
    area_summary,
    {".csv": write_area_csv, **dict.fromkeys(FIGURE_SUFFIXES, _write_charts)},
)
EVIDENCE = AreaAnswer(
    lambda reports: (evidence_lines([camera for one in reports for camera in one.reports]), None),
    _evidence,
    {".csv": lambda path, reports: write_evidence_csv(path, [c for one in reports for c in one.reports])},
)
