"""The four metrics against their slow definitions."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.heat.decay import Decay
from heatcli.heat.grid import Grid
from heatcli.heat.metrics import MetricGrids
from heatcli.heat.path import cells_crossed
from heatcli.heat.reach import Reach
from heatcli.intervals import Intervals
from heatcli.names import Metric, TrackingMode
from tests.support.aggregation import fed
from tests.support.heat_reference import (
    Cell,
    Circle,
    Row,
    as_rows,
    cell_of,
    cells_on_the_way,
    decaying_reference,
    in_picture,
    reference,
)

# Height of a cell divided by its width: exact in the whole numbers in which distances are measured.
SQUASH = 1.25
# Radii in widths of a cell: none, less than a cell, on the rim of other cells, and beyond the frame.
RADII = st.sampled_from([0, 0.75, 2.5, 3.0, 40.0])


def at_centres(values: NDArray[np.float64], grid: Grid) -> NDArray[np.float64]:
    """Return the values of the middle ones of the small cells that each cell of a grid is divided into."""
    times = values.shape[1] // grid.columns
    assert times % 2
    assert values.shape == (times * grid.rows, times * grid.columns)
    return values.reshape(grid.rows, times, grid.columns, times)[:, times // 2, :, times // 2]


def grids_of(
    grid: Grid, decay: Decay | None = None, *, radius: float = 0, squash: float = SQUASH
) -> MetricGrids:
    """All metrics at the bottom centres of boxes, within a radius in widths of a cell."""
    reach = Reach.of(radius, squash, grid)
    return MetricGrids(list(Metric), reach=reach, tracking_mode=TrackingMode.BOTTOM_CENTER, decay=decay)


@st.composite
def selections(draw: st.DrawFn) -> tuple[list[Row], Grid, list[int]]:
    """Persons over two clips of different size, on any pixels or only on borders and corners of cells."""
    columns = draw(st.integers(4, 24))
    grid = Grid.over(columns=columns, width=320, height=draw(st.sampled_from([40, 180, 240])))
    # Whole pixels of the second are half cells: its steps lead along borders and through corners.
    sizes = [(320, 240), (2 * grid.columns, 2 * grid.rows)]
    rows = []
    time_us = draw(st.integers(0, 10**15))
    for clip, size in enumerate(sizes):
        for frame in range(draw(st.integers(0, 6))):
            time_us += draw(st.sampled_from([100_000, 333_333, 1_000_000, 1_000_001]))
            weight_us = draw(st.integers(1, 2_000_000))
            for person in draw(st.lists(st.integers(0, 3), unique=True).map(sorted)):
                width, height = size
                if draw(st.booleans()):
                    x, y = float(draw(st.integers(-1, width + 1))), float(draw(st.integers(0, height + 1)))
                else:
                    x, y = draw(st.floats(0, width, width=32)), draw(st.floats(0, height, width=32))
                rows.append(Row(time_us, clip, frame, person, weight_us, (x - 1, y - 5, x + 1, y), size))
    cuts = draw(st.lists(st.integers(0, len(rows)), max_size=4).map(sorted))
    return rows, grid, cuts


@settings(deadline=None)
@given(selections(), RADII)
def test_equals_brute_force_however_the_rows_are_cut_into_batches(
    selection: tuple[list[Row], Grid, list[int]], radius: float
) -> None:
    rows, grid, cuts = selection
    batches = [as_rows(rows[a:b]) for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    covered_us = 12_345_678
    fine = Reach.of(radius, SQUASH, grid).fine
    circle = Circle(fine, radius * fine.columns / grid.columns, SQUASH)
    found = fed(grids_of(grid, radius=radius), batches).result(covered_us)
    for metric in Metric:
        expected = reference(rows, metric, grid, covered_us)
        least = 1e-9 * max(expected.max(), 1e-300)
        np.testing.assert_allclose(found[metric].cells, expected, rtol=0, atol=least)
        if radius:
            expected = at_centres(reference(rows, metric, fine, covered_us, circle=circle), grid)
        np.testing.assert_allclose(found[metric].within, expected, rtol=1e-12, atol=least)
    assert found[Metric.DWELL_TIME].cells.sum() == pytest.approx(
        sum(r.weight_us for r in in_picture(rows)) / 1e6, rel=1e-12
    )


@st.composite
def fading(draw: st.DrawFn) -> tuple[list[Row], Grid, list[int], list[Intervals], float]:
    """The same, counted for some pieces of the time that each frame stands for."""
    rows, grid, cuts = draw(selections())
    own: list[list[tuple[int, int]]] = [[], []]
    moments: dict[tuple[int, int], int] = {}
    for row in rows:
        moments[row.clip, row.frame] = row.time_us
    counted: dict[tuple[int, int], int] = {}
    for (clip, frame), begin in moments.items():
        # Together shorter than the shortest step between two frames, so that their times are disjoint.
        parts = draw(st.lists(st.integers(1, 20_000), min_size=1, max_size=3))
        at = begin + draw(st.integers(0, 1000))
        for part in parts:
            own[clip].append((at, at + part))
            at += part + 100
        counted[clip, frame] = sum(parts)
    rows = [replace(row, weight_us=counted[row.clip, row.frame]) for row in rows]
    window_s = draw(st.sampled_from([0.5, 60.0, 1e12]))
    return rows, grid, cuts, [Intervals.of(parts) for parts in own], window_s


@settings(deadline=None)
@given(fading(), RADII)
def test_decaying_equals_brute_force_however_the_rows_are_cut_into_batches(
    selection: tuple[list[Row], Grid, list[int], list[Intervals], float], radius: float
) -> None:
    rows, grid, cuts, own, window_s = selection
    batches = [as_rows(rows[a:b]) for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    fine = Reach.of(radius, SQUASH, grid).fine
    circle = Circle(fine, radius * fine.columns / grid.columns, SQUASH)
    decay = Decay.towards_the_end(own, window_s)
    found = fed(grids_of(grid, decay, radius=radius), batches).result(decay.covered_us)
    for metric in Metric:
        expected = decaying_reference(rows, metric, grid, own, window_s)
        if radius:
            expected = at_centres(decaying_reference(rows, metric, fine, own, window_s, circle=circle), grid)
        peak = max(expected.max(), 1e-300) if rows else 0
        np.testing.assert_allclose(found[metric].within, expected, rtol=0, atol=1e-9 * peak)
    if window_s == 1e12:
        covered_us = sum(one.total_us for one in own)
        cumulative = fed(grids_of(grid, radius=radius), batches).result(covered_us)
        for metric in Metric:
            same = cumulative[metric].within
            peak = same.max() if rows else 0
            np.testing.assert_allclose(found[metric].within, same, rtol=1e-6, atol=1e-9 * peak)


def visited(points: list[tuple[float, float]], step_us: int = 100_000) -> set[Cell]:
    """Cells, as (column, row), of a 4x4 grid over 4x4 pixels that one person's path touches."""
    rows = [Row(i * step_us, 0, i, 0, step_us, (x, y - 1, x, y), (4, 4)) for i, (x, y) in enumerate(points)]
    grid = Grid(4, 4)
    counts = fed(grids_of(grid), [as_rows(rows)]).result(1)[Metric.UNIQUE_VISITS].cells
    assert set(counts.ravel()) <= {0.0, 1.0}
    return {(int(c), int(r)) for r, c in np.argwhere(counts)}


def test_a_corner_touches_both_neighbours() -> None:
    for points in ([(0.5, 0.5), (1.5, 1.5)], [(1.5, 0.5), (0.5, 1.5)]):
        for path in (points, points[::-1]):
            assert visited(path) == {(0, 0), (1, 0), (0, 1), (1, 1)}


def test_a_path_along_a_border_or_ending_on_one_stays_on_its_side() -> None:
    assert visited([(2.0, 0.5), (2.0, 2.5)]) == {(2, 0), (2, 1), (2, 2)}
    assert visited([(1.5, 0.5), (2.0, 0.5)]) == {(1, 0), (2, 0)}
    assert visited([(2.0, 1.0), (2.0, 1.0)]) == {(2, 1)}


@pytest.mark.parametrize("beyond", [(2.5, 4.0), (2.5, 9.0), (4.0, 2.5), (0.0, 2.5), (-3.0, 2.5), (2.5, -1.0)])
def test_who_stands_beyond_the_picture_makes_no_rim(beyond: tuple[float, float]) -> None:
    assert visited([beyond]) == set()
    assert visited([(2.5, 2.5), beyond, (2.5, 2.5)]) == {(2, 2)}


def test_the_cells_at_the_edge_show_who_stands_there() -> None:
    assert visited([(3.99, 3.99), (0.01, 3.99)]) == {(0, 3), (1, 3), (2, 3), (3, 3)}


def test_points_more_than_a_second_apart_are_not_joined() -> None:
    points = [(0.5, 0.5), (3.5, 0.5)]
    assert visited(points, step_us=1_000_000) == {(0, 0), (1, 0), (2, 0), (3, 0)}
    assert visited(points, step_us=1_000_001) == {(0, 0), (3, 0)}


def test_the_side_of_a_corner_is_exact() -> None:
    grid = Grid(400, 400)
    for x in (math.nextafter(200.0, 0.0), 200.0, math.nextafter(200.0, 400.0)):
        start, stop = (x - 199, 1.0), (x + 199, 399.0)
        _, cells = cells_crossed(np.array([start]), np.array([stop]), grid)
        found = {(int(cell) % 400, int(cell) // 400) for cell in cells}
        assert found | {cell_of(*start, grid)} == cells_on_the_way(start, stop, grid)


def test_no_people_is_an_empty_map_and_no_covered_time_is_an_unknown_one() -> None:
    grids = {metric: found.within for metric, found in grids_of(Grid(8, 6)).result(0).items()}
    assert np.array_equal(grids[Metric.DWELL_TIME], np.zeros((6, 8)))
    assert np.array_equal(grids[Metric.UNIQUE_VISITS], np.zeros((6, 8)))
    assert np.isnan(grids[Metric.AVG_OCCUPANCY]).all()
    assert np.isnan(grids[Metric.OCCUPANCY_PCT]).all()


@pytest.mark.parametrize(
    ("columns", "width", "height", "rows"),
    [(160, 768, 576, 120), (160, 1920, 1080, 90), (4, 1920, 100, 1), (10, 4, 1, 2), (10, 4, 3, 8)],
)
def test_rows_follow_the_shape_of_the_frame(columns: int, width: int, height: int, rows: int) -> None:
    assert Grid.over(columns=columns, width=width, height=height) == Grid(columns, rows)
