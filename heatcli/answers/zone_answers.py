"""The kinds of answer of `heatcli zone`, each as tables, as a file and as a part of `--json`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from heatcli.answers.entry_table import entry_charts_of, entry_lines, entry_summaries, write_entry_csv
from heatcli.answers.evidence import Find, evidence_lines, evidence_of, evidence_summary, write_evidence_csv
from heatcli.answers.exposure_table import (
    exposure_charts_of,
    exposure_lines,
    exposure_summaries,
    write_exposure_csv,
)
from heatcli.answers.flow_table import flow_charts_of, flow_summary, flow_tables, write_flow_csv
from heatcli.answers.funnel_table import (
    funnel_charts_of,
    funnel_lines,
    funnel_summaries,
    write_funnel_csv,
)
from heatcli.answers.group_table import group_charts_of, group_lines, group_summary, write_group_csv
from heatcli.answers.hot_places import hot_place_lines
from heatcli.answers.queue_evidence import (
    entry_evidence_of,
    exposure_evidence_of,
    flow_evidence_of,
    funnel_evidence_of,
    group_evidence_of,
    queue_evidence_of,
)
from heatcli.answers.queue_table import queue_charts_of, queue_lines, queue_summaries, write_queue_csv
from heatcli.answers.sales_table import SalesFile
from heatcli.answers.transitions import bands_of, transition_lines, transitions_summary, write_transitions_csv
from heatcli.answers.zone_report import ZoneReport
from heatcli.answers.zone_table import (
    charts_of,
    covered_text,
    line_table_lines,
    table_lines,
    write_zone_csv,
    zones_summary,
)
from heatcli.charts.entry_charts import write_entry_charts
from heatcli.charts.exposure_charts import write_exposure_charts
from heatcli.charts.figure import FIGURE_SUFFIXES
from heatcli.charts.flow_charts import write_flow_charts
from heatcli.charts.funnel_charts import write_funnel_charts
from heatcli.charts.group_charts import write_group_charts
from heatcli.charts.queue_charts import write_queue_charts
from heatcli.charts.sankey import write_sankeys
from heatcli.charts.zone_charts import write_zone_charts

Reports = Sequence[ZoneReport]

ContentT = TypeVar("ContentT")


@dataclass(frozen=True, slots=True)
class Answer:
    """One kind of answer: how it is shown and written.

    Attributes:
        tables: function that returns the cells of each table, its header first, and how many of its columns
            are text (None for all).
        summary: function that returns the answer for one camera as an object for `--json`.
        writers: function that writes the answer to a file, by the suffix of the file.
        charts_buckets: whether its pictures show buckets, so that it needs some.
    """

    tables: Callable[[Reports], list[tuple[list[tuple[str, ...]], int | None]]]
    summary: Callable[[ZoneReport], dict[str, object]]
    writers: dict[str, Callable[[Path, Reports], None]]
    charts_buckets: bool = False


def _use_tables(reports: Reports) -> list[tuple[list[tuple[str, ...]], int | None]]:
    """Return the table of zones and, where there are any, those of lines and of where hottest places are."""
    tables = [(table_lines(reports), 4), (line_table_lines(reports), 4), (hot_place_lines(reports), 2)]
    return [(lines, words) for lines, words in tables if len(lines) > 1] or [tables[0]]


def _write_charts(path: Path, reports: Reports) -> None:
    write_zone_charts(path, [charts_of(report) for report in reports])


def _write_sankeys(path: Path, reports: Reports) -> None:
    write_sankeys(path, {report.camera.name: bands_of(report) for report in reports})


def _charts(
    write: Callable[[Path, list[ContentT]], None],
    content_of: Callable[[ZoneReport, str], ContentT],
    *,
    having: Callable[[ZoneReport], bool] = lambda _: True,
) -> dict[str, Callable[[Path, Reports], None]]:
    """Return, for each suffix of a picture, what draws the charts of all reports that have something."""

    def written(path: Path, reports: Reports) -> None:
        write(path, [content_of(report, covered_text(report)) for report in reports if having(report)])

    return dict.fromkeys(FIGURE_SUFFIXES, written)


USE = Answer(
    _use_tables,
    zones_summary,
    {".csv": write_zone_csv, **dict.fromkeys(FIGURE_SUFFIXES, _write_charts)},
    charts_buckets=True,
)
TRANSITIONS = Answer(
    lambda reports: [(transition_lines(reports), 4)],
    lambda report: {**zones_summary(report), "transitions": transitions_summary(report)},
    {".csv": write_transitions_csv, **dict.fromkeys(FIGURE_SUFFIXES, _write_sankeys)},
)
QUEUES = Answer(
    lambda reports: [(queue_lines(reports), 4)],
    lambda report: {**zones_summary(report), "queues": queue_summaries(report)},
    {
        ".csv": write_queue_csv,
        **_charts(write_queue_charts, queue_charts_of, having=lambda report: bool(report.queues)),
    },
    charts_buckets=True,
)


def _evidence(find: Find) -> Answer:
    """Return the evidence that a function finds, in the place of figures."""
    return Answer(
        lambda reports: [(evidence_lines(reports, find), None)],
        lambda report: {**zones_summary(report), "evidence": evidence_summary(report, find)},
        {".csv": lambda path, reports: write_evidence_csv(path, reports, find)},
    )


EVIDENCE = _evidence(evidence_of)
QUEUE_EVIDENCE = _evidence(queue_evidence_of)
FUNNEL_EVIDENCE = _evidence(funnel_evidence_of)


EXPOSURE = Answer(
    lambda reports: [(exposure_lines(reports), 4)],
    lambda report: {**zones_summary(report), "exposure": exposure_summaries(report)},
    {".csv": write_exposure_csv, **_charts(write_exposure_charts, exposure_charts_of)},
    charts_buckets=True,
)
EXPOSURE_EVIDENCE = _evidence(exposure_evidence_of)


ENTRIES = Answer(
    lambda reports: [(entry_lines(reports), 4)],
    lambda report: {**zones_summary(report), "entries": entry_summaries(report)},
    {".csv": write_entry_csv, **_charts(write_entry_charts, entry_charts_of)},
    charts_buckets=True,
)
ENTRY_EVIDENCE = _evidence(entry_evidence_of)


GROUPS = Answer(
    lambda reports: [(group_lines(reports), 4)],
    lambda report: {**zones_summary(report), **group_summary(report)},
    {".csv": write_group_csv, **_charts(write_group_charts, group_charts_of)},
    charts_buckets=True,
)
GROUP_EVIDENCE = _evidence(group_evidence_of)


FLOW = Answer(
    flow_tables,
    lambda report: {**zones_summary(report), "flow": flow_summary(report)},
    {
        ".csv": write_flow_csv,
        **_charts(write_flow_charts, flow_charts_of, having=lambda report: report.flow is not None),
    },
)
FLOW_EVIDENCE = _evidence(flow_evidence_of)


def _funnel(sales: SalesFile | None) -> Answer:
    """Return the steps of funnels, with sales beside them if there is a file of them."""

    def tables(reports: Reports) -> list[tuple[list[tuple[str, ...]], int | None]]:
        steps = (funnel_lines(reports), 5)
        return [steps] if sales is None else [steps, (sales.lines(reports), 4)]

    def summary(report: ZoneReport) -> dict[str, object]:
        told = {**zones_summary(report), "funnels": funnel_summaries(report)}
        return told if sales is None else {**told, "sales": sales.summaries(report)}

    charts = _charts(write_funnel_charts, funnel_charts_of)
    return Answer(tables, summary, {".csv": write_funnel_csv, **charts})


def answer_of(
    *,
    transitions: bool,
    queues: bool,
    funnel: bool,
    exposure: bool,
    entries: bool,
    groups: bool,
    flow: bool,
    sales: SalesFile | None,
    evidence: bool,
) -> Answer:
    """Return the answer that is asked for: figures of zones, unless something else is."""
    if queues:
        return QUEUE_EVIDENCE if evidence else QUEUES
    if funnel:
        return FUNNEL_EVIDENCE if evidence else _funnel(sales)
    if exposure:
        return EXPOSURE_EVIDENCE if evidence else EXPOSURE
    if entries:
        return ENTRY_EVIDENCE if evidence else ENTRIES
    if groups:
        return GROUP_EVIDENCE if evidence else GROUPS
    if flow:
        return FLOW_EVIDENCE if evidence else FLOW
    return TRANSITIONS if transitions else EVIDENCE if evidence else USE
