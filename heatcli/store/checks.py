"""Checking all that is stored against what was written."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from deltalake import DeltaTable

from heatcli.errors import StoreError
from heatcli.files import is_local
from heatcli.store.audits import read_audits
from heatcli.store.corrections import read_corrections
from heatcli.store.erasures import read_erasures
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, scan
from heatcli.store.journal import read_journal
from heatcli.store.kept_days import day_files, read_day
from heatcli.store.objects import place
from heatcli.store.schema import TABLES, TIMES
from heatcli.store.sound import faulty_columns, incomplete_clips
from heatcli.store.store import Store
from heatcli.store.sums import is_intact


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with one clip.

    Attributes:
        camera: name of the camera.
        clip: id of the clip.
        run: analysis of the clip; None where the store does not know it any more.
        path: path at which the recording was found; None where the store does not know it any more.
        what: what is wrong.
    """

    camera: str
    clip: str
    run: str | None
    path: str | None
    what: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check` found.

    Attributes:
        files: number of files that the tables consist of.
        unknown: number of files of which only the size could be checked, as a heatcli without checksums wrote
            them; 0 in an object store, which keeps checksums itself.
        damaged: number of files that are gone or not as they were written.
        faults: what is wrong with which clip, by camera and clip.
        unread: errors of what is kept beside the tables and cannot be read: corrections, audits, erasures,
            the journal and sums of days.
    """

    files: int
    unknown: int
    damaged: int
    faults: tuple[Fault, ...]
    unread: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is damaged."""
        return not (self.damaged or self.faults or self.unread)


def check(store: Store) -> Checked:
    """Compare every data file and log of the store with its SHA-256, and read every row of `clips` and note.

    Of objects the size is compared.

    Raises:
        StoreError: a log is damaged, or the store cannot be read at all.
    """
    tables = {name: store.table(name) for name in TABLES}
    with store_errors(store.path):
        files = {name: files_with_state(table, store.path / name) for name, table in tables.items()}
        whole = {name: listed.filter(pl.col("state").is_null()) for name, listed in files.items()}
        clips = scan("clips", whole["clips"], None).collect()
        faults = [*_lost_clips(tables["clips"], files["clips"]), *_odd_clips(clips)]
        damaged = pl.concat(files[name].filter(pl.col("state").is_not_null()) for name in TIMES)
        odd = {(fault.camera, fault.clip) for fault in faults}
        for row in incomplete_clips(clips, whole).iter_rows(named=True):
            if (str(row["camera"]), str(row["clip"])) not in odd:
                faults.append(_fault(row, _what_is_lost(row, damaged, store.path)))
    everything = pl.concat(files.values())
    return Checked(
        files=len(everything),
        unknown=everything["sha256"].null_count() if is_local(store.path) else 0,
        damaged=everything["state"].count(),
        faults=tuple(sorted(faults, key=lambda fault: (fault.camera, fault.clip, fault.what))),
        unread=tuple(_unread(store.path)),
    )


def _unread(store: Path) -> Iterator[str]:
    """Yield why notes of a kind, or sums of a day, cannot be read."""
    for read in (read_corrections, read_audits, read_erasures, read_journal):
        try:
            read(store)
        except StoreError as error:
            yield str(error)
    for file in day_files(store):
        try:
            read_day(store, file)
        except StoreError as error:
            yield str(error)


def files_with_state(table: DeltaTable, folder: Path) -> pl.DataFrame:
    """List the files of a table as `data_files` does, each with its `state`.

    Returns:
        The list with a column more: what is wrong with a file; null where nothing is, as far as can be told.
    """
    files = data_files(table, folder)
    states = [_state(*one) for one in files.select("path", "bytes", "sha256").iter_rows()]
    return files.with_columns(state=pl.Series(states, dtype=pl.String))


def _state(path: str, size: int, sha256: str | None) -> str | None:
    try:
        is_whole = place(Path(path)).stat().st_size == size and (sha256 is None or is_intact(path, sha256))
    except FileNotFoundError:
        return "is gone"
    return None if is_whole else "is not as it was written"


def _lost_clips(table: DeltaTable, files: pl.DataFrame) -> Iterator[Fault]:
    """Name the clips whose rows of `clips` are damaged, as far as the log knows them."""
    known = pl.DataFrame(table.get_add_actions(flatten=True))
    # The log of one version lists its files in one order.
    for row in files.hstack(known.select("min.camera", "min.clip", "max.clip")).iter_rows(named=True):
        if row["state"] is not None:
            ends = dict.fromkeys((str(row["min.clip"]), str(row["max.clip"])))
            what = f"clips/{Path(row['path']).name} {row['state']}"
            yield Fault(str(row["min.camera"]), " to ".join(ends), None, None, what)


def _odd_clips(clips: pl.DataFrame) -> Iterator[Fault]:
    for row in clips.with_columns(fault=faulty_columns(clips)).iter_rows(named=True):
        if row["fault"] is not None:
            yield _fault(row, f"its {row['fault']}")


def _what_is_lost(clip: dict[str, Any], damaged: pl.DataFrame, store: Path) -> str:
    """Say which damaged files may have had the rows that a clip lacks."""
    holding = damaged.filter(
        pl.col("camera") == clip["camera"],
        (pl.col("first_run") <= clip["run"]).fill_null(True),
        (pl.col("last_run") >= clip["run"]).fill_null(True),
    )
    files = holding.select("path", "state").iter_rows()
    told = [f"{place(Path(path)).relative_to(store)} {state}" for path, state in files]
    return ", ".join(told) or "has fewer rows than were written"


def _fault(row: dict[str, Any], what: str) -> Fault:
    return Fault(str(row["camera"]), str(row["clip"]), row["run"], str(row["path"]), what)
