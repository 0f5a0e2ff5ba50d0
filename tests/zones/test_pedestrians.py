"""Density, speed and flow in zones and over lines, against what everybody's path says by itself."""

from itertools import pairwise
from math import isnan

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from heatcli.heat.floor import Floor, View, picture_grid
from heatcli.heat.grid import Grid
from heatcli.heat.seen_floor import seen_floor
from heatcli.intervals import Intervals
from heatcli.zones.flow_figures import LEVEL_DENSITIES, area_flow, full_seconds, line_flow
from heatcli.zones.moments import MOMENT_US, RATE
from heatcli.zones.pedestrians import DensitySeries, FloorArea, FloorLine, PedestrianFlow, WalkedSeries
from heatcli.zones.voronoi import voronoi_cells, voronoi_density
from tests.support.aggregation import fed
from tests.support.floor_scenes import DEPTH, FRONT, WIDTH, homography, image_of, on_plan
from tests.zones.test_moments import SCALE, rows_of

Floats = NDArray[np.float64]

FLOOR = shapely.box(0, 0, 20, 20)
ROOM = FloorArea("room", shapely.box(5, 5, 15, 15))
SKY = FloorArea("sky", None)
GATE = FloorLine("gate", np.array([(10.0, 5.0), (10.0, 15.0)]))
LOST = FloorLine("lost", np.array([(10.0, 5.0), (np.nan, np.nan)]))


def measured(seen: list[tuple[int, int, float, float]], cuts: list[int]) -> PedestrianFlow:
    """What is measured of (time in µs, person, x and y in metres), read in batches."""
    rows = rows_of([(time, person, x / SCALE, y / SCALE) for time, person, x, y in seen])
    flow = PedestrianFlow([ROOM, SKY], [GATE, LOST], floor=FLOOR, metres_per_pixel=SCALE)
    ends = [0, *cuts, len(rows)]
    fed(flow, (rows.where(slice(*pair)) for pair in pairwise(ends)))
    flow.finish()
    return flow


def walk(person: int, speed: float, y: float, seconds: int = 10) -> list[tuple[int, int, float, float]]:
    """A walk to the right from x = 2, seen at each moment."""
    count = seconds * RATE + 1
    return [(n * MOMENT_US, person, 2 + speed * n / RATE, y) for n in range(count)]


@pytest.mark.parametrize("cuts", [[], [7, 8, 100], list(range(1, 300, 3))])
def test_walkers_have_their_speed_path_and_crossing(cuts: list[int]) -> None:
    flow = measured(sorted(walk(1, 1.5, 8) + walk(2, 1.0, 12) + walk(3, 0.0, 2)), cuts)
    who = flow.persons()
    np.testing.assert_array_equal(who.person, [1, 2, 3])
    # 101 moments, the last of which stands for a tenth of a second more
    np.testing.assert_allclose(who.walked_m, [15.15, 10.1, 0], atol=1e-3)
    np.testing.assert_allclose(who.walked_m / who.seconds, [1.5, 1.0, 0], atol=1e-3)
    gate, lost = flow.crossings()
    np.testing.assert_array_equal(gate.person, [1, 2])
    # Both are at the line at a moment of its own, or step over it from the moment before.
    np.testing.assert_allclose(gate.moment / RATE, [8 / 1.5, 8], atol=0.11)
    np.testing.assert_allclose(gate.speed, [1.5, 1.0], atol=1e-3)
    assert len(lost.moment) == 0
    inside, nowhere = flow.walked()
    # Person 1 is in the room from x = 5 to the end at 17, person 2 from 5 to 12.
    assert inside.speed_sum.sum() / RATE == pytest.approx(10 + 7, abs=0.3)
    assert len(nowhere.moment) == 0


@pytest.mark.parametrize("cuts", [[], [7, 8, 100], list(range(1, 300, 3))])
def test_densities_are_of_full_seconds(cuts: list[int]) -> None:
    flow = measured(sorted(walk(1, 1.5, 8) + walk(2, 1.0, 12) + walk(3, 0.0, 2)), cuts)
    room, nowhere = flow.density()
    np.testing.assert_array_equal(room.moment, np.arange(11) * RATE)
    first, second = 2 + 1.5 * np.arange(11), 2 + 1.0 * np.arange(11)
    there = ((first > 5) & (first < 15)).astype(int) + ((second > 5) & (second < 15))
    # Who stands exactly on the rim is in or out by rounding.
    rim = (first == 5) | (first == 15) | (second == 5) | (second == 15)
    np.testing.assert_array_equal(room.people[~rim], there[~rim])
    assert len(nowhere.moment) == 0
    # The slow way: each small square of the room belongs to the nearest.
    grid = np.stack(np.meshgrid(np.arange(0.05, 20, 0.1), np.arange(0.05, 20, 0.1)), -1).reshape(-1, 2)
    in_room = shapely.contains_xy(ROOM.area, *grid.T)
    for number in range(11):
        people = np.array([(first[number], 8), (second[number], 12), (2.0, 2.0)])
        nearest = np.linalg.norm(grid[:, None] - people, axis=2).argmin(axis=1)
        whole = np.bincount(nearest, minlength=3)
        part = np.bincount(nearest[in_room], minlength=3)
        assert room.voronoi[number] == pytest.approx((part / whole).sum() / 100, abs=1e-3)


def test_one_person_has_all_the_floor_and_two_at_one_point_count_twice() -> None:
    (whole,) = voronoi_cells(np.array([(3.0, 3.0)]), FLOOR)
    assert whole.area == pytest.approx(400)
    cells = voronoi_cells(np.array([(5.0, 10), (5.0, 10), (15.0, 10)]), FLOOR)
    np.testing.assert_allclose(shapely.area(cells), [200, 200, 200])
    assert voronoi_density(cells, FLOOR) == pytest.approx(3 / 400)


def series(voronoi: Floats, people: NDArray[np.int64]) -> DensitySeries:
    return DensitySeries(np.arange(len(voronoi)) * RATE, people, voronoi, np.full(len(voronoi), np.nan))


NOBODY = WalkedSeries(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def test_figures_of_a_zone() -> None:
    density = series(np.array([0.1, 0.31, 2.5, 3.5, 4.5]), np.array([1, 1, 5, 7, 9]))
    walked = WalkedSeries(np.array([1, 2]), np.array([1, 2]), np.array([1.2, 2.4]))
    figures = area_flow(density, walked, area_m2=2.0, covered_s=10.0, seconds=10)
    assert figures.mean_density == pytest.approx(23 / 10 / 2)
    assert (figures.max_density, figures.max_voronoi) == (4.5, 4.5)
    assert figures.mean_voronoi == pytest.approx(10.91 / 10)
    assert (figures.above_2_s, figures.above_3_s, figures.above_4_s) == (3, 2, 1)
    assert figures.level_s == (6, 1, 0, 0, 0, 3)
    assert figures.worst_level == "F"
    assert (figures.walked_m, figures.mean_speed) == pytest.approx((0.36, 1.2))


def test_nobody_is_no_speed_and_nothing_recorded_is_no_density() -> None:
    nobody = area_flow(
        series(np.zeros(0), np.zeros(0, np.int64)), NOBODY, area_m2=2.0, covered_s=9.0, seconds=9
    )
    assert (nobody.mean_density, nobody.walked_m, nobody.mean_speed) == (0, 0, None)
    assert (nobody.level_s, nobody.worst_level) == ((9, 0, 0, 0, 0, 0), "A")
    for area_m2, seconds in ((None, 9), (2.0, 0)):
        unknown = area_flow(
            series(np.zeros(0), np.zeros(0, np.int64)),
            NOBODY,
            area_m2=area_m2,
            covered_s=float(seconds),
            seconds=seconds,
        )
        assert (unknown.mean_density, unknown.walked_m, unknown.worst_level) == (None, None, None)


def test_fruins_levels() -> None:
    """His table gives square metres for each person, rounded: 3.25, 2.32, 1.39, 0.93 and 0.46."""
    np.testing.assert_allclose(1 / np.array(LEVEL_DENSITIES), [3.25, 2.32, 1.39, 0.93, 0.46], atol=0.006)


def test_figures_of_a_line() -> None:
    (gate, _) = measured(sorted(walk(1, 1.5, 8) + walk(2, 1.0, 12)), []).crossings()
    figures = line_flow(gate, length_m=10.0, covered_s=120.0)
    assert figures.persons == 2
    assert figures.mean_speed == pytest.approx(1.25, abs=1e-3)
    assert figures.specific_flow == pytest.approx(2 / 120 / 10)
    assert figures.peak_specific_flow == pytest.approx(2 / 60 / 10)
    assert line_flow(gate, length_m=10.0, covered_s=59.0).peak_specific_flow is None
    assert line_flow(gate, length_m=float("nan"), covered_s=120.0).persons is None
    assert line_flow(gate, length_m=10.0, covered_s=0.0).specific_flow is None
    assert isnan(LOST.length_m)


def test_full_seconds_are_those_that_were_covered() -> None:
    second = 1_000_000
    covered = Intervals.of([[0, 2 * second + 1], [3 * second + 1, 5 * second]])
    bounds = np.array([[0, second], [second, 4 * second], [4 * second, 9 * second], [0, 9 * second]])
    # 0, 1 and 2 of the first interval, 4 of the second
    np.testing.assert_array_equal(full_seconds(covered, bounds), [1, 2, 1, 4])


def test_the_floor_that_a_picture_shows() -> None:
    grid = picture_grid(width=FRONT.width, height=FRONT.height)
    view = View.of(homography(FRONT), np.ones(grid.shape, np.bool_))
    floor = Floor(Grid(160, 240), WIDTH, DEPTH)
    seen = seen_floor(view, floor)
    places = np.random.default_rng(1).uniform((0, 0), (WIDTH, DEPTH), (2000, 2))
    shown = image_of(FRONT, places)
    cell = np.array([1 / grid.columns, 1 / grid.rows])
    in_picture = ((shown > cell) & (shown < 1 - cell)).all(axis=1)
    assert 0.3 < in_picture.mean() < 0.95
    np.testing.assert_array_equal(shapely.contains_xy(seen, *on_plan(places).T), in_picture)
