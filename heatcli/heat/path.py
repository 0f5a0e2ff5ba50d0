"""Which cells a path runs through: the supercover of straight lines, exact and without a loop over lines.

A position lies in one cell, its floor, so a path that runs along a border stays in the cells to the right of
and below the border. Where a line passes a corner it changes column and row at the same point and touches
both neighbours: all four cells around the corner.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.grid import Grid

# Where a line meets a border is computed in float64 with an error of a few units in the last place, under
# 1e-11 of a cell on the largest grid. Closer to a corner than this, the side is decided in exact arithmetic.
_DOUBT = 1e-9

_as_fraction = np.frompyfunc(Fraction, 1, 1)


def cells_crossed(
    start: NDArray[np.float64], stop: NDArray[np.float64], grid: Grid
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the cells that straight lines enter on their way.

    Args:
        start: (n, 2) positions where the lines begin, in cells across and down.
        stop: (n, 2) positions where the lines end, in cells across and down.
        grid: grid whose cells the positions are measured in.

    Returns:
        Index of the line (m,) int64 and index of the cell (m,) int64, for every cell that a line touches
        except the cell that it starts in; a cell may be named more than once.
    """
    first, last = grid.cells_of(start), grid.cells_of(stop)
    lines: list[NDArray[np.int64]] = []
    touched: list[NDArray[np.int64]] = []
    for axis in (0, 1):
        # One entry per border crossed: columns change at vertical borders (axis 0), rows at horizontal ones.
        count = np.abs(last[:, axis] - first[:, axis])
        line = np.repeat(np.arange(len(start)), count)
        nth = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
        forward = last[line, axis] > first[line, axis]
        border = np.where(forward, first[line, axis] + 1 + nth, first[line, axis] - nth)
        entered = np.where(forward, border, border - 1)

        lane, on_corner = _lanes(start[line], stop[line], border, axis)
        # The far edge of the frame counts as the last cell: stay in the lanes that the line spans.
        ends = first[line, 1 - axis], last[line, 1 - axis]
        low, high = np.minimum(*ends), np.maximum(*ends)
        for which, lanes in ((slice(None), lane), (on_corner, lane - 1)):
            cell = entered[which], np.clip(lanes, low, high)[which]
            lines.append(line[which])
            touched.append(grid.index(cell[axis], cell[1 - axis]))
    return np.concatenate(lines), np.concatenate(touched)


def _lanes(
    start: NDArray[np.float64], stop: NDArray[np.float64], border: NDArray[np.int64], axis: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Find the row in which a line meets a vertical border, or the column where it meets a horizontal one.

    Args:
        start: (m, 2) position where each line begins.
        stop: (m, 2) position where each line ends, with another coordinate along `axis` than its start.
        border: (m,) coordinate along `axis` of the border that each line meets.
        axis: axis that the borders cut: 0 for vertical borders, 1 for horizontal ones.

    Returns:
        Lane (m,) int64, the row or column; and (m,) bool, true where the line meets the border exactly at a
        corner, the beginning of that lane.
    """
    from_u, to_u = start[:, axis], stop[:, axis]
    from_v, to_v = start[:, 1 - axis], stop[:, 1 - axis]
    v = from_v + (border - from_u) / (to_u - from_u) * (to_v - from_v)
    lane = np.floor(v).astype(np.int64)
    on_corner = np.zeros(len(v), dtype=np.bool_)

    corner = np.rint(v).astype(np.int64)
    close = np.flatnonzero((np.abs(v - corner) < _DOUBT) & (from_v != to_v))
    fu, tu, fv, tv, bu, cv = (_as_fraction(a[close]) for a in (from_u, to_u, from_v, to_v, border, corner))
    # Distance of the line beyond the corner where it meets the border, times its length along the axis.
    beyond = ((bu - fu) * (tv - fv) - (cv - fv) * (tu - fu)) * np.where(tu > fu, 1, -1)
    lane[close] = corner[close] - (beyond < 0)
    on_corner[close] = beyond == 0
    return lane, on_corner
