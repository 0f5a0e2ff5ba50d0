"""The table `clips`, opened once for many questions, and always as new as on the disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

import polars as pl
from deltalake import DeltaTable

from heatcli.errors import InputError
from heatcli.store.clips import ClipRow, clip_rows
from heatcli.store.faults import store_errors
from heatcli.store.forgotten import ForgottenClip, forgotten_files, read_forgotten
from heatcli.store.identity import clip_id
from heatcli.store.store import Store, stored_path


@dataclass(frozen=True, slots=True)
class Analysed:
    """How and when a stored clip was analysed: what tells whether it is to be analysed again.

    Attributes:
        camera: name of the camera.
        clip: id of the clip.
        start: UTC time of the clip's first frame.
        duration_us: duration of the clip in µs.
        timezone: time zone of the camera, IANA name.
        detector: name of the detector.
        settings: settings of the analysis, as JSON.
        settings_hash: hash of the settings.
    """

    camera: str
    clip: str
    start: datetime
    duration_us: int
    timezone: str
    detector: str
    settings: str
    settings_hash: str

    @classmethod
    def of(cls, row: ClipRow) -> Self:
        """Return how a clip was analysed."""
        return cls(*(getattr(row, name) for name in cls.__slots__))


class Catalog:
    """Finds clips in a store. Whether the table has changed is asked each time; it is read only if so."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._table: DeltaTable | None = None
        self._clips = pl.DataFrame()
        # Clips that were removed for good, by camera and clip, and by path, size and time of the file.
        self._forgotten: dict[tuple[object, ...], ForgottenClip] = {}
        self._forgotten_files: Sequence[Path] = ()

    def find_clip(self, camera: str, clip: str) -> ClipRow | None:
        """Return the live analysis of a clip, or None if it was not analysed for that camera.

        Raises:
            StoreError: the store cannot be read.
        """
        found = self._find({"camera": camera, "clip": clip})
        return found[0] if found else None

    def is_forgotten(self, camera: str, clip: str) -> bool:
        """Return whether somebody has removed a clip for good.

        Raises:
            StoreError: the store cannot be read.
        """
        return (camera, clip) in self._all_forgotten()

    def clip_id(self, path: Path) -> str:
        """Return the clip's id, without reading the file if the store knows its path, size and time.

        Raises:
            InputError: the file cannot be read.
            StoreError: the store cannot be read.
        """
        try:
            state = path.stat()
            file: dict[str, str | int] = {
                "path": stored_path(path),
                "bytes": state.st_size,
                "mtime": state.st_mtime_ns,
            }
            for known in self._find(file):
                return known.clip
            gone = self._all_forgotten().get(tuple(file.values()))
            return clip_id(path) if gone is None else gone.clip
        except OSError as error:
            raise InputError(
                f"{path}: cannot be read ({error.strerror}); check the file and its disk"
            ) from error

    def detectors(self) -> set[str]:
        """Return the names of the detectors that clips were analysed with.

        Raises:
            StoreError: the store cannot be read.
        """
        return set(self._known()["detector"])

    def files(self) -> dict[tuple[str, str, int, int], Analysed]:
        """Return how the clips were analysed, by camera, path, size and modification time of their files.

        Raises:
            StoreError: the store cannot be read.
        """
        key = ["camera", "path", "bytes", "mtime"]
        rows = self._known().select(*key, *(pl.col(name).alias(f"-{name}") for name in Analysed.__slots__))
        return {
            (camera, path, size, mtime): Analysed(*own) for camera, path, size, mtime, *own in rows.rows()
        }

    def _find(self, values: dict[str, str | int]) -> list[ClipRow]:
        """Return the clips that have these values."""
        clips = self._known()
        with store_errors(self._store.path):
            return clip_rows(clips.filter(pl.lit(True), **values))

    def _known(self) -> pl.DataFrame:
        """Return the rows of the table `clips` as they are now."""
        with store_errors(self._store.path):
            if self._is_outdated():
                self._table = self._store.table("clips")
                self._clips = self._store.sound_clips(self._store.scan_clips(self._table))
            return self._clips

    def _all_forgotten(self) -> dict[tuple[object, ...], ForgottenClip]:
        files = forgotten_files(self._store.path)
        if files != self._forgotten_files:
            clips = read_forgotten(self._store.path)
            self._forgotten = {(clip.camera, clip.clip): clip for clip in clips}
            self._forgotten |= {(clip.path, clip.bytes, clip.mtime): clip for clip in clips}
            self._forgotten_files = files
        return self._forgotten

    def _is_outdated(self) -> bool:
        """Whether the table was not read yet, or this or another process has written to it since."""
        if self._table is None:
            return True
        version = self._table.version()
        self._table.update_incremental()
        return self._table.version() != version
