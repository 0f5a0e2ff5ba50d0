"""From what cameras see to the floor: homographies, areas, and maps that are true to the floor."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.heat.floor import Floor, View, share, spread
from heatcli.heat.grid import Grid
from heatcli.names import Metric
from heatcli.optics.projection import FloorProjection
from samples.shop.camera import Camera
from tests.support.floor_scenes import (
    DEPTH,
    FRONT,
    SIDE,
    WIDTH,
    Floats,
    homography,
    image_of,
    lanes,
    mapped,
    mapped_and_tallied,
    on_plan,
    rows_of,
    watching,
)


@st.composite
def cameras(draw: st.DrawFn) -> Camera:
    """Cameras that look down at a floor, some of them straight ahead and some nearly straight down."""
    return Camera(
        width=640,
        height=360,
        focal=draw(st.floats(250, 900)),
        position=(draw(st.floats(-5, 5)), 0.0, draw(st.floats(2, 12))),
        pitch=draw(st.floats(0.25, 1.4)),
        yaw=draw(st.floats(-1, 1)),
    )


def floor_under(camera: Camera, pixels: Floats) -> Floats:
    """(n, 2): where on the floor (n, 2) pixels look, by following the rays down; NaN above the horizon."""
    across, down = (pixels - (camera.width / 2, camera.height / 2)).T / camera.focal
    right_axis, down_axis, forward = camera.axes()
    rays = forward + across[:, None] * right_axis + down[:, None] * down_axis
    depth = np.where(rays[:, 2] < 0, -camera.position[2] / rays[:, 2], np.nan)
    return np.asarray(np.array(camera.position)[:2] + (depth[:, None] * rays)[:, :2])


def spots(camera: Camera) -> Floats:
    """(9, 2): pixels spread over the part of a picture that is well below the horizon."""
    horizon = camera.height / 2 - camera.focal * math.tan(camera.pitch)
    top = max(0.05 * camera.height, horizon + 0.1 * camera.height)
    x, y = np.meshgrid([40.0, 330.0, 610.0], np.linspace(top, 0.95 * camera.height, 3))
    return np.column_stack([x.ravel(), y.ravel()])


@given(cameras(), st.integers(4, 9))
def test_a_homography_is_found_again_from_pairs_and_maps_back(camera: Camera, pairs: int) -> None:
    pixels = spots(camera)
    truth = floor_under(camera, pixels)
    # the four corners, then the others
    chosen = np.array([0, 2, 6, 8, 4, 1, 3, 5, 7])[:pairs]
    fitted = FloorProjection.fit(pixels[chosen], truth[chosen])
    extent = float(np.ptp(truth, axis=0).max())
    np.testing.assert_allclose(fitted.apply(pixels), truth, atol=1e-6 * extent)
    np.testing.assert_allclose(fitted.seen_at(truth), pixels, atol=1e-4)
    above = np.array([[320.0, camera.height / 2 - camera.focal * math.tan(camera.pitch) - 5]])
    assert np.isnan(fitted.apply(above)).all()
    assert np.isnan(fitted.area_scale(above)).all()


def test_a_homography_averages_the_errors_of_many_pairs() -> None:
    rng = np.random.default_rng(3)
    places = rng.uniform((1, 2), (15, 22), (400, 2))
    noisy = image_of(FRONT, places) + rng.normal(0, 0.002, (400, 2))
    few, many = (FloorProjection.fit(noisy[:n], on_plan(places[:n])) for n in (6, 400))
    exact = image_of(FRONT, places)

    def error(fitted: FloorProjection) -> float:
        return float(np.median(np.linalg.norm(fitted.apply(exact) - on_plan(places), axis=1)))

    assert error(many) < 0.03
    assert error(many) < error(few) / 2


@pytest.mark.parametrize(
    "places",
    [
        [(0, 0), (1, 1), (2, 2), (5, 5)],
        [(0, 0), (1, 1), (2, 2), (5, 0)],
        [(0, 0), (0, 0), (2, 2), (5, 0)],
        [(0, 0), (1, 1 + 1e-9), (2, 2), (5, 5)],
    ],
)
def test_points_on_one_line_do_not_tell_a_homography(places: list[tuple[float, float]]) -> None:
    points = np.array(places, dtype=np.float64)
    square = np.array([(0, 0), (0, 1), (1, 0), (1, 1.0)])
    with pytest.raises(ValueError, match="on one line"):
        FloorProjection.fit(points, square)
    with pytest.raises(ValueError, match="on one line"):
        FloorProjection.fit(square, points)


@given(cameras())
def test_the_area_scale_is_that_of_a_small_square(camera: Camera) -> None:
    pixels = spots(camera)
    fitted = FloorProjection.fit(pixels, floor_under(camera, pixels))
    here, right, down = (fitted.apply(pixels + step) for step in ((0, 0), (0.01, 0), (0, 0.01)))
    (a, b), (c, d) = (right - here).T, (down - here).T
    np.testing.assert_allclose(fitted.area_scale(pixels), (a * d - b * c) / 1e-4, rtol=2e-2)


def view_and_floor() -> tuple[View, Floor]:
    view = View.of(homography(FRONT), np.ones((90, 160), np.bool_))
    return view, Floor(Grid(40, 60), WIDTH, DEPTH)


def test_spreading_keeps_the_sum_and_covers_the_floor_that_is_seen() -> None:
    view, plan = view_and_floor()
    # a part of the picture, all of which shows the plan
    y, x = np.mgrid[:90, :160]
    part = View(view.projection, view.in_front, (x >= 50) & (x < 110) & (y >= 40) & (y < 70))
    amount = np.random.default_rng(4).random((90, 160))
    total, area = spread(amount, part, plan)
    assert total.sum() == pytest.approx(amount[part.seen].sum())
    x, y = view.projection.apply(np.array([(50, 40), (110, 40), (110, 70), (50, 70)]) / (160, 90)).T
    shoelace = 0.5 * abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))))
    assert area.sum() == pytest.approx(shoelace, rel=1e-3)
    # cells in the middle are seen whole, but for the rounding of pieces
    _, area = spread(amount, view, plan)
    assert np.median(area[20:40, 10:30]) == pytest.approx(plan.cell_m[0] * plan.cell_m[1], rel=0.01)


@given(st.lists(st.tuples(st.floats(1, 158.9), st.floats(10, 88.9), st.floats(0.01, 10)), min_size=1))
def test_sharing_keeps_the_sum_and_the_centre(points: list[tuple[float, float, float]]) -> None:
    view = View.of(homography(FRONT), np.ones((90, 160), np.bool_))
    table = np.array(points)
    positions, weight = table[:, :2], table[:, 2]
    shared = share(positions, weight, view)
    assert shared.sum() == pytest.approx(weight.sum())
    assert (shared[~view.seen] == 0).all()
    if ((positions > (1.5, 11)) & (positions < (157.5, 87.5))).all():
        y, x = np.mgrid[:90, :160] + 0.5
        centre = [(shared * x).sum() / shared.sum(), (shared * y).sum() / shared.sum()]
        np.testing.assert_allclose(centre, (positions * weight[:, None]).sum(axis=0) / weight.sum())


def variation(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.std() / known.mean())


@pytest.mark.parametrize("reach_m", [0, 0.5])
@pytest.mark.parametrize("whole_pixels", [True, False])
@pytest.mark.parametrize("metric", [Metric.AVG_OCCUPANCY, Metric.DWELL_TIME])
def test_people_spread_evenly_give_a_flat_map(metric: Metric, whole_pixels: bool, reach_m: float) -> None:
    places = lanes()
    rows = rows_of(places, FRONT, whole_pixels=whole_pixels)
    found = mapped([watching(FRONT, rows, (0, len(places)))], metric, reach_m=reach_m)
    # a person for each lane of 0.4 m that takes all frames for the whole way
    expected = 1 / (0.4 * len(places) * 0.13) * (len(places) * 0.1 if metric is Metric.DWELL_TIME else 1)
    if reach_m:
        expected *= math.pi * reach_m**2
    assert (found.unit.endswith(" per m²"), found.place) == (
        not reach_m,
        "within 0.5 m" if reach_m else "per m²",
    )
    assert variation(found.value) < 0.1
    assert np.nanmean(found.value) == pytest.approx(expected, rel=0.02)
    half = len(found.value) // 2
    assert np.nanmean(found.value[:half]) == pytest.approx(float(np.nanmean(found.value[half:])), rel=0.03)
    # the far quarter has no stripes, one for each row of pixels, even before it is smoothed
    assert variation(np.nanmean(found.raw[: half // 2], axis=1)) < 0.1


@pytest.mark.parametrize("reach_m", [4, 20, 1000])
def test_a_circle_that_leaves_the_plan_has_what_is_on_the_plan(reach_m: float) -> None:
    places = lanes()
    camera = watching(FRONT, rows_of(places, FRONT, whole_pixels=False), (0, len(places)))
    found = mapped([camera], Metric.DWELL_TIME, reach_m=reach_m, smoothing=0)
    x, y = np.meshgrid(np.arange(0.05, WIDTH, 0.1), np.arange(0.05, DEPTH, 0.1))
    per_m2 = 0.1 / (0.4 * 0.13)
    for row, column in [(48, 32), (48, 16), (10, 60)]:
        centre = (column + 0.5) * WIDTH / 64, (row + 0.5) * DEPTH / 96
        circle_m2 = float((np.hypot(x - centre[0], y - centre[1]) <= reach_m).sum()) / 100
        assert found.value[row, column] == pytest.approx(per_m2 * circle_m2, rel=0.02)


def test_counts_are_flat_too() -> None:
    places = lanes(gap_m=0.25)
    rows = rows_of(places, FRONT)
    cells = mapped([watching(FRONT, rows, (0, len(places)))], Metric.UNIQUE_VISITS, reach_m=0)
    assert cells.place == "in a cell of 0.5 × 0.5 m"
    # but for the last metre, which a row of pixels shows
    assert variation(cells.value[2:]) < 0.1
    assert np.nanmean(cells.value) == pytest.approx(2.0, rel=0.1)

    places = lanes(gap_m=0.4)
    rows = rows_of(places, FRONT)
    circles = mapped([watching(FRONT, rows, (0, len(places)))], Metric.UNIQUE_VISITS)
    assert circles.place == "within 0.5 m"
    assert circles.value.shape[1] == 64
    # two or three lanes are within half a metre
    quarter = len(circles.value) // 4
    assert np.nanmean(circles.value[quarter:-quarter, 8:-8]) == pytest.approx(2.5, rel=0.1)


@pytest.mark.parametrize("metric", Metric)
def test_two_cameras_of_one_floor_give_the_map_of_one(metric: Metric) -> None:
    rng = np.random.default_rng(5)
    # uneven on purpose: a random crowd
    places = rng.uniform((0, 0), (WIDTH, DEPTH * 0.8), (300, 12, 2))
    front, side = (watching(c, rows_of(places, c, whole_pixels=False), (0, 300)) for c in (FRONT, SIDE))
    one, other, both = (mapped(chosen, metric, smoothing=60) for chosen in ([front], [side], [front, side]))
    overlap = np.isfinite(one.value) & np.isfinite(other.value)
    assert overlap.mean() > 0.2
    assert np.array_equal(np.isfinite(both.value), np.isfinite(one.value) | np.isfinite(other.value))
    difference = np.abs(both.value - one.value)[overlap].mean() / one.value[overlap].mean()
    assert difference < 0.1
    assert both.value[overlap].mean() == pytest.approx(one.value[overlap].mean(), rel=0.05)
    # two that see the very same
    twice = mapped([front, front], metric)
    np.testing.assert_allclose(twice.value, mapped([front], metric).value, rtol=1e-9, atol=1e-12)
    assert twice.covered_s == 30.0


@pytest.mark.parametrize("metric", [Metric.AVG_OCCUPANCY, Metric.DWELL_TIME, Metric.OCCUPANCY_PCT])
def test_cameras_that_take_turns_give_the_map_of_one_that_watches_on(metric: Metric) -> None:
    places = np.random.default_rng(6).uniform((0, 0), (WIDTH, DEPTH), (300, 12, 2))
    rows = rows_of(places, FRONT)
    turns = [watching(FRONT, rows, frames) for frames in ((0, 100), (100, 300))]
    whole = [watching(FRONT, rows, (0, 300))]
    np.testing.assert_allclose(
        mapped(turns, metric).value, mapped(whole, metric).value, rtol=1e-9, atol=1e-12
    )
    # a camera that was off sees nothing
    off = watching(FRONT, rows, (400, 400))
    np.testing.assert_allclose(mapped([*whole, off], metric).raw, mapped(whole, metric).raw, rtol=1e-9)
    assert np.isnan(mapped([off], metric).value).all()


def test_heat_that_hardly_fades_is_cumulative_and_fading_heat_is_recent() -> None:
    places = np.random.default_rng(7).uniform((0, 2), (WIDTH, DEPTH), (60, 8, 2))
    camera = [watching(FRONT, rows_of(places, FRONT), (0, 60))]
    for metric in Metric:
        slow = mapped(camera, metric, accumulation_mode="decaying", window_seconds=1e9)
        np.testing.assert_allclose(slow.value, mapped(camera, metric).value, rtol=1e-6, atol=1e-9)
    last = mapped([watching(FRONT, rows_of(places, FRONT), (59, 60))])
    recent = mapped(camera, accumulation_mode="decaying", window_seconds=0.02)
    known = np.isfinite(last.value)
    assert np.corrcoef(recent.value[known], last.value[known])[0, 1] > 0.95


def test_positions_that_show_no_place_on_the_plan_are_left_out_and_counted() -> None:
    at = {
        "on the plan": (160, 125),
        "above the horizon": (160, 15),
        "at the edge": (160, 180),
        "under a mask": (50, 125),
        "beside the plan": (10, 60),
    }
    camera = FRONT
    assert np.isnan(homography(camera).apply(np.array([[0.5, 15 / 180]]))).all()
    template = rows_of(np.array([[(8.0, 12.0)]] * len(at)), camera)
    boxes = np.array([(x - 3, y - 10, x + 3, y) for x, y in at.values()], np.float32)
    rows = replace(template, boxes=boxes)
    grid = np.ones((180, 320), np.bool_)
    grid[120:130, 45:55] = False
    there = [watching(camera, rows, (0, 5), watched=grid)]
    found, (tally,) = mapped_and_tallied(there, Metric.DWELL_TIME, reach_m=0)
    assert (tally.rows, tally.above_horizon, tally.cut_off, tally.off_plan) == (1, 1, 2, 1)
    # a tenth of a second, all of it on the floor around the one place
    cell_m2 = (WIDTH / found.value.shape[1]) * (DEPTH / found.value.shape[0])
    assert np.nansum(found.value) * cell_m2 == pytest.approx(0.1, rel=0.05)
    around = mapped(there, Metric.DWELL_TIME)
    assert np.nanmax(around.value) == pytest.approx(0.1, rel=0.1)
    masked = homography(camera).apply(np.array([[50 / 320, 125 / 180]]))[0] / (WIDTH, DEPTH)
    rows_of_grid, columns = found.raw.shape
    assert np.isnan(found.raw[int(masked[1] * rows_of_grid), int(masked[0] * columns)])
    assert np.isfinite(found.raw).any()
