"""Runs that are staged and committed together: nothing counts before, and each clip counts once after."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from heatcli.errors import UsageError
from heatcli.store.clips import ClipRow
from heatcli.store.commit import NewRun
from heatcli.store.staging import commit_staged, stage_run, staged_runs
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


def _stage(store: Store, row: ClipRow, *, version: int = 0, picture: int = 7) -> ClipRow:
    rows = track_rows(row, version=version)
    run = NewRun(
        clip=row,
        tracks=[rows[:15], rows[15:]],
        trajectories=trajectory_rows(row),
        plate=np.full((36, 64, 3), picture, np.uint8),
    )
    return stage_run(store, run)


def _clips(count: int) -> list[ClipRow]:
    return [
        clip_row(("door", "till")[number % 2], f"{number:016x}", start=START + timedelta(minutes=number))
        for number in range(count)
    ]


def _waiting(store: Store) -> list[str]:
    return staged_runs(store, before=datetime.now(UTC))


def _commit(store: Store) -> dict[str, ClipRow]:
    return commit_staged(store, _waiting(store), allowed=lambda run: run)


def test_many_runs_become_live_in_one_commit(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    clips = [_stage(store, row) for row in _clips(6)]
    with pytest.raises(UsageError, match="holds no clips"):
        live_rows(store)
    before = store.table("clips").version()
    committed = _commit(store)
    assert store.table("clips").version() == before + 1
    assert live_rows(store) == set().union(*map(expected_rows, clips))
    assert set(committed) == {clip.run for clip in clips}
    assert {row.run for row in committed.values()} == {row.run for row in store.clips()}
    # Clips of one scene and day share a plate, also within a commit.
    assert len({(row.camera, row.plate) for row in committed.values()}) == 2
    assert _waiting(store) == []
    assert commit_staged(store, [clip.run for clip in clips], allowed=lambda run: run) == {}


def test_what_was_committed_before_a_kill_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.create_or_open(tmp_path / "store")
    clips = [_stage(store, row) for row in _clips(3)]

    def die(store: Store, rows: Sequence[ClipRow]) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("heatcli.store.commit._tidy_up", die)
        with pytest.raises(KeyboardInterrupt):
            _commit(store)
    assert live_rows(store) == set().union(*map(expected_rows, clips))
    assert len(_waiting(store)) == 3
    assert _commit(store) == {}  # they are older than what is live
    assert live_rows(store) == set().union(*map(expected_rows, clips))
    assert _waiting(store) == []


def test_of_two_runs_of_a_clip_the_later_stays(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    _stage(store, clip_row())
    last = _stage(store, clip_row(), version=1)
    _commit(store)
    assert live_rows(store) == expected_rows(last, version=1)
    _stage(store, clip_row(), version=2)
    now = put(store, clip_row(), version=3)
    _commit(store)
    assert live_rows(store) == expected_rows(now, version=3)


@pytest.mark.parametrize("keep", [0, 100, 3000])
def test_a_damaged_file_costs_its_clip_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, keep: int
) -> None:
    store = Store.create_or_open(tmp_path / "store")
    lost, kept = (_stage(store, row) for row in _clips(2))
    file = store.path / "staged" / f"{lost.run}.zip"
    file.write_bytes(file.read_bytes()[:keep])
    _commit(store)
    assert live_rows(store) == expected_rows(kept)
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [str(file)]
    assert _waiting(store) == []


def test_old_runs_that_wait_are_committed_all_the_same(tmp_path: Path) -> None:
    """After a week as well, when rows of such a run in the tables would have been taken for a dead one's."""
    store = Store.create_or_open(tmp_path / "store")
    old = _stage(store, clip_row(run="20200101T000000000000Z-00000000"))
    _commit(store)
    assert live_rows(store) == expected_rows(old)
