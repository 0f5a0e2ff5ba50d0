"""How fast people walk, and when they cross a line, from positions at a constant rate."""

import numpy as np
import shapely
from numpy.typing import NDArray

from heatcli.zones.moments import RATE, Moments

SPEED_STEP = RATE // 2
"""Moments before and after one from which its speed is computed: the sway of one stride is in both."""

SPEED_OVER_S = 2 * SPEED_STEP / RATE
"""Time in seconds over which a speed is measured."""

# Metres from the line within which a step that crossed it has not left it.
_ON_LINE_M = 1e-5


def speeds(moments: Moments, step: int = SPEED_STEP) -> NDArray[np.float64]:
    """Compute how fast each person walks at each moment.

    The distance between the positions `step` moments before and after, by the time between them; at an end of
    a piece, where one of the two is not known, from or to the moment itself. Individual speed in Tordeux et
    al., and PedPy's `compute_individual_speed` with `BORDER_SINGLE_SIDED`.

    Args:
        moments: positions, with all of the `step` moments before and after that there are.
        step: number of moments.

    Returns:
        (n,) float64 speeds in m/s; NaN where neither position is known.
    """
    if not len(moments):
        return np.zeros(0)
    span = int(moments.moment[-1] - moments.moment[0]) + 2 * step + 1
    key = moments.piece * span + (moments.moment - moments.moment[0])
    order = np.argsort(key)
    sorted_key = key[order]

    def neighbour(shift: int) -> NDArray[np.intp]:
        place = np.minimum(np.searchsorted(sorted_key, key + shift), len(key) - 1)
        there = sorted_key[place] == key + shift
        found: NDArray[np.intp] = np.where(there, order[place], np.arange(len(key)))
        return found

    before, after = neighbour(-step), neighbour(step)
    seconds = (moments.moment[after] - moments.moment[before]) / RATE
    length = np.linalg.norm(moments.xy[after] - moments.xy[before], axis=1)
    found: NDArray[np.float64] = np.full(len(key), np.nan)
    np.divide(length, seconds, out=found, where=seconds > 0)
    return found


def crossing_steps(moments: Moments, ends: NDArray[np.float64]) -> NDArray[np.intp]:
    """Find the positions at which people have just crossed a line, either way.

    The step from the moment before meets the line, and does not end on it: PedPy's `compute_crossing_frames`,
    which leaves out the last step of a path, though.

    Args:
        moments: positions; steps between those of one piece at successive moments are looked at.
        ends: (2, 2) float64 both ends of the line, x and y in metres.

    Returns:
        (k,) indices of positions.
    """
    order = np.lexsort((moments.moment, moments.piece))
    same = np.flatnonzero(np.diff(moments.piece[order]) == 0)
    before, after = order[same], order[same + 1]
    # Most steps are far from the line.
    low, high = ends.min(axis=0) - _ON_LINE_M, ends.max(axis=0) + _ON_LINE_M
    a, b = moments.xy[before], moments.xy[after]
    near = ((np.maximum(a, b) >= low) & (np.minimum(a, b) <= high)).all(axis=1)
    line = shapely.linestrings(ends)
    steps = shapely.linestrings(np.stack([a[near], b[near]], axis=1))
    crossed = shapely.intersects(steps, line) & (
        shapely.distance(shapely.points(b[near]), line) >= _ON_LINE_M
    )
    found: NDArray[np.intp] = np.sort(after[near][crossed])
    return found


def flows(
    crossed: NDArray[np.int64], last: int, window: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Compute the flow over a line in windows that follow each other: PedPy's `compute_flow`.

    The first window begins as the first person crosses. A window with no crossing is joined with the next;
    the time of a window lasts to the moment after its last crossing.

    Args:
        crossed: (n,) int64 sorted moments in which each person crosses the line first.
        last: last moment of all positions.
        window: length of a window in moments.

    Returns:
        (k,) float64 flow in persons per second; and (k + 1,) int64 moments that bound the windows.
    """
    if not len(crossed):
        return np.zeros(0), np.zeros(0, np.int64)
    numbers = np.searchsorted(crossed, np.arange(crossed[0] + window, last, window), side="right")
    numbers = np.unique(numbers)
    bounds = np.append(crossed[0], crossed[numbers - 1] + 1)
    return np.diff(numbers, prepend=0) / np.diff(bounds) * RATE, bounds
