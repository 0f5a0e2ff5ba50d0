"""Filled gaps against a slow definition."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from heatcli.track.fill import fill_gaps
from heatcli.track.observations import Observations

# Frame, track, box, confidence, class, filled.
Row = tuple[int, int, tuple[float, ...], float, int, bool]


def as_observations(rows: list[Row]) -> Observations:
    return Observations(
        frame=np.array([r[0] for r in rows], np.int32),
        track=np.array([r[1] for r in rows], np.int32),
        tracklet=np.array([10 * r[1] for r in rows], np.int32),
        boxes=np.array([r[2] for r in rows], np.float32).reshape(-1, 4),
        confidence=np.array([r[3] for r in rows], np.float32),
        class_id=np.array([r[4] for r in rows], np.int32),
        filled=np.array([r[5] for r in rows], np.bool_),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Row], list[int], list[int]]:
    """Draw rows of some tracks, with the frames and times that were processed."""
    frames = sorted(draw(st.sets(st.integers(0, 200), min_size=1, max_size=20)))
    steps = draw(st.lists(st.integers(0, 10**6), min_size=len(frames), max_size=len(frames)))
    pts_us = np.cumsum(steps).tolist()
    rows: list[Row] = []
    for track in range(1, draw(st.integers(0, 4)) + 1):
        for frame in draw(st.sets(st.sampled_from(frames), min_size=1)):
            corner = draw(st.tuples(st.integers(0, 1000), st.integers(0, 1000)))
            corners = (*map(float, corner), corner[0] + 40.0, corner[1] + 100.0)
            rows.append((frame, track, corners, 0.5, track % 2, False))
    return sorted(rows), frames, pts_us


@given(cases())
@settings(max_examples=100, deadline=None)
def test_gaps_are_filled_on_the_line_in_time(case: tuple[list[Row], list[int], list[int]]) -> None:
    rows, frames, pts_us = case
    time = dict(zip(frames, pts_us, strict=True))
    expected = list(rows)
    for track in {row[1] for row in rows}:
        own = [row for row in rows if row[1] == track]
        for before, after in itertools.pairwise(own):
            for frame in frames:
                if before[0] < frame < after[0]:
                    span = time[after[0]] - time[before[0]]
                    part = (time[frame] - time[before[0]]) / span if span else 0.0
                    corners = tuple(a + part * (b - a) for a, b in zip(before[2], after[2], strict=True))
                    expected.append((frame, track, corners, np.nan, before[4], True))
    truth = as_observations(sorted(expected, key=lambda row: row[:2]))
    filled = fill_gaps(
        as_observations(rows), frames=np.array(frames, np.int32), pts_us=np.array(pts_us, np.int64)
    )
    np.testing.assert_array_equal(filled.frame, truth.frame)
    np.testing.assert_array_equal(filled.track, truth.track)
    np.testing.assert_array_equal(filled.tracklet, truth.tracklet)
    np.testing.assert_allclose(filled.boxes, truth.boxes, atol=1e-3)
    np.testing.assert_array_equal(filled.confidence, truth.confidence)
    np.testing.assert_array_equal(filled.class_id, truth.class_id)
    np.testing.assert_array_equal(filled.filled, truth.filled)
