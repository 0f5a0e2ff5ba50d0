"""Which frames were processed, as told from their rows."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heatcli.clock import epoch_us
from heatcli.score.frames import processed_frames
from heatcli.select.rows import Rows
from heatcli.track.processed_frames import ProcessedFrames
from heatcli.video.sampling import Sampler
from heatcli.video.timeline import Timeline
from tests.support.store_runs import START, clip_row


@given(
    rate=st.sampled_from([8.0, 10.0, 12.5, 25.0]),
    every=st.sampled_from([None, 1, 2, 3, 4]),
    frames=st.integers(1, 200),
    seen=st.sets(st.integers(0, 199)),
)
def test_frames_without_rows_are_known_exactly(
    rate: float, every: int | None, frames: int, seen: set[int]
) -> None:
    """Of which every frame, or every so many-th, was processed."""
    timeline = timeline_of(rate, 0.0 if every is None else rate / every, frames)
    found = inferred(timeline, rate, seen)
    np.testing.assert_array_equal(found.index, timeline.index())
    np.testing.assert_array_equal(found.pts_us, timeline.pts_us())
    np.testing.assert_array_equal(found.dt_us, timeline.dt_us())


@given(
    rate=st.sampled_from([12.5, 15.0, 25.0, 29.97, 30.0]),
    sample_fps=st.sampled_from([4.0, 6.0, 10.0]),
    frames=st.integers(1, 200),
    seen=st.sets(st.integers(0, 199)),
)
def test_frames_without_rows_are_known_nearly_where_steps_differ(
    rate: float, sample_fps: float, frames: int, seen: set[int]
) -> None:
    timeline = timeline_of(rate, sample_fps, frames)
    found = inferred(timeline, rate, seen)
    assert len(found.index) == timeline.frames_processed
    assert np.abs(found.index - timeline.index()).max() <= 3
    assert found.dt_us.sum(dtype=np.int64) == timeline.coverage().total_us
    assert (np.diff(found.pts_us) > 0).all()
    rows = np.isin(timeline.index(), list(seen))
    at = np.searchsorted(found.index, timeline.index()[rows])
    np.testing.assert_array_equal(found.pts_us[at], timeline.pts_us()[rows])


@given(busy=st.sets(st.integers(0, 30)), frames=st.integers(1, 120))
def test_frames_without_rows_are_known_where_more_were_looked_at_around_people(
    busy: set[int], frames: int
) -> None:
    """Of ten frames a second, 2.5 were looked at, and all from one of these to the next where people were."""
    seen = {4 * step + frame for step in busy for frame in range(5)}
    timeline = Timeline(100_000)
    for index in range(frames):
        timeline.add_decoded()
        if index % 4 == 0 or index in seen:
            timeline.add_processed(index, index * 100_000)
    found = inferred(timeline, 10.0, seen)
    assert found.dt_us.sum(dtype=np.int64) == timeline.coverage().total_us
    # One base step at the most: what the last frame of a clip stands for is not known exactly.
    off = np.abs(found.index[:, None] - timeline.index()).min(axis=1)
    assert off.max() <= 4
    assert abs(len(found.index) - timeline.frames_processed) <= 1
    assert set(timeline.index().tolist()) & seen <= set(found.index.tolist())


def test_a_gap_in_the_recording_holds_no_frames() -> None:
    """Recorded were 0 to 10 s and 60 to 70 s; somebody is in the last frame before and the first after it."""
    timeline = Timeline(100_000)
    for index in range(200):
        timeline.add_decoded()
        timeline.add_processed(index, index * 100_000 + (50_000_000 if index >= 100 else 0))
    found = inferred(timeline, 10.0, {99, 100})
    np.testing.assert_array_equal(found.index, np.arange(200))
    np.testing.assert_array_equal(found.pts_us, timeline.pts_us())


def timeline_of(rate: float, sample_fps: float, frames: int) -> Timeline:
    """A clip of constant frame rate, sampled."""
    sampler, timeline = Sampler(sample_fps, Fraction(1, 90_000)), Timeline(round(1e6 / rate))
    for index in range(frames):
        timeline.add_decoded()
        pts_us = round(index * 1e6 / rate)
        if sampler.takes(pts_us):
            timeline.add_processed(index, pts_us)
    return timeline


def inferred(timeline: Timeline, rate: float, seen: set[int]) -> ProcessedFrames:
    """What is told from the rows of one person, who is in those of the processed frames that `seen` names."""
    rows = np.flatnonzero(np.isin(timeline.index(), list(seen)))
    start_us = epoch_us(START)
    coverage = timeline.coverage()
    clip = clip_row(
        frames=timeline.frames_processed,
        fps=rate,
        frames_decoded=timeline.frames_decoded,
        duration_us=int(coverage.bounds[-1, 1]),
        coverage=coverage.shift(start_us),
    )
    return processed_frames(
        clip,
        Rows(
            person=np.zeros(len(rows), np.int64),
            tracklet=np.zeros(len(rows), np.int64),
            clip=np.zeros(len(rows), np.int32),
            frame=timeline.index()[rows],
            time_us=timeline.pts_us()[rows] + start_us,
            weight_us=timeline.dt_us()[rows].astype(np.int64),
            boxes=np.zeros((len(rows), 4), np.float32),
            size=np.ones((len(rows), 2), np.int32),
            filled=np.zeros(len(rows), np.bool_),
        ),
    )
