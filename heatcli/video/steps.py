"""Which steps between frames are gaps in the recording, and which are only long.

Some recorders take a frame every few seconds while nothing moves. These steps show themselves by coming one
after the other; what was lost comes between frames at the usual rate. So a step counts as a repeat if it is
about as long as the one before, and the length of two repeats alike is an idle rate of the clip.
"""

from bisect import bisect
from collections import deque

LOCAL_STEPS = 31
"""Number of steps in a local median: enough to see past a burst of lost frames, few enough to follow a
recorder that changes its rate (at 10 frames a second, 1.5 s to either side)."""
TOLERATED_STEP_US = 1_000_000
"""Step in µs that is no gap, however dense the frames around it are."""


class IdleRate:
    """The longest idle step of a clip, as far as its steps are known."""

    def __init__(self) -> None:
        self._last_us = 0
        self._repeats_us: list[int] = []
        self._idle_us = 0

    @property
    def longest_us(self) -> int:
        """Longest step in µs that the idle rate allows, a quarter longer than usual; 0 if there is none."""
        return self._idle_us * 5 // 4

    def add(self, step_us: int) -> None:
        """Take the next step in µs; 0 for one that shows no rate, as frames in it are known to be lost."""
        shorter_us = min(step_us, self._last_us)
        if shorter_us > TOLERATED_STEP_US and _alike(step_us, self._last_us):
            at = bisect(self._repeats_us, shorter_us)
            for other_us in self._repeats_us[max(at - 1, 0) : at + 1]:
                if _alike(other_us, shorter_us):
                    self._idle_us = max(self._idle_us, min(other_us, shorter_us))
            self._repeats_us.insert(at, shorter_us)
        self._last_us = step_us


class StepsSoFar:
    """The steps of a clip while later frames are not known yet.

    Args:
        idle_us: longest idle step of the clip in µs, as far as it is known beforehand.
    """

    def __init__(self, idle_us: int = 0) -> None:
        self._latest_us: deque[int] = deque(maxlen=LOCAL_STEPS // 2 + 1)
        self._known_us = max(idle_us, TOLERATED_STEP_US)
        self._idle = IdleRate()

    def add(self, step_us: int) -> int:
        """Take the step to the latest frame, and return the longest step up to it that is no gap, in µs.

        It is max(2 * median, 1 s, idle step) as in `heatcli.video.timeline.Timeline.dt_us`, but the median is
        that of the latest 16 steps, as the 15 after the last one are not known yet, and the idle step is the
        one that is known or that the clip has shown so far.
        """
        self._latest_us.append(step_us)
        self._idle.add(step_us)
        median_us = sorted(self._latest_us)[(len(self._latest_us) - 1) // 2]
        return max(2 * median_us, self._known_us, self._idle.longest_us)


def _alike(one_us: int, other_us: int) -> bool:
    """Tell whether the longer of two steps is at most a quarter longer than the other."""
    return 4 * max(one_us, other_us) <= 5 * min(one_us, other_us)
