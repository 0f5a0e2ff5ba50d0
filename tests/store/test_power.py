"""Losses of power: whatever had not been brought to the disk is empty or gone, in any combination."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from itertools import count, product
from pathlib import Path

import numpy as np
import pytest

from heatcli.errors import UsageError
from heatcli.store.clips import ClipRow
from heatcli.store.maintenance import compact, remove_clips
from heatcli.store.schema import TABLES
from heatcli.store.shift import shift_clips
from heatcli.store.store import Store
from tests.support.store_runs import START, clip_row, expected_rows, live_rows, put

# Before these calls, something has been written that may not be on the disk yet.
_MOMENTS = (
    "heatcli.store.commit.keep_plate",
    "heatcli.store.commit._append",
    "heatcli.store.commit._switch",
    "heatcli.store.commit.merge_many",
    "heatcli.store.commit.make_checkpoint",
    "heatcli.store.merging._rewrite",
    "heatcli.store.debris._drop_damaged",
    "heatcli.store.debris.delete_rows",
    "heatcli.store.maintenance._tidy",
    "heatcli.store.durability.note_sums",
    "heatcli.store.sums._write",
)


@dataclass(frozen=True)
class Cut:
    """The store as it was at one moment, and what the disk did not have of it."""

    folder: Path
    unsynced: list[Path]


class Cuts(list[Cut]):
    """Cuts, which are no longer made once there are enough of them."""

    are_enough = False


@pytest.fixture
def cuts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cuts:
    """Copies of `tmp_path / "store"`, made before each step of what a test does."""
    synced: set[int] = set()
    made = Cuts()
    number = count()
    store = tmp_path / "store"

    def take() -> None:
        if made.are_enough:
            return
        copy = tmp_path / f"cut{next(number)}"
        shutil.copytree(store, copy)
        files = [file for file in store.rglob("*") if file.is_file() and file.stat().st_ino not in synced]
        made.append(Cut(copy, [copy / file.relative_to(store) for file in files]))

    def watched(function: Callable[..., object]) -> Callable[..., object]:
        def step(*args: object, **options: object) -> object:
            take()
            return function(*args, **options)

        return step

    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.add(os.fstat(descriptor).st_ino))
    for moment in _MOMENTS:
        module, _, name = moment.rpartition(".")
        monkeypatch.setattr(moment, watched(getattr(import_module(module), name)))
    return made


def _rows_of(folder: Path) -> set[tuple[str, str, int, float, int]]:
    """What the store answers; no rows if it holds no clips or is not there yet."""
    try:
        return live_rows(Store.open(folder))
    except UsageError:
        return set()


def _lose(cut: Cut, files: list[Path], *, gone: bool) -> Path:
    """Return a copy of the store in which files are empty, or not even there."""
    folder = cut.folder.with_name("after")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(cut.folder, folder)
    for file in files:
        lost = folder / file.relative_to(cut.folder)
        lost.unlink() if gone else lost.write_bytes(b"")
    return folder


def _losses(cut: Cut) -> Iterator[Path]:
    """Stores that a loss of power may leave of one moment."""
    chance = np.random.default_rng(len(cut.unsynced))
    some = [[file for file in cut.unsynced if chance.random() < 0.5] for _ in range(1)]
    for files in (cut.unsynced, *some):
        for gone in (False, True):
            yield _lose(cut, files, gone=gone)


def _check_all(cuts: Cuts, allowed: list[set[tuple[str, str, int, float, int]]]) -> None:
    cuts.are_enough = True
    assert any(cut.unsynced for cut in cuts)
    for cut in cuts:
        for folder in _losses(cut):
            assert _rows_of(folder) in allowed
        again = put(Store.create_or_open(folder), clip_row(), version=7)
        assert expected_rows(again, version=7) <= _rows_of(folder)


def test_a_first_run_is_there_or_not(tmp_path: Path, cuts: Cuts) -> None:
    store = Store.create_or_open(tmp_path / "store")
    row = put(store, clip_row(), plate=np.zeros((9, 16, 3), np.uint8))
    assert not [file for file in store.path.rglob("*.parquet") if file.stat().st_size == 0]
    _check_all(cuts, [set(), expected_rows(row)])


def test_a_run_that_replaces_another_is_there_or_the_other(
    tmp_path: Path, cuts: Cuts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("heatcli.store.merging._MANY_FILES", 1)
    monkeypatch.setattr("heatcli.store.durability._MANY_ENTRIES", 2)
    monkeypatch.setattr("heatcli.store.sums._MANY_FILES", 2)
    store = Store.create_or_open(tmp_path / "store")
    other = expected_rows(put(store, clip_row("till", "beef")))
    row = put(store, clip_row())
    cuts.clear()
    put(store, clip_row(), version=1)
    _check_all(cuts, [expected_rows(row) | other, expected_rows(row, version=1) | other])


def test_what_is_said_to_be_done_is_on_the_disk(tmp_path: Path, cuts: Cuts) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row())
    row = put(store, clip_row(), version=1)
    cuts.clear()
    remove = put(store, clip_row("till", "beef"))
    remove_clips(store, [remove])
    last = cuts[-1]
    assert not last.unsynced
    assert _rows_of(last.folder) == expected_rows(row, version=1)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["compact", "remove", "shift"])
def test_upkeep_is_done_or_not(tmp_path: Path, cuts: Cuts, what: str) -> None:
    store = Store.create_or_open(tmp_path / "store")
    kept = expected_rows(put(store, clip_row("till", "beef")))
    row = put(store, clip_row())
    cuts.clear()
    if what == "compact":
        compact(store)
    elif what == "remove":
        remove_clips(store, [row])
    else:
        shift_clips(store, [row], timedelta(hours=1))
    after = kept if what == "remove" else kept | expected_rows(row)
    _check_all(cuts, [kept | expected_rows(row), after])


def _filled(folder: Path, *, checkpoint: bool) -> dict[str, ClipRow]:
    store = Store.create_or_open(folder)
    rows = [put(store, clip_row(clip=f"{n:016x}", start=START + timedelta(hours=n))) for n in range(3)]
    if checkpoint:
        compact(store)
    put(store, clip_row(clip=rows[0].clip), version=1)
    return {row.clip: row for row in rows}


@pytest.mark.slow
@pytest.mark.parametrize("with_sums", [True, False], ids=["sums", "older heatcli"])
@pytest.mark.parametrize("checkpoint", [True, False], ids=["checkpoint", "entries"])
def test_empty_files_at_the_end_of_the_logs_count_as_never_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, with_sums: bool, checkpoint: bool
) -> None:
    clips = _filled(tmp_path / "store", checkpoint=checkpoint)
    for name in [] if with_sums else TABLES:
        shutil.rmtree(tmp_path / "store" / name / "_sums")
    whole = Cut(tmp_path / "store", [])
    logs = {
        name: sorted((tmp_path / "store" / name / "_delta_log").glob("*.json"), reverse=True)
        for name in TABLES
    }
    for counts in product((0, 2), repeat=len(TABLES)):
        lost = [file for name, count in zip(TABLES, counts, strict=True) for file in logs[name][:count]]
        caplog.clear()
        folder = _lose(whole, lost, gone=False)
        found = _rows_of(folder)
        for row in clips.values():
            mine = {known for known in found if known[1] == row.clip}
            assert mine in (set(), expected_rows(row), expected_rows(row, version=1))
        said = caplog.messages
        assert len([line for line in said if line.startswith(f"{folder}: power was lost")]) == bool(lost)
        for row in clips.values():
            put(Store.create_or_open(folder), clip_row(clip=row.clip, start=row.start), version=2)
        assert _rows_of(folder) == set().union(*(expected_rows(r, version=2) for r in clips.values()))


@pytest.mark.parametrize("broken", ["checkpoint", "hint", "both"])
def test_an_empty_checkpoint_counts_as_never_written(tmp_path: Path, broken: str) -> None:
    _filled(tmp_path / "store", checkpoint=True)
    before = _rows_of(tmp_path / "store")
    for name in TABLES:
        log = tmp_path / "store" / name / "_delta_log"
        for file in log.glob("*.checkpoint.parquet"):
            if broken != "hint":
                file.write_bytes(b"")
        if broken != "checkpoint":
            (log / "_last_checkpoint").write_bytes(b"")
    assert _rows_of(tmp_path / "store") == before
    assert not [
        file for file in (tmp_path / "store").rglob("*") if file.is_file() and not file.stat().st_size
    ]


def test_an_entry_whose_data_is_not_there_counts_as_never_written(tmp_path: Path) -> None:
    row = next(iter(_filled(tmp_path / "store", checkpoint=False).values()))
    before = _rows_of(tmp_path / "store")
    log = tmp_path / "store" / "tracks" / "_delta_log"
    newest = max(log.glob("*.json"))
    entry = {
        "add": {
            "path": "camera=door/month=2026-03/lost.parquet",
            "partitionValues": {"camera": "door", "month": "2026-03"},
            "size": 99,
            "modificationTime": 0,
            "dataChange": True,
        }
    }
    newest.with_name(f"{int(newest.stem) + 1:020}.json").write_text(json.dumps(entry))
    assert _rows_of(tmp_path / "store") == before
    assert max(log.glob("*.json")) == newest
    put(Store.open(tmp_path / "store"), clip_row(clip=row.clip), version=1)
