"""How many people are in a room: against all that may have happened, and against drawn rooms."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatcli.intervals import Intervals
from heatcli.zones.room import Door, Occupancy, occupancy_of
from heatcli.zones.room_steps import SeenInside
from tests.support.rooms import DrawnRoom, draw_room

SECOND = 1_000_000
NONE_CAME, MOST = 1e-3, 8  # as documented: a crossing was none; most who were missed before one


def door(passed: Sequence[tuple[int, int]], end_s: int, missed: float | None = 0.1) -> Door:
    """A door that was always watched; of each crossing its second, and 1 for in or -1 for out."""
    time = np.array([second for second, _ in passed], np.int64) * SECOND
    inward = np.array([way > 0 for _, way in passed], np.bool_)
    return Door(time, inward, Intervals.of([[0, end_s * SECOND]]), missed)


def everything_possible(
    passed: Sequence[tuple[int, int]], missed: float, *, capacity: int
) -> tuple[list[float], list[float]]:
    """Go through all that may have happened at a door of a room that is empty at both ends.

    Returns:
        Expected number of people, and the probability of more than the capacity, after each crossing.
    """
    share = np.array([NONE_CAME, *((1 - NONE_CAME) * missed**k for k in range(MOST + 1))])
    share[1:] *= (1 - NONE_CAME) / share[1:].sum()
    total, people, above = 0.0, np.zeros(len(passed) + 1), np.zeros(len(passed) + 1)
    for really in product(range(MOST + 2), repeat=len(passed)):
        inside = np.cumsum([0, *(way * number for (_, way), number in zip(passed, really, strict=True))])
        if inside.min() < 0 or inside[-1]:
            continue
        chance = float(np.prod(share[list(really)]))
        total += chance
        people += chance * inside
        above += chance * (inside > capacity)
    return (people / total).tolist(), (above / total).tolist()


@pytest.mark.parametrize(
    "ways",
    [(1, -1, 1, -1), (1, 1, -1, 1), (1, 1, 1, -1), (1, -1, -1, 1, -1), (-1, 1, 1, -1)],
)
@pytest.mark.parametrize("missed", [0.05, 0.3])
def test_it_is_what_all_that_may_have_happened_says(ways: tuple[int, ...], missed: float) -> None:
    passed = [(10 * at, way) for at, way in enumerate(ways, start=1)]
    found = occupancy_of(
        [door(passed, 100, missed)], begin_us=0, end_us=100 * SECOND, empty_us=[0, 100 * SECOND], capacity=1
    )

    people, above = everything_possible(passed, missed, capacity=1)
    assert found.people == pytest.approx(people, abs=1e-5)
    assert found.above == pytest.approx(above, abs=1e-5)


@given(st.lists(st.tuples(st.integers(1, 90), st.sampled_from([1, -1])), max_size=30), st.booleans())
@settings(max_examples=60, deadline=None)
def test_it_is_never_below_nobody_and_empty_when_it_is_empty(
    passed: list[tuple[int, int]], two_doors: bool
) -> None:
    passed.sort()
    doors = [door(passed[::2], 100), door(passed[1::2], 100)] if two_doors else [door(passed, 100)]
    found = occupancy_of(doors, begin_us=0, end_us=100 * SECOND, empty_us=[0, 100 * SECOND])

    assert found.begin_us[0] == 0
    assert found.end_us[-1] == 100 * SECOND
    assert (found.begin_us[1:] == found.end_us[:-1]).all()
    assert (found.low >= 0).all()
    assert (found.low <= found.people + 1).all()
    assert (found.people <= found.high + 1).all()
    assert found.people[[0, -1]] == pytest.approx([0, 0], abs=1e-6)


def errors(drawn: DrawnRoom, found: Occupancy) -> tuple[float, float, float]:
    """Return the largest error, the largest of plain counting, and how often the truth is in the band."""
    at = np.linspace(0, drawn.end_us - 1, 4000).astype(np.int64)
    truth = drawn.inside(at)
    piece = np.searchsorted(found.begin_us, at, side="right") - 1
    held = (found.low[piece] <= truth) & (truth <= found.high[piece])
    off = np.abs(found.people[piece] - truth).max()
    return float(off), float(np.abs(found.counted[piece] - truth).max()), float(held.mean())


def estimated(drawn: DrawnRoom, *, looked: bool, missed: float | None = 0.03) -> Occupancy:
    ends = [0, drawn.end_us]
    return occupancy_of(
        [Door(time, inward, drawn.always, missed) for time, inward in drawn.counted],
        begin_us=0,
        end_us=drawn.end_us,
        empty_us=ends,
        seen=drawn.seen if looked else None,
    )


def test_400_people_and_3_doors_that_miss_3_of_100() -> None:
    """With cameras inside, a typical hall is right to three people at all times; bands hold what they say.

    Doors alone leave the sum of what 24 missed crossings did until then, of which only both ends are known.
    """
    rooms = [draw_room(seed) for seed in range(24)]
    alone = np.array([errors(one, estimated(one, looked=False)) for one in rooms])
    looked = np.array([errors(one, estimated(one, looked=True)) for one in rooms])

    assert np.median(looked[:, 0]) <= 3
    assert (looked[:, 0] <= 3).mean() > 0.6
    assert looked[:, 0].max() < alone[:, 1].max() / 2, "plain counting drifts"
    assert alone[:, 2].mean() > 0.93
    assert looked[:, 2].mean() > 0.88


def test_what_doors_miss_is_learned_from_how_far_days_drift() -> None:
    drawn = draw_room(3, missed=0.15)
    found = estimated(drawn, looked=False, missed=None)

    assert found.drift is not None
    assert found.missed[0] > 0.03
    held = errors(drawn, found)[2]
    assert held > 0.7


def test_who_passes_a_door_that_was_not_recorded_widens_the_band() -> None:
    drawn = draw_room(5)
    hour = Intervals.of([[4 * 3600 * SECOND, 5 * 3600 * SECOND]])
    doors = [Door(*drawn.counted[0], drawn.always, 0.03)]
    for time, inward in drawn.counted[1:]:
        shown = ~hour.contains(time)
        doors.append(Door(time[shown], inward[shown], drawn.always.difference(hour), 0.03))
    found = occupancy_of(doors, begin_us=0, end_us=drawn.end_us, empty_us=[0, drawn.end_us])
    whole = estimated(drawn, looked=False)

    def width(of: Occupancy) -> float:
        piece = np.searchsorted(of.begin_us, 5 * 3600 * SECOND, side="right") - 1
        return float(of.high[piece] - of.low[piece])

    assert width(found) > width(whole) + 1
    assert errors(drawn, found)[2] > 0.9


def test_a_room_is_empty_while_no_door_is_recorded_around_an_empty_moment() -> None:
    day = Intervals.of([[0, 100 * SECOND], [500 * SECOND, 600 * SECOND]])
    found = occupancy_of(
        [Door(np.array([10, 510]) * SECOND, np.array([True, True]), day, 0.1)],
        begin_us=0,
        end_us=600 * SECOND,
        empty_us=[300 * SECOND],
    )
    piece = np.searchsorted(found.begin_us, np.array([99, 300, 505]) * SECOND, side="right") - 1
    assert found.people[piece][1] == pytest.approx(0, abs=1e-6)
    assert found.counted[piece].tolist() == [1, 0, 0], "counting begins anew in the morning"


def test_cameras_that_show_nobody_tell_nothing() -> None:
    drawn = draw_room(1)
    nobody = SeenInside(np.zeros(0, np.int64), np.zeros(0, np.int64), drawn.always)
    doors = [Door(time, inward, drawn.always, 0.03) for time, inward in drawn.counted]
    end_us = drawn.end_us
    found = occupancy_of(doors, begin_us=0, end_us=end_us, empty_us=[0, end_us], seen=nobody)
    alone = occupancy_of(doors, begin_us=0, end_us=end_us, empty_us=[0, end_us])
    piece = np.searchsorted(found.begin_us, alone.begin_us, side="right") - 1
    assert found.people[piece] == pytest.approx(alone.people)


@pytest.mark.parametrize("looked", [True, False])
@pytest.mark.parametrize("ways", [[1] * 129, [-1] * 400, [1] * 400 + [-1] * 200])
def test_doors_that_contradict_an_empty_room_are_told(ways: list[int], looked: bool) -> None:
    """As where a door counts the wrong way: numbers, and that they cannot be."""
    end = len(ways) + 10
    nobody = SeenInside(np.zeros(0, np.int64), np.zeros(0, np.int64), Intervals.of([[0, end * SECOND]]))
    found = occupancy_of(
        [door([(at + 1, way) for at, way in enumerate(ways)], end, 0.0)],
        begin_us=0,
        end_us=end * SECOND,
        empty_us=[0, end * SECOND],
        seen=nobody if looked else None,
    )
    assert found.contradicted
    assert np.isfinite(found.people).all()
    assert (found.people >= 0).all()


def test_cameras_that_show_nobody_and_no_empty_moment() -> None:
    nobody = SeenInside(np.zeros(0, np.int64), np.zeros(0, np.int64), Intervals.of([[0, 100 * SECOND]]))
    crossings = door([(10 * at, 1 if at % 2 else -1) for at in range(1, 10)], 100)
    found = occupancy_of([crossings], begin_us=0, end_us=100 * SECOND, empty_us=[], seen=nobody)
    assert np.isfinite(found.people).all()
    assert not found.contradicted
