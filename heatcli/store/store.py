"""The store on disk: its tables, opened or created."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from heatcli.errors import StoreError, StoreNotFoundError, UsageError
from heatcli.files import address_of, is_address, is_local
from heatcli.store.audits import NotedAudit, read_audits
from heatcli.store.clips import ClipRow, clip_rows
from heatcli.store.corrections import Correction, read_corrections
from heatcli.store.durability import Log, check_log, make_durable
from heatcli.store.erasures import Erasure, read_erasures
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, scan
from heatcli.store.objects import check_conditional_put, place, storage_options
from heatcli.store.recovery import recover
from heatcli.store.schema import (
    PARTITIONS,
    PROPERTIES,
    SCHEMA_VERSION,
    TABLES,
    VERSION_PROPERTY,
    TableName,
    table_schema,
)
from heatcli.store.sound import sound_clips

# What a store's path cannot hold: deltalake turns paths into URLs, and cannot turn these back.
_UNUSABLE = re.compile(r"[\\\[\]^|\x00-\x1f\x7f\ud800-\udfff]|%[0-9A-Fa-f]{2}")

# What deltalake takes for an address, and not for a folder.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The three tables at one moment: every run that `clips` names is complete in the other two.

    Attributes:
        clips: rows of the table `clips`.
        tracks: table `tracks`, at its version of that moment.
        trajectories: table `trajectories`, at its version of that moment.
        corrections: corrections of who is who, undone ones too, in the order in which they were made.
        audits: audits that were answered, the oldest first.
        erasures: times and places that were erased on request, the oldest first.
    """

    clips: pl.DataFrame
    tracks: DeltaTable
    trajectories: DeltaTable
    corrections: tuple[Correction, ...]
    audits: tuple[NotedAudit, ...]
    erasures: tuple[Erasure, ...] = ()


@dataclass(frozen=True, slots=True)
class Store:
    """A folder, or a place in an object store, with the three tables and the plates.

    Attributes:
        path: path of the folder, or the address of the place as `heatcli.store.objects.place` gives it.
        keeps: whether answers take partial results of closed days from the store, and keep them there.
    """

    path: Path
    keeps: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", place(self.path))

    @classmethod
    def open(cls, path: Path, *, keeps: bool = True) -> Self:
        """Open a store that exists.

        Raises:
            StoreNotFoundError: there is no store at `path`.
            UsageError: deltalake cannot work at that path.
            StoreError: the store cannot be read, or a newer heatcli wrote it.
        """
        store = cls(path, keeps)
        store.check_path()
        with store_errors(store.path):
            recover(store.path)
            store._check_whole()
            if not store._has("clips"):
                raise StoreNotFoundError(
                    f"{store.path}: no heat store here; make one with `heatcli analyze`, or name one with "
                    "--store"
                )
        store.table("clips")
        return store

    @classmethod
    def create_or_open(cls, path: Path) -> Self:
        """Open a store, and create it where there is none; other processes may be doing the same.

        Raises:
            UsageError: deltalake cannot work at that path.
            StoreError: the store cannot be created or read, or a newer heatcli wrote it.
        """
        store = cls(path)
        store.check_path()
        with store_errors(store.path):
            if is_local(store.path):
                store.path.mkdir(parents=True, exist_ok=True)
            else:
                check_conditional_put(store.path)
            recover(store.path)
            store._check_whole()
            for name in TABLES:
                store._create(name)
        store.table("clips")
        return store

    def table(self, name: TableName) -> DeltaTable:
        """Load the newest version of a table.

        Raises:
            StoreError: the table cannot be read, or a newer heatcli wrote it.
        """
        with store_errors(self.path):
            check_log(self.path / name)
            table = self._load(name)
            version = table.metadata().configuration.get(VERSION_PROPERTY, str(SCHEMA_VERSION))
        if not version.isdecimal():
            raise StoreError(
                f"{self.path}: the table {name} says {version!r} of its version, which is no number; bring "
                "it back from a backup, or remove the folder and analyse again"
            )
        if int(version) > SCHEMA_VERSION:
            raise StoreError(
                f"{self.path}: written by a newer heatcli (store version {version}, this one knows "
                f"{SCHEMA_VERSION}); update heatcli"
            )
        return table

    def make_durable(self) -> None:
        """Bring all that was written to the disk, so that a loss of power leaves it there.

        Raises:
            StoreError: the disk does not take it.
        """
        with store_errors(self.path):
            for name in TABLES:
                make_durable(self.path / name)

    def snapshot(self) -> Snapshot:
        """Load all tables as they were at one moment.

        Rows are appended before `clips` names their run, and deleted after it names another. So while `clips`
        has not changed, the rows of all of its runs are there.

        Raises:
            StoreError: the store cannot be read, or a newer heatcli wrote it.
        """
        clips = self.table("clips")
        while True:
            tracks, trajectories = self.table("tracks"), self.table("trajectories")
            latest = self.table("clips")
            if latest.version() == clips.version():
                with store_errors(self.path):
                    rows = self.sound_clips(self.scan_clips(clips))
                    corrections, audits = read_corrections(self.path), read_audits(self.path)
                    erasures = read_erasures(self.path)
                    return Snapshot(rows, tracks, trajectories, corrections, audits, erasures)
            clips = latest

    def scan_clips(self, table: DeltaTable) -> pl.LazyFrame:
        """Read a version of the table `clips`."""
        return scan("clips", data_files(table, self.path / "clips"), None)

    def sound_clips(self, rows: pl.LazyFrame) -> pl.DataFrame:
        """Read rows of `clips` that can be used; the others are told."""
        return sound_clips(rows.collect(), self.path)

    def clips(self, camera: str | None = None) -> list[ClipRow]:
        """Read the clips of one camera, or of all, by camera and start.

        Raises:
            StoreError: the store cannot be read.
        """
        clips = self.table("clips")
        with store_errors(self.path):
            rows = self.scan_clips(clips)
            return clip_rows(self.sound_clips(rows if camera is None else rows.filter(camera=camera)))

    def check_path(self) -> None:
        """Refuse a path at which no store can be.

        Raises:
            UsageError: the path is that of a file, or deltalake cannot work there.
        """
        if not is_local(self.path):
            return
        if self.path.is_file():
            raise UsageError(f"{self.path}: is a file; name the folder of a store with --store")
        if found := _UNUSABLE.search(str(self.path.absolute())):
            raise UsageError(f"{self.path}: a store's path cannot hold {found[0]!r}; choose another --store")
        if not self.path.is_absolute() and _ADDRESS.match(str(self.path)):
            raise UsageError(
                f"{self.path}: reads like an address, and stores are in folders, or at s3://, gs:// and "
                "az://; for a folder of that name give the whole path from / on as --store"
            )

    def _check_whole(self) -> None:
        """Refuse a store that has lost a table: made anew, the store would say that nobody ever came.

        `clips` is created after the other tables and before any row is written. So it is there wherever rows
        are, and where it is there, the other tables are too.
        """
        if self._has("clips"):
            lost = [name for name in ("tracks", "trajectories") if not self._has(name)]
        else:
            # Not asked of the version: two processes that create the table at once make two of it.
            written = self._has("tracks") and self._load("tracks").file_uris()
            # Looked at again: another process may have made the store in the meantime.
            lost = ["clips"] if written and not self._has("clips") else []
        if lost:
            raise StoreError(
                f"{self.path}: the table {lost[0]} is gone; bring it back from a backup, or remove the "
                "folder and analyse again"
            )

    def _load(self, name: TableName) -> DeltaTable:
        return DeltaTable(str(self.path / name), storage_options=storage_options(self.path))

    def _has(self, name: TableName) -> bool:
        return Log.list(self.path / name).is_there

    def _create(self, name: TableName) -> None:
        if self._has(name):
            return
        try:
            DeltaTable.create(
                str(self.path / name),
                schema=table_schema(name),
                partition_by=PARTITIONS[name],
                configuration=PROPERTIES,
                raise_if_key_not_exists=False,
                storage_options=storage_options(self.path),
            )
            make_durable(self.path / name)
        except DeltaError:
            # Another process was faster, or it cannot be created.
            if not self._has(name):
                raise


def stored_path(path: Path) -> str:
    """Return a file's absolute path, or an object's address, as the store writes it.

    Bytes that are no UTF-8 are escaped.
    """
    if is_address(str(path)):
        return address_of(path)
    return os.fspath(path.absolute()).encode("utf-8", "backslashreplace").decode()
