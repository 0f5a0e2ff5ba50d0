"""People in clips that overlap are one person in both, and people of different times never are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatcli.analysis.run_rows import RunKey, trajectories_frame
from heatcli.clock import epoch_us
from heatcli.intervals import Intervals
from heatcli.select.persons import known_and_shared
from heatcli.store.clips import clips_frame
from heatcli.track.link.clip_pairs import overlapping_pairs
from heatcli.track.link.groups import Groups, joined
from heatcli.track.link.one_to_one import one_to_one
from heatcli.track.processed_frames import ProcessedFrames
from tests.support.figures import START, TALL, Figure, filmed, groups
from tests.support.store_runs import clip_row
from tests.support.world_floor import FLAT, HEIGHT, STEEP, WIDTH, World
from tests.support.world_outcome import compared, follow
from tests.support.worlds import crossing_pairs, crowd, queue_moves_up

LENGTH_S = 60.0


@st.composite
def people(draw: st.DrawFn, *, lane_px: float = 100.0) -> list[Figure]:
    """Some people who walk or stand, each in a lane of two heights of their own, for ten seconds and more."""
    figures = []
    for lane in range(draw(st.integers(1, 5))):
        begin = draw(st.integers(0, 30))
        stays = float(begin), float(begin + draw(st.integers(10, 40)))
        speed = draw(st.sampled_from([-60.0, -35.0, 0.0, 20.0, 50.0]))
        x = 640.0 - speed * sum(stays) / 2 + draw(st.integers(-200, 200))
        figures.append(Figure(stays, (x, lane_px + 2 * TALL * lane), (speed, 0.0)))
    return figures


@st.composite
def spans(draw: st.DrawFn) -> list[tuple[float, float]]:
    """Clips that cover a minute: each begins 3 to 15 s before the one before ends; some lie within others."""
    found = [(0.0, float(draw(st.integers(20, 40))))]
    while found[-1][1] < LENGTH_S:
        begin = found[-1][1] - draw(st.integers(3, 15))
        found.append((begin, min(begin + draw(st.integers(20, 40)), LENGTH_S)))
    for begin in draw(st.lists(st.integers(1, 45), max_size=2)):
        found.append((float(begin), float(begin + draw(st.integers(4, 14)))))
    return sorted(found)


@settings(max_examples=60, deadline=None)
@given(people(), spans(), st.data())
def test_people_in_clips_that_overlap_are_one(
    figures: list[Figure], cut: list[tuple[float, float]], data: st.DataObject
) -> None:
    fps = [data.draw(st.sampled_from([5.0, 10.0, 12.5, 25.0])) for _ in cut]
    late_s = [data.draw(st.sampled_from([0.0, 0.0, -0.3, 0.4])) for _ in cut]
    found = groups(
        *filmed(figures, cut, fps=fps, late_s=late_s, jitter=data.draw(st.sampled_from([0, 0.03])))
    )
    tracks = [{track for _, track in person} for person in found]
    # Nobody is another one, whatever was cut how.
    assert all(len(one) == 1 for one in tracks)
    assert len(tracks) == len(set().union(*tracks))


def of_two_scenes(
    figures: Sequence[Figure], others: Sequence[Figure], cut: Sequence[tuple[float, float]]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Film some people in the first of two clips, and others in the second."""
    clips, trajectories = filmed(figures, cut)
    run = dict(zip(clips["clip"], clips["run"], strict=True))
    rest = filmed(others, cut)[1].with_columns(run=pl.col("clip").replace_strict(run))
    of_first = pl.col("clip") == clips["clip"][0]
    return clips, pl.concat([trajectories.filter(of_first), rest.filter(~of_first)])


@settings(max_examples=60, deadline=None)
@given(people(), people(lane_px=100.0 + TALL), st.integers(6, 25), st.booleans())
def test_people_of_different_scenes_are_never_one(
    figures: list[Figure], others: list[Figure], shared_s: int, clerk: bool
) -> None:
    """The second clip is of another day; a clerk may stand at the same place in both."""
    stands = [Figure((0.0, LENGTH_S), (900.0, 800.0))] * clerk
    walks = Figure((0.0, LENGTH_S), (-500.0, 40.0), (40.0, 0.0))
    other_walks = Figure((0.0, LENGTH_S), (1800.0, -40.0), (-40.0, 0.0))
    cut = [(0.0, 30.0 + shared_s), (30.0, LENGTH_S)]
    found = groups(*of_two_scenes([*figures, walks, *stands], [*others, other_walks, *stands], cut))
    assert all(len(person) == 1 for person in found)


def test_who_stands_at_exactly_the_same_place_is_one_if_nobody_else_is_there() -> None:
    stands, near, off = (Figure((0.0, LENGTH_S), (x, 300.0)) for x in (300.0, 304.0, 330.0))
    cut = [(0.0, 40.0), (30.0, LENGTH_S)]
    assert len(groups(*of_two_scenes([stands], [near], cut))) == 1
    assert len(groups(*of_two_scenes([stands], [off], cut))) == 2


def test_who_is_lost_at_the_seam_is_joined_once() -> None:
    """Who goes on in the second clip has no end in the first, where another one comes a second later."""
    goes_on = Figure((0.0, LENGTH_S), (-300.0, 300.0), (20.0, 0.0))
    # At 40 s, where the first clip ends, the one is at 500, and the other one begins there.
    comes = Figure((41.0, LENGTH_S), (500.0 - 20 * 41, 302.0), (20.0, 0.0))
    assert len(groups(*filmed([goes_on, comes], [(0, 40), (30, LENGTH_S)]))) == 2


def test_a_clip_within_another_ends_nobody() -> None:
    walks = Figure((0.0, 90.0), (-600.0, 300.0), (20.0, 0.0))
    other = replace(walks, place=(-600.0, 500.0))
    found = groups(*filmed([walks, other], [(0, 60), (20, 35), (60, 90)], fps=[10.0, 25.0, 5.0]))
    assert [len(person) for person in found] == [3, 3]


def test_what_one_of_the_clips_did_not_record_is_not_compared() -> None:
    stands = [Figure((0.0, LENGTH_S), (300.0, y)) for y in (300.0, 500.0)]
    clips, trajectories = filmed(stands, [(0, 36), (30, LENGTH_S), (56, LENGTH_S)])
    # The first clip goes on at 56 s: the rows of the third are its own.
    first, _, third = clips["clip"]
    trajectories = trajectories.with_columns(
        track=pl.when(pl.col("clip") == third).then(pl.col("track") + 10).otherwise("track"),
        run=pl.when(pl.col("clip") == third).then(pl.lit(clips["run"][0])).otherwise("run"),
        clip=pl.col("clip").replace({third: first}),
    )
    pieces = clips["coverage"].to_list()
    told = clips[:2].with_columns(
        coverage=pl.Series([pieces[0] + pieces[2], pieces[1]], dtype=clips["coverage"].dtype)
    )
    _, shared = known_and_shared(trajectories.lazy(), told)
    assert shared is not None
    assert (shared.agrees.tolist(), shared.differs.tolist(), len(shared.same)) == ([True], [False], 2)
    assert shared.shared_us.tolist() == [10_000_000]


WORLDS = [crowd(STEEP, 5.0), crowd(FLAT, 5.0, seed=3), crowd(STEEP, 5.0, people=20, seed=5)]
WORLDS += [queue_moves_up(STEEP, 5.0), crossing_pairs(FLAT, 5.0)]


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: f"{world.name}, {len(world.people)} people")
def test_the_people_of_drawn_worlds_are_the_same_in_both_clips(world: World) -> None:
    """The detector of each clip errs in its own way, and loses people in its own way."""
    step_us = round(1e6 / world.fps)
    clips, rows = [], []
    owner: dict[tuple[int, int], int] = {}
    for number, (begin, end) in enumerate(((0.0, 36.0), (24.0, 60.0))):
        seen, truths = follow(world, seed=number, begin_s=begin, end_s=end)
        start = START + timedelta(seconds=begin)
        row = clip_row(
            "door", f"{number:016x}", start=start, frames=len(truths), width=WIDTH, height=HEIGHT,
            duration_us=len(truths) * step_us,
            coverage=Intervals.of([[epoch_us(start), epoch_us(start) + len(truths) * step_us]]),
        )  # fmt: skip
        timing = ProcessedFrames(
            np.array([truth.frame for truth in truths], np.int32),
            np.array([truth.pts_us for truth in truths]) - truths[0].pts_us,
            np.full(len(truths), step_us, np.int32),
        )
        clips.append(row)
        key = RunKey(row.camera, row.clip, row.run, start)
        rows.append(trajectories_frame(key, timing, seen, ["person"], {}))
        # Whose each trajectory is while both clips see it; not of those that went over to somebody else.
        frames = np.zeros((int(seen.track.max()) + 1, len(world.people)))
        for frame in compared(seen, truths):
            if 24e6 <= frame.pts_us < 36e6:
                frames[np.ix_(frame.track, frame.person)] += frame.overlap >= 0.5
        sure = (frames.max(axis=1) >= 2 * world.fps) & (frames.max(axis=1) >= 0.8 * frames.sum(axis=1))
        owner |= {(number, int(track)): int(frames[track].argmax()) for track in np.flatnonzero(sure)}
    joined_people = []
    for person in groups(clips_frame(clips), pl.concat(rows)):
        known = [one for one in person if one in owner]
        assert len({owner[one] for one in known}) <= 1
        if {clip for clip, _ in known} == {0, 1}:
            joined_people.append(owner[known[0]])
    seen_in = [{who for (clip, _), who in owner.items() if clip == number} for number in (0, 1)]
    assert set(joined_people) == seen_in[0] & seen_in[1]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_groups_are_what_is_connected(pairs: list[tuple[int, int]]) -> None:
    one, other = np.array(pairs, np.intp).reshape(-1, 2).T
    group = {row: {row} for row in range(10)}
    for a, b in pairs:
        both = group[a] | group[b]
        group.update(dict.fromkeys(both, both))
    assert joined(10, one, other).tolist() == [min(group[row]) for row in range(10)]


@given(
    st.lists(st.integers(0, 3), min_size=10, max_size=10),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30),
)
def test_nobody_is_twice_in_a_clip_and_the_surest_pairs_come_first(
    clips: list[int], pairs: list[tuple[int, int]]
) -> None:
    clip = np.array(clips)
    groups_of = Groups(clip, np.array(pairs, np.intp).reshape(-1, 2))
    for head in set(groups_of.head.tolist()):
        members = np.flatnonzero(groups_of.head == head)
        assert head == members[0]
        assert len(set(clip[members])) == len(members)
    if pairs and clip[pairs[0][0]] != clip[pairs[0][1]]:
        assert groups_of.head[pairs[0][0]] == groups_of.head[pairs[0][1]]
    # Whatever was left out had a clip in common.
    for one, other in pairs:
        assert groups_of.head[one] == groups_of.head[other] or not groups_of.may_join(one, other)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 50)), max_size=30))
def test_pairs_are_one_to_one_and_no_better_one_is_left(pairs: list[tuple[int, int, int]]) -> None:
    one, other, cost = np.array(pairs, np.int64).reshape(-1, 3).T
    chosen = one_to_one(one, other, cost.astype(np.float64)).tolist()
    assert len({pairs[at][0] for at in chosen}) == len({pairs[at][1] for at in chosen}) == len(chosen)
    for a, b, price in pairs:
        assert any(pairs[at][2] <= price and (pairs[at][0] == a or pairs[at][1] == b) for at in chosen)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20)), max_size=12))
def test_clips_that_overlap_are_paired(clips: list[tuple[int, int]]) -> None:
    begin, length = np.array(sorted(clips), np.int64).reshape(-1, 2).T
    end = begin + length
    found = {tuple(pair) for pair in overlapping_pairs(begin, end).tolist()}
    for later in range(len(begin)):
        expected = [earlier for earlier in range(later) if end[earlier] > begin[later]]
        assert {earlier for earlier, other in found if other == later} == set(expected[-8:])
