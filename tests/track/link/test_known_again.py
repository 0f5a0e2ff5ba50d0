"""Who comes back is known again by a network, and by nothing else; nobody is taken for somebody else."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from heatcli.select.persons import Persons, persons
from tests.support.comers import comers
from tests.support.figures import Figure, filmed
from tests.support.looks import COLOURS, NETWORK, descriptor, looks_of


@dataclass(frozen=True)
class Day:
    """Visits, whose they are, and what was made of them.

    Attributes:
        truth: person of each visit.
        found: who was taken for whom.
    """

    truth: NDArray[np.int64]
    found: Persons

    @property
    def wrong(self) -> set[tuple[int, ...]]:
        """People who were taken for one."""
        rows = self.found.rows
        groups = rows.group_by("person").agg("track").get_column("track").to_list()
        return {tuple(people) for group in groups if len(people := sorted(set(self.truth[group]))) > 1}


def a_day(
    people: int = 12,
    visits: int = 30,
    *,
    seed: int,
    every_s: float = 5.0,
    alike: int = 2,
    change: float = 0.4,
    kind: bytes | None = NETWORK,
    spans: Sequence[tuple[float, float]] = ((0, 100), (130, 1e9)),
    columns: Mapping[str, object] = MappingProxyType({}),
) -> Day:
    """Film people who come and go and come again, in two files with half a minute between them.

    What `columns` says stands in all rows of `trajectories`.
    """
    rng = np.random.default_rng(seed)
    drawn = comers(people=people, visits=visits, every_s=every_s, seed=seed)
    truth = np.array(drawn.person)
    looks = looks_of(people, rng)
    looks[:alike] = looks[0]
    figures, begin = [], 0.0
    for number, who in enumerate(truth.tolist()):
        begin = every_s * number + (30.0 if every_s * number > 85 else 0.0)
        value = None if kind is None else descriptor(looks[who], rng, change=change, kind=kind)
        # Each on a way of their own, so that nobody begins where another one ends.
        way = 100.0 + 500.0 * rng.random()
        figures.append(Figure((begin, begin + 12), (100.0 - 90 * begin, way), (90.0, 0.0), value))
    ends = [(low, min(high, begin + 15)) for low, high in spans]
    clips, trajectories = filmed(figures, ends)
    trajectories = trajectories.with_columns(pl.lit(value).alias(name) for name, value in columns.items())
    return Day(truth, persons(trajectories.lazy(), clips.sort("start", "clip")))


def counts(day: Day) -> tuple[int, int]:
    """Return how many persons and visits were found."""
    return day.found.rows["person"].n_unique(), day.found.rows["visit"].n_unique()


@pytest.mark.parametrize("seed", range(20))
def test_twelve_people_in_thirty_visits_are_twelve_or_eleven(seed: int) -> None:
    """Two of them are dressed alike, and come at different times: nothing tells that they are two."""
    day = a_day(seed=seed)
    people, visits = counts(day)
    assert visits == 30
    assert people in (11, 12)
    assert day.wrong <= {(0, 1)}


@pytest.mark.parametrize("kind", [None, COLOURS])
def test_without_a_network_nobody_is_known_again(kind: bytes | None) -> None:
    for seed in range(3):
        assert counts(a_day(seed=seed, kind=kind)) == (30, 30)


@pytest.mark.parametrize("seed", range(5))
def test_where_hardly_anybody_comes_back_nobody_else_is_taken_for_them(seed: int) -> None:
    day = a_day(people=60, visits=64, seed=seed)
    assert day.wrong <= {(0, 1)}
    assert counts(day)[0] in range(59, 65)


@pytest.mark.parametrize("seed", range(5))
def test_a_network_that_is_unsure_joins_few_and_those_rightly(seed: int) -> None:
    day = a_day(seed=seed, change=1.2)
    assert day.wrong <= {(0, 1)}


@pytest.mark.parametrize("every_s", [5.0, 20.0])
def test_people_who_look_alike_are_not_taken_for_one_and_it_is_said(every_s: float) -> None:
    """Whether they are in view together, or one after the other."""
    day = a_day(seed=1, alike=12, every_s=every_s, spans=((0, 1e9),))
    assert counts(day) == (30, 30)
    assert day.found.alike == (date(2026, 3, 14),)


def test_nobody_is_in_two_places_at_once() -> None:
    """Twins who are there together are two, however alike they look."""
    together = 0
    for seed in range(8):
        day = a_day(people=12, visits=12, seed=seed, every_s=2.0, spans=((0, 1e9),))
        twins = day.found.rows.filter(pl.col("track").is_in(np.flatnonzero(day.truth < 2)))
        if np.ptp(twins["first_us"].to_numpy()) < 11e6:
            together += 1
            assert twins["person"].n_unique() == 2
    assert together


def test_days_are_those_of_the_camera_and_nobody_is_known_from_the_day_before() -> None:
    rng = np.random.default_rng(0)
    looks = looks_of(8, rng)
    # 10:00 UTC is the beginning; the camera's clock, in Zagreb, shows midnight 13 hours later.
    hours = (0, 12, 14)
    figures = [
        Figure(
            (3600 * hour + 20 * number, 3600 * hour + 20 * number + 9),
            (-90.0 * (3600 * hour + 20 * number), 300),
            (90.0, 0.0),
            descriptor(one, rng, change=0.2),
        )
        for hour in hours
        for number, one in enumerate(looks)
    ]
    clips, trajectories = filmed(figures, [(3600 * hour, 3600 * hour + 200) for hour in hours], fps=2.0)
    found = persons(trajectories.lazy(), clips.sort("start", "clip")).rows
    together = Counter(map(tuple, found.group_by("person").agg(pl.col("clip").sort())["clip"].to_list()))
    assert together == {(0, 1): 8, (2,): 8}
    assert found["visit"].n_unique() == 24


def test_who_is_known_from_elsewhere_makes_another_visit_after_five_minutes() -> None:
    times = (0, 60, 350, 700)
    figures = [Figure((begin, begin + 10), (100.0 * begin, 300.0), (-100.0, 0.0)) for begin in times]
    clips, trajectories = filmed(figures, [(0, 720)])
    found = persons(trajectories.with_columns(person=pl.lit("ann")).lazy(), clips).rows
    assert found["person"].to_list() == [0, 0, 0, 0]
    assert found["visit"].to_list() == [0, 0, 0, 1]


@pytest.mark.parametrize("what", [{"alive": 0.1}, {"object_class": "car"}])
def test_things_and_cars_do_not_come_back(what: dict[str, object]) -> None:
    assert counts(a_day(seed=0, columns=what)) == (30, 30)
