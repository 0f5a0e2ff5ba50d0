"""How cameras and store stand: what waits to be analysed, what was covered yesterday, what the disk holds."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from heatcli.analysis.claims import claimed_clips
from heatcli.clock import time_zone
from heatcli.config.models import Config
from heatcli.intervals import Intervals
from heatcli.names import PeriodKind
from heatcli.report.periods import Period
from heatcli.select.selection import Selection
from heatcli.store.catalog import Catalog, FileKey
from heatcli.store.holdings import watched
from heatcli.store.sizes import total_bytes
from heatcli.store.store import Store, stored_path


@dataclass(frozen=True, slots=True)
class CameraStanding:
    """How a camera stands.

    Attributes:
        camera: name of the camera.
        behind_h: hours for which the oldest recording waits that is newer than all that are stored; 0 where
            none waits.
        covered_yesterday_s: seconds of yesterday, by the camera's clock, that were watched.
    """

    camera: str
    behind_h: float
    covered_yesterday_s: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How all cameras and the store stand.

    Attributes:
        cameras: cameras of the configuration and of the store, by name.
        store_bytes: bytes of all files in the folder of the store.
    """

    cameras: tuple[CameraStanding, ...]
    store_bytes: int


def standing_of(
    store: Store, config: Config, passed: Collection[Path] = (), *, now: datetime | None = None
) -> Standing:
    """Find out how cameras and store stand.

    Args:
        store: heat store.
        config: configuration, whose `sources` say where the recordings are.
        passed: absolute paths of recordings that wait for nothing though they may not be in the store, such
            as those that are older than what is kept.
        now: present time with its offset; None for that of this machine.

    Raises:
        StoreError: the store cannot be read.
    """
    now = now or datetime.now(UTC)
    covered = {one.camera: _yesterday_us(one.covered, one.timezone, now) for one in watched(store)}
    files = {camera: _keys(clips) for camera, clips in claimed_clips(config)[0].items()}
    known = Catalog(store).files({key for own in files.values() for key in own.values()})
    stored = {(path, size, mtime_ns) for _, path, size, mtime_ns in known}
    behind = {camera: _behind_h(own, stored, passed, now) for camera, own in files.items()}
    return Standing(
        tuple(
            CameraStanding(camera, behind.get(camera, 0.0), covered.get(camera, 0) / 1e6)
            for camera in sorted({*covered, *behind})
        ),
        total_bytes(store),
    )


def _yesterday_us(covered: Intervals, timezone: str, now: datetime) -> int:
    zone = time_zone(timezone)
    day = Period.last_complete(PeriodKind.DAILY, now, [zone]).first
    return covered.intersection(Selection(dates=((day, day),)).limits(zone.key).period).total_us


def _keys(clips: Iterable[Path]) -> dict[Path, FileKey]:
    """Return what tells files apart, but for those that somebody has just moved away."""
    keys: dict[Path, FileKey] = {}
    for clip in clips:
        with suppress(OSError):
            state = clip.stat()
            keys[clip] = (stored_path(clip), state.st_size, state.st_mtime_ns)
    return keys


def _behind_h(
    files: Mapping[Path, FileKey], stored: Collection[FileKey], passed: Collection[Path], now: datetime
) -> float:
    """Return for how many hours the oldest of the files waits that are newer than all that are stored.

    An old file that is damaged does not count: newer ones are in the store.
    """
    newest_ns, waiting = 0, []
    for clip, key in files.items():
        *_, written_ns = key
        if clip.absolute() in passed or key in stored:
            newest_ns = max(newest_ns, written_ns)
        else:
            waiting.append(written_ns)
    oldest_ns = min((time_ns for time_ns in waiting if time_ns > newest_ns), default=None)
    return 0.0 if oldest_ns is None else max(0.0, (now.timestamp() - oldest_ns / 1e9) / 3600)
