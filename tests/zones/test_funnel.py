"""Funnels and exposure: against slow references on random stays, and against the truth of a drawn shop."""

import itertools
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.answers.exposure_table import exposures_of
from heatcli.answers.funnel_table import funnels_of
from heatcli.commands.zone import ZoneQuery, zone_report
from heatcli.config.models import load_config
from heatcli.names import By
from heatcli.select.selection import Selection
from heatcli.shapes import Funnel
from heatcli.store.store import Store
from heatcli.zones.exposure import exposure_figures
from heatcli.zones.funnel import step_figures, steps_of
from heatcli.zones.stays import Stays
from tests.support.funnel_worlds import CONFIGURATION, WITHIN_S, Crowd, crowd, store_crowd

SECOND = 1_000_000
Stay = tuple[int, int, int]
# Person, beginning and end in seconds.
STAYS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 60), st.integers(1, 12)).map(
        lambda one: (one[0], one[1], one[1] + one[2])
    ),
    max_size=8,
)
HALVES = np.array([[0, 30], [30, 100]]) * SECOND
GROUPS, COVERED = np.arange(2), np.array([30, 70]) * SECOND


def as_stays(rows: list[Stay]) -> Stays:
    table = np.array(sorted(rows, key=lambda one: (one[1], one[0])), np.int64).reshape(-1, 3)
    return Stays(table[:, 0], table[:, 1] * SECOND, table[:, 2] * SECOND)


def chains(steps: list[list[Stay]], least: int, within: int, person: int) -> list[tuple[Stay, ...]]:
    """Return every way in which a person may have gone through the first steps, as long as they are."""
    own = [[one for one in stays if one[0] == person and one[2] - one[1] >= least] for stays in steps]
    return [
        chain
        for chain in itertools.product(*own)
        if all(a[1] <= b[1] and b[1] - a[2] <= within for a, b in itertools.pairwise(chain))
    ]


@given(st.lists(STAYS, min_size=2, max_size=3), st.sampled_from([0, 4]), st.sampled_from([0, 5, 200]))
def test_steps_are_those_of_all_ways_that_people_may_have_gone(
    zones: list[list[Stay]], least: int, within: int
) -> None:
    steps = steps_of([as_stays(one) for one in zones], [float(least)] * len(zones), float(within))
    told = step_figures(steps, HALVES, GROUPS, COVERED)
    firsts = {}
    for number in range(len(zones)):
        taken, between, lasts = defaultdict(set), defaultdict(list), defaultdict(list)
        for person in range(4):
            ways = chains(zones[: number + 1], least, within, person)
            if not ways:
                continue
            if not number:
                firsts[person] = min(way[0][1] for way in ways)
            half = int(firsts[person] >= 30)
            taken[half].add(person)
            begin = min(way[-1][1] for way in ways)
            stays = [s for s in zones[number] if s[0] == person and s[1] == begin and s[2] - s[1] >= least]
            reached = [way for way in ways if way[-1][1] == begin]
            if len(stays) > 1:  # which of two that begin together is meant is open
                lasts[half] = [-1e9]
            lasts[half].append(float(stays[0][2] - begin))
            if number:
                between[half].append(max(0, begin - max(way[-2][2] for way in reached)))
        for half, figures in enumerate(told):
            one = figures[number]
            assert one.persons == len(taken[half])
            if between[half]:
                assert one.median_between_s == pytest.approx(np.median(between[half]))
                assert one.p90_between_s == pytest.approx(np.percentile(between[half], 90))
            if taken[half] and min(lasts[half]) > 0:
                assert one.median_stay_s == pytest.approx(np.median(lasts[half]))
            before = told[half][number - 1].persons if number else 0
            assert (one.of_previous_pct is None) == (not before)
            if before:
                assert one.drop_out_pct == pytest.approx(100 - 100 * len(taken[half]) / before)
    (whole,) = step_figures(steps, np.array([[-1, 200 * SECOND]]), np.zeros(1, np.int64), COVERED[:1])
    assert [one.persons for one in whole] == [
        sum(figures[number].persons or 0 for figures in told) for number in range(len(zones))
    ]


@given(STAYS, STAYS, st.sampled_from([0, 4]))
def test_exposure_is_that_of_counting_people(zone: list[Stay], passing: list[Stay], least: int) -> None:
    found = exposure_figures(as_stays(zone), as_stays(passing), float(least), HALVES, GROUPS, COVERED)
    for half, one in enumerate(found):
        near = {who for who, begin, _ in zone + passing if (begin >= 30) == bool(half)}
        stops = [
            (who, end - begin)
            for who, begin, end in zone
            if end - begin >= least and (begin >= 30) == bool(half)
        ]
        assert (one.passers, one.stopped) == (len(near), len({who for who, _ in stops}))
        assert one.engagement_pct == (
            pytest.approx(100 * len({who for who, _ in stops}) / len(near)) if near else None
        )
        lengths = [length for _, length in stops]
        assert one.median_stop_s == (pytest.approx(np.median(lengths)) if lengths else None)
        assert one.p90_stop_s == (pytest.approx(np.percentile(lengths, 90)) if lengths else None)


@pytest.fixture(scope="module")
def drawn() -> Crowd:
    return crowd()


@pytest.mark.slow
@pytest.mark.parametrize("detected", [False, True])
def test_five_hundred_people_go_where_they_went(drawn: Crowd, tmp_path: Path, detected: bool) -> None:
    """Exact on true trajectories; within 3 % as a detector and a tracker find them, in files of 5 minutes."""
    store = Store.create_or_open(tmp_path / "heat-store")
    store_crowd(store, drawn, detected=detected)
    (tmp_path / "heatcli.toml").write_text(CONFIGURATION)
    config = load_config(tmp_path / "heatcli.toml")
    funnel = Funnel("buy", ("entrance", "shelf", "till"), WITHIN_S)
    (report,) = zone_report(
        store=store,
        selection=Selection(),
        query=ZoneQuery(),
        by=By.FIVE_MINUTES,
        funnel=funnel,
        config=config,
    )
    (found,) = funnels_of(report)
    off = 0.03 if detected else 0.0
    assert [one.persons for one in found.total] == [pytest.approx(n, rel=off, abs=0) for n in drawn.steps()]
    for number, one in enumerate(found.total):
        assert sum(figures[number].persons or 0 for figures in found.buckets) == one.persons
    (report,) = zone_report(
        store=store, selection=Selection(), query=ZoneQuery(), exposure=True, config=config
    )
    (shelf,) = exposures_of(report)
    assert [shelf.total.passers, shelf.total.stopped] == [
        pytest.approx(n, rel=off, abs=0) for n in drawn.passers()
    ]
