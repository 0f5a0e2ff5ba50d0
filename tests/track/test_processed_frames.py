"""Frames that stand for the time of others too."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heatcli.track.processed_frames import ProcessedFrames


@given(st.lists(st.tuples(st.integers(1, 10**7), st.booleans()), min_size=1, max_size=40))
def test_chosen_frames_stand_for_all_time_between(frames: list[tuple[int, bool]]) -> None:
    dt_us = np.array([dt for dt, _ in frames], np.int32)
    chosen = np.array([True, *(each for _, each in frames[1:])])
    pts_us = np.cumsum(dt_us, dtype=np.int64) - dt_us
    few = ProcessedFrames(np.arange(len(frames), dtype=np.int32), pts_us, dt_us).only(chosen)
    np.testing.assert_array_equal(few.index, np.flatnonzero(chosen))
    np.testing.assert_array_equal(few.pts_us + few.dt_us, [*few.pts_us[1:], dt_us.sum(dtype=np.int64)])
