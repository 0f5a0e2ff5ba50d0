"""How many people were in rooms, as a table, as CSV and as an object for `--json`."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from heatcli.answers.area_report import AreaFigures, AreaReport
from heatcli.answers.zone_table import iso
from heatcli.charts.area_chart import AreaChart
from heatcli.clock import duration_text, local_time
from heatcli.files import output_file
from heatcli.zones.buckets import Bucket

_FIELDS = tuple(field.name for field in fields(AreaFigures) if field.name != "peak_us")
_TOTAL = Bucket("total", None, None)


def area_rows(report: AreaReport) -> Iterator[tuple[Bucket, AreaFigures]]:
    """Yield the figures of each bucket, then those of the whole period."""
    yield from zip(report.bucket_names, report.buckets, strict=True)
    yield _TOTAL, report.total


def area_lines(reports: Sequence[AreaReport]) -> list[tuple[str, ...]]:
    """Return the cells of the table, its header first: three of text, the others numbers."""
    lines: list[tuple[str, ...]] = [
        (
            *("AREA", "PERIOD", "COVERED", "PEOPLE", "LOW", "HIGH", "MOST", "AT", "ABOVE CAPACITY"),
            *("PERSON-HOURS", "CAME", "LEFT"),
        )
    ]
    for report in reports:
        for bucket, one in area_rows(report):
            at = peak_at(report, one)
            above = "-" if one.above_capacity_s is None else duration_text(one.above_capacity_s)
            lines.append(
                (
                    *(report.name, bucket.label, duration_text(one.covered_s)),
                    *(_number(value, 1) for value in (one.avg_occupancy, one.low, one.high)),
                    *(_number(one.peak, 0), "-" if at is None else f"{at:%m-%d %H:%M}", above),
                    *(_number(one.person_hours, 1), _number(one.arrivals, 0), _number(one.departures, 0)),
                )
            )
    return lines


def area_line(report: AreaReport) -> str:
    """Say how sure the figures of a room are."""
    told = report.occupancy
    if told is None:
        return f"{report.name}: {duration_text(report.total.covered_s)} covered"
    off = "" if told.drift is None else f", plain counting was off by {told.drift} when it was empty"
    shown = "" if told.shown is None else f", cameras inside show {100 * told.shown:.0f} % of the people"
    return f"{report.name}: {duration_text(report.total.covered_s)} covered by all doors{off}{shown}"


def write_area_csv(path: Path, reports: Sequence[AreaReport]) -> None:
    """Write one line per room and bucket, and one for the whole period.

    The columns are `area`, `period`, `from` and `to` (local time with its offset; empty for the total and for
    buckets that recur), the fields of `AreaFigures` with the peak's time as `peak_at`, and `alarm`: whether
    the peak, to the nearest person, is above the capacity. What is not known is empty.

    Raises:
        OutputError: the file cannot be written.
    """
    with output_file(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["area", "period", "from", "to", *_FIELDS, "peak_at", "alarm"])
        for report in reports:
            for bucket, one in area_rows(report):
                lines.writerow(
                    [
                        *(report.name, bucket.label, iso(bucket.begin), iso(bucket.end)),
                        *(getattr(one, name) for name in _FIELDS),
                        *(iso(peak_at(report, one)), alarm(report, one)),
                    ]
                )


def area_charts_of(reports: Sequence[AreaReport]) -> list[AreaChart]:
    """Return what the charts of rooms show."""
    return [AreaChart(one.name, one.timezone, one.capacity, one.told, one.occupancy) for one in reports]


def area_summary(report: AreaReport) -> dict[str, object]:
    """Return the figures of a room as an object for `--json`."""
    told = report.occupancy
    return {
        "area": report.name,
        "timezone": report.timezone,
        "capacity": report.capacity,
        "drift": None if told is None else told.drift,
        "missed": None if told is None else told.missed.tolist(),
        "shown": None if told is None else told.shown,
        "notes": list(report.notes),
        "total": _figures(report, report.total),
        "buckets": [
            {
                "label": bucket.label,
                "from": iso(bucket.begin),
                "to": iso(bucket.end),
                **_figures(report, one),
            }
            for bucket, one in zip(report.bucket_names, report.buckets, strict=True)
        ],
    }


def _figures(report: AreaReport, one: AreaFigures) -> dict[str, object]:
    values = asdict(one)
    del values["peak_us"]
    return {**values, "peak_at": iso(peak_at(report, one)), "alarm": alarm(report, one)}


def alarm(report: AreaReport, one: AreaFigures) -> bool | None:
    """Tell whether there were more people than the room is for; None where that is not known."""
    return None if one.peak is None or report.capacity is None else round(one.peak) > report.capacity


def peak_at(report: AreaReport, one: AreaFigures) -> datetime | None:
    """Return when most people were inside, on the clock of the room; None where that is not known."""
    return None if one.peak_us is None else local_time(one.peak_us, ZoneInfo(report.timezone))


def _number(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:.{decimals}f}"
