"""A metric in each of many stretches of time, such as hours or days."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.metrics import MetricGrids
from heatcli.heat.reach import Reach
from heatcli.intervals import cut
from heatcli.names import Metric
from heatcli.select.counted_parts import counted_parts
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera

HOUR_US = 3_600_000_000

PER_HOUR: dict[Metric, str] = {
    Metric.DWELL_TIME: "object-seconds per hour",
    Metric.AVG_OCCUPANCY: "objects",
    Metric.OCCUPANCY_PCT: "percent",
    Metric.UNIQUE_VISITS: "visits per hour",
}
"""Units of the sums of `BlockSums`, divided by the hours for which a block was watched."""


class BlockSums:
    """A metric summed up over each block of time, from the rows of one camera (an aggregator).

    A row counts in each block for the part of its time that is in the block. A person who is present in two
    blocks makes a visit in each.

    Args:
        camera: camera and what is selected of it.
        bounds_us: (blocks, 2) int64 start and end of each block, UTC µs, sorted, not overlapping.
        metric: metric to sum up.
        reach: circle around each cell's centre in which people count.
    """

    def __init__(
        self, camera: SelectedCamera, bounds_us: NDArray[np.int64], *, metric: Metric, reach: Reach
    ) -> None:
        self._camera, self._bounds_us = camera, bounds_us
        self._metric, self._reach = metric, reach
        self._sums = np.zeros((len(bounds_us), *reach.grid.shape))
        # Blocks in which later rows may still count.
        self._open: dict[int, MetricGrids] = {}

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        row, begin, end = counted_parts(rows, self._camera.owned_time)
        part, block, begin, end = cut(begin, end, self._bounds_us)
        # A row whose time has a gap can have two parts in one block; it counts as one row there.
        keys, number = np.unique(block * len(rows) + row[part], return_inverse=True)
        weight_us = np.bincount(number, end - begin, len(keys)).astype(np.int64)
        blocks = keys // len(rows)
        for one in np.unique(blocks).tolist():
            inside = blocks == one
            if one not in self._open:
                self._open[one] = MetricGrids(
                    [self._metric], reach=self._reach, tracking_mode=self._camera.tracking_mode
                )
            counted = rows.where(keys[inside] % len(rows))
            self._open[one].add(replace(counted, weight_us=weight_us[inside]))
        # Later rows count from their own time on: blocks that end before are complete.
        for one in [one for one in self._open if self._bounds_us[one, 1] <= rows.time_us[-1]]:
            self._close(one)

    def result(self) -> NDArray[np.float64]:
        """Return the sums of all blocks.

        Returns:
            (blocks, rows, columns) float64: object-seconds, object-hours, percent times hours, or visits.
        """
        for one in list(self._open):
            self._close(one)
        return self._sums

    def _close(self, block: int) -> None:
        # With T = 1 h: the rate over the block is this sum / (hours watched).
        self._sums[block] = self._open.pop(block).result(HOUR_US)[self._metric].within
