"""The table `clips`, opened once for many questions, and always as new as on the disk.

It may name millions of clips: only the rows that are asked for are held.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self, TypeAlias

import polars as pl
from deltalake import DeltaTable

from heatcli.errors import InputError
from heatcli.store.clips import ClipRow, clip_rows
from heatcli.store.faults import store_errors
from heatcli.store.forgotten import ForgottenClip, forgotten_files, read_forgotten
from heatcli.store.identity import clip_id
from heatcli.store.objects import place
from heatcli.store.store import Store, stored_path

FileKey: TypeAlias = tuple[str, int, int]
"""Path of a file as the store writes it, its size in bytes and its modification time, ns since 1970."""

_FILE_KEY = pl.Schema({"path": pl.String(), "bytes": pl.Int64(), "mtime": pl.Int64()})


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
        self._rows = pl.LazyFrame()
        # Files that are asked about, and the rows of these.
        self._asked = pl.DataFrame(schema=_FILE_KEY)
        self._held = pl.DataFrame()
        # Clips that were removed for good, by camera and clip, and by path, size and time of the file.
        self._forgotten: dict[tuple[object, ...], ForgottenClip] = {}
        self._forgotten_files: Sequence[Path] = ()

    def find_clip(self, camera: str, clip: str) -> ClipRow | None:
        """Return the live analysis of a clip, or None if it was not analysed for that camera.

        Raises:
            StoreError: the store cannot be read.
        """
        found = self._find(camera=camera, clip=clip)
        return found[0] if found else None

    def is_forgotten(self, camera: str, clip: str) -> bool:
        """Return whether somebody has removed a clip for good.

        Raises:
            StoreError: the store cannot be read.
        """
        return (camera, clip) in self._all_forgotten()

    def clip_id(self, path: Path, fetch: Callable[[], Path] | None = None) -> str:
        """Return the clip's id, without reading the file if the store knows its path, size and time.

        Args:
            path: path of the file, or address of the object.
            fetch: function that returns a file of this machine with the same bytes; None for the file itself.

        Raises:
            InputError: the file cannot be read.
            StoreError: the store cannot be read.
        """
        try:
            state = place(path).stat()
            file = (stored_path(path), state.st_size, state.st_mtime_ns)
            for known in self._find(path=file[0], bytes=file[1], mtime=file[2]):
                return known.clip
            gone = self._all_forgotten().get(file)
            return clip_id(path if fetch is None else fetch()) if gone is None else gone.clip
        except OSError as error:
            raise InputError(
                f"{path}: cannot be read ({error.strerror}); check the file and its disk"
            ) from error

    def detectors(self) -> set[str]:
        """Return the names of the detectors that clips were analysed with.

        Raises:
            StoreError: the store cannot be read.
        """
        self._refresh()
        with store_errors(self._store.path):
            return set(self._rows.select(pl.col("detector").unique()).collect()["detector"].drop_nulls())

    def files(self, asked: Iterable[FileKey]) -> dict[tuple[str, str, int, int], Analysed]:
        """Return how the clips of files were analysed; later questions about these are quick.

        Args:
            asked: files that are asked about; they replace those of before.

        Returns:
            For each clip that the store knows of such a file, how it was analysed, by camera and the three of
            the file.

        Raises:
            StoreError: the store cannot be read.
        """
        self._asked, self._table = pl.DataFrame(list(asked), schema=_FILE_KEY, orient="row"), None
        self._refresh()
        key = ["camera", *_FILE_KEY]
        rows = self._held.select(*key, *(pl.col(name).alias(f"-{name}") for name in Analysed.__slots__))
        return {
            (camera, path, size, mtime): Analysed(*own) for camera, path, size, mtime, *own in rows.rows()
        }

    def _find(self, **values: str | int) -> list[ClipRow]:
        """Return the clips that have these values."""
        self._refresh()
        with store_errors(self._store.path):
            found = self._held.filter(pl.lit(True), **values)
            if found.is_empty():
                found = self._store.sound_clips(self._rows.filter(pl.lit(True), **values))
            return clip_rows(found)

    def _refresh(self) -> None:
        """Read what is asked for as it is now."""
        with store_errors(self._store.path):
            if self._is_outdated():
                self._table = self._store.table("clips")
                self._rows = self._store.scan_clips(self._table)
                # So of a million rows, two columns of numbers are read, and no paths.
                likely = [pl.col(name).is_in(self._asked[name].implode()) for name in ("bytes", "mtime")]
                asked = self._asked.lazy()
                rows = self._rows.filter(*likely).join(asked, on=list(_FILE_KEY), how="semi")
                self._held = self._store.sound_clips(rows)

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
