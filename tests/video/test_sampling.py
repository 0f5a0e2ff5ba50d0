"""Which frames are taken at a rate that was asked for."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.video.sampling import Sampler
from tests.support.make_clips import write_clip
from tests.support.reading import images, numbers, read


@pytest.mark.parametrize(
    ("name", "fps", "sample_fps", "taken"),
    [
        ("a.mp4", 25, 0.0, list(range(25))),
        ("a.mp4", 25, 100.0, list(range(25))),
        ("a.mkv", 25, 25.0, list(range(25))),
        ("a.avi", 10, 10.0, list(range(10))),
        ("a.mp4", 25, 10.0, [0, 3, 5, 8, 10, 13, 15, 18, 20, 23]),
        # A tick of AVI is a whole frame; half of one moves the frames that are taken, not how many.
        ("a.avi", 25, 10.0, [0, 2, 5, 7, 10, 12, 15, 17, 20, 22]),
        ("a.mp4", Fraction(25, 2), 10.0, [0, 2, 3, 4, 5, 7, 8, 9, 10]),
        ("a.mp4", 25, 0.5, [0]),
    ],
)
def test_sampling(
    tmp_path: Path, name: str, fps: int | Fraction, sample_fps: float, taken: list[int]
) -> None:
    count = int(fps)
    frames, timeline = read(write_clip(tmp_path / name, images(count), fps=fps, codec="mpeg4"), sample_fps)
    assert numbers(frames) == taken
    assert [frame.index for frame in frames] == taken == timeline.index().tolist()
    assert timeline.frames_decoded == count


frame_rates = st.sampled_from(
    [Fraction(r) for r in ("1", "6.25", "10", "12.5", "15", "25", "30000/1001", "60")]
)


time_bases = st.sampled_from(
    [Fraction(1, 1000), Fraction(1, 12_800), Fraction(1, 90_000), Fraction(1, 10**7)]
)


def stamps(count: int, rate: Fraction, time_base: Fraction) -> list[int]:
    """Media times in µs of a steady clip, as a container with such ticks rounds them."""
    return [round(round(n / rate / time_base) * time_base * 1_000_000) for n in range(count)]


@given(frame_rates, time_bases, st.sampled_from([0.1, 1.0, 3.0, 5.0, 7.5, 10.0, 12.5, 25.0, 50.0]))
def test_sampling_has_the_rate_asked_for(rate: Fraction, time_base: Fraction, sample_fps: float) -> None:
    sampler = Sampler(sample_fps, time_base)
    times_us = stamps(200, rate, time_base)
    taken = [time for time in times_us if sampler.takes(time)]
    assert taken[0] == 0
    if sample_fps > rate:
        assert taken == times_us
    else:
        # One for each 1 / sample_fps begun.
        expected = int(times_us[-1] * sample_fps / 1e6) + 1
        assert abs(len(taken) - expected) <= 1
