"""Which frames of a clip are processed."""

from fractions import Fraction


class Sampler:
    """Takes a number of frames per second of media time, as evenly as the clip's own frames allow.

    A frame is taken when floor((pts + half a tick) * sample_fps) has grown since the last one taken. The half
    tick makes up for stamps that the container has rounded down.

    Args:
        sample_fps: number of frames to take per second; 0 takes every frame.
        time_base: seconds per tick of the container's stamps.
    """

    def __init__(self, sample_fps: float, time_base: Fraction) -> None:
        self._sample_fps = sample_fps
        # Media time is in whole µs: a finer tick would not make up for that rounding.
        self._half_tick_us = max(float(time_base) * 1e6, 1.0) / 2
        self._slot = -1

    def takes(self, pts_us: int) -> bool:
        """Tell whether the frame at a media time in µs, later than those before, is taken."""
        if self._sample_fps == 0:
            return True
        slot = int((pts_us + self._half_tick_us) * self._sample_fps / 1e6)
        grown = slot > self._slot
        self._slot = slot
        return grown


def samplers(
    time_base: Fraction, sample_fps: float, finest_fps: float | None
) -> tuple[Sampler, Sampler | None]:
    """Return new samplers of the frames that are taken, and of those that can be had between them."""
    finest = None if finest_fps is None else Sampler(finest_fps, time_base)
    return Sampler(sample_fps, time_base), finest
