"""Smoothing and scaling of a grid."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import ValidationError
from scipy.ndimage import gaussian_filter

from heatcli.config.settings import RenderSettings
from heatcli.heat.scale import scale_end, scale_fraction
from heatcli.heat.smoothing import smooth, smoothing_sigma
from heatcli.names import Normalization


def blurred_slowly(grid: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Spread every cell over its neighbours one by one, bouncing off the edges."""
    rows, columns = grid.shape
    reach = int(4 * sigma + 0.5)
    weights = {d: math.exp(-((d / sigma) ** 2) / 2) for d in range(-reach, reach + 1)}
    total = sum(weights.values())

    def bounce(i: int, n: int) -> int:
        while not 0 <= i < n:
            i = -1 - i if i < 0 else 2 * n - 1 - i
        return i

    result = np.zeros_like(grid)
    for r in range(rows):
        for c in range(columns):
            for dr, wr in weights.items():
                for dc, wc in weights.items():
                    share = wr * wc / total**2
                    result[bounce(r + dr, rows), bounce(c + dc, columns)] += share * grid[r, c]
    return result


@pytest.mark.parametrize(("shape", "sigma"), [((9, 12), 0.5), ((9, 12), 1.7), ((1, 7), 4.1), ((5, 3), 6.0)])
def test_equals_a_slow_blur_and_scipy(shape: tuple[int, int], sigma: float) -> None:
    grid = np.random.default_rng(3).random(shape) * 1000
    found = smooth(grid, sigma)
    np.testing.assert_allclose(found, blurred_slowly(grid, sigma), rtol=1e-12)
    np.testing.assert_allclose(found, gaussian_filter(grid, sigma, mode="reflect", truncate=4.0), rtol=1e-12)


@given(st.integers(1, 199), st.integers(4, 200), st.integers(1, 40))
def test_keeps_the_total(smoothing: int, columns: int, rows: int) -> None:
    grid = np.zeros((rows, columns))
    grid[rows // 3, columns - 1] = 7.0
    assert smooth(grid, smoothing_sigma(smoothing, columns, 0)).sum() == pytest.approx(7.0, rel=1e-12)


def test_sigma_is_opencvs_for_that_kernel_and_scales_with_the_grid() -> None:
    assert smoothing_sigma(0, 160, 0) == 0
    assert smoothing_sigma(1, 160, 0) == pytest.approx(0.5)
    assert smoothing_sigma(24, 160, 0) == smoothing_sigma(25, 160, 0) == pytest.approx(4.1)
    assert smoothing_sigma(199, 160, 0) == pytest.approx(30.2)
    assert smoothing_sigma(24, 320, 0) == pytest.approx(8.2)
    # With a reach of 8 cells.
    assert smoothing_sigma(24, 160, 0.05) == pytest.approx(0.82)


def test_no_smoothing_leaves_the_grid_as_it_is() -> None:
    grid = np.random.default_rng(3).random((3, 4))
    assert np.array_equal(smooth(grid, 0.0), grid)


def test_relative_scale_ends_at_the_hottest_cell_and_absolute_at_max_value() -> None:
    value = np.array([[0.0, 2.0, 8.0]])
    assert scale_fraction(value, scale_end(value, None)).tolist() == [[0.0, 0.25, 1.0]]
    assert scale_fraction(value, scale_end(value, 4.0)).tolist() == [[0.0, 0.5, 1.0]]


def test_nothing_and_unknown_are_drawn_as_nothing() -> None:
    for value in (np.zeros((2, 2)), np.full((2, 2), np.nan)):
        assert scale_end(value, None) == 0
        assert not scale_fraction(value, 0.0).any()
        assert not scale_fraction(value, 5.0).any()


def test_a_scale_is_complete_or_refused() -> None:
    with pytest.raises(ValidationError, match=r"absolute needs .*max.value"):
        RenderSettings(normalization=Normalization.ABSOLUTE)
    with pytest.raises(ValidationError, match="end of an absolute scale"):
        RenderSettings(max_value=3)
    assert RenderSettings(normalization=Normalization.ABSOLUTE, max_value=3).max_value == 3
