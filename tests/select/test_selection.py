"""Selections: the weight of every row, against a reference that goes through time moment by moment."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.clock import epoch_us
from heatcli.errors import UsageError
from heatcli.intervals import Intervals
from heatcli.select.reader import read_rows
from heatcli.select.rows import Rows, row_order
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.clips import ClipRow
from heatcli.store.commit import append_rows
from heatcli.store.files import data_files
from heatcli.store.store import Store
from tests.support.store_runs import START, clip_row, put, track_rows


@given(st.lists(st.tuples(*(st.integers(0, 3) for _ in range(4))), max_size=30))
def test_row_order_is_by_time_clip_frame_and_person(rows: list[tuple[int, int, int, int]]) -> None:
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    clip, frame = table[:, 1].astype(np.int32), table[:, 2].astype(np.int32)
    order = row_order(table[:, 0], clip, frame, table[:, 3])
    assert table[order].tolist() == sorted(table.tolist())


@dataclass(frozen=True)
class _Shop:
    """A store on disk: camera `door` with three clips, two of which overlap, and a gap; camera `till`."""

    store: Store
    clips: list[ClipRow]

    @property
    def path(self) -> Path:
        return self.store.path


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> _Shop:
    store = Store.create_or_open(tmp_path_factory.mktemp("shop") / "heat store")
    start_us = epoch_us(START)
    late = START + timedelta(seconds=60)
    rows = [
        # Frames 3 and 4 were not watched; the next clip has them.
        clip_row(
            clip="b" * 16,
            coverage=Intervals.of(
                [[start_us, start_us + 3_000_000], [start_us + 5_000_000, start_us + 20_000_000]]
            ),
        ),
        # Its frame 8 is half a millisecond before midnight.
        clip_row(clip="a" * 16, start=START + timedelta(seconds=1.9995), width=1280, height=720),
        clip_row(
            clip="0" * 16, start=late, detector="yolo", settings='{"objects_to_track": ["giraffe", "person"]}'
        ),
        clip_row("till", clip="b" * 16, start=late, timezone="America/New_York"),
    ]
    groups = {1: "somebody"}
    rows = [put(store, row, tracks=3, groups=groups, plate=np.zeros((9, 16, 3), np.uint8)) for row in rows]
    put(store, replace(rows[2], run=clip_row().run), tracks=3, groups=groups, version=1)
    return _Shop(store, rows)


def _reference(shop: _Shop, selection: Selection, camera: str) -> list[tuple[object, ...]]:
    """(time, clip id, frame, who, x1, weight) of every row that counts, one by one, in order."""
    clips = [row for row in shop.clips if row.camera == camera]
    clips = [row for row in clips if not selection.clips or row.clip in selection.clips]
    clips.sort(key=lambda row: (row.start, row.clip))
    first = epoch_us(selection.start) if selection.start else -(2**60)
    last = epoch_us(selection.end) if selection.end else 2**60
    taken = Intervals.of([])
    found: list[tuple[object, ...]] = []
    for row in clips:
        version = 1 if row.clip == "0" * 16 else 0
        own = row.coverage.difference(taken)
        taken = taken.union(row.coverage)
        for values in track_rows(row, 3, version=version).iter_rows(named=True):
            kind = ("car", "person")[values["track"] % 2]
            if selection.objects_to_track and kind not in selection.objects_to_track:
                continue
            if selection.observed_only and values["filled"]:
                continue
            begin = epoch_us(values["time"])
            end = begin + values["dt_us"]
            weight = sum(
                max(0, min(end, piece_end, last) - max(begin, piece, first))
                for piece, piece_end in own.bounds.tolist()
            )
            who = "somebody" if values["track"] == 1 else f"{row.clip} {values['track']}"
            if weight:
                found.append((begin, row.clip, values["frame"], who, values["x1"], weight))
    return found


def _unpack(camera: SelectedCamera, batches: list[Rows]) -> list[tuple[object, ...]]:
    """Rows in the form of `_reference`; who it is is told by clip and box."""
    found: list[tuple[object, ...]] = []
    names: dict[int, str] = {}
    for rows in batches:
        columns = (rows.time_us, rows.clip, rows.frame, rows.person, rows.boxes, rows.weight_us, rows.size)
        for time, clip, frame, person, box, weight, size in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            row = camera.clips[clip]
            assert size == [row.width, row.height]
            assert box[2:] == [box[0] + 8, 40.0]
            who = "somebody" if box[0] < 20 else f"{row.clip} {int(box[0]) // 10}"
            assert names.setdefault(person, who) == who
            found.append((time, row.clip, frame, who, box[0], weight))
    assert len(set(names.values())) == len(names)
    return found


def _at(seconds: float) -> datetime:
    time: datetime = START + timedelta(seconds=seconds)
    return time


_SELECTIONS = {
    "everything": Selection(),
    "one camera": Selection(cameras=("door",)),
    "cuts rows": Selection(start=_at(2.25), end=_at(12.000001)),
    "within one row": Selection(start=_at(2.25), end=_at(2.250001)),
    "begins after midnight with the row before": Selection(start=_at(10.5), end=_at(11)),
    "one clip": Selection(clips=("a" * 16,)),
    "persons": Selection(objects_to_track=("person",)),
    "persons and cars": Selection(objects_to_track=("car", "person")),
    "never came": Selection(objects_to_track=("giraffe",)),
    "observed": Selection(observed_only=True),
    "all at once": Selection(
        cameras=("door",),
        clips=("b" * 16, "0" * 16),
        start=_at(4.5),
        end=_at(64.5),
        objects_to_track=("person",),
        observed_only=True,
    ),
    "nothing there": Selection(start=_at(3600)),
}


@pytest.mark.parametrize("name", _SELECTIONS)
@pytest.mark.parametrize("batch_rows", [2_000_000, 7])
def test_rows_of_a_selection(
    shop: _Shop, monkeypatch: pytest.MonkeyPatch, name: str, batch_rows: int
) -> None:
    monkeypatch.setattr("heatcli.select.reader._BATCH_ROWS", batch_rows)
    selection = _SELECTIONS[name]
    for camera in selected_cameras(shop.store, selection):
        batches = list(read_rows(camera))
        found = _unpack(camera, batches)
        expected = _reference(shop, selection, camera.name)
        assert sorted(map(str, found)) == sorted(map(str, expected))
        keys = [
            key
            for rows in batches
            for key in zip(
                *(column.tolist() for column in (rows.time_us, rows.clip, rows.frame, rows.person)),
                strict=True,
            )
        ]
        assert keys == sorted(keys)
        assert all(len(rows) for rows in batches)
        if batch_rows == 7 and len(found) > 100:
            assert max(map(len, batches)) < 30


def test_covered_time_is_counted_once(shop: _Shop) -> None:
    door, till = selected_cameras(shop.store, Selection())
    # 0 to 20 s of the first clip, on to 21.9995 s by the second one, and the third.
    assert door.covered_us == 21_999_500 + 20_000_000
    assert door.covered.bounds.tolist() == [
        [epoch_us(START), epoch_us(_at(21.9995))],
        [epoch_us(_at(60)), epoch_us(_at(80))],
    ]
    assert till.covered_us == 20_000_000
    (cut,) = selected_cameras(shop.store, Selection(cameras=("door",), start=_at(20.25), end=_at(61)))
    assert cut.covered_us == 1_749_500 + 1_000_000
    # By itself the second clip counts for all that it covers.
    (alone,) = selected_cameras(shop.store, Selection(clips=("a" * 16,)))
    assert (alone.name, alone.covered_us) == ("door", 20_000_000)


def test_what_is_known_of_a_camera_comes_from_its_newest_selected_clip(shop: _Shop) -> None:
    (early,) = selected_cameras(shop.store, Selection(cameras=("door",), end=_at(30)))
    assert [row.clip[0] for row in early.clips] == ["b", "a"]
    assert (early.width, early.height, early.detectors) == (1280, 720, ("motion",))
    assert early.plate == shop.path / str(shop.clips[1].plate)
    (both,) = selected_cameras(shop.store, Selection(cameras=("door",)))
    assert (both.width, both.height, both.detectors) == (640, 360, ("motion", "yolo"))


def test_a_camera_with_nothing_in_the_period_is_still_there(shop: _Shop) -> None:
    door, till = selected_cameras(shop.store, Selection(start=_at(86_400)))
    assert (door.name, door.covered_us, door.clips, list(read_rows(door))) == ("door", 0, (), [])
    assert (door.width, door.height, door.detectors) == (640, 360, ())
    assert till.timezone == "America/New_York"


def test_covered_time_shrinks_with_the_time_selected(shop: _Shop) -> None:
    """Recorded from 00:59:50 to 01:00:12 and from 01:00:50 to 01:01:10 by the clock at the door."""
    for selection, seconds in (
        (Selection(hours=("00:00-01:00",)), 10.0),
        (Selection(hours=("00:00-01:00", "01:01-02:00")), 20.0),
        (Selection(weekdays="sun"), 41.9995),
        (Selection(weekdays="sat"), 0.0),
        (Selection(weekdays="sat", hours=("22:00-01:00",)), 10.0),
        (Selection(dates=((date(2026, 3, 15), date(2026, 3, 15)),)), 41.9995),
        (Selection(dates=((date(2026, 3, 1), date(2026, 3, 14)),)), 0.0),
        # Who counts is not a question of time.
        (Selection(objects_to_track=("giraffe",), min_dwell_s=1e6, filter_outliers=True), 41.9995),
    ):
        door = next(camera for camera in selected_cameras(shop.store, selection) if camera.name == "door")
        assert door.covered_us == seconds * 1e6, selection


def test_local_times_are_those_of_each_camera(shop: _Shop) -> None:
    # START + 60 s is 01:00:50 in Zagreb and 20:00:50 of the day before in New York.
    selection = Selection(start=datetime(2026, 3, 15, 1, 1, 0), end=datetime(2026, 3, 15, 1, 1, 5))
    assert [camera.covered_us for camera in selected_cameras(shop.store, selection)] == [5_000_000, 0]
    selection = Selection(start=datetime(2026, 3, 14, 20, 1, 0), end=datetime(2026, 3, 14, 20, 1, 5))
    assert [camera.covered_us for camera in selected_cameras(shop.store, selection)] == [0, 5_000_000]


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection(cameras=("dor",)), "no camera 'dor' in the store; it has 'door'"),
        (
            Selection(clips=("aaaaaaaaaaaaaaab",)),
            "no clip 'aaaaaaaaaaaaaaab' in the store; it has 'aaaaaaaaaaaaaaaa'",
        ),
        (
            Selection(objects_to_track=("car", "persn")),
            "no kind of object 'persn' in the store; it has 'person'",
        ),
        (Selection(start=_at(2), end=_at(1)), "ends .* before it starts"),
    ],
)
def test_wrong_selections_say_what_would_be_right(shop: _Shop, selection: Selection, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        selected_cameras(shop.store, selection)


def test_a_kind_of_object_that_was_looked_for_may_be_asked_for(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row(settings='{"objects_to_track": ["person"]}'), tracks=0)
    (camera,) = selected_cameras(store, Selection(objects_to_track=("person",)))
    assert camera.trajectories.is_empty()
    with pytest.raises(UsageError, match="'persn' in the store; it has 'person'"):
        selected_cameras(store, Selection(objects_to_track=("persn",)))


def test_an_empty_store_has_no_cameras(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    with pytest.raises(UsageError, match="holds no clips"):
        selected_cameras(store, Selection())
    with pytest.raises(UsageError, match="it has none"):
        selected_cameras(store, Selection(cameras=("door",)))


def test_rows_of_runs_that_are_not_live_do_not_count(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row())
    dead = clip_row()

    append_rows(store, "tracks", [track_rows(dead, 5, version=3)])
    (camera,) = selected_cameras(store, Selection())
    assert sum(map(len, read_rows(camera))) == 40


def test_only_files_that_may_hold_selected_rows_are_read(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    day = timedelta(days=1)
    for camera in ("door", "till"):
        for number in range(3):
            put(store, clip_row(camera, f"{number:016x}", start=START.replace(hour=12) + number * day))
    wanted = Selection(
        cameras=("door",), start=START.replace(hour=0) + day, end=START.replace(hour=0) + 2 * day
    )
    (before,) = selected_cameras(store, wanted)
    files = data_files(store.table("tracks"), store.path / "tracks")
    noon = epoch_us(START.replace(hour=12) + day)
    for file in files.filter((pl.col("camera") != "door") | (pl.col("earliest") != noon))["path"]:
        Path(file).unlink()
    (after,) = selected_cameras(store, wanted)
    assert [len(rows) for rows in read_rows(after)] == [len(rows) for rows in read_rows(before)] == [40]
