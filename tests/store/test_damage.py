"""Stores that are not there, cannot be written, are damaged or of another version."""

import multiprocessing
import os
import shutil
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake

from heatcli.errors import StoreError, StoreNotFoundError
from heatcli.select.reader import read_rows
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.schema import VERSION_PROPERTY
from heatcli.store.store import Store
from tests.support.store_runs import (
    clip_row,
    expected_rows,
    live_rows,
    put,
    put_on_small_disk,
)


def read_all(path: Path) -> None:
    for camera in selected_cameras(Store.open(path), Selection()):
        list(read_rows(camera))


def test_no_store_says_where_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreNotFoundError, match=rf"{tmp_path}/none: .*heatcli analyze.*--store"):
        Store.open(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(StoreNotFoundError):
        Store.open(tmp_path / "empty")


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    store.table("tracks").alter.set_table_properties({VERSION_PROPERTY: "3"}, raise_if_not_exists=False)
    with pytest.raises(StoreError, match="newer heatcli"):
        put(store, clip_row())
    with pytest.raises(StoreError, match="newer heatcli"):
        live_rows(store)


def test_a_file_in_the_way_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"^[^\n]*file/store[^\n]*; choose another --store[^\n]*$"):
        Store.create_or_open(tmp_path / "file" / "store")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_store_is_one_line_and_can_be_read(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    row = put(store, clip_row())
    folders = [folder for folder in (tmp_path / "store").rglob("*") if folder.is_dir()]
    for folder in folders:
        folder.chmod(0o500)
    try:
        with pytest.raises(StoreError, match=r"^[^\n]*make it writable[^\n]*$"):
            put(store, clip_row(), version=1)
        assert live_rows(Store.create_or_open(tmp_path / "store")) == expected_rows(row)
    finally:
        for folder in folders:
            folder.chmod(0o700)


def test_a_disk_that_takes_no_more_is_one_line_and_nothing_changes(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    row = put(store, clip_row())
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        error = pool.apply(put_on_small_disk, (store.path, 30_000))
    assert error.startswith(str(store.path))
    assert error.endswith("choose a --store on a disk that takes larger files")
    assert "\n" not in error
    assert live_rows(store) == expected_rows(row)


@pytest.mark.parametrize("lost", ["tracks", "trajectories", "clips"])
def test_a_lost_table_is_told_and_not_made_anew(tmp_path: Path, lost: str) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row())
    shutil.rmtree(store.path / lost)
    for opened in (Store.create_or_open, Store.open):
        with pytest.raises(StoreError, match=f"the table {lost} is gone"):
            opened(store.path)
    assert not (store.path / lost).exists()


def test_a_store_that_is_being_made_has_lost_nothing(tmp_path: Path) -> None:
    """Of two processes that create a table at once, the second may add a version to it that has no rows."""
    store = Store.create_or_open(tmp_path / "store")
    DeltaTable(store.path / "tracks").alter.set_table_properties({"made": "twice"}, raise_if_not_exists=False)
    assert DeltaTable(store.path / "tracks").version() == 1
    shutil.rmtree(store.path / "trajectories")
    shutil.rmtree(store.path / "clips")
    with pytest.raises(StoreNotFoundError):
        Store.open(store.path)
    row = put(Store.create_or_open(store.path), clip_row())
    assert live_rows(store) == expected_rows(row)


@pytest.mark.parametrize("table", ["tracks", "trajectories", "clips"])
def test_a_lost_file_is_named(tmp_path: Path, table: str) -> None:
    store = Store.create_or_open(tmp_path / ("a folder whose name is long" * 5))
    put(store, clip_row())
    file = max((store.path / table).rglob("*.parquet"))
    file.unlink()
    with pytest.raises(StoreError) as failed:
        read_all(store.path)
    assert str(failed.value) == (
        f"{store.path}: the file {file.name} is gone from it; bring it back from a backup, or remove the "
        "folder and analyse again"
    )


@pytest.mark.parametrize("table", ["tracks", "trajectories", "clips"])
@pytest.mark.parametrize("kind", ["_delta_log/*.json", "**/*.parquet"])
def test_a_file_that_was_cut_off_is_told_in_words(tmp_path: Path, table: str, kind: str) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row())
    file = max((store.path / table).glob(kind))
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(StoreError) as failed:
        read_all(store.path)
    said = str(failed.value)
    assert said.startswith(f"{store.path}: is damaged (")
    assert said.endswith("bring it back from a backup, or remove the folder and analyse again")
    assert "unknown" not in said
    assert len(said) < 400


@pytest.mark.parametrize("table", ["tracks", "trajectories", "clips"])
def test_columns_that_a_newer_heatcli_added_are_passed_over(tmp_path: Path, table: str) -> None:
    store = Store.create_or_open(tmp_path / "store")
    row = put(store, clip_row())
    newer = pl.read_delta(str(store.path / table)).with_columns(mood=pl.lit("merry"))
    write_deltalake(store.path / table, newer, mode="overwrite", schema_mode="merge")
    assert live_rows(store) == expected_rows(row)
    put(store, clip_row(), version=1)
    assert live_rows(store) == expected_rows(row, version=1)


@pytest.mark.parametrize("version", ["", "one", "1.5"])
def test_a_version_that_is_no_number_is_told(tmp_path: Path, version: str) -> None:
    store = Store.create_or_open(tmp_path / "store")
    log = store.path / "clips" / "_delta_log" / "00000000000000000000.json"
    text = log.read_text()
    log.write_text(text.replace('"heatcli.schema_version":"2"', f'"heatcli.schema_version":"{version}"'))
    assert log.read_text() != text
    with pytest.raises(StoreError, match=f"says '{version}' of its version"):
        Store.open(store.path)


@pytest.mark.parametrize("made", [["tracks"], ["tracks", "trajectories"]])
def test_a_store_that_was_killed_while_it_was_made_is_made_whole(tmp_path: Path, made: list[str]) -> None:
    store = Store.create_or_open(tmp_path / "store")
    for name in {"tracks", "trajectories", "clips"} - set(made):
        shutil.rmtree(store.path / name)
    put(Store.create_or_open(store.path), clip_row())
    assert len(store.clips()) == 1
