"""Kernel densities, against scipy's, point by point."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import gaussian_kde

from heatcli.heat.density import Density, DensityEstimate
from heatcli.heat.extent import Extent, ExtentOfPoints

FRAME = Extent(0.0, 0.0, 1280.0, 720.0)
Points = NDArray[np.float64]


def estimate(
    points: Points,
    *,
    weights: NDArray[np.float64] | None = None,
    bandwidth: float | None = None,
    extent: Extent = FRAME,
    columns: int = 1280,
) -> Density:
    one = DensityEstimate(extent, columns=columns)
    one.add(points, weights)
    return one.density(bandwidth)


def centres(density: Density) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x of the columns and y of the rows."""
    extent, (rows, columns) = density.extent, density.value.shape
    x = extent.left + (np.arange(columns) + 0.5) * extent.width / columns
    y = extent.top + (np.arange(rows) + 0.5) * extent.height / rows
    return x, y


def integral(density: Density) -> float:
    return float(density.value.mean()) * density.extent.width * density.extent.height


def peak(density: Density) -> tuple[float, float]:
    """Where it is thickest, x and y."""
    row, column = np.unravel_index(int(density.value.argmax()), density.value.shape)
    x, y = centres(density)
    return float(x[column]), float(y[row])


def difference(density: Density, reference: gaussian_kde) -> float:
    """The largest difference from a reference, as a part of its peak, over 2,500 cells and the peak's."""
    x, y = centres(density)
    step = max(1, int((len(x) * len(y) / 2500) ** 0.5))
    rows, columns = (grid.ravel() for grid in np.mgrid[: len(y) : step, : len(x) : step])
    hottest = np.unravel_index(density.value.argmax(), density.value.shape)
    rows, columns = np.append(rows, hottest[0]), np.append(columns, hottest[1])
    expected = reference(np.array([x[columns], y[rows]]))
    got = density.value[rows, columns] / density.total
    return float(np.abs(got - expected).max() / expected.max())


def round_cloud(random: np.random.Generator, n: int) -> Points:
    return random.normal((640, 360), (100, 60), (n, 2))


def correlated_cloud(random: np.random.Generator, n: int) -> Points:
    spread = [[150.0**2, 0.98 * 150 * 80], [0.98 * 150 * 80, 80.0**2]]
    return random.multivariate_normal((600, 350), spread, n)


def two_clouds(random: np.random.Generator, n: int) -> Points:
    upright, flat = (
        random.normal((300, 250), (20, 50), (n - n // 3, 2)),
        random.normal((1000, 450), (60, 20), (n // 3, 2)),
    )
    return np.concatenate([upright, flat])


SHAPES = [round_cloud, correlated_cloud, two_clouds]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_the_estimate_of_scipy(
    shape: Callable[[np.random.Generator, int], Points], weighted: bool
) -> None:
    random = np.random.default_rng(4)
    points = shape(random, 5000)
    points = points[((points >= 0) & (points <= (1280, 720))).all(axis=1)]
    weights = random.uniform(0.02, 3, len(points)) if weighted else None
    reference = gaussian_kde(points.T, weights=weights)
    density = estimate(points, weights=weights)
    np.testing.assert_allclose(density.kernel, reference.covariance, rtol=1e-9)
    assert difference(density, reference) < 0.002
    assert density.total == pytest.approx(len(points) if weights is None else weights.sum())


@pytest.mark.parametrize(
    ("pixels", "tolerance"), [(1.0, 0.2), (2.0, 0.05), (4.0, 0.01), (7.5, 0.01), (40.0, 0.01), (600.0, 0.01)]
)
def test_a_bandwidth_is_the_standard_deviation_of_a_round_kernel(pixels: float, tolerance: float) -> None:
    """Lone points, whose peak depends on where in a pixel they are as long as the kernel is hardly wider."""
    points = two_clouds(np.random.default_rng(5), 60)
    density = estimate(points, bandwidth=pixels)
    x, y = (centre[:, None] for centre in centres(density))
    across, down = (
        np.exp(-0.5 * ((centre - point) / pixels) ** 2)
        for centre, point in zip((x, y), points.T, strict=True)
    )
    expected = down @ across.T / (2 * np.pi * pixels**2)
    assert np.abs(density.value - expected).max() < tolerance * expected.max()


def test_few_points_are_estimated_as_well() -> None:
    points = np.array([[200.0, 200], [900.0, 300], [500.0, 650]])
    assert difference(estimate(points), gaussian_kde(points.T)) < 0.01


@settings(max_examples=30)
@given(
    st.integers(0, 2**32 - 1),
    st.floats(0.4, 1),
    st.floats(-0.8, 0.8),
    st.floats(60, 150),
    st.integers(20, 300),
)
def test_any_cloud_is_estimated_as_by_scipy(
    seed: int, flatness: float, correlation: float, spread: float, n: int
) -> None:
    random = np.random.default_rng(seed)
    unit = random.normal(size=(n, 2))
    unit[:, 1] = correlation * unit[:, 0] + (1 - correlation**2) ** 0.5 * unit[:, 1]
    points = (640, 360) + spread * unit * (1, flatness)
    points = points[((points >= 0) & (points <= (1280, 720))).all(axis=1)]
    reference = gaussian_kde(points.T)
    density = estimate(points)
    assert difference(density, reference) < 0.01


def test_batches_give_the_estimate_of_the_whole() -> None:
    points = correlated_cloud(np.random.default_rng(6), 999)
    weights = np.random.default_rng(7).uniform(1, 2, 999)
    one = DensityEstimate(FRAME, columns=1280)
    for begin, end in itertools.pairwise((0, 0, 10, 998, 999)):
        one.add(points[begin:end], weights[begin:end])
    whole = estimate(points, weights=weights)
    np.testing.assert_allclose(one.density().value, whole.value, atol=1e-9 * whole.value.max())


def test_the_integral_is_what_of_the_points_lies_in_the_frame() -> None:
    middle = estimate(np.array([[640.0, 360.0]] * 7), bandwidth=30)
    assert integral(middle) == pytest.approx(7, rel=1e-3)
    on_the_edge = estimate(np.array([[0.0, 360.0]] * 7), bandwidth=30)
    assert integral(on_the_edge) == pytest.approx(3.5, rel=1e-3)
    in_the_corner = estimate(np.array([[1280.0, 720.0]] * 7), bandwidth=30)
    assert integral(in_the_corner) == pytest.approx(7 / 4, rel=1e-3)


def test_nothing_comes_in_at_the_other_side() -> None:
    value = estimate(np.array([[1280.0, 720.0]]), bandwidth=60).value
    assert value[-1, -1] == value.max()
    assert value[0].max() < 1e-5 * value.max()
    assert value[:, 0].max() < 1e-5 * value.max()


def test_a_shift_moves_the_map_and_nothing_else() -> None:
    points = round_cloud(np.random.default_rng(8), 300)
    there = Extent(FRAME.left - 5000, FRAME.top + 99, FRAME.width, FRAME.height)
    here, shifted = estimate(points), estimate(np.add(points, (-5000, 99)), extent=there)
    np.testing.assert_allclose(shifted.value, here.value, atol=1e-9 * here.value.max())


@pytest.mark.parametrize("axis", [0, 1])
def test_points_in_a_line_get_a_round_kernel_as_wide_as_along_it(axis: int) -> None:
    points = np.full((200, 2), 300.0)
    points[:, axis] = np.random.default_rng(9).normal(350, 40, 200)
    density = estimate(points)
    along = points[:, axis].std(ddof=1) * 200 ** (-1 / 6)
    np.testing.assert_allclose(density.kernel, np.eye(2) * along**2, rtol=1e-9, atol=1e-9)
    assert peak(density)[1 - axis] == pytest.approx(300, abs=5)
    assert integral(density) == pytest.approx(200, rel=0.01)


def test_points_in_a_slanting_line_do_too() -> None:
    at = np.random.default_rng(10).normal(size=100)
    density = estimate(np.column_stack([640 + 90 * at, 360 + 45 * at]))
    assert density.kernel[0, 1] == pytest.approx(0, abs=1e-6)
    assert density.kernel[0, 0] == pytest.approx(density.kernel[1, 1])


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_points_in_one_place_are_a_round_spot(count: int) -> None:
    density = estimate(np.array([[333.3, 444.4]] * count))
    np.testing.assert_allclose(density.kernel, np.eye(2) * (1280 / 40) ** 2, atol=1e-9)
    assert np.hypot(*(np.array(peak(density)) - (333.3, 444.4))) < 8
    assert integral(density) == pytest.approx(count, rel=1e-3)


def test_whole_pixels_that_jump_to_and_fro_have_no_spread_across() -> None:
    """A column that is constant but for the last digit is taken as one without variance."""
    random = np.random.default_rng(11)
    points = np.column_stack([random.normal(600, 50, 500), 300 + random.uniform(-0.4, 0.4, 500)])
    kernel = estimate(points).kernel
    assert kernel[1, 1] == pytest.approx(kernel[0, 0], rel=1e-3)


def test_no_points_are_an_empty_map() -> None:
    density = estimate(np.zeros((0, 2)))
    assert density.total == density.points == 0
    assert not density.value.any()


def test_what_is_not_known_or_not_in_the_frame_is_left_out_and_counted() -> None:
    points = round_cloud(np.random.default_rng(12), 100)
    wild = [[np.nan, 5], [5, np.nan], [np.inf, 5], [-np.inf, np.nan], [-1, 5], [5, 720.001], [1e300, -1e300]]
    density = estimate(np.concatenate([points, wild]))
    assert (density.points, density.missing, density.outside) == (100, 4, 3)
    np.testing.assert_array_equal(density.value, estimate(points).value)


def test_the_edges_belong_to_the_frame() -> None:
    density = estimate(np.array([[0.0, 0], [1280, 720], [1280, 0], [0, 720]]))
    assert (density.points, density.outside) == (4, 0)


@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=20),
    st.sampled_from([None, 1e-6, 1.0, 1e9]),
)
def test_every_map_is_finite_and_not_negative(
    points: list[tuple[float, float]], bandwidth: float | None
) -> None:
    density = estimate(np.array(points), bandwidth=bandwidth, extent=Extent(-1e6, -1e6, 2e6, 2e6), columns=64)
    assert np.isfinite(density.value).all()
    assert (density.value >= 0).all()
    assert density.value.max() > 0
    assert density.points == len(points)


def test_the_extent_of_points_goes_on_for_three_standard_deviations_of_the_kernel() -> None:
    points = np.array([[-3.0, 10], [np.nan, 99], [1, 12], [7.0, 14], [np.inf, 0]])
    extent = ExtentOfPoints()
    for batch in (points[:2], points[:0], points[2:]):
        extent.add(batch)
    known = points[np.isfinite(points).all(axis=1)]
    margin = 3 * np.sqrt(np.diag(gaussian_kde(known.T).covariance))
    sides = [*(known.min(axis=0) - margin), *(np.ptp(known, axis=0) + 2 * margin)]
    found = extent.result()
    assert found is not None
    assert [found.left, found.top, found.width, found.height] == pytest.approx(sides, rel=1e-12)
    assert extent.result(bandwidth=2.0) == Extent(-9.0, 4.0, 22.0, 16.0)


@pytest.mark.parametrize("bandwidth", [None, 0.5, 20.0])
@pytest.mark.parametrize("count", [3, 12, 500])
def test_a_map_of_all_points_loses_nearly_nothing(count: int, bandwidth: float | None) -> None:
    points = np.random.default_rng(count).normal((50, -3), (9, 4), (count, 2)) @ np.array([[1, 0.4], [0, 1]])
    extent = ExtentOfPoints().add(points).result(bandwidth)
    assert extent is not None
    density = estimate(points, bandwidth=bandwidth, extent=extent, columns=256)
    assert integral(density) == pytest.approx(count, rel=0.005)


def test_points_in_one_place_have_no_extent() -> None:
    assert ExtentOfPoints().result() is None
    assert ExtentOfPoints().add(np.array([[3.0, 4], [3, 4]])).result() is None
    apart = ExtentOfPoints().add(np.array([[3.0, 4], [3, 5]])).result(bandwidth=0.5)
    assert apart == Extent(1.5, 2.5, 3.0, 4.0)
