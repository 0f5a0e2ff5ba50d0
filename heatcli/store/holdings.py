"""What the store holds of each camera."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.intervals import Intervals
from heatcli.store.faults import store_errors
from heatcli.store.store import Store

# Longest time between files that is no gap, in µs: a recorder may lose some seconds from one to the next.
GAP_US = 60_000_000


@dataclass(frozen=True, slots=True)
class Holding:
    """What the store holds of one camera.

    Attributes:
        camera: name of the camera.
        clips: number of clips.
        timezone: time zone of the newest clip, IANA name.
        covered: time that was watched, UTC µs; where clips overlap it is there once.
    """

    camera: str
    clips: int
    timezone: str
    covered: Intervals

    @property
    def gaps_us(self) -> list[int]:
        """Lengths in µs of the gaps between the first and the last moment that was watched.

        Gaps of up to a minute are left out.
        """
        bounds = self.covered.bounds
        lengths = bounds[1:, 0] - bounds[:-1, 1]
        return [int(length) for length in lengths if length > GAP_US]


def holdings(store: Store) -> list[Holding]:
    """Sum up the clips of each camera, by name.

    Raises:
        StoreError: the store cannot be read.
    """
    clips = store.table("clips")
    with store_errors(store.path):
        known = store.sound_clips(store.scan_clips(clips))
    return [
        Holding(
            camera=str(camera),
            clips=len(rows),
            timezone=rows["timezone"][-1],
            covered=Intervals.of(_pairs(rows["coverage"])),
        )
        for (camera,), rows in known.sort("camera", "start", "clip").group_by("camera", maintain_order=True)
    ]


def _pairs(coverage: pl.Series) -> NDArray[np.int64]:
    """(n, 2) int64: from and to of all pieces of the column `coverage`."""
    return coverage.explode(empty_as_null=False).struct.unnest().to_numpy().astype(np.int64)
