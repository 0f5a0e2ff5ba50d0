"""Online association on drawn scenes whose truth is exact."""

import tracemalloc
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from heatcli.config.settings import TrackSettings
from heatcli.detect.base import Detections
from heatcli.track.link.whole_clip import link_tracklets
from heatcli.track.observations import Observations
from heatcli.track.online.online import OnlineTracker

CONFIDENCE = 0.25
HEIGHT = 100.0
Moment = tuple[int, int, Detections]
Floats = NDArray[np.float64]


def box(x: float, y: float, height: float = HEIGHT) -> tuple[float, float, float, float]:
    """Draw an upright person with the feet at x, y."""
    return x - 0.2 * height, y - height, x + 0.2 * height, y


def detections(
    boxes: Sequence[Sequence[float]], confidence: float | Sequence[float] = 0.7, class_id: Sequence[int] = ()
) -> Detections:
    n = len(boxes)
    return Detections(
        np.array(boxes, np.float32).reshape(n, 4),
        np.broadcast_to(np.array(confidence, np.float32), n).copy(),
        np.array(class_id or [0] * n, np.int32),
    )


def track(moments: Sequence[Moment], **changed: float) -> Observations:
    tracker = OnlineTracker(TrackSettings.model_validate(changed), confidence=CONFIDENCE)
    for frame, pts_us, found in moments:
        tracker.update(frame, pts_us, found, None)
    return tracker.finish()


def link(rows: Observations, moments: Sequence[Moment]) -> Observations:
    """Join tracklets as is done once a clip has ended; what nobody can tell apart online is told then."""
    frames, times = np.array([moment[:2] for moment in moments], np.int64).T
    linked, _ = link_tracklets(
        rows,
        np.zeros((int(rows.tracklet.max()), 2, 0), np.float32),
        frames=frames.astype(np.int32),
        pts_us=times,
        dt_us=np.gradient(times).astype(np.int32),
        width=2000,
        height=1000,
        settings=TrackSettings(),
    )
    return linked


def walk(times: Floats, *paths: Floats, jitter: float = 0.0, missed: float = 0.0) -> list[Moment]:
    """Detect people at `paths`, each (n, 2) feet, NaN while hidden."""
    rng = np.random.default_rng(1)
    moments = []
    for frame, time in enumerate(times):
        boxes = [
            np.array(box(*path[frame])) + rng.normal(0, jitter * HEIGHT, 4)
            for path in paths
            if np.isfinite(path[frame]).all() and rng.random() >= missed
        ]
        moments.append((frame, round(time * 1e6), detections([list(b) for b in boxes])))
    return moments


def line(times: Floats, x: float, y: float, vx: float, vy: float = 0.0) -> Floats:
    """Walk straight, at lengths per second."""
    return np.column_stack([x + vx * HEIGHT * times, y + vy * HEIGHT * times])


def owners(rows: Observations, *paths: Floats) -> list[list[int]]:
    """Give, per person, the tracks whose boxes are nearest to that person, in order of time."""
    middle = np.column_stack([rows.boxes[:, [0, 2]].mean(axis=1), rows.boxes[:, 3]])
    away = np.stack([np.linalg.norm(middle - path[rows.frame], axis=1) for path in paths])
    nearest = np.where(np.isfinite(away), away, np.inf).argmin(axis=0)
    return [list(dict.fromkeys(rows.track[nearest == i].tolist())) for i in range(len(paths))]


def seconds(duration: float, fps: float) -> Floats:
    return np.arange(round(duration * fps)) / fps


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


@pytest.mark.parametrize("fps", [2.5, 10, 30])
def test_a_hidden_stretch_is_outlived_and_left_open(fps: float) -> None:
    times = seconds(6, fps)
    path = line(times, 100, 500, 0.8)
    hidden = (times > 2.95) & (times < 3.35)
    rows = track(walk(times, np.where(hidden[:, None], np.nan, path)))
    assert rows.frame.tolist() == np.flatnonzero(~hidden).tolist()
    assert set(rows.tracklet.tolist()) == {1}
    assert not rows.filled.any()
    np.testing.assert_allclose(rows.boxes, [box(*feet) for feet in path[~hidden]], atol=1e-3)


def test_how_long_somebody_hidden_is_followed_is_a_setting() -> None:
    times = seconds(8, 10)
    hidden = ((times > 3) & (times < 5))[:, None]
    moments = walk(times, np.where(hidden, np.nan, line(times, 100, 500, 0)))
    rows = track(moments)
    assert set(rows.tracklet.tolist()) == {1, 2}
    rows = track(moments, max_gap_s=3)
    assert rows.tracklet.tolist() == [1] * (80 - hidden.sum())


def test_a_gap_in_the_recording_ends_tracklets() -> None:
    times = np.concatenate([seconds(3, 10), 13 + seconds(3, 10)])
    rows = track(walk(times, line(times, 400, 500, 0)))
    assert rows.tracklet.tolist() == [1] * 30 + [2] * 30


def test_a_short_gap_in_the_recording_is_outlived() -> None:
    times = np.concatenate([seconds(3, 10), 3.3 + seconds(3, 10)])
    rows = track(walk(times, line(times, 100, 500, 0.8)))
    assert rows.tracklet.tolist() == [1] * 60


@pytest.mark.parametrize(
    "times",
    [
        np.insert(seconds(60, 1), 11, 10.1),
        np.insert(seconds(60, 1), 11, 10.000001),
        np.concatenate([seconds(2, 10), 2 + seconds(60, 1)]),
        np.concatenate([seconds(2, 10), 2 + 0.6 * np.arange(100)]),
        np.cumsum(np.tile([0.7, 0.28, 0.72, 0.7], 10)),
    ],
    ids=["one frame more", "a doubled time stamp", "slower from then on", "a bit slower", "jitter"],
)
def test_a_short_step_does_not_make_the_others_gaps(times: Floats) -> None:
    rows = track(walk(times, line(times, 400, 500, 0)))
    assert rows.frame.tolist() == list(range(len(times)))
    assert set(rows.tracklet.tolist()) == {1}


@given(
    st.lists(st.integers(1, 1_000_000), min_size=1, max_size=40),
    st.lists(st.integers(1, 1_000_000), min_size=1, max_size=40),
    st.integers(2_000_001, 60_000_000),
)
@settings(max_examples=60, deadline=None)
def test_a_second_is_no_gap_and_more_than_twice_the_longest_step_is(
    before: list[int], after: list[int], hole: int
) -> None:
    times = np.cumsum([0, 1_000_000, *before, hole, 1_000_000, *after]) / 1e6
    rows = track(walk(times, line(times, 400, 500, 0)))
    assert rows.tracklet.tolist() == [1] * (len(before) + 2) + [2] * (len(after) + 2)


def test_in_a_time_lapse_one_frame_may_be_missed_and_not_two() -> None:
    times = 5 * np.arange(30) + np.random.default_rng(2).uniform(0, 0.5, 30)
    path = line(times, 400, 500, 0)
    for missed, tracklets in ([12], {1}), ([12, 13], {1, 2}):
        shown = path.copy()
        shown[missed] = np.nan
        rows = track(walk(times, shown))
        assert rows.frame.tolist() == np.flatnonzero(np.isfinite(shown[:, 0])).tolist()
        assert set(rows.tracklet.tolist()) == tracklets


def test_a_change_to_seconds_between_frames_is_followed_after_a_few() -> None:
    times = np.concatenate([seconds(10, 10), 10 + 3 * np.arange(1, 41)])
    rows = track(walk(times, line(times, 400, 500, 0)))
    # Of the latest 16 steps, more than half are long.
    assert rows.frame.tolist() == [*range(100), *range(107, 140)]
    assert rows.tracklet.tolist() == [1] * 100 + [2] * 33


def test_uneven_frames_are_followed_by_their_times() -> None:
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.choice([0.04, 0.1, 0.4, 0.8], 40))
    left, right = line(times, 100, 500, 0.6), line(times, 1500, 530, -0.6)
    moments = walk(times, left, right, jitter=0.02)
    rows = track(moments)
    assert not set.intersection(*map(set, owners(rows, left, right)))
    assert owners(link(rows, moments), left, right) == [[1], [2]]


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
