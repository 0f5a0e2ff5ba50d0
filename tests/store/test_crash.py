"""Real processes that are killed, and that write at once: the store is never between two states."""

import multiprocessing
import shutil
import signal
import time
from multiprocessing.context import ForkServerContext
from pathlib import Path

import numpy as np
import pytest

from heatcli.errors import UsageError
from heatcli.store.store import Store
from tests.support.store_runs import (
    START,
    clip_row,
    expected_rows,
    live_rows,
    put,
    put_again_and_again,
    put_and_die,
    put_clips,
)


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Children that have imported everything already, so that each starts within milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.store_runs"])
    return context


@pytest.mark.parametrize(
    ("function", "call", "when", "version"),
    [
        ("heatcli.store.commit.keep_plate", 1, "after", 0),
        ("heatcli.store.commit._append", 1, "after", 0),  # before `trajectories`
        ("heatcli.store.commit._append", 2, "after", 0),
        ("heatcli.store.commit._switch", 1, "before", 0),
        ("heatcli.store.commit._switch", 1, "after", 1),
        ("heatcli.store.commit._tidy_up", 1, "before", 1),
    ],
)
def test_a_kill_leaves_the_store_before_or_after(
    tmp_path: Path, processes: ForkServerContext, function: str, call: int, when: str, version: int
) -> None:
    store = Store.create_or_open(tmp_path / "store")
    row = put(store, clip_row(), plate=np.zeros((36, 64, 3), np.uint8))

    child = processes.Process(target=put_and_die, args=(store.path, function, call, when))
    child.start()
    child.join()

    assert child.exitcode == -signal.SIGKILL
    assert live_rows(store) == expected_rows(row, version=version)
    (clip,) = store.clips()
    assert clip.plate is not None
    assert (store.path / clip.plate).exists()
    # The next run completes as if nothing had happened.
    put(store, clip_row(), version=1)
    assert live_rows(store) == expected_rows(row, version=1)


def test_a_kill_of_the_first_run_leaves_an_empty_store(tmp_path: Path, processes: ForkServerContext) -> None:
    store = Store.create_or_open(tmp_path / "store")
    child = processes.Process(
        target=put_and_die, args=(store.path, "heatcli.store.commit._switch", 1, "before")
    )
    child.start()
    child.join()
    assert store.clips() == []
    with pytest.raises(UsageError, match="holds no clips"):
        live_rows(store)


def test_a_reader_sees_one_run_while_others_replace_it(tmp_path: Path, processes: ForkServerContext) -> None:
    store = Store.create_or_open(tmp_path / "store")
    row = put(store, clip_row())
    ready = processes.Barrier(2)
    child = processes.Process(target=put_again_and_again, args=(store.path, ready))
    child.start()
    ready.wait()
    seen: set[int] = set()
    while len(seen) < 4:
        assert child.is_alive()
        rows = live_rows(store)
        version = int(min(x1 for *_, x1, _ in rows)) - 10
        assert rows == expected_rows(row, version=version)
        seen.add(version)
    child.kill()
    child.join()


@pytest.mark.slow
def test_kills_at_random_moments(tmp_path: Path, processes: ForkServerContext) -> None:
    chance = np.random.default_rng(7)
    for attempt in range(8):
        store = Store.create_or_open(tmp_path / f"store{attempt}")
        row = put(store, clip_row())
        ready = processes.Barrier(2)
        child = processes.Process(target=put_again_and_again, args=(store.path, ready))
        child.start()
        ready.wait()
        time.sleep(chance.uniform(0, 0.5))
        child.kill()
        child.join()

        rows = live_rows(store)
        version = int(min(x1 for *_, x1, _ in rows)) - 10
        assert rows == expected_rows(row, version=version)
        put(store, clip_row(), version=9)
        assert live_rows(store) == expected_rows(row, version=9)
        shutil.rmtree(store.path)


def test_four_processes_write_into_one_new_store(tmp_path: Path, processes: ForkServerContext) -> None:
    ready = processes.Barrier(4)
    clips = [[f"{4 * number + writer:016x}" for number in range(2)] for writer in range(4)]
    children = [
        processes.Process(target=put_clips, args=(tmp_path / "store", ready, mine, 0)) for mine in clips
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert [child.exitcode for child in children] == [0, 0, 0, 0]
    store = Store.open(tmp_path / "store")
    everything = set().union(*(expected_rows(clip_row(clip=clip)) for mine in clips for clip in mine))
    assert live_rows(store) == everything


def test_of_two_processes_with_one_clip_the_last_one_wins_whole(
    tmp_path: Path, processes: ForkServerContext
) -> None:
    ready = processes.Barrier(2)
    clip = f"{0:016x}"
    children = [
        processes.Process(target=put_clips, args=(tmp_path / "store", ready, [clip] * 3, version))
        for version in (1, 2)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert [child.exitcode for child in children] == [0, 0]
    store = Store.open(tmp_path / "store")
    (row,) = store.clips()
    assert row.start == START
    assert live_rows(store) in (expected_rows(row, version=1), expected_rows(row, version=2))
