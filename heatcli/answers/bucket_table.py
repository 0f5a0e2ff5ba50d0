"""Figures of anything that has some over a period and its buckets, as a table, as CSV and for `--json`."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatcli.answers.zone_report import ZoneReport
from heatcli.answers.zone_table import TOTAL, duration, iso
from heatcli.files import output_file
from heatcli.zones.buckets import Bucket
from heatcli.zones.tally import sum_by

Columns = Mapping[str, tuple[str, int]]
"""Header of each column of a table and its number of decimals, by the name of the figure."""


@dataclass(frozen=True, slots=True)
class BucketRow:
    """The figures of one thing over the period or one of its buckets.

    Attributes:
        names: name of the camera, then what tells the thing from others at it.
        period: label of the bucket, or `total`.
        bucket: bucket of the row; None for the whole period.
        selected_s: selected time of the bucket or period, watched or not, in seconds.
        figures: figures, by name; one of them is `covered_s`, in seconds.
    """

    names: tuple[str, ...]
    period: str
    bucket: Bucket | None
    selected_s: float
    figures: Any


def rows_of(
    report: ZoneReport, names: tuple[str, ...], total: object, buckets: Sequence[object]
) -> Iterator[BucketRow]:
    """Yield the rows of one thing at a camera: buckets, then the total."""
    parts = zip(report.buckets, report.bucket_selected_us.tolist(), buckets, strict=True)
    for bucket, part_us, figures in parts:
        yield BucketRow((report.camera.name, *names), bucket.label, bucket, part_us / 1e6, figures)
    yield BucketRow((report.camera.name, *names), TOTAL, None, report.selected_us / 1e6, total)


def bucket_lines(
    heads: tuple[str, ...], rows: Iterator[BucketRow], columns: Columns
) -> list[tuple[str, ...]]:
    """Return the cells of a table, its header first: those of names, period and covered time are text."""
    lines = [(*heads, "PERIOD", "COVERED", *(name for name, _ in columns.values()))]
    for row in rows:
        covered_s = row.figures.covered_s
        part = "" if covered_s == row.selected_s else f" of {duration(row.selected_s)}"
        values = ((getattr(row.figures, field), decimals) for field, (_, decimals) in columns.items())
        cells = ("-" if value is None else f"{value:.{decimals}f}" for value, decimals in values)
        lines.append((*row.names, row.period, f"{duration(covered_s)}{part}", *cells))
    return lines


def write_bucket_csv(
    path: Path, heads: tuple[str, ...], rows: Iterator[BucketRow], fields: Sequence[str]
) -> None:
    """Write one line per row.

    The columns are those of names, `period` (the bucket's label or `total`), `from` and `to` (local time with
    its offset; empty for totals and for buckets that recur), `selected_s` and the fields. What is not known
    is empty.

    Raises:
        OutputError: the file cannot be written.
    """
    with output_file(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow([*heads, "period", "from", "to", "selected_s", *fields])
        for row in rows:
            ends = (row.bucket.begin, row.bucket.end) if row.bucket else (None, None)
            values = (getattr(row.figures, field) for field in fields)
            lines.writerow([*row.names, row.period, *map(iso, ends), row.selected_s, *values])


def bucket_summaries(report: ZoneReport, buckets: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Return the figures of each bucket as an object for `--json`, with its name and time."""
    parts = zip(report.buckets, report.bucket_selected_us.tolist(), buckets, strict=True)
    return [
        {
            "label": bucket.label,
            "from": iso(bucket.begin),
            "to": iso(bucket.end),
            "selected_s": selected_us / 1e6,
            **figures,
        }
        for bucket, selected_us, figures in parts
    ]


Division = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
"""Bounds (k, 2) of pieces of time in UTC µs, the group (k,) of each, and covered time (groups,) in µs."""

# The period as one piece of time, from before to after every calendar.
_ALL_TIME = np.array([[-(2**61), 2**61]])


def divisions(report: ZoneReport) -> tuple[Division, Division]:
    """Return the whole period as one group, and its division into buckets; no groups where there are none."""
    covered = report.camera.covered
    total = _ALL_TIME, np.zeros(1, np.int64), np.array([covered.total_us])
    divided = report.divided
    if divided is None or not divided.buckets:
        nothing = np.zeros(0, np.int64)
        return total, (np.zeros((0, 2), np.int64), nothing, nothing)
    begin, end = divided.bounds_us.T
    covered_us = sum_by(divided.bucket, covered.overlap_us(begin, end - begin), len(divided.buckets))
    return total, (divided.bounds_us, divided.bucket, covered_us)
