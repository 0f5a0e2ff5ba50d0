"""Media time from the stamps that containers hold, sound and unsound ones."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.video.stamps import StampRepair

STEP_US = 40_000


def test_a_step_of_half_a_wrap_is_a_step_back() -> None:
    """FFmpeg adds 2**33 to MPEG's stamps that go back by more than a minute."""
    stamps = [324_000_000, 324_003_600, 2**33, 2**33 + 3600, None]
    for wraps, third_us in ((True, 80_000), (False, round((2**33 - 324_000_000) / 0.09))):
        repair = StampRepair(Fraction(1, 90_000), STEP_US, wraps=wraps)
        times = [repair.place(stamp, following) for stamp, following in pairwise(stamps)]
        assert times == [0, 40_000, third_us, third_us + 40_000]
        assert repair.restart_us == (80_000 if wraps else None)


def placed(stamps: list[int | None], time_base: Fraction = Fraction(1, 1000)) -> list[int]:
    repair = StampRepair(time_base, STEP_US)
    return [repair.place(stamp, following) for stamp, following in pairwise([*stamps, None])]


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ([500, 540, 580], [0, 40_000, 80_000]),
        ([0, 40, 5000], [0, 40_000, 5_000_000]),
        ([0, None, None, 120], [0, 40_000, 80_000, 120_000]),
        ([None, None, 700, 740], [0, 40_000, 80_000, 120_000]),
        ([0, 40, 40, 40, 80], [0, 40_000, 40_001, 40_002, 80_000]),
        ([0, 400, 360, 440], [0, 400_000, 400_001, 440_000]),
        ([9000, 9040, 0, 40], [0, 40_000, 80_000, 120_000]),
        ([0, 40, 80, 95_443_000, 160, 200], [0, 40_000, 80_000, 120_000, 160_000, 200_000]),
        ([7000, 7040, -95_443_000, 7120, 7160], [0, 40_000, 80_000, 120_000, 160_000]),
        ([95_443_000, 40, 80], [0, 40_000, 80_000]),
        ([0, 40, 3_600_040, 3_600_080], [0, 40_000, 3_600_040_000, 3_600_080_000]),
        ([0, 40, 10_040, 10_040, 10_080], [0, 40_000, 10_040_000, 10_040_001, 10_080_000]),
        ([2000, 2600, 0, 600, 1200], [0, 600_000, 640_000, 1_240_000, 1_840_000]),
    ],
    ids=[
        *("start", "gap", "missing", "missing-first", "doubled", "back", "restart"),
        *("wild", "wild-back", "wild-first", "long-gap", "gap-doubled", "slow-restart"),
    ],
)
def test_repairs(stamps: list[int | None], expected: list[int]) -> None:
    assert placed(stamps) == expected


def test_sound_stamps_do_not_drift() -> None:
    # 30000/1001 frames a second: no step is a whole number of µs, and the errors must not add up.
    assert placed([1001 * n for n in range(0, 900_001, 300)], Fraction(1, 30_000))[-1] == 30_030_000_000


@given(st.lists(st.none() | st.integers(-(2**40), 2**40)), st.sampled_from([1, 1000, 90_000, 10_000_000]))
def test_time_always_increases(stamps: list[int | None], ticks: int) -> None:
    times = placed(stamps, Fraction(1, ticks))
    assert times == sorted(set(times))
    assert times[:1] in ([], [0])


@given(st.lists(st.integers(1, 10**7), min_size=1), st.integers(-(10**9), 10**9))
def test_sound_stamps_are_kept_exactly(steps: list[int], start: int) -> None:
    stamps: list[int | None] = [start]
    times = [0]
    for step in steps:
        stamps.append((stamps[-1] or 0) + step)
        times.append(times[-1] + step * 1000)
    assert placed(stamps) == times
