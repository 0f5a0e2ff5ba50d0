"""Where people go: the mean velocity of those who pass through each cell of a grid."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import tracking_points
from heatcli.heat.grid import Grid
from heatcli.heat.steps import Stepper
from heatcli.names import TrackingMode
from heatcli.select.rows import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """How people move through the cells of a grid. NaN where nobody took a step.

    A step counts in the cell that its middle is in.

    Attributes:
        velocity: (rows, columns, 2) float64 right and down, frame widths per second: the way of all steps,
            added up as vectors, by the time that they took. People who come and who go cancel out.
        speed: (rows, columns) float64 frame widths per second: the length of all steps by the time that they
            took.
        time_s: (rows, columns) float64 seconds that all steps took; 0 where there are none.
    """

    velocity: NDArray[np.float64]
    speed: NDArray[np.float64]
    time_s: NDArray[np.float64]


def flow(batches: Iterable[Rows], *, grid: Grid, tracking_mode: TrackingMode, aspect: float) -> Flow:
    """Average the steps of people.

    Args:
        batches: selected rows of one camera, as `read_rows` yields them.
        grid: the cells.
        tracking_mode: which point of a box stands for a person.
        aspect: height of the frame divided by its width, both as they are seen.
    """
    stepper = Stepper()
    ways, lengths, time_us = np.zeros((2, grid.cells)), np.zeros(grid.cells), np.zeros(grid.cells)
    for rows in batches:
        width, height = rows.size.T
        points = tracking_points(rows.boxes, tracking_mode, width=width, height=height)
        steps = stepper.add(rows, grid.positions(points, rows.size))
        cells = grid.index(*grid.cells_of((steps.start + steps.stop) / 2).T)
        way = (steps.stop - steps.start) / grid.shape[::-1] * (1.0, aspect)
        for axis in (0, 1):
            ways[axis] += np.bincount(cells, way[:, axis], grid.cells)
        lengths += np.bincount(cells, np.hypot(*way.T), grid.cells)
        time_us += np.bincount(cells, steps.stop_us - steps.start_us, grid.cells)
    time_s = time_us / 1e6
    known = np.where(time_s > 0, time_s, np.nan)
    return Flow(
        velocity=(ways / known).T.reshape(*grid.shape, 2),
        speed=(lengths / known).reshape(grid.shape),
        time_s=time_s.reshape(grid.shape),
    )
