"""The sheets of queues, funnels and the like, which only some cameras have, and what their columns mean."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heatcli.answers.bucket_table import BucketRow
from heatcli.answers.entry_table import entry_rows
from heatcli.answers.exposure_table import exposure_rows
from heatcli.answers.flow_table import flow_area_rows, flow_line_rows
from heatcli.answers.funnel_table import funnel_rows
from heatcli.answers.group_table import group_rows
from heatcli.answers.queue_table import queue_rows
from heatcli.answers.zone_report import ZoneReport
from heatcli.report.report import Report
from heatcli.report.workbook.area_sheet import AreaSheet
from heatcli.report.workbook.book import Book, Column, Kind
from heatcli.report.workbook.figures import PERIOD, mark_rows, row_values
from heatcli.report.workbook.flow_columns import AREA_FLOW, LINE_FLOW
from heatcli.report.workbook.lists import TOP, add_list

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_QUEUES = {
    "covered_s": (Column("Covered", Kind.DURATION), "time that was watched"),
    "mean_length": (Column("People waiting", Kind.DECIMAL), "people in line at a time, on average"),
    "median_length": (
        Column("Waiting half of the time", Kind.COUNT),
        "half of the time no more people were in line",
    ),
    "p95_length": (
        Column("Waiting 95 % of the time", Kind.COUNT),
        "95 % of the time no more people were in line",
    ),
    "max_length": (Column("Most waiting", Kind.COUNT), "most people in line at once"),
    "arrivals": (Column("Arrived", Kind.COUNT), "people who joined the line"),
    "arrivals_per_hour": (Column("Arrived per hour", Kind.RATE), "the same, per covered hour"),
    "served": (Column("Served", Kind.COUNT), "of those who joined the line, who reached the service place"),
    "served_per_hour": (Column("Served per hour", Kind.RATE), "services that begin, per covered hour"),
    "abandoned": (Column("Gave up", Kind.COUNT), "of those who joined the line, who left it without service"),
    "abandoned_pct": (Column("Gave up, share", Kind.PERCENT), "of those whose wait was seen to its end"),
    "unknown": (Column("End unknown", Kind.COUNT), "of those who joined the line, whose end nobody saw"),
    "median_wait_s": (Column("Median wait", Kind.DURATION), "half of those served waited at most as long"),
    "p90_wait_s": (Column("90 % wait at most", Kind.DURATION), "nine tenths of those served did"),
    "median_service_s": (
        Column("Median service", Kind.DURATION),
        "half of the services took at most as long",
    ),
    "p90_service_s": (Column("90 % served within", Kind.DURATION), "nine tenths of the services did"),
}

_FUNNELS = {
    "covered_s": (Column("Covered", Kind.DURATION), "time that was watched"),
    "persons": (Column("People", Kind.COUNT), "people who took this step, after all steps before it"),
    "of_first_pct": (Column("Of the first step", Kind.PERCENT), "of the people who took the first step"),
    "of_previous_pct": (Column("Of the step before", Kind.PERCENT), "of the people who took the step before"),
    "drop_out_pct": (Column("Dropped out", Kind.PERCENT), "who took the step before, and not this one"),
    "median_between_s": (
        Column("Median time between", Kind.DURATION),
        "from the end of the stay in the step before to the beginning of the stay in this one",
    ),
    "p90_between_s": (Column("90 % between at most", Kind.DURATION), "the same, of nine tenths"),
    "median_stay_s": (Column("Median stay", Kind.DURATION), "time in the zone of the step"),
}

_EXPOSURE = {
    "covered_s": (Column("Covered", Kind.DURATION), "time that was watched"),
    "passers": (Column("Came by", Kind.COUNT), "different people in the passing zone or in the zone itself"),
    "stopped": (Column("Stopped", Kind.COUNT), "different people who stayed in the zone for long enough"),
    "engagement_pct": (Column("Stopped, share", Kind.PERCENT), "of those who came by"),
    "median_stop_s": (Column("Median stop", Kind.DURATION), "half of the stops are at most as long"),
    "p90_stop_s": (Column("90 % stop at most", Kind.DURATION), "nine tenths of the stops are"),
}

_ENTRIES = {
    "covered_s": (Column("Covered", Kind.DURATION), "time that was watched"),
    "entries": (Column("Entries", Kind.COUNT), "times that somebody came into the zone"),
    "re_entries": (Column("Again", Kind.COUNT), "entries of people who had entered before in the period"),
    "latency_s": (Column("First after", Kind.DURATION), "from opening to the first entry"),
    "since_last_s": (Column("Empty since", Kind.DURATION), "from the last visitor to the end"),
    "next_person_m": (
        Column("Next person, m", Kind.DECIMAL),
        "mean distance to the next person on the floor",
    ),
    "below_1m_pct": (Column("Below 1 m", Kind.PERCENT), "part of the time of people in the zone"),
    "below_2m_pct": (Column("Below 2 m", Kind.PERCENT), "part of the time of people in the zone"),
}

_GROUPS = {
    "covered_s": (Column("Covered", Kind.DURATION), "time that was watched"),
    "unique_visits": (Column("People", Kind.COUNT), "different people in the zone"),
    "group_visits": (Column("Groups", Kind.COUNT), "different groups in the zone; somebody alone is one"),
    "alone": (Column("Alone", Kind.COUNT), "groups of one"),
    "groups_of_2": (Column("Of 2", Kind.COUNT), "groups of two"),
    "groups_of_3": (Column("Of 3", Kind.COUNT), "groups of three"),
    "groups_of_4": (Column("Of 4", Kind.COUNT), "groups of four"),
    "groups_of_5_or_more": (Column("Of 5 or more", Kind.COUNT), "groups of five or more"),
    "mean_group_size": (Column("Mean size", Kind.DECIMAL), "people for each group"),
    "in_company_pct": (
        Column("In company", Kind.PERCENT),
        "of the people, who were in a group of two or more",
    ),
}


@dataclass(frozen=True, slots=True)
class BucketSheet:
    """A sheet with the figures of one kind of thing.

    Attributes:
        heads: titles of the columns that tell things apart, after the camera.
        figures: column and meaning of each figure, by the name of its field.
        rows: function that yields the rows of all cameras.
    """

    heads: tuple[str, ...]
    figures: Mapping[str, tuple[Column, str]]
    rows: Callable[[Sequence[ZoneReport]], Iterator[BucketRow]]

    def is_needed(self, report: Report) -> bool:
        """Whether a report has anything for the sheet."""
        return next(self.rows([camera.figures for camera in report.cameras]), None) is not None

    def fill(self, book: Book, sheet: "Worksheet", report: Report) -> None:
        """Write all buckets and totals."""
        place = [Column(name, width=150) for name in ("Camera", *self.heads)]
        columns = [*place, *PERIOD, *(column for column, _ in self.figures.values())]
        about = "By the camera's clock, and over the whole period as `total`; empty: nobody knows."
        rows = self.rows([camera.figures for camera in report.cameras])
        cells = ((*row.names, *row_values(row, tuple(self.figures))) for row in rows)
        last = add_list(book, sheet, sheet.get_name(), about, columns, cells)
        mark_rows(book, sheet, TOP + 1, last, period=len(place), width=len(columns))


BUCKET_SHEETS: dict[str, BucketSheet | AreaSheet] = {
    "Rooms": AreaSheet(),
    "Queues": BucketSheet(("Queue",), _QUEUES, queue_rows),
    "Funnels": BucketSheet(("Funnel", "Step"), _FUNNELS, funnel_rows),
    "Exposure": BucketSheet(("Zone",), _EXPOSURE, exposure_rows),
    "Entries": BucketSheet(("Zone",), _ENTRIES, entry_rows),
    "Groups": BucketSheet(("Zone",), _GROUPS, group_rows),
    "Density and speed": BucketSheet(("Zone",), AREA_FLOW, flow_area_rows),
    "Flow": BucketSheet(("Line",), LINE_FLOW, flow_line_rows),
}
"""Sheets by their names; a report has those that it needs."""
