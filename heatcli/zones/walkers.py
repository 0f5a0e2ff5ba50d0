"""How fast the people on a floor walk, moment by moment, while their rows go by."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.select.rows import Rows
from heatcli.zones.moments import ConstantRate, Moments
from heatcli.zones.walking import SPEED_STEP, speeds


@dataclass(frozen=True, slots=True, eq=False)
class Walking:
    """Positions with their speeds.

    Attributes:
        moments: positions.
        speed: (n,) float64 speed at each, in m/s; NaN where it is not known.
        done: last moment that was returned before; positions up to it are those of the last step.
    """

    moments: Moments
    speed: NDArray[np.float64]
    done: int

    def __getitem__(self, part: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        return type(self)(self.moments[part], self.speed[part], self.done)

    @property
    def new(self) -> Self:
        """The positions that were not returned before."""
        return self[self.moments.moment > self.done]


class Walkers:
    """Makes positions and speeds of rows that stand on a plan, batch by batch.

    Args:
        metres_per_pixel: width in metres of a pixel of the plan, the unit of the rows' boxes.
    """

    def __init__(self, metres_per_pixel: float) -> None:
        self._paths = ConstantRate(metres_per_pixel)
        # Moments that are still needed for the speeds of later ones; those up to `_done` were returned.
        self._recent, self._done = Moments.none(), -1

    def add(self, rows: Rows) -> Walking:
        """Take the next batch of rows, and return the positions whose speeds are now known."""
        return self._take(self._paths.add(rows), last=False)

    def rest(self) -> Walking:
        """Return the positions that were held back, once all rows have been taken."""
        return self._take(self._paths.rest(), last=True)

    def _take(self, moments: Moments, *, last: bool) -> Walking:
        recent = Moments.joined([self._recent, moments])
        if not len(recent):
            return Walking(recent, np.zeros(0), self._done)
        until = int(recent.moment[-1]) - (0 if last else SPEED_STEP)
        found = Walking(recent, speeds(recent), self._done)[recent.moment <= until]
        self._done = max(self._done, until)
        self._recent = recent[recent.moment > self._done - SPEED_STEP]
        return found
