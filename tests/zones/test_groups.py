"""Groups: against a slow reference on random scenes, and against the truth of drawn halls."""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatcli.intervals import Intervals
from heatcli.optics.projection import FloorProjection
from heatcli.zones.group_figures import GroupFigures, group_figures
from heatcli.zones.groups import Company
from tests.support import group_worlds
from tests.support.aggregation import camera_of, fed
from tests.support.group_reference import Point, groups
from tests.support.zones_reference import Seen, Span, as_rows, counted_parts, own_spans

SECOND = 1_000_000
# 40 pixels to the metre; without a floor, bodies differ.
SIZE = (8192, 2048)
FLOOR = FloorProjection(np.diag([8192 / 40, 2048 / 40, 1.0]))
ALL = np.zeros(1, np.int64)


def scene(seed: int) -> tuple[list[Seen], list[Span]]:
    """Draw people who keep near others for a while, two frames a second, and what was watched."""
    rng = np.random.default_rng(seed)
    only_stands = rng.random() < 0.3
    begin = int(rng.integers(0, 20))
    leader = [np.array([1.0, 3.0])]
    for _ in range(int(rng.integers(1, 4))):
        speed = 0.0 if only_stands or rng.random() < 0.4 else rng.uniform(0.2, 0.7)
        frames = int(rng.integers(40, 110)) if only_stands else int(rng.integers(4, 40))
        leader += [leader[-1] + [speed * k, 0] for k in range(1, frames + 1)]
    seen = []
    for person in range(int(rng.integers(2, 7))):
        path = np.array(leader) + rng.uniform(-1.5, 1.5, 2)
        if rng.random() < 0.5:
            # Somewhere else from here on, or up to here.
            at = int(rng.integers(0, len(path)))
            path[slice(at, None) if rng.random() < 0.5 else slice(at)] += rng.uniform(-4, 4, 2)
        if rng.random() < 0.2:
            path[:, 0] = path[::-1, 0]
        gone = int(rng.integers(0, 2 * len(path)))
        first = begin + int(rng.integers(0, 5))
        for k, (x, y) in enumerate(path.tolist()):
            if not gone <= k < gone + 5:
                foot, tall = (40 * (x + 20), 40 * (y + 20)), 68.0 + 8 * person
                box = (foot[0] - 8.0, foot[1] - tall, foot[0] + 8.0, foot[1])
                seen.append(Seen((first + k) * SECOND // 2, SECOND // 2, 0, first + k, person, box, SIZE))
    gap, lasts = int(rng.integers(0, 160)), int(rng.integers(0, 4))
    return seen, [(0, gap * SECOND), ((gap + lasts) * SECOND, 400 * SECOND)]


def on_floor(one: Seen) -> tuple[Point, float]:
    x1, _, x2, y2 = one.box
    return ((x1 + x2) / 80, y2 / 40), 1.0


def in_picture(one: Seen) -> tuple[Point, float]:
    x1, y1, x2, y2 = one.box
    return ((x1 + x2) / 2, y2), (y2 - y1) / 1.7


def sets_of(labels: Iterable[int]) -> set[frozenset[int]]:
    found = defaultdict(set)
    for person, label in enumerate(labels):
        found[label].add(person)
    return {frozenset(one) for one in found.values()}


@settings(max_examples=250, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans(), st.integers(1, 40))
def test_groups_are_those_of_the_reference(seed: int, has_floor: bool, batch: int) -> None:
    seen, covered = scene(seed)
    own = own_spans([covered], [(0, 300 * SECOND)])
    parts = counted_parts(seen, own)
    if not parts:
        return
    rows = as_rows(seen, own)
    cuts = np.unique(np.searchsorted(rows.time_us, np.unique(rows.time_us)[::batch]))
    batches = [rows.where(np.arange(a, b)) for a, b in itertools.pairwise([*cuts.tolist(), len(rows)])]
    camera = camera_of([Intervals.of(own[0])], width=SIZE[0], height=SIZE[1])
    found = fed(Company(camera, FLOOR if has_floor else None), batches).result()
    there = {one.person for one, _ in parts}
    expected = groups(parts, on_floor if has_floor else in_picture)
    assert {one & there for one in sets_of(found.group.tolist())} - {frozenset()} == expected
    for group in expected:
        for person in group:
            assert (len(group) > 1) == bool(found.end_us[person])
            assert found.begin_us[person] <= found.end_us[person]


def exact_f1(found: Iterable[int], true: Iterable[int]) -> float:
    """F1 of whole groups: one counts only if all of its people were found, and nobody else."""
    one, other = sets_of(found), sets_of(true)
    return 2 * len(one & other) / (len(one) + len(other))


def pair_f1(found: list[int], true: list[int]) -> float:
    one, other = (
        {(i, j) for i, j in itertools.combinations(range(len(of)), 2) if of[i] == of[j]}
        for of in (found, true)
    )
    return 2 * len(one & other) / (len(one) + len(other))


@pytest.mark.parametrize("has_floor", [True, False], ids=["floor", "bodies"])
@pytest.mark.parametrize("detected", [False, True], ids=["true", "detected"])
def test_sixty_drawn_groups_are_found(has_floor: bool, detected: bool) -> None:
    whole, pairs = [], []
    for seed in range(6):
        drawn = group_worlds.hall(seed=seed, lasts_s=600)
        assert len(set(drawn.group.tolist())) == 60
        rows, true = group_worlds.rows_of(drawn, detected=detected)
        camera = camera_of(
            [Intervals.of([(0, 10**12)])], width=group_worlds.WIDTH, height=group_worlds.HEIGHT
        )
        found = fed(Company(camera, group_worlds.floor() if has_floor else None), [rows]).result()
        whole.append(exact_f1(found.group.tolist(), true.tolist()))
        pairs.append(pair_f1(found.group.tolist(), true.tolist()))
    assert min(whole) >= 0.9, whole
    assert min(pairs) >= 0.95, pairs


def test_in_the_drawn_hall_strangers_come_close() -> None:
    """Else the hall would show nothing."""
    drawn = group_worlds.hall(seed=0, lasts_s=600)
    close: dict[tuple[int, int], int] = defaultdict(int)
    by_second = defaultdict(list)
    for person, (first, path) in enumerate(zip(drawn.first, drawn.paths, strict=True)):
        for frame in range(first - first % 5 + 5, first + len(path), 5):
            by_second[frame].append((person, path[frame - first]))
    for people in by_second.values():
        for (i, a), (j, b) in itertools.combinations(people, 2):
            if drawn.group[i] != drawn.group[j] and math.dist(a, b) <= 2.0:
                close[i, j] += 1
    assert sum(seconds >= 5 for seconds in close.values()) > 100
    assert sum(seconds >= 20 for seconds in close.values()) > 10


def walkers(*places: tuple[float, float], seconds: int = 20, speed: float = 1.2) -> list[Seen]:
    """People who walk to the right from these places on the floor, in metres, two frames a second."""
    seen = []
    for person, (x, y) in enumerate(places):
        for frame in range(2 * seconds):
            foot = (40 * (x + speed * frame / 2), 40 * y)
            box = (foot[0] - 8.0, foot[1] - 68.0, foot[0] + 8.0, foot[1])
            seen.append(Seen(frame * SECOND // 2, SECOND // 2, 0, frame, person, box, SIZE))
    return seen


def company(seen: list[Seen]) -> Company:
    own = [[(0, 400 * SECOND)]]
    camera = camera_of([Intervals.of(own[0])], width=SIZE[0], height=SIZE[1])
    return fed(Company(camera, FLOOR), [as_rows(seen, own)])


@pytest.mark.parametrize(
    ("places", "sizes"),
    [
        ([(0.5, 2.0), (0.5, 2.8)], [2]),
        ([(0.5, 2.0), (2.5, 2.0)], [1, 1]),  # one behind the other
        ([(0.5, 2.0), (0.5, 2.8), (0.6, 3.6), (0.4, 4.4), (1.4, 4.9)], [5]),
        ([(0.5, 1.0), (0.5, 4.0)], [1, 1]),
    ],
)
def test_who_walks_side_by_side_is_a_group(places: list[tuple[float, float]], sizes: list[int]) -> None:
    found = company(walkers(*places)).result()
    assert sorted(np.bincount(found.group)[np.unique(found.group)].tolist()) == sizes


def test_who_stands_in_a_ring_is_a_group_and_not_across_it() -> None:
    ring = [(5 + 0.7 * math.cos(a), 3 + 0.7 * math.sin(a)) for a in np.arange(4) * math.pi / 2]
    assert len(set(company(walkers(*ring, seconds=60, speed=0.0)).result().group.tolist())) == 1
    # Too short to say that they belong together.
    assert len(set(company(walkers(*ring, seconds=20, speed=0.0)).result().group.tolist())) == 4


def figures_of(seen: list[Seen]) -> GroupFigures:
    found = company(seen).result()
    persons = np.array(sorted({one.person for one in seen}))
    (figures,) = group_figures(found, (persons, persons * 0), ALL, np.array([60 * SECOND]))
    return figures


def test_sizes_add_up_to_the_people() -> None:
    seen = walkers((0.5, 1.0), (0.5, 1.8), (5.0, 1.0), (9.0, 1.0), (9.0, 1.8), (9.0, 2.6))
    assert figures_of(seen) == GroupFigures(
        covered_s=60.0,
        unique_visits=6,
        group_visits=3,
        alone=1,
        groups_of_2=1,
        groups_of_3=1,
        groups_of_4=0,
        groups_of_5_or_more=0,
        mean_group_size=2.0,
        in_company_pct=100 * 5 / 6,
    )


def test_nothing_is_said_of_people_who_could_not_be_followed() -> None:
    assert figures_of(walkers((0.5, 1.0), (0.5, 1.8), seconds=3)) == GroupFigures(
        covered_s=60.0, unique_visits=2
    )
    # A picture each three seconds.
    slow = [one for one in walkers((0.5, 1.0), (0.5, 1.8)) if one.frame % 6 == 0]
    assert figures_of(slow) == GroupFigures(covered_s=60.0, unique_visits=2)


def test_nobody_and_nothing_watched_are_told_apart() -> None:
    nothing = np.zeros(0, np.int64)
    found = company([]).result()
    empty, unwatched = group_figures(found, (nothing, nothing), np.arange(2), np.array([SECOND, 0]))
    assert (empty.group_visits, empty.mean_group_size, empty.in_company_pct) == (0, None, None)
    assert unwatched == GroupFigures(covered_s=0.0)
