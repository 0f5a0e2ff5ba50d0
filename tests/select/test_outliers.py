"""The statistics of who is out of the ordinary."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import norm

from heatcli.select.outliers import least_range, longest_stay_s

_STAYS = st.lists(st.floats(0.1, 1e5), min_size=1, max_size=40).map(np.array)


def test_the_cutoff_is_three_and_a_half_deviations() -> None:
    """A sample of 2001 quantiles of a log-normal distribution has its median and deviation."""
    quantiles = norm.ppf(np.linspace(0, 1, 2003)[1:-1])
    assert longest_stay_s(300 * np.exp(0.8 * quantiles)) == pytest.approx(300 * np.exp(3.5 * 0.8), rel=0.01)
    # Few people move as little as a twentieth of their height; where all do, it takes far less to be a thing.
    assert least_range(5 * np.exp(quantiles)) == 0.05
    assert least_range(0.05 * np.exp(0.8 * quantiles)) == pytest.approx(0.05 * np.exp(-3.5 * 0.8), rel=0.01)


def test_who_does_the_same_as_all_but_five_times_as_long_is_ordinary() -> None:
    assert longest_stay_s(np.full(100, 60.0)) == pytest.approx(60 * np.exp(3.5 * 0.5))


@given(_STAYS, st.floats(0.01, 100))
def test_the_unit_of_time_does_not_matter(stays: NDArray[np.float64], factor: float) -> None:
    assert longest_stay_s(stays * factor) == pytest.approx(longest_stay_s(stays) * factor)


@given(_STAYS)
def test_most_people_are_ordinary(stays: NDArray[np.float64]) -> None:
    """At most half of them are beyond the median, and half of those within one deviation of it."""
    assert (stays > longest_stay_s(stays)).sum() <= len(stays) / 2
    assert (stays < least_range(stays)).sum() <= len(stays) / 2


@given(_STAYS, st.lists(st.floats(1e6, 1e12), max_size=20))
def test_however_long_a_minority_stays_it_does_not_move_the_cutoff_far(
    stays: NDArray[np.float64], staff: list[float]
) -> None:
    minority = staff[: (len(stays) - 1) // 2]
    spread = max(1.4826 * np.log(stays.max() / stays.min()), 0.5)
    assert longest_stay_s(np.append(stays, minority)) <= stays.max() * np.exp(3.5 * spread) * 1.000001
