"""The statistics of zones and lines as a table, as CSV and as an object for `--json`."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from itertools import zip_longest
from pathlib import Path

from heatcli.answers.hot_places import WHERE, where
from heatcli.answers.margins import MARGINS, audit_line, audit_summary, margin, with_margin
from heatcli.answers.zone_report import ZoneReport
from heatcli.charts.zone_charts import ZoneCharts
from heatcli.clock import duration_text
from heatcli.files import output_file
from heatcli.select.selection import Selection
from heatcli.shapes import Circle, Shape
from heatcli.store.audits import NotedAudit
from heatcli.zones.buckets import Bucket
from heatcli.zones.lines import LineFigures, LineStatistics
from heatcli.zones.statistics import Figures, ZoneStatistics
from heatcli.zones.stays import STAY_EDGES_S

FIELDS = tuple(field.name for field in fields(Figures))
# Fields of lines that zones do not have.
LINE_FIELDS = tuple(field.name for field in fields(LineFigures) if field.name not in FIELDS)

# Header of each column of the table, and its number of decimals.
_COLUMNS = {
    "detections_pct": ("SHARE %", 1),
    "avg_occupancy": ("PEOPLE", 3),
    "occupancy_pct": ("OCCUPIED %", 1),
    "longest_occupancy_s": ("LONGEST s", 1),
    "max_occupancy": ("MOST", 0),
    "tracklets": ("TRACKLETS", 0),
    "trajectories": ("TRAJECTORIES", 0),
    "unique_visits": ("VISITORS", 0),
    "stays": ("STAYS", 0),
    "median_stay_s": ("MEDIAN s", 1),
    "p90_stay_s": ("P90 s", 1),
    "activity_pct": ("ACTIVITY %", 1),
}

_LINE_COLUMNS = {
    "left_to_right": ("LEFT TO RIGHT", 0),
    "right_to_left": ("RIGHT TO LEFT", 0),
    "persons": ("PEOPLE", 0),
}

TOTAL = "total"
EVERYBODY = "total_with_left_out"


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """The figures of one zone or line over the period or one of its buckets.

    Attributes:
        camera: name of the camera.
        zone: name of the zone or line.
        period: label of the bucket, `total`, `total of CLASS` where several classes count, or
            `total_with_left_out`.
        place: where a hottest place is, as `heatcli.answers.hot_places.where` has it; None for other zones.
        bucket: bucket of the row; None for the whole period.
        selected_s: selected time of the bucket or period, watched or not, in seconds.
        figures: figures of the people who count; of everybody in a row `total_with_left_out`.
        audit: audit that tells how far the figures may be off; None where none does.
    """

    camera: str
    zone: str
    period: str
    place: tuple[float, ...] | None
    bucket: Bucket | None
    selected_s: float
    figures: Figures | LineFigures
    audit: NotedAudit | None = None


def zone_rows(reports: Sequence[ZoneReport]) -> Iterator[ZoneRow]:
    """Yield the rows of each zone: buckets, total and, where people were left out, the total with them."""
    for report in reports:
        for number, (found, everybody) in enumerate(zip(report.zones, report.everybody, strict=True)):
            yield from _rows(report, found.zone.name, found, everybody, number, where(found.zone))


def line_rows(reports: Sequence[ZoneReport]) -> Iterator[ZoneRow]:
    """Yield the rows of each line: buckets, total and, where people were left out, the total with them."""
    for report in reports:
        of_lines = zip(report.lines, report.everybody_lines, strict=True)
        for number, (found, everybody) in enumerate(of_lines, start=len(report.zones)):
            yield from _rows(report, found.line.name, found, everybody, number)


def _rows(
    report: ZoneReport,
    name: str,
    found: ZoneStatistics | LineStatistics,
    everybody: Figures | LineFigures,
    number: int,
    place: tuple[float, ...] | None = None,
) -> Iterator[ZoneRow]:
    """Yield the rows of one zone or line; `number` is its place in `ZoneReport.kinds`."""
    camera, selected_s = report.camera.name, report.selected_us / 1e6
    divided: Sequence[Figures | LineFigures] = found.buckets
    for bucket, part_us, figures in zip(
        report.buckets, report.bucket_selected_us.tolist(), divided, strict=True
    ):
        yield ZoneRow(camera, name, bucket.label, place, bucket, part_us / 1e6, figures)
    yield ZoneRow(camera, name, TOTAL, place, None, selected_s, found.total, report.camera.audit)
    for kind, alone in report.kinds.items():
        yield ZoneRow(camera, name, f"{TOTAL} of {kind}", place, None, selected_s, alone[number])
    if len(report.camera.excluded):
        yield ZoneRow(camera, name, EVERYBODY, place, None, selected_s, everybody)


def table_lines(reports: Sequence[ZoneReport]) -> list[tuple[str, ...]]:
    """Return the cells of the table of zones, its header first: four of text, the others numbers."""
    return _table("ZONE", zone_rows(reports), _COLUMNS)


def line_table_lines(reports: Sequence[ZoneReport]) -> list[tuple[str, ...]]:
    """Return the cells of the table of lines, its header first: four of text, the others numbers."""
    return _table("LINE", line_rows(reports), _LINE_COLUMNS)


def _table(
    kind: str, rows: Iterator[ZoneRow], columns: Mapping[str, tuple[str, int]]
) -> list[tuple[str, ...]]:
    """Return the cells of a table with these columns, its header first."""
    lines = [("CAMERA", kind, "PERIOD", "COVERED", *(name for name, _ in columns.values()))]
    for row in rows:
        covered_s = row.figures.covered_s
        part = "" if covered_s == row.selected_s else f" of {duration(row.selected_s)}"
        cells = (
            with_margin(field, getattr(row.figures, field), row.audit, decimals)
            for field, (_, decimals) in columns.items()
        )
        lines.append((row.camera, row.zone, row.period, f"{duration(covered_s)}{part}", *cells))
    return lines


def duration(seconds: float) -> str:
    """Write a duration in hours or, where it is shorter, in seconds."""
    return f"{seconds:.1f} s" if seconds < 3600 else f"{seconds / 3600:.2f} h"


def write_zone_csv(path: Path, reports: Sequence[ZoneReport]) -> None:
    """Write one line per camera, zone or counting line, and bucket, and lines for the whole period.

    The columns are `camera`, `zone`, `period` (the bucket's label, `total`, where several classes count
    `total of CLASS`, or where people were left out `total_with_left_out`), `from` and `to` (local time with
    its offset; empty for totals and for buckets that recur), `selected_s`, the fields of `Figures` and
    `LineFigures`, `visits_per_covered_hour`, and where hottest places were asked for, those of
    `heatcli.answers.hot_places.WHERE`; where a camera was audited, `MARGINS`. What is not known is empty.

    Raises:
        OutputError: the file cannot be written.
    """
    rows = [*zone_rows(reports), *line_rows(reports)]
    places = WHERE if any(row.place for row in rows) else ()
    margins = MARGINS if any(row.audit for row in rows) else ()
    with output_file(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        fields = (*FIELDS, *LINE_FIELDS, "visits_per_covered_hour")
        own = (*places, *(f"{field}_margin" for field in margins))
        lines.writerow(["camera", "zone", "period", "from", "to", "selected_s", *fields, *own])
        for row in rows:
            ends = (row.bucket.begin, row.bucket.end) if row.bucket else (None, None)
            values = [getattr(row.figures, field, None) for field in fields]
            place = (row.place or [None] * len(WHERE)) if places else []
            off = [margin(field, getattr(row.figures, field, None), row.audit) for field in margins]
            lines.writerow(
                [row.camera, row.zone, row.period, *map(iso, ends), row.selected_s, *values, *place, *off]
            )


def charts_of(report: ZoneReport) -> ZoneCharts:
    """Return what the charts of a camera show; the names of hottest places say where these are."""
    zones = [
        replace(found, zone=replace(found.zone, name=f"{found.zone.name} at {place[0]:.2f}, {place[1]:.2f}"))
        if (place := where(found.zone))
        else found
        for found in report.zones
    ]
    return ZoneCharts(report.camera.name, covered_text(report), report.buckets, tuple(zones))


def covered_text(report: ZoneReport) -> str:
    """Say how much of the selected time was watched, and what else is needed to read the figures."""
    covered_us, detectors = report.camera.covered_us, report.camera.detectors
    part = "" if covered_us == report.selected_us else f" of {duration_text(report.selected_us / 1e6)}"
    nothing = "nothing recorded in that time" if report.selected_us else "none of that time is selected"
    told = [
        f"{duration_text(covered_us / 1e6)}{part} covered" if covered_us else nothing,
        f"found by {' and '.join(detectors)}, which cannot be compared" if len(detectors) > 1 else "",
        "" if report.zones or report.lines else "no zones",
        audit_line(report.camera),
    ]
    return ", ".join(filter(None, told))


def zones_summary(report: ZoneReport) -> dict[str, object]:
    """Return the figures of a camera's zones and lines as an object for `--json`."""
    return {
        "camera": report.camera.name,
        "timezone": report.camera.timezone,
        "detectors": report.camera.detectors,
        "selected_s": report.selected_us / 1e6,
        "covered_s": report.camera.covered_us / 1e6,
        "audit": audit_summary(report.camera),
        "zones": zone_summaries(report),
        "lines": [
            {
                "name": found.line.name,
                "shape": {"line": (found.line.line.start, found.line.line.end)},
                **_figures_summary(report, found, everybody),
                **_kinds_summary(report, len(report.zones) + number),
            }
            for number, (found, everybody) in enumerate(
                zip(report.lines, report.everybody_lines, strict=True)
            )
        ],
    }


def zone_summaries(report: ZoneReport) -> list[dict[str, object]]:
    """Return the figures of each zone as an object for `--json`: total, lengths of stays, and buckets."""
    return [
        {**_zone_summary(report, found, everybody), **_kinds_summary(report, number)}
        for number, (found, everybody) in enumerate(zip(report.zones, report.everybody, strict=True))
    ]


def _zone_summary(report: ZoneReport, found: ZoneStatistics, everybody: Figures) -> dict[str, object]:
    """Return the figures of one zone as an object, without those of classes alone."""
    classes = zip_longest(STAY_EDGES_S, STAY_EDGES_S[1:])
    stay_times = [
        {"from_s": least, "to_s": limit, "count": count}
        for (least, limit), count in zip(classes, found.stays.distribution.tolist(), strict=True)
    ]
    return {
        "name": found.zone.name,
        **({} if found.zone.peak is None else {"peak": found.zone.peak}),
        "shape": shape_summary(found.zone.shape),
        "stay_times": stay_times if found.total.covered_s else None,
        **_figures_summary(report, found, everybody),
    }


def _kinds_summary(report: ZoneReport, number: int) -> dict[str, object]:
    """Return the figures of each class of objects alone, at the zone or line of that number."""
    return {"by_object": {kind: asdict(figures[number]) for kind, figures in report.kinds.items()}}


def _figures_summary(
    report: ZoneReport, found: ZoneStatistics | LineStatistics, everybody: Figures | LineFigures
) -> dict[str, object]:
    """Return the figures of a zone or line as an object: the total and its buckets."""
    divided: Sequence[Figures | LineFigures] = found.buckets
    parts = zip(report.buckets, report.bucket_selected_us.tolist(), divided, strict=True)
    buckets = [
        {
            "label": bucket.label,
            "from": iso(bucket.begin),
            "to": iso(bucket.end),
            "selected_s": selected_us / 1e6,
            **asdict(figures),
        }
        for bucket, selected_us, figures in parts
    ]
    return {TOTAL: asdict(found.total), EVERYBODY: asdict(everybody), "buckets": buckets}


def selection_summary(selection: Selection) -> dict[str, object]:
    """Return what was asked for as an object for `--json`, with the names of a view's fields."""
    asked = asdict(selection)
    ends = {"from": iso(asked.pop("start")), "to": iso(asked.pop("end"))}
    return {**ends, **asked, "dates": [f"{first}..{last}" for first, last in selection.dates]}


def shape_summary(shape: Shape) -> dict[str, object]:
    """Return a shape as an object with the fields of `heatcli.toml`."""
    if isinstance(shape, Circle):
        return {"circle": (shape.x, shape.y, shape.radius)}
    return {"polygon": shape.corners}


def iso(time: datetime | None) -> str | None:
    """Write a time in ISO 8601; None stays None."""
    return None if time is None else time.isoformat()
