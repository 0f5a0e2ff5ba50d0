"""What time each processed frame stands for: by hand, and against the definition written out slowly."""

import statistics
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.intervals import Intervals
from heatcli.video.timeline import Timeline

MS = 1000
STEP_US = 40 * MS
BURST = [0, 100, 200, 300, 400]


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
        # Two repeats of 2 s are an idle rate: 2.5 s is watched, 2.6 s is a gap.
        ([*BURST, 2400, 4400, 6400, 8900], [], [100] * 4 + [2000] * 3 + [2500, 2500], [[0, 11400]]),
        (
            [*BURST, 2400, 4400, 6400, 9000, 9100, 9200],
            [],
            [100] * 4 + [2000] * 4 + [100] * 3,
            [[0, 8400], [9000, 9300]],
        ),
        # One repeat is none, nor are steps that come between others.
        ([*BURST, 2400, 4400, 4500, 4600], [], [100] * 9, [[0, 500], [2400, 2500], [4400, 4700]]),
        (
            [0, 100, 200, 3200, 3300, 3400, 6400, 6500, 6600, 9600],
            [],
            [100] * 10,
            [[0, 300], [3200, 3500], [6400, 6700], [9600, 9700]],
        ),
        # Where frames in between are known to be lost, two steps alike show nothing.
        (
            [*BURST, 2400, 4400, 6400, 6500],
            [1000, 3000, 5000],
            [100] * 9,
            [[0, 500], [2400, 2500], [4400, 4500], [6400, 6600]],
        ),
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


def slow_idle(steps: list[int], sound: list[bool]) -> int:
    """Longest step that repeats allow: each is about as long as the one before, and another one as it."""
    repeats = [
        min(pair)
        for pair, both in zip(pairwise(steps), pairwise(sound), strict=True)
        if all(both) and min(pair) > 1_000_000 and max(pair) <= 1.25 * min(pair)
    ]
    shown = [one for one in repeats if sum(one <= other <= 1.25 * one for other in repeats) > 1]
    return int(max(shown, default=0) * 1.25)


def slow_dt(pts: list[int], failed: list[int]) -> list[int]:
    steps = [later - earlier for earlier, later in pairwise(pts)]
    sound = [not any(earlier < f < later for f in failed) for earlier, later in pairwise(pts)]
    idle = slow_idle(steps, sound)
    result = []
    for i, moment in enumerate(pts):
        if steps:
            centre = min(i, len(steps) - 1)
            first = max(0, min(centre - 15, len(steps) - 31))
            median = statistics.median_low(steps[first : first + 31])
        else:
            median = STEP_US
        longest = max(2 * median, 1_000_000, idle)
        goes_on = idle and i > 0 and sound[i - 1] and steps[i - 1] <= longest
        if i < len(steps) and steps[i] <= longest:
            end = pts[i + 1]
        else:
            end = moment + (steps[i - 1] if goes_on else median)
        result.append(min([end, *(f for f in failed if f > moment)]) - moment)
    return result


@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 33_333, 40_000, 100_000, 900_000, 2_000_000, 2_500_000, 60_000_000]),
            st.booleans(),
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


@st.composite
def idling(draw: st.DrawFn) -> tuple[list[int], list[list[int]]]:
    """A recorder that idles at one or two rates: its frames, and what it watched, in ms; some is lost."""
    jitter = st.integers(-5, 5)
    rates = draw(st.lists(st.sampled_from([2000, 5000, 10_000]), min_size=1, max_size=2, unique=True))
    moment, frames, watched = 0, [], []
    for number in range(draw(st.integers(2, 8))):
        rate = rates[number % len(rates)]
        # Each rate is to be seen in three steps at least.
        for _ in range(draw(st.integers(3, 30))):
            step = rate + rate * draw(jitter) // 100
            frames.append(moment)
            watched.append([moment, moment + step])
            moment += step
        if draw(st.booleans()):
            frames.append(moment)
            watched.append([moment, moment + step])
            moment += draw(st.integers(35_000, 3_600_000))
        for _ in range(draw(st.integers(16, 60))):
            frames.append(moment)
            watched.append([moment, moment + 100])
            moment += 100
    return frames, watched


@given(idling())
def test_watched_slowly_is_watched_and_lost_is_lost(recording: tuple[list[int], list[list[int]]]) -> None:
    frames, watched = recording
    ms = Intervals.of(watched)
    assert timeline_of(frames).coverage().bounds.tolist() == (ms.bounds * MS).tolist()
