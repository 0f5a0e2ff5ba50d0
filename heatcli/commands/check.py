"""The work behind `heatcli check`: whether all is as it should be, before it is needed."""

import platform
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import chain
from pathlib import Path

from heatcli.analysis.claims import claimed_clips
from heatcli.analysis.config_faults import config_faults
from heatcli.analysis.file_times import named_start
from heatcli.analysis.sources import VIDEO_SUFFIXES, matching
from heatcli.answers.view_faults import newest_view_faults
from heatcli.clock import duration_text, time_zone
from heatcli.config.models import Config
from heatcli.detect.weights import DEFAULT_NAME, named_model
from heatcli.errors import InputError, StoreError
from heatcli.files import cache_folder, is_local
from heatcli.names import DetectorChoice
from heatcli.store.checks import check
from heatcli.store.store import Store
from heatcli.version import __version__, library_version

_DAY = timedelta(days=1)
# Least free space: what the store of forty cameras grows by in some weeks.
_LEAST_FREE = 2 * 2**30
# How far after its last change a file's name may say that it begins: clocks of two machines differ.
_CLOCK_OFF = timedelta(minutes=2)
# What decodes, detects, queries and stores.
_LIBRARIES = ("av", "opencv-python", "openvino", "ultralytics", "polars", "deltalake")


class Part(StrEnum):
    """What is looked at."""

    CONFIGURATION = "configuration"
    CLIPS = "clips"
    RECORDINGS = "recordings"
    CLOCKS = "clocks"
    WEIGHTS = "weights"
    DISK = "disk"
    STORE = "store"
    VIEWS = "views"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be.

    Attributes:
        part: what was looked at.
        what: what is wrong, and what to do, in one line.
    """

    part: Part
    what: str


@dataclass(frozen=True, slots=True)
class Health:
    """What `check_all` found.

    Attributes:
        findings: what is not as it should be.
        versions: versions of heatcli, Python and the libraries beneath, by name.
        clips: number of clips of each configured camera.
    """

    findings: tuple[Finding, ...]
    versions: dict[str, str]
    clips: dict[str, int]


def check_all(store: Path, config: Config, *, now: datetime | None = None) -> Health:
    """Look at configuration, recordings, clocks, weights, disk, store and the views of cameras.

    Args:
        store: folder of the heat store; need not exist.
        config: configuration (`heatcli.toml`).
        now: present time with its offset; None for that of this machine.

    Raises:
        StoreError: a log of the store is damaged, or it cannot be read at all.
    """
    clips, claims = claimed_clips(config)
    everything = [clip for own in clips.values() for clip in own]
    found = {
        Part.CONFIGURATION: chain(_lacking(config), (what for _, what in config_faults(config, everything))),
        Part.CLIPS: chain(claims, _unclaimed(everything)),
        Part.RECORDINGS: _silent(clips, datetime.now(UTC) if now is None else now),
        Part.CLOCKS: _ahead(config, clips),
        Part.WEIGHTS: _weights(config),
        Part.DISK: _disk(store),
        Part.STORE: _damaged(store),
        Part.VIEWS: _views(store, config),
    }
    return Health(
        tuple(Finding(part, what) for part, all_ in found.items() for what in all_),
        {"heatcli": __version__, "python": platform.python_version()}
        | {name: library_version(name) for name in _LIBRARIES},
        {camera: len(own) for camera, own in clips.items()},
    )


def _lacking(config: Config) -> Iterator[str]:
    """Yield that nothing is configured, so that nothing else can be looked at."""
    if config.file is None:
        yield "there is no heatcli.toml in this folder; write one with `heatcli init FOLDER`, or use --config"
    elif not any(camera.sources for camera in config.cameras.values()):
        yield f"{config.file}: no camera has `sources`, so nothing is analysed by `heatcli analyze` alone"


def _unclaimed(clips: list[Path]) -> Iterator[str]:
    """Yield the folders that have clips of a camera, and others that are of none."""
    known = {clip.absolute() for clip in clips}
    for folder in sorted({clip.parent for clip in known}):
        files = [file for file in matching(folder / "*") if file.suffix.lower() in VIDEO_SUFFIXES]
        strange = sorted(file for file in files if file not in known)
        if strange:
            more = "" if len(strange) == 1 else f" and {len(strange) - 1} more there"
            yield f"{strange[0]}{more}: no camera claims it; correct `sources`"


def _silent(clips: dict[str, list[Path]], now: datetime) -> Iterator[str]:
    """Yield the cameras whose newest file is older than a day."""
    for camera, own in clips.items():
        written = max(map(_written, own), default=now)
        if now - written > _DAY:
            age = duration_text((now - written).total_seconds())
            yield f"camera {camera!r}: its newest file is of {age} ago; see whether it still records"


def _written(clip: Path) -> datetime:
    return datetime.fromtimestamp(clip.stat().st_mtime, UTC)


def _ahead(config: Config, clips: dict[str, list[Path]]) -> Iterator[str]:
    """Yield the cameras whose newest file begins, by its name, after it was last written."""
    for camera, own in clips.items():
        configured = config.camera(camera)
        if not own or configured.time_pattern is not None or configured.start is not None:
            continue
        newest = max(own, key=_written)
        try:
            start = named_start(newest, time_zone(configured.timezone or config.timezone))
        except InputError as error:
            yield str(error)
            continue
        if start is not None and start.time - _written(newest) > _CLOCK_OFF:
            ahead = duration_text((start.time - _written(newest)).total_seconds())
            yield (
                f"camera {camera!r}: {newest} begins, by its name, {ahead} after it was last written; see "
                "whether `timezone` and the recorder's clock are right"
            )


def _weights(config: Config) -> Iterator[str]:
    """Yield that no detection model is there yet, if a camera needs the default one."""
    path = cache_folder() / DEFAULT_NAME
    named = named_model(None) is not None or path.exists()
    if not named and any(
        config.camera(camera).weights is None
        and config.said_of_analysis(camera, "detector") is not DetectorChoice.MOTION
        for camera in config.cameras or [""]
    ):
        yield f"{path}: is not there yet; `heatcli analyze` fetches it, or uses `motion` if it cannot"


def _disk(store: Path) -> Iterator[str]:
    """Yield that the disk of the store is nearly full."""
    if not is_local(store):
        return
    there = next(folder for folder in (store.absolute(), *store.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < _LEAST_FREE:
        yield f"{there}: {free / 2**30:.1f} GiB are free; make room before the next night"


def _damaged(store: Path) -> Iterator[str]:
    """Yield what is wrong with the store's files."""
    if not is_local(store) or store.exists():
        found = check(Store.open(store))
        yield from found.unread
        for fault in found.faults:
            what = f"camera {fault.camera!r}, clip {fault.clip}: {fault.what}"
            yield f"{what}; `heatcli clips --check` tells more"


def _views(store: Path, config: Config) -> Iterator[str]:
    """Yield the cameras that see nothing, or something else than on the days before."""
    # Notes that cannot be read are told as damage of the store.
    with suppress(StoreError):
        if store.exists():
            yield from [trouble["what"] for trouble in newest_view_faults(Store.open(store), config)]
