"""A metric in each of many stretches of time, such as hours or days, in one pass over the rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.grid import Grid
from heatcli.heat.metrics import metric_grids
from heatcli.intervals import Intervals, cut
from heatcli.names import Metric, TrackingMode
from heatcli.select.counted_parts import counted_parts
from heatcli.select.rows import Rows

HOUR_US = 3_600_000_000

PER_HOUR: dict[Metric, str] = {
    Metric.DWELL_TIME: "object-seconds per hour",
    Metric.AVG_OCCUPANCY: "objects",
    Metric.OCCUPANCY_PCT: "percent",
    Metric.UNIQUE_VISITS: "visits per hour",
}
"""The units of the sums of `block_sums` by the hours that a block was watched."""


def block_sums(
    batches: Iterable[Rows],
    *,
    own: Sequence[Intervals],
    bounds_us: NDArray[np.int64],
    metric: Metric,
    grid: Grid,
    tracking_mode: TrackingMode,
) -> NDArray[np.float64]:
    """Sum a metric up over each block of time.

    A row counts in each block for the part of its time that is in it. A person who is there in two blocks
    visits in both.

    Args:
        batches: selected rows of one camera, as `read_rows` yields them.
        own: for each clip the time that it alone counts for, UTC µs: `SelectedCamera.own`.
        bounds_us: (blocks, 2) int64 UTC µs, sorted, not overlapping.
        metric: what to sum up.
        grid: the cells.
        tracking_mode: which point of a box stands for a person.

    Returns:
        (blocks, rows, columns) float64: object-seconds, object-hours, percent times hours, or visits.
    """
    sums = np.zeros((len(bounds_us), *grid.shape))
    for block, rows in _by_block(batches, own, bounds_us):
        # Of one hour watched: what becomes a rate when it is divided by the hours.
        sums[block] = metric_grids(
            rows, metrics=[metric], grid=grid, tracking_mode=tracking_mode, covered_us=HOUR_US
        )[metric]
    return sums


def _by_block(
    batches: Iterable[Rows], own: Sequence[Intervals], bounds_us: NDArray[np.int64]
) -> Iterator[tuple[int, list[Rows]]]:
    """Yield the rows of each block that has any, weighing what is in the block."""
    held: dict[int, list[Rows]] = defaultdict(list)
    for rows in batches:
        row, begin, end = counted_parts(rows, own)
        part, block, begin, end = cut(begin, end, bounds_us)
        # A row whose time has a gap in it can be in a block twice, and is one row there.
        keys, number = np.unique(block * len(rows) + row[part], return_inverse=True)
        weight_us = np.bincount(number, end - begin, len(keys)).astype(np.int64)
        blocks = keys // len(rows)
        for one in np.unique(blocks).tolist():
            inside = blocks == one
            counted = rows.where(keys[inside] % len(rows))
            held[one].append(replace(counted, weight_us=weight_us[inside]))
        # Rows that follow count from their own time on.
        for one in sorted(held):
            if bounds_us[one, 1] <= rows.time_us[-1]:
                yield one, held.pop(one)
    yield from sorted(held.items())
