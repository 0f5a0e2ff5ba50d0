"""Smoothed and filled tracks against a dense solution, drawn truth, and what must not matter."""

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.track.motion_model import POSITION_ERROR, STEADY_S
from heatcli.track.observations import Observations
from heatcli.track.smooth.rts import most_likely_path, path_between
from heatcli.track.smooth.smooth import smooth

SPEED = 0.6
WIDTH, HEIGHT = 5000, 4500
LENGTH = 100.0
Floats = NDArray[np.float64]


def observations(track: list[int], frame: NDArray[np.integer], boxes: NDArray[np.floating]) -> Observations:
    """Make rows that are sorted by frame and track; tracklets have ten times the number of their track."""
    n = len(track)
    return Observations(
        frame=frame.astype(np.int32),
        track=np.array(track, np.int32),
        tracklet=np.array(track, np.int32) * 10,
        boxes=boxes.astype(np.float32).reshape(n, 4),
        confidence=np.full(n, 0.5, np.float32),
        class_id=np.array(track, np.int32) % 2,
        filled=np.zeros(n, np.bool_),
    )


def people(feet: Floats, length: float = LENGTH) -> Floats:
    """Draw upright boxes with their feet at (n, 2)."""
    x, y = feet.T
    return np.column_stack([x - 0.2 * length, y - length, x + 0.2 * length, y])


def smoothed(seen: Observations, times: Floats, steps: NDArray[np.intp] | None = None) -> Observations:
    """Smooth tracks that were followed in all frames, or in those of some steps."""
    frames = np.arange(len(times), dtype=np.int32)
    return smooth(
        seen,
        frames=frames,
        pts_us=np.round(times * 1e6).astype(np.int64),
        steps=frames if steps is None else frames[steps],
        width=WIDTH,
        height=HEIGHT,
        speed=SPEED,
    )


def follow(
    times: Floats, boxes: NDArray[np.floating], *, hidden: NDArray[np.bool_] | None = None
) -> Observations:
    """Smooth the one track that has these boxes, but for those that are hidden."""
    seen = np.flatnonzero(~hidden) if hidden is not None else np.arange(len(times))
    return smoothed(observations([1] * len(seen), seen, boxes[seen]), times)


def feet_of(rows: Observations) -> Floats:
    x1, _, x2, y2 = rows.boxes.astype(np.float64).T
    return np.column_stack([(x1 + x2) / 2, y2])


def covariance(a: Floats, b: Floats) -> Floats:
    """Of positions whose velocity is an Ornstein-Uhlenbeck process, since time 0."""
    a, b = a[:, None], b[None]
    decay = 1 + np.exp(-np.abs(a - b) / STEADY_S) - np.exp(-a / STEADY_S) - np.exp(-b / STEADY_S)
    both: Floats = SPEED**2 * (2 * STEADY_S * np.minimum(a, b) - STEADY_S**2 * decay)
    return both


def dense_path(times: Floats, measured: Floats, weight: Floats, at: Floats) -> Floats:
    """Condition the Gaussian process on all measurements at once; nothing is known of where it began."""
    used = weight > 0
    own = times[used] - times[0]
    noise = np.diag(POSITION_ERROR**2 / weight[used])
    inverse = np.linalg.inv(covariance(own, own) + noise)
    level = inverse.sum(axis=0) @ measured[used] / inverse.sum()
    gain = covariance(at - times[0], own) @ inverse
    path: Floats = level + gain @ (measured[used] - level)
    return path


@st.composite
def measurements(draw: st.DrawFn) -> tuple[Floats, Floats, Floats]:
    n = draw(st.integers(1, 15))
    step = st.sampled_from([0.02, 0.1, 0.4, 1.5, 30.0])
    times = 7 + np.cumsum(draw(st.lists(step, min_size=n, max_size=n)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    measured = 500 + np.cumsum(rng.normal(0, 10, (n, 3)), axis=0)
    weight = rng.choice([0.0, 0.2, 1.0], n)
    weight[draw(st.integers(0, n - 1))] = 1.0
    return times, measured, weight


@given(measurements())
@settings(max_examples=100)
def test_the_path_is_that_of_the_full_gaussian_system(case: tuple[Floats, Floats, Floats]) -> None:
    times, measured, weight = case
    path = most_likely_path(times, measured, weight, speed=SPEED)
    np.testing.assert_allclose(path.position, dense_path(times, measured, weight, times), atol=1e-3)
    before = np.flatnonzero(np.diff(times) <= STEADY_S)
    for part in (0.2, 0.7):
        at = times[before] + part * np.diff(times)[before]
        between = path_between(times, path, at, before, speed=SPEED)
        np.testing.assert_allclose(between, dense_path(times, measured, weight, at), atol=1e-3)


@st.composite
def clips(draw: st.DrawFn) -> tuple[Observations, Floats]:
    """Draw tracks with gaps among frames at any distances."""
    frames = draw(st.integers(1, 20))
    times = np.cumsum(draw(st.lists(st.floats(0.01, 6), min_size=frames, max_size=frames)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    # Fewer people than a perspective takes.
    tracks = draw(st.integers(0, 4))
    present = rng.random((frames, tracks)) < draw(st.floats(0.3, 1))
    frame, track = np.nonzero(present)
    feet = rng.uniform(500, 2500, (tracks, 2))[track] + rng.normal(0, 40, (len(track), 2))
    boxes = people(feet) + rng.normal(0, 4, (len(track), 4))
    return observations((track + 1).tolist(), frame, boxes), times


@given(steps=st.lists(st.integers(1, 5), max_size=12), seed=st.integers(0, 2**32 - 1))
def test_who_is_found_in_a_step_is_in_the_frames_nearest_to_it(steps: list[int], seed: int) -> None:
    """Frames between those that were looked at take nothing from these."""
    at = np.cumsum([0, *steps])
    frames = np.arange(at[-1] + 1)
    rng = np.random.default_rng(seed)
    found = np.flatnonzero(rng.random(len(at)) < 0.7)
    boxes = people(np.column_stack([500 + 4 * at[found], np.full(len(found), 900)]))
    track = [1] * len(found)
    rows = smoothed(observations(track, at[found], boxes), frames / 10, at)
    nearest = np.abs(frames[:, None] - at).argmin(axis=1)
    within = (nearest >= found[0]) & (nearest <= found[-1]) if len(found) else np.zeros(len(frames), bool)
    np.testing.assert_array_equal(rows.frame, frames[within])
    np.testing.assert_array_equal(rows.filled, ~np.isin(nearest[within], found))
    np.testing.assert_array_equal(np.isnan(rows.confidence), rows.filled)
    few = smoothed(observations(track, found, boxes), at / 10)
    np.testing.assert_allclose(rows.boxes[np.isin(rows.frame, at)], few.boxes, atol=1e-3)


@given(clips())
def test_every_frame_between_the_sightings_has_a_row_and_no_other(clip: tuple[Observations, Floats]) -> None:
    seen, times = clip
    rows = smoothed(seen, times)
    sightings = {(f, t) for f, t in zip(seen.frame.tolist(), seen.track.tolist(), strict=True)}
    expected = []
    for track in set(seen.track.tolist()):
        own = [f for f, t in sightings if t == track]
        expected += [(f, track, (f, track) not in sightings) for f in range(min(own), max(own) + 1)]
    got = list(zip(rows.frame.tolist(), rows.track.tolist(), rows.filled.tolist(), strict=True))
    assert got == sorted(expected)
    np.testing.assert_array_equal(np.isnan(rows.confidence), rows.filled)
    np.testing.assert_array_equal(rows.confidence[~rows.filled], seen.confidence)
    np.testing.assert_array_equal(rows.tracklet, rows.track * 10)
    np.testing.assert_array_equal(rows.class_id, rows.track % 2)
    assert (rows.boxes[:, :2] < rows.boxes[:, 2:]).all()


@given(clips(), st.floats(-300, 300), st.floats(0.3, 1.5))
def test_place_and_resolution_do_not_matter(
    clip: tuple[Observations, Floats], shift: float, scale: float
) -> None:
    seen, times = clip
    plain = smoothed(seen, times)
    moved = observations(seen.track.tolist(), seen.frame, seen.boxes * scale + shift + 450)
    expected = plain.boxes * scale + shift + 450
    np.testing.assert_allclose(smoothed(moved, times).boxes, expected, atol=0.01)


@given(clips())
def test_time_runs_either_way(clip: tuple[Observations, Floats]) -> None:
    seen, times = clip
    forth = smoothed(seen, times)
    order = np.lexsort((seen.track, -seen.frame))
    back = smoothed(
        observations(seen.track[order].tolist(), len(times) - 1 - seen.frame[order], seen.boxes[order]),
        times[-1] - times[::-1],
    )
    order = np.lexsort((back.track, -back.frame))
    np.testing.assert_array_equal(back.filled[order], forth.filled)
    np.testing.assert_allclose(back.boxes[order], forth.boxes, atol=0.01)


def test_tracks_do_not_influence_each_other() -> None:
    times = np.arange(50) / 10
    one, two = (people(np.column_stack([x + 30 * times, 900 + 0 * times])) for x in (500, 2500))
    both = np.stack([one, two], axis=1).reshape(-1, 4)
    rows = smoothed(observations([1, 2] * 50, np.repeat(np.arange(50), 2), both), times)
    np.testing.assert_array_equal(rows.boxes[0::2], follow(times, one).boxes)
    np.testing.assert_array_equal(rows.boxes[1::2], follow(times, two).boxes)


def test_a_filled_row_is_of_the_tracklet_that_was_seen_last() -> None:
    times = np.arange(10) / 10
    seen = observations([1, 1], np.array([0, 9]), people(np.full((2, 2), 500.0)))
    seen.tracklet[:] = 3, 5
    assert smoothed(seen, times).tracklet.tolist() == [3] * 9 + [5]


def stands(times: Floats) -> Floats:
    return np.full((len(times), 2), 1000.0)


def walks(times: Floats) -> Floats:
    return 1000 + 0.8 * LENGTH * np.column_stack([0.8 * times, 0.6 * times])


def turns(times: Floats) -> Floats:
    """Turn by a right angle on the spot every five seconds, around a square."""
    corners = 1000 + 4 * LENGTH * np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    lap = times % 20
    return np.column_stack([np.interp(lap, np.arange(5) * 5, corners[:, axis]) for axis in (0, 1)])


@pytest.mark.parametrize("error", [0.03, 0.05])
@pytest.mark.parametrize(
    ("path", "fps", "most"),
    [
        *((path, fps, most) for path in (stands, walks) for fps, most in ((30, 0.3), (10, 0.45), (2.5, 0.7))),
        *((turns, fps, most) for fps, most in ((30, 0.4), (10, 0.6), (2.5, 1.0))),
    ],
)
def test_jitter_goes_and_sharp_turns_stay(
    path: Callable[[Floats], Floats], fps: float, most: float, error: float
) -> None:
    rng = np.random.default_rng(5)
    times = np.arange(0, 30, 1 / fps)
    before, after = [], []
    for _ in range(5):
        feet = path(times)
        noise = rng.normal(0, error * LENGTH, feet.shape)
        rows = follow(times, people(feet + noise))
        before.append(noise)
        after.append(feet_of(rows) - feet)
    assert np.square(after).mean() < most**2 * np.square(before).mean()


def test_who_stood_at_both_ends_of_a_long_gap_stayed() -> None:
    rng = np.random.default_rng(1)
    times = np.arange(400) / 10
    hidden = (times > 10) & (times < 30)
    rows = follow(times, people(stands(times)) + rng.normal(0, 3, (400, 4)), hidden=hidden)
    assert np.abs(feet_of(rows) - 1000).max() < 0.05 * LENGTH


@pytest.mark.parametrize("gap_s", [1, 3, 20])
def test_who_walked_at_both_ends_of_a_gap_walked_on(gap_s: float) -> None:
    times = np.arange(400) / 10
    hidden = (times > 10) & (times < 10 + gap_s)
    rows = follow(times, people(walks(times)), hidden=hidden)
    np.testing.assert_array_equal(rows.filled, hidden)
    np.testing.assert_allclose(feet_of(rows), walks(times), atol=0.01 * LENGTH)


def test_who_stops_behind_something_for_long_is_not_sent_for_a_walk() -> None:
    times = np.arange(600) / 10
    feet = stands(times)
    feet[:, 0] -= 0.8 * LENGTH * np.maximum(np.maximum(10 - times, times - 50), 0)
    rows = follow(times, people(feet), hidden=(times > 10) & (times < 50))
    assert np.abs(feet_of(rows)[rows.filled] - 1000).max() < 0.1 * LENGTH


def test_a_corner_behind_something_is_rounded_not_cut() -> None:
    times = np.arange(100) / 10
    along, aside = np.minimum(times, 5), np.maximum(times - 5, 0)
    feet = 1000 + 0.8 * LENGTH * np.column_stack([along, aside])
    hidden = np.abs(times - 5) < 1.5
    rows = follow(times, people(feet), hidden=hidden)
    straight = np.column_stack([np.interp(times, times[~hidden], axis[~hidden]) for axis in feet.T])[hidden]
    away = np.hypot(*(feet_of(rows)[hidden] - feet[hidden]).T).mean()
    assert away < 0.6 * np.hypot(*(straight - feet[hidden]).T).mean()


def test_uneven_frames_are_smoothed_by_their_times() -> None:
    rng = np.random.default_rng(2)
    times = np.cumsum(rng.choice([0.03, 0.1, 0.5, 1.0], 300))
    rows = follow(times, people(1000 + 10 * times[:, None] * [1, 0.5]))
    np.testing.assert_allclose(feet_of(rows), 1000 + 10 * times[:, None] * [1, 0.5], atol=0.01 * LENGTH)


def test_frames_a_minute_apart_say_nothing_of_each_other() -> None:
    rng = np.random.default_rng(3)
    boxes = people(rng.uniform(500, 2500, (30, 2)))
    rows = follow(60 * np.arange(30.0), boxes)
    np.testing.assert_allclose(rows.boxes, boxes, atol=0.1)


def test_frames_of_one_time_stamp_are_taken_for_one_moment() -> None:
    times = np.repeat(np.arange(20) / 10, 2)
    feet = stands(times)
    feet[1::2] += 4
    rows = follow(times, people(feet))
    np.testing.assert_allclose(feet_of(rows), 1002, atol=0.1)


def test_a_single_sighting_stays_as_it_is_and_none_stays_none() -> None:
    boxes = people(np.array([[500.0, 700.0]]))
    rows = follow(np.array([3.0]), boxes)
    np.testing.assert_array_equal(rows.boxes, boxes)
    assert not rows.filled.any()
    assert len(smoothed(observations([], np.array([], np.int32), np.zeros((0, 4))), np.arange(5.0))) == 0


@pytest.mark.parametrize(
    ("x", "y", "way"),
    [
        pytest.param(2000, HEIGHT - 200, (0, 50), id="down"),
        pytest.param(2000, 300, (0, -50), id="up"),
        pytest.param(200, 2000, (-50, 0), id="left"),
        pytest.param(WIDTH - 200, 2000, (50, 0), id="right"),
        pytest.param(200, HEIGHT - 200, (-35, 35), id="over the corner"),
    ],
)
def test_who_walks_out_of_the_picture_goes_on_where_only_a_part_of_them_is_seen(
    x: float, y: float, way: tuple[float, float]
) -> None:
    times = np.arange(60) / 10
    true = people(np.array([x, y]) + times[:, None] * way)
    boxes = np.clip(true, 0, [WIDTH, HEIGHT, WIDTH, HEIGHT])
    seen = np.asarray(((boxes[:, 2:] - boxes[:, :2]) > 0.1 * LENGTH).all(axis=1))
    cut = seen & (boxes != true).any(axis=1)
    assert cut.sum() >= 5
    rows = follow(times, boxes, hidden=~seen)
    np.testing.assert_allclose(rows.boxes, true[seen], atol=0.05 * LENGTH)


def test_who_stands_half_out_of_the_picture_all_the_time_is_as_tall_as_people_are_to_their_width() -> None:
    times = np.arange(50) / 10
    true = people(np.tile([2000.0, HEIGHT + 60.0], (50, 1)))
    rows = follow(times, np.minimum(true, HEIGHT))
    np.testing.assert_allclose(rows.boxes, true, atol=0.05 * LENGTH)


def test_what_fills_the_picture_from_edge_to_edge_stays_in_it() -> None:
    boxes = np.tile([1000.0, 0.0, 2000.0, HEIGHT], (20, 1))
    np.testing.assert_allclose(follow(np.arange(20) / 10, boxes).boxes, boxes, atol=0.01)


def test_memory_stays_under_100_bytes_per_row() -> None:
    rng = np.random.default_rng(4)
    frames, tracks = 1000, 60
    times = np.arange(frames) / 10
    frame, track = np.nonzero(rng.random((frames, tracks)) < 0.9)
    seen = observations((track + 1).tolist(), frame, people(rng.uniform(500, 2500, (len(track), 2))))
    tracemalloc.start()
    try:
        rows = smoothed(seen, times)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(rows) > 59_000
    assert peak < 100 * len(rows)
