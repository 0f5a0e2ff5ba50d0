"""What ends a tracklet and what does not: people who are hidden, and frames that are missing or uneven."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.online_scenes import Floats, box, line, link, owners, seconds, track, walk


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
    # The third long step repeats the second, as that one did the first.
    assert rows.frame.tolist() == [*range(100), *range(101, 140)]
    assert rows.tracklet.tolist() == [1] * 100 + [2] * 39


def test_a_recorder_that_idles_again_goes_on_with_whom_it_followed() -> None:
    burst = seconds(3, 10)
    idle = 5 * np.arange(1, 5)
    times = np.concatenate([burst, 2.9 + idle])
    times = np.concatenate([times, times + 27.9, times + 55.8])
    rows = track(walk(times, line(times, 400, 500, 0)))
    again = np.flatnonzero(times >= 27)
    assert set(again) <= set(rows.frame.tolist())
    assert len(set(rows.tracklet[rows.frame >= again[0]].tolist())) == 1


def test_uneven_frames_are_followed_by_their_times() -> None:
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.choice([0.04, 0.1, 0.4, 0.8], 40))
    left, right = line(times, 100, 500, 0.6), line(times, 1500, 530, -0.6)
    moments = walk(times, left, right, jitter=0.02)
    rows = track(moments)
    assert not set.intersection(*map(set, owners(rows, left, right)))
    assert owners(link(rows, moments), left, right) == [[1], [2]]
