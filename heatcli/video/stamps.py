"""From a container's time stamps to media time: exact where they are sound, strictly increasing always."""

import math
from fractions import Fraction

# A recorder that sets its clock writes stamps that go back a little; one that starts again begins its stamps
# anew. The limit between the two is one second, the time from which on a step between two frames counts as a
# gap.
_RESTART_US = 1_000_000
# MPEG's stamps of 33 bits begin anew after 26.5 hours. FFmpeg takes any that go back by more than a minute
# for that, and counts on: what jumps by more than half of it really went back.
_HALF_WRAP_US = 2**32 * 1_000_000 // 90_000


class StampRepair:
    """Places presented frames in media time, one after the other.

    A sound stamp is taken as it is. Repairs, each by as little as keeps time increasing:

    - no stamp: one average step after the frame before;
    - a single wild stamp, more than a second off, after which the next goes on as before: as if it were
      missing;
    - a stamp doubled, or back by up to a second: 1 µs after the frame before, until the stamps catch up, so
      that no later frame moves;
    - a stamp further back (the recorder's clock began again): one average step after the frame before, and
      the stamps count on from there.

    A jump forward from which the next stamp does not return is no fault: it is a gap in the recording.

    Attributes:
        restart_us: media time in µs at which the recorder's clock first began again; None if it never did.

    Args:
        time_base: seconds per tick of the container's stamps.
        step_us: average time from one frame to the next in µs.
        wraps: whether the stamps are those of MPEG, which begin anew after 33 bits.
    """

    def __init__(self, time_base: Fraction, step_us: int, *, wraps: bool = False) -> None:
        self._longest_us = _HALF_WRAP_US if wraps else math.inf
        self._tick_us = time_base * 1_000_000
        self._step_us = step_us
        self.restart_us: int | None = None
        self._last_us: int | None = None
        self._origin: int | None = None
        self._origin_us = 0

    def place(self, stamp: int | None, following: int | None) -> int:
        """Find the media time of the next frame.

        Args:
            stamp: time stamp of the frame in ticks; None where the container gives none.
            following: time stamp of the frame after it in ticks, which tells a gap or a new beginning from a
                wild stamp; None where there is none.

        Returns:
            Media time in µs from the first frame placed, greater than for any frame before.
        """
        next_us = 0 if self._last_us is None else self._last_us + self._step_us
        pts_us = next_us
        if stamp is not None and not self._is_wild(stamp, following):
            if self._origin is None:
                self._origin, self._origin_us = stamp, next_us
            pts_us = self._on_line(stamp, self._origin)
            if self._last_us is not None and not (
                self._last_us - _RESTART_US <= pts_us <= self._last_us + self._longest_us
            ):
                self._origin, self._origin_us, pts_us = stamp, next_us, next_us
                if self.restart_us is None:
                    self.restart_us = next_us
            elif self._last_us is not None:
                pts_us = max(pts_us, self._last_us + 1)
        self._last_us = pts_us
        return pts_us

    def _is_wild(self, stamp: int, following: int | None) -> bool:
        """Tell whether a stamp is off the line of those before it, while the following one is on it again."""
        if following is None or self._last_us is None or self._origin is None:
            return False
        us, following_us = self._on_line(stamp, self._origin), self._on_line(following, self._origin)
        is_off = us < self._last_us - _RESTART_US or us > following_us + _RESTART_US
        return is_off and following_us > self._last_us

    def _on_line(self, stamp: int, origin: int) -> int:
        return self._origin_us + round((stamp - origin) * self._tick_us)
