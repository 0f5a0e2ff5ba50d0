"""What is not shown in a report to give away, against an attacker who adds up and subtracts whatever is."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from heatcli.report.share.suppress import Sums, hidden


def table_sums(rows: int, columns: int) -> list[tuple[int, list[int]]]:
    """The sums of a table whose first row and first column are totals."""
    at = np.arange(rows * columns).reshape(rows, columns)
    over = [(int(row[0]), row[1:].tolist()) for row in at]
    return over + [(int(column[0]), column[1:].tolist()) for column in at.T]


def with_totals(inner: np.ndarray) -> np.ndarray:
    rows = np.vstack([inner.sum(axis=0), inner])
    return np.hstack([rows.sum(axis=1, keepdims=True), rows])


def computed(values: np.ndarray, hide: np.ndarray, sums: Sums) -> dict[int, Fraction]:
    """All hidden numbers that follow from the others, by elimination in whole numbers: the attacker."""
    unknown = np.flatnonzero(hide).tolist()
    rows: list[list[Fraction]] = []
    for total, parts in sums:
        factors = {cell: Fraction(1) for cell in parts} | {total: Fraction(-1)}
        shown = (factor * int(values[cell]) for cell, factor in factors.items() if not hide[cell])
        known = -sum(shown, Fraction(0))
        rows.append([*(factors.get(cell, Fraction(0)) for cell in unknown), known])
    done = 0
    for column in range(len(unknown)):
        pivot = next((row for row in range(done, len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [value / rows[done][column] for value in rows[done]]
        for row in range(len(rows)):
            if row != done and rows[row][column]:
                factor = rows[row][column]
                rows[row] = [mine - factor * its for mine, its in zip(rows[row], rows[done], strict=True)]
        done += 1
    found = {}
    for equation in rows:
        at = [place for place, value in enumerate(equation[:-1]) if value]
        if len(at) == 1:
            found[unknown[at[0]]] = equation[-1]
    return found


@given(
    arrays(
        np.int64,
        st.tuples(st.integers(1, 5), st.integers(1, 6)),
        elements=st.sampled_from([0, 0, 1, 2, 3, 4, 7, 30]),
    ),
    st.integers(2, 6),
)
@settings(max_examples=150)
def test_no_sum_or_difference_tells_of_few_people(inner: np.ndarray, least: int) -> None:
    table = with_totals(inner)
    people, sums = table.ravel(), table_sums(*table.shape)

    hide = hidden(people, least, sums)

    few = (people > 0) & (people < least)
    assert hide[few].all()
    assert not hide[people == 0].any()
    assert not set(computed(people, hide, sums)) & set(np.flatnonzero(few).tolist())
    # What is left of a total, less the parts that are shown, is of nobody, of many, or the total itself.
    for total, parts in sums:
        if not hide[total]:
            rest = people[total] - sum(people[part] for part in parts if not hide[part])
            assert rest == 0 or rest >= least


def test_a_second_number_is_hidden_with_the_only_one_of_few() -> None:
    # A total of 19: 12 and 5 shown would give away the 2.
    assert hidden(np.array([19, 12, 5, 2]), 5, [(0, [1, 2, 3])]).tolist() == [False, False, True, True]


def test_two_of_few_are_not_told_together_either() -> None:
    # 20 less 18 are two people, one in each.
    assert hidden(np.array([20, 10, 8, 1, 1]), 5, [(0, [1, 2, 3, 4])]).tolist() == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_nobody_is_always_shown_and_many_are_where_nothing_is_hidden() -> None:
    assert not hidden(np.array([30, 0, 10, 20]), 5, [(0, [1, 2, 3])]).any()
    assert not hidden(np.array([3, 1, 2]), 1, [(0, [1, 2])]).any()


@pytest.mark.parametrize("people", [[3, 3], [4, 1, 3]])
def test_where_the_whole_is_of_few_nothing_is_shown(people: list[int]) -> None:
    assert hidden(np.array(people), 5, [(0, list(range(1, len(people))))]).all()
