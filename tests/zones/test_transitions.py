"""From zone to zone: ways against the definitions in plain Python."""

import itertools
from collections import defaultdict
from statistics import median

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heatcli.zones.stays import Stays
from heatcli.zones.transitions import Passage, Transition, transitions_of

Stay = tuple[int, int, int]


def stays_of(stays: list[Stay]) -> Stays:
    """Put stays of a zone, each person, begin and length, in the order that they have."""
    ordered = sorted(stays, key=lambda stay: (stay[1], stay[0]))
    person, begin, length = np.array(ordered, np.int64).reshape(-1, 3).T
    return Stays(person, begin, begin + length)


def test_a_way_through_a_shop() -> None:
    second = 1_000_000
    entrance = stays_of([(1, 0, 2 * second), (2, 0, second), (1, 60 * second, second), (3, 9, 5)])
    shelf = stays_of([(1, 5 * second, 20 * second), (2, 11 * second, second), (2, 30 * second, second)])
    till = stays_of([(1, 24 * second, 30 * second), (4, 0, second), (4, 10 * second, second)])

    found = transitions_of([entrance, shelf, till])

    assert found.transitions == (
        Transition(origin=0, target=1, count=2, persons=2, median_between_s=6.5),
        # The shelf and the till overlap: the first stay had not ended.
        Transition(origin=1, target=2, count=1, persons=1, median_between_s=0.0),
        Transition(origin=2, target=0, count=1, persons=1, median_between_s=6.0),
    )
    assert found.passages == (
        Passage(visitors=3, entries=3, exits=2, stayed=1),
        Passage(visitors=2, entries=0, exits=1, stayed=0),
        Passage(visitors=2, entries=1, exits=1, stayed=1),
    )


def test_nobody_anywhere() -> None:
    found = transitions_of([stays_of([]), stays_of([])])
    assert found.transitions == ()
    assert found.passages == (Passage(visitors=0, entries=0, exits=0, stayed=0),) * 2
    assert transitions_of([]).passages == ()


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 5), st.integers(0, 30), st.integers(1, 9)), max_size=12),
        min_size=1,
        max_size=4,
    )
)
def test_every_number_against_following_each_person(zones: list[list[Stay]]) -> None:
    ways = defaultdict(list)
    for zone, stays in enumerate(zones):
        for person, begin, length in stays:
            ways[person].append((begin, begin + length, zone))
    between = defaultdict(list)
    movers = defaultdict(set)
    for person, way in ways.items():
        way.sort()
        for (_, left, origin), (entered, _, target) in itertools.pairwise(way):
            if origin != target:
                between[origin, target].append(max(entered - left, 0))
                movers[origin, target].add(person)

    found = transitions_of([stays_of(stays) for stays in zones])

    assert {(one.origin, one.target): (one.count, one.persons) for one in found.transitions} == {
        pair: (len(lengths), len(movers[pair])) for pair, lengths in between.items()
    }
    for one in found.transitions:
        assert one.median_between_s == median(between[one.origin, one.target]) / 1e6
    counts = [one.count for one in found.transitions]
    assert counts == sorted(counts, reverse=True)
    for zone, passage in enumerate(found.passages):
        visited = [{place for _, _, place in way} for way in ways.values()]
        assert passage.visitors == sum(zone in places for places in visited)
        assert passage.stayed == visited.count({zone})
        assert passage.entries == sum(way[0][2] == zone for way in ways.values())
        assert passage.exits == sum(way[-1][2] == zone for way in ways.values())
        # Who comes into a zone leaves it for another one or for good.
        came = sum(one.count for one in found.transitions if one.target == zone)
        went = sum(one.count for one in found.transitions if one.origin == zone)
        assert passage.entries + came == passage.exits + went
