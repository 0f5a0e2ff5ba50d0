"""Interval arithmetic against sets of single microseconds, the slow and obvious way."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.intervals import Intervals

Pairs = list[tuple[int, int]]

moments = st.integers(-30, 30)
pairs_lists: st.SearchStrategy[Pairs] = st.lists(
    st.tuples(moments, moments).map(lambda p: (min(p), max(p))), max_size=8
)


def moments_of(pairs: Sequence[Sequence[int]]) -> set[int]:
    return {t for start, end in pairs for t in range(start, end)}


def moments_in(intervals: Intervals) -> set[int]:
    return moments_of(intervals.bounds.tolist())


@given(pairs_lists)
def test_of_keeps_every_moment_and_is_canonical(pairs: Pairs) -> None:
    result = Intervals.of(pairs)
    assert moments_in(result) == moments_of(pairs)
    # Touching intervals would make a second way to write the same set.
    assert (np.diff(result.bounds.ravel()) > 0).all()
    assert result.total_us == len(moments_of(pairs))


@given(pairs_lists, pairs_lists)
def test_set_algebra(a: Pairs, b: Pairs) -> None:
    p, q = Intervals.of(a), Intervals.of(b)
    assert moments_in(p.union(q)) == moments_of(a) | moments_of(b)
    assert moments_in(p.intersection(q)) == moments_of(a) & moments_of(b)
    assert moments_in(p.difference(q)) == moments_of(a) - moments_of(b)


@given(pairs_lists, st.lists(st.tuples(moments, st.integers(0, 40)), max_size=10))
def test_overlap_and_contains(pairs: Pairs, queries: list[tuple[int, int]]) -> None:
    intervals, truth = Intervals.of(pairs), moments_of(pairs)
    starts = np.array([start for start, _ in queries], dtype=np.int64)
    lengths = np.array([length for _, length in queries], dtype=np.int32)
    expected = [len(truth & set(range(start, start + length))) for start, length in queries]
    overlap = intervals.overlap_us(starts, lengths)
    assert overlap.dtype == np.int64
    assert overlap.tolist() == expected
    assert intervals.contains(starts).tolist() == [start in truth for start, _ in queries]


@given(pairs_lists, st.integers(-(10**6), 10**6))
def test_shift(pairs: Pairs, offset: int) -> None:
    assert moments_in(Intervals.of(pairs).shift(offset)) == {t + offset for t in moments_of(pairs)}


def test_exact_where_float64_is_not() -> None:
    far = 2**60 + 1
    intervals = Intervals.of([(far, far + 3), (far + 5, far + 6)])
    assert intervals.overlap_us(np.array([far + 1]), np.array([5])).tolist() == [3]
    assert intervals.total_us == 4


@pytest.mark.parametrize(
    "bounds",
    [
        np.array([[0, 5], [5, 6]]),
        np.array([[0, 0]]),
        np.array([[4, 6], [1, 2]]),
        np.array([[0.0, 1.0]]),
        np.array([0, 1]),
    ],
)
def test_construction_rejects_what_is_not_canonical(
    bounds: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> None:
    with pytest.raises(ValueError, match="bounds must be"):
        Intervals(bounds)


def test_of_rejects_backward_pairs() -> None:
    with pytest.raises(ValueError, match="end before it begins"):
        Intervals.of([(5, 4)])
