"""Runs that wait to be committed: who analyses clips leaves them here, and one process commits many at once.

A commit for each clip would write three versions of tables for some hundred rows. Each run is one file in the
folder `staged`, whole or not there, with its rows as Parquet. None of it counts until it is committed; what a
killed program has left is committed by the next one. Who commits a run that another program has staged does
no harm: the rows are the same, and of two runs of a clip the later one stays.
"""

import io
import logging
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.errors import ErasedError
from heatcli.files import replacing, sync_folder
from heatcli.store.clips import ClipRow, clip_rows, clips_frame
from heatcli.store.commit import NewRun, commit_runs
from heatcli.store.faults import store_errors
from heatcli.store.identity import new_run, run_time
from heatcli.store.store import Store

_log = logging.getLogger(__name__)

_FOLDER, _ENDING = "staged", ".zip"

# Members of a file, in this order; of `tracks` there may be several.
_CLIP, _TRAJECTORIES, _PLATE, _TRACKS = "clip.parquet", "trajectories.parquet", "plate.png", "tracks-"

# Runs of one commit, and bytes of their files: a day of clips of a busy camera.
_MOST_RUNS = 200
_MOST_BYTES = 100_000_000


def stage_run(store: Store, run: NewRun) -> ClipRow:
    """Write a run that is to be committed later; it is on the disk afterwards.

    Returns:
        Row of the clip, with its numbers of rows.

    Raises:
        StoreError: the disk is full, or the store is read-only.
    """
    data, rows = io.BytesIO(), 0
    with zipfile.ZipFile(data, "w") as members:
        for number, chunk in enumerate(run.tracks):
            members.writestr(f"{_TRACKS}{number:04}.parquet", _parquet(chunk))
            rows += len(chunk)
        members.writestr(_TRAJECTORIES, _parquet(run.trajectories))
        if run.plate is not None:
            members.writestr(_PLATE, cv2.imencode(".png", run.plate)[1].tobytes())
        staged = replace(run.clip, rows=rows, trajectories=len(run.trajectories))
        members.writestr(_CLIP, _parquet(clips_frame([staged])))
    file = _file(store, run.clip.run)
    with store_errors(store.path):
        file.parent.mkdir(exist_ok=True)
        with replacing(file) as beside:
            beside.write_bytes(data.getbuffer())
        sync_folder(file.parent)
        sync_folder(store.path)
    return staged


def commit_staged(
    store: Store, runs: Collection[str], *, allowed: Callable[[NewRun], NewRun]
) -> dict[str, ClipRow]:
    """Commit staged runs, many at once, and remove their files.

    A kill leaves what was not committed, and what was committed twice counts once.

    Args:
        store: store to write to.
        runs: ids of the runs, under which they were staged; those that are gone are passed over, as another
            program has committed them.
        allowed: function that leaves out of a run what may not be stored by now; it raises an ErasedError
            where that is all.

    Returns:
        Rows of the clips as they are live, by the id of the staged run; without those that were gone,
        damaged, not allowed, or older than the analysis that the store has of the clip by now.

    Raises:
        StoreError: the store cannot be read or written; what was not committed stays staged.
    """
    committed: dict[str, ClipRow] = {}
    for batch in _batches(store, sorted(runs)):
        wanted: dict[str, NewRun] = {}
        for run in _not_outdated(store, batch):
            with suppress(ErasedError):
                wanted[run.clip.run] = allowed(run.renewed())
        if wanted:
            committed |= zip(wanted, commit_runs(store, list(wanted.values())), strict=True)
        with store_errors(store.path):
            for run in batch:
                _file(store, run.clip.run).unlink(missing_ok=True)
    return committed


def staged_runs(store: Store, *, before: datetime) -> list[str]:
    """List the runs that have waited to be committed since before a time, the oldest first."""
    names = (file.stem for file in (store.path / _FOLDER).glob(f"[0-9]*{_ENDING}"))
    return sorted(name for name in names if run_time(name) < before)


@dataclass(frozen=True, slots=True)
class _StagedRun:
    """A staged run.

    Attributes:
        clip: row of the clip, with the id under which the run was staged.
        trajectories: rows of `trajectories`.
        plate: picture of the empty scene; None where there is none.
        members: all of it.
    """

    clip: ClipRow
    trajectories: pl.DataFrame
    plate: NDArray[np.uint8] | None
    members: zipfile.ZipFile

    @classmethod
    def of(cls, data: bytes) -> "_StagedRun":
        """Read a staged run.

        Raises:
            zipfile.BadZipFile: it is damaged.
        """
        members = zipfile.ZipFile(io.BytesIO(data))
        if members.testzip() is not None:
            raise zipfile.BadZipFile("a checksum does not match")
        (clip,) = clip_rows(_frame(members, _CLIP))
        plate = None
        if _PLATE in members.namelist():
            plate = cv2.imdecode(np.frombuffer(members.read(_PLATE), np.uint8), cv2.IMREAD_COLOR)
        return cls(clip, _frame(members, _TRAJECTORIES), plate, members)  # type: ignore[arg-type]  # of uint8

    def renewed(self) -> NewRun:
        """Return the run under a new id, which no compaction can have taken for that of a dead run."""
        clip = replace(self.clip, run=new_run())
        name = pl.lit(clip.run).alias("run")
        tracks = (
            _frame(self.members, member) for member in sorted(self.members.namelist()) if _TRACKS in member
        )
        return NewRun(
            clip=clip,
            tracks=(rows.with_columns(name) for rows in tracks),
            trajectories=self.trajectories.with_columns(name),
            plate=self.plate,
        )


def _batches(store: Store, runs: Collection[str]) -> Iterator[list[_StagedRun]]:
    """Yield staged runs, as many at once as fit in memory."""
    batch: list[_StagedRun] = []
    size = 0
    for name in runs:
        file = _file(store, name)
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            continue  # another program has committed it
        try:
            batch.append(_StagedRun.of(data))
        except (zipfile.BadZipFile, KeyError, ValueError, pl.exceptions.PolarsError):
            _log.warning("%s: is damaged and is removed; its clip is analysed again", file)
            file.unlink(missing_ok=True)
            continue
        size += len(data)
        if len(batch) == _MOST_RUNS or size > _MOST_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _not_outdated(store: Store, batch: Sequence[_StagedRun]) -> Iterator[_StagedRun]:
    """Yield the last run of each clip, unless the store has a later one."""
    last = {(run.clip.camera, run.clip.clip): run for run in batch}
    clips = store.table("clips")
    with store_errors(store.path):
        of_batch = pl.LazyFrame(list(last), schema={"camera": pl.String, "clip": pl.String}, orient="row")
        live = store.scan_clips(clips).join(of_batch, on=["camera", "clip"], how="semi")
        known = live.select("camera", "clip", "run").collect().rows()
    later = {(camera, clip) for camera, clip, run in known if run > last[camera, clip].clip.run}
    yield from (run for key, run in last.items() if key not in later)


def _file(store: Store, run: str) -> Path:
    return store.path / _FOLDER / f"{run}{_ENDING}"


def _parquet(frame: pl.DataFrame) -> bytes:
    data = io.BytesIO()
    frame.write_parquet(data, compression="zstd")
    return data.getvalue()


def _frame(members: zipfile.ZipFile, name: str) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(members.read(name)))
