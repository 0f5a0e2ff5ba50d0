"""What the store holds of each camera."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import numpy as np

from heatcli.intervals import Intervals
from heatcli.store.sizes import stored_bytes
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
        stored_bytes: bytes that the camera's clips take in the store.
    """

    camera: str
    clips: int
    timezone: str
    covered: Intervals
    stored_bytes: int

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
    clips = store.clips()
    sizes = stored_bytes(store, clips)
    return [
        Holding(
            camera=camera,
            clips=len(own),
            timezone=own[-1].timezone,
            covered=Intervals.of(np.concatenate([clip.coverage.bounds for clip in own])),
            stored_bytes=sum(sizes[clip.run] for clip in own),
        )
        for camera, own in ((camera, list(own)) for camera, own in groupby(clips, attrgetter("camera")))
    ]
