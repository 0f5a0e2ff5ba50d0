"""The hottest places of a heat map, each as a zone that grows from its peak.

A watershed: every cell belongs to the peak that one reaches by always going up. A peak is a place of its own
if the way to any hotter peak goes down by at least a tenth of its heat; otherwise it is a ripple, and its
cells belong to that hotter peak. The zone of a peak consists of its cells with at least half of its heat that
are connected to it. Zones may touch but never overlap. (Watershed: Beucher and Lantuéjoul, 1979; the depth of
the dip is the dynamics of a peak: Grimaud, 1992.)
"""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from heatcli.shapes import Polygon, Zone

# Heat at the edge of a zone, as a fraction of its peak: the full width at half maximum, as peaks are
# measured.
_EXTENT = 0.5

# Least dip between a peak and any hotter one, as a fraction of its heat. Smaller dips can hardly be seen in
# the colours of a map; if it were larger, places that are seen as several would become one.
_DIP = 0.1

# Decimals of the hottest cell that count: what differs by less differs by the order of summation.
_DIGITS = 9

Corner = tuple[int, int]


def hot_zones(heat: NDArray[np.float64], *, top: int, least: float) -> tuple[Zone, ...]:
    """Find the hottest places of a map.

    Args:
        heat: (rows, columns) float64 smoothed heat, not negative.
        top: most zones to find, at least 1.
        least: least heat of a peak, as a fraction of the hottest one.

    Returns:
        Zones `hot-1`, `hot-2`, …, the hottest first, each with its peak; fewer than `top` where the map has
        no more peaks.
    """
    hottest = float(heat.max())
    heat = np.round(heat / (hottest or 1.0), _DIGITS)
    basin = _watershed(heat)
    height = heat.ravel()
    peaks = [peak for peak in np.unique(basin[basin >= 0]).tolist() if height[peak] >= least]
    peaks.sort(key=lambda peak: (-height[peak], peak))
    return tuple(
        Zone(
            f"hot-{place}",
            _outline(_around(peak, (basin == peak) & (heat >= _EXTENT * height[peak]))),
            # Around somebody who stands still, a whole circle is equally hot: its middle is meant.
            peak=_middle((basin == peak) & (heat == height[peak])),
        )
        for place, peak in enumerate(peaks[:top], start=1)
    )


def _middle(cells: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the mean of the centres of some cells, x and y as fractions of the frame."""
    y, x = np.nonzero(cells)
    rows, columns = cells.shape
    return float(x.mean() + 0.5) / columns, float(y.mean() + 0.5) / rows


def _watershed(heat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Find the peak of every cell.

    Returns:
        (rows, columns) int64 index in the flattened map of each cell's peak; -1 where there is no heat.
    """
    value: list[float] = heat.ravel().tolist()
    # Each cell points to one that is at least as hot, and so on up to the peak, which points to itself.
    up = list(range(len(value)))
    done = [False] * len(value)

    def peak_of(cell: int) -> int:
        while up[cell] != cell:
            up[cell] = up[up[cell]]
            cell = up[cell]
        return cell

    # From the hottest cell down, so that the peaks that a cell may belong to are known before it.
    for cell in np.argsort(-heat, axis=None, kind="stable").tolist():
        if value[cell] <= 0:
            break
        done[cell] = True
        above = [other for other in _beside(cell, heat.shape) if done[other]]
        if not above:
            continue
        up[cell] = max(above, key=value.__getitem__)
        # Peaks meet in this cell. The hottest of them stays; each other one stays only if the dip is deep.
        hottest, *others = sorted({peak_of(other) for other in above}, key=lambda peak: (-value[peak], peak))
        for peak in others:
            if value[cell] > (1 - _DIP) * value[peak]:
                up[peak] = hottest
    return np.array([peak_of(cell) if done[cell] else -1 for cell in range(len(value))]).reshape(heat.shape)


def _beside(cell: int, shape: tuple[int, ...]) -> list[int]:
    """Return the cells that share an edge with a cell, as indices into the flattened map."""
    rows, columns = shape
    row, column = divmod(cell, columns)
    return [
        *([cell - columns] if row > 0 else []),
        *([cell - 1] if column > 0 else []),
        *([cell + 1] if column < columns - 1 else []),
        *([cell + columns] if row < rows - 1 else []),
    ]


def _around(peak: int, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep the cells that are connected to the peak by edges."""
    found = np.zeros(inside.size, np.bool_)
    left = [peak]
    while left:
        cell = left.pop()
        if not found[cell]:
            found[cell] = True
            left += [other for other in _beside(cell, inside.shape) if inside.flat[other]]
    return found.reshape(inside.shape)


def _outline(inside: NDArray[np.bool_]) -> Polygon:
    """Trace the outline of connected cells.

    A hole is joined to the outer edge by a line that is followed in both directions: by the even-odd rule
    this line encloses nothing.

    Args:
        inside: (rows, columns) bool, true for the cells to outline; at least one.
    """
    rows, columns = inside.shape
    loops = _loops(inside)
    corners = list(loops[0])
    for hole in loops[1:]:
        corners += [loops[0][0], *hole, hole[0]]
    return Polygon(tuple((x / columns, y / rows) for x, y in corners))


def _loops(inside: NDArray[np.bool_]) -> list[list[Corner]]:
    """Chain the edges between cells inside and cells outside, without corners on straight stretches.

    Returns:
        Closed lines of corners (column, row).
    """
    padded = np.pad(inside, 1)
    middle = padded[1:-1, 1:-1]
    follows: dict[Corner, list[Corner]] = defaultdict(list)
    # Clockwise on the screen: along the top to the right, down the right side, and so on.
    for neighbour, begin, end in (
        (padded[:-2, 1:-1], (0, 0), (1, 0)),
        (padded[1:-1, 2:], (1, 0), (1, 1)),
        (padded[2:, 1:-1], (1, 1), (0, 1)),
        (padded[1:-1, :-2], (0, 1), (0, 0)),
    ):
        for row, column in np.argwhere(middle & ~neighbour).tolist():
            follows[column + begin[0], row + begin[1]].append((column + end[0], row + end[1]))
    loops = []
    while follows:
        start = corner = min(follows)
        loop = []
        while True:
            loop.append(corner)
            ends = follows[corner]
            corner = ends.pop()
            if not ends:
                del follows[loop[-1]]
            if corner == start:
                break
        loops.append([here for before, here, after in _neighbours(loop) if _turns(before, here, after)])
    return loops


def _neighbours(loop: list[Corner]) -> list[tuple[Corner, Corner, Corner]]:
    """Return every corner of a closed line with the corners before and after it."""
    return list(zip([loop[-1], *loop[:-1]], loop, [*loop[1:], loop[0]], strict=True))


def _turns(before: Corner, here: Corner, after: Corner) -> bool:
    return (here[0] - before[0]) * (after[1] - here[1]) != (here[1] - before[1]) * (after[0] - here[0])
