"""Where people go: the mean velocity of those who pass through each cell of a grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.grid import Grid
from heatcli.heat.steps import Stepper
from heatcli.names import TrackingMode
from heatcli.select.rows import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """How people move through the cells of a grid. NaN where nobody took a step.

    A step counts in the cell that its middle is in.

    Attributes:
        velocity: (rows, columns, 2) float64 mean velocity right and down, in frame widths per second: Σ
            displacement / Σ duration over all steps. People who come and people who go cancel out.
        speed: (rows, columns) float64 mean speed in frame widths per second: Σ length / Σ duration over all
            steps.
        time_s: (rows, columns) float64 duration of all steps in seconds; 0 where there are none.
    """

    velocity: NDArray[np.float64]
    speed: NDArray[np.float64]
    time_s: NDArray[np.float64]


class FlowField:
    """The steps of the people of one camera, averaged in each cell (an aggregator).

    Args:
        grid: cells of the grid.
        tracking_mode: point of a bounding box that stands for a person.
        aspect: height of the frame divided by its width, both as displayed.
    """

    def __init__(self, grid: Grid, *, tracking_mode: TrackingMode, aspect: float) -> None:
        self._grid, self._tracking_mode, self._aspect = grid, tracking_mode, aspect
        self._stepper = Stepper()
        self._ways, self._lengths = np.zeros((2, grid.cells)), np.zeros(grid.cells)
        self._time_us = np.zeros(grid.cells)

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        rows, grid = rows.in_picture(self._tracking_mode), self._grid
        if not len(rows):
            return
        steps = self._stepper.add(rows, grid.positions(rows.points(self._tracking_mode), rows.size))
        cells = grid.index(*grid.cells_of((steps.start + steps.stop) / 2).T)
        way = (steps.stop - steps.start) / grid.shape[::-1] * (1.0, self._aspect)
        for axis in (0, 1):
            self._ways[axis] += np.bincount(cells, way[:, axis], grid.cells)
        self._lengths += np.bincount(cells, np.hypot(*way.T), grid.cells)
        self._time_us += np.bincount(cells, steps.stop_us - steps.start_us, grid.cells)

    def result(self) -> Flow:
        """Return the flow of all rows so far."""
        shape, time_s = self._grid.shape, self._time_us / 1e6
        known = np.where(time_s > 0, time_s, np.nan)
        return Flow(
            velocity=(self._ways / known).T.reshape(*shape, 2),
            speed=(self._lengths / known).reshape(shape),
            time_s=time_s.reshape(shape),
        )
