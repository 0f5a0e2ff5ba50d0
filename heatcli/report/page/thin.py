"""Fewer points for the same paths: knots joined by straight lines, without the rows between them.

The times of all rows are kept: only the shape of the path is simplified. The page takes a person to move from
knot to knot on a straight line, by equal steps from row to row.

The rows that become knots are chosen top-down: the row that is furthest from the line between the knots on
both sides, taken at the row's own time, and so on within both halves (TD-TR: Meratnia and de By,
Spatiotemporal Compression Techniques for Moving Point Objects, 2004). The knots are then placed by least
squares over all rows, because lines through points of a curve lie on its inner side.
"""

from itertools import count, pairwise

import numpy as np
from numpy.typing import NDArray

from heatcli.report.page.tracks import Tracks

# Pixels by which a path may be off without a row that becomes no knot: less than the page can tell.
_LEAST_PX = 1 / 128

# Steps of the search from one look at what each run needs most to the next: looking sorts all that was found.
_STEPS_A_LOOK = 4

# Rows whose knots are chosen at once.
_ROWS_AT_ONCE = 1 << 18


def most_knots(tracks: Tracks, rate: float) -> NDArray[np.int64]:
    """Return the greatest number of knots that each run may have.

    Args:
        tracks: rows of a camera.
        rate: points per second of a path; infinite to keep every row.

    Returns:
        (r,) numbers of knots: at least the ends of the run, at most all its rows.
    """
    wanted = np.minimum(np.ceil(rate * tracks.lengths_s), tracks.counts).astype(np.int64)
    return np.maximum(wanted, np.minimum(tracks.counts, 2))


def knots_of(tracks: Tracks, most: NDArray[np.int64]) -> NDArray[np.intp]:
    """Choose the rows of a camera that become knots.

    Args:
        tracks: rows of the camera.
        most: (r,) greatest number of knots in each run, as from `most_knots`.

    Returns:
        (knots,) indices of rows, ascending: the ends of every run, and the rows between them whose omission
        would move the path most; fewer than `most` where a run is straight, to less than the page can tell.
    """
    # Runs are independent of each other; some at once, as what is found on the way takes much memory.
    part = tracks.first_row[:-1] // _ROWS_AT_ONCE
    limits = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), len(part)]
    chosen = [_knots_of_runs(tracks, slice(*runs), most[slice(*runs)]) for runs in pairwise(limits)]
    return np.concatenate([np.zeros(0, np.intp), *chosen])


def _knots_of_runs(tracks: Tracks, runs: slice, most: NDArray[np.int64]) -> NDArray[np.intp]:
    """Choose the rows of some runs that become knots."""
    bounds = tracks.first_row[runs.start : runs.stop + 1]
    if not len(most):
        return np.zeros(0, np.intp)
    begin, points, counts = bounds[0], tracks.points[bounds[0] : bounds[-1]], np.diff(bounds)
    first, last = bounds[:-1] - begin, bounds[1:] - begin - 1
    inner = most - 2
    whole = inner >= counts - 2
    # Pixels by which the path is off without the row, at most those of the row whose choice made the segment.
    need = np.zeros(len(points))
    run = np.flatnonzero(~whole & (inner > 0))
    left, right, limit = first[run], last[run], np.full(len(run), np.inf)
    least = np.full(len(first), _LEAST_PX)
    for step in count(1):
        if not len(run):
            break
        split, worst = _furthest(points, left, right)
        worst = np.minimum(worst, limit)
        needed = worst > _LEAST_PX
        need[split[needed]] = worst[needed]
        if step % _STEPS_A_LOOK == 0:
            least = np.maximum(_LEAST_PX, _nth_largest(need, first, last, inner))
        # A row that can no longer be among the most needed of its run is not pursued further.
        kept = worst > least[run]
        run, left, right, split, worst = (v[kept] for v in (run, left, right, split, worst))
        run, limit = np.tile(run, 2), np.tile(worst, 2)
        left, right = np.append(left, split), np.append(split, right)
        long = right - left > 1
        run, left, right, limit = run[long], left[long], right[long], limit[long]
    chosen = np.repeat(whole, counts)
    chosen[first] = chosen[last] = True
    row = np.flatnonzero(need)
    place = _places_from_largest(need, row, np.searchsorted(first, row, side="right") - 1)
    chosen[row[place < inner[np.searchsorted(first, row, side="right") - 1]]] = True
    knots: NDArray[np.intp] = np.flatnonzero(chosen) + begin
    return knots


def fitted(tracks: Tracks, knots: NDArray[np.intp]) -> NDArray[np.float64]:
    """Place knots so that the lines between them are as close to all rows as possible (least squares).

    Args:
        tracks: rows of the camera.
        knots: (k,) indices of rows, as from `knots_of`.

    Returns:
        (k, 2) float64 x, y of the knots in stored pixels; the points themselves where every row of a run is a
        knot.
    """
    from scipy.linalg import solveh_banded

    if not len(knots):
        return np.zeros((0, 2))
    steps = np.diff(np.append(knots, len(tracks.points)))
    ends = np.isin(knots, tracks.first_row[1:] - 1)
    segment = np.repeat(np.arange(len(knots)), steps)
    part = (np.arange(len(segment)) - knots[segment]) / steps[segment]
    following = np.minimum(segment + 1, len(knots) - 1)

    # Sums over the rows of a segment of (1 - t)^2, t^2 and t (1 - t), where t is 0, 1/n, …, (n - 1)/n.
    n = np.where(ends, 1, steps)
    near, far, both = (n + 1) * (2 * n + 1) / (6 * n), (n - 1) * (2 * n - 1) / (6 * n), (n * n - 1) / (6 * n)
    bands = np.zeros((2, len(knots)))
    bands[1] = near
    bands[1, 1:] += far[:-1]
    bands[0, 1:] = both[:-1]
    sums = np.column_stack(
        [
            np.bincount(segment, (1 - part) * axis, len(knots))
            + np.bincount(following, part * axis, len(knots))
            for axis in tracks.points.T
        ]
    )
    places: NDArray[np.float64] = solveh_banded(bands, sums)
    size = tracks.sizes[np.repeat(tracks.size, tracks.counts)[knots]]
    return np.clip(places, 0.0, size)


def _furthest(
    points: NDArray[np.float64], left: NDArray[np.int64], right: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the row between each pair of rows that is furthest from their line, and its distance in pixels."""
    inner = right - left - 1
    starts = np.cumsum(inner) - inner
    of = np.repeat(np.arange(len(left)), inner)
    offset = np.arange(len(of)) - starts[of] + 1
    part = (offset / (right - left)[of])[:, np.newaxis]
    row = left[of] + offset
    off = points[row] - points[left][of] * (1 - part) - points[right][of] * part
    far = np.hypot(off[:, 0], off[:, 1])
    worst = np.maximum.reduceat(far, starts)
    hit = np.flatnonzero(far == worst[of])
    _, place = np.unique(of[hit], return_index=True)
    return row[hit[place]], worst


def _nth_largest(
    need: NDArray[np.float64], first: NDArray[np.int64], last: NDArray[np.int64], nth: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(r,) nth largest need among the rows of each run; 0 where fewer than n rows have one."""
    found = np.zeros(len(first))
    row = np.flatnonzero(need)
    run = np.searchsorted(first, row, side="right") - 1
    exactly = _places_from_largest(need, row, run) == nth[run] - 1
    found[run[exactly]] = need[row[exactly]]
    return found


def _places_from_largest(
    need: NDArray[np.float64], row: NDArray[np.intp], run: NDArray[np.intp]
) -> NDArray[np.int64]:
    """(n,) number of rows in the same run with a greater need, or with an equal one and a smaller index."""
    order = np.lexsort((-need[row], run))
    place = np.empty(len(row), np.int64)
    begins = np.searchsorted(run, run[order])  # `run` ascends with the rows
    place[order] = np.arange(len(row)) - begins
    return place
