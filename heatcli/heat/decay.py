"""Decaying heat: earlier time weighs less, halved with each window before the end.

A moment weighs 0.5 ** ((end - moment) / window). A stretch of time weighs the integral of that over the
stretch, so that it does not matter how it is cut into rows. With an endless window it would weigh its length.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.intervals import Intervals
from heatcli.select.counted_parts import counted_parts
from heatcli.select.rows import Rows


@dataclass(frozen=True, slots=True)
class Decay:
    """How the time of a selection fades towards its end.

    Attributes:
        owned_time: time that each clip owns, UTC µs: `SelectedCamera.owned_time`.
        end_us: moment that weighs 1, UTC µs.
        window_us: half-life in µs: a moment this much earlier weighs half as much.
    """

    owned_time: Sequence[Intervals]
    end_us: int
    window_us: float

    @classmethod
    def towards_the_end(cls, owned_time: Sequence[Intervals], window_s: float) -> Self:
        """Make a decay that ends at the last counted moment; where nothing is covered, any end will do."""
        ends = [int(one.bounds[-1, 1]) for one in owned_time if len(one.bounds)]
        return cls(owned_time, max(ends, default=0), window_s * 1e6)

    def of(self, time_us: NDArray[np.int64]) -> NDArray[np.float64]:
        """(n,) weights of moments, (n,) UTC µs not after the end: 1 at the end, towards 0 long before."""
        weight: NDArray[np.float64] = np.exp2((time_us - self.end_us) / self.window_us)
        return weight

    def lengths_us(self, begin_us: NDArray[np.int64], end_us: NDArray[np.int64]) -> NDArray[np.float64]:
        """(n,) weights in µs of stretches of time, from (n,) start to (n,) end in UTC µs."""
        rate = math.log(2) / self.window_us
        # Computed as a difference of two exponentials, it would lose digits where the window is long.
        lost = np.asarray(-np.expm1((begin_us - end_us) * rate), np.float64)
        return self.of(end_us) * lost / rate

    def weights_us(self, rows: Rows) -> NDArray[np.float64]:
        """(n,) weights in µs of the counted time of rows."""
        row, begin, end = counted_parts(rows, self.owned_time)
        return np.bincount(row, self.lengths_us(begin, end), len(rows)).astype(np.float64, copy=False)

    @property
    def covered_us(self) -> float:
        """Weight of the covered time T of the selection, in µs."""
        return float(sum(self.lengths_us(*one.bounds.T).sum() for one in self.owned_time))
