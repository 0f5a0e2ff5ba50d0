"""The store as its users see it: what goes in comes out, is found again, and is replaced whole."""

import errno
import os
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from deltalake import DeltaTable

from heatcli.clock import epoch_us
from heatcli.errors import InputError, StoreError, UsageError
from heatcli.intervals import Intervals
from heatcli.picture.files import read_picture
from heatcli.store.catalog import Catalog
from heatcli.store.checks import check
from heatcli.store.commit import NewRun, commit_run, commit_runs
from heatcli.store.identity import clip_id, new_run, run_time
from heatcli.store.maintenance import compact
from heatcli.store.schema import CLIPS, TRACKS, TRAJECTORIES, VERSION_PROPERTY
from heatcli.store.store import Store, stored_path
from tests.support.store_runs import (
    START,
    clip_row,
    expected_rows,
    live_rows,
    put,
    track_rows,
    trajectory_rows,
)


def test_a_clip_reads_back_as_it_was_committed(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    start_us = epoch_us(START)
    gap = Intervals.of([[start_us, start_us + 3_000_000], [start_us + 5_000_001, start_us + 20_000_000]])
    row = clip_row(coverage=gap, weights="yolo26n.pt", weights_sha256="9b09", sample_aspect=12 / 11, fps=None)
    plate = np.full((360, 640, 3), (30, 90, 160), np.uint8)

    written = put(store, row, plate=plate)

    (read,) = Store.open(tmp_path / "store").clips("door")
    for name in CLIPS.names():
        if name != "coverage":
            assert getattr(read, name) == getattr(written, name), name
    np.testing.assert_array_equal(read.coverage.bounds, gap.bounds)
    assert (read.rows, read.trajectories, read.covered_us) == (40, 2, 17_999_999)
    assert read.plate is not None
    assert np.abs(read_picture(store.path / read.plate).astype(int) - plate).max() <= 2


def test_other_tools_read_the_tables_with_the_designed_columns(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    row = put(store, clip_row())

    tracks = pl.read_delta(str(store.path / "tracks")).sort("frame", "track")
    assert dict(tracks.schema) == {**TRACKS, "month": pl.String()}
    assert set(tracks["month"]) == {"2026-03"}
    assert tracks["time"][0] == START
    trajectories = pl.read_delta(str(store.path / "trajectories"))
    assert trajectories.drop("month").equals(trajectory_rows(row))
    assert dict(trajectories.schema) == {**TRAJECTORIES, "month": pl.String()}
    for name in ("clips", "trajectories", "tracks"):
        assert DeltaTable(store.path / name).metadata().configuration[VERSION_PROPERTY] == "2"


@pytest.mark.parametrize(
    "camera",
    [
        "O'Brien",
        "../up",
        "..",
        "50% off",
        "%2F",
        "a=b/c",
        "Kamera ž",
        "日本",
        "two\nlines",
        'q"*?<>|',
        " x ",
        "\\",
    ],
)
def test_any_camera_name_goes_round(tmp_path: Path, camera: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.create_or_open(tmp_path / "store")
    bystander = put(store, clip_row("door"))
    put(store, clip_row(camera), version=1)
    row = put(store, clip_row(camera), version=2)

    assert live_rows(store) == expected_rows(row, version=2) | expected_rows(bystander)
    assert [folder.name for folder in tmp_path.iterdir()] == ["store"]
    monkeypatch.setattr("heatcli.store.maintenance.DEBRIS_AGE", timedelta(0))
    assert compact(store).runs_deleted == 1
    assert set(pl.read_delta(str(store.path / "tracks"))["run"]) == {row.run, bystander.run}


@pytest.mark.parametrize("camera", ["", "x" * 300, "\udcff", "__HIVE_DEFAULT_PARTITION__"])
def test_camera_names_that_cannot_be_stored_are_refused(tmp_path: Path, camera: str) -> None:
    store = Store.create_or_open(tmp_path / "store")
    with pytest.raises(UsageError, match="--camera"):
        put(store, clip_row(camera))
    assert store.clips() == []


@pytest.mark.parametrize(
    ("camera", "excess"),
    [("x" * 249, 1), ("日" * 28, 4), ("ж" * 50, 52)],  # 1, 9 and 6 bytes a letter; a folder's name has 255
)
def test_a_camera_name_that_is_too_long_says_by_how_much(tmp_path: Path, camera: str, excess: int) -> None:
    store = Store.create_or_open(tmp_path / "store")
    with pytest.raises(UsageError, match=f"is {excess} bytes too long.* 248 bytes.*--camera"):
        put(store, clip_row(camera))


@pytest.mark.parametrize("camera", ["x" * 248, "日" * 27])
def test_the_longest_camera_names_can_be_stored(tmp_path: Path, camera: str) -> None:
    store = Store.create_or_open(tmp_path / "store")
    row = put(store, clip_row(camera))
    assert live_rows(store) == expected_rows(row)


def test_a_plate_that_cannot_be_written_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.create_or_open(tmp_path / "store")
    plate = np.zeros((36, 64, 3), np.uint8)
    monkeypatch.setattr("cv2.imencode", lambda *_: (False, np.zeros(0, np.uint8)))
    with pytest.raises(StoreError, match="WebP"):
        put(store, clip_row(), plate=plate)
    monkeypatch.undo()

    def failing(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    # Until it is synced, a crash of the machine could leave an empty file under the plate's name.
    monkeypatch.setattr("os.fsync", failing)
    with pytest.raises(StoreError, match="Input/output error"):
        put(store, clip_row(), plate=plate)
    assert store.clips() == []
    assert list((store.path / "plates").iterdir()) == []


@pytest.mark.parametrize("folder", ["a store", "štore 日本", "a=b", "100%", "what?#now"])
def test_a_store_may_lie_in_any_folder(tmp_path: Path, folder: str) -> None:
    store = Store.create_or_open(tmp_path / folder / "s")
    row = put(store, clip_row())
    row = put(store, clip_row(), version=1)
    assert live_rows(Store.open(tmp_path / folder / "s")) == expected_rows(row, version=1)


@pytest.mark.parametrize("folder", ["[x]", "a%20b", "a|b", "a\\b", "a\nb"])
def test_folders_that_deltalake_cannot_use_are_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(UsageError, match="another --store"):
        Store.create_or_open(tmp_path / folder)
    assert not (tmp_path / folder).exists()


def test_a_clip_does_not_cover_time_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before the clip"):
        clip_row(coverage=Intervals.of([[epoch_us(START) - 1, epoch_us(START)]]))


def test_a_clip_without_anybody_is_a_clip(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    commit_run(store, clip=clip_row(), tracks=[], trajectories=trajectory_rows(clip_row(), 0), plate=None)
    (read,) = store.clips()
    assert (read.rows, read.trajectories, read.plate, read.covered_us) == (0, 0, None, 20_000_000)


def test_a_new_run_replaces_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    other = put(store, clip_row("till"))
    put(store, clip_row(), tracks=3)
    row = put(store, clip_row(), version=1)

    assert live_rows(store) == expected_rows(row, version=1) | expected_rows(other)
    assert [clip.run for clip in store.clips()] == [row.run, other.run]


def test_many_commits_do_not_leave_many_small_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heatcli.store.merging._MANY_FILES", 3)
    store = Store.create_or_open(tmp_path / "store")
    rows = [
        put(store, clip_row("O'Brien", f"{number:016x}", start=START + timedelta(hours=number)))
        for number in range(8)
    ]
    assert len(store.table("clips").file_uris()) <= 3
    for name in ("trajectories", "tracks"):
        assert len(store.table(name).file_uris()) <= 3
    assert live_rows(store) == set().union(*map(expected_rows, rows))


def test_a_known_file_is_found_without_reading_it(tmp_path: Path) -> None:
    video = tmp_path / "a.mp4"
    video.write_bytes(b"some video")
    state = video.stat()
    store = Store.create_or_open(tmp_path / "store")
    catalog = Catalog(store)
    content = "86b1f6f6f3c7cd4c"
    assert clip_id(video) == catalog.clip_id(video) != content

    known = clip_row(clip=content, path=stored_path(video), bytes=state.st_size, mtime=state.st_mtime_ns)
    put(store, known)
    assert catalog.clip_id(video) == content
    os.utime(video, ns=(0, state.st_mtime_ns + 1))
    assert catalog.clip_id(video) == clip_id(video)


@pytest.mark.parametrize("name", [".", "gone.mp4"])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, name: str) -> None:
    store = Store.create_or_open(tmp_path / "store")
    with pytest.raises(InputError, match=r"cannot be read \(") as caught:
        Catalog(store).clip_id(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)


def test_a_catalog_is_as_new_as_the_store_and_reads_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store"
    catalog = Catalog(Store.create_or_open(path))
    reads = []
    read = Store.scan_clips

    def counted(store: Store, table: DeltaTable) -> pl.LazyFrame:
        reads.append(table.version())
        return read(store, table)

    monkeypatch.setattr(Store, "scan_clips", counted)
    for number in range(3):
        # Another process writes and compacts.
        put(Store.open(path), clip_row("door", f"{number:016x}", settings_hash=str(number)))
        compact(Store.open(path))
        reads.clear()
        for known in range(4):
            found = catalog.find_clip("door", f"{known:016x}")
            assert (found is None) == (known > number)
        assert len(reads) == 1


def test_a_clip_is_known_by_its_bytes_and_camera(tmp_path: Path) -> None:
    first, copy, other = tmp_path / "a.mp4", tmp_path / "b.mp4", tmp_path / "c.mp4"
    first.write_bytes(b"abc")
    copy.write_bytes(b"abc")
    other.write_bytes(b"abd")
    assert clip_id(first) == clip_id(copy) == "ba7816bf8f01cfea"  # SHA-256 of "abc", FIPS 180-4, B.1
    assert clip_id(other) != clip_id(first)

    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row("door", clip_id(first), settings_hash="7"))
    found = Catalog(store).find_clip("door", clip_id(copy))
    assert found is not None
    assert found.settings_hash == "7"
    assert Catalog(store).find_clip("till", clip_id(copy)) is None


def test_runs_sort_by_time_and_tell_it() -> None:
    runs = [new_run() for _ in range(100)]
    assert len(set(runs)) == 100
    assert [run_time(run) for run in sorted(runs)] == [run_time(run) for run in runs]


def test_many_clips_are_committed_together_in_few_files(tmp_path: Path) -> None:
    """And each is there as if it had come alone, with what it replaces gone."""
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row("till", f"{3:016x}"), version=1)
    before = sum(1 for file in store.path.rglob("*") if file.is_file())
    clips = [
        clip_row(camera, f"{number:016x}", start=START + timedelta(minutes=2 * number), frames=5 + number)
        for camera in ("door", "till")
        for number in range(60)
    ]
    runs = [
        NewRun(clip=row, tracks=[track_rows(row)], trajectories=trajectory_rows(row), plate=None)
        for row in clips
    ]
    written = commit_runs(store, runs)
    assert live_rows(store) == set().union(*map(expected_rows, clips))
    assert [row.rows for row in written] == [2 * row.frames_processed for row in clips]
    assert sum(1 for file in store.path.rglob("*") if file.is_file()) - before < 30
    assert check(store).faults == ()
