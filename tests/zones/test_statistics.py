"""Every field of the zone table against a computation that looks at each moment for itself."""

import itertools
import random
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heatcli.intervals import Intervals
from heatcli.names import By
from heatcli.shapes import Polygon, Zone
from heatcli.zones.buckets import buckets_of
from heatcli.zones.stays import STAY_EDGES_S, Stays
from tests.support.zones_reference import Seen, Span, calendar, common, length
from tests.support.zones_scenes import (
    ALWAYS,
    PLACES,
    SECOND,
    ZAGREB,
    ZONES,
    Scene,
    at,
    check,
    statistics,
    us,
    walk,
)

# Midnight of a new month and week; the clocks of Zagreb go forward; they go back.
EDGES = [us("2026-05-31T22:00"), us("2026-03-29T01:00"), us("2026-10-25T01:00")]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Up to three clips that overlap, with gaps, in frames that are not evenly spaced, around an edge."""
    edge = draw(st.sampled_from(EDGES))
    unit = draw(st.sampled_from([100_000, SECOND, 6 * 60 * SECOND]))
    starts = sorted(draw(st.lists(st.integers(-8, 4), min_size=1, max_size=3)))
    covered, seen = [], []
    for clip, start in enumerate(starts):
        time = edge + start * unit + draw(st.sampled_from([0, 7, unit // 3]))
        spans = []
        for frame in range(draw(st.integers(1, 8))):
            dt = draw(st.sampled_from([unit, unit // 2]))
            spans.append((time, time + dt))
            # One person may be there twice: two trajectories of a group.
            for person, place in draw(
                st.lists(st.tuples(st.integers(0, 3), st.sampled_from(PLACES)), max_size=4)
            ):
                piece = draw(st.integers(0, 2))
                seen.append(Seen(time, dt, clip, frame, person, at(place), tracklet=piece))
            time += dt + draw(st.sampled_from([0, 0, 0, unit // 4, 3 * unit]))
        covered.append(spans)
    limits = draw(
        st.sampled_from([ALWAYS, [(edge - 3 * unit - 11, edge + 13), (edge + 17, edge + 3 * unit)]])
    )
    return Scene(covered, limits, seen)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    scene=scenes(),
    by=st.sampled_from(By),
    cuts=st.lists(st.integers(0, 40), max_size=3),
)
def test_every_field_is_what_looking_at_each_moment_gives(scene: Scene, by: By, cuts: list[int]) -> None:
    covered = common([span for spans in scene.own for span in spans], ALWAYS)
    if not covered:
        spans: list[list[Span]] = []
    else:
        spans = [parts for _, parts in calendar(by, covered[0][0], max(end for _, end in covered), ZAGREB)]
    buckets = buckets_of(by, covered=Intervals.of(covered), zone=ZAGREB)
    for found in statistics(scene, buckets=buckets, cuts=cuts):
        check(found, scene, spans)


IN, OUT = (256, 128), (0, 0)
TEN = us("2026-03-14T10:00")


def test_a_day_in_numbers() -> None:
    """Ten seconds, two persons; one leaves for 2 s, which is bridged, then for 3 s, which is not."""
    a = walk(TEN, [IN, OUT, OUT, IN, IN, OUT, OUT, OUT, IN, OUT])
    b = walk(TEN, [None, None, None, None, IN, IN, None, None, None, None], person=1)
    a = [replace(one, tracklet=one.frame // 4) for one in a]
    scene = Scene([[(TEN, TEN + 10 * SECOND)]], ALWAYS, [*a, *b])
    (found,) = statistics(scene, ZONES[:1])
    assert asdict(found.total) == pytest.approx(
        {
            "covered_s": 10.0,
            "detections_pct": 100 * 6 / 12,
            "avg_occupancy": 0.6,
            "occupancy_pct": 50.0,
            "longest_occupancy_s": 9.0,  # 0..6 and 8..9, the gap of two seconds between them bridged
            "max_occupancy": 2,
            "tracklets": 4,  # three of the first person, one of the second
            "trajectories": 2,
            "unique_visits": 2,
            "stays": 3,  # 0..5, 8..9 and 4..6
            "median_stay_s": 2.0,
            "p90_stay_s": 4.4,
            "activity_pct": None,
        }
    )
    assert found.stays.person.tolist() == [0, 1, 0]
    assert found.stays.lengths_s.tolist() == [5.0, 2.0, 1.0]


def test_a_stretch_is_cut_at_midnight_and_a_stay_belongs_to_the_day_in_which_it_begins() -> None:
    midnight = us("2026-03-14T23:00")
    scene = Scene(
        [[(midnight - 4 * SECOND, midnight + 6 * SECOND)]], ALWAYS, walk(midnight - 4 * SECOND, [IN] * 10)
    )
    buckets = buckets_of(By.DAY, covered=Intervals.of(scene.covered[0]), zone=ZAGREB)
    (found,) = statistics(scene, ZONES[:1], buckets=buckets)
    before, after = found.buckets
    assert found.total.longest_occupancy_s == 10.0
    assert (before.longest_occupancy_s, before.stays, before.median_stay_s) == (4.0, 1, 10.0)
    assert (after.longest_occupancy_s, after.stays, after.median_stay_s) == (6.0, 0, None)
    assert (before.unique_visits, after.unique_visits) == (1, 1)
    assert (before.activity_pct, after.activity_pct) == (100.0, 100.0)


def test_what_was_not_watched_is_null_and_what_nobody_entered_is_zero() -> None:
    scene = Scene([[(TEN, TEN + 10 * SECOND)]], ALWAYS, [])
    buckets = buckets_of(
        By.HOUR, covered=Intervals.of(scene.covered[0]), zone=ZAGREB, end_us=TEN + 2 * 3600 * SECOND
    )
    (found,) = statistics(scene, ZONES[:1], buckets=buckets)
    watched, off = (asdict(bucket) for bucket in found.buckets)
    assert {value for name, value in off.items() if name != "covered_s"} == {None}
    assert off["covered_s"] == 0.0
    assert watched.pop("covered_s") == 10.0
    assert (watched.pop("median_stay_s"), watched.pop("p90_stay_s")) == (None, None)
    assert set(watched.values()) == {0}


def test_a_gap_in_the_recording_is_bridged_up_to_the_gap_and_counts_for_nothing() -> None:
    first, second = walk(TEN, [IN] * 3), walk(TEN + 5 * SECOND, [IN] * 3, clip=1)
    covered = [[(TEN, TEN + 3 * SECOND)], [(TEN + 5 * SECOND, TEN + 8 * SECOND)]]
    (found,) = statistics(Scene(covered, ALWAYS, [*first, *second]), ZONES[:1])
    assert (found.total.longest_occupancy_s, found.total.stays, found.total.median_stay_s) == (8.0, 1, 8.0)
    assert (found.total.covered_s, found.total.occupancy_pct, found.total.avg_occupancy) == (6.0, 100.0, 1.0)

    second = walk(TEN + 5 * SECOND + 1, [IN] * 3, clip=1)
    covered = [[(TEN, TEN + 3 * SECOND)], [(TEN + 5 * SECOND + 1, TEN + 8 * SECOND + 1)]]
    (longer,) = statistics(Scene(covered, ALWAYS, [*first, *second]), ZONES[:1])
    assert (longer.total.longest_occupancy_s, longer.total.stays) == (3.0, 2)


def test_a_row_that_begins_to_count_late_comes_behind_rows_of_a_later_time() -> None:
    """The first clip has a frame every 100 ms until 500 ms; one frame of the second stands for 700 ms."""
    tenth = SECOND // 10
    early = walk(TEN, [IN] * 5, step=tenth)
    late = [Seen(TEN + 1, 7 * tenth, 1, 0, 1, at(IN))]
    scene = Scene([[(TEN, TEN + 5 * tenth)], [(TEN + 1, TEN + 1 + 7 * tenth)]], ALWAYS, [*early, *late])
    for cuts in ([], [1], [2], [3]):
        (found,) = statistics(scene, ZONES[:1], cuts=cuts)
        assert (found.total.longest_occupancy_s, found.total.max_occupancy) == (0.700001, 1)
        assert found.stays.person.tolist() == [0, 1]
        assert found.stays.lengths_s.tolist() == [0.5, 0.200001]


def test_covered_time_outside_of_the_buckets_is_a_mistake() -> None:
    scene = Scene([[(TEN, TEN + SECOND)]], ALWAYS, [])
    buckets = buckets_of(By.HOUR, covered=Intervals.of([[0, 1]]), zone=ZAGREB)
    with pytest.raises(ValueError, match="leave out covered time"):
        statistics(scene, buckets=buckets)


def test_pixels_that_are_not_square() -> None:
    seen = walk(TEN, [(256, 128), (320, 128), (321, 128), (256, 255), (256, 192)])
    scene = Scene([[(TEN, TEN + 5 * SECOND)]], ALWAYS, seen)
    (found,) = statistics(scene, ZONES[:1], sample_aspect=2.0)
    check(found, scene, [], sample_aspect=2.0)
    assert found.total.occupancy_pct == 80.0


fractions = st.floats(0.01, 0.99).map(lambda value: round(value, 2))


@settings(max_examples=50, deadline=None)
@given(scene=scenes(), columns=st.sets(fractions, max_size=3), rows=st.sets(fractions, max_size=3))
def test_a_partition_of_the_frame_has_all_detections(
    scene: Scene, columns: set[float], rows: set[float]
) -> None:
    across, down = ([0.0, *sorted(cuts), 1.0] for cuts in (columns, rows))
    cells = [
        Zone("", Polygon(((x1, y1), (x2, y1), (x2, y2), (x1, y2))))
        for x1, x2 in itertools.pairwise(across)
        for y1, y2 in itertools.pairwise(down)
    ]
    shares = [found.total.detections_pct for found in statistics(scene, cells)]
    if not scene.own or not length([span for spans in scene.own for span in spans]):
        assert set(shares) == {None}
    else:
        counted = any(common([(s.time_us, s.time_us + s.dt_us)], scene.own[s.clip]) for s in scene.seen)
        assert sum(share or 0.0 for share in shares) == pytest.approx(100.0 if counted else 0.0)


OCCUPANCY = (
    *(
        "covered_s",
        "detections_pct",
        "avg_occupancy",
        "occupancy_pct",
        "longest_occupancy_s",
        "max_occupancy",
    ),
    "activity_pct",
)


@settings(max_examples=50, deadline=None)
@given(scene=scenes(), seed=st.integers(0, 1000), by=st.sampled_from(By))
def test_cutting_tracks_into_pieces_changes_no_occupancy_figure(scene: Scene, seed: int, by: By) -> None:
    """It needs no identities. Whoever is there twice in one frame is two people as soon as they are cut."""
    alone = {(s.clip, s.frame, s.person): s for s in scene.seen}
    whole = replace(scene, seen=list(alone.values()))
    chance = random.Random(seed)
    cut_up = replace(scene, seen=[replace(s, person=s.person + 4 * chance.randrange(9)) for s in whole.seen])
    covered = Intervals.of([span for spans in scene.own for span in spans])
    buckets = buckets_of(by, covered=covered, zone=ZAGREB)
    for one, other in zip(
        statistics(whole, buckets=buckets), statistics(cut_up, buckets=buckets), strict=True
    ):
        for a, b in zip([one.total, *one.buckets], [other.total, *other.buckets], strict=True):
            assert [getattr(a, name) for name in OCCUPANCY] == [getattr(b, name) for name in OCCUPANCY]


@given(lengths=st.lists(st.integers(1, 50), min_size=1, max_size=30))
def test_percentiles_are_those_of_numpy(lengths: list[int]) -> None:
    seen, time = [], TEN
    for person, seconds in enumerate(lengths):
        seen += [
            replace(s, frame=time // SECOND) for s in walk(time, [IN], person=person, step=seconds * SECOND)
        ]
        time += seconds * SECOND
    (found,) = statistics(Scene([[(TEN, time)]], ALWAYS, seen), ZONES[:1])
    assert found.total.median_stay_s == pytest.approx(float(np.percentile(lengths, 50)))
    assert found.total.p90_stay_s == pytest.approx(float(np.percentile(lengths, 90)))


def test_a_stay_is_of_the_class_whose_limits_it_is_within() -> None:
    lengths_us = np.array([1, 999_999, 1_000_000, 59_999_999, 60_000_000, 28_800_000_000, 10**12])
    begin_us = np.full(len(lengths_us), 7_000_000)
    counts = Stays(np.arange(len(lengths_us)), begin_us, begin_us + lengths_us).distribution
    some = {edge: count for edge, count in zip(STAY_EDGES_S, counts.tolist(), strict=True) if count}
    assert some == {0: 2, 1: 1, 30: 1, 60: 1, 28800: 2}
