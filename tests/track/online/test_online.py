"""Online association on drawn scenes whose truth is exact."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from heatcli.config.settings import TrackSettings
from heatcli.detect.base import Detections
from heatcli.track.online.online import OnlineTracker
from tests.support.online_scenes import (
    CONFIDENCE,
    HEIGHT,
    Floats,
    Moment,
    box,
    detections,
    line,
    link,
    owners,
    seconds,
    track,
    walk,
)


@pytest.mark.parametrize("fps", [2.5, 5, 10, 30])
def test_two_who_cross_keep_their_tracklets(fps: float) -> None:
    times = seconds(8, fps)
    left, right = line(times, 100, 500, 0.8), line(times, 700, 520, -0.75)
    rows = track(walk(times, left, right, jitter=0.02))
    assert owners(rows, left, right) == [[1], [2]]


@pytest.mark.parametrize("fps", [2.5, 5, 10, 30])
def test_one_who_passes_somebody_standing_leaves_with_their_own_tracklet(fps: float) -> None:
    times = seconds(8, fps)
    standing, passing = line(times, 400, 500, 0), line(times, 100, 515, 0.8)
    # The one who stands behind is hidden while the two overlap.
    hidden = np.where(np.abs(passing[:, :1] - 400) < 0.25 * HEIGHT, np.nan, standing)
    moments = walk(times, hidden, passing, jitter=0.02)
    rows = track(moments)
    (stood, left), passed = owners(rows, standing, passing)
    assert passed not in ([stood], [left])
    assert owners(link(rows, moments), standing, passing) == [[1], [2]]


@pytest.mark.parametrize("fps", [2.5, 10, 30])
def test_jitter_and_misses_break_no_tracklet(fps: float) -> None:
    times = seconds(20, fps)
    paths = [line(times, 100, 300 + 150 * i, 0.2 * i) for i in range(4)]
    rows = track(walk(times, *paths, jitter=0.03, missed=0.05))
    assert sorted(owners(rows, *paths)) == [[1], [2], [3], [4]]


def test_a_fast_walker_is_followed_at_2_5_frames_a_second_without_any_overlap() -> None:
    times = seconds(6, 2.5)
    rows = track(walk(times, line(times, 100, 500, 1.2)))
    assert rows.tracklet.tolist() == [1] * len(times)
    assert rows.boxes[1, 0] > rows.boxes[0, 2]


def test_who_leaps_further_than_anybody_can_is_somebody_else() -> None:
    times = seconds(4, 10)
    path = np.where((times < 2)[:, None], line(times, 200, 500, 0), line(times, 500, 500, 0))
    assert track(walk(times, path)).tracklet.tolist() == [1] * 20 + [2] * 20


def test_blips_are_not_stored_and_numbers_have_no_holes() -> None:
    times = seconds(3, 10)
    blip = np.where((times < 0.35)[:, None], line(times, 100, 300, 0), np.nan)
    rows = track(walk(times, blip, line(times, 600, 500, 0)))
    assert rows.tracklet.tolist() == [1] * 30
    assert rows.frame.tolist() == list(range(30))


def test_who_is_seen_now_and_then_only_is_not_confirmed() -> None:
    times = seconds(8, 10)
    flicker = np.where((np.arange(80) % 10 == 0)[:, None], line(times, 100, 300, 0), np.nan)
    assert len(track(walk(times, flicker))) == 0


def test_weak_detections_continue_tracklets_but_found_none() -> None:
    moments = [
        (i, i * 100_000, detections([box(100, 500), box(500, 500)], [0.7 if i < 10 else 0.12, 0.2]))
        for i in range(20)
    ]
    rows = track(moments)
    assert rows.tracklet.tolist() == [1] * 20
    assert rows.boxes[:, 0].tolist() == [80.0] * 20
    np.testing.assert_array_equal(rows.confidence[10:], np.float32(0.12))


def test_a_second_box_of_one_person_founds_nothing() -> None:
    double = [box(100, 500), box(108, 500)]
    rows = track([(i, i * 100_000, detections(double, [0.6, 0.7])) for i in range(20)])
    assert rows.tracklet.tolist() == [1] * 20
    np.testing.assert_array_equal(rows.confidence, np.float32(0.7))


def test_classes_do_not_mix() -> None:
    same_place = [box(100, 500), box(102, 500)]
    rows = track(
        [(i, i * 100_000, detections(same_place, [0.6, 0.7], [2, 0])) for i in range(20)],
    )
    assert rows.class_id.tolist() == [2, 0] * 20
    assert rows.tracklet.tolist() == [1, 2] * 20
    rows = track([(i, i * 100_000, detections(same_place[:1], 0.6, [i // 10])) for i in range(20)])
    assert rows.tracklet.tolist() == [1] * 10 + [2] * 10


def test_nothing_found_gives_no_rows() -> None:
    rows = track([(i, i * 100_000, Detections.empty()) for i in range(5)])
    assert len(rows) == 0
    assert rows.boxes.shape == (0, 4)
    assert len(track([])) == 0


def test_frames_must_follow_each_other() -> None:
    tracker = OnlineTracker(TrackSettings(), confidence=CONFIDENCE)
    tracker.update(5, 500_000, Detections.empty(), None)
    with pytest.raises(ValueError, match="frame 5 at 600000 µs does not follow frame 5 at 500000 µs"):
        tracker.update(5, 600_000, Detections.empty(), None)
    with pytest.raises(ValueError, match="frame 6 at 400000 µs"):
        tracker.update(6, 400_000, Detections.empty(), None)


@st.composite
def clips(draw: st.DrawFn) -> list[Moment]:
    """Draw people who dither around, among boxes from nowhere, at any spacing of frames."""
    n = draw(st.integers(0, 25))
    steps = draw(st.lists(st.integers(0, 900_000), min_size=n, max_size=n))
    seed = draw(st.integers(0, 2**32 - 1))
    people = draw(st.integers(0, 6))
    rng = np.random.default_rng(seed)
    feet = rng.uniform(100, 500, (people, 2))
    moments = []
    for frame, pts_us in enumerate(np.cumsum(steps, dtype=np.int64)):
        feet += rng.normal(0, 10, feet.shape)
        clutter = rng.uniform(100, 500, (rng.integers(0, 3), 2))
        shown = np.concatenate([feet[rng.random(people) < 0.8], clutter])
        boxes = [box(x, y, rng.uniform(60, 140)) for x, y in shown]
        found = detections(
            boxes, list(rng.uniform(0.1, 0.9, len(boxes))), list(rng.integers(0, 2, len(boxes)))
        )
        moments.append((frame, int(pts_us), found))
    return moments


@given(clips())
@settings(max_examples=60, deadline=None)
def test_rows_are_sightings_each_used_once(moments: list[Moment]) -> None:
    rows = track(moments)
    keys = list(zip(rows.frame.tolist(), rows.tracklet.tolist(), strict=True))
    assert keys == sorted(set(keys))
    found = [
        (frame, *row)
        for frame, _, seen in moments
        for row in np.column_stack([seen.boxes, seen.confidence, seen.class_id]).tolist()
    ]
    table = np.column_stack([rows.frame, rows.boxes, rows.confidence, rows.class_id])
    used = [tuple(row) for row in table.tolist()]
    assert len(used) == len(set(used))
    assert set(used) <= set(found)

    times = np.array([pts for _, pts, _ in moments])
    first_seen = []
    for tracklet in range(1, int(rows.tracklet.max(initial=0)) + 1):
        own = rows.tracklet == tracklet
        seen = rows.frame[own]
        two_back_us = times[np.maximum(seen[1:] - 2, 0)]
        assert ((np.diff(times[seen]) <= 500_000) | (times[seen[:-1]] >= two_back_us)).all()
        assert len(set(rows.class_id[own].tolist())) == 1
        first_seen.append(seen[0])
    assert first_seen == sorted(first_seen)


@given(clips(), st.integers(1, 7), st.integers(0, 1000), st.integers(0, 10**9))
@settings(max_examples=30, deadline=None)
def test_only_times_matter_not_frame_numbers(
    moments: list[Moment], step: int, first: int, start_us: int
) -> None:
    rows = track(moments)
    renumbered = track([(first + step * f, start_us + pts, found) for f, pts, found in moments])
    np.testing.assert_array_equal(renumbered.frame, first + step * rows.frame)
    for name in ("tracklet", "boxes", "confidence", "class_id", "filled"):
        np.testing.assert_array_equal(getattr(renumbered, name), getattr(rows, name))


@given(clips(), st.sampled_from([0.25, 0.5, 2.0, 4.0]))
@settings(max_examples=30, deadline=None)
def test_resolution_does_not_matter(moments: list[Moment], scale: float) -> None:
    rows = track(moments)
    scaled = track(
        [
            (f, pts, Detections(found.boxes * np.float32(scale), found.confidence, found.class_id))
            for f, pts, found in moments
        ]
    )
    np.testing.assert_array_equal(scaled.tracklet, rows.tracklet)
    np.testing.assert_allclose(scaled.boxes, rows.boxes * scale, rtol=1e-6)


@given(hnp.arrays(np.float64, (7, 2), elements=st.floats(150, 850)))
@settings(max_examples=30, deadline=None)
def test_trackers_do_not_influence_each_other(places: Floats) -> None:
    times = seconds(2, 10)
    moments = walk(times, *[line(times, x, y, 0.1) for x, y in places])
    alone = track(moments)
    first, second = (OnlineTracker(TrackSettings(), confidence=CONFIDENCE) for _ in range(2))
    for moment in moments:
        first.update(*moment, None)
        second.update(*moment, None)
    for other in (first.finish(), second.finish()):
        np.testing.assert_array_equal(other.tracklet, alone.tracklet)
        np.testing.assert_array_equal(other.boxes, alone.boxes)


def test_memory_stays_under_100_bytes_per_row() -> None:
    times = seconds(60, 10)
    moments = walk(times, *[line(times, 100 + 60 * i, 300 + 20 * i, 0) for i in range(30)], missed=0.1)
    tracker = OnlineTracker(TrackSettings(), confidence=CONFIDENCE)
    tracemalloc.start()
    try:
        for moment in moments:
            tracker.update(*moment, None)
        rows = tracker.finish()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(rows) > 15_000
    assert peak < 100 * len(rows)
