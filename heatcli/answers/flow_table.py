"""Density, speed and flow as tables, as CSV and as an object for `--json`."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.answers.bucket_table import BucketRow, rows_of
from heatcli.answers.flow_report import AreaFlows, FlowReport, LineFlows
from heatcli.answers.zone_report import ZoneReport
from heatcli.charts.flow_charts import FlowCharts
from heatcli.clock import duration_text, local_time
from heatcli.files import output_file
from heatcli.zones.buckets import Bucket
from heatcli.zones.flow_figures import LEVEL_DENSITIES, LEVELS, AreaFlow, LineFlow
from heatcli.zones.moments import MOMENT_US, RATE
from heatcli.zones.walking import SPEED_OVER_S, flows

_TOTAL = Bucket("total", None, None)

# Header of each column of the tables, and its number of decimals.
_AREA_COLUMNS = {
    "area_m2": ("AREA m²", 1),
    "mean_speed": ("m/s", 2),
    "walked_m": ("WALKED m", 1),
    "mean_density": ("CLASSIC /m²", 3),
    "max_density": ("MOST", 2),
    "mean_voronoi": ("VORONOI /m²", 3),
    "max_voronoi": ("MOST", 2),
    "above_2_s": (">2/m² s", 0),
    "above_3_s": (">3/m² s", 0),
    "above_4_s": (">4/m² s", 0),
    "measurable_up_to": ("LIMIT /m²", 2),
    "beyond_s": ("BEYOND s", 0),
}
_LINE_COLUMNS = {
    "length_m": ("LENGTH m", 2),
    "persons": ("PEOPLE", 0),
    "mean_speed": ("m/s", 2),
    "specific_flow": ("FLOW /m/s", 4),
    "peak_specific_flow": ("MOST IN 60 s", 4),
    "beyond_s": ("BEYOND s", 0),
}

# Length in moments of the windows of flow in `--json`.
_WINDOW = 60 * RATE

_AREA_FIELDS = tuple(field.name for field in fields(AreaFlow) if field.name not in ("covered_s", "level_s"))
_LEVEL_FIELDS = tuple(f"level_{level.lower()}_s" for level in LEVELS)
# The mean speed is in the column of that of zones.
_LINE_FIELDS = ("length_m", "persons", "specific_flow", "peak_specific_flow")
_PERSON_FIELDS = ("person", "seconds")


def flow_tables(reports: Sequence[ZoneReport]) -> list[tuple[list[tuple[str, ...]], int | None]]:
    """Return the tables of zones, lines and people, each with the number of its columns of text."""
    tables = [(flow_area_lines(reports), 5), (flow_line_lines(reports), 4), (walker_lines(reports), 1)]
    return [(cells, words) for cells, words in tables if len(cells) > 1]


def _level(area: AreaFlow) -> str:
    """Return the worst level of service as a cell of the table."""
    return "not measurable" if area.beyond_s else area.worst_level or "-"


def flow_area_lines(reports: Sequence[ZoneReport]) -> list[tuple[str, ...]]:
    """Return the cells of the table of zones, its header first: five of text, the others numbers."""
    lines: list[tuple[str, ...]] = [
        ("CAMERA", "ZONE", "PERIOD", "COVERED", "WORST LEVEL", *(name for name, _ in _AREA_COLUMNS.values()))
    ]
    for row in flow_area_rows(reports):
        head = (*row.names, row.period, duration_text(row.figures.covered_s), _level(row.figures))
        lines.append((*head, *_cells(row.figures, _AREA_COLUMNS)))
    return lines


def flow_line_lines(reports: Sequence[ZoneReport]) -> list[tuple[str, ...]]:
    """Return the cells of the table of lines, its header first: four of text, the others numbers."""
    lines: list[tuple[str, ...]] = [
        ("CAMERA", "LINE", "PERIOD", "COVERED", *(name for name, _ in _LINE_COLUMNS.values()))
    ]
    for row in flow_line_rows(reports):
        head = (*row.names, row.period, duration_text(row.figures.covered_s))
        lines.append((*head, *_cells(row.figures, _LINE_COLUMNS)))
    return lines


def walker_lines(reports: Sequence[ZoneReport]) -> list[tuple[str, ...]]:
    """Return the cells of the table of how people walked, its header first: one of text, the rest numbers."""
    lines: list[tuple[str, ...]] = [
        ("CAMERA", "PEOPLE", "FLOOR SEEN m²", "MEDIAN WALKED m", "MEDIAN m/s", "FLOOR'S ERROR m")
    ]
    for report, flow in measured(reports):
        who = flow.persons
        middle = [
            f"{np.median(values):.{decimals}f}" if len(who.person) else "-"
            for values, decimals in ((who.walked_m, 1), (who.walked_m / who.seconds, 2))
        ]
        lines.append(
            (report.camera.name, str(len(who.person)), f"{flow.seen_m2:.1f}", *middle, f"{flow.error_m:.2f}")
        )
    return lines


def flow_area_rows(reports: Sequence[ZoneReport]) -> Iterator[BucketRow]:
    """Yield the rows of each zone: buckets, then the total."""
    for report, flow in measured(reports):
        for place in flow.areas:
            yield from rows_of(report, (place.name,), place.total, place.buckets)


def flow_line_rows(reports: Sequence[ZoneReport]) -> Iterator[BucketRow]:
    """Yield the rows of each line: buckets, then the total."""
    for report, flow in measured(reports):
        for place in flow.lines:
            yield from rows_of(report, (place.name,), place.total, place.buckets)


def flow_note(report: ZoneReport) -> str:
    """Say how density, speed and flow were measured, or why they were not."""
    if report.flow is None:
        return "no floor, so nothing is known in metres; say in heatcli.toml where it lies on a plan"
    return (
        f"speed over {SPEED_OVER_S:g} s, density each full second, Voronoi cells cut at the "
        f"{report.flow.seen_m2:.1f} m² of floor that are seen, known to {report.flow.error_m:.2f} m"
    )


def flow_summary(report: ZoneReport) -> dict[str, object] | None:
    """Return density, speed and flow of one camera as an object for `--json`; None without a floor."""
    flow = report.flow
    if flow is None:
        return None
    who = flow.persons
    people = zip(*(values.tolist() for values in (who.person, who.seconds, who.walked_m)), strict=True)
    return {
        "method": {
            "moments_per_s": RATE,
            "speed_over_s": SPEED_OVER_S,
            "density_every_s": 1,
            "voronoi_cut_at": "floor seen",
            "floor_seen_m2": flow.seen_m2,
            "floor_error_m": flow.error_m,
            "level_above_per_m2": dict(zip(LEVELS[1:], LEVEL_DENSITIES, strict=True)),
        },
        "zones": [_place(report, place) for place in flow.areas],
        "lines": [{**_place(report, line), **_curve(report, line)} for line in flow.lines],
        "people": [
            {"person": person, "seconds": seconds, "walked_m": metres, "mean_speed": metres / seconds}
            for person, seconds, metres in people
        ],
    }


def write_flow_csv(path: Path, reports: Sequence[ZoneReport]) -> None:
    """Write a line for each zone, line and bucket, then one for each person.

    The columns are `camera`, `kind` (`zone`, `line` or `person`), `name`, `period`, `from`, `to` (local time
    with its offset), `covered_s`, those of `AreaFlow` with the time on each level, those of `LineFlow`,
    `not_measurable` with the reason, and `person` and `seconds` of people. What is not known, or does not
    apply, is empty.

    Raises:
        OutputError: the file cannot be written.
    """
    own = (*_AREA_FIELDS, *_LEVEL_FIELDS, *_LINE_FIELDS, "not_measurable", *_PERSON_FIELDS)
    head = ("camera", "kind", "name", "period", "from", "to", "covered_s")
    with output_file(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, (*head, *own), lineterminator="\n")
        lines.writeheader()
        for report, flow in measured(reports):
            camera = {"camera": report.camera.name}
            for kind, places in (("zone", flow.areas), ("line", flow.lines)):
                for place in places:
                    for figures in _figures(report, place):
                        label = figures.pop("label")
                        lines.writerow(
                            {**camera, "kind": kind, "name": place.name, "period": label, **_flat(figures)}
                        )
            who = flow.persons
            columns = (values.tolist() for values in (who.person, who.seconds, who.walked_m))
            for person, seconds, metres in zip(*columns, strict=True):
                moved = {"walked_m": metres, "mean_speed": metres / seconds}
                lines.writerow({**camera, "kind": "person", "person": person, "seconds": seconds, **moved})


def flow_charts_of(report: ZoneReport, subtitle: str) -> FlowCharts:
    """Return what the charts of a camera with a floor show."""
    assert report.flow is not None
    return FlowCharts(
        title=report.camera.name,
        subtitle=f"{subtitle}; {flow_note(report)}",
        timezone=report.camera.timezone,
        zones=tuple((one.name, one.density) for one in report.flow.areas),
        lines=tuple((one.name, one.crossed.moment) for one in report.flow.lines),
        covered=report.camera.covered,
    )


def measured(reports: Sequence[ZoneReport]) -> Iterator[tuple[ZoneReport, FlowReport]]:
    """Yield the reports with density, speed and flow, and these."""
    for report in reports:
        if report.flow is not None:
            yield report, report.flow


def _cells(figures: AreaFlow | LineFlow, columns: Mapping[str, tuple[str, int]]) -> Iterator[str]:
    for field, (_, decimals) in columns.items():
        value = getattr(figures, field)
        yield "-" if value is None else f"{value:.{decimals}f}"


def _figures(report: ZoneReport, place: AreaFlows | LineFlows) -> Iterator[dict[str, object]]:
    """Yield the figures of each bucket, then those of the whole period, as objects."""
    periods = zip((*report.buckets, _TOTAL), (*place.buckets, place.total), strict=True)
    for bucket, figures in periods:
        ends = {"from": bucket.begin, "to": bucket.end}
        yield {
            "label": bucket.label,
            **{name: None if time is None else time.isoformat() for name, time in ends.items()},
            **asdict(figures),
            "not_measurable": _reason(figures),
        }


def _reason(figures: AreaFlow | LineFlow) -> str | None:
    """Say why figures are missing; None where it was never too dense."""
    if not figures.beyond_s:
        return None
    return f"too dense for {figures.beyond_s} s: people hide each other from the detector"


def _flat(figures: dict[str, object]) -> dict[str, object]:
    """Return figures with a field for the time on each level."""
    if "level_s" in figures:
        level_s = figures.pop("level_s")
        known = level_s if isinstance(level_s, tuple) else [None] * len(_LEVEL_FIELDS)
        figures.update(zip(_LEVEL_FIELDS, known, strict=True))
    return figures


def _place(report: ZoneReport, place: AreaFlows | LineFlows) -> dict[str, object]:
    """Return the figures of a zone or line as an object."""
    *buckets, total = map(_flat, _figures(report, place))
    return {"name": place.name, "total": total, "buckets": buckets}


def _curve(report: ZoneReport, line: LineFlows) -> dict[str, object]:
    """Return when people crossed a line, and the flow in windows that follow each other."""
    length = line.total.length_m
    if length is None:
        return {"n_t": None, "flows": None}
    zone = ZoneInfo(report.camera.timezone)

    def times(moments: NDArray[np.int64]) -> list[str]:
        return [local_time(time_us, zone).isoformat() for time_us in (moments * MOMENT_US).tolist()]

    moment = line.crossed.moment
    rates, bounds = flows(moment, int(moment[-1]) + _WINDOW if len(moment) else 0, _WINDOW)
    windows = zip(times(bounds[:-1]), times(bounds[1:]), rates.tolist(), strict=True)
    return {
        "n_t": [{"time": time, "people": number} for number, time in enumerate(times(moment), start=1)],
        "flows": [
            {"from": begin, "to": end, "per_s": rate, "per_m_s": rate / length}
            for begin, end, rate in windows
        ],
    }
