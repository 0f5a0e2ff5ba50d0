"""Sales beside the visitors of a funnel: conversion, and what a visitor spends."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.answers.bucket_table import BucketRow, bucket_lines, bucket_summaries, divisions, rows_of
from heatcli.answers.funnel_table import FoundFunnel, funnels_of
from heatcli.answers.zone_report import ZoneReport
from heatcli.answers.zone_table import TOTAL
from heatcli.formats.sales import Sales, SalesColumns, read_sales
from heatcli.zones.funnel import StepFigures

_COLUMNS = {
    "visitors": ("VISITORS", 0),
    "transactions": ("SALES", 0),
    "amount": ("AMOUNT", 2),
    "conversion_pct": ("CONVERSION %", 1),
    "per_last_step": ("PER LAST STEP", 2),
    "amount_per_visitor": ("PER VISITOR", 2),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesFigures:
    """Sales beside the visitors of a funnel. Without covered time, all but `covered_s` are None.

    Attributes:
        covered_s: covered time T of the period or bucket, in seconds.
        visitors: people who took the first step of the funnel.
        transactions: sales in the covered time.
        amount: sum of their amounts.
        conversion_pct: 100 * transactions / visitors; None if nobody came. More than 100 where a visitor pays
            several times, or the camera misses people.
        per_last_step: transactions / people who took the last step; None if nobody did.
        amount_per_visitor: amount / visitors; None if nobody came.
    """

    covered_s: float
    visitors: int | None = None
    transactions: int | None = None
    amount: float | None = None
    conversion_pct: float | None = None
    per_last_step: float | None = None
    amount_per_visitor: float | None = None


@dataclass(frozen=True, slots=True)
class SalesFile:
    """A file of sales, and how it is written."""

    path: Path
    columns: SalesColumns

    def of(self, report: ZoneReport) -> Sales:
        """Read the sales, by the clock of a camera.

        Raises:
            SalesError: the file is no file of sales.
        """
        return read_sales(self.path, self.columns, ZoneInfo(report.camera.timezone))

    def note(self, report: ZoneReport) -> str:
        """Say how many of the sales count at a camera; empty if all do."""
        sales = self.of(report)
        inside = int(report.camera.covered.contains(sales.time_us).sum())
        if inside == len(sales.time_us):
            return ""
        hint = "" if inside else "; if they are in another time zone, name it with --sales-timezone"
        return f"{inside} of {len(sales.time_us)} sales are in the time that was watched, and count{hint}"

    def rows(self, reports: Sequence[ZoneReport]) -> Iterator[BucketRow]:
        """Yield the rows of each funnel: buckets, then the total."""
        for report in reports:
            for found, total, buckets in self._figures(report):
                yield from rows_of(report, (found.funnel.name,), total, buckets)

    def lines(self, reports: Sequence[ZoneReport]) -> list[tuple[str, ...]]:
        """Return the cells of the table of sales, its header first: four of text, the others numbers."""
        return bucket_lines(("CAMERA", "FUNNEL"), self.rows(reports), _COLUMNS)

    def summaries(self, report: ZoneReport) -> list[dict[str, object]]:
        """Return the sales beside each funnel as an object for `--json`: total and buckets."""
        return [
            {
                "funnel": found.funnel.name,
                TOTAL: asdict(total),
                "buckets": bucket_summaries(report, [asdict(one) for one in buckets]),
            }
            for found, total, buckets in self._figures(report)
        ]

    def _figures(self, report: ZoneReport) -> Iterator[tuple[FoundFunnel, SalesFigures, list[SalesFigures]]]:
        sales = self.of(report)
        counts = report.camera.covered.contains(sales.time_us)
        times, amounts = sales.time_us[counts], sales.amount[counts]
        for found in funnels_of(report):
            of_total, of_buckets = divisions(report)
            (total,) = _in_groups(times, amounts, [found.total], *of_total)
            yield found, total, _in_groups(times, amounts, found.buckets, *of_buckets)


def _in_groups(
    time_us: NDArray[np.int64],
    amount: NDArray[np.float64],
    steps: Sequence[tuple[StepFigures, ...]],
    bounds_us: NDArray[np.int64],
    group: NDArray[np.int64],
    covered_us: NDArray[np.int64],
) -> list[SalesFigures]:
    """Compute the figures of each group of pieces of time, from the steps of the funnel in each."""
    groups = len(covered_us)
    if not groups:
        return []
    at = group[np.searchsorted(bounds_us[:, 0], time_us, side="right") - 1]
    counts, sums = np.bincount(at, minlength=groups), np.bincount(at, amount, groups)
    found = []
    for i, figures in enumerate(steps):
        visitors, last = figures[0].persons, figures[-1].persons
        if visitors is None:
            found.append(SalesFigures(covered_s=0.0))
            continue
        found.append(
            SalesFigures(
                covered_s=float(covered_us[i] / 1e6),
                visitors=visitors,
                transactions=int(counts[i]),
                amount=float(sums[i]),
                conversion_pct=float(100 * counts[i] / visitors) if visitors else None,
                per_last_step=float(counts[i] / last) if last else None,
                amount_per_visitor=float(sums[i] / visitors) if visitors else None,
            )
        )
    return found
