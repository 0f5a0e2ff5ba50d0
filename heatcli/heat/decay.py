"""Decaying heat: what is long ago weighs less.

A moment weighs 0.5 ** ((end - moment) / window). A stretch of time weighs the integral of that over it, so
that it does not matter how it is cut into rows, and with an endless window it weighs its length.
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
        owned_time: time that each clip alone counts for, UTC µs: `SelectedCamera.owned_time`.
        end_us: UTC µs, when a moment weighs 1.
        window_us: how much earlier a moment weighs half as much, in µs.
    """

    owned_time: Sequence[Intervals]
    end_us: int
    window_us: float

    @classmethod
    def towards_the_end(cls, owned_time: Sequence[Intervals], window_s: float) -> Self:
        """Fade towards the last moment that counts; where nothing is covered it does not matter."""
        ends = [int(one.bounds[-1, 1]) for one in owned_time if len(one.bounds)]
        return cls(owned_time, max(ends, default=0), window_s * 1e6)

    def of(self, time_us: NDArray[np.int64]) -> NDArray[np.float64]:
        """(n,) weights of moments, each (n,) UTC µs and not after the end: 1 at the end, 0 long before."""
        weight: NDArray[np.float64] = np.exp2((time_us - self.end_us) / self.window_us)
        return weight

    def lengths_us(self, begin_us: NDArray[np.int64], end_us: NDArray[np.int64]) -> NDArray[np.float64]:
        """(n,) what stretches of time weigh, in µs; each begins and ends at (n,) UTC µs."""
        rate = math.log(2) / self.window_us
        # As a difference of two exponentials it would lose its digits where the window is long.
        lost = np.asarray(-np.expm1((begin_us - end_us) * rate), np.float64)
        return self.of(end_us) * lost / rate

    def weights_us(self, rows: Rows) -> NDArray[np.float64]:
        """(n,) what the counted time of rows weighs, in µs."""
        row, begin, end = counted_parts(rows, self.owned_time)
        return np.bincount(row, self.lengths_us(begin, end), len(rows)).astype(np.float64, copy=False)

    @property
    def covered_us(self) -> float:
        """What the covered time T of the selection weighs, in µs."""
        return float(sum(self.lengths_us(*one.bounds.T).sum() for one in self.owned_time))
