"""Stores of version 1, with other partitions: read and written as they are, until they are compacted."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from heatcli.store.checks import check
from heatcli.store.clips import ClipRow
from heatcli.store.files import data_files
from heatcli.store.maintenance import compact
from heatcli.store.schema import PARTITIONS, TABLES, VERSION_PROPERTY
from heatcli.store.store import Store
from tests.support.store_runs import START, clip_row, expected_rows, live_rows, put

_DAY = timedelta(days=1)


def _store_of_before(folder: Path) -> tuple[Store, list[ClipRow]]:
    """A store as 0.1 made it, with clips in two months and of a camera with an odd name."""
    old = {"tracks": ["camera", "date"], "trajectories": ["camera"], "clips": []}
    for name, schema in TABLES.items():
        columns = {**schema, "date": pl.Date()} if name == "tracks" else dict(schema)
        DeltaTable.create(
            folder / name,
            schema=pl.Schema(columns),
            partition_by=old[name],
            configuration={VERSION_PROPERTY: "1"},
            raise_if_key_not_exists=False,
        )
    store = Store.open(folder)
    clips = [
        put(store, clip_row(camera, f"{number:016x}", start=START + number * 9 * _DAY))
        for camera in ("door", "50% O'Brien/ž")
        for number in range(3)
    ]
    return store, clips


def _partitions(store: Store) -> dict[str, list[str]]:
    return {name: store.table(name).metadata().partition_columns for name in TABLES}


def test_a_store_of_before_is_read_and_written_and_then_rewritten(tmp_path: Path) -> None:
    store, clips = _store_of_before(tmp_path / "store")
    rows = set().union(*map(expected_rows, clips))
    assert live_rows(store) == rows
    assert _partitions(store)["tracks"] == ["camera", "date"]
    compact(store)
    assert _partitions(store) == PARTITIONS
    for name in TABLES:
        assert store.table(name).metadata().configuration[VERSION_PROPERTY] == "2"
    assert live_rows(store) == rows
    assert check(store).is_whole
    assert check(store).unknown == 0
    tracks = pl.read_delta(str(store.path / "tracks"))
    assert set(tracks["month"]) == {"2026-03", "2026-04"}
    again = put(store, clip_row("door", clips[0].clip), version=1)
    expected = set().union(*map(expected_rows, clips[1:])) | expected_rows(again, version=1)
    assert live_rows(Store.open(store.path)) == expected
    assert compact(store).files_after == 9  # by camera and month, and the catalogue


@pytest.mark.parametrize("call", [1, 2])
def test_a_kill_while_it_is_rewritten_leaves_it_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    store, clips = _store_of_before(tmp_path / "store")
    calls = 0

    def die(path: Path, data: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise KeyboardInterrupt
        path.write_bytes(data)

    with monkeypatch.context() as patch:
        patch.setattr("heatcli.store.layout.create_file", die)
        with pytest.raises(KeyboardInterrupt):
            compact(store)
    assert live_rows(Store.open(store.path)) == set().union(*map(expected_rows, clips))
    put(store, clip_row("door", "beef", start=START - _DAY))
    compact(store)
    assert _partitions(store) == PARTITIONS
    assert live_rows(store) >= set().union(*map(expected_rows, clips))


def test_files_of_a_month_are_sorted_by_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever order clips came in, so that a reader of an hour passes over the rest."""
    monkeypatch.setattr("heatcli.store.merging.FILE_BYTES", 3000)
    store = Store.create_or_open(tmp_path / "store")
    for number in (5, 2, 4, 0, 3, 1):
        put(store, clip_row(clip=f"{number:016x}", start=START + number * _DAY, frames=300))
    # Some were analysed again, and what they replace is cleared.
    for number in (2, 5):
        put(store, clip_row(clip=f"{number:016x}", start=START + number * _DAY, frames=300), version=1)
    monkeypatch.setattr("heatcli.store.maintenance.DEBRIS_AGE", timedelta(0))
    assert compact(store).runs_deleted == 2
    files = data_files(store.table("tracks"), store.path / "tracks").sort("earliest")["path"]
    assert len(files) > 2
    times = pl.concat(pl.read_parquet(file).select("time") for file in files)["time"]
    assert times.is_sorted()
    assert len(times) == 6 * 600
    compact(store)
    assert set(data_files(store.table("tracks"), store.path / "tracks")["path"]) == set(files)
