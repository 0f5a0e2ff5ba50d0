"""Removing clips and compacting: nothing live is lost, nothing dead stays, nothing in progress is hit."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from heatcli.errors import StoreError
from heatcli.store.commit import commit_run
from heatcli.store.identity import new_run, run_time
from heatcli.store.maintenance import compact, remove_clips
from heatcli.store.store import Store
from tests.support.store_runs import (
    START,
    clip_row,
    expected_rows,
    live_rows,
    put,
    track_rows,
    trajectory_rows,
)

_LONG_AGO = 1_000_000_000


def _kill_before_switch(store: Store, monkeypatch: pytest.MonkeyPatch, run: str) -> None:
    """Leave what a killed run leaves: rows that no clip names, and a plate."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("heatcli.store.commit._switch", die)
        patch.setattr("heatcli.store.commit.run_time", lambda _: datetime.now(UTC))
        with pytest.raises(KeyboardInterrupt):
            put(store, clip_row(clip="dead", run=run), plate=np.full((9, 16, 3), 255, np.uint8))


def _runs(store: Store) -> set[str]:
    names = ("tracks", "trajectories")
    return {run for name in names for run in pl.read_delta(str(store.path / name))["run"]}


def test_removed_clips_are_gone_and_the_others_stay(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    plate = np.zeros((9, 16, 3), np.uint8)
    gone = [put(store, clip_row("O'Brien"), plate=plate), put(store, clip_row("till"), plate=plate)]
    kept = put(store, clip_row(), plate=plate)

    remove_clips(store, gone)

    assert [row.camera for row in store.clips()] == ["door"]
    assert live_rows(store) == expected_rows(kept)
    assert _runs(store) == {kept.run}
    for file in store.path.glob("plates/*"):
        os.utime(file, (_LONG_AGO, _LONG_AGO))
    compact(store)
    assert [f"plates/{file.name}" for file in store.path.glob("plates/*")] == [kept.plate]


def test_a_clip_that_was_analysed_again_is_not_removed(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    listed = put(store, clip_row())
    row = put(store, clip_row(), version=1)
    remove_clips(store, [listed])
    assert live_rows(store) == expected_rows(row, version=1)


def test_compacting_keeps_every_row_in_fewer_files(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    rows = [put(store, clip_row(clip=f"{n:016x}", start=START + timedelta(hours=n))) for n in range(4)]
    before = live_rows(store)
    done = compact(store)
    assert live_rows(store) == before == set().union(*map(expected_rows, rows))
    # One file of each table.
    assert (done.files_after, done.runs_deleted, done.plates_deleted) == (3, 0, 0)
    assert done.files_before > done.files_after
    assert compact(store).files_before == 3


def test_compacting_removes_what_killed_runs_left_but_no_run_in_progress(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.create_or_open(tmp_path / "store")
    plate = np.zeros((9, 16, 3), np.uint8)
    row = put(store, clip_row(), plate=plate)
    in_progress = new_run()
    _kill_before_switch(store, monkeypatch, in_progress)
    old = f"{(run_time(new_run()) - timedelta(hours=25)).strftime('%Y%m%dT%H%M%S%fZ')}-00000000"
    _kill_before_switch(store, monkeypatch, old)
    os.utime(store.path / "plates" / f"dead-{old}.webp", (_LONG_AGO, _LONG_AGO))
    assert row.plate is not None
    os.utime(store.path / row.plate, (_LONG_AGO, _LONG_AGO))

    done = compact(store)

    assert (done.runs_deleted, done.plates_deleted) == (1, 1)
    assert _runs(store) == {row.run, in_progress}
    assert {file.name for file in store.path.glob("plates/*")} == {
        f"dead-{in_progress}.webp",
        row.plate.removeprefix("plates/"),
    }
    assert live_rows(store) == expected_rows(row)


def test_compacting_deletes_old_files_that_no_version_names(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    row = put(store, clip_row())
    (partition,) = store.path.glob("tracks/camera=door/month=2026-03")
    old, new = (
        partition / f"part-00000-{n:08d}-6d7f-4bd8-80bd-95f929c1c8df-c000.zstd.parquet" for n in range(2)
    )
    for file, age in ((old, _LONG_AGO), (new, None)):
        file.write_bytes(b"half a file of a killed writer")
        if age is not None:
            os.utime(file, (age, age))
    assert compact(store).files_deleted == 1
    assert not old.exists()
    assert new.exists()
    assert live_rows(store) == expected_rows(row)


def test_compacting_leaves_what_is_not_heatclis(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row(), plate=np.zeros((9, 16, 3), np.uint8))
    notes = [
        store.path / name
        for name in (
            "NOTES.txt",
            "tracks/NOTES.txt",
            "tracks/camera=door/NOTES.parquet",
            "tracks/camera=door/month=2026-03/copy.parquet",
            "trajectories/.hidden",
            "plates/my-photo.png",
            "plates/old/dead-20260314T000000000000Z-00000000.png",
            "clips/backup/old.parquet",
            "clips/backup/part-00000-06ce2dd7-5c81-4f70-a5b6-3f667e55cd7c-c000.zstd.parquet",
            "clips/_delta_log/NOTES.txt",
            "clips/_sums/NOTES.txt",
        )
    ]
    for file in notes:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("mine")
        os.utime(file, (_LONG_AGO, _LONG_AGO))
    compact(store)
    assert [file.read_text() for file in notes] == ["mine"] * len(notes)


def test_a_run_that_compacting_may_have_hit_does_not_go_live(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    stale = clip_row(run=f"{(datetime.now(UTC) - timedelta(hours=25)).strftime('%Y%m%dT%H%M%S%fZ')}-00000000")
    with pytest.raises(StoreError, match="run it again"):
        commit_run(
            store, clip=stale, tracks=[track_rows(stale)], trajectories=trajectory_rows(stale), plate=None
        )
    assert store.clips() == []


def test_the_log_goes_back_a_day(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    rows = [put(store, clip_row(clip=f"{n:016x}", start=START + timedelta(hours=n))) for n in range(3)]
    old = [entry for entry in store.path.glob("*/_delta_log/*.json") if entry.stem != f"{0:020}"]
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    for entry in store.path.glob("*/_delta_log/*.json"):
        os.utime(entry, (two_days_ago, two_days_ago))
    compact(store)
    assert not [entry for entry in old if entry.exists()]
    assert live_rows(Store.open(store.path)) == set().union(*map(expected_rows, rows))
