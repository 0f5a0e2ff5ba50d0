"""What the store holds of each camera."""

from collections import Counter
from dataclasses import dataclass

import polars as pl

from heatcli.intervals import Intervals
from heatcli.store.clips import clip_rows
from heatcli.store.faults import store_errors
from heatcli.store.sizes import stored_bytes
from heatcli.store.store import Store

# Longest time between files that is no gap, in µs: a recorder may lose some seconds from one to the next.
GAP_US = 60_000_000


@dataclass(frozen=True, slots=True)
class Watched:
    """When one camera was watched.

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


@dataclass(frozen=True, slots=True)
class Holding(Watched):
    """What the store holds of one camera.

    Attributes:
        stored_bytes: bytes that the camera's clips take in the store.
    """

    stored_bytes: int


def watched(store: Store) -> list[Watched]:
    """Sum up when each camera was watched, by name.

    Raises:
        StoreError: the store cannot be read.
    """
    return _watched(_rows(store))


def _rows(store: Store) -> pl.DataFrame:
    with store_errors(store.path):
        return store.sound_clips(store.scan_clips(store.table("clips")))


def _watched(rows: pl.DataFrame) -> list[Watched]:
    found = []
    for (camera,), clips in rows.sort("camera", "start", "clip").group_by("camera", maintain_order=True):
        pieces = clips["coverage"].explode(empty_as_null=False).struct.unnest()
        covered = Intervals.of(pieces.select("from", "to").to_numpy())
        found.append(Watched(str(camera), len(clips), clips["timezone"][-1], covered))
    return found


def holdings(store: Store) -> list[Holding]:
    """Sum up the clips of each camera, by name.

    Raises:
        StoreError: the store cannot be read.
    """
    rows = _rows(store)
    clips = clip_rows(rows)
    sizes = stored_bytes(store, clips)
    total: Counter[str] = Counter()
    for clip in clips:
        total[clip.camera] += sizes[clip.run]
    return [
        Holding(one.camera, one.clips, one.timezone, one.covered, total[one.camera]) for one in _watched(rows)
    ]
