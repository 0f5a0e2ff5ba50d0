"""What time each processed frame stands for: by hand, and against the definition written out slowly."""

import statistics
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.video.timeline import Timeline

MS = 1000
STEP_US = 40 * MS


def timeline_of(processed_ms: list[int], failed_ms: list[int] | None = None) -> Timeline:
    timeline = Timeline(STEP_US)
    for moment in failed_ms or []:
        timeline.add_failed(moment * MS)
    for index, moment in enumerate(processed_ms):
        timeline.add_decoded()
        timeline.add_processed(index, moment * MS)
    return timeline


@pytest.mark.parametrize(
    ("processed", "failed", "dt", "coverage"),
    [
        ([], [], [], []),
        ([0], [], [40], [[0, 40]]),
        ([0, 100, 200], [], [100, 100, 100], [[0, 300]]),
        ([0, 100, 250, 350], [], [100, 150, 100, 100], [[0, 450]]),
        # A second without a frame is no gap, more than a second is one.
        ([0, 100, 200, 1200], [], [100, 100, 1000, 100], [[0, 1300]]),
        ([0, 100, 200, 1201], [], [100, 100, 100, 100], [[0, 300], [1201, 1301]]),
        # At 1 frame in 5 s, 10 s is twice the step, 11 s is a gap.
        ([0, 5000, 10000, 20000], [], [5000, 5000, 10000, 5000], [[0, 25000]]),
        ([0, 5000, 10000, 21000], [], [5000, 5000, 5000, 5000], [[0, 15000], [21000, 26000]]),
        # The time of a failed frame is not covered, up to the next processed one.
        ([0, 100, 300, 400], [200], [100, 100, 100, 100], [[0, 200], [300, 500]]),
        ([0, 200, 400], [300, 420], [200, 100, 20], [[0, 300], [400, 420]]),
        ([500, 600], [0, 100], [100, 100], [[500, 700]]),
        ([0], [15], [15], [[0, 15]]),
        # With as many gaps as steps, the step is the shorter one.
        ([0, 100, 9000, 9100, 20000], [], [100] * 5, [[0, 200], [9000, 9200], [20000, 20100]]),
    ],
)
def test_by_hand(processed: list[int], failed: list[int], dt: list[int], coverage: list[list[int]]) -> None:
    timeline = timeline_of(processed, failed)
    assert timeline.dt_us().tolist() == [ms * MS for ms in dt]
    assert timeline.coverage().bounds.tolist() == [[start * MS, end * MS] for start, end in coverage]


def test_local_step_follows_a_change_of_rate() -> None:
    slow_from = 100
    processed = [100 * n for n in range(slow_from)] + [100 * slow_from + 3000 * n for n in range(100)]
    dt = timeline_of(processed).dt_us().tolist()
    # Deep in either half, steps are normal; the half with 3 s steps would all be gaps by the other's measure.
    assert set(dt[:80]) == {100 * MS}
    assert set(dt[120:]) == {3000 * MS}


def test_counts() -> None:
    timeline = timeline_of([0, 100], [50])
    timeline.add_decoded()
    assert (timeline.frames_decoded, timeline.frames_failed, timeline.frames_processed) == (3, 1, 2)
    assert timeline.index().tolist() == [0, 1]
    assert timeline.pts_us().tolist() == [0, 100 * MS]


def slow_dt(pts: list[int], failed: list[int]) -> list[int]:
    steps = [later - earlier for earlier, later in pairwise(pts)]
    result = []
    for i, moment in enumerate(pts):
        if steps:
            centre = min(i, len(steps) - 1)
            first = max(0, min(centre - 15, len(steps) - 31))
            median = statistics.median_low(steps[first : first + 31])
        else:
            median = STEP_US
        in_step = i < len(steps) and steps[i] <= max(2 * median, 1_000_000)
        end = pts[i + 1] if in_step else moment + median
        result.append(min([end, *(f for f in failed if f > moment)]) - moment)
    return result


@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 33_333, 40_000, 100_000, 900_000, 2_500_000, 60_000_000]), st.booleans()
        ),
        max_size=120,
    ),
    st.integers(0, 4),
)
def test_against_the_definition(frames: list[tuple[int, bool]], failures: int) -> None:
    timeline = Timeline(STEP_US)
    moment, pts, failed = 0, [], []
    for number, (step, fails) in enumerate(frames):
        moment += step
        if fails and failures > number % 5:
            failed.append(moment)
            timeline.add_failed(moment)
        else:
            pts.append(moment)
            timeline.add_processed(number, moment)
    assert timeline.dt_us().tolist() == slow_dt(pts, failed)
    covered = timeline.coverage().contains
    assert covered(timeline.pts_us()).all()
