"""Who looks like staff: on drawn days, of which it is known who everybody is."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from heatcli.select.staff_look import SURE, staff_look
from tests.support.staff_days import StaffDay, staff_day

DAY = date(1970, 1, 1)


def told(day: StaffDay) -> tuple[float, float]:
    """Return the share of staff elsewhere who are found, and the share of visitors who are taken for them."""
    found = staff_look(day.known, day.in_zone, "UTC")
    assert found.unsure == ()
    out = found.probability > SURE
    assert not out[day.in_zone].any()
    return out[day.staff & ~day.in_zone].mean(), out[~day.staff].mean()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("staff", [1, 2, 4])
def test_staff_in_uniform_are_found_on_the_floor(seed: int, staff: int) -> None:
    found, lost = told(staff_day(seed, staff=staff))
    assert found > 0.98
    assert lost < 0.005


@pytest.mark.parametrize("seed", range(5))
def test_without_a_uniform_staff_are_found_by_clothes_of_their_own(seed: int) -> None:
    found, lost = told(staff_day(seed, uniform=0.0))
    assert found > 0.98
    assert lost < 0.005


@pytest.mark.parametrize("seed", range(5))
def test_visitors_in_the_colours_of_the_uniform_keep_it_from_telling(seed: int) -> None:
    """Also where every third wears them, hardly one in a hundred is left out."""
    _, lost = told(staff_day(seed, dressed_alike=0.05))
    assert lost < 0.01
    _, lost = told(staff_day(seed, dressed_alike=0.3))
    assert lost < 0.015


@pytest.mark.parametrize("seed", range(3))
def test_where_all_wear_the_same_nobody_is_staff(seed: int) -> None:
    assert told(staff_day(seed, dressed_alike=1.0, own=0.0)) == (0.0, 0.0)


@pytest.mark.parametrize("seed", range(3))
def test_visitors_who_lean_on_the_counter_change_little(seed: int) -> None:
    day = staff_day(seed)
    leaning = day.in_zone.copy()
    leaning[np.flatnonzero(~day.staff)[:5]] = True
    found, lost = told(replace(day, in_zone=leaning))
    assert found > 0.95
    assert lost < 0.005


@pytest.mark.parametrize("seed", range(3))
def test_colleagues_who_are_never_in_the_zone_are_missed_and_no_visitor_is(seed: int) -> None:
    day = staff_day(seed, staff=3)
    # Rows are by person: where time goes back by hours, the second of staff begins.
    first_us = day.known["first_us"].to_numpy()
    others = np.flatnonzero(np.diff(first_us) < -3600e6)[0] + 1
    alone = day.in_zone.copy()
    alone[others:] = False
    _, lost = told(replace(day, in_zone=alone))
    assert lost == 0


def test_a_probability_is_the_share_of_those_so_alike_who_are_staff() -> None:
    day = staff_day(0, staff=3, uniform=1.0, dressed_alike=0.3, visitors=2000)
    found = staff_look(day.known, day.in_zone, "UTC").probability
    some = found > 0
    assert day.staff[some].mean() == pytest.approx(found[some].mean(), abs=0.1)
    sure = found > SURE
    assert day.staff[sure].mean() > SURE


def test_of_too_few_nothing_is_said() -> None:
    day = staff_day(0, visitors=5)
    found = staff_look(day.known, day.in_zone, "UTC")
    assert found.unsure == (DAY,)
    assert np.isnan(found.probability).all()
    seldom = np.flatnonzero(day.in_zone)[:5]
    hardly_there = staff_look(day.known, np.isin(np.arange(len(day.known)), seldom), "UTC")
    assert hardly_there.unsure == ()
    assert np.isnan(hardly_there.probability).all()


def test_only_people_of_the_days_that_are_asked_for_are_judged() -> None:
    day = staff_day(0)
    assert np.isnan(staff_look(day.known, day.in_zone, "UTC", [date(1970, 1, 2)]).probability).all()
    dogs = day.known.with_columns(object_class=pl.lit("dog"))
    assert np.isnan(staff_look(dogs, day.in_zone, "UTC").probability).all()


def test_what_was_decided_stays_when_descriptors_are_gone() -> None:
    day = staff_day(0)
    found = staff_look(day.known, day.in_zone, "UTC").probability
    gone = day.known.with_columns(
        descriptor=pl.lit(None, pl.Binary), known_staff=pl.Series(found, nan_to_null=True).cast(pl.Float32)
    )
    later = staff_look(gone, day.in_zone, "UTC")
    assert later.unsure == ()
    np.testing.assert_allclose(later.probability, found, atol=1e-6)
