"""The four metrics computed slowly, in plain Python and exact fractions, straight from their definitions."""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from heatcli.heat.grid import Grid
from heatcli.intervals import Intervals
from heatcli.names import Metric, TrackingMode
from heatcli.select.rows import Rows

Cell = tuple[int, int]


@dataclass(frozen=True)
class Row:
    """One row of `Rows`, in the order in which they are sorted."""

    time_us: int
    clip: int
    frame: int
    person: int
    weight_us: int
    box: tuple[float, float, float, float]
    size: tuple[int, int]


def as_rows(rows: list[Row]) -> Rows:
    return Rows(
        person=np.array([r.person for r in rows], np.int64),
        tracklet=np.array([r.person << 32 for r in rows], np.int64),
        clip=np.array([r.clip for r in rows], np.int32),
        frame=np.array([r.frame for r in rows], np.int32),
        time_us=np.array([r.time_us for r in rows], np.int64),
        weight_us=np.array([r.weight_us for r in rows], np.int64),
        boxes=np.array([r.box for r in rows], np.float32).reshape(-1, 4),
        size=np.array([r.size for r in rows], np.int32).reshape(-1, 2),
        filled=np.zeros(len(rows), np.bool_),
    )


def tracking_point(row: Row, mode: TrackingMode) -> tuple[float, float]:
    """Tracking point of the stored float32 box in pixels, clipped, as the definition writes it."""
    x1, y1, x2, y2 = (float(np.float32(v)) for v in row.box)
    middle = (x1 + x2) / 2, (y1 + y2) / 2
    x, y = {
        TrackingMode.BOTTOM_CENTER: (middle[0], y2),
        TrackingMode.CENTROID: middle,
        TrackingMode.TOP_CENTER: (middle[0], y1),
        TrackingMode.LEFT_CENTER: (x1, middle[1]),
        TrackingMode.RIGHT_CENTER: (x2, middle[1]),
    }[mode]
    return min(max(x, 0.0), row.size[0]), min(max(y, 0.0), row.size[1])


def in_picture(rows: list[Row], mode: TrackingMode = TrackingMode.BOTTOM_CENTER) -> list[Row]:
    """Return the rows whose tracking point is not clipped: nobody beyond the picture is on a map."""
    points = [tracking_point(row, mode) for row in rows]
    return [
        row for row, (x, y) in zip(rows, points, strict=True) if 0 < x < row.size[0] and 0 < y < row.size[1]
    ]


def position(row: Row, grid: Grid, mode: TrackingMode = TrackingMode.BOTTOM_CENTER) -> tuple[float, float]:
    """Where the tracking point is, in cells."""
    x, y = tracking_point(row, mode)
    return x / row.size[0] * grid.columns, y / row.size[1] * grid.rows


def cell_of(x: float | Fraction, y: float | Fraction, grid: Grid) -> Cell:
    return min(math.floor(x), grid.columns - 1), min(math.floor(y), grid.rows - 1)


@dataclass(frozen=True)
class Circle:
    """The cells whose centres are at most a radius, in widths of a cell, away from that of a cell."""

    grid: Grid
    radius: float = 0.0
    squash: float = 1.0

    def around(self, cells: Iterable[Cell]) -> set[Cell]:
        near = set()
        for column, row in cells:
            for c, r in itertools.product(range(self.grid.columns), range(self.grid.rows)):
                if (c - column) ** 2 + ((r - row) * self.squash) ** 2 <= self.radius**2:
                    near.add((c, r))
        return near


def cells_on_the_way(start: tuple[float, float], stop: tuple[float, float], grid: Grid) -> set[Cell]:
    """Walk along the line in exact arithmetic, from one crossing of a border to the next."""
    x0, y0, x1, y1 = (Fraction(v) for v in (*start, *stop))
    moments = {Fraction(0), Fraction(1)}
    for a, b in ((x0, x1), (y0, y1)):
        if a != b:
            borders = range(math.ceil(min(a, b)), math.floor(max(a, b)) + 1)
            moments |= {(line - a) / (b - a) for line in borders}
    ordered = sorted(moments)
    walk = [ordered[0]]
    for earlier, later in itertools.pairwise(ordered):
        walk += [(earlier + later) / 2, later]
    visited = [cell_of(x0 + t * (x1 - x0), y0 + t * (y1 - y0), grid) for t in walk]
    # A border belongs to the cell on one side of it. A corner is passed at a moment, every other entry of the
    # walk, around which both column and row change.
    cells = set(visited)
    for i in range(0, len(walk), 2):
        before, after = visited[max(i - 1, 0)], visited[min(i + 1, len(walk) - 1)]
        if before[0] != after[0] and before[1] != after[1]:
            cells |= {(before[0], after[1]), (after[0], before[1])}
    return cells


def reference(
    rows: list[Row],
    metric: Metric,
    grid: Grid,
    covered_us: int,
    mode: TrackingMode = TrackingMode.BOTTOM_CENTER,
    *,
    circle: Circle | None = None,
) -> NDArray[np.float64]:
    circle = circle or Circle(grid)
    rows = in_picture(rows, mode)
    result = np.zeros(grid.shape)
    if metric in (Metric.DWELL_TIME, Metric.AVG_OCCUPANCY):
        for row in rows:
            for column, line in circle.around([cell_of(*position(row, grid, mode), grid)]):
                result[line, column] += row.weight_us
        return result / (1e6 if metric is Metric.DWELL_TIME else covered_us)
    if metric is Metric.OCCUPANCY_PCT:
        moments = {
            (row.clip, row.frame, cell): row.weight_us
            for row in rows
            for cell in circle.around([cell_of(*position(row, grid, mode), grid)])
        }
        for (_, _, (column, line)), weight in moments.items():
            result[line, column] += weight
        return 100 * result / covered_us
    paths = defaultdict(list)
    for row in rows:
        paths[row.person].append(row)
    for path in paths.values():
        touched = {cell_of(*position(row, grid, mode), grid) for row in path}
        for a, b in itertools.pairwise(path):
            if b.time_us - a.time_us <= 1_000_000:
                touched |= cells_on_the_way(position(a, grid, mode), position(b, grid, mode), grid)
        for column, line in circle.around(touched):
            result[line, column] += 1
    return result


def faded_us(begin_us: int, end_us: int, now_us: int, window_us: float) -> float:
    """Integrate 0.5 ** ((now - t) / window) numerically; the stretch is short against the window."""
    nodes, weights = np.polynomial.legendre.leggauss(8)
    half = (end_us - begin_us) / 2
    ago = now_us - begin_us - half - half * nodes
    return float(half * (weights * 0.5 ** (ago / window_us)).sum())


def decaying_reference(
    rows: list[Row],
    metric: Metric,
    grid: Grid,
    own: list[Intervals],
    window_s: float,
    *,
    circle: Circle | None = None,
) -> NDArray[np.float64]:
    """Compute the metric in decaying mode; rows follow each other by at least a tenth of a second."""
    spans = [[(int(a), int(b)) for a, b in one.bounds] for one in own]
    now = max((span[-1][1] for span in spans if span), default=0)
    window_us = window_s * 1e6
    covered = sum(faded_us(a, b, now, window_us) for span in spans for a, b in span)
    circle = circle or Circle(grid)
    rows = in_picture(rows)
    result = np.zeros(grid.shape)
    if metric is Metric.UNIQUE_VISITS:
        last: dict[tuple[int, Cell], int] = {}
        paths = defaultdict(list)
        for row in rows:
            paths[row.person].append(row)
        for person, path in paths.items():
            for row in path:
                last[person, cell_of(*position(row, grid), grid)] = row.time_us
            for a, b in itertools.pairwise(path):
                if b.time_us - a.time_us <= 1_000_000:
                    for cell in cells_on_the_way(position(a, grid), position(b, grid), grid):
                        if cell != cell_of(*position(a, grid), grid):
                            last[person, cell] = max(last.get((person, cell), 0), b.time_us)
        latest: dict[tuple[int, Cell], int] = {}
        for (person, cell), touched in last.items():
            for near in circle.around([cell]):
                latest[person, near] = max(latest.get((person, near), touched), touched)
        for (_, (column, line)), touched in latest.items():
            result[line, column] += 0.5 ** ((now - touched) / window_us)
        return result
    if covered == 0:
        return result if metric is Metric.DWELL_TIME else np.full(grid.shape, np.nan)
    moments = set()
    for row in rows:
        parts = [(a, b) for a, b in spans[row.clip] if row.time_us <= a < row.time_us + 100_000]
        weight = sum(faded_us(a, b, now, window_us) for a, b in parts)
        for column, line in circle.around([cell_of(*position(row, grid), grid)]):
            key = row.clip, row.frame, column, line
            if metric is Metric.OCCUPANCY_PCT and key in moments:
                continue
            moments.add(key)
            result[line, column] += weight
    unit = {Metric.DWELL_TIME: 1e-6, Metric.AVG_OCCUPANCY: 1 / covered, Metric.OCCUPANCY_PCT: 100 / covered}
    return result * unit[metric]
